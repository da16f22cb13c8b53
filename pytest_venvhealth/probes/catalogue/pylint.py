# imports: pylint, pylint.lint, pylint.reporters.text
# exercises: messages of several checkers with their lines: inference, types, imports, design,
#   names; a comment that turns one off, the score
# versions: >=2.5
import io
from pathlib import Path

from pylint.lint import Run
from pylint.reporters.text import TextReporter

Path("empty.rc").write_text("[MAIN]\n")
Path("tiny.py").write_text(
    '''"""A tiny module."""
import os
import json

LIMIT = "a".no_such_method()


class Point:
    """A point."""

    def __init__(self, x):
        self.x = x

    def far(self, other=[]):
        return self.y + undefined + len(other)


def build(number):
    unused = 1
    point = Point(number, 2)
    if number == number:
        raise "text"
    return json.dumps(point)


def quiet():  # pylint: disable=missing-function-docstring
    return 1
    print("never")
'''
)
wanted = {
    (2, "unused-import"),
    (5, "no-member"),
    (14, "dangerous-default-value"),
    (14, "missing-function-docstring"),
    (15, "no-member"),
    (15, "undefined-variable"),
    (18, "missing-function-docstring"),
    (19, "unused-variable"),
    (20, "too-many-function-args"),
    (21, "comparison-with-itself"),
    (22, "raising-bad-type"),
    (28, "unreachable"),
}
options = ["--rcfile=empty.rc", "--persistent=n", "--jobs=1", "--score=y", "--reports=n"]
options += ["--disable=all", "--enable=" + ",".join(sorted({name for _, name in wanted}))]
options += ["--msg-template={line}:{symbol}"]
out = io.StringIO()
run = Run([*options, "tiny.py"], reporter=TextReporter(out), exit=False)
rows = [line.split(":") for line in out.getvalue().splitlines() if line[:1].isdigit()]
assert {(int(line), name) for line, name in rows} == wanted and len(rows) == len(wanted), rows
assert run.linter.stats is not None and run.linter.msg_status & 2, run.linter.msg_status

# Of another name: astroid keeps the modules that it has read.
Path("right.py").write_text('"""Nothing wrong."""\n\nVALUE = 1\n')
out = io.StringIO()
run = Run([*options, "right.py"], reporter=TextReporter(out), exit=False)
assert run.linter.msg_status == 0 and "10.00/10" in out.getvalue(), out.getvalue()
