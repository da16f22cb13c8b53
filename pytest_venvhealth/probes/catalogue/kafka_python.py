# imports: kafka, kafka.record, kafka.codec, kafka.partitioner.default
# exercises: the partitioner's hash by the vectors of Kafka's own tests, checksums, record batches
#   byte by byte, compressed and damaged
# versions: >=2.0
import struct

from kafka.partitioner.default import murmur2
from kafka.record import MemoryRecords, MemoryRecordsBuilder
from kafka.record.util import calc_crc32c

# The vectors of the test of Kafka's Utils class
for key, wanted in (
    (b"21", -973932308),
    (b"foobar", -790332482),
    (b"a-little-bit-longer-string", -1486304829),
    (b"abc", 479470107),
):
    assert murmur2(key) % 2**32 == wanted % 2**32, key
# RFC 3720, B.4, and the check value of every CRC-32C
assert calc_crc32c(bytes(32)) == 0x8A9136AA and calc_crc32c(b"123456789") == 0xE3069283

headers = [("h", b"v")]
wanted = [(5, b"k1", b"\x00\xff" * 99, headers), (7, b"k2", None, headers)]
for compression in (0, 1):  # 1 is gzip
    builder = MemoryRecordsBuilder(magic=2, compression_type=compression, batch_size=100000)
    for timestamp, key, value, headers in wanted:
        builder.append(timestamp=timestamp, key=key, value=value, headers=headers)
    builder.close()
    data = bytearray(builder.buffer())
    # The head of a record batch: offset, length, epoch, magic, checksum, attributes, last offset.
    offset, length, epoch, magic, checksum, attributes, last = struct.unpack(">qiibIhi", data[:27])
    assert (offset, length, magic, last) == (0, len(data) - 12, 2, 1)
    assert checksum == calc_crc32c(bytes(data[21:])) and attributes == compression
    batch = MemoryRecords(bytes(data)).next_batch()
    assert batch.validate_crc()
    found = [(row.timestamp, row.key, row.value, row.headers) for row in batch]
    assert found == wanted, found
    data[-1] ^= 1
    assert not MemoryRecords(bytes(data)).next_batch().validate_crc()
