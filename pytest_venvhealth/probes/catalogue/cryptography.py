# imports: cryptography, cryptography.x509, cryptography.fernet
# exercises: the standards' test vectors of AES, GCM, ChaCha20-Poly1305, SHA-2, HMAC, HKDF, PBKDF2,
#   scrypt, X25519, Ed25519 and Fernet; ECDSA, RSA, keys in PEM, a certificate
# versions: >=3.1
import datetime

from cryptography import fernet, x509
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, x25519
from cryptography.hazmat.primitives.ciphers import Cipher, aead, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.x509.oid import NameOID

raw = bytes.fromhex

# FIPS 197, appendix C.1
cipher = Cipher(algorithms.AES(bytes(range(16))), modes.ECB()).encryptor()
block = cipher.update(raw("00112233445566778899aabbccddeeff")) + cipher.finalize()
assert block.hex() == "69c4e0d86a7b0430d8cdb78070b4c55a"

# GCM specification, test case 4
gcm = aead.AESGCM(raw("feffe9928665731c6d6a8f9467308308"))
nonce, extra = raw("cafebabefacedbaddecaf888"), raw("feedfacedeadbeeffeedfacedeadbeefabaddad2")
plain = raw(
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
)
sealed = gcm.encrypt(nonce, plain, extra)
assert sealed.hex() == (
    "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
    "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
    "5bc94fbc3221a5db94fae95ae7121a47"
)
assert gcm.decrypt(nonce, sealed, extra) == plain
try:
    gcm.decrypt(nonce, sealed, b"other")
except InvalidTag:
    pass
else:
    raise AssertionError("changed data was taken for the original")

# RFC 8439, 2.8.2
box = aead.ChaCha20Poly1305(bytes(range(0x80, 0xA0)))
sunscreen = (
    b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future,"
    b" sunscreen would be it."
)
sealed = box.encrypt(raw("070000004041424344454647"), sunscreen, raw("50515253c0c1c2c3c4c5c6c7"))
assert sealed[-16:].hex() == "1ae10b594f09e26a7e902ecbd0600691"

digest = hashes.Hash(hashes.SHA256())
digest.update(b"abc")  # FIPS 180-2
assert digest.finalize().hex().startswith("ba7816bf8f01cfea414140de5dae2223")
mac = hmac.HMAC(b"Jefe", hashes.SHA256())
mac.update(b"what do ya want for nothing?")  # RFC 4231, test case 2
mac.verify(raw("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"))
# RFC 5869 A.1, RFC 7914 section 11 and 12
okm = HKDF(hashes.SHA256(), 42, bytes(range(13)), bytes(range(0xF0, 0xFA))).derive(b"\x0b" * 22)
assert okm.hex().startswith("3cb25f25faacd57a90434f64d0362f2a")
key = PBKDF2HMAC(hashes.SHA256(), 64, b"salt", 1).derive(b"passwd")
assert key.hex().startswith("55ac046e56e3089fec1691c22544b605")
key = Scrypt(b"", 64, 16, 1, 1).derive(b"")
assert key.hex().startswith("77d6576238657b203b19ca42c18a0497")

# RFC 7748, 6.1
bob = x25519.X25519PrivateKey.from_private_bytes(
    raw("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
)
alice = x25519.X25519PublicKey.from_public_bytes(
    raw("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
)
assert bob.exchange(alice).hex() == (
    "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
)

# RFC 8032, 7.1, test 1
signer = ed25519.Ed25519PrivateKey.from_private_bytes(
    raw("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
)
assert signer.sign(b"").hex() == (
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
)

# The Fernet specification's own token; 499162800 is its time.
token = fernet.Fernet(b"cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=")
sealed = (
    b"gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF"
    b"_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA=="
)
assert token.decrypt(sealed) == b"hello" and token.extract_timestamp(sealed) == 499162800

# The NIST curve: one times and two times the base point.
secret = ec.derive_private_key(2, ec.SECP256R1())
assert secret.public_key().public_numbers().x == int(
    "7cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978", 16
)
signature = secret.sign(b"data", ec.ECDSA(hashes.SHA256()))
secret.public_key().verify(signature, b"data", ec.ECDSA(hashes.SHA256()))
try:
    secret.public_key().verify(signature, b"Data", ec.ECDSA(hashes.SHA256()))
except InvalidSignature:
    pass
else:
    raise AssertionError("a signature of something else was accepted")

pem = secret.private_bytes(
    serialization.Encoding.PEM,
    serialization.PrivateFormat.PKCS8,
    serialization.BestAvailableEncryption(b"pass"),
)
loaded = serialization.load_pem_private_key(pem, b"pass")
assert loaded.private_numbers().private_value == 2

number = rsa.generate_private_key(public_exponent=65537, key_size=2048)
oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
assert number.decrypt(number.public_key().encrypt(b"secret", oaep), oaep) == b"secret"

name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "probe.example")])
certificate = (
    x509.CertificateBuilder()
    .subject_name(name)
    .issuer_name(name)
    .public_key(secret.public_key())
    .serial_number(1234)
    .not_valid_before(datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc))
    .not_valid_after(datetime.datetime(2034, 1, 1, tzinfo=datetime.timezone.utc))
    .add_extension(x509.SubjectAlternativeName([x509.DNSName("www.probe.example")]), False)
    .sign(secret, hashes.SHA256())
)
loaded = x509.load_pem_x509_certificate(certificate.public_bytes(serialization.Encoding.PEM))
assert loaded.serial_number == 1234 and loaded.subject.rfc4514_string() == "CN=probe.example"
names = loaded.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
assert names.get_values_for_type(x509.DNSName) == ["www.probe.example"]
secret.public_key().verify(
    loaded.signature, loaded.tbs_certificate_bytes, ec.ECDSA(hashes.SHA256())
)
