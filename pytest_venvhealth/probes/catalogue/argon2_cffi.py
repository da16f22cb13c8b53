# imports: argon2, argon2.low_level
# exercises: hashing and verifying by the known vectors of all three kinds, the hasher with its
#   parameters, wrong passwords and malformed hashes
# versions: >=21.2
import base64

import argon2
from argon2 import PasswordHasher, low_level

# RFC 9106, 5.3 has a secret, which this API does not take; these are the reference
# implementation's own tests: password, somesalt, 256 KiB, two passes, one lane.
for kind, wanted in (
    (argon2.Type.I, "89e9029f4637b295beb027056a7336c414fadd43f6b208645281cb214a56452f"),
    (argon2.Type.ID, "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"),
):
    raw = low_level.hash_secret_raw(b"password", b"somesalt", 2, 256, 1, 32, kind)
    assert raw.hex() == wanted, (kind, raw.hex())
    stored = low_level.hash_secret(b"password", b"somesalt", 2, 256, 1, 32, kind)
    end = base64.b64encode(raw).rstrip(b"=")
    assert stored == b"$argon2%s$v=19$m=256,t=2,p=1$c29tZXNhbHQ$" % kind.name.lower().encode() + end
    assert low_level.verify_secret(stored, b"password", kind)

# Four lanes: several threads.
raw = low_level.hash_secret_raw(b"password", b"somesalt", 2, 65536, 4, 24, argon2.Type.I)
assert base64.b64encode(raw) == b"RdescudvJCsgt3ub+b+dWRWJTmaaJObG"

hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1, hash_len=16, salt_len=8)
stored = hasher.hash("pässword")
assert stored.startswith("$argon2id$v=19$m=64,t=1,p=1$"), stored
assert hasher.verify(stored, "pässword") is True
assert stored != hasher.hash("pässword")
assert not hasher.check_needs_rehash(stored)
assert PasswordHasher(time_cost=2, memory_cost=64, parallelism=1).check_needs_rehash(stored)
parameters = argon2.extract_parameters(stored)
assert (parameters.memory_cost, parameters.hash_len, parameters.salt_len) == (64, 16, 8)
assert parameters.type is argon2.Type.ID
for wrong, error in (
    ((stored, "password"), argon2.exceptions.VerifyMismatchError),
    ((stored[:-3], "pässword"), argon2.exceptions.VerificationError),
    (("$nothing$", "pässword"), argon2.exceptions.InvalidHash),
):
    try:
        hasher.verify(*wrong)
    except error:
        continue
    raise AssertionError("accepted: {!r}".format(wrong))
