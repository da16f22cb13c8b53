# imports: httpx
# exercises: URLs, a client without a network: redirect, cookies, auth, errors, gzip and lines; a
#   form sent without blocking to a server on the loopback interface
# versions: >=0.24.0
import asyncio
import gzip
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx

url = httpx.URL("https://b\u00fccher.example:443/a b?x=1#end")
assert url.raw_host == b"xn--bcher-kva.example" and url.port is None, url.raw_host
assert url.path == "/a b" and url.raw_path == b"/a%20b?x=1" and url.fragment == "end"
assert str(httpx.URL("http://a/b/c/d;p?q").join("../g")) == "http://a/b/g"  # RFC 3986, 5.4.1


def answer(request):
    if request.url.path == "/moved":
        headers = {"Location": "/json?x=1", "Set-Cookie": "seen=yes"}
        return httpx.Response(302, headers=headers)
    if request.url.path == "/gzip":
        headers = {"Content-Encoding": "gzip", "Content-Type": "text/plain; charset=utf-8"}
        return httpx.Response(200, headers=headers, content=gzip.compress("\u00e9\ntwo\n".encode()))
    seen = [request.headers.get(name) for name in ("cookie", "authorization")]
    return httpx.Response(404 if seen[0] is None else 200, json=[request.url.query.decode(), *seen])


transport = httpx.MockTransport(answer)
with httpx.Client(transport=transport, base_url="http://h", auth=("u", "p")) as client:
    try:
        client.get("/none").raise_for_status()
    except httpx.HTTPStatusError as error:
        assert error.response.status_code == 404
    else:
        raise AssertionError("404 was taken for a success")
    found = client.get("/moved", follow_redirects=True)
    assert [step.status_code for step in found.history] == [302]
    assert found.json() == ["x=1", "seen=yes", "Basic dTpw"], found.text
    with client.stream("GET", "/gzip") as found:
        assert list(found.iter_lines()) == ["\u00e9", "two"]


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


async def post(url):
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        return await client.post(url, data={"a": "1 2", "b": ["\u00e9", "&"]})


server = HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
try:
    socket.create_connection(server.server_address, timeout=10).close()
    loopback = True
except OSError:
    loopback = False  # a machine whose every interface is down says nothing of httpx
if loopback:
    found = asyncio.run(post("http://127.0.0.1:{}/".format(server.server_port)))
    assert found.text == "a=1+2&b=%C3%A9&b=%26", found.text
server.shutdown()
server.server_close()
