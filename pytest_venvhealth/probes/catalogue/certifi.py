# imports: certifi
# exercises: the file of root certificates: each one decoded, a known root's fingerprint, loaded by
#   the ssl module
# versions: >=2020.12.5
import base64
import hashlib
import ssl

import certifi

text = certifi.contents()
with open(certifi.where(), encoding="ascii") as file:
    assert file.read() == text, "contents() is not what the file holds"
parts = text.split("-----BEGIN CERTIFICATE-----")[1:]
ders = [base64.b64decode(part.split("-----END CERTIFICATE-----")[0]) for part in parts]
assert len(ders) > 80, len(ders)
assert len(set(ders)) == len(ders)
for der in ders:
    # A DER sequence whose length, in two bytes, is what follows
    assert der[:2] == b"\x30\x82" and int.from_bytes(der[2:4], "big") == len(der) - 4, der[:16]

# SHA-256 as published by Let's Encrypt: ISRG Root X1, ISRG Root X2
known = {
    "96bcec06264976f37460779acf28c5a7cfe8a3c0aae11a8ffcee05c0bddf08c6",
    "69729b8e15a86efc177a57afb7171dfc64add28c2fca8cf1507e34453ccb1470",
}
assert known & {hashlib.sha256(der).hexdigest() for der in ders}

context = ssl.create_default_context(cafile=certifi.where())
assert context.cert_store_stats()["x509_ca"] == len(ders), context.cert_store_stats()
assert set(context.get_ca_certs(binary_form=True)) == set(ders)
