# imports: nacl, nacl.public, nacl.secret, nacl.signing, nacl.hash
# exercises: libsodium by known vectors: Ed25519, Curve25519 boxes, secret boxes, an AEAD, BLAKE2b,
#   SipHash, scrypt, Argon2id; sealed boxes, encoders, forged data
# versions: >=1.4
import hashlib

import nacl.bindings
import nacl.encoding
import nacl.exceptions
import nacl.hash
import nacl.public
import nacl.pwhash
import nacl.secret
import nacl.signing
import nacl.utils

Hex, raw = nacl.encoding.HexEncoder, bytes.fromhex

# RFC 8032, 7.1, test 2
signer = nacl.signing.SigningKey(
    b"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", encoder=Hex
)
assert signer.verify_key.encode(Hex) == (
    b"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
)
signed = signer.sign(b"\x72")
assert signed.signature.hex() == (
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)
assert signer.verify_key.verify(signed) == b"\x72"
try:
    signer.verify_key.verify(b"\x73", signed.signature)
except nacl.exceptions.BadSignatureError:
    pass
else:
    raise AssertionError("a signature of something else was accepted")

# The keys of RFC 7748, 6.1; what NaCl's paper makes of them.
bob = nacl.public.PrivateKey(
    raw("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
)
alice = nacl.public.PublicKey(
    raw("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
)
box = nacl.public.Box(bob, alice)
shared = raw("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389")
assert box.shared_key() == shared
nonce = raw("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37")
sealed = nacl.secret.SecretBox(shared).encrypt(raw("be075fc53c81f2d5cf141316ebeb0c7b"), nonce)
assert sealed.ciphertext[16:].hex() == "8e993b9f48681273c29650ba32fc76ce"
assert box.decrypt(sealed).hex() == "be075fc53c81f2d5cf141316ebeb0c7b"
forged = sealed[:-1] + bytes([sealed[-1] ^ 1])
try:
    box.decrypt(forged)
except nacl.exceptions.CryptoError:
    pass
else:
    raise AssertionError("forged data was taken for the original")
letter = nacl.public.SealedBox(bob.public_key).encrypt(b"letter")
assert nacl.public.SealedBox(bob).decrypt(letter) == b"letter"

# RFC 8439, 2.8.2: the tag of the sunscreen text
sunscreen = (
    b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future,"
    b" sunscreen would be it."
)
sealed = nacl.bindings.crypto_aead_chacha20poly1305_ietf_encrypt(
    sunscreen,
    raw("50515253c0c1c2c3c4c5c6c7"),
    raw("070000004041424344454647"),
    bytes(range(0x80, 0xA0)),
)
assert sealed[-16:].hex() == "1ae10b594f09e26a7e902ecbd0600691"

assert nacl.hash.sha512(b"abc").decode() == hashlib.sha512(b"abc").hexdigest()
assert nacl.hash.blake2b(b"abc", 20, key=b"k" * 16).decode() == (
    hashlib.blake2b(b"abc", digest_size=20, key=b"k" * 16).hexdigest()
)
assert nacl.hash.siphash24(bytes(range(15)), bytes(range(16))) == b"e545be4961ca29a1"

# RFC 7914, 12; the Argon2 reference implementation's own test
key = nacl.bindings.crypto_pwhash_scryptsalsa208sha256_ll(b"", b"", 16, 1, 1, dklen=64)
assert key.hex().startswith("77d6576238657b203b19ca42c18a0497")
stored = b"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
assert nacl.pwhash.verify(stored, b"password")
assert nacl.utils.random(32) != nacl.utils.random(32)
