# imports: websockets, websockets.frames
# exercises: the protocol without a network against RFC 6455's bytes; a server and a client: text,
#   large binary messages, compression, closing; the native mask
# versions: >=13.0
# needs: a loopback interface, else the server is left out
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
response = protocol.accept(request)
assert response.headers["Sec-WebSocket-Accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
protocol.send_response(response)
assert b"".join(protocol.data_to_send()).startswith(b"HTTP/1.1 101 ")
protocol.receive_data(bytes.fromhex("8185 37fa213d 7f9f4d5158"))
assert protocol.events_received() == [Frame(Opcode.TEXT, b"Hello")]
protocol.send_text(b"Hello")
assert b"".join(protocol.data_to_send()) == b"\x81\x05Hello"


async def echo(connection):
    async for message in connection:
        if message == "end":
            await connection.close(4000, "enough")
        await connection.send(message[::-1])


async def main():
    async with websockets.serve(echo, "127.0.0.1", 0) as server:
        url = "ws://127.0.0.1:%d/" % server.sockets[0].getsockname()[1]
        async with websockets.connect(url) as client:
            for message in ("gr\u00fcn", b"", bytes(range(256)) * 400):
                await client.send(message)
                assert await client.recv() == message[::-1]
            await client.send("end")
            try:
                await client.recv()
            except websockets.ConnectionClosed as error:
                assert (error.rcvd.code, error.rcvd.reason) == (4000, "enough")
            else:
                raise AssertionError("a closed connection gave a message")


with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    loopback = sock.connect_ex(("127.0.0.1", 9)) == 0
if loopback:
    asyncio.run(asyncio.wait_for(main(), 30))
