# imports: ruamel.yaml, ruamel.yaml.comments
# exercises: a file with comments, anchors and quotes changed without losing them, safe
#   loading in Python and, where it is built, by its C library, wrong documents
# versions: >=0.16
import datetime
import io

from ruamel.yaml import YAML, YAMLError


def dumped(yaml, data):
    stream = io.StringIO()
    yaml.dump(data, stream)
    return stream.getvalue()


text = """\
# the shop
name: 'Käse'   # quoted
base: &base {a: 1, b: 0x1F}
more:
  <<: *base
  b: 3
sizes:
- 1.50
# before the last
- |
  two
  lines
"""
yaml = YAML()
yaml.preserve_quotes = True
data = yaml.load(text)
assert data["name"] == "Käse" and data["sizes"][1] == "two\nlines\n"
assert data["base"]["b"] == 31 and data["more"]["a"] == 1 and data["more"]["b"] == 3
assert dumped(yaml, data) == text, dumped(yaml, data)
data["base"]["b"] += 1
data["sizes"].append(datetime.date(2024, 2, 29))
changed = text.replace("0x1F", "0x20") + "- 2024-02-29\n"
assert dumped(yaml, data) == changed, dumped(yaml, data)

for pure in (True, False):  # False: libyaml where it is installed
    safe = YAML(typ="safe", pure=pure)
    loaded = safe.load("a: [1, 2.5, null, true]\nb: &x {c: 2024-02-29}\nd: *x\n")
    day = {"c": datetime.date(2024, 2, 29)}
    assert loaded == {"a": [1, 2.5, None, True], "b": day, "d": day}, loaded
    for wrong in ("a: [1", "a: 1\na: 2", "*nothing", "!!python/object/apply:os.getpid []"):
        try:
            safe.load(wrong)
        except YAMLError:
            pass
        else:
            raise AssertionError("{!r} was accepted".format(wrong))
