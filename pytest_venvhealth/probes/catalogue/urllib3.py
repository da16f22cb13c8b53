# imports: urllib3, urllib3.util
# exercises: URLs, headers, multipart; with a server on the loopback interface: a kept connection,
#   redirects, retries, gzip, chunks, a stream, form and file, a refused connection
# versions: >=1.26
import gzip
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import urllib3
from urllib3.util import Retry, Timeout, make_headers, parse_url

url = parse_url("https://user@EXAMPLE.com:8443/a/../b c?x=1#end")
assert (url.scheme, url.auth, url.host, url.port) == ("https", "user", "example.com", 8443)
assert (url.request_uri, url.fragment) == ("/b%20c?x=1", "end"), url
assert parse_url("http://[::1]:80/").host == "[::1]"
headers = urllib3.HTTPHeaderDict({"Set-Cookie": "a"})
headers.add("set-cookie", "b")
assert headers["SET-COOKIE"] == "a, b" and headers.getlist("Set-Cookie") == ["a", "b"]
assert make_headers(basic_auth="u:p") == {"authorization": "Basic dTpw"}
body, kind = urllib3.encode_multipart_formdata({"f": ("n.txt", b"abc", "text/plain")}, boundary="X")
assert kind == "multipart/form-data; boundary=X"
assert body == (
    b'--X\r\nContent-Disposition: form-data; name="f"; filename="n.txt"\r\n'
    b"Content-Type: text/plain\r\n\r\nabc\r\n--X--\r\n"
), body


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        seen.append((self.path, self.client_address))
        status, headers, body = 200, {}, self.path.encode()
        if self.path == "/moved":
            status, headers = 303, {"Location": "/item?a=1"}
        elif self.path == "/busy" and len(seen) % 3:
            status = 503
        elif self.path == "/gzip":
            headers, body = {"Content-Encoding": "gzip"}, gzip.compress(b"0123456789" * 5000)
        elif self.path == "/chunks":
            headers = {"Transfer-Encoding": "chunked"}
            body = b"3\r\nabc\r\n5\r\ndefgh\r\n0\r\n\r\n"
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Transfer-Encoding" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


seen = []
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
thread.start()
base = "http://127.0.0.1:{}".format(server.server_port)
options = {"timeout": Timeout(connect=10, read=10)}
try:
    socket.create_connection(server.server_address, timeout=10).close()
    loopback = True
except OSError:
    loopback = False  # a machine whose every interface is down says nothing of urllib3
if loopback:
    with urllib3.PoolManager(maxsize=1, **options) as pool:
        answer = pool.request("GET", base + "/item", fields={"a": "b c", "d": "\u00e9"})
        assert (answer.status, answer.data) == (200, b"/item?a=b+c&d=%C3%A9"), answer.data
        answer = pool.request("GET", base + "/moved")
        assert answer.data == b"/item?a=1" and answer.retries.history[0].status == 303
        assert pool.request("GET", base + "/moved", redirect=False).status == 303
        assert len({client for _, client in seen}) == 1, "the connection was not used again"
        del seen[:]
        retries = Retry(5, backoff_factor=0, status_forcelist=[503])
        answer = pool.request("GET", base + "/busy", retries=retries)
        assert answer.status == 200 and len(seen) == 3
        assert pool.request("GET", base + "/gzip").data == b"0123456789" * 5000
        answer = pool.request("GET", base + "/chunks", preload_content=False)
        assert b"".join(answer.stream(4)) == b"abcdefgh"
        answer.release_conn()
        answer = pool.request("POST", base, fields={"a": "1 2"}, encode_multipart=False)
        assert (answer.status, answer.data) == (201, b"a=1+2")
        assert pool.request("POST", base, body=b"x" * 70000).data == b"x" * 70000
        try:
            pool.request("GET", base + "/moved", retries=Retry(1, redirect=0))
        except urllib3.exceptions.MaxRetryError:
            pass
        else:
            raise AssertionError("a redirect too many was followed")
server.shutdown()
server.server_close()
thread.join()
try:
    urllib3.PoolManager(**options).request("GET", base, retries=False)
except urllib3.exceptions.HTTPError:
    pass
else:
    raise AssertionError("a closed server answered")
