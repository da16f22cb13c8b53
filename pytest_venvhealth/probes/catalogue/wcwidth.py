# imports: wcwidth
# exercises: the columns that characters and texts take: ASCII, wide, combining and control
#   characters, Hangul, emoji sequences; the C extension where it is built
# versions: >=0.2.13
import importlib
import importlib.util
import unicodedata

import wcwidth

# An extension that does not load would silently be replaced by Python code.
if importlib.util.find_spec("wcwidth._wcwidth_c") is not None:
    importlib.import_module("wcwidth._wcwidth_c")

for character, width in (
    ("a", 1),
    ("\u00e9", 1),
    ("\u0301", 0),  # combining acute accent
    ("\u200d", 0),  # zero width joiner
    ("\u3042", 2),  # Hiragana a
    ("\uac00", 2),  # a Hangul syllable
    ("\uff21", 2),  # fullwidth A
    ("\uff71", 1),  # halfwidth Katakana a
    ("\U0001f600", 2),
    ("\U00020000", 2),  # an ideograph beyond the basic plane
    ("\0", 0),
    ("\x1b", -1),
):
    assert wcwidth.wcwidth(character) == width, (ascii(character), wcwidth.wcwidth(character))

assert wcwidth.wcswidth("hello") == 5 and wcwidth.wcswidth("\u6f22\u5b57 kanji") == 10
assert wcwidth.wcswidth("cafe\u0301") == 4 == wcwidth.wcswidth("caf\u00e9")
assert wcwidth.wcswidth("abc", 2) == 2 and wcwidth.wcswidth("a\x1bb") == -1
# A family of four in one glyph; a heart that a variation selector makes an emoji
assert wcwidth.wcswidth("\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466") == 2
assert wcwidth.wcswidth("\u2764\ufe0f") == 2 and wcwidth.wcswidth("\u2764") == 1

# Against the standard library: what is wide in its Unicode database is so here, too.
ideographs = [chr(code) for code in range(0x4E00, 0x9FA6)]
assert all(unicodedata.east_asian_width(each) == "W" for each in ideographs)
assert sum(map(wcwidth.wcwidth, ideographs)) == 2 * len(ideographs)
