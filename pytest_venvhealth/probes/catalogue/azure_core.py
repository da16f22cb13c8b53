# imports: azure.core, azure.core.pipeline, azure.core.rest, azure.core.paging
# exercises: requests, paging; a client's pipeline against a tiny server: keys, retries, errors
# needs: the loopback interface, else no server is asked
# versions: >=1.24
import json
import logging
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from azure.core import PipelineClient, exceptions
from azure.core.credentials import AzureKeyCredential
from azure.core.paging import ItemPaged
from azure.core.pipeline import Pipeline, policies
from azure.core.pipeline.transport import RequestsTransport
from azure.core.rest import HttpRequest

logging.getLogger("azure").setLevel(logging.CRITICAL)

request = HttpRequest("POST", "http://h/a", params={"y": "b"}, json={"k": [1, "\u00e9"]})
assert request.url == "http://h/a?y=b" and json.loads(request.content) == {"k": [1, "\u00e9"]}
pages = {None: ("2", [1, 2]), "2": (None, [3])}
assert list(ItemPaged(lambda token=None: pages[token], lambda page: page)) == [1, 2, 3]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(self.server.statuses.pop(0))
        body = json.dumps({"key": self.headers["X-Key"]}).encode()
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def talk(base):
    chain = [
        policies.AzureKeyCredentialPolicy(AzureKeyCredential("secret"), "X-Key"),
        policies.RetryPolicy(retry_backoff_factor=0.01),
    ]
    transport = RequestsTransport(use_env_settings=False, connection_timeout=10, read_timeout=20)
    with PipelineClient(base, pipeline=Pipeline(transport, chain)) as client:
        answer = client.send_request(HttpRequest("GET", base))  # 503, then again
        assert answer.status_code == 200 and answer.json() == {"key": "secret"}
        answer = client.send_request(HttpRequest("GET", base))
        try:
            answer.raise_for_status()
        except exceptions.HttpResponseError as error:
            assert error.status_code == 404
        else:
            raise AssertionError("404 was taken for a success")


with socket.socket(type=socket.SOCK_DGRAM) as way:
    loopback = way.connect_ex(("127.0.0.1", 9)) == 0
if loopback:
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.statuses = [503, 200, 404]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    talk("http://127.0.0.1:{}/".format(server.server_port))
    server.shutdown()
    server.server_close()
