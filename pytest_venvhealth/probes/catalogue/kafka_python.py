# imports: kafka, kafka.record, kafka.codec, kafka.partitioner.default
# exercises: the partitioner's hash by the vectors of Kafka's own tests, checksums, record batches
#   byte by byte, compressed and damaged; a client's settings
# versions: >=2.0
import gzip
import logging
import struct

import kafka
from kafka import codec
from kafka.partitioner.default import murmur2
from kafka.record import MemoryRecords, MemoryRecordsBuilder
from kafka.record.util import calc_crc32c, decode_varint, encode_varint

logging.getLogger("kafka").setLevel(logging.CRITICAL)

# The vectors of the test of Kafka's Utils class.
for key, wanted in (
    (b"21", -973932308),
    (b"foobar", -790332482),
    (b"a-little-bit-long-string", -985981536),
    (b"a-little-bit-longer-string", -1486304829),
    (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
    (b"abc", 479470107),
):
    assert murmur2(key) % 2**32 == wanted % 2**32, key

# RFC 3720, B.4, and the check value of every CRC-32C; zigzag numbers of Protocol Buffers
assert calc_crc32c(bytes(32)) == 0x8A9136AA and calc_crc32c(b"123456789") == 0xE3069283
for number, wanted in ((0, "00"), (-1, "01"), (1, "02"), (300, "d804"), (-(2**31), "ffffffff0f")):
    data = bytearray()
    assert encode_varint(number, data.append) == len(data) and data.hex() == wanted, number
    assert decode_varint(data, 0) == (number, len(data))

packed = codec.gzip_encode(b"abc" * 100)
assert gzip.decompress(packed) == b"abc" * 100
assert codec.gzip_decode(gzip.compress(b"xyz")) == b"xyz"


def batch(compression):
    builder = MemoryRecordsBuilder(magic=2, compression_type=compression, batch_size=100000)
    for number in range(3):
        value = b"\x00\xff" * (number * 99) or None
        builder.append(
            timestamp=1709164800000 + number,
            key=b"k%d" % number,
            value=value,
            headers=[("h", b"v")],
        )
    builder.close()
    return bytearray(builder.buffer())


for compression in (0, 1):  # 1 is gzip
    data = batch(compression)
    # The head of a record batch: offset, length, epoch, magic, checksum, attributes, last offset.
    head = struct.unpack(">qiibIhi", data[:27])
    assert head[:2] == (0, len(data) - 12) and head[3] == 2
    assert head[4] == calc_crc32c(bytes(data[21:])) and head[5:] == (compression, 2)
    records = MemoryRecords(bytes(data))
    read = records.next_batch()
    assert read.validate_crc()
    rows = [(row.offset, row.timestamp, row.key, row.value, row.headers) for row in read]
    header = [("h", b"v")]
    assert rows == [
        (0, 1709164800000, b"k0", None, header),
        (1, 1709164800001, b"k1", b"\x00\xff" * 99, header),
        (2, 1709164800002, b"k2", b"\x00\xff" * 198, header),
    ], rows
    assert not records.has_next()
    data[-1] ^= 1
    assert not MemoryRecords(bytes(data)).next_batch().validate_crc()

assert kafka.TopicPartition("t", 1) == ("t", 1)
for client in (kafka.KafkaProducer, kafka.KafkaConsumer):
    try:
        client(no_such_setting=1)
    except (AssertionError, ValueError, kafka.errors.KafkaError) as error:
        assert "no_such_setting" in str(error)
    else:
        raise RuntimeError("an unknown setting was taken")
