# imports: ruamel.yaml, ruamel.yaml.comments
# exercises: a file with comments, anchors and quotes changed without losing them, YAML 1.2 and 1.1,
#   safe loading in Python and, where it is built, by its C library, own types, wrong documents
# versions: >=0.16
import datetime
import io

from ruamel.yaml import YAML, YAMLError
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError


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
- ~
# before the last
- |
  two
  lines
"""
yaml = YAML()
yaml.preserve_quotes = True
data = yaml.load(text)
assert data["name"] == "Käse" and data["sizes"][2] == "two\nlines\n"
assert data["base"]["b"] == 31 and data["more"]["a"] == 1 and data["more"]["b"] == 3
assert dumped(yaml, data) == text.replace("~", ""), dumped(yaml, data)
data["base"]["b"] += 1
data.insert(1, "open", True, comment="new")
data["sizes"].append(datetime.date(2024, 2, 29))
lines = dumped(yaml, data).splitlines()
assert lines[0] == "# the shop" and "name: 'Käse'   # quoted" in lines, lines
assert "base: &base {a: 1, b: 0x20}" in lines and "# before the last" in lines, lines
assert [line.split() for line in lines if "new" in line] == [["open:", "true", "#", "new"]], lines
assert lines[-1] == "- 2024-02-29", lines

# YAML 1.2 has no yes and no; 1.1 has, and octal numbers with a leading zero
assert YAML(typ="safe", pure=True).load("[yes, 0o14, 014]") == ["yes", 12, 14]
assert YAML(typ="safe", pure=True).load("%YAML 1.1\n---\n[yes, 014]") == [True, 12]

for pure in (True, False):  # False: libyaml where it is installed
    safe = YAML(typ="safe", pure=pure)
    safe.default_flow_style = False
    loaded = safe.load('a: [1, 2.5, null, true]\nb: &x {c: 2024-02-29}\nd: *x\ne: "\\u00e4"\n')
    day = {"c": datetime.date(2024, 2, 29)}
    assert loaded == {"a": [1, 2.5, None, True], "b": day, "d": day, "e": "\u00e4"}, loaded
    assert dumped(safe, {"b": [1, "x"], "a": {"c": True}}) == "a:\n  c: true\nb:\n- 1\n- x\n"
    assert list(safe.load_all("--- 1\n--- [2]\n")) == [1, [2]]
    for wrong in ("a: [1", "a: 1\n b: 2", "*nothing", "!!python/object/apply:os.getpid []"):
        try:
            safe.load(wrong)
        except YAMLError:
            pass
        else:
            raise AssertionError("{!r} was accepted".format(wrong))
try:
    YAML().load("a: 1\na: 2\n")
except DuplicateKeyError as error:
    assert error.problem_mark.line == 1
else:
    raise AssertionError("a key may be there twice")

own = YAML()


@own.register_class
class Point:
    yaml_tag = "!point"

    def __init__(self, x, y):
        self.x, self.y = x, y

    @classmethod
    def to_yaml(cls, representer, node):
        return representer.represent_scalar(cls.yaml_tag, "{}-{}".format(node.x, node.y))

    @classmethod
    def from_yaml(cls, constructor, node):
        return cls(*map(int, node.value.split("-")))


assert dumped(own, [Point(1, 2)]) == "- !point 1-2\n"
assert own.load("!point 3-4").y == 4
sequence = CommentedSeq(["b"])
sequence.yaml_add_eol_comment("last", 0)
made = CommentedMap([("z", 1), ("a", sequence)])
own.indent(mapping=2, sequence=4, offset=2)
assert [line.split() for line in dumped(own, made).splitlines()] == [
    ["z:", "1"],
    ["a:"],
    ["-", "b", "#", "last"],
]
