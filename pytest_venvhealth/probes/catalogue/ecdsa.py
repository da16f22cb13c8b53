# imports: ecdsa, ecdsa.util, ecdsa.ellipticcurve
# exercises: the deterministic signatures of RFC 6979 and the Ed25519 vector of RFC 8032, a forged
#   signature, ECDH, keys as PEM
# versions: >=0.18
import hashlib

import ecdsa
from ecdsa import ECDH, NIST256p, SigningKey

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
try:
    public.verify(signature, b"Sample")
except ecdsa.BadSignatureError:
    pass
else:
    raise AssertionError("a signature of something else was accepted")
assert SigningKey.from_pem(key.to_pem()).privkey.secret_multiplier == secret

# RFC 8032, 7.1, test 1
seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
assert SigningKey.from_string(seed, ecdsa.Ed25519).sign(b"").hex() == (
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
)

side = ECDH(NIST256p, SigningKey.from_secret_exponent(2, NIST256p))
side.load_received_public_key(SigningKey.from_secret_exponent(3, NIST256p).verifying_key)
assert side.generate_sharedsecret() == (NIST256p.generator * 6).x()
