# imports: tomlkit, tomlkit.exceptions
# exercises: a document changed without losing its comments, order and notation; all kinds of values
#   as Python's own; new documents, tables and arrays; files; wrong documents
# versions: >=0.11.5
import datetime
import tempfile
from pathlib import Path

import tomlkit
from tomlkit.exceptions import NonExistentKey, TOMLKitError
from tomlkit.toml_file import TOMLFile

text = """\
# The shop

title   = 'K\u00e4se'  # quoted
sizes = [
    1_000, # big
    0xFF,
]
point = {x = 1,  y = 2}
when = 1979-05-27T07:32:00Z
day = 2024-02-29

[owner]  # the owner
name = "Eve"
"quoted key" = true

    [owner.address]
    city = "Oslo"

[[fruit]]
name = "apple"

[[fruit]]
name = "banana"
"""
document = tomlkit.parse(text)
assert tomlkit.dumps(document) == text == document.as_string()
assert document.unwrap() == {
    "title": "K\u00e4se",
    "sizes": [1000, 255],
    "point": {"x": 1, "y": 2},
    "when": datetime.datetime(1979, 5, 27, 7, 32, tzinfo=datetime.timezone.utc),
    "day": datetime.date(2024, 2, 29),
    "owner": {"name": "Eve", "quoted key": True, "address": {"city": "Oslo"}},
    "fruit": [{"name": "apple"}, {"name": "banana"}],
}, document.unwrap()
assert document["sizes"][0] + 1 == 1001 and document["title"].upper() == "K\u00c4SE"
assert document["day"] < datetime.date(2024, 3, 1) and len(document["fruit"]) == 2

document["owner"]["name"] = "Adam"
document["title"] = "Tea"
document["point"]["x"] = 5
document["sizes"].append(3)
document["owner"]["address"].add("zip", "0150")
del document["fruit"][0]
changed = tomlkit.dumps(document)
for line in (
    "# The shop",
    'title   = "Tea"  # quoted',
    "    1_000, # big",
    "    0xFF,",
    "point = {x = 5,  y = 2}",
    "[owner]  # the owner",
    'name = "Adam"',
    'zip = "0150"',
):
    assert line in changed, (line, changed)
again = tomlkit.loads(changed).unwrap()
assert again["sizes"] == [1000, 255, 3] and again["fruit"] == [{"name": "banana"}]
assert again["owner"] == {
    "name": "Adam",
    "quoted key": True,
    "address": {"city": "Oslo", "zip": "0150"},
}
assert changed.count("[[fruit]]") == 1

made = tomlkit.document()
made.add(tomlkit.comment("made"))
made.add("a", [1, 2.5])
table = tomlkit.table()
table.add("text", tomlkit.string("two\nlines", multiline=True))
table["flag"] = False
made["t"] = table
inline = tomlkit.inline_table()
inline.update({"k": "v"})
made["t"]["i"] = inline
rows = tomlkit.aot()
rows.append(tomlkit.item({"n": 1}))
made.append("row", rows)
assert tomlkit.dumps(made).startswith('# made\na = [1, 2.5]\n\n[t]\ntext = """two\nlines"""\n')
assert tomlkit.parse(made.as_string()).unwrap() == {
    "a": [1, 2.5],
    "t": {"text": "two\nlines", "flag": False, "i": {"k": "v"}},
    "row": [{"n": 1}],
}

with tempfile.TemporaryDirectory() as folder:
    file = TOMLFile(str(Path(folder, "a.toml")))
    file.write(tomlkit.parse(text))
    assert file.read() == tomlkit.parse(text)

for wrong in ("a = ", "a = 1\na = 2", "a = 'x", "a = 2023-02-29", "[[a]]\n[a]", "a = [1 2]"):
    try:
        tomlkit.parse(wrong)
    except TOMLKitError:
        pass
    else:
        raise AssertionError("{!r} was accepted".format(wrong))
try:
    document["none"]
except NonExistentKey:
    pass
else:
    raise AssertionError("a key that is not there was found")
