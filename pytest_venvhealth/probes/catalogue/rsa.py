# imports: rsa, rsa.pkcs1, rsa.key, rsa.prime
# exercises: the RS256 signature of RFC 7515 made and checked, encryption, keys as PEM and DER, new
#   keys, primes, forged and damaged data
# versions: >=4.1
import base64

import rsa
import rsa.prime


def number(text):
    return int.from_bytes(base64.urlsafe_b64decode(text + "=="), "big")


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
private = rsa.PrivateKey(p * q, 65537, d, p, q)
public = rsa.PublicKey(p * q, 65537)
made = rsa.sign(signed, private, "SHA-256")
assert base64.urlsafe_b64encode(made).rstrip(b"=") == signature
assert rsa.verify(signed, made, public) == "SHA-256"
try:
    rsa.verify(signed + b"x", made, public)
except rsa.VerificationError:
    pass
else:
    raise AssertionError("a signature of something else was accepted")

secret = rsa.encrypt(b"attack at dawn", public)
assert len(secret) == 256 and rsa.decrypt(secret, private) == b"attack at dawn"
try:
    rsa.decrypt(secret[:-1] + bytes([secret[-1] ^ 1]), private)
except rsa.DecryptionError:
    pass
else:
    raise AssertionError("damaged data was decrypted")

for form in ("PEM", "DER"):
    assert rsa.PrivateKey.load_pkcs1(private.save_pkcs1(form), form) == private
    assert rsa.PublicKey.load_pkcs1(public.save_pkcs1(form), form) == public
assert public.save_pkcs1("DER")[:9].hex() == "3082010a0282010100"

public, private = rsa.newkeys(512)
assert public.n.bit_length() == 512 and private.p * private.q == public.n
assert rsa.decrypt(rsa.encrypt(b"x", public), private) == b"x"
assert rsa.prime.is_prime(2**127 - 1) and not rsa.prime.is_prime(3 * (2**127 - 1))
assert not rsa.prime.is_prime(561)  # a Carmichael number
