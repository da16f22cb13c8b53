# imports: azure.core, azure.core.pipeline, azure.core.rest, azure.core.paging
# exercises: requests built; a client's pipeline with a tiny server on the loopback interface:
#   headers, keys, tokens, retries, redirects, streams, errors, a long-running operation; paging,
#   events, connection strings
# versions: >=1.24
import datetime
import json
import logging
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from azure.core import PipelineClient, exceptions
from azure.core.credentials import AccessToken, AzureKeyCredential
from azure.core.messaging import CloudEvent
from azure.core.paging import ItemPaged
from azure.core.pipeline import Pipeline, policies
from azure.core.pipeline.transport import RequestsTransport
from azure.core.polling import LROPoller
from azure.core.polling.base_polling import LROBasePolling
from azure.core.rest import HttpRequest
from azure.core.utils import case_insensitive_dict, parse_connection_string

logging.getLogger("azure").setLevel(logging.CRITICAL)

request = HttpRequest("POST", "http://h/a?x=1", params={"y": "b c"}, json={"k": [1, "\u00e9"]})
assert request.method == "POST" and request.url.startswith("http://h/a?"), request.url
assert request.headers["Content-Type"] == "application/json"
assert json.loads(request.content) == {"k": [1, "\u00e9"]}
pages = {None: ("2", [1, 2]), "2": (None, [3])}
assert list(ItemPaged(lambda token=None: pages[token], lambda page: page)) == [1, 2, 3]
assert case_insensitive_dict({"Accept": "x"})["ACCEPT"] == "x"
assert parse_connection_string("Endpoint=sb://x/;Key=a=b==") == {
    "endpoint": "sb://x/",
    "key": "a=b==",
}
event = CloudEvent.from_dict(
    {
        "specversion": "1.0",
        "id": "1",
        "source": "/s",
        "type": "t",
        "time": "2024-02-29T12:00:00Z",
        "data_base64": "AP8=",
        "extra": "e",
    }
)
assert event.data == b"\x00\xff" and event.extensions == {"extra": "e"}
assert event.time == datetime.datetime(2024, 2, 29, 12, tzinfo=datetime.timezone.utc)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.seen.append((self.path, self.headers))
        count = sum(path == self.path for path, _ in self.server.seen)
        if self.path == "/moved":
            self.reply(302, Location="/echo")
        elif self.path == "/busy" and count < 3:
            self.reply(503, Retry_After="0")
        elif self.path == "/missing":
            self.reply(404, {"error": {"code": "NotHere", "message": "gone"}})
        elif self.path == "/operation":
            self.reply(200, {"status": "Succeeded" if count > 1 else "Running"})
        elif self.path == "/result":
            self.reply(200, {"answer": 42})
        else:
            self.reply(200, {"path": self.path, "count": count})

    def do_PUT(self):
        where = "http://127.0.0.1:{}/".format(self.server.server_port)
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.reply(201, Operation_Location=where + "operation")

    def reply(self, status, data=None, **headers):
        text = json.dumps(data).encode() if data is not None else b""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *args):
        pass


class Tokens:
    def get_token(self, *scopes, **kwargs):
        return AccessToken("token-" + scopes[0], 2**40)


def talk(base):
    chain = [
        policies.HeadersPolicy({"X-Probe": "yes"}),
        policies.RequestIdPolicy(request_id="id-1"),
        policies.AzureKeyCredentialPolicy(AzureKeyCredential("secret"), "X-Key"),
        policies.RedirectPolicy(),
        policies.RetryPolicy(retry_backoff_factor=0.01),
    ]
    limits = {"connection_timeout": 10, "read_timeout": 20}
    pipeline = Pipeline(RequestsTransport(use_env_settings=False, **limits), chain)
    with PipelineClient(base, pipeline=pipeline) as client:
        answer = client.send_request(HttpRequest("GET", base + "/echo", params={"a": "b"}))
        assert answer.status_code == 200 and answer.json() == {"path": "/echo?a=b", "count": 1}
        headers = server.seen[-1][1]
        assert (headers["X-Probe"], headers["X-Key"]) == ("yes", "secret")
        assert headers["x-ms-client-request-id"] == "id-1"
        assert client.send_request(HttpRequest("GET", base + "/moved")).json()["path"] == "/echo"
        assert client.send_request(HttpRequest("GET", base + "/busy")).json()["count"] == 3
        with client.send_request(HttpRequest("GET", base + "/stream"), stream=True) as answer:
            assert json.loads(b"".join(answer.iter_bytes()))["path"] == "/stream"
        answer = client.send_request(HttpRequest("GET", base + "/missing"))
        try:
            answer.raise_for_status()
        except exceptions.HttpResponseError as error:
            assert error.status_code == 404 and error.error.code == "NotHere", error
        else:
            raise AssertionError("404 was taken for a success")
        try:
            errors = {404: exceptions.ResourceNotFoundError}
            exceptions.map_error(404, answer, errors)
        except exceptions.ResourceNotFoundError:
            pass
        else:
            raise AssertionError("no error was made of 404")

        start = pipeline.run(client.put("/result"))
        poller = LROPoller(
            client,
            start,
            lambda found: json.loads(found.http_response.text()),
            LROBasePolling(timeout=0.01),
        )
        assert poller.result(timeout=20) == {"answer": 42} and poller.status() == "Succeeded"

    bearer = policies.BearerTokenCredentialPolicy(Tokens(), "s")
    pipeline = Pipeline(RequestsTransport(use_env_settings=False, **limits), [bearer])
    with PipelineClient(base, pipeline=pipeline) as client:
        answer = client.send_request(HttpRequest("GET", base + "/echo"), enforce_https=False)
        assert server.seen[-1][1]["Authorization"] == "Bearer token-s"
        try:
            client.send_request(HttpRequest("GET", base + "/echo"))
        except exceptions.ServiceRequestError:
            pass
        else:
            raise AssertionError("a token was sent without TLS")


try:
    server = HTTPServer(("127.0.0.1", 0), Handler)
    socket.create_connection(server.server_address, timeout=10).close()
except OSError:
    server = None  # a machine whose every interface is down says nothing of azure-core
if server is not None:
    server.seen = []
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    talk("http://127.0.0.1:{}".format(server.server_port))
    server.shutdown()
    server.server_close()
