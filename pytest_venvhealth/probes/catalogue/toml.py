# imports: toml
# exercises: reading all kinds of values, tables and arrays of tables, writing them again, a file,
#   wrong documents with their line
# versions: >=0.10
import datetime
import io

import toml

text = r"""
title = "K\u00e4se \"x\"" # comment
raw = 'C:\dir'
long = '''
two
lines'''
numbers = [1_000, -7, +3]
yes = true
when = 1979-05-27T07:32:00Z
inline = { x = 1, "y z" = { deep = 2 } }

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
    "yes": True,
    "inline": {"x": 1, "y z": {"deep": 2}},
    "owner": {"address": {"city": "Oslo"}},
    "fruit": [{"name": "apple", "kind": [{"name": "red"}]}, {"name": "banana"}],
}, data
assert toml.loads(toml.dumps(data)) == data
stream = io.StringIO()
toml.dump({"a": 1, "t": {"b": [True, "x"]}}, stream)
assert stream.getvalue() == 'a = 1\n\n[t]\nb = [ true, "x",]\n', stream.getvalue()

for wrong, line in (("a = 1\nb = ", 2), ("a = 1\na = 2", 2), ("[a]\n[a]", 2), ("a = [1, 'x'", 1)):
    try:
        toml.loads(wrong)
    except toml.TomlDecodeError as error:
        assert error.lineno == line, (wrong, error.lineno)
    else:
        raise AssertionError("{!r} was accepted".format(wrong))
