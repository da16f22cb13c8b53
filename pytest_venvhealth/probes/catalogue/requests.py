# imports: requests, requests.adapters
# exercises: a prepared request; with a server on the loopback interface: query, JSON, headers,
#   redirect, cookies, errors
# versions: >=2.26.0
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import requests

prepared = requests.Request(
    "GET", "http://localhost/a b", params={"q": ["1", "\u00e9"]}, auth=("u", "p")
).prepare()
assert prepared.url == "http://localhost/a%20b?q=1&q=%C3%A9", prepared.url
assert prepared.headers["Authorization"] == "Basic dTpw"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        data = json.dumps({"path": self.path, "cookie": self.headers.get("Cookie")}).encode()
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/json?x=1")
            self.send_header("Set-Cookie", "seen=yes")
        else:
            self.send_response(200 if self.path.startswith("/json") else 404)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


server = HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
base = "http://127.0.0.1:{}".format(server.server_port)
try:
    socket.create_connection(server.server_address, timeout=10).close()
    loopback = True
except OSError:
    loopback = False  # a machine whose every interface is down says nothing of requests
if loopback:
    with requests.Session() as session:
        session.trust_env = False  # no proxy, no .netrc
        answer = session.get(base + "/json", params={"a": "b c"}, timeout=10)
        assert answer.status_code == 200 and answer.json()["path"] == "/json?a=b+c", answer.text
        answer = session.get(base + "/moved", timeout=10)
        assert [step.status_code for step in answer.history] == [302]
        assert answer.json() == {"path": "/json?x=1", "cookie": "seen=yes"}, answer.text
        try:
            session.get(base + "/none", timeout=10).raise_for_status()
        except requests.HTTPError as error:
            assert error.response.status_code == 404
        else:
            raise AssertionError("404 was taken for a success")
server.shutdown()
server.server_close()
