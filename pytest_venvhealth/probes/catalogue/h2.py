# imports: h2, h2.connection, h2.config, h2.events, h2.exceptions
# exercises: a client and a server that talk through bytes: the preface, a request and its answer,
#   flow control, a broken start
# versions: >=3.0
from h2 import events
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.exceptions import FlowControlError, ProtocolError

client = H2Connection(H2Configuration(client_side=True, header_encoding="utf-8"))
server = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))


def deliver(sender, receiver):
    """Hand over what waits to be sent; return the receiver's events by their kind."""
    return {type(event): event for event in receiver.receive_data(sender.data_to_send())}


client.initiate_connection()
start = client.data_to_send()
assert start.startswith(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") and start[24 + 3] == 4  # SETTINGS
server.initiate_connection()
server.receive_data(start)
deliver(server, client)
deliver(client, server)

request = [(":method", "POST"), (":path", "/a"), (":scheme", "https"), (":authority", "h")]
client.send_headers(1, request)
client.send_data(1, b"hello", end_stream=True)
found = deliver(client, server)
assert dict(found[events.RequestReceived].headers) == dict(request)
assert found[events.DataReceived].data == b"hello" and events.StreamEnded in found
server.send_headers(1, [(":status", "200")], end_stream=True)
found = deliver(server, client)
assert dict(found[events.ResponseReceived].headers) == {":status": "200"}

# RFC 9113, 6.9.2: a window begins with 65535 bytes; 4.2: a frame holds 16384.
client.send_headers(3, request)
for _ in range(3):
    client.send_data(3, b"y" * 16384)
# The connection has a window, too, that the five bytes came through.
assert client.local_flow_control_window(3) == 65535 - 5 - 3 * 16384
try:
    client.send_data(3, b"y" * 16384)
except FlowControlError:
    pass
else:
    raise AssertionError("more was sent than the window holds")
deliver(client, server)
server.acknowledge_received_data(3 * 16384, 3)
assert events.WindowUpdated in deliver(server, client)

broken = H2Connection(H2Configuration(client_side=False))
broken.initiate_connection()
try:
    broken.receive_data(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
except ProtocolError:
    pass
else:
    raise AssertionError("HTTP/1.1 was taken for HTTP/2")
