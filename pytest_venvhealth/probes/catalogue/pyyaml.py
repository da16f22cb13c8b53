# imports: yaml
# exercises: load and dump, in Python and, where it is built in, by libyaml: types, anchors, errors
#   with their line
# versions: >=6.0
import datetime
import importlib.util

import yaml

text = """
name: Käse
sizes: [1, 2.5, 0x10, ~]
when: 2024-02-29
base: &base {a: 1, b: 2}
more: {<<: *base, b: 3}
text: |
  two
  lines
"""
wanted = {
    "name": "Käse",
    "sizes": [1, 2.5, 16, None],
    "when": datetime.date(2024, 2, 29),
    "base": {"a": 1, "b": 2},
    "more": {"a": 1, "b": 3},
    "text": "two\nlines\n",
}
# A binding that is there but doesn't load is taken for one that was never built.
if importlib.util.find_spec("yaml._yaml") is not None:
    importlib.import_module("yaml._yaml")
    assert yaml.__with_libyaml__

pairs = [(yaml.SafeLoader, yaml.SafeDumper)]
if yaml.__with_libyaml__:
    pairs.append((yaml.CSafeLoader, yaml.CSafeDumper))
for loader, dumper in pairs:
    assert yaml.load(text, Loader=loader) == wanted, loader
    assert yaml.load(yaml.dump(wanted, Dumper=dumper), Loader=loader) == wanted, dumper
    assert yaml.dump({"b": [1, "x"], "a": None}, Dumper=dumper) == "a: null\nb:\n- 1\n- x\n"
    try:
        yaml.load("a: 1\nb: [", Loader=loader)
    except yaml.YAMLError as error:
        assert error.problem_mark.line >= 1
    else:
        raise AssertionError("a list without an end was accepted")
    try:
        yaml.load("!!python/object/apply:os.getpid []", Loader=loader)
    except yaml.YAMLError:
        pass
    else:
        raise AssertionError("a safe loader made an object")
assert yaml.safe_load(text) == wanted
