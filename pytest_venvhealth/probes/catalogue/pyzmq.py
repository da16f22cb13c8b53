# imports: zmq, zmq.asyncio
# exercises: request and reply, publishing with topics, pipelines and a poller over loopback and in
#   process, multipart and JSON, asyncio sockets; Z85 and Curve25519 against their documents
# versions: >=19.0
import asyncio
import threading

import zmq
import zmq.asyncio
from zmq.utils import z85

# ZeroMQ's RFC 32
assert z85.encode(bytes.fromhex("864fd26fb559f75b")) == b"HelloWorld"
assert z85.decode(b"HelloWorld") == bytes.fromhex("864fd26fb559f75b")
if zmq.has("curve"):
    # RFC 7748, section 6.1
    secret = bytes.fromhex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
    public = bytes.fromhex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")
    assert zmq.curve_public(z85.encode(secret)) == z85.encode(public)

context = zmq.Context()
context.linger = 0


def socket(kind):
    made = context.socket(kind)
    made.rcvtimeo = made.sndtimeo = 20000
    return made


# TCP over the loopback interface, the server in a thread
server = socket(zmq.REP)
port = server.bind_to_random_port("tcp://127.0.0.1")


def serve():
    for _ in range(2):
        parts = server.recv_multipart()
        server.send_multipart([part[::-1] for part in reversed(parts)])


thread = threading.Thread(target=serve, daemon=True)
thread.start()
client = socket(zmq.REQ)
client.connect("tcp://127.0.0.1:{}".format(port))
big = b"0123456789" * 30000 + b"end"
for parts in ([b"abc", b"", b"\x00\xff"], [big]):
    client.send_multipart(parts)
    assert client.recv_multipart() == [part[::-1] for part in reversed(parts)]
thread.join(20)

# In process
push, pull = socket(zmq.PUSH), socket(zmq.PULL)
pull.bind("inproc://pipe")
push.connect("inproc://pipe")
push.send_json({"a": [1, "é"]})
push.send_string("täxt")
push.send_pyobj({1, 2})
push.send(b"frame", copy=False)
assert pull.recv_json() == {"a": [1, "é"]} and pull.recv_string() == "täxt"
assert pull.recv_pyobj() == {1, 2}
assert bytes(pull.recv(copy=False).buffer) == b"frame"
poller = zmq.Poller()
poller.register(pull, zmq.POLLIN)
assert poller.poll(0) == []
push.send(b"x")
assert dict(poller.poll(20000)) == {pull: zmq.POLLIN} and pull.recv() == b"x"
try:
    pull.recv(zmq.NOBLOCK)
except zmq.Again:
    pass
else:
    raise AssertionError("a message came from nowhere")

pub, sub = socket(zmq.XPUB), socket(zmq.SUB)
pub.bind("inproc://news")
sub.connect("inproc://news")
sub.setsockopt(zmq.SUBSCRIBE, b"good")
assert pub.recv() == b"\x01good"  # the subscription has arrived
pub.send(b"bad news")
pub.send(b"good news")
assert sub.recv() == b"good news"


async def talk():
    context = zmq.asyncio.Context()
    left, right = context.socket(zmq.PAIR), context.socket(zmq.PAIR)
    left.bind("inproc://talk")
    right.connect("inproc://talk")
    waiting = asyncio.ensure_future(right.recv_multipart())
    await left.send_multipart([b"a", b"b"])
    got = await asyncio.wait_for(waiting, 20)
    left.close()
    right.close()
    context.term()
    return got


assert asyncio.run(talk()) == [b"a", b"b"]
for each in (server, client, push, pull, pub, sub):
    each.close()
context.term()
