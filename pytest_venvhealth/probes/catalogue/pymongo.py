# imports: pymongo, bson, bson.json_util
# exercises: BSON by the specification's examples, in native code where there is some; extended
#   JSON; a client that writes to and reads from a tiny server
# versions: >=4.0
# needs: a loopback interface, else the server is left out
import importlib.util
import socket
import socketserver
import struct
import threading

import bson
import pymongo
from bson import json_util
from pymongo.server_api import ServerApi

# If it were damaged, everything would only be slow: Python code takes its place.
if importlib.util.find_spec("bson._cbson") is not None:
    assert bson.has_c()

example = "160000000268656c6c6f0006000000776f726c640000"
assert bson.encode({"hello": "world"}).hex() == example
example = (
    "310000000442534f4e002600000002300008000000617765736f6d65000131003333333333331440"
    "103200c20700000000"
)
assert bson.decode(bytes.fromhex(example)) == {"BSON": ["awesome", 5.05, 1986]}
text = json_util.dumps({"i": 2**40}, json_options=json_util.CANONICAL_JSON_OPTIONS)
assert text == '{"i": {"$numberLong": "1099511627776"}}'


class Server(socketserver.StreamRequestHandler):
    """As much of a MongoDB server as keeps documents in a list."""

    def handle(self):
        head = self.rfile.read(16)
        while head:
            size, number, _, _ = struct.unpack("<4i", head)
            body = self.rfile.read(size - 16)[5:]
            (length,) = struct.unpack_from("<i", body)
            command, documents = bson.decode(body[:length]), body[length:]
            if documents:
                stored.extend(bson.decode_all(documents[documents.index(b"\0", 5) + 1 :]))
            answer = {"ok": 1, "isWritablePrimary": True, "maxWireVersion": 21}
            if "insert" in command:
                answer["n"] = len(stored)
            elif "find" in command:
                more = {"id": bson.Int64(7), "ns": "db.c", "firstBatch": stored[:2]}
                answer["cursor"] = more
            elif "getMore" in command:
                answer["cursor"] = {"id": 0, "ns": "db.c", "nextBatch": stored[2:]}
            data = bytes(5) + bson.encode(answer)
            self.wfile.write(struct.pack("<4i", 16 + len(data), 1, number, 2013) + data)
            head = self.rfile.read(16)


with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    loopback = sock.connect_ex(("127.0.0.1", 9)) == 0
if loopback:
    stored = []
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,)).start()
        where = "mongodb://127.0.0.1:%d/?directConnection=true" % server.server_address[1]
        with pymongo.MongoClient(where, server_api=ServerApi("1")) as client:
            client["db"]["c"].insert_many([{"_id": 1}, {"_id": 2, "x": "\u00e9"}, {"_id": 3}])
            found = list(client["db"]["c"].find())
        server.shutdown()
    assert found == [{"_id": 1}, {"_id": 2, "x": "\u00e9"}, {"_id": 3}], found
