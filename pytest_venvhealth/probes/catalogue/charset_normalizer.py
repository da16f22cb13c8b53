# imports: charset_normalizer
# exercises: texts of several languages found in their encodings, a byte order mark, a declared
#   encoding, binary data; the native measures of chaos and coherence
# versions: >=2.0.0
import charset_normalizer
from charset_normalizer import from_bytes

# Article 1 of the Universal Declaration of Human Rights
russian = (
    "\u0412\u0441\u0435 \u043b\u044e\u0434\u0438 \u0440\u043e\u0436\u0434\u0430\u044e\u0442\u0441"
    "\u044f \u0441\u0432\u043e\u0431\u043e\u0434\u043d\u044b\u043c\u0438 \u0438 \u0440\u0430\u0432"
    "\u043d\u044b\u043c\u0438 \u0432 \u0441\u0432\u043e\u0435\u043c \u0434\u043e\u0441\u0442\u043e"
    "\u0438\u043d\u0441\u0442\u0432\u0435 \u0438 \u043f\u0440\u0430\u0432\u0430\u0445. "
)
french = (
    "Tous les \u00eatres humains naissent libres et \u00e9gaux en dignit\u00e9 et en droits. "
    "Ils sont dou\u00e9s de raison et de conscience et doivent agir les uns envers les autres "
    "dans un esprit de fraternit\u00e9. "
)
for text, encoding in (
    (russian, "cp1251"),
    (russian, "utf-16"),
    (french, "utf-8-sig"),
    (french, "utf-8"),
):
    best = from_bytes((text * 4).encode(encoding)).best()
    # Some encodings have the same letters in the same places, so the text counts, not the name.
    assert best is not None and str(best) == text * 4, (encoding, best and best.encoding)
best = from_bytes(russian.encode()).best()
assert best.encoding == "utf_8" and best.language == "Russian" and "Cyrillic" in best.alphabets
assert best.output() == russian.encode() and not best.bom
assert from_bytes(b"plain text, nothing else").best().encoding == "ascii"
assert from_bytes(french.encode("utf-8-sig")).best().bom

page = b'<meta charset="iso-8859-5">' + (russian * 3).encode("iso-8859-5")
assert str(from_bytes(page).best()) == page.decode("iso-8859-5")
assert charset_normalizer.detect(french.encode())["encoding"] == "utf-8"
bytes_of_all_kinds = b"\x89PNG\r\n\x1a\n" + bytes((n * 7919 + n // 3) % 256 for n in range(4000))
assert from_bytes(bytes_of_all_kinds).best() is None, "an image was taken for a text"
