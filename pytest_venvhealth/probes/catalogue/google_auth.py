# imports: google.auth, google.auth.crypt, google.auth.jwt, google.oauth2.service_account
# exercises: the RS256 signature of RFC 7515, JSON web tokens; a service account and a user's
#   credentials that get their tokens from a stand-in for the network, headers, scopes, refusals
# versions: >=2.0
import base64
import datetime
import json
import time
import urllib.parse

import google.auth.exceptions
import google.auth.transport
import google.oauth2.credentials
import google.oauth2.service_account
from google.auth import crypt, jwt


def number(text):
    return int.from_bytes(base64.urlsafe_b64decode(text + "=="), "big")


def der(tag, data):
    size = len(data)
    count = (size.bit_length() + 7) // 8
    length = bytes([size]) if size < 128 else bytes([128 + count]) + size.to_bytes(count, "big")
    return bytes([tag]) + length + data


def pem(name, *numbers):
    parts = [der(2, each.to_bytes(each.bit_length() // 8 + 1, "big")) for each in numbers]
    text = base64.encodebytes(der(48, b"".join(parts))).decode()
    return "-----BEGIN {0}-----\n{1}-----END {0}-----\n".format(name, text)


# RFC 7515, appendix A.2
p = number(
    "4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5P"
    "JdTJNPY8cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc"
)
q = number(
    "uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZ"
    "D_YwD66t62wDmpe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc"
)
signed = (
    b"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLm"
    b"NvbS9pc19yb290Ijp0cnVlfQ"
)
signature = (
    b"cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5"
    b"jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb"
    b"1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QO"
    b"YEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
)
d = pow(65537, -1, (p - 1) * (q - 1))
private = pem("RSA PRIVATE KEY", 0, p * q, 65537, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))
public = pem("RSA PUBLIC KEY", p * q, 65537)
signer = crypt.RSASigner.from_string(private, key_id="k1")
made = signer.sign(signed)
assert base64.urlsafe_b64encode(made).rstrip(b"=") == signature


class Answer(google.auth.transport.Response):
    def __init__(self, status, data):
        self._status, self._data = status, data

    status = property(lambda self: self._status)
    headers = property(lambda self: {"content-type": "application/json"})
    data = property(lambda self: json.dumps(self._data).encode())


def network(status, data):
    """Return what stands in for the network, and the requests that it got."""
    seen = []

    def request(url, method="GET", body=None, headers=None, timeout=None, **kwargs):
        text = body.decode() if isinstance(body, bytes) else body
        seen.append((url, dict(urllib.parse.parse_qsl(text))))
        return Answer(status, data)

    return request, seen


now = int(time.time())
token = jwt.encode(signer, {"iss": "me", "aud": "you", "iat": now, "exp": now + 600})
head, claims = jwt.decode_header(token), jwt.decode(token, verify=False)
body = token.rsplit(b".", 1)[0]
assert head["kid"] == "k1" and head["alg"] == "RS256" and claims["iss"] == "me"
assert signer.sign(body) == base64.urlsafe_b64decode(token.rsplit(b".", 1)[1] + b"==")

account = google.oauth2.service_account.Credentials.from_service_account_info(
    {
        "type": "service_account",
        "client_email": "me@example.org",
        "private_key": private,
        "private_key_id": "k1",
        "token_uri": "https://example.org/token",
        "project_id": "p",
    },
    scopes=["a", "b"],
)
assert account.service_account_email == "me@example.org" and account.project_id == "p"
request, seen = network(200, {"access_token": "t1", "expires_in": 3600})
assert not account.valid
account.refresh(request)
assert account.token == "t1" and account.valid and not account.expired
url, form = seen[0]
claims = jwt.decode(form["assertion"], verify=False)
assert url == "https://example.org/token" and claims["scope"] == "a b", (url, claims)
assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
headers = {}
account.apply(headers)
assert headers["authorization"] == "Bearer t1"
assert account.with_scopes(["c"]).scopes == ["c"] and account.sign_bytes(signed) == made

user = google.oauth2.credentials.Credentials(
    None, refresh_token="r", token_uri="https://example.org/t", client_id="i", client_secret="s"
)
request, seen = network(200, {"access_token": "t2", "expires_in": 60, "scope": "a"})
user.refresh(request)
assert user.token == "t2" and seen[0][1]["refresh_token"] == "r"
assert seen[0][1]["grant_type"] == "refresh_token"
user.expiry = datetime.datetime.fromisoformat("2001-01-01")
assert user.expired
request, seen = network(400, {"error": "invalid_grant"})
try:
    user.refresh(request)
except google.auth.exceptions.RefreshError:
    pass
else:
    raise AssertionError("a refusal was taken for a token")
