# imports: jwt
# exercises: the tokens of RFC 7515 and RFC 8037; claims, wrong keys and algorithms, JSON web keys;
#   RS256 and ES256 where cryptography is there
# versions: >=2.4
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
assert jwt.get_unverified_header(token) == {"typ": "JWT", "alg": "HS256"}
again = jwt.encode(claims, key, algorithm="HS256", headers={"kid": "1"})
assert jwt.decode(again, key, algorithms=["HS256"], options=late, issuer="joe") == claims
assert jwt.get_unverified_header(again)["kid"] == "1"


def refused(error, token, key=key, algorithms=("HS256",), **more):
    try:
        jwt.decode(token, key, algorithms=list(algorithms), **more)
    except error:
        return True
    return False


assert refused(jwt.ExpiredSignatureError, token)
assert refused(jwt.InvalidSignatureError, token, key=key[::-1], options=late)
assert refused(jwt.InvalidSignatureError, token[:-2] + "AA", options=late)
assert refused(jwt.InvalidAlgorithmError, token, algorithms=["HS512"], options=late)
assert refused(jwt.DecodeError, token.replace(".", "", 1), options=late)
assert refused(jwt.InvalidIssuerError, token, issuer="jim", options=late)
mine = jwt.encode({"aud": ["a", "b"], "nbf": 1, "sub": "x"}, key, algorithm="HS256")
assert jwt.decode(mine, key, algorithms=["HS256"], audience="b")["sub"] == "x"
assert refused(jwt.InvalidAudienceError, mine, audience="c")
assert refused(jwt.MissingRequiredClaimError, mine, audience="a", options={"require": ["exp"]})
assert refused(jwt.ImmatureSignatureError, jwt.encode({"nbf": 2**40}, key, algorithm="HS256"))
nobody = jwt.encode({"sub": "x"}, None, algorithm="none")
assert nobody.endswith(".") and refused(jwt.InvalidTokenError, nobody)

if importlib.util.find_spec("cryptography") is not None:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    # RFC 8037, appendix A: the signature of an Ed25519 key is always the same.
    web_key = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    public = jwt.PyJWK(web_key, algorithm="EdDSA").key
    secret = jwt.PyJWK(
        dict(web_key, d="nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"), algorithm="EdDSA"
    ).key
    signed = jwt.PyJWS().encode(
        b"Example of Ed25519 signing", secret, algorithm="EdDSA", headers={"typ": None}
    )
    signature = (
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    )
    known = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc." + signature
    for text in (known, signed):
        assert (
            jwt.PyJWS().decode(text, public, algorithms=["EdDSA"]) == b"Example of Ed25519 signing"
        )

    curve = ec.derive_private_key(3, ec.SECP256R1())
    big = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for algorithm, secret in (("ES256", curve), ("RS256", big), ("PS256", big)):
        signed = jwt.encode({"sub": "x"}, secret, algorithm=algorithm)
        assert jwt.decode(signed, secret.public_key(), algorithms=[algorithm]) == {"sub": "x"}
        assert refused(
            jwt.InvalidSignatureError, signed[:-12] + "A" * 12, secret.public_key(), [algorithm]
        )
