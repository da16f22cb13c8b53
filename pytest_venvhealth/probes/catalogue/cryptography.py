# imports: cryptography, cryptography.x509, cryptography.fernet
# exercises: the standards' test vectors of GCM, PBKDF2, Ed25519 and Fernet; ECDSA, a key in PEM,
#   RSA, a certificate
# versions: >=3.1
import datetime

from cryptography import fernet, x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.ciphers import aead
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.x509.oid import NameOID

sha256 = hashes.SHA256()

# The GCM specification, test case 2
sealed = aead.AESGCM(bytes(16)).encrypt(bytes(12), bytes(16), None)
assert sealed.hex() == "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf"
assert aead.AESGCM(bytes(16)).decrypt(bytes(12), sealed, None) == bytes(16)

key = PBKDF2HMAC(sha256, 64, b"salt", 1).derive(b"passwd")  # RFC 7914, section 11
assert key.hex().startswith("55ac046e56e3089fec1691c22544b605")

# RFC 8032, 7.1, test 1
signer = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
signature = ed25519.Ed25519PrivateKey.from_private_bytes(signer).sign(b"")
assert signature.hex().startswith(
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
)

# The Fernet specification's own token; 499162800 is its time.
token = fernet.Fernet(b"cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=")
sealed = (
    b"gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF"
    b"_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA=="
)
assert token.decrypt(sealed) == b"hello" and token.extract_timestamp(sealed) == 499162800

secret = ec.derive_private_key(2, ec.SECP256R1())
signature = secret.sign(b"data", ec.ECDSA(sha256))
secret.public_key().verify(signature, b"data", ec.ECDSA(sha256))
try:
    secret.public_key().verify(signature, b"Data", ec.ECDSA(sha256))
except InvalidSignature:
    pass
else:
    raise AssertionError("a signature of something else was accepted")
encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
pem = secret.private_bytes(encoding, form, serialization.BestAvailableEncryption(b"pass"))
loaded = serialization.load_pem_private_key(pem, b"pass")
assert loaded.private_numbers().private_value == 2
private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
oaep = padding.OAEP(padding.MGF1(sha256), sha256, None)
assert private.decrypt(private.public_key().encrypt(b"secret", oaep), oaep) == b"secret"

name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "probe.example")])
builder = x509.CertificateBuilder(name, name, secret.public_key(), 1234)
first, last = (datetime.datetime(year, 1, 1, tzinfo=datetime.timezone.utc) for year in (2024, 2034))
builder = builder.not_valid_before(first).not_valid_after(last)
builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("b.example")]), False)
loaded = x509.load_pem_x509_certificate(builder.sign(secret, sha256).public_bytes(encoding))
assert loaded.serial_number == 1234 and loaded.subject.rfc4514_string() == "CN=probe.example"
names = loaded.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
assert names.get_values_for_type(x509.DNSName) == ["b.example"]
