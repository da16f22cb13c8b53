# imports: zmq, zmq.asyncio
# exercises: request and reply with a thread, publishing with topics, JSON, all of them in
#   process; asyncio sockets; Z85 and Curve25519 against their documents
# versions: >=19.0
import asyncio
import threading

import zmq
import zmq.asyncio
from zmq.utils import z85

# ZeroMQ's RFC 32
assert z85.encode(bytes.fromhex("864fd26fb559f75b")) == b"HelloWorld"
if zmq.has("curve"):
    # RFC 7748, section 6.1
    secret = bytes.fromhex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
    public = bytes.fromhex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")
    assert zmq.curve_public(z85.encode(secret)) == z85.encode(public)

context = zmq.Context()
server, client = context.socket(zmq.REP), context.socket(zmq.REQ)
server.bind("inproc://server")
client.connect("inproc://server")


def serve():
    server.send_multipart([part[::-1] for part in server.recv_multipart()])
    server.send_string(server.recv_json()["a"][1])


thread = threading.Thread(target=serve)
thread.start()
client.send_multipart([b"abc", b"", b"0123456789" * 30000 + b"end"])
assert client.recv_multipart() == [b"cba", b"", b"dne" + b"9876543210" * 30000]
client.send_json({"a": [1, "\u00e9"]})
assert client.recv_string() == "\u00e9"
thread.join()

news, reader = context.socket(zmq.XPUB), context.socket(zmq.SUB)
news.bind("inproc://news")
reader.connect("inproc://news")
reader.setsockopt(zmq.SUBSCRIBE, b"good")
assert news.recv() == b"\x01good"  # the subscription has arrived
news.send(b"bad news")
news.send(b"good news")
assert reader.recv() == b"good news"
context.destroy(linger=0)


async def talk():
    context = zmq.asyncio.Context()
    left, right = context.socket(zmq.PAIR), context.socket(zmq.PAIR)
    left.bind("inproc://talk")
    right.connect("inproc://talk")
    waiting = asyncio.ensure_future(right.recv_multipart())
    await left.send_multipart([b"a", b"b"])
    got = await asyncio.wait_for(waiting, 20)
    context.destroy(linger=0)
    return got


assert asyncio.run(talk()) == [b"a", b"b"]
