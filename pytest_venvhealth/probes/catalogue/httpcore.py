# imports: httpcore
# exercises: a connection pool on prepared bytes: headers, chunks, errors; on the loopback interface
#   a kept connection, a stream, a refused connection; the same by asyncio where anyio is there
# versions: >=1.0
import asyncio
import importlib.util
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpcore

url = httpcore.URL("https://example.com:8443/a?b=c")
assert (url.scheme, url.host, url.port, url.target) == (b"https", b"example.com", 8443, b"/a?b=c")
assert httpcore.URL("http://example.com/").origin.port == 80

answers = [b"HTTP/1.1 201 Created\r\nX-Name: a\r\nTransfer-", b"Encoding: chunked\r\n\r\n5\r\nhel"]
answers += [b"lo\r\n1\r\n!\r\n0\r\n\r\n"]
with httpcore.ConnectionPool(network_backend=httpcore.MockBackend(answers)) as pool:
    answer = pool.request("GET", "http://example.com/")
    assert (answer.status, answer.content) == (201, b"hello!"), answer
    assert (b"X-Name", b"a") in answer.headers
    assert answer.extensions["http_version"] == b"HTTP/1.1"
    assert answer.extensions["reason_phrase"] == b"Created"
for text, error in (
    ([b"no HTTP at all\r\n\r\n"], httpcore.RemoteProtocolError),
    ([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"], httpcore.RemoteProtocolError),
):
    with httpcore.ConnectionPool(network_backend=httpcore.MockBackend(text)) as pool:
        try:
            pool.request("GET", "http://example.com/")
        except error:
            pass
        else:
            raise AssertionError(text)
with httpcore.ConnectionPool() as pool:
    try:
        pool.request("GET", "ftp://127.0.0.1/")
    except httpcore.UnsupportedProtocol:
        pass
    else:
        raise AssertionError("FTP was taken for HTTP")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("X-Client", "%s:%d" % self.client_address)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[::-1])

    def log_message(self, *args):
        pass


async def main():
    async with httpcore.AsyncConnectionPool() as pool:
        for _ in range(2):
            answer = await pool.request("POST", base, content=b"abc", extensions=limits)
            assert (answer.status, answer.content) == (200, b"cba")
            clients.add(dict(answer.headers)[b"X-Client"])


server = HTTPServer(("127.0.0.1", 0), Handler)
thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
thread.start()
base = "http://127.0.0.1:{}/".format(server.server_port)
limits = {"timeout": {"connect": 10, "read": 10, "write": 10, "pool": 10}}
clients = set()
try:
    socket.create_connection(server.server_address, timeout=10).close()
    loopback = True
except OSError:
    loopback = False  # a machine whose every interface is down says nothing of httpcore
if loopback:
    with httpcore.ConnectionPool(max_connections=1) as pool:
        for _ in range(2):
            answer = pool.request("POST", base, content=b"x" * 70000 + b"y", extensions=limits)
            assert answer.content == b"y" + b"x" * 70000
            clients.add(dict(answer.headers)[b"X-Client"])
        with pool.stream("POST", base, content=b"12345", extensions=limits) as answer:
            assert b"".join(answer.iter_stream()) == b"54321"
        assert len(clients) == 1, "the connection was not used again"
        assert len(pool.connections) == 1 and pool.connections[0].is_idle()
    if importlib.util.find_spec("anyio") is not None:
        asyncio.run(asyncio.wait_for(main(), 30))
        assert len(clients) == 2
server.shutdown()
server.server_close()
thread.join()
with httpcore.ConnectionPool() as pool:
    try:
        pool.request("GET", base, extensions=limits)
    except httpcore.ConnectError:
        pass
    else:
        raise AssertionError("a closed server answered")
