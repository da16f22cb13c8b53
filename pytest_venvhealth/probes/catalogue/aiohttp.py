# imports: aiohttp, aiohttp.web
# exercises: a server and a client on the loopback interface: JSON, query, form with a file, cookie
#   and redirect, chunks, gzip, WebSocket; the native parser, writer and mask
# versions: >=3.7
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
    data = await request.json()
    answer = {"double": data["number"] * 2, "q": request.query.getall("q")}
    return web.json_response(answer, status=201)


async def form(request):
    fields = await request.post()
    upload = fields["upload"]
    text = "{}/{}/{}".format(fields["word"], upload.filename, upload.file.read().decode())
    return web.Response(text=text)


async def chunks(request):
    response = web.StreamResponse()
    response.enable_compression(web.ContentCoding.gzip)
    await response.prepare(request)
    for number in range(3):
        await response.write(b"%d," % number * 1000)
    await response.write_eof()
    return response


async def moved(request):
    response = web.HTTPFound("/item/7")
    response.set_cookie("seen", "yes")
    raise response


async def item(request):
    return web.Response(text=request.match_info["number"] + request.cookies["seen"])


async def echo(request):
    answers = web.WebSocketResponse()
    await answers.prepare(request)
    async for message in answers:
        if message.type == aiohttp.WSMsgType.TEXT:
            await answers.send_str(message.data[::-1])
        else:
            await answers.send_bytes(message.data * 2)
    return answers


async def use(base):
    jar = aiohttp.CookieJar(unsafe=True)  # takes cookies of an IP address
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        query = [("q", "a b"), ("q", "\u00e9&")]
        async with session.post(base + "/double", json={"number": 21}, params=query) as answer:
            assert answer.status == 201 and answer.content_type == "application/json"
            assert await answer.json() == {"double": 42, "q": ["a b", "\u00e9&"]}
        data = aiohttp.FormData({"word": "gr\u00fcn"})
        data.add_field("upload", b"0123456789", filename="n.txt")
        async with session.post(base + "/form", data=data) as answer:
            assert await answer.text() == "gr\u00fcn/n.txt/0123456789"
        async with session.get(base + "/chunks") as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            assert await answer.read() == b"0," * 1000 + b"1," * 1000 + b"2," * 1000
        async with session.get(base + "/moved") as answer:
            assert [step.status for step in answer.history] == [302]
            assert await answer.text() == "7yes"
        async with session.get(base + "/none") as answer:
            assert answer.status == 404
        async with session.ws_connect(base + "/echo") as channel:
            await channel.send_str("abc")
            assert await channel.receive_str() == "cba"
            await channel.send_bytes(bytes(range(256)) * 400)
            assert await channel.receive_bytes() == bytes(range(256)) * 800


async def main():
    app = web.Application()
    app.router.add_post("/double", double)
    app.router.add_post("/form", form)
    app.router.add_get("/chunks", chunks)
    app.router.add_get("/moved", moved)
    app.router.add_get(r"/item/{number:\d+}", item)
    app.router.add_get("/echo", echo)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        await use("http://127.0.0.1:{}".format(runner.addresses[0][1]))
    finally:
        await runner.cleanup()


def loopback_is_up():
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname(), timeout=10).close()
    except OSError:
        return False
    return True


if loopback_is_up():
    asyncio.run(asyncio.wait_for(main(), 30))
