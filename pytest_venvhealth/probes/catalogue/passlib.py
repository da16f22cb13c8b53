# imports: passlib, passlib.hash, passlib.context, passlib.totp
# exercises: password hashes by known vectors, PBKDF2, a context that moves old hashes on, one-time
#   passwords of RFC 6238
# versions: >=1.7
from passlib import hash as hashes
from passlib.context import CryptContext
from passlib.crypto.digest import pbkdf2_hmac
from passlib.totp import TOTP

# Drepper's specification of SHA-crypt, RFC 2307 and what everybody's "password" becomes
sha256 = "$5$rounds=10000$saltstringsaltst$3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA"
for scheme, password, stored in (
    (hashes.sha256_crypt, "Hello world!", sha256),
    (hashes.md5_crypt, "password", "$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/"),
    (hashes.ldap_sha1, "password", "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g="),
    (hashes.nthash, "password", "8846f7eaee8fb117ad06bdd830b7586c"),
):
    assert scheme.identify(stored) and scheme.verify(password, stored), (scheme, stored)
    assert not scheme.verify(password + "x", stored), scheme

# RFC 6070
key = pbkdf2_hmac("sha1", b"password", b"salt", 4096, 20)
assert key.hex() == "4b007901b765489abead49d926f721d065a429c1"

context = CryptContext(
    schemes=["pbkdf2_sha256", "hex_md5"],
    deprecated=["hex_md5"],
    pbkdf2_sha256__default_rounds=10,
)
old = "5f4dcc3b5aa765d61d8327deb882cf99"  # MD5 of "password"
good, new = context.verify_and_update("password", old)
assert good and context.identify(new) == "pbkdf2_sha256" and context.verify("password", new)
assert context.verify_and_update("wrong", old) == (False, None)

# RFC 6238, appendix B
totp = TOTP(b"12345678901234567890".hex(), format="hex", digits=8)
for moment, token in ((59, "94287082"), (1111111109, "07081804"), (20000000000, "65353130")):
    assert totp.generate(moment).token == token, moment
