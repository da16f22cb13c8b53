# imports: uvicorn
# exercises: an ASGI application served on the loopback interface, by h11 and, where it is there, by
#   httptools: lifespan, query, bodies in chunks, kept connections, bad requests, a WebSocket
# versions: >=0.13
import asyncio
import importlib.util
import socket

import uvicorn

seen = []


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        for step in ("startup", "shutdown"):
            seen.append((await receive())["type"])
            await send({"type": "lifespan.%s.complete" % step})
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": (await receive())["text"]})
        await receive()
    else:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message["body"], message.get("more_body", False)
        text = b" ".join([scope["method"].encode(), scope["path"].encode(), scope["query_string"]])
        headers = [(b"content-type", b"text/plain"), (b"x-name", dict(scope["headers"])[b"x-name"])]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": text + b" ", "more_body": True})
        await send({"type": "http.response.body", "body": body[::-1]})


async def read_head(reader):
    lines = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
    return int(lines[0].split()[1]), dict(line.split(": ", 1) for line in lines[1:] if line)


async def read_chunks(reader):
    body = b""
    while True:
        size = int(await reader.readline(), 16)
        part = await reader.readexactly(size + 2)
        body += part[:-2]
        if not size:
            return body


async def use(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    # Two requests on one connection, the second one's body in chunks
    writer.write(b"GET /a%20b?x=1 HTTP/1.1\r\nHost: h\r\nX-Name: one\r\n\r\n")
    status, headers = await read_head(reader)
    assert (status, headers["x-name"], headers["server"]) == (201, "one", "uvicorn")
    assert headers["transfer-encoding"] == "chunked"
    assert await read_chunks(reader) == b"GET /a b x=1 "
    writer.write(b"POST / HTTP/1.1\r\nHost: h\r\nX-Name: two\r\nTransfer-Encoding: chunked\r\n\r\n")
    writer.write(b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    assert (await read_head(reader))[0] == 201
    assert await read_chunks(reader) == b"POST /  edcba"
    writer.close()

    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"no HTTP at all\r\n\r\n")
    assert (await read_head(reader))[0] == 400
    writer.close()


async def use_websocket(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    # Key, answer and the frames of "Hello": RFC 6455, 1.3 and 5.7
    writer.write(
        b"GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    status, headers = await read_head(reader)
    assert status == 101
    assert headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=".lower()
    writer.write(bytes.fromhex("8185 37fa213d 7f9f4d5158"))
    assert await reader.readexactly(7) == b"\x81\x05Hello"
    writer.write(bytes.fromhex("8882 00000000 03e8"))  # the end: 1000
    assert await reader.readexactly(4) == b"\x88\x02\x03\xe8"
    writer.close()


async def main(http, websocket):
    sock = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, http=http, lifespan="on", log_level="critical", access_log=False)
    server = uvicorn.Server(config)
    serving = asyncio.ensure_future(server.serve(sockets=[sock]))
    try:
        while not server.started:
            assert not serving.done(), "the server ended before it began"
            await asyncio.sleep(0.01)
        await use(sock.getsockname()[1])
        if websocket:
            await use_websocket(sock.getsockname()[1])
    finally:
        server.should_exit = True
        await serving
        sock.close()


def loopback_is_up():
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname(), timeout=10).close()
    except OSError:
        return False
    return True


websocket = importlib.util.find_spec("websockets") is not None
for http in ("h11", "httptools"):
    if loopback_is_up() and importlib.util.find_spec(http) is not None:
        del seen[:]
        asyncio.run(asyncio.wait_for(main(http, websocket), 30))
        assert seen == ["lifespan.startup", "lifespan.shutdown"], seen
