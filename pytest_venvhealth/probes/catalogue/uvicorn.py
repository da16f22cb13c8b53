# imports: uvicorn
# exercises: an ASGI application served by h11 and, where it is there, by httptools: lifespan, a
#   request with a body, a bad request
# versions: >=0.13
# needs: a loopback interface, else it is only imported
import asyncio
import importlib.util
import socket

import uvicorn


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        for step in ("startup", "shutdown"):
            seen.append((await receive())["type"])
            await send({"type": "lifespan.%s.complete" % step})
        return
    message = await receive()
    body = message["body"]
    while message["more_body"]:
        message = await receive()
        body += message["body"]
    text = " ".join([scope["method"], scope["path"], scope["query_string"].decode()])
    await send({"type": "http.response.start", "status": 201, "headers": [(b"x-name", b"v")]})
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
    await send({"type": "http.response.body", "body": body[::-1]})


async def ask(port, data):
    """Return head and body of the server's answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    return head, body


async def main(http):
    sock = socket.create_server(("127.0.0.1", 0))
    port = sock.getsockname()[1]
    config = uvicorn.Config(app, http=http, lifespan="on", log_level="critical")
    server = uvicorn.Server(config)
    serving = asyncio.ensure_future(server.serve(sockets=[sock]))
    while not server.started and not serving.done():
        await asyncio.sleep(0.01)
    post = b"POST /a%20b?x=1 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
    post += b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    head, body = await ask(port, post)
    assert head.startswith(b"HTTP/1.1 201 ") and b"x-name: v" in head, head
    assert body == b"d\r\nPOST /a b x=1\r\n5\r\nedcba\r\n0\r\n\r\n", body
    head, _ = await ask(port, b"no HTTP at all\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 "), head
    server.should_exit = True
    await serving
    sock.close()


with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    loopback = sock.connect_ex(("127.0.0.1", 9)) == 0
for http in ("h11", "httptools"):
    if loopback and importlib.util.find_spec(http) is not None:
        seen = []
        asyncio.run(asyncio.wait_for(main(http), 30))
        assert seen == ["lifespan.startup", "lifespan.shutdown"], seen
