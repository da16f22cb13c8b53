# imports: pika, pika.spec, pika.frame
# exercises: AMQP frames byte by byte, connection URLs; a blocking connection that declares,
#   publishes and consumes with a tiny broker on the loopback interface, which also closes a channel
# versions: >=1.0
import datetime
import socket
import socketserver
import threading

import pika
from pika import frame, spec

assert frame.Method(1, spec.Basic.Ack(5)).marshal().hex() == (
    "0100010000000d003c00500000000000000005" + "00" + "ce"
)
assert frame.Heartbeat().marshal().hex() == "08000000000000ce"
assert frame.Body(2, b"abc").marshal().hex() == "03000200000003616263ce"
moment = datetime.datetime(2024, 2, 29, tzinfo=datetime.timezone.utc)
headers = {"n": -5, "t": "\u00e9", "l": [1, None, True], "d": {"x": 2**40}}
properties = pika.BasicProperties("text/plain", headers=headers, delivery_mode=2, message_id="m")
size, again = frame.decode_frame(frame.Header(1, 7, properties).marshal())
assert (again.body_size, again.properties.headers, size) == (7, headers, size)
assert again.properties.delivery_mode == 2 and again.properties.content_type == "text/plain"
assert frame.decode_frame(b"\x01\x00\x01\x00")[0] == 0

parameters = pika.URLParameters("amqp://u:p%40ss@host:5673/%2Fv?heartbeat=30")
assert (parameters.host, parameters.port, parameters.virtual_host) == ("host", 5673, "/v")
assert parameters.credentials.password == "p@ss" and parameters.heartbeat == 30


class Broker(socketserver.StreamRequestHandler):
    """As much of a RabbitMQ broker as this probe needs: one queue that gives back what came in."""

    def send(self, channel, method):
        self.wfile.write(frame.Method(channel, method).marshal())

    def handle(self):
        self.connection.settimeout(20)
        if len(self.rfile.read(8)) < 8:
            return
        product = {"product": "probe", "capabilities": {"basic.nack": True}}
        self.send(0, spec.Connection.Start(0, 9, product, "PLAIN", "en_US"))
        held, count = [], 0
        while True:
            head = self.rfile.read(7)
            if len(head) < 7:
                return
            rest = self.rfile.read(int.from_bytes(head[3:], "big") + 1)
            each = frame.decode_frame(head + rest)[1]
            if isinstance(each, (frame.Header, frame.Body)):
                held.append((head + rest))
                continue
            if not isinstance(each, frame.Method):
                continue
            method, channel = each.method, each.channel_number
            self.server.seen.append(method)
            if isinstance(method, spec.Connection.StartOk):
                self.send(0, spec.Connection.Tune(10, 131072, 0))
            elif isinstance(method, spec.Connection.Open):
                self.send(0, spec.Connection.OpenOk())
            elif isinstance(method, spec.Channel.Open):
                self.send(channel, spec.Channel.OpenOk())
            elif isinstance(method, spec.Queue.Declare) and method.passive:
                self.send(channel, spec.Channel.Close(404, "no queue", 50, 10))
            elif isinstance(method, spec.Queue.Declare):
                self.send(channel, spec.Queue.DeclareOk(method.queue or "made", 3, 0))
            elif isinstance(method, spec.Basic.Consume):
                self.send(channel, spec.Basic.ConsumeOk(method.consumer_tag))
            elif isinstance(method, spec.Basic.Get):
                count += 1
                self.send(channel, spec.Basic.GetOk(count, False, "", "queue", 0))
                self.wfile.write(b"".join(held))
            elif isinstance(method, spec.Basic.Cancel):
                self.send(channel, spec.Basic.CancelOk(method.consumer_tag))
            elif isinstance(method, spec.Channel.Close):
                self.send(channel, spec.Channel.CloseOk())
            elif isinstance(method, spec.Connection.Close):
                self.send(0, spec.Connection.CloseOk())
                return


try:
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Broker)
    socket.create_connection(server.server_address, timeout=10).close()
except OSError:
    server = None  # a machine whose every interface is down says nothing of pika
if server is not None:
    server.daemon_threads = True
    server.seen = []
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    parameters = pika.ConnectionParameters(
        "127.0.0.1",
        server.server_address[1],
        credentials=pika.PlainCredentials("me", "secret"),
        socket_timeout=20,
        blocked_connection_timeout=20,
    )
    with pika.BlockingConnection(parameters) as connection:
        channel = connection.channel()
        declared = channel.queue_declare("", exclusive=True).method
        assert (declared.queue, declared.message_count) == ("made", 3)
        body = b"x" * 200000  # more than one frame
        channel.basic_publish("", "made", body, pika.BasicProperties(headers={"k": ["v"]}))
        method, properties, got = channel.basic_get("made")
        assert got == body and properties.headers == {"k": ["v"]} and method.delivery_tag == 1
        channel.basic_ack(method.delivery_tag)
        try:
            channel.queue_declare("other", passive=True)
        except pika.exceptions.ChannelClosedByBroker as error:
            assert (error.reply_code, error.reply_text) == (404, "no queue")
        else:
            raise AssertionError("a closed channel went on")
        assert channel.is_closed and connection.is_open
    response = next(each for each in server.seen if isinstance(each, spec.Connection.StartOk))
    assert response.response == b"\0me\0secret" or response.response == "\0me\0secret"
    assert [each.delivery_tag for each in server.seen if isinstance(each, spec.Basic.Ack)] == [1]
    server.shutdown()
    server.server_close()
