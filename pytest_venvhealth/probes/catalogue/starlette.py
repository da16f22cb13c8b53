# imports: starlette, starlette.applications
# exercises: the ASGI application called by hand: routes and convertors, a middleware, errors, JSON,
#   redirects, gzip, a background task, a stream, static files, a WebSocket
# versions: >=0.20
import asyncio
import gzip
import json
import pathlib

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.datastructures import URL, Headers, QueryParams
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

done = []


async def double(request):
    number = request.path_params["number"]
    if number == 13:
        raise HTTPException(status_code=418, detail="no")
    answer = {"double": number * 2, "q": request.query_params.getlist("q")}
    return JSONResponse(answer, background=BackgroundTask(done.append, number))


async def count(request):
    body = await request.body()
    return PlainTextResponse("%d %s" % (len(body), request.headers["X-Name"]), status_code=201)


def moved(request):  # runs in a thread
    return RedirectResponse(request.url_for("double", number=4), status_code=302)


async def stream(request):
    async def parts():
        for number in range(1000):
            yield "%d," % (number % 7)

    return StreamingResponse(parts(), media_type="text/plain")


async def echo(websocket):
    await websocket.accept()
    await websocket.send_json({"got": (await websocket.receive_text())[::-1]})
    await websocket.close(code=4000)


pathlib.Path("static").mkdir()
pathlib.Path("static", "a.txt").write_bytes(b"0123456789")
app = Starlette(
    routes=[
        Route("/double/{number:int}", double, name="double"),
        Route("/count", count, methods=["POST"]),
        Route("/moved", moved),
        Route("/stream", stream),
        WebSocketRoute("/echo", echo),
        Mount("/static", StaticFiles(directory="static"), name="static"),
    ],
    middleware=[Middleware(GZipMiddleware, minimum_size=500)],
)


def talk(scope, messages):
    """Return what the application sends for these messages, without any server."""
    sent, waiting = [], list(messages)

    async def receive():
        if waiting:
            return waiting.pop(0)
        return await asyncio.Future()  # the client says nothing more

    async def send(message):
        sent.append(message)

    base = {"asgi": {"version": "3.0"}, "http_version": "1.1", "root_path": "", "query_string": b""}
    base.update(
        server=("localhost", 80), client=("127.0.0.1", 1), headers=[(b"host", b"localhost")]
    )
    base.update(scope, raw_path=scope["path"].encode())
    asyncio.run(asyncio.wait_for(app(base, receive, send), 30))
    return sent


def call(method, path, body=b"", query=b"", **headers):
    """Return status, headers and body of one request."""
    pairs = [(key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()]
    scope = {"type": "http", "method": method, "scheme": "http", "path": path}
    scope.update(query_string=query, headers=[(b"host", b"localhost"), *pairs])
    sent = talk(scope, [{"type": "http.request", "body": body, "more_body": False}])
    content = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], Headers(raw=sent[0]["headers"]), content


status, headers, body = call("GET", "/double/21", query=b"q=a+b&q=%C3%A9")
assert (status, headers["content-type"]) == (200, "application/json")
assert json.loads(body) == {"double": 42, "q": ["a b", "\u00e9"]}, body
assert done == [21], done
assert call("GET", "/double/13")[::2] == (418, b"no")
assert call("GET", "/double/many")[0] == 404 and call("GET", "/count")[0] == 405
assert call("POST", "/count", body=b"x" * 300, x_name="n")[::2] == (201, b"300 n")
status, headers, _ = call("GET", "/moved")
assert (status, headers["location"]) == (302, "http://localhost/double/4")
status, headers, body = call("GET", "/stream", accept_encoding="gzip")
text = "".join("%d," % (number % 7) for number in range(1000)).encode()
assert headers["content-encoding"] == "gzip" and gzip.decompress(body) == text
status, headers, body = call("GET", "/static/a.txt")
assert (status, headers["content-length"], body) == (200, "10", b"0123456789")
assert call("GET", "/static/a.txt", if_none_match=headers["etag"])[0] == 304
assert call("GET", "/static/b.txt")[0] == 404

scope = {"type": "websocket", "scheme": "ws", "path": "/echo", "subprotocols": []}
sent = talk(scope, [{"type": "websocket.connect"}, {"type": "websocket.receive", "text": "abc"}])
assert [message["type"] for message in sent] == [
    "websocket.accept",
    "websocket.send",
    "websocket.close",
]
assert json.loads(sent[1]["text"]) == {"got": "cba"} and sent[2]["code"] == 4000

assert app.url_path_for("double", number=7) == "/double/7"
assert QueryParams("a=1&a=2&b=%26").multi_items() == [("a", "1"), ("a", "2"), ("b", "&")]
url = URL("https://user@example.com:81/p?a=1").include_query_params(b="2 3").replace(port=82)
assert str(url) == "https://user@example.com:82/p?a=1&b=2+3", url
