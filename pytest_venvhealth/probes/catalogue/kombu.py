# imports: kombu, kombu.serialization, kombu.compression
# exercises: messages through a broker in memory: a topic exchange, a consumer, compression, a
#   simple queue; serializers
# versions: >=5.0
import decimal

from kombu import Connection, Consumer, Exchange, Producer, Queue
from kombu.serialization import dumps, loads

kind, encoding, data = dumps({"price": decimal.Decimal("1.10"), "text": "é"}, serializer="json")
assert kind == "application/json" and '"1.10"' in data, data
assert loads(data, kind, encoding)["text"] == "é"
exchange = Exchange("news", type="topic")
sport = Queue("sport", exchange, routing_key="sport.#")
local = Queue("local", exchange, routing_key="*.local")
got = []


def receive(body, message):
    got.append(body)
    message.ack()


with Connection("memory://", transport_options={"polling_interval": 0.01}) as connection:
    channel = connection.channel()
    producer = Producer(channel, exchange=exchange, serializer="json")
    producer.publish({"n": 1}, routing_key="weather.far", declare=[sport, local])
    producer.publish({"n": 2}, routing_key="sport.local")
    producer.publish({"n": 3}, routing_key="sport.local.ball", compression="gzip")
    with Consumer(channel, queues=[sport], callbacks=[receive], accept=["json"]):
        connection.drain_events(timeout=10)
        connection.drain_events(timeout=10)
    assert got == [{"n": 2}, {"n": 3}], got
    assert local(channel).get().payload == {"n": 2}

    simple = connection.SimpleQueue("simple")
    simple.put([2])
    assert simple.get(timeout=10).payload == [2]
    simple.close()
