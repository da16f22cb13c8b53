# imports: aiohttp, aiohttp.web
# exercises: a server and a client on the loopback interface: JSON, query, gzip, WebSocket;
#   the native parser, writer and mask
# versions: >=3.8.3
import asyncio
import contextlib
import importlib.util
import socket

import aiohttp
from aiohttp import web

# aiohttp falls back to Python in silence, so each native module that is there is loaded by name.
for name in ("_http_parser", "_http_writer", "_websocket.mask", "_websocket.reader_c"):
    found = None
    with contextlib.suppress(ModuleNotFoundError):
        found = importlib.util.find_spec("aiohttp." + name)
    if found is not None:
        importlib.import_module("aiohttp." + name)


async def double(request):
    number = (await request.json())["number"]
    answer = {"double": [number * 2] * 5000, "q": request.query.getall("q")}
    response = web.json_response(answer, status=201)
    response.enable_compression(web.ContentCoding.gzip)
    return response


async def echo(request):
    answers = web.WebSocketResponse()
    await answers.prepare(request)
    async for message in answers:
        await answers.send_bytes(message.data[::-1])
    return answers


async def use(base):
    async with aiohttp.ClientSession() as session:
        query = [("q", "a b"), ("q", "\u00e9&")]
        async with session.post(base + "/double", json={"number": 21}, params=query) as answer:
            assert answer.status == 201 and answer.headers["Content-Encoding"] == "gzip"
            assert await answer.json() == {"double": [42] * 5000, "q": ["a b", "\u00e9&"]}
        async with session.ws_connect(base + "/echo") as channel:
            await channel.send_bytes(bytes(range(256)) * 400)
            assert await channel.receive_bytes() == bytes(range(255, -1, -1)) * 400


async def main():
    app = web.Application()
    app.router.add_post("/double", double)
    app.router.add_get("/echo", echo)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        await use("http://127.0.0.1:{}".format(runner.addresses[0][1]))
    finally:
        await runner.cleanup()


try:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=10).close()
    loopback = True
except OSError:
    loopback = False  # a machine whose every interface is down says nothing of aiohttp
if loopback:
    asyncio.run(asyncio.wait_for(main(), 30))
