# imports: tomli
# exercises: reading all kinds of values of TOML 1.0, tables in every notation, files, numbers as
#   decimals, wrong documents
# versions: >=1.2
import datetime
import io
from decimal import Decimal

import tomli

text = 'folded = """one \\\n    two"""\n'
text += r"""
title = "K\u00e4se \"x\"" # comment
raw = 'C:\dir'
long = '''
two
lines'''
numbers = [1_000, -7, +3, 0xFF, 0o17, 0b1_01,]
floats = [6.5e-1, -0.0, 1e3, -inf]
yes = true
mixed = [1, "a", { x.y = [] }]
when = 1979-05-27T07:32:00.123456-07:00
local = 1979-05-27 07:32:00
day = 2024-02-29
hour = 07:32:00.5
dotted."key x".'z' = "d"
site."google.com" = true

[owner.address]
city = "Oslo"

[[fruit]]
name = "apple"
  [fruit.kind]
  name = "red"
[[fruit]]
name = "banana"
"""
data = tomli.loads(text)
west = datetime.timezone(datetime.timedelta(hours=-7))
assert data == {
    "title": 'K\u00e4se "x"',
    "raw": "C:\\dir",
    "long": "two\nlines",
    "folded": "one two",
    "numbers": [1000, -7, 3, 255, 15, 5],
    "floats": [0.65, 0.0, 1000.0, float("-inf")],
    "yes": True,
    "mixed": [1, "a", {"x": {"y": []}}],
    "when": datetime.datetime(1979, 5, 27, 7, 32, 0, 123456, tzinfo=west),
    "local": datetime.datetime.fromisoformat("1979-05-27T07:32:00"),
    "day": datetime.date(2024, 2, 29),
    "hour": datetime.time(7, 32, 0, 500000),
    "dotted": {"key x": {"z": "d"}},
    "site": {"google.com": True},
    "owner": {"address": {"city": "Oslo"}},
    "fruit": [{"name": "apple", "kind": {"name": "red"}}, {"name": "banana"}],
}, data
assert data["when"].utcoffset() == datetime.timedelta(hours=-7)
assert str(data["floats"][1]) == "-0.0" and type(data["numbers"][0]) is int
assert tomli.loads("x = 0.10", parse_float=Decimal)["x"].as_tuple().digits == (1, 0)
assert tomli.load(io.BytesIO(b"a = '\xc3\xa4'\r\n")) == {"a": "\u00e4"}
many = "\n".join("[t{0}]\nv = {0}".format(number) for number in range(500))
assert sum(table["v"] for table in tomli.loads(many).values()) == 499 * 500 // 2

for wrong in (
    "a = 1\na = 2",
    "a = ",
    "a = 01",
    "a = 1__0",
    "a = 'x",
    'a = "\\q"',
    "[a]\n[a]",
    "a = {b = 1}\n[a.c]",
    "[[a]]\n[a]",
    "a = 2023-02-29",
    "a = [1 2]",
    "a = True",
    'a = "\x01"',
    "= 1",
):
    try:
        tomli.loads(wrong)
    except tomli.TOMLDecodeError:
        pass
    else:
        raise AssertionError("{!r} was accepted".format(wrong))
