# imports: msgpack
# exercises: the bytes of the specification's formats, packed and unpacked by the native module,
#   where there is one, and by Python; a stream, a timestamp
# versions: >=1.0
import datetime
import importlib.util
import io

import msgpack
from msgpack import fallback

kinds = [(fallback.Packer, fallback.Unpacker)]
if importlib.util.find_spec("msgpack._cmsgpack") is not None:
    # If it were damaged, msgpack would quietly go on with the slow code.
    from msgpack import _cmsgpack

    kinds.append((_cmsgpack.Packer, _cmsgpack.Unpacker))

examples = [
    (None, "c0"),
    (127, "7f"),
    (65536, "ce00010000"),
    (2**64 - 1, "cfffffffffffffffff"),
    (1.5, "cb3ff8000000000000"),
    ("\u00e9", "a2c3a9"),
    (b"\x00\xff", "c40200ff"),
    ({"compact": True, "schema": 0}, "82a7636f6d70616374c3a6736368656d6100"),
    ("x" * 40, "d928" + "78" * 40),
    (msgpack.ExtType(5, b"\x01"), "d40501"),
]
for packer, unpacker in kinds:
    for value, packed in examples:
        assert packer().pack(value).hex() == packed, (value, packer)
        feed = unpacker()
        feed.feed(bytes.fromhex(packed))
        assert feed.unpack() == value, (value, unpacker)
    data = b"".join(packer().pack(number) for number in range(300))
    assert list(unpacker(io.BytesIO(data), read_size=7)) == list(range(300))

moment = datetime.datetime(2024, 2, 29, tzinfo=datetime.timezone.utc)
assert msgpack.unpackb(msgpack.packb(moment, datetime=True), timestamp=3) == moment
