# imports: OpenSSL, OpenSSL.SSL, OpenSSL.crypto
# exercises: a chain of certificates checked by a store, keys as PEM and DER; a TLS connection
#   between two sides in memory: ALPN, server name, data both ways, an untrusted certificate
# versions: >=22.0
import contextlib
import datetime
import os
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from OpenSSL import SSL, crypto


def certificate(name, number, issuer=None, issuer_key=None):
    """Return a certificate and its key; without an issuer it is an authority of its own."""
    key = ec.derive_private_key(number + 1, ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.to_cryptography().subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(number)
        .not_valid_before(datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc))
        .not_valid_after(datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    )
    made = builder.sign(issuer_key or key, hashes.SHA256())
    return crypto.X509.from_cryptography(made), key


root, root_key = certificate("root.example", 1)
leaf, leaf_key = certificate("leaf.example", 2, root, root_key)
other, _ = certificate("other.example", 3)

text = crypto.dump_certificate(crypto.FILETYPE_PEM, leaf)
again = crypto.load_certificate(crypto.FILETYPE_PEM, text)
assert again.to_cryptography().subject.rfc4514_string() == "CN=leaf.example"
assert again.get_serial_number() == 2 and again.get_notAfter() == b"20260101000000Z"
assert again.digest("sha256") == leaf.digest("sha256") != root.digest("sha256")
key_text = leaf_key.private_bytes(
    serialization.Encoding.PEM,
    serialization.PrivateFormat.PKCS8,
    serialization.BestAvailableEncryption(b"pass"),
)
key = crypto.load_privatekey(crypto.FILETYPE_PEM, key_text, b"pass")
assert key.bits() == 256 and key.to_cryptography_key().private_numbers().private_value == 3
folder = tempfile.TemporaryDirectory()
pem = os.path.join(folder.name, "leaf.pem")
with open(pem, "wb") as file:
    file.write(text)
    file.write(
        leaf_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )

# A fixed day, so that no certificate of this probe ever runs out.
day = datetime.datetime.fromisoformat("2025-01-01")


def store(*trusted):
    made = crypto.X509Store()
    for each in trusted:
        made.add_cert(each)
    made.set_time(day)
    return made


crypto.X509StoreContext(store(root), leaf).verify_certificate()
for trusted, checked in ((other, leaf), (leaf, other)):
    try:
        crypto.X509StoreContext(store(trusted), checked).verify_certificate()
    except crypto.X509StoreContextError as error:
        assert error.certificate.get_serial_number() == checked.get_serial_number()
    else:
        raise AssertionError("an unknown authority was trusted")


def pump(left, right):
    """Carry what each side has written to the other side."""
    moved = False
    for source, target in ((left, right), (right, left)):
        try:
            data = source.bio_read(65536)
        except SSL.WantReadError:
            continue
        target.bio_write(data)
        moved = True
    return moved


def connect(trusted):
    """Return both sides of a connection, after their handshake."""
    names = []
    context = SSL.Context(SSL.TLS_METHOD)
    context.use_certificate_file(pem)
    context.use_privatekey_file(pem)
    context.check_privatekey()
    context.set_alpn_select_callback(lambda side, offered: offered[-1])
    context.set_tlsext_servername_callback(lambda side: names.append(side.get_servername()))
    server = SSL.Connection(context, None)
    server.set_accept_state()

    context = SSL.Context(SSL.TLS_METHOD)
    context.set_verify(SSL.VERIFY_PEER, lambda side, seen, code, depth, ok: bool(ok))
    context.set_alpn_protos([b"one", b"two"])
    context.get_cert_store().add_cert(trusted)
    context.get_cert_store().set_time(day)
    client = SSL.Connection(context, None)
    client.set_connect_state()
    client.set_tlsext_host_name(b"leaf.example")
    for _ in range(10):
        for side in (client, server):
            with contextlib.suppress(SSL.WantReadError):
                side.do_handshake()
        if not pump(client, server):
            break
    assert names == [b"leaf.example"], names
    return client, server


client, server = connect(root)
assert client.get_peer_certificate().get_serial_number() == 2
assert client.get_alpn_proto_negotiated() == b"two" == server.get_alpn_proto_negotiated()
assert client.get_protocol_version_name() in ("TLSv1.2", "TLSv1.3")
assert client.get_cipher_name() == server.get_cipher_name()
message = bytes(range(256)) * 40
assert client.send(message) == len(message)
pump(client, server)
assert server.recv(20000) == message
server.send(message[::-1])
pump(client, server)
assert client.recv(20000) == message[::-1]
keys = [side.export_keying_material(b"EXPORTER-probe", 32) for side in (client, server)]
assert keys[0] == keys[1] and len(keys[0]) == 32
client.shutdown()
pump(client, server)
try:
    server.recv(10)
except SSL.ZeroReturnError:
    pass
else:
    raise AssertionError("the end of the connection was not told")
try:
    connect(other)
except SSL.Error:
    pass
else:
    raise AssertionError("a certificate that is not trusted was taken")
folder.cleanup()
