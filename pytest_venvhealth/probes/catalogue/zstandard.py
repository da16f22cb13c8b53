# imports: zstandard
# exercises: frames written by hand after RFC 8878, levels, a checksum, a dictionary,
#   damaged data
# versions: >=0.18
import zstandard as zstd

# Magic number, header (one segment, its size), then one last block: as it is, or one byte repeated
stored = bytes.fromhex("28b52ffd20 05 290000") + b"hello"
repeated = bytes.fromhex("28b52ffd20 64 230300") + b"a"
assert zstd.decompress(stored) == b"hello" and zstd.decompress(repeated) == b"a" * 100
header = zstd.get_frame_parameters(repeated)
assert (header.content_size, header.dict_id, header.has_checksum) == (100, 0, False)

text = b"".join(b"line %d of the log: all is well\n" % number for number in range(3000))
for level in (-5, 3, 19):
    for data in (b"", b"x", text):
        assert zstd.decompress(zstd.compress(data, level)) == data, (level, len(data))
assert len(zstd.compress(text, 19)) < len(text) / 8

packed = zstd.ZstdCompressor(write_checksum=True, threads=2).compress(text)
assert zstd.ZstdDecompressor().decompress(packed) == text
spoilt = packed[:-1] + bytes([packed[-1] ^ 1])  # within the checksum
for wrong in (spoilt, packed[: len(packed) // 2], b"no frame at all"):
    try:
        zstd.ZstdDecompressor().decompress(wrong)
    except zstd.ZstdError:
        pass
    else:
        raise AssertionError("damaged data was decompressed")

# A trained dictionary makes short messages shorter, and is needed to read them again.
samples = [b'{"user": %d, "event": "login", "page": "home/%d"}' % (n, n % 7) for n in range(2000)]
trained = zstd.train_dictionary(2048, samples)
message = b'{"user": 99999, "event": "login", "page": "home/3"}'
short = zstd.ZstdCompressor(dict_data=trained).compress(message)
assert len(short) < len(zstd.compress(message)) * 0.8
assert zstd.ZstdDecompressor(dict_data=trained).decompress(short) == message
