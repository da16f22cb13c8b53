# imports: brotli
# exercises: compressed bytes that never change their meaning (RFC 7932), all qualities and modes,
#   compressing and decompressing in parts, damaged and unfinished data
# versions: >=1.0.9
import random

import brotli

# RFC 7932: the shortest stream there is; five bytes stored as they are
assert brotli.decompress(b"\x06") == b""
assert brotli.decompress(b"\x0b\x02\x80hello\x03") == b"hello"
# Half of these words come from the dictionary that is built into every decoder.
packed = bytes.fromhex(
    "1b7400481c89b18d8a7d73487da1a40a432bb2b40471c903871cb844576a074a"
    "38d880236fd993f5f58feb69dd6d5d0303f0aeb2233c44"
)
text = (
    b"The time of the day is the name of the place where people find information"
    b" about the government of the United States."
)
assert brotli.decompress(packed) == text, brotli.decompress(packed)
assert len(brotli.compress(text)) < len(text) * 0.6

dice = random.Random(1)
noise = bytes(dice.randrange(256) for _ in range(3000))
blocks = [b"", b"a", b"abc" * 1000, noise, text * 3, "k\u00e4se ".encode("utf-8") * 200 + noise]
for quality in (0, 1, 4, 5, 9, 11):
    for data in blocks:
        small = brotli.compress(data, quality=quality)
        assert brotli.decompress(small) == data, (quality, len(data))
        assert len(small) < len(data) + 20
assert len(brotli.compress(b"abc" * 1000)) < 50
for mode in (brotli.MODE_GENERIC, brotli.MODE_TEXT, brotli.MODE_FONT):
    small = brotli.compress(text * 50, mode=mode, lgwin=16)
    assert brotli.decompress(small) == text * 50 and len(small) < 300

compressor = brotli.Compressor(quality=5)
parts = [compressor.process(noise[:1000]), compressor.flush()]
early = b"".join(parts)
parts += [compressor.process(noise[1000:]), compressor.finish()]
decompressor = brotli.Decompressor()
assert decompressor.process(early) == noise[:1000] and not decompressor.is_finished()
rest = b"".join(parts)[len(early) :]
out = b"".join(decompressor.process(rest[at : at + 100]) for at in range(0, len(rest), 100))
assert out == noise[1000:] and decompressor.is_finished()

for wrong in (packed[:-1], b"\xff\xff\xff\xff", packed[:20] + b"\0" * 10):
    try:
        brotli.decompress(wrong)
    except brotli.error:
        pass
    else:
        raise AssertionError("{!r} was decompressed".format(wrong))
