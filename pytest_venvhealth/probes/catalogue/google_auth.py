# imports: google.auth, google.auth.crypt, google.auth.jwt, google.oauth2.service_account
# exercises: signatures, JSON web tokens, a service account that gets its token from a stand-in for
#   the network, headers, scopes, expiry
# versions: >=2.0
import base64
import datetime
import hashlib
import urllib.parse

import google.auth.transport
from google.auth import crypt, jwt
from google.oauth2 import service_account


def der(tag, data):
    """Return tag, length and data, as keys are written in ASN.1."""
    size = len(data)
    count = (size.bit_length() + 7) // 8
    length = bytes([size]) if size < 128 else bytes([128 + count]) + size.to_bytes(count, "big")
    return bytes([tag]) + length + data


# A key of two Mersenne primes
p, q = 2**1279 - 1, 2**607 - 1
d = pow(65537, -1, (p - 1) * (q - 1))
numbers = (0, p * q, 65537, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))
parts = [der(2, each.to_bytes(each.bit_length() // 8 + 1, "big")) for each in numbers]
pem = "-----BEGIN RSA PRIVATE KEY-----\n{}-----END RSA PRIVATE KEY-----\n".format(
    base64.encodebytes(der(48, b"".join(parts))).decode()
)
signer = crypt.RSASigner.from_string(pem, key_id="k1")
signed = pow(int.from_bytes(signer.sign(b"text"), "big"), 65537, p * q)  # the padded SHA-256
assert signed.to_bytes(236, "big").endswith(hashlib.sha256(b"text").digest())


class Answer(google.auth.transport.Response):
    status, headers, data = 200, {}, b'{"access_token": "t1", "expires_in": 3600}'


def network(url, method="GET", body=None, headers=None, timeout=None, **kwargs):
    seen.append((url, dict(urllib.parse.parse_qsl(bytes(body).decode()))))
    return Answer()


info = {"client_email": "me@example.org", "private_key": pem, "private_key_id": "k1"}
info["token_uri"] = "https://example.org/token"
account = service_account.Credentials.from_service_account_info(info, scopes=["a", "b"])
seen, headers = [], {}
account.refresh(network)
account.apply(headers)
assert account.valid and headers["authorization"] == "Bearer t1", headers
url, form = seen[0]
claims = jwt.decode(form["assertion"], verify=False)
assert url == info["token_uri"] and (claims["iss"], claims["scope"]) == ("me@example.org", "a b")
assert jwt.decode_header(form["assertion"])["alg"] == "RS256"
account.expiry = datetime.datetime.fromisoformat("2001-01-01")
assert account.expired and not account.valid
