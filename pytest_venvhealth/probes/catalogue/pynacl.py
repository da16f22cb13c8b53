# imports: nacl, nacl.public, nacl.secret, nacl.signing, nacl.hash
# exercises: libsodium by known vectors: Ed25519, Curve25519 boxes, Argon2id; forged data
# versions: >=1.4
import nacl.exceptions
import nacl.public
import nacl.pwhash
import nacl.secret
import nacl.signing

raw = bytes.fromhex

# RFC 8032, 7.1, test 2
signer = nacl.signing.SigningKey(
    raw("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
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
bob = raw("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
alice = raw("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
box = nacl.public.Box(nacl.public.PrivateKey(bob), nacl.public.PublicKey(alice))
shared = raw("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389")
assert box.shared_key() == shared
nonce = raw("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37")
sealed = nacl.secret.SecretBox(shared).encrypt(raw("be075fc53c81f2d5cf141316ebeb0c7b"), nonce)
assert sealed.ciphertext[16:].hex() == "8e993b9f48681273c29650ba32fc76ce"
try:
    box.decrypt(sealed[:-1] + bytes([sealed[-1] ^ 1]))
except nacl.exceptions.CryptoError:
    pass
else:
    raise AssertionError("forged data was taken for the original")

# The Argon2 reference implementation's own test
stored = b"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
assert nacl.pwhash.verify(stored, b"password")
