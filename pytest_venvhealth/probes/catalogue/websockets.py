# imports: websockets, websockets.frames
# exercises: the protocol without a network against RFC 6455's bytes; a server and a client on the
#   loopback interface: text, large binary messages, compression, closing; the native mask
# versions: >=13.0
import asyncio
import importlib.util
import socket

import websockets
from websockets.frames import Frame, Opcode
from websockets.server import ServerProtocol

# The package falls back to Python in silence, so the native module is loaded by name.
if importlib.util.find_spec("websockets.speedups") is not None:
    importlib.import_module("websockets.speedups")

# Key, answer and the frames of "Hello": RFC 6455, 1.3 and 5.7
protocol = ServerProtocol()
protocol.receive_data(
    b"GET /chat?x=1 HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
(request,) = protocol.events_received()
assert request.path == "/chat?x=1"
response = protocol.accept(request)
assert response.status_code == 101
assert response.headers["Sec-WebSocket-Accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
protocol.send_response(response)
assert b"".join(protocol.data_to_send()).startswith(b"HTTP/1.1 101 ")
protocol.receive_data(bytes.fromhex("8185 37fa213d 7f9f4d5158"))
assert protocol.events_received() == [Frame(Opcode.TEXT, b"Hello")]
protocol.send_text(b"Hello")
assert b"".join(protocol.data_to_send()) == b"\x81\x05Hello"
protocol.receive_data(bytes.fromhex("8985 37fa213d 7f9f4d5158"))  # a ping; the answer is a pong
assert b"".join(protocol.data_to_send()) == b"\x8a\x05Hello"
protocol.receive_data(b"\x81\x05Hello")  # a client must mask
answer = b"".join(protocol.data_to_send())
assert answer[0] == 0x88 and answer[2:4] == b"\x03\xea" and protocol.close_expected()  # 1002


async def echo(connection):
    async for message in connection:
        if message == "end":
            await connection.close(4000, "enough")
        elif isinstance(message, str):
            await connection.send(message[::-1])
        else:
            await connection.send([message[:100], message[100:]])  # in fragments


async def main():
    async with websockets.serve(echo, "127.0.0.1", 0, max_size=2**21) as server:
        url = "ws://127.0.0.1:%d/" % server.sockets[0].getsockname()[1]
        async with websockets.connect(url, max_size=2**21) as client:
            await client.send("gr\u00fcn")
            assert await client.recv() == "n\u00fcrg"
            for size in (0, 125, 126, 65535, 65536, 1000003):
                data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
                await client.send(data)
                assert await client.recv() == data, size
            pong = await client.ping()
            await pong
            await client.send("end")
            try:
                await client.recv()
            except websockets.ConnectionClosed as error:
                assert (error.rcvd.code, error.rcvd.reason) == (4000, "enough")
            else:
                raise AssertionError("a closed connection gave a message")
        async with websockets.connect(url, compression=None) as client:
            await client.send([b"a", b"b", b"c"])
            assert await client.recv() == b"abc"


def loopback_is_up():
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname(), timeout=10).close()
    except OSError:
        return False
    return True


if loopback_is_up():
    asyncio.run(asyncio.wait_for(main(), 30))
