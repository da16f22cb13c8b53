# imports: httpx
# exercises: URLs and parameters, a client without a network (redirect, cookies, auth, errors), WSGI
#   and ASGI applications, gzip and lines; with a server on the loopback interface: form, files
# versions: >=0.24
import asyncio
import gzip
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx

url = httpx.URL("https://b\u00fccher.example:443/a b?x=1#end")
assert url.raw_host == b"xn--bcher-kva.example" and url.port is None, url.raw_host
assert url.path == "/a b" and url.raw_path == b"/a%20b?x=1" and url.fragment == "end"
base = httpx.URL("http://a/b/c/d;p?q")  # RFC 3986, 5.4.1
for reference, wanted in {
    "../g": "http://a/b/g",
    "?y": "http://a/b/c/d;p?y",
    "/g": "http://a/g",
}.items():
    assert str(base.join(reference)) == wanted, base.join(reference)
assert str(httpx.QueryParams({"a": ["1", "2"], "b": "\u00e9 &"})) == "a=1&a=2&b=%C3%A9+%26"


def answer(request):
    if request.url.path == "/moved":
        headers = {"Location": "/json?x=1", "Set-Cookie": "seen=yes"}
        return httpx.Response(302, headers=headers)
    if request.url.path == "/gzip":
        headers = {"Content-Encoding": "gzip", "Content-Type": "text/plain; charset=utf-8"}
        return httpx.Response(200, headers=headers, content=gzip.compress("\u00e9\ntwo\n".encode()))
    if request.url.path == "/json":
        names = ("cookie", "authorization")
        return httpx.Response(
            200, json=[request.url.query.decode(), *map(request.headers.get, names)]
        )
    return httpx.Response(404)


transport = httpx.MockTransport(answer)
with httpx.Client(transport=transport, base_url="http://h", auth=("u", "p")) as client:
    found = client.get("/moved")
    assert found.status_code == 302 and found.is_redirect and found.has_redirect_location
    found = client.get("/moved", follow_redirects=True)
    assert [step.status_code for step in found.history] == [
        302
    ] and found.url == "http://h/json?x=1"
    assert found.json() == ["x=1", "seen=yes", "Basic dTpw"], found.text
    assert client.get("/gzip").text == "\u00e9\ntwo\n"
    with client.stream("GET", "/gzip") as found:
        assert list(found.iter_lines()) == ["\u00e9", "two"]
    try:
        client.get("/none").raise_for_status()
    except httpx.HTTPStatusError as error:
        assert error.response.status_code == 404
    else:
        raise AssertionError("404 was taken for a success")


def wsgi(environ, start_response):
    data = environ["wsgi.input"].read()
    start_response("201 Created", [("X-Path", environ["PATH_INFO"])])
    return [data[::-1]]


async def asgi(scope, receive, send):
    data = (await receive())["body"]
    await send({"type": "http.response.start", "status": 202, "headers": []})
    await send({"type": "http.response.body", "body": data + scope["query_string"]})


async def use_asgi():
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=asgi)) as client:
        return await client.post("http://h/", content=b"abc", params={"k": "v"})


with httpx.Client(transport=httpx.WSGITransport(app=wsgi)) as client:
    found = client.post("http://h/a%20b", content=b"abc")
    assert (found.status_code, found.headers["x-path"], found.content) == (201, "/a b", b"cba")
found = asyncio.run(asyncio.wait_for(use_asgi(), 30))
assert (found.status_code, found.content) == (202, b"abck=v"), found


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        data = json.dumps({"type": self.headers["Content-Type"], "body": body}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


async def post(url, **options):
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        return (await client.post(url, **options)).json()


server = HTTPServer(("127.0.0.1", 0), Handler)
thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
thread.start()
base = "http://127.0.0.1:{}/".format(server.server_port)
try:
    socket.create_connection(server.server_address, timeout=10).close()
    loopback = True
except OSError:
    loopback = False  # a machine whose every interface is down says nothing of httpx
if loopback:
    with httpx.Client(trust_env=False, timeout=10) as client:
        found = client.post(base, data={"a": "1 2", "b": ["\u00e9", "&"]}).json()
        assert found["type"] == "application/x-www-form-urlencoded"
        assert found["body"] == "a=1+2&b=%C3%A9&b=%26", found
    found = asyncio.run(post(base, files={"f": ("n.txt", b"content", "text/plain")}))
    kind, boundary = found["type"].split("; boundary=")
    assert kind == "multipart/form-data"
    assert found["body"] == (
        '--{0}\r\nContent-Disposition: form-data; name="f"; filename="n.txt"\r\n'
        "Content-Type: text/plain\r\n\r\ncontent\r\n--{0}--\r\n"
    ).format(boundary)
server.shutdown()
server.server_close()
thread.join()
try:
    httpx.get(base, trust_env=False, timeout=5)
except httpx.ConnectError:
    pass
else:
    raise AssertionError("a closed server answered")
