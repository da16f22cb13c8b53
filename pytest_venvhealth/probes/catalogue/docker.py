# imports: docker, docker.types, docker.models.containers
# exercises: the client against a tiny server that plays the daemon: containers, settings, ports;
#   the ignored files of a build context
# needs: the loopback interface, else no daemon is asked
# versions: >=5.0
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import docker
from docker.utils.build import exclude_paths

for name in ("a.txt", "b.log", "keep.log"):
    Path(name).touch()
kept = set(exclude_paths(".", ["**/*.log", "!keep.log"]))
assert {"a.txt", "keep.log"} <= kept and "b.log" not in kept, kept

requests = []


class Daemon(BaseHTTPRequestHandler):
    def answer(self, value):
        data = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.answer({"Id": "c0ffee", "Name": "/tiny", "State": {"Status": "running"}})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        requests.append((self.path, json.loads(body)))
        self.answer({"Id": "c0ffee", "Warnings": []})

    def log_message(self, *args):
        pass


def talk(client):
    options = {"environment": {"K": "v"}, "ports": {"80/tcp": 8080}, "mem_limit": "2m"}
    container = client.containers.create("busy:1", ["echo", "a b"], **options)
    assert (container.name, container.status) == ("tiny", "running")
    ((path, sent),) = requests
    assert path == "/v1.41/containers/create" and sent["Image"] == "busy:1"
    assert sent["Cmd"] == ["echo", "a b"] and sent["Env"] == ["K=v"], sent
    assert sent["HostConfig"]["Memory"] == 2 * 1024**2 and sent["ExposedPorts"] == {"80/tcp": {}}


with socket.socket(type=socket.SOCK_DGRAM) as way:
    loopback = way.connect_ex(("127.0.0.1", 9)) == 0
if loopback:
    server = HTTPServer(("127.0.0.1", 0), Daemon)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    url = "tcp://127.0.0.1:{}".format(server.server_port)
    client = docker.DockerClient(url, version="1.41", timeout=20)
    talk(client)
    client.close()
    server.shutdown()
    server.server_close()
