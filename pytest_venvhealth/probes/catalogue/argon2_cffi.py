# imports: argon2, argon2.low_level
# exercises: hashing and verifying by the known vectors of two kinds, the hasher with its
#   parameters, wrong passwords and malformed hashes
# versions: >=21.2
import argon2
from argon2 import PasswordHasher, low_level

# The reference implementation's own tests: 256 KiB, two passes, one lane.
for kind, wanted in (
    (argon2.Type.I, "89e9029f4637b295beb027056a7336c414fadd43f6b208645281cb214a56452f"),
    (argon2.Type.ID, "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"),
):
    raw = low_level.hash_secret_raw(b"password", b"somesalt", 2, 256, 1, 32, kind)
    assert raw.hex() == wanted, (kind, raw.hex())

hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
stored = hasher.hash("pässword")
assert stored.startswith("$argon2id$v=19$m=64,t=1,p=1$"), stored
assert hasher.verify(stored, "pässword") is True
assert not hasher.check_needs_rehash(stored)
assert PasswordHasher(time_cost=2, memory_cost=64, parallelism=1).check_needs_rehash(stored)
for text, password, error in (
    (stored, "password", argon2.exceptions.VerifyMismatchError),
    ("$nothing$", "pässword", argon2.exceptions.InvalidHash),
):
    try:
        hasher.verify(text, password)
    except error:
        continue
    raise AssertionError("accepted: {} for {}".format(password, text))
