# imports: httpcore
# exercises: a connection pool on prepared bytes: headers, chunks, errors; against a tiny server a
#   connection that is kept; by asyncio where anyio is there
# needs: the loopback interface, else no server is asked
# versions: >=1.0
import asyncio
import importlib.util
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpcore

url = httpcore.URL("https://example.com:8443/a?b=c")
assert (url.scheme, url.host, url.port, url.target) == (b"https", b"example.com", 8443, b"/a?b=c")


def prepared(*parts):
    """Return the answer of a pool whose server sends these bytes."""
    with httpcore.ConnectionPool(network_backend=httpcore.MockBackend(list(parts))) as pool:
        return pool.request("GET", "http://example.com/")


head = b"HTTP/1.1 201 Created\r\nX-Name: a\r\nTransfer-Encoding: chunked\r\n\r\n"
answer = prepared(head + b"5\r\nhel", b"lo\r\n1\r\n!\r\n0\r\n\r\n")
assert (answer.status, answer.content) == (201, b"hello!") and (b"X-Name", b"a") in answer.headers
try:
    prepared(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
except httpcore.RemoteProtocolError:
    pass
else:
    raise AssertionError("half of an answer was taken for a whole one")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.clients.add(self.client_address)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[::-1])

    def log_message(self, *args):
        pass


async def talk(base):
    async with httpcore.AsyncConnectionPool() as pool:
        assert (await pool.request("POST", base, content=b"abc")).content == b"cba"


with socket.socket(type=socket.SOCK_DGRAM) as way:
    loopback = way.connect_ex(("127.0.0.1", 9)) == 0
if loopback:
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.clients = set()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    base = "http://127.0.0.1:{}/".format(server.server_port)
    with httpcore.ConnectionPool(max_connections=1) as pool:
        for _ in range(2):
            assert pool.request("POST", base, content=b"x" * 70000).content == b"x" * 70000
    assert len(server.clients) == 1, "the connection was not used again"
    if importlib.util.find_spec("anyio") is not None:
        asyncio.run(asyncio.wait_for(talk(base), 30))
    server.shutdown()
    server.server_close()
