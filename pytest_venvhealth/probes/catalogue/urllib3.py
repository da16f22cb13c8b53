# imports: urllib3, urllib3.util
# exercises: URLs; with a server on the loopback interface: a kept connection, query,
#   redirects, retries, gzip, a form
# versions: >=1.26.0
import gzip
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import urllib3
from urllib3.util import Retry, Timeout, make_headers, parse_url

url = parse_url("https://user@EXAMPLE.com:8443/a/../b c?x=1#end")
assert (url.scheme, url.auth, url.host, url.port) == ("https", "user", "example.com", 8443)
assert (url.request_uri, url.fragment) == ("/b%20c?x=1", "end"), url
assert make_headers(basic_auth="u:p") == {"authorization": "Basic dTpw"}


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
        self.reply(status, headers, body)

    def do_POST(self):
        self.reply(201, {}, self.rfile.read(int(self.headers["Content-Length"])))

    def reply(self, status, headers, body):
        self.send_response(status)
        for name, value in dict(headers, **{"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


seen = []
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
try:
    socket.create_connection(server.server_address, timeout=10).close()
    loopback = True
except OSError:
    loopback = False  # a machine whose every interface is down says nothing of urllib3
if loopback:
    base = "http://127.0.0.1:{}".format(server.server_port)
    with urllib3.PoolManager(maxsize=1, timeout=Timeout(connect=10, read=10)) as pool:
        answer = pool.request("GET", base + "/item", fields={"a": "b c", "d": "\u00e9"})
        assert (answer.status, answer.data) == (200, b"/item?a=b+c&d=%C3%A9"), answer.data
        answer = pool.request("GET", base + "/moved")
        assert answer.data == b"/item?a=1" and answer.retries.history[0].status == 303
        assert len({client for _, client in seen}) == 1, "the connection was not used again"
        del seen[:]
        retries = Retry(5, backoff_factor=0, status_forcelist=[503])
        assert pool.request("GET", base + "/busy", retries=retries).status == 200
        assert pool.request("GET", base + "/gzip").data == b"0123456789" * 5000
        answer = pool.request("POST", base, fields={"a": "1 2"}, encode_multipart=False)
        assert (answer.status, answer.data) == (201, b"a=1+2")
server.shutdown()
server.server_close()
