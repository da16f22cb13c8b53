# imports: pyasn1_modules, pyasn1_modules.rfc5280, pyasn1_modules.rfc2459, pyasn1_modules.pem
# exercises: the certificate and the private key of RFC 8410 read, an RSA key and an LDAP message
#   written, PEM armour
# versions: >=0.2.5
import base64
import io

from pyasn1.codec.ber import encoder as ber_encoder
from pyasn1.codec.der import decoder, encoder
from pyasn1_modules import pem, rfc2251, rfc5208, rfc5280, rfc8017

# RFC 8410, 10.2
text = """
MIIBLDCB36ADAgECAghWAUdKKo3DMDAFBgMrZXAwGTEXMBUGA1UEAwwOSUVURiBUZXN0IERlbW8wHhcNMTYwODAxMTIxOTI0
WhcNNDAxMjMxMjM1OTU5WjAZMRcwFQYDVQQDDA5JRVRGIFRlc3QgRGVtbzAqMAUGAytlbgMhAIUg8AmJMKdUdIt93LQ+91oN
vzoNJjga9OukqY6qm05qo0UwQzAPBgNVHRMBAf8EBTADAQEAMA4GA1UdDwEBAAQEAwIDCDAgBgNVHQ4BAQAEFgQUmx9e7e0E
M4Xk97xiPFl1uQvIuzswBQYDK2VwA0EAryMB/t3J5v/BzKc9dNZIpDmAgs3babFOTQbs+BolzlDUwsPrdGxO3YNGhW7Ibz3O
GhhlxXrCe1Cgw1AH9efZBw==
"""
armoured = "-----BEGIN CERTIFICATE-----" + text + "-----END CERTIFICATE-----\n"
data = pem.readPemFromFile(io.StringIO("before\n" + armoured))
assert data == base64.b64decode(text) == pem.readBase64fromText(text) and len(data) == 304
certificate, rest = decoder.decode(data, asn1Spec=rfc5280.Certificate())
body = certificate["tbsCertificate"]
assert rest == b"" and int(body["serialNumber"]) == 0x5601474A2A8DC330
assert str(certificate["signatureAlgorithm"]["algorithm"]) == "1.3.101.112"
assert str(body["validity"]["notAfter"]["utcTime"]) == "401231235959Z"
part = body["subject"][0][0][0]
assert part["type"] == rfc5280.id_at_commonName
name, _ = decoder.decode(part["value"], asn1Spec=rfc5280.X520CommonName())
assert str(name["utf8String"]) == "IETF Test Demo"
usage = next(each for each in body["extensions"] if str(each["extnID"]) == "2.5.29.15")
bits, _ = decoder.decode(usage["extnValue"], asn1Spec=rfc5280.KeyUsage())
assert list(bits) == [0, 0, 0, 0, 1]  # key agreement

# RFC 8410, 10.3
private = base64.b64decode("MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC")
info, _ = decoder.decode(private, asn1Spec=rfc5208.PrivateKeyInfo())
assert str(info["privateKeyAlgorithm"]["algorithm"]) == "1.3.101.112"

public = rfc8017.RSAPublicKey()
public["modulus"], public["publicExponent"] = 3233, 17
assert encoder.encode(public).hex() == "300702020ca1020111"
message = rfc2251.LDAPMessage()
message["messageID"] = 1
bind = message["protocolOp"]["bindRequest"]
bind["version"], bind["name"] = 3, "cn=x"
bind["authentication"]["simple"] = b"pw"
assert ber_encoder.encode(message).hex() == "30120201" + "01600d0201030404636e3d7880027077"
