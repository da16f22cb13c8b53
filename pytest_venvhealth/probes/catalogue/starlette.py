# imports: starlette, starlette.applications
# exercises: the ASGI application called by hand: routes and convertors, errors, JSON, a stream
#   through gzip
# versions: >=0.20
import asyncio
import gzip
import json

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route


async def double(request):
    number = request.path_params["number"]
    if number == 13:
        raise HTTPException(status_code=418)
    return JSONResponse({"double": number * 2, "q": request.query_params.getlist("q")})


async def stream(request):
    return StreamingResponse(iter((await request.body(), b"y" * 1000)))


app = Starlette(
    routes=[
        Route("/double/{number:int}", double),
        Route("/stream", stream, methods=["POST"]),
    ],
    middleware=[Middleware(GZipMiddleware)],
)


def talk(path, *messages, method="GET", query=b""):
    """Return what the application sends for these messages, without any server."""
    sent, waiting = [], list(messages)

    async def receive():
        return waiting.pop(0) if waiting else await asyncio.Future()

    async def send(message):
        sent.append(message)

    headers = [(b"host", b"localhost"), (b"accept-encoding", b"gzip")]
    scope = {"type": "http", "method": method, "path": path, "query_string": query}
    scope.update(headers=headers, root_path="", http_version="1.1", asgi={"version": "3.0"})
    asyncio.run(asyncio.wait_for(app(scope, receive, send), 30))
    return sent


start, body = talk("/double/21", query=b"q=a+b&q=%C3%A9")
assert json.loads(body["body"]) == {"double": 42, "q": ["a b", "\u00e9"]}, body
assert talk("/double/13")[0]["status"] == 418 and talk("/double/x")[0]["status"] == 404
start, *parts = talk("/stream", {"type": "http.request", "body": b"x"}, method="POST")
assert gzip.decompress(b"".join(part["body"] for part in parts)) == b"x" + b"y" * 1000
