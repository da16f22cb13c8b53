# imports: OpenSSL, OpenSSL.SSL, OpenSSL.crypto
# exercises: a certificate checked by a store; a TLS connection between two sides in memory, with
#   ALPN and data both ways
# versions: >=22.0
import contextlib
import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL, crypto

# A fixed day, so that no certificate of this probe ever runs out
day = datetime.datetime(2025, 1, 1, tzinfo=datetime.timezone.utc)


def certificate(name, key):
    """Return a certificate that is its own authority."""
    subject = x509.Name.from_rfc4514_string("CN=" + name)
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), 7)
    builder = builder.not_valid_before(day - datetime.timedelta(days=1))
    builder = builder.not_valid_after(day + datetime.timedelta(days=1))
    basic = x509.BasicConstraints(ca=True, path_length=None)
    made = builder.add_extension(basic, critical=True).sign(key, hashes.SHA256())
    return crypto.X509.from_cryptography(made)


key = ec.derive_private_key(2, ec.SECP256R1())
ours, other = certificate("ours", key), certificate("other", key)
store = crypto.X509Store()
store.add_cert(ours)
store.set_time(day)
crypto.X509StoreContext(store, ours).verify_certificate()
try:
    crypto.X509StoreContext(store, other).verify_certificate()
except crypto.X509StoreContextError:
    pass
else:
    raise AssertionError("an unknown authority was trusted")

context = SSL.Context(SSL.TLS_METHOD)
context.use_certificate(ours)
context.use_privatekey(crypto.PKey.from_cryptography_key(key))
context.set_alpn_select_callback(lambda side, offered: offered[-1])
server = SSL.Connection(context, None)
server.set_accept_state()
context = SSL.Context(SSL.TLS_METHOD)
context.set_alpn_protos([b"one", b"two"])
context.set_verify(SSL.VERIFY_PEER, lambda side, seen, code, depth, ok: bool(ok))
context.get_cert_store().add_cert(ours)
context.get_cert_store().set_time(day)
client = SSL.Connection(context, None)
client.set_connect_state()
for _ in range(5):
    for side, peer in ((client, server), (server, client)):
        with contextlib.suppress(SSL.WantReadError):
            side.do_handshake()
        with contextlib.suppress(SSL.WantReadError):
            peer.bio_write(side.bio_read(65536))
assert client.get_peer_certificate().get_serial_number() == 7
assert client.get_alpn_proto_negotiated() == b"two"
for side, peer in ((client, server), (server, client)):
    side.send(b"hello")
    peer.bio_write(side.bio_read(65536))
    assert peer.recv(100) == b"hello"
