# imports: sentry_sdk, sentry_sdk.transport, sentry_sdk.envelope
# exercises: errors, messages and a transaction kept from the network by a transport of its own:
#   the stack with local variables, scopes, breadcrumbs, hidden secrets, a filter;
#   the envelope's bytes
# versions: >=2.0
import json

import sentry_sdk
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport
from sentry_sdk.utils import Dsn

envelopes = []


class Kept(Transport):
    def capture_envelope(self, envelope):
        envelopes.append(envelope)


def refuse(event, hint):
    return (
        None if "unwanted" in json.dumps(event.get("logentry") or event.get("message")) else event
    )


sentry_sdk.init(
    dsn="http://public@127.0.0.1:9/7",
    transport=Kept,
    default_integrations=False,
    auto_enabling_integrations=False,
    auto_session_tracking=False,
    traces_sample_rate=1.0,
    release="probe@1",
    environment="test",
    server_name="here",
    before_send=refuse,
    shutdown_timeout=0,
)
client = sentry_sdk.get_client()
assert client.is_active() and client.options["release"] == "probe@1"


def divide(number):
    password = "secret-" + str(number)
    return number / (len(password) - len(password))


sentry_sdk.set_tag("color", "blue")
sentry_sdk.add_breadcrumb(category="before", message="a crumb", level="info")
with sentry_sdk.new_scope() as scope:
    scope.set_tag("inner", "yes")
    scope.set_user({"id": "42"})
    try:
        divide(5)
    except ZeroDivisionError:
        number = sentry_sdk.capture_exception()
assert sentry_sdk.capture_message("hello", level="warning")
sentry_sdk.capture_message("unwanted")
transaction = sentry_sdk.start_transaction(op="task", name="work")
with transaction, sentry_sdk.start_span(op="part"):
    traced = sentry_sdk.get_traceparent()
assert traced.split("-")[0] == transaction.trace_id

# As they would go over the wire
events = []
for envelope in envelopes:
    again = Envelope.deserialize(envelope.serialize())
    for item in again.items:
        if item.type in ("event", "transaction"):
            events.append(json.loads(item.get_bytes().decode()))
error, message, work = events
assert error["event_id"] == number and error["release"] == "probe@1", error
(value,) = error["exception"]["values"]
assert value["type"] == "ZeroDivisionError"
frame = value["stacktrace"]["frames"][-1]
assert frame["function"] == "divide" and frame["vars"]["number"] == "5", frame
assert "secret-5" not in json.dumps(error) and "password" in frame["vars"]
assert error["tags"] == {"color": "blue", "inner": "yes"} and error["user"]["id"] == "42"
assert error["breadcrumbs"]["values"][0]["message"] == "a crumb"
assert message["level"] == "warning" and message["tags"] == {"color": "blue"}
assert "user" not in message and "hello" in json.dumps(message)
assert work["type"] == "transaction" and work["transaction"] == "work"
assert [span["op"] for span in work["spans"]] == ["part"]
assert work["contexts"]["trace"]["trace_id"] == transaction.trace_id

dsn = Dsn("https://key@example.org:8000/sub/12")
assert (dsn.public_key, dsn.netloc, dsn.project_id, dsn.path) == (
    "key",
    "example.org:8000",
    "12",
    "/sub/",
)
client.close(timeout=0)
