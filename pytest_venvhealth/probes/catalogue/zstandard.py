# imports: zstandard
# exercises: frames written by hand after RFC 8878, levels, checksums, streams, files, dictionaries,
#   several threads, what a frame's header says, damaged data
# versions: >=0.18
import io
import random

import zstandard as zstd

# Magic number, header (one segment, its size), then one last block: as it is, or one byte repeated
stored = bytes.fromhex("28b52ffd20 05 290000") + b"hello"
repeated = bytes.fromhex("28b52ffd20 64 230300") + b"a"
for backend in (zstd.decompress, zstd.ZstdDecompressor().decompress):
    assert backend(stored) == b"hello" and backend(repeated) == b"a" * 100
header = zstd.get_frame_parameters(repeated)
assert (header.content_size, header.dict_id, header.has_checksum) == (100, 0, False)

dice = random.Random(1)
noise = bytes(dice.randrange(256) for _ in range(5000))
text = b"".join(b"line %d of the log: all is well\n" % number for number in range(3000))
for level in (-5, 1, 3, 9, 19):
    for data in (b"", b"x", noise, text, text + noise):
        assert zstd.decompress(zstd.compress(data, level)) == data, (level, len(data))
assert len(zstd.compress(text, 19)) < len(text) / 8 and len(zstd.compress(noise)) < 5100

packed = zstd.ZstdCompressor(level=5, write_checksum=True, threads=2).compress(text)
assert zstd.get_frame_parameters(packed).has_checksum
assert zstd.ZstdDecompressor().decompress(packed) == text
spoilt = bytearray(packed)
spoilt[-1] ^= 1  # within the checksum
for wrong in (bytes(spoilt), packed[: len(packed) // 2], b"no frame at all"):
    try:
        zstd.ZstdDecompressor().decompress(wrong)
    except zstd.ZstdError:
        pass
    else:
        raise AssertionError("damaged data was decompressed")

# Streams
sink = io.BytesIO()
with zstd.ZstdCompressor().stream_writer(sink, closefd=False) as writer:
    for at in range(0, len(text), 7777):
        writer.write(text[at : at + 7777])
    writer.flush(zstd.FLUSH_FRAME)
streamed = sink.getvalue()
with zstd.ZstdDecompressor().stream_reader(io.BytesIO(streamed)) as reader:
    assert reader.read(10) == text[:10] and reader.read() == text[10:]
parts = zstd.ZstdDecompressor().read_to_iter(io.BytesIO(streamed), read_size=100)
assert b"".join(parts) == text
machine = zstd.ZstdCompressor().compressobj()
pieces = machine.compress(text) + machine.flush()
back = zstd.ZstdDecompressor().decompressobj()
assert back.decompress(pieces[:500]) + back.decompress(pieces[500:]) == text
source, copy = io.BytesIO(text), io.BytesIO()
assert zstd.ZstdCompressor().copy_stream(source, copy)[0] == len(text)
assert zstd.ZstdDecompressor().stream_reader(copy.getvalue()).read() == text
file = io.BytesIO(streamed)
with zstd.open(file, "rt", encoding="ascii") as lines:
    assert next(lines) == "line 0 of the log: all is well\n" and sum(1 for _ in lines) == 2999

# A trained dictionary makes short messages shorter, and is needed to read them again.
samples = [b'{"user": %d, "event": "login", "page": "home/%d"}' % (n, n % 7) for n in range(2000)]
trained = zstd.train_dictionary(2048, samples)
message = b'{"user": 99999, "event": "login", "page": "home/3"}'
short = zstd.ZstdCompressor(dict_data=trained).compress(message)
assert len(short) < len(zstd.compress(message)) * 0.8
assert zstd.get_frame_parameters(short).dict_id == trained.dict_id() != 0
assert zstd.ZstdDecompressor(dict_data=trained).decompress(short) == message
try:
    zstd.ZstdDecompressor().decompress(short)
except zstd.ZstdError:
    pass
else:
    raise AssertionError("the dictionary was not needed")
