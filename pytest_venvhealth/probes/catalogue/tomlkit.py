# imports: tomlkit, tomlkit.exceptions
# exercises: a document changed without losing its comments, order and notation; values as Python's
#   own; wrong documents
# versions: >=0.11.5
import datetime

import tomlkit
from tomlkit.exceptions import TOMLKitError

text = """\
# The shop

title   = 'K\u00e4se'  # quoted
sizes = [
    1_000, # big
    0xFF,
]
point = {x = 1,  y = 2}
day = 2024-02-29

[owner]  # the owner
name = "Eve"

[[fruit]]
name = "apple"
"""
document = tomlkit.parse(text)
assert tomlkit.dumps(document) == text
assert document.unwrap() == {
    "title": "K\u00e4se",
    "sizes": [1000, 255],
    "point": {"x": 1, "y": 2},
    "day": datetime.date(2024, 2, 29),
    "owner": {"name": "Eve"},
    "fruit": [{"name": "apple"}],
}, document.unwrap()

document["title"] = "Tea"
document["point"]["x"] = 5
document["owner"]["name"] = "Adam"
document["owner"].add("zip", "0150")
changed = text.replace("'K\u00e4se'", '"Tea"').replace("x = 1", "x = 5")
changed = changed.replace('"Eve"\n', '"Adam"\nzip = "0150"\n')
assert tomlkit.dumps(document).replace("\n\n", "\n") == changed.replace("\n\n", "\n"), document

for wrong in ("a = ", "a = 1\na = 2", "a = 'x", "a = 2023-02-29", "[[a]]\n[a]", "a = [1 2]"):
    try:
        tomlkit.parse(wrong)
    except TOMLKitError:
        pass
    else:
        raise AssertionError("{!r} was accepted".format(wrong))
