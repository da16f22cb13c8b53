# imports: toml
# exercises: reading all kinds of values, tables and arrays of tables, writing them again, files,
#   encoders, wrong documents with their line
# versions: >=0.10
import collections
import datetime
import io
import os
import tempfile

import toml

text = r"""
title = "K\u00e4se \"x\"" # comment
raw = 'C:\dir'
long = '''
two
lines'''
numbers = [1_000, -7, +3]
hex = 0xFF
float = 6.5e-1
infinite = -inf
yes = true
mixed = [[1, 2], ["a", "b"]]
when = 1979-05-27T07:32:00Z
inline = { x = 1, "y z" = { deep = 2 } }
dotted.key = "d"

[owner.address]
city = "Oslo"

[[fruit]]
name = "apple"
  [[fruit.kind]]
  name = "red"
[[fruit]]
name = "banana"
"""
data = toml.loads(text)
assert data.pop("when") == datetime.datetime(1979, 5, 27, 7, 32, tzinfo=datetime.timezone.utc)
assert data == {
    "title": 'K\u00e4se "x"',
    "raw": "C:\\dir",
    "long": "two\nlines",
    "numbers": [1000, -7, 3],
    "hex": 255,
    "float": 0.65,
    "infinite": float("-inf"),
    "yes": True,
    "mixed": [[1, 2], ["a", "b"]],
    "inline": {"x": 1, "y z": {"deep": 2}},
    "dotted": {"key": "d"},
    "owner": {"address": {"city": "Oslo"}},
    "fruit": [{"name": "apple", "kind": [{"name": "red"}]}, {"name": "banana"}],
}, data
assert toml.loads(toml.dumps(data)) == data
assert toml.dumps({"a": 1, "t": {"b": [True, "x"]}}) == 'a = 1\n\n[t]\nb = [ true, "x",]\n'
assert list(toml.loads("z = 1\na = 2", _dict=collections.OrderedDict)) == ["z", "a"]
assert toml.loads("day = 2024-02-29")["day"] == datetime.date(2024, 2, 29)

stream = io.StringIO()
toml.dump({"s": "tab\t\u00e9"}, stream)
stream.seek(0)
assert toml.load(stream) == {"s": "tab\t\u00e9"}
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "a.toml")
    with open(path, "w", encoding="utf-8") as file:
        toml.dump({"n": {"m": 2}}, file)
    assert toml.load(path) == {"n": {"m": 2}}
assert toml.dumps({"a": {"b": 1}}, encoder=toml.TomlPreserveInlineDictEncoder()).startswith("[a]")

for wrong, line in (("a = 1\nb = ", 2), ("a = 1\na = 2", 2), ("[a]\n[a]", 2), ("a = [1, 'x'", 1)):
    try:
        toml.loads(wrong)
    except toml.TomlDecodeError as error:
        assert error.lineno == line, (wrong, error.lineno)
    else:
        raise AssertionError("{!r} was accepted".format(wrong))
