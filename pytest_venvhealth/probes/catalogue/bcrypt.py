# imports: bcrypt
# exercises: hashes and the key derivation by known vectors, salts, wrong passwords, bad salts
# versions: >=3.1
import bcrypt

# The vectors of the first implementations.
for password, stored in (
    (b"", b"$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"),
    (b"U*U", b"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
    (b"\xa3", b"$2b$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq"),
):
    assert bcrypt.hashpw(password, stored[:29]) == stored, password
    assert bcrypt.checkpw(password, stored)
    assert not bcrypt.checkpw(password + b"x", stored)

salt = bcrypt.gensalt(rounds=4)
assert salt.startswith(b"$2b$04$") and len(salt) == 29 and salt != bcrypt.gensalt(rounds=4)
assert bcrypt.checkpw("pässword".encode(), bcrypt.hashpw("pässword".encode(), salt))

# OpenBSD's bcrypt_pbkdf, used for the private keys of OpenSSH.
key = bcrypt.kdf(b"password", b"salt", desired_key_bytes=32, rounds=4, ignore_few_rounds=True)
assert key.hex() == "5bbf0cc293587f1c3635555c27796598d47e579071bf427e9d8fbe842aba34d9"

try:
    bcrypt.hashpw(b"password", b"$9z$04$" + b"C" * 22)
except ValueError:
    pass
else:
    raise AssertionError("a malformed salt was accepted")
