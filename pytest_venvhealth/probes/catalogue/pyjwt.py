# imports: jwt
# exercises: the tokens of RFC 7515 and RFC 8037; claims, wrong keys and algorithms
# versions: >=2.4
# needs: cryptography, else Ed25519 is left out
import base64
import importlib.util

import jwt

# RFC 7515, appendix A.1
token = (
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
)
key = base64.urlsafe_b64decode(
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow=="
)
claims = {"iss": "joe", "exp": 1300819380, "http://example.com/is_root": True}
late = {"verify_exp": False}
assert jwt.decode(token, key, algorithms=["HS256"], options=late) == claims

again = jwt.encode(claims, key, algorithm="HS256")
assert jwt.decode(again, key, algorithms=["HS256"], options=late, issuer="joe") == claims

for error, wrong in (
    (jwt.ExpiredSignatureError, {"algorithms": ["HS256"]}),
    (jwt.InvalidSignatureError, {"algorithms": ["HS256"], "options": late, "key": key[::-1]}),
    (jwt.InvalidAlgorithmError, {"algorithms": ["HS512"], "options": late}),
):
    try:
        jwt.decode(token, **{"key": key, **wrong})
    except error:
        continue
    raise AssertionError("there was no {}".format(error.__name__))

if importlib.util.find_spec("cryptography") is not None:
    # RFC 8037, appendix A: the signature of an Ed25519 key is always the same.
    secret = jwt.PyJWK(
        {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
            "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        },
        algorithm="EdDSA",
    ).key
    text = b"Example of Ed25519 signing"
    signed = jwt.PyJWS().encode(text, secret, algorithm="EdDSA", headers={"typ": None})
    assert signed.split(".")[1:] == [
        "RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
    ]
    assert jwt.PyJWS().decode(signed, secret.public_key(), algorithms=["EdDSA"]) == text
