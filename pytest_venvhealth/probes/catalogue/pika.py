# imports: pika, pika.spec, pika.frame
# exercises: AMQP frames byte by byte, connection URLs; a blocking connection that declares a queue,
#   publishes and gets back with a tiny broker
# versions: >=1.0
# needs: a loopback interface, else the broker is left out
import socket
import socketserver
import threading

import pika
from pika import frame, spec

acknowledged = frame.Method(1, spec.Basic.Ack(5)).marshal().hex()
assert acknowledged == "0100010000000d003c0050000000000000000500ce"
assert frame.Body(2, b"abc").marshal().hex() == "03000200000003616263ce"
headers = {"n": -5, "t": "\u00e9", "l": [1, None, True], "d": {"x": 2**40}}
properties = pika.BasicProperties("text/plain", headers=headers)
_, again = frame.decode_frame(frame.Header(1, 7, properties).marshal())
assert (again.body_size, again.properties.headers) == (7, headers), again

parameters = pika.URLParameters("amqp://u:p%40ss@host:5673/%2Fv?heartbeat=30")
assert (parameters.host, parameters.port, parameters.virtual_host) == ("host", 5673, "/v")
assert parameters.credentials.password == "p@ss" and parameters.heartbeat == 30


class Broker(socketserver.StreamRequestHandler):
    """As much of a RabbitMQ broker as gives back the message that came in."""

    def handle(self):
        self.rfile.read(8)  # the protocol's name
        self.send(0, spec.Connection.Start(0, 9, {}, "PLAIN", "en_US"))
        answers = {
            spec.Connection.StartOk: spec.Connection.Tune(10, 131072, 0),
            spec.Connection.Open: spec.Connection.OpenOk(),
            spec.Channel.Open: spec.Channel.OpenOk(),
            spec.Queue.Declare: spec.Queue.DeclareOk("made", 3, 0),
            spec.Basic.Get: spec.Basic.GetOk(1, False, "", "made", 0),
            spec.Channel.Close: spec.Channel.CloseOk(),
            spec.Connection.Close: spec.Connection.CloseOk(),
        }
        message = b""
        head = self.rfile.read(7)
        while head:
            data = head + self.rfile.read(int.from_bytes(head[3:], "big") + 1)
            _, received = frame.decode_frame(data)
            if not isinstance(received, frame.Method):
                message += data
            elif type(received.method) in answers:
                self.send(received.channel_number, answers[type(received.method)])
                if isinstance(received.method, spec.Basic.Get):
                    self.wfile.write(message)
            head = self.rfile.read(7)

    def send(self, channel, method):
        self.wfile.write(frame.Method(channel, method).marshal())


with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    loopback = sock.connect_ex(("127.0.0.1", 9)) == 0
if loopback:
    with socketserver.TCPServer(("127.0.0.1", 0), Broker) as server:
        threading.Thread(target=server.handle_request).start()
        where = pika.ConnectionParameters("127.0.0.1", server.server_address[1])
        with pika.BlockingConnection(where) as connection:
            channel = connection.channel()
            assert channel.queue_declare("").method.queue == "made"
            body = b"x" * 200000  # more than one frame
            channel.basic_publish("", "made", body, pika.BasicProperties(headers={"k": ["v"]}))
            _, properties, got = channel.basic_get("made")
            assert got == body and properties.headers == {"k": ["v"]}, properties
