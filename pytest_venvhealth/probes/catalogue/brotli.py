# imports: brotli
# exercises: compressed bytes that never change their meaning (RFC 7932), several qualities,
#   compressing and decompressing in parts, damaged data
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

noise = bytes(random.Random(1).randrange(256) for _ in range(3000))
for quality in (0, 5, 11):
    for data in (b"", b"abc" * 1000, noise):
        assert brotli.decompress(brotli.compress(data, quality=quality)) == data, quality
assert len(brotli.compress(b"abc" * 1000)) < 50

compressor = brotli.Compressor()
early = compressor.process(noise[:1000]) + compressor.flush()
late = compressor.process(noise[1000:]) + compressor.finish()
decompressor = brotli.Decompressor()
assert decompressor.process(early) == noise[:1000] and not decompressor.is_finished()
assert decompressor.process(late) == noise[1000:] and decompressor.is_finished()

for wrong in (packed[:-1], b"\xff\xff\xff\xff"):
    try:
        brotli.decompress(wrong)
    except brotli.error:
        pass
    else:
        raise AssertionError("{!r} was decompressed".format(wrong))
