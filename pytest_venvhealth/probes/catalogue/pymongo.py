# imports: pymongo, bson, bson.json_util
# exercises: BSON by the specification's examples, in native code where there is some; types,
#   extended JSON, connection strings; a client's reads, writes and errors with a tiny server on
#   the loopback interface
# versions: >=4.0
import datetime
import importlib.util
import socket
import socketserver
import struct
import threading

import bson
import pymongo
from bson import json_util
from pymongo import uri_parser

# If they were damaged, everything would only be slow: Python code takes their place.
if importlib.util.find_spec("bson._cbson") is not None:
    from bson import _cbson

    assert _cbson is not None and bson.has_c()
if importlib.util.find_spec("pymongo._cmessage") is not None:
    from pymongo import _cmessage

    assert _cmessage is not None and pymongo.has_c()

raw = bytes.fromhex
for document, data in (
    ({"hello": "world"}, "160000000268656c6c6f0006000000776f726c640000"),
    (
        {"BSON": ["awesome", 5.05, 1986]},
        (
            "310000000442534f4e002600000002300008000000617765736f6d65000131003333333333331440"
            "103200c20700000000"
        ),
    ),
    ({"a": None, "b": True}, "0c0000000a61000862000100"),
    ({"l": bson.Int64(1)}, "10000000126c00010000000000000000"),
    ({"d": datetime.datetime(1970, 1, 1, 0, 0, 1, tzinfo=datetime.timezone.utc)}, None),
    ({"b": b"\x00\xff", "o": bson.ObjectId("0123456789ab0123456789ab")}, None),
    ({"n": bson.Decimal128("1.10"), "r": bson.Regex("^a", "i"), "e": {}}, None),
):
    encoded = bson.encode(document)
    assert data is None or encoded.hex() == data, (document, encoded.hex())
    options = bson.CodecOptions(tz_aware=True)
    assert bson.decode(encoded, codec_options=options) == document, document
    text = json_util.dumps(document, json_options=json_util.CANONICAL_JSON_OPTIONS)
    aware = json_util.JSONOptions(tz_aware=True)
    assert json_util.loads(text, json_options=aware) == document, text
text = json_util.dumps({"i": 2**40}, json_options=json_util.CANONICAL_JSON_OPTIONS)
assert text == '{"i": {"$numberLong": "1099511627776"}}'
moment = bson.ObjectId("65dfcb800123456789abcdef").generation_time
assert moment == datetime.datetime(2024, 2, 29, 0, 10, 40, tzinfo=datetime.timezone.utc), moment
for wrong, error in ((2**64, OverflowError), (object(), bson.errors.InvalidDocument)):
    try:
        bson.encode({"x": wrong})
    except error:
        continue
    raise AssertionError("encoded: {!r}".format(wrong))
parts = uri_parser.parse_uri("mongodb://u:p%40ss@a:27018,b/db?replicaSet=rs&w=2")
assert parts["nodelist"] == [("a", 27018), ("b", 27017)] and parts["password"] == "p@ss"


class Server(socketserver.StreamRequestHandler):
    """As much of a MongoDB server as this probe needs."""

    def handle(self):
        self.connection.settimeout(20)
        while True:
            head = self.rfile.read(16)
            if len(head) < 16:
                return
            size, number, _, kind = struct.unpack("<4i", head)
            body = self.rfile.read(size - 16)
            if kind == 2004:
                command = bson.decode(body[body.index(b"\0", 4) + 9 :])
                data = struct.pack("<iqii", 8, 0, 0, 1) + bson.encode(self.answer(command))
                kind = 1
            else:
                (length,) = struct.unpack_from("<i", body, 5)
                command, rest = bson.decode(body[5 : 5 + length]), body[5 + length :]
                if rest[:1] == b"\x01":
                    end = rest.index(b"\0", 5)
                    command[rest[5:end].decode()] = bson.decode_all(rest[end + 1 :])
                data = b"\0" * 5 + bson.encode(self.answer(command))
            self.wfile.write(struct.pack("<4i", 16 + len(data), 1, number, kind) + data)

    def answer(self, command):
        stored, name = self.server.stored, next(iter(command))
        if name.lower() in ("hello", "ismaster"):
            return {
                "ok": 1,
                "helloOk": True,
                "ismaster": True,
                "isWritablePrimary": True,
                "maxBsonObjectSize": 2**24,
                "maxMessageSizeBytes": 48000000,
                "maxWriteBatchSize": 100000,
                "minWireVersion": 0,
                "maxWireVersion": 21,
            }
        if name == "insert":
            stored.extend(command["documents"])
            return {"ok": 1, "n": len(command["documents"])}
        if name == "find":
            found = [each for each in stored if command["filter"].items() <= each.items()]
            more = {"id": bson.Int64(7), "ns": "db.c", "firstBatch": found[:2]}
            return {"ok": 1, "cursor": more}
        if name == "getMore":
            return {"ok": 1, "cursor": {"id": 0, "ns": "db.c", "nextBatch": stored[2:]}}
        if name == "update":
            return {"ok": 1, "n": 1, "nModified": 1}
        if name == "delete":
            duplicate = {"index": 0, "code": 121, "errmsg": "no"}
            return {"ok": 1, "n": 0, "writeErrors": [duplicate]}
        return {"ok": 0, "errmsg": "no such command", "code": 59}


try:
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Server)
    socket.create_connection(server.server_address, timeout=10).close()
except OSError:
    server = None  # a machine whose every interface is down says nothing of pymongo
if server is not None:
    server.daemon_threads = True
    server.stored = []
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    client = pymongo.MongoClient(
        "127.0.0.1",
        server.server_address[1],
        directConnection=True,
        serverSelectionTimeoutMS=20000,
        socketTimeoutMS=20000,
    )
    things = client["db"]["c"]
    assert things.insert_one({"_id": 1, "x": "\u00e9"}).inserted_id == 1
    result = things.insert_many([{"_id": 2, "x": [1, 2.5]}, {"_id": 3, "x": None}])
    assert result.inserted_ids == [2, 3]
    assert [each["_id"] for each in things.find({})] == [1, 2, 3]
    assert things.update_one({"_id": 1}, {"$set": {"x": 2}}).modified_count == 1
    for wrong, error in (
        (lambda: things.delete_one({"_id": 1}), pymongo.errors.WriteError),
        (lambda: client["db"].command("nosuch"), pymongo.errors.OperationFailure),
    ):
        try:
            wrong()
        except error as failure:
            assert failure.code in (121, 59), failure
        else:
            raise AssertionError("an error was taken for an answer")
    client.close()
    server.shutdown()
    server.server_close()
