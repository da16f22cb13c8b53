# imports: grpc
# exercises: a server and a channel: unary and streaming calls, metadata, an error with its details,
#   a method that is not there; a channel of asyncio
# needs: the loopback interface, else nothing is checked
import asyncio
import socket
from concurrent import futures

import grpc


def double(request, context):
    sent = dict(context.invocation_metadata())
    context.set_trailing_metadata((("seen", sent.get("name", "")),))
    if request == b"bad":
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, "bad \u00e9")
    return request * 2


def echo(requests, context):
    yield from (request.upper() for request in requests)


handlers = {
    "Double": grpc.unary_unary_rpc_method_handler(double),
    "Echo": grpc.stream_stream_rpc_method_handler(echo),
}
options = [("grpc.enable_http_proxy", 0), ("grpc.so_reuseport", 0)]


def fails(call, request):
    try:
        call(request, timeout=20)
    except grpc.RpcError as error:
        return error.code(), error.details()


def talk(target):
    with grpc.insecure_channel(target, options) as channel:
        call = channel.unary_unary("/probe.Service/Double")
        answer, state = call.with_call(b"x" * 100000, timeout=20, metadata=(("name", "me"),))
        assert answer == b"x" * 200000 and dict(state.trailing_metadata())["seen"] == "me"
        both = channel.stream_stream("/probe.Service/Echo")(iter([b"a", b"b"]), timeout=20)
        assert list(both) == [b"A", b"B"]
        assert fails(call, b"bad") == (grpc.StatusCode.INVALID_ARGUMENT, "bad \u00e9")
        missing = channel.unary_unary("/probe.Service/Missing")
        assert fails(missing, b"")[0] is grpc.StatusCode.UNIMPLEMENTED


async def talk_async(target):
    async with grpc.aio.insecure_channel(target, options) as channel:
        assert await channel.unary_unary("/probe.Service/Double")(b"1", timeout=20) == b"11"


with socket.socket(type=socket.SOCK_DGRAM) as way:
    loopback = way.connect_ex(("127.0.0.1", 9)) == 0
if loopback:
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4), options=options)
    service = grpc.method_handlers_generic_handler("probe.Service", handlers)
    server.add_generic_rpc_handlers((service,))
    target = "127.0.0.1:{}".format(server.add_insecure_port("127.0.0.1:0"))
    server.start()
    talk(target)
    asyncio.run(talk_async(target))
    server.stop(None).wait(20)
