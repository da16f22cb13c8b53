# imports: regex
# exercises: what the standard library's module does too, and its own: sets, properties, fuzzy and
#   recursive matches, named lists, overlaps, repeated captures, full case folding
# versions: >=2021.3.17
import re

import regex

# The same answers as the standard library's.
for pattern, text in (
    (r"(\w+)@(\w+)\.com", "ann@site.com, bob@mail.com"),
    (r"(?i)\bthe\b", "The end of the other"),
    (r"(?<=\$)\d+(?!\d|%)", "$42 $77% 9"),
):
    assert regex.findall(pattern, text) == re.findall(pattern, text), pattern
assert regex.sub(r"(?P<a>\d)(\w)", r"\2\g<a>", "1a 2b") == "a1 b2"
match = regex.fullmatch(rb"(?P<year>\d{4})-(\d\d)", b"2024-02")
assert match.groupdict() == {"year": b"2024"} and match.span(2) == (5, 7)

assert regex.findall(r"\p{Lu}\p{Ll}+", "\u00c9mile et \u0416ora") == ["\u00c9mile", "\u0416ora"]
assert regex.findall(r"\p{Script=Greek}+", "abc \u03b1\u03b2 def") == ["\u03b1\u03b2"]
assert regex.findall(r"\X", "e\u0301a") == ["e\u0301", "a"]
assert regex.findall(r"(?V1)[[a-z]--[aeiou]]+", "banana") == ["b", "n", "n"]
assert regex.fullmatch(r"(?if)stra\u00dfe", "STRASSE")  # full case folding

# One insertion; at most three errors of any kind.
fuzzy = regex.fullmatch(r"(?:colour){i<=1}", "collour")
assert fuzzy.fuzzy_counts == (0, 1, 0), fuzzy.fuzzy_counts
assert regex.fullmatch(r"(?:kitten){e<=3}", "sitting")
assert regex.fullmatch(r"(?:kitten){e<=2}", "sitting") is None  # the distance is 3
assert regex.fullmatch(r"\((?:[^()]|(?R))*\)", "(a(b)(c(d)))")
assert not regex.fullmatch(r"\((?:[^()]|(?R))*\)", "(a(b)(c(d))")
assert regex.findall(r"\L<words>", "one two three", words=["three", "one"]) == ["one", "three"]
assert regex.findall(r"..", "abcd", overlapped=True) == ["ab", "bc", "cd"]
assert regex.match(r"(?:(\w)-?)+", "a-b-c").captures(1) == ["a", "b", "c"]
assert regex.search(r"(?<=a+)b", "xaaab").start() == 4
