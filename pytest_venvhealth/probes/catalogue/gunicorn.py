# imports: gunicorn, gunicorn.app.base
# exercises: a real server with a worker process, on a local socket: query, body by length and in
#   chunks, headers, a broken request, a broken application; a graceful end
# versions: >=19.5
import http.client
import socket
import subprocess
import sys
import time

script = """
import gunicorn.app.base

def app(environ, start_response):
    if environ["PATH_INFO"] == "/broken":
        raise LookupError("on purpose")
    names = ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "HTTP_X_NAME")
    head = " ".join(environ.get(name, "") for name in names)
    start_response("201 Created", [("X-Head", head), ("Content-Type", "text/plain")])
    return [environ["wsgi.input"].read()[::-1], b"!"]

class Server(gunicorn.app.base.BaseApplication):
    def load_config(self):
        options = {"bind": "unix:probe.sock", "workers": 1, "loglevel": "critical", "timeout": 60}
        options["control_socket_disable"] = True
        for key, value in options.items():
            if key in self.cfg.settings:
                self.cfg.set(key, value)

    def load(self):
        return app

Server().run()
"""


class Connection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(20)
        self.sock.connect("probe.sock")


def call(method, path, body=None, **headers):
    connection = Connection("localhost")
    headers = {key.replace("_", "-"): value for key, value in headers.items()}
    connection.request(method, path, body, headers, encode_chunked="Transfer-Encoding" in headers)
    answer = connection.getresponse()
    found = (answer.status, answer.getheader("X-Head"), answer.read())
    connection.close()
    return found


process = subprocess.Popen([sys.executable, "-I", "-B", "-c", script])
try:
    for _ in range(1500):
        assert process.poll() is None, "the server ended before it began"
        try:
            call("GET", "/")
        except OSError:
            time.sleep(0.02)
        else:
            break
    assert call("GET", "/a%20b?x=1", X_Name="v") == (201, "GET /a b x=1 v", b"!")
    assert call("POST", "/p", b"0123456789" * 9000)[2] == b"9876543210" * 9000 + b"!"
    parts = iter([b"abc", b"de" * 5000])
    assert call("PUT", "/p", parts, Transfer_Encoding="chunked")[2] == b"ed" * 5000 + b"cba!"
    assert call("GET", "/broken")[0] == 500
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(20)
        sock.connect("probe.sock")
        sock.sendall(b"no HTTP at all\r\n\r\n")
        assert sock.makefile("rb").readline().startswith(b"HTTP/1.1 400 ")
    process.terminate()
    assert process.wait(30) == 0, process.returncode
finally:
    process.kill()
    process.wait()
