# imports: pyasn1, pyasn1.type.univ, pyasn1.codec.der.encoder, pyasn1.codec.der.decoder
# exercises: the examples of X.690 in DER, BER and CER, both ways: numbers, strings, object
#   identifiers, sequences with optional and default parts, tags, choices, ranges, plain values
# versions: >=0.4.3
from pyasn1 import error
from pyasn1.codec.ber import decoder as ber_decoder
from pyasn1.codec.ber import encoder as ber_encoder
from pyasn1.codec.cer import encoder as cer_encoder
from pyasn1.codec.der import decoder, encoder
from pyasn1.codec.native import decoder as native_decoder
from pyasn1.codec.native import encoder as native_encoder
from pyasn1.type import char, constraint, namedtype, tag, univ, useful

for value, wanted in (
    (univ.Integer(127), "02017f"),
    (univ.Integer(128), "02020080"),
    (univ.Integer(-129), "0202ff7f"),
    (univ.Integer(2**64), "0209010000000000000000"),
    (univ.Boolean(True), "0101ff"),
    (univ.Null(""), "0500"),
    (univ.BitString("011011100101110111"), "0304066e5dc0"),
    (univ.OctetString(b"\x01\xff"), "040201ff"),
    (univ.ObjectIdentifier("1.2.840.113549"), "06062a864886f70d"),
    (univ.ObjectIdentifier("2.999.3"), "0603883703"),
    (univ.Enumerated(5), "0a0105"),
    (char.UTF8String("\u00e9"), "0c02c3a9"),
    (char.IA5String("Smith"), "1605536d697468"),
    (useful.UTCTime("910506234540Z"), "170d3931303530363233343534305a"),
    (univ.OctetString(b"x" * 200), "0481c8" + "78" * 200),
):
    assert encoder.encode(value).hex() == wanted, (value, encoder.encode(value).hex())
    again, rest = decoder.decode(bytes.fromhex(wanted), asn1Spec=value.clone())
    assert again == value and rest == b"", value
assert float(decoder.decode(encoder.encode(univ.Real(-2.5)))[0]) == -2.5


class Person(univ.Sequence):
    componentType = namedtype.NamedTypes(
        namedtype.NamedType("name", char.IA5String()),
        namedtype.NamedType("ok", univ.Boolean()),
        namedtype.OptionalNamedType(
            "age",
            univ.Integer().subtype(
                implicitTag=tag.Tag(tag.tagClassContext, tag.tagFormatSimple, 0),
                subtypeSpec=constraint.ValueRangeConstraint(0, 200),
            ),
        ),
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
native = native_encoder.encode(again)
assert (native["ok"], native["age"], native["level"]) == (True, 40, 1), native
plain = native_decoder.decode({"name": "Smith", "ok": True, "age": 40}, asn1Spec=Person())
assert encoder.encode(plain) == encoder.encode(person)
try:
    person.setComponentByName("age", 201)
except error.PyAsn1Error:
    pass
else:
    raise AssertionError("a value out of its range was accepted")

# X.690, 8.14: Type2 ::= [APPLICATION 3] IMPLICIT VisibleString, Type3 ::= [2] Type2
jones = char.VisibleString("Jones").subtype(
    implicitTag=tag.Tag(tag.tagClassApplication, tag.tagFormatSimple, 3)
)
assert encoder.encode(jones).hex() == "43054a6f6e6573"
jones = jones.subtype(explicitTag=tag.Tag(tag.tagClassContext, tag.tagFormatConstructed, 2))
assert encoder.encode(jones).hex() == "a20743054a6f6e6573"
numbers = univ.SetOf(componentType=univ.Integer())
numbers.extend([3, 1, 2])
assert encoder.encode(numbers).hex() == "3109020101020102020103"
choice = univ.Choice(
    componentType=namedtype.NamedTypes(
        namedtype.NamedType("n", univ.Integer()), namedtype.NamedType("s", univ.OctetString())
    )
)
choice["s"] = b"x"
assert decoder.decode(encoder.encode(choice), asn1Spec=choice.clone())[0].getName() == "s"

indefinite = bytes.fromhex("2480040201020401030000")
assert bytes(ber_decoder.decode(indefinite)[0]) == b"\x01\x02\x03"
assert ber_encoder.encode(univ.OctetString(b"\1\2\3"), defMode=False, maxChunkSize=2) == indefinite
assert cer_encoder.encode(person)[:2] == b"\x30\x80"
for wrong in ("0202", "30060201", "2480040201020401030000"):
    try:
        decoder.decode(bytes.fromhex(wrong))
    except error.PyAsn1Error:
        continue
    raise AssertionError("decoded: " + wrong)
