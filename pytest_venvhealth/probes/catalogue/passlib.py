# imports: passlib, passlib.hash, passlib.context, passlib.totp
# exercises: password hashes by known vectors (SHA-crypt, MD5-crypt, LDAP, NT and others), PBKDF2, a
#   context that moves old hashes on, one-time passwords of RFC 6238
# versions: >=1.7
from passlib import hash as hashes
from passlib.context import CryptContext
from passlib.crypto.digest import pbkdf2_hmac
from passlib.totp import TOTP

# Drepper's specification of SHA-crypt, RFC 2307 and what everybody's "password" becomes
for scheme, password, stored in (
    (
        hashes.sha512_crypt,
        "Hello world!",
        (
            "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEO"
            "faS35inz1"
        ),
    ),
    (
        hashes.sha256_crypt,
        "Hello world!",
        "$5$rounds=10000$saltstringsaltst$3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA",
    ),
    (hashes.md5_crypt, "password", "$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/"),
    (hashes.ldap_sha1, "password", "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g="),
    (hashes.nthash, "password", "8846f7eaee8fb117ad06bdd830b7586c"),
    (hashes.lmhash, "password", "e52cac67419a9a224a3b108f3fa6cb6d"),
    (hashes.mysql41, "password", "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19"),
    (hashes.hex_md5, "password", "5f4dcc3b5aa765d61d8327deb882cf99"),
):
    assert scheme.identify(stored) and scheme.verify(password, stored), (scheme, stored)
    assert not scheme.verify(password + "x", stored), scheme

# RFC 6070
key = pbkdf2_hmac("sha1", b"password", b"salt", 4096, 20)
assert key.hex() == "4b007901b765489abead49d926f721d065a429c1"
stored = hashes.pbkdf2_sha256.using(rounds=10, salt=b"salt").hash("p\u00e4ss")
assert stored.startswith("$pbkdf2-sha256$10$c2FsdA$") and hashes.pbkdf2_sha256.verify(
    "p\u00e4ss", stored
)

context = CryptContext(
    schemes=["pbkdf2_sha256", "sha256_crypt", "hex_md5"],
    deprecated=["hex_md5"],
    pbkdf2_sha256__default_rounds=10,
)
new = context.hash("password")
assert context.identify(new) == "pbkdf2_sha256" and not context.needs_update(new)
old = "5f4dcc3b5aa765d61d8327deb882cf99"
good, replacement = context.verify_and_update("password", old)
assert (
    good and context.verify("password", replacement) and context.identify(replacement) != "hex_md5"
)
assert context.verify_and_update("wrong", old) == (False, None)
try:
    context.verify("password", "nothing like a hash")
except ValueError:
    pass
else:
    raise AssertionError("a hash of no known kind was checked")

# RFC 6238, appendix B
for moment, wanted in ((59, "94287082"), (1111111109, "07081804"), (20000000000, "65353130")):
    totp = TOTP(b"12345678901234567890".hex(), format="hex", digits=8)
    assert totp.generate(moment).token == wanted, moment
assert totp.match("65353130", time=20000000010).counter == 20000000000 // 30
uri = totp.to_uri(label="me", issuer="us")
assert "secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" in uri
assert TOTP.from_uri(uri).base32_key == totp.base32_key
