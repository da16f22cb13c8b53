# imports: pyasn1, pyasn1.type.univ, pyasn1.codec.der.encoder, pyasn1.codec.der.decoder
# exercises: the examples of X.690 in DER and BER, both ways: numbers, strings, object identifiers,
#   a sequence with an optional and a default part, tags, a set, a range
# versions: >=0.4.6
from pyasn1 import error
from pyasn1.codec.ber import decoder as ber_decoder
from pyasn1.codec.der import decoder, encoder
from pyasn1.type import char, constraint, namedtype, tag, univ, useful

for value, wanted in (
    (univ.Integer(128), "02020080"),
    (univ.Integer(-129), "0202ff7f"),
    (univ.Integer(2**64), "0209010000000000000000"),
    (univ.Boolean(True), "0101ff"),
    (univ.Null(""), "0500"),
    (univ.BitString("011011100101110111"), "0304066e5dc0"),
    (univ.OctetString(b"x" * 200), "0481c8" + "78" * 200),
    (univ.ObjectIdentifier("1.2.840.113549"), "06062a864886f70d"),
    (char.UTF8String("\u00e9"), "0c02c3a9"),
    (useful.UTCTime("910506234540Z"), "170d3931303530363233343534305a"),
):
    assert encoder.encode(value).hex() == wanted, (value, encoder.encode(value).hex())
    again, rest = decoder.decode(bytes.fromhex(wanted), asn1Spec=value.clone())
    assert again == value and rest == b"", value

context = tag.Tag(tag.tagClassContext, tag.tagFormatSimple, 0)
age = univ.Integer().subtype(
    implicitTag=context, subtypeSpec=constraint.ValueRangeConstraint(0, 200)
)


class Person(univ.Sequence):
    componentType = namedtype.NamedTypes(
        namedtype.NamedType("name", char.IA5String()),
        namedtype.NamedType("ok", univ.Boolean()),
        namedtype.OptionalNamedType("age", age),
        namedtype.DefaultedNamedType("level", univ.Integer(1)),
    )


person = Person()
person["name"], person["ok"] = "Smith", True
assert encoder.encode(person).hex() == "300a1605536d6974680101ff"  # X.690, 8.9
person["age"] = 40
assert encoder.encode(person).hex() == "300d1605536d6974680101ff800128"
again, rest = decoder.decode(encoder.encode(person) + b"\x05\x00", asn1Spec=Person())
assert encoder.encode(again) == encoder.encode(person) and rest == b"\x05\x00"
assert int(again["level"]) == 1
try:
    person.setComponentByName("age", 201)
except error.PyAsn1Error:
    pass
else:
    raise AssertionError("a value out of its range was accepted")

numbers = univ.SetOf(componentType=univ.Integer())
numbers.extend([3, 1, 2])
assert encoder.encode(numbers).hex() == "3109020101020102020103"
indefinite = bytes.fromhex("2480040201020401030000")
assert bytes(ber_decoder.decode(indefinite)[0]) == b"\x01\x02\x03"
