# imports: docker, docker.types, docker.models.containers
# exercises: the client against a server on the loopback interface that plays the daemon:
#   containers, images, logs, errors; settings of a container, ports; the
#   ignored files of a build context
# versions: >=5.0
import json
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import docker
from docker import errors, types
from docker.utils import parse_bytes, parse_repository_tag
from docker.utils.build import exclude_paths

FULL = "4fa6e0f0c678" * 5 + "4fa6"
requests = []


class Daemon(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, value, status=200, kind="application/json"):
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        url = urlsplit(self.path)
        path, query = url.path.replace("/v1.41", "", 1), parse_qs(url.query)
        requests.append(("GET", path, query))
        if path == "/version":
            self.answer({"Version": "20.10", "ApiVersion": "1.41"})
        elif path == "/containers/json":
            self.answer([{"Id": FULL}])
        elif path == "/containers/{}/json".format(FULL):
            state = {"Status": "running"}
            self.answer({"Id": FULL, "Name": "/tiny", "State": state, "Config": {"Tty": False}})
        elif path == "/containers/{}/logs".format(FULL):
            # Each piece of output: the stream's number, three zeros, the length, the text
            pieces = [(1, b"out\n"), (2, b"err\n")]
            data = b"".join(struct.pack(">BxxxL", n, len(text)) + text for n, text in pieces)
            self.answer(data, kind="application/vnd.docker.raw-stream")
        else:
            self.answer({"message": "No such image: x"}, status=404)

    def do_POST(self):
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = url.path.replace("/v1.41", "", 1)
        requests.append(("POST", path, json.loads(body) if body else None))
        created = path == "/containers/create"
        self.answer({"Id": FULL, "Warnings": []} if created else b"", 201 if created else 204)

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Daemon)
server.daemon_threads = True
thread = threading.Thread(target=server.serve_forever, daemon=True)
thread.start()
client = docker.DockerClient(
    base_url="tcp://127.0.0.1:{}".format(server.server_port), version="1.41", timeout=20
)
try:
    assert client.version()["Version"] == "20.10"
    (container,) = client.containers.list(all=True, filters={"label": "a=b"})
    assert container.name == "tiny" and container.status == "running"
    assert container.short_id == FULL[: len(container.short_id)]
    (query,) = [found for _, path, found in requests if path == "/containers/json"]
    assert query["all"] == ["1"] and json.loads(query["filters"][0]) == {"label": ["a=b"]}, query
    assert container.logs() == b"out\nerr\n"
    assert next(iter(container.logs(stream=True))) == b"out\n"

    made = client.containers.create(
        "busy:1", ["echo", "a b"], environment={"K": "v"}, ports={"80/tcp": 8080}, mem_limit="2m"
    )
    made.start()
    assert made.id == FULL and requests[-1][1] == "/containers/{}/start".format(FULL)
    (sent,) = [body for kind, path, body in requests if path == "/containers/create"]
    assert sent["Image"] == "busy:1" and sent["Cmd"] == ["echo", "a b"] and sent["Env"] == ["K=v"]
    assert sent["HostConfig"]["Memory"] == 2 * 1024**2 and sent["ExposedPorts"] == {"80/tcp": {}}
    assert sent["HostConfig"]["PortBindings"]["80/tcp"][0]["HostPort"] == "8080", sent
    try:
        client.images.get("x")
    except errors.ImageNotFound as error:
        assert error.response.status_code == 404
    else:
        raise AssertionError("an image came from nowhere")
finally:
    client.close()
    server.shutdown()
    server.server_close()
    thread.join(20)

mount = types.Mount("/in", "/out", type="bind", read_only=True)
assert (mount["Target"], mount["Source"], mount["ReadOnly"]) == ("/in", "/out", True)
assert parse_bytes("1.5k") == 1536 and parse_repository_tag("h:5/a:b") == ("h:5/a", "b")
for name in ("a.txt", "b.log", "sub/c.log", "sub/keep.log"):
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).touch()
kept = {path.replace("\\", "/") for path in exclude_paths(".", ["**/*.log", "!sub/keep.log"])}
assert kept >= {"a.txt", "sub/keep.log"} and not kept & {"b.log", "sub/c.log"}, kept
