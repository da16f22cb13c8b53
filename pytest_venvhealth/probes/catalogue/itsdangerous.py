# imports: itsdangerous
# exercises: signatures against hmac's own, tampering, serializers with compression, time stamps and
#   age
# versions: >=2.0
import base64
import hashlib
import hmac

import itsdangerous
from itsdangerous import BadSignature, Signer, URLSafeSerializer


def refused(use, *args, **options):
    try:
        use(*args, **options)
    except BadSignature:  # one that is too old is one, too
        return True
    return False


# The default: HMAC-SHA1 by a key that is SHA-1 of salt, "signer" and secret
key = hashlib.sha1(b"salt" + b"signer" + b"secret").digest()
digest = hmac.new(key, b"value", "sha1").digest()
signed = b"value." + base64.urlsafe_b64encode(digest).rstrip(b"=")
signer = Signer("secret", salt="salt")
assert signer.sign("value") == signed and signer.unsign(signed) == b"value"
assert refused(signer.unsign, b"V" + signed[1:]) and refused(signer.unsign, b"value")
assert refused(Signer("secret", salt="pepper").unsign, signed)

serializer = URLSafeSerializer("secret")
token = serializer.dumps({"id": 5, "list": [1, None, True]})
wanted = base64.urlsafe_b64encode(b'{"id":5,"list":[1,null,true]}').decode().rstrip("=")
assert token.split(".")[0] == wanted and serializer.loads(token)["list"] == [1, None, True]
assert refused(serializer.loads, "A" + token[1:])
long = serializer.dumps(["x" * 5000])
assert len(long) < 200 and serializer.loads(long) == ["x" * 5000]


class Clock(itsdangerous.TimestampSigner):
    now = 1000000000

    def get_timestamp(self):
        return self.now


timed = itsdangerous.URLSafeTimedSerializer("secret", signer=Clock)
token = timed.dumps([1])
value, moment = timed.loads(token, return_timestamp=True)
assert value == [1] and moment.timestamp() == 1000000000
Clock.now += 11
assert timed.loads(token, max_age=11) == [1] and refused(timed.loads, token, max_age=10)
