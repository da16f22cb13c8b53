# imports: msgpack
# exercises: the bytes of the specification's formats, packed and unpacked by the native module,
#   where there is one, and by Python; extension types, timestamps, streams, limits
# versions: >=1.0
import datetime
import importlib.util
import io

import msgpack
from msgpack import fallback

pairs = [(msgpack.Packer, msgpack.Unpacker), (fallback.Packer, fallback.Unpacker)]
if importlib.util.find_spec("msgpack._cmsgpack") is not None:
    # If it were damaged, msgpack would quietly go on with the slow code.
    from msgpack import _cmsgpack

    pairs.append((_cmsgpack.Packer, _cmsgpack.Unpacker))

examples = [
    (None, "c0"),
    (False, "c2"),
    (127, "7f"),
    (-32, "e0"),
    (128, "cc80"),
    (65536, "ce00010000"),
    (2**64 - 1, "cfffffffffffffffff"),
    (-129, "d1ff7f"),
    (-(2**63), "d38000000000000000"),
    (1.5, "cb3ff8000000000000"),
    ("é", "a2c3a9"),
    (b"\x00\xff", "c40200ff"),
    ([1, [2]], "92019102"),
    ({"compact": True, "schema": 0}, "82a7636f6d70616374c3a6736368656d6100"),
    ("x" * 40, "d928" + "78" * 40),
    (msgpack.ExtType(5, b"\x01"), "d40501"),
]
for make_packer, make_unpacker in pairs:
    for value, packed in examples:
        assert make_packer().pack(value).hex() == packed, (value, make_packer)
        unpacker = make_unpacker()
        unpacker.feed(bytes.fromhex(packed))
        assert unpacker.unpack() == value, (value, make_unpacker)
    data = b"".join(make_packer().pack(number) for number in range(300))
    assert list(make_unpacker(io.BytesIO(data), read_size=7)) == list(range(300))
    unpacker = make_unpacker()
    unpacker.feed(b"\x93\x01\x02")
    try:
        unpacker.unpack()
    except msgpack.OutOfData:
        unpacker.feed(b"\x03")
    assert unpacker.unpack() == [1, 2, 3]
    unpacker.feed(b"\x92\x01\x02")
    assert unpacker.read_array_header() == 2 and unpacker.unpack() == 1

assert msgpack.unpackb(msgpack.packb(1.5, use_single_float=True)) == 1.5
assert msgpack.packb(1.5, use_single_float=True).hex() == "ca3fc00000"
assert msgpack.unpackb(b"\xd6\xff\x00\x00\x00\x01") == msgpack.Timestamp(1, 0)
moment = datetime.datetime(2024, 2, 29, tzinfo=datetime.timezone.utc)
assert msgpack.unpackb(msgpack.packb(moment, datetime=True), timestamp=3) == moment
assert msgpack.unpackb(msgpack.packb({1, 2}, default=sorted), use_list=False) == (1, 2)
assert msgpack.unpackb(b"\x81\xa1a\x01", object_pairs_hook=list) == [("a", 1)]
try:
    msgpack.unpackb(b"\x01\x02")
except msgpack.ExtraData as error:
    assert (error.unpacked, bytes(error.extra)) == (1, b"\x02")
else:
    raise AssertionError("two values were taken for one")
