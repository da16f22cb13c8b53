# imports: xxhash
# exercises: XXH32, XXH64, XXH3 and XXH128 against known values, seeds, hashing in parts, copies,
#   XXH32 of a long text worked out step by step
import struct

import xxhash

assert xxhash.xxh32(b"").hexdigest() == "02cc5d05"
assert xxhash.xxh32(b"abc").intdigest() == 0x32D153FF
assert xxhash.xxh64(b"").hexdigest() == "ef46db3751d8e999"
assert xxhash.xxh64(b"abc").digest() == bytes.fromhex("44bc2cf5ad770999")

PRIMES = 0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1


def turned(value, bits):
    value &= 0xFFFFFFFF
    return (value << bits | value >> (32 - bits)) & 0xFFFFFFFF


def plain_xxh32(data, seed):
    """XXH32 of whole blocks of 16 bytes, as its specification words it."""
    lanes = [seed + PRIMES[0] + PRIMES[1], seed + PRIMES[1], seed, seed - PRIMES[0]]
    for words in struct.iter_unpack("<4I", data):
        lanes = [turned(a + w * PRIMES[1], 13) * PRIMES[0] for a, w in zip(lanes, words)]
    value = sum(turned(a, bits) for a, bits in zip(lanes, (1, 7, 12, 18))) + len(data)
    value &= 0xFFFFFFFF
    value = (value ^ value >> 15) * PRIMES[1] & 0xFFFFFFFF
    value = (value ^ value >> 13) * PRIMES[2] & 0xFFFFFFFF
    return value ^ value >> 16


long = bytes(range(256)) * 40
for seed in (0, 7):
    assert xxhash.xxh32(long, seed=seed).intdigest() == plain_xxh32(long, seed)
names = ["xxh32", "xxh64"]
if hasattr(xxhash, "xxh128"):
    names += ["xxh3_64", "xxh128"]
    assert xxhash.xxh3_64(b"").hexdigest() == "2d06800538d394c2"
    assert xxhash.xxh3_64(b"abc").hexdigest() == "78af5f94892f3950"
    assert xxhash.xxh128(b"").hexdigest() == "99aa06d3014798d86001c324468d497f"
for name in names:
    kind = getattr(xxhash, name)
    whole = kind(long, seed=7)
    parts = kind(seed=7)
    for start in range(0, len(long), 999):
        twin = parts.copy()
        parts.update(long[start : start + 999])
        assert twin.digest() != parts.digest(), name
    assert (
        parts.hexdigest()
        == whole.hexdigest()
        == "%0*x"
        % (
            2 * whole.digest_size,
            whole.intdigest(),
        )
    ), name
    assert getattr(xxhash, name + "_hexdigest")(long, seed=7) == whole.hexdigest(), name
    assert whole.digest() != kind(long, seed=8).digest(), name
