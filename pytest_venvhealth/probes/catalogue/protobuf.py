# imports: google.protobuf, google.protobuf.message, google.protobuf.descriptor_pb2
# exercises: a message class made at run time; the wire format byte by byte, a oneof, JSON, a
#   well-known type; the native module where there is one
# versions: >=3.20.0
import importlib.util

from google.protobuf import (
    descriptor_pb2,
    descriptor_pool,
    json_format,
    message_factory,
    struct_pb2,
)
from google.protobuf.message import DecodeError

# A damaged native module would only make everything slow: Python code takes its place.
if importlib.util.find_spec("google._upb") is not None:
    from google._upb import _message

    assert _message.Message is not None

F = descriptor_pb2.FieldDescriptorProto
file = descriptor_pb2.FileDescriptorProto(name="probe.proto", package="probe", syntax="proto3")
kind = file.message_type.add(name="Thing")
kind.field.add(name="a", number=1, type=F.TYPE_INT32, label=F.LABEL_OPTIONAL)
kind.field.add(name="b", number=2, type=F.TYPE_STRING, label=F.LABEL_OPTIONAL)
kind.field.add(name="inner", number=3, type_name=".probe.Thing", label=F.LABEL_OPTIONAL, type=11)
kind.field.add(name="many", number=6, type=F.TYPE_INT32, label=F.LABEL_REPEATED)
kind.field.add(name="big_one", number=7, type=F.TYPE_UINT64, label=1, oneof_index=0)
kind.field.add(name="raw", number=8, type=F.TYPE_BYTES, label=1, oneof_index=0)
kind.oneof_decl.add(name="choice")
pool = descriptor_pool.DescriptorPool()
pool.Add(file)
descriptor = pool.FindMessageTypeByName("probe.Thing")
if hasattr(message_factory, "GetMessageClass"):
    Thing = message_factory.GetMessageClass(descriptor)
else:
    Thing = message_factory.MessageFactory(pool).GetPrototype(descriptor)

# The examples of the encoding guide.
assert Thing(a=150).SerializeToString() == b"\x08\x96\x01"
assert Thing(b="testing").SerializeToString() == b"\x12\x07testing"
assert Thing(inner=Thing(a=150)).SerializeToString() == b"\x1a\x03\x08\x96\x01"
assert Thing(many=[3, 270, 86942]).SerializeToString() == b"\x32\x06\x03\x8e\x02\x9e\xa7\x05"

thing = Thing.FromString(b"\x08\x96\x01\x12\x02\xc3\xa9\x78\x01")  # 15 is not known
assert (thing.a, thing.b) == (150, "é") and not thing.HasField("inner")
assert thing.SerializeToString(deterministic=True).endswith(b"\x78\x01")
thing.big_one = 2**64 - 1
thing.raw = b"\x00\xff"
assert thing.WhichOneof("choice") == "raw" and thing.big_one == 0
try:
    Thing.FromString(b"\x12\x07test")
except DecodeError:
    pass
else:
    raise AssertionError("a message cut short was read")

assert json_format.MessageToDict(thing) == {"a": 150, "b": "é", "raw": "AP8="}, thing
parsed = json_format.Parse('{"bigOne": "18446744073709551615", "many": [1, 2]}', Thing())
assert parsed.big_one == 2**64 - 1 and list(parsed.many) == [1, 2]

tree = json_format.ParseDict({"k": [1, None, "x", {"y": True}]}, struct_pb2.Struct())
assert tree["k"][3]["y"] is True and json_format.MessageToDict(tree)["k"][0] == 1.0
