# imports: xxhash
# exercises: XXH32, XXH64, XXH3 and XXH128 against known values, seeds, hashing in parts, XXH32 of a
#   long text worked out step by step
# versions: >=2.0
import struct

import xxhash

assert xxhash.xxh32(b"").hexdigest() == "02cc5d05"
assert xxhash.xxh32(b"abc").intdigest() == 0x32D153FF
assert xxhash.xxh64(b"abc").digest() == bytes.fromhex("44bc2cf5ad770999")
assert xxhash.xxh3_64(b"abc").hexdigest() == "78af5f94892f3950"
assert xxhash.xxh128(b"").hexdigest() == "99aa06d3014798d86001c324468d497f"

PRIMES = 0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D


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
assert xxhash.xxh32(long, seed=7).intdigest() == plain_xxh32(long, 7)
for kind in (xxhash.xxh32, xxhash.xxh64, xxhash.xxh3_64, xxhash.xxh128):
    parts = kind(seed=7)
    for start in range(0, len(long), 999):
        parts.update(long[start : start + 999])
    assert parts.digest() == kind(long, seed=7).digest() != kind(long, seed=8).digest(), kind
