# imports: grpc
# exercises: a server and a channel on the loopback interface: the four kinds of call, metadata,
#   status and details of an error, a deadline, a method that is not there; the same with asyncio
import asyncio
import socket
import threading
from concurrent import futures

import grpc


def double(request, context):
    sent = dict(context.invocation_metadata())
    context.set_trailing_metadata((("seen", sent.get("name", "")), ("data-bin", b"\x00\xff")))
    if request == b"bad":
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, "bad \u00e9")
    return request * 2


def total(requests, context):
    return str(sum(int(request) for request in requests)).encode()


def count(request, context):
    yield from (str(number).encode() for number in range(int(request)))


def echo(requests, context):
    yield from (request.upper() for request in requests)


release = threading.Event()


def wait(request, context):
    release.wait(30)
    return b""


service = grpc.method_handlers_generic_handler(
    "probe.Service",
    {
        "Double": grpc.unary_unary_rpc_method_handler(double),
        "Total": grpc.stream_unary_rpc_method_handler(total),
        "Count": grpc.unary_stream_rpc_method_handler(count),
        "Echo": grpc.stream_stream_rpc_method_handler(echo),
        "Wait": grpc.unary_unary_rpc_method_handler(wait),
    },
)
path = "/probe.Service/"
options = [("grpc.enable_http_proxy", 0), ("grpc.so_reuseport", 0)]


def code_of(call):
    try:
        call()
    except grpc.RpcError as error:
        return error.code()


def talk(target):
    with grpc.insecure_channel(target, options) as channel:
        grpc.channel_ready_future(channel).result(timeout=20)
        call = channel.unary_unary(path + "Double")
        assert call(b"ab", timeout=20) == b"abab"
        answer, state = call.with_call(b"x" * 100000, timeout=20, metadata=(("name", "me"),))
        assert answer == b"x" * 200000 and state.code() is grpc.StatusCode.OK
        trailing = dict(state.trailing_metadata())
        assert (trailing["seen"], trailing["data-bin"]) == ("me", b"\x00\xff"), trailing
        try:
            call(b"bad", timeout=20)
        except grpc.RpcError as error:
            assert error.code() is grpc.StatusCode.INVALID_ARGUMENT, error
            assert error.details() == "bad \u00e9"
        else:
            raise AssertionError("an aborted call gave an answer")
        assert channel.stream_unary(path + "Total")(iter([b"1", b"41"]), timeout=20) == b"42"
        assert list(channel.unary_stream(path + "Count")(b"3", timeout=20)) == [b"0", b"1", b"2"]
        both = channel.stream_stream(path + "Echo")(iter([b"a", b"b"]), timeout=20)
        assert list(both) == [b"A", b"B"]
        missing = channel.unary_unary(path + "Missing")
        assert code_of(lambda: missing(b"", timeout=20)) is grpc.StatusCode.UNIMPLEMENTED
        late = channel.unary_unary(path + "Wait")
        assert code_of(lambda: late(b"", timeout=0.2)) is grpc.StatusCode.DEADLINE_EXCEEDED


async def talk_async(target):
    async with grpc.aio.insecure_channel(target, options) as channel:
        call = channel.unary_unary(path + "Double")
        answers = await asyncio.gather(*(call(b"%d" % n, timeout=20) for n in range(3)))
        assert answers == [b"00", b"11", b"22"], answers


try:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        socket.create_connection(listener.getsockname(), timeout=10).close()
    loopback = True
except OSError:
    loopback = False  # a machine whose every interface is down says nothing of grpc
if loopback:
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4), options=options)
    server.add_generic_rpc_handlers((service,))
    port = server.add_insecure_port("127.0.0.1:0")
    assert port > 0
    server.start()
    try:
        talk("127.0.0.1:{}".format(port))
        asyncio.run(talk_async("127.0.0.1:{}".format(port)))
    finally:
        release.set()
        server.stop(None).wait(20)
