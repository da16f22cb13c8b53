# imports: ecdsa, ecdsa.util, ecdsa.ellipticcurve
# exercises: the deterministic signatures of RFC 6979 and the Ed25519 vector of RFC 8032, points of
#   P-256 and secp256k1, ECDH, keys as PEM and DER, signatures as DER, forged data
# versions: >=0.18
import hashlib

import ecdsa
from ecdsa import ECDH, NIST256p, SECP256k1, SigningKey, VerifyingKey
from ecdsa.util import sigdecode_der, sigencode_der

# RFC 6979, A.2.5
secret = int("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721", 16)
key = SigningKey.from_secret_exponent(secret, NIST256p, hashlib.sha256)
public = key.verifying_key
assert public.to_string().hex() == (
    "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
)
signature = key.sign_deterministic(b"sample")
assert signature.hex() == (
    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
    "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
)
assert public.verify(signature, b"sample")
coded = key.sign(b"data", sigencode=sigencode_der)
assert coded[0] == 0x30 and public.verify(coded, b"data", sigdecode=sigdecode_der)
try:
    public.verify(signature, b"Sample")
except ecdsa.BadSignatureError:
    pass
else:
    raise AssertionError("a signature of something else was accepted")
(found,) = [
    each
    for each in VerifyingKey.from_public_key_recovery(
        signature, b"sample", NIST256p, hashlib.sha256
    )
    if each == public
]

# RFC 8032, 7.1, test 1
signer = SigningKey.from_string(
    bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"), ecdsa.Ed25519
)
assert signer.sign(b"").hex() == (
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
)

point = SECP256k1.generator * 2
assert point == SECP256k1.generator + SECP256k1.generator
assert point.x() == int("c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5", 16)
assert SECP256k1.generator * SECP256k1.order == ecdsa.ellipticcurve.INFINITY

for form in ("pem", "der"):
    again = getattr(SigningKey, "from_" + form)(getattr(key, "to_" + form)())
    assert again.privkey.secret_multiplier == secret
    assert getattr(VerifyingKey, "from_" + form)(getattr(public, "to_" + form)()) == public
assert VerifyingKey.from_string(public.to_string("compressed"), NIST256p) == public
try:
    VerifyingKey.from_string(b"\x01" * 64, NIST256p)
except ecdsa.keys.MalformedPointError:
    pass
else:
    raise AssertionError("a point beside the curve was taken")

sides = [ECDH(NIST256p, SigningKey.from_secret_exponent(n, NIST256p)) for n in (2, 3)]
for side, peer in zip(sides, sides[::-1]):
    side.load_received_public_key(peer.get_public_key())
    assert side.generate_sharedsecret() == (NIST256p.generator * 6).x()
