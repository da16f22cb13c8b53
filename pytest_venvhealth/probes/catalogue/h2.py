# imports: h2, h2.connection, h2.config, h2.events, h2.exceptions
# exercises: a client and a server that talk through bytes: preface and settings, a request and its
#   answer with trailers, flow control, ping, reset, broken frames, the end
# versions: >=3.0
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    PingAckReceived,
    RequestReceived,
    ResponseReceived,
    StreamEnded,
    StreamReset,
    TrailersReceived,
    WindowUpdated,
)
from h2.exceptions import FlowControlError, ProtocolError

client = H2Connection(H2Configuration(client_side=True, header_encoding="utf-8"))
server = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))


def deliver(sender, receiver):
    """Hand over what waits to be sent; return the receiver's events."""
    return receiver.receive_data(sender.data_to_send())


def only(kind, events):
    return [event for event in events if type(event) is kind]


client.initiate_connection()
start = client.data_to_send()
assert start.startswith(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") and start[24 + 3] == 4  # SETTINGS
server.initiate_connection()
server.receive_data(start)
deliver(server, client)
deliver(client, server)

request = [(":method", "POST"), (":path", "/a"), (":scheme", "https"), (":authority", "h")]
stream = client.get_next_available_stream_id()
assert stream == 1
client.send_headers(stream, [*request, ("x-name", "v")])
client.send_data(stream, b"hello", end_stream=True)
events = deliver(client, server)
assert dict(only(RequestReceived, events)[0].headers) == dict([*request, ("x-name", "v")])
assert only(DataReceived, events)[0].data == b"hello" and only(StreamEnded, events)

server.send_headers(stream, [(":status", "200")])
server.send_data(stream, b"x" * 10)
server.send_headers(stream, [("x-end", "yes")], end_stream=True)
events = deliver(server, client)
assert list(map(tuple, only(ResponseReceived, events)[0].headers)) == [(":status", "200")]
assert only(DataReceived, events)[0].data == b"x" * 10
assert list(map(tuple, only(TrailersReceived, events)[0].headers)) == [("x-end", "yes")]

# RFC 9113, 6.9.2: a window begins with 65535 bytes; 4.2: a frame holds 16384.
stream = client.get_next_available_stream_id()
client.send_headers(stream, request)
assert stream == 3
assert client.local_flow_control_window(stream) == 65535 - 5  # the connection has one, too
for _ in range(3):
    client.send_data(stream, b"y" * 16384)
assert client.local_flow_control_window(stream) == 65535 - 5 - 3 * 16384
try:
    client.send_data(stream, b"y" * 16384)
except FlowControlError:
    pass
else:
    raise AssertionError("more was sent than the window holds")
data = only(DataReceived, deliver(client, server))
assert sum(event.flow_controlled_length for event in data) == 3 * 16384
server.acknowledge_received_data(3 * 16384, stream)
assert len(only(WindowUpdated, deliver(server, client))) == 2
assert client.local_flow_control_window(stream) >= 65535 - 5

client.ping(b"12345678")
deliver(client, server)
assert only(PingAckReceived, deliver(server, client))[0].ping_data == b"12345678"
server.reset_stream(stream, error_code=ErrorCodes.CANCEL)
assert only(StreamReset, deliver(server, client))[0].error_code == 8
client.close_connection(last_stream_id=0)
frame = client.data_to_send()
assert frame == bytes.fromhex("000008 07 00 00000000 00000000 00000000"), frame
assert len(only(ConnectionTerminated, server.receive_data(frame))) == 1

broken = H2Connection(H2Configuration(client_side=False))
broken.initiate_connection()
try:
    broken.receive_data(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
except ProtocolError:
    pass
else:
    raise AssertionError("HTTP/1.1 was taken for HTTP/2")
