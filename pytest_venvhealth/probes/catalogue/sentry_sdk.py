# imports: sentry_sdk, sentry_sdk.transport, sentry_sdk.envelope
# exercises: an error, kept from the network by a transport of its own: the stack
#   with local variables, scopes, breadcrumbs, hidden secrets; the envelope's bytes
# versions: >=2.0
import json

import sentry_sdk
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

envelopes = []


class Kept(Transport):
    def capture_envelope(self, envelope):
        envelopes.append(envelope.serialize())


sentry_sdk.init(
    dsn="http://public@127.0.0.1:9/7",
    transport=Kept,
    default_integrations=False,
    auto_enabling_integrations=False,
    auto_session_tracking=False,
    release="probe@1",
    shutdown_timeout=0,
)


def divide(number):
    password = "secret-" + str(number)
    return number / (len(password) - len(password))


sentry_sdk.add_breadcrumb(message="a crumb")
with sentry_sdk.new_scope() as scope:
    scope.set_tag("color", "blue")
    try:
        divide(5)
    except ZeroDivisionError:
        number = sentry_sdk.capture_exception()
sentry_sdk.get_client().close(timeout=0)

(envelope,) = envelopes
(item,) = Envelope.deserialize(envelope).items
error = json.loads(item.get_bytes().decode())
assert error["event_id"] == number and error["release"] == "probe@1", error
assert error["tags"] == {"color": "blue"}, error["tags"]
assert error["breadcrumbs"]["values"][0]["message"] == "a crumb", error
frame = error["exception"]["values"][0]["stacktrace"]["frames"][-1]
assert frame["function"] == "divide" and frame["vars"]["number"] == "5", frame
assert "password" in frame["vars"] and "secret-5" not in json.dumps(error), frame
