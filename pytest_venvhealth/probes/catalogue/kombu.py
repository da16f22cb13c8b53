# imports: kombu, kombu.serialization, kombu.compression
# exercises: messages through a broker in memory: exchanges with topics, acknowledgements, rejected
#   and compressed messages, a consumer, a simple queue; serializers
# versions: >=5.0
import datetime
import decimal
import socket
import uuid

from kombu import Connection, Consumer, Exchange, Producer, Queue
from kombu.compression import compress, decompress
from kombu.exceptions import ContentDisallowed
from kombu.serialization import dumps, loads

value = {
    "when": datetime.datetime(2024, 2, 29, 12, 30, tzinfo=datetime.timezone.utc),
    "price": decimal.Decimal("1.10"),
    "id": uuid.UUID(int=5),
    "text": "é",
}
kind, encoding, data = dumps(value, serializer="json")
assert kind == "application/json" and encoding == "utf-8"
assert loads(data, kind, encoding)["text"] == "é" and '"1.10"' in str(data), data
try:
    loads(dumps([1], serializer="pickle")[2], "application/x-python-serialize", "binary")
except ContentDisallowed:
    pass
else:
    raise AssertionError("a pickle was loaded")
body, kind = compress(b"abc" * 100, "zlib")
assert len(body) < 50 and decompress(body, kind) == b"abc" * 100

exchange = Exchange("news", type="topic")
sport = Queue("sport", exchange, routing_key="sport.#")
all_news = Queue("all", exchange, routing_key="*.local")
got = []


def receive(body, message):
    got.append((message.delivery_info["routing_key"], body))
    message.ack()


with Connection("memory://", transport_options={"polling_interval": 0.01}) as connection:
    channel = connection.channel()
    producer = Producer(channel, exchange=exchange, serializer="json")
    sport(channel).declare()
    all_news(channel).declare()
    producer.publish({"n": 1}, routing_key="sport.local", declare=[sport, all_news])
    producer.publish({"n": 2}, routing_key="sport.local.ball", compression="gzip")
    producer.publish({"n": 3}, routing_key="weather.far")
    with Consumer(channel, queues=[sport], callbacks=[receive], accept=["json"]):
        connection.drain_events(timeout=10)
        connection.drain_events(timeout=10)
        try:
            connection.drain_events(timeout=0.05)
        except socket.timeout:
            pass
        else:
            raise AssertionError("a message too many: {}".format(got))
    assert got == [("sport.local", {"n": 1}), ("sport.local.ball", {"n": 2})], got

    message = all_news(channel).get()
    assert message.payload == {"n": 1} and message.content_type == "application/json"
    assert not message.acknowledged
    message.requeue()
    again = all_news(channel).get()
    assert again.payload == {"n": 1}
    again.reject()
    assert all_news(channel).get() is None

    simple = connection.SimpleQueue("simple")
    simple.put("first")
    simple.put([2])
    assert simple.qsize() == 2
    first = simple.get(timeout=10)
    first.ack()
    assert first.payload == "first" and simple.get_nowait().payload == [2]
    simple.close()
assert Connection("amqp://u:p@host:1234/v").info()["port"] == 1234
