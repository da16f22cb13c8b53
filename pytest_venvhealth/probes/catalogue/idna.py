# imports: idna
# exercises: names to ASCII and back against RFC 3492's own samples and known names, UTS 46's
#   mapping, names that IDNA 2008 forbids
# versions: >=2.8
import idna

for text, code in {
    # RFC 3492, 7.1, in lower case
    "\u4ed6\u4eec\u4e3a\u4ec0\u4e48\u4e0d\u8bf4\u4e2d\u6587": "ihqwcrb4cv8a8dqg056pqjye",
    "pro\u010dprost\u011bnemluv\u00ed\u010desky": "proprostnemluvesky-uyb24dma41a",
    "3\u5e74b\u7d44\u91d1\u516b\u5148\u751f": "3b-ww4c5e180e575a65lsy2b",
    # IDNA 2008 keeps the sharp s.
    "fa\u00df": "fa-hia",
}.items():
    name = ("xn--" + code).encode()
    assert idna.encode(text) == idna.alabel(text) == name, (text, idna.encode(text))
    assert idna.decode(name) == idna.ulabel(name) == text, name

name = "www.b\u00fccher.example."
assert idna.encode(name) == b"www.xn--bcher-kva.example." and idna.decode(idna.encode(name)) == name
# The full width letters and the ideographic full stop of UTS 46
assert idna.encode("B\u00dcCHER\u3002EXAMPLE", uts46=True) == b"xn--bcher-kva.example"
assert idna.encode("\uff21\uff22.de", uts46=True) == b"ab.de"
# A zero width joiner is right after a virama only.
assert idna.decode(idna.encode("\u0915\u094d\u200d\u0937")) == "\u0915\u094d\u200d\u0937"

for wrong, kind in (
    ("B\u00dcCHER.example", idna.InvalidCodepoint),
    ("\u05d0a", idna.IDNABidiError),
    ("a\u200db", idna.IDNAError),
    ("-a", idna.IDNAError),
    ("ab--c", idna.IDNAError),
    ("a..b", idna.IDNAError),
    ("a" * 64, idna.IDNAError),
):
    try:
        idna.encode(wrong)
    except kind:
        pass
    else:
        raise AssertionError(ascii(wrong))
