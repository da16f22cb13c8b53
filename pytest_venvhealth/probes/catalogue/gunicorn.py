# imports: gunicorn, gunicorn.app.base
# exercises: a real server with a worker process, on a local socket: query, headers, bodies, a
#   broken application, a broken request; a graceful end
# versions: >=19.5
import socket
import subprocess
import sys
import time

script = """
import gunicorn.app.base

def app(environ, start_response):
    if environ["PATH_INFO"] == "/broken":
        raise LookupError("on purpose")
    start_response("201 Created", [("X-Name", environ["HTTP_X_NAME"])])
    return [environ["QUERY_STRING"].encode(), environ["wsgi.input"].read()[::-1]]

class Server(gunicorn.app.base.BaseApplication):
    def load_config(self):
        options = {"bind": "unix:probe.sock", "loglevel": "critical", "timeout": 60}
        options["control_socket_disable"] = True
        for key, value in options.items():
            if key in self.cfg.settings:
                self.cfg.set(key, value)

    def load(self):
        return app

Server().run()
"""


def call(request):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(20)
        sock.connect("probe.sock")
        sock.sendall(request)
        with sock.makefile("rb") as file:
            return file.read()


head = b"POST %s HTTP/1.1\r\nHost: h\r\nX-Name: v\r\nConnection: close\r\n"
process = subprocess.Popen([sys.executable, "-I", "-B", "-c", script])
try:
    for _ in range(1500):
        assert process.poll() is None, "the server ended before it began"
        try:
            call(head % b"/" + b"\r\n")
            break
        except OSError:
            time.sleep(0.02)
    answer = call(head % b"/a?x=1" + b"Content-Length: 5\r\n\r\nabcde")
    assert answer.startswith(b"HTTP/1.1 201 ") and b"\r\nX-Name: v\r\n" in answer, answer
    assert b"x=1" in answer and b"edcba" in answer, answer
    answer = call(
        head % b"/" + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    )
    assert b"edcba" in answer, answer
    assert call(head % b"/broken" + b"\r\n").startswith(b"HTTP/1.1 500 ")
    assert call(b"no HTTP at all\r\n\r\n").startswith(b"HTTP/1.1 400 ")
    process.terminate()
    assert process.wait(30) == 0, process.returncode
finally:
    process.kill()
    process.wait()
