# imports: pylint, pylint.lint, pylint.reporters.text
# exercises: messages of several checkers with their lines: imports, types by inference, design,
#   names; a comment that turns one off
# versions: >=2.5
import io
from pathlib import Path

from pylint.lint import Run
from pylint.reporters.text import TextReporter

Path("empty.rc").write_text("[MAIN]\n")
Path("tiny.py").write_text(
    '''"""A tiny module."""
import os

LIMIT = "a".no_such_method()


class Point:
    """A point."""

    def far(self, other=[]):
        return self.y + undefined + len(other)


def build(number):
    unused = 1
    point = build(number, 2)
    if number == number:
        raise "text"
    return point


def quiet():  # pylint: disable=missing-function-docstring
    return 1
    print("never")
'''
)
wanted = [
    (2, "unused-import"),
    (4, "no-member"),
    (10, "dangerous-default-value"),
    (10, "missing-function-docstring"),
    (11, "no-member"),
    (11, "undefined-variable"),
    (14, "missing-function-docstring"),
    (15, "unused-variable"),
    (16, "too-many-function-args"),
    (17, "comparison-with-itself"),
    (18, "raising-bad-type"),
    (24, "unreachable"),
]
names = {name for _, name in wanted}
options = ["--rcfile=empty.rc", "--persistent=n", "--jobs=1"]
options += ["--disable=all", "--enable=" + ",".join(names), "--msg-template={line}:{symbol}"]
out = io.StringIO()
Run([*options, "tiny.py"], reporter=TextReporter(out), exit=False)
rows = [line.split(":") for line in out.getvalue().splitlines() if line[:1].isdigit()]
assert sorted((int(line), name) for line, name in rows) == wanted, out.getvalue()
