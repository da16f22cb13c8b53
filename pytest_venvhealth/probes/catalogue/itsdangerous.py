# imports: itsdangerous
# exercises: signatures against hmac's own, tampering, key rotation, serializers with compression,
#   time stamps and age
# versions: >=2.0
import base64
import hashlib
import hmac

import itsdangerous
from itsdangerous import (
    BadSignature,
    SignatureExpired,
    Signer,
    TimestampSigner,
    URLSafeSerializer,
    URLSafeTimedSerializer,
)


def refused(use, error=BadSignature):
    try:
        use()
    except error:
        return True
    return False


# The default: HMAC-SHA1 by a key that is SHA-1 of salt, "signer" and secret
key = hashlib.sha1(b"salt" + b"signer" + b"secret").digest()
wanted = base64.urlsafe_b64encode(hmac.new(key, b"value", "sha1").digest()).rstrip(b"=")
signer = Signer("secret", salt="salt")
assert signer.sign("value") == b"value." + wanted, signer.sign("value")
assert signer.unsign(b"value." + wanted) == b"value" and signer.validate(b"value." + wanted)
assert refused(lambda: signer.unsign(b"Value." + wanted))
assert refused(lambda: signer.unsign(b"value"))
assert refused(lambda: Signer("secret", salt="pepper").unsign(b"value." + wanted))

strong = Signer("secret", salt="salt", key_derivation="hmac", digest_method=hashlib.sha256)
key = hmac.new(b"secret", b"salt", "sha256").digest()
assert strong.get_signature(b"value") == base64.urlsafe_b64encode(
    hmac.new(key, b"value", "sha256").digest()
).rstrip(b"=")

rotated = Signer(["secret", "newer"], salt="salt")
assert (
    rotated.unsign(b"value." + wanted) == b"value" and rotated.sign("value") != b"value." + wanted
)

data = {"id": 5, "name": "gr\u00fcn", "list": [1, None, True]}
serializer = URLSafeSerializer("secret")
token = serializer.dumps(data)
assert serializer.loads(token) == data and set(token) <= set(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
)
assert serializer.dumps({"id": 5, "list": [1, None, True]}).split(".")[
    0
] == base64.urlsafe_b64encode(b'{"id":5,"list":[1,null,true]}').decode().rstrip("=")
long = serializer.dumps(["x" * 5000])
assert long.startswith(".") and len(long) < 200 and serializer.loads(long) == ["x" * 5000]
forged = "A" + token[1:]
assert refused(lambda: serializer.loads(forged)) and serializer.loads_unsafe(forged)[0] is False


class Clock(TimestampSigner):
    now = 1000000000

    def get_timestamp(self):
        return self.now


timed = URLSafeTimedSerializer("secret", signer=Clock)
token = timed.dumps([1])
assert timed.loads(token, max_age=10) == [1]
value, moment = timed.loads(token, return_timestamp=True)
assert value == [1] and moment.timestamp() == 1000000000
Clock.now += 11
assert refused(lambda: timed.loads(token, max_age=10), SignatureExpired)
assert timed.loads(token, max_age=11) == [1]
assert itsdangerous.base64_decode(itsdangerous.base64_encode(bytes(range(256)))) == bytes(
    range(256)
)
