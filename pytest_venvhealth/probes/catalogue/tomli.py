# imports: tomli
# exercises: reading all kinds of values of TOML 1.0, tables in every notation, numbers as
#   decimals, wrong documents
# versions: >=1.2
import datetime
from decimal import Decimal

import tomli

text = r"""
title = "K\u00e4se \"x\"" # comment
raw = 'C:\dir'
long = '''
two
lines'''
numbers = [1_000, -7, 0xFF, 0o17, 0b1_01,]
floats = [6.5e-1, 1e3, -inf]
mixed = [true, "a", { x.y = [] }]
when = 1979-05-27T07:32:00.123456-07:00
day = 2024-02-29

[owner.address]
city = "Oslo"

[[fruit]]
name = "apple"
[[fruit]]
name = "banana"
"""
data = tomli.loads(text)
west = datetime.timezone(datetime.timedelta(hours=-7))
assert data == {
    "title": 'K\u00e4se "x"',
    "raw": "C:\\dir",
    "long": "two\nlines",
    "numbers": [1000, -7, 255, 15, 5],
    "floats": [0.65, 1000.0, float("-inf")],
    "mixed": [True, "a", {"x": {"y": []}}],
    "when": datetime.datetime(1979, 5, 27, 7, 32, 0, 123456, tzinfo=west),
    "day": datetime.date(2024, 2, 29),
    "owner": {"address": {"city": "Oslo"}},
    "fruit": [{"name": "apple"}, {"name": "banana"}],
}, data
assert tomli.loads("x = 0.10", parse_float=Decimal)["x"].as_tuple().digits == (1, 0)


for wrong in ("a = 1\na = 2", "a = ", "a = 01", "a = 'x", "[[a]]\n[a]", "a = 2023-02-29"):
    try:
        tomli.loads(wrong)
    except tomli.TOMLDecodeError:
        pass
    else:
        raise AssertionError("{!r} was accepted".format(wrong))
