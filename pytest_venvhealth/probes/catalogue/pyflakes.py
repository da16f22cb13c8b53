# imports: pyflakes, pyflakes.checker, pyflakes.messages, pyflakes.api, pyflakes.reporter
# exercises: messages with their lines: unused and redefined imports, undefined and unused names,
#   scopes, format strings, doctests; the reporter, a syntax error
# versions: >=2.2
import ast
import io

import pyflakes.api
import pyflakes.checker
import pyflakes.reporter

code = """import os
import sys, json
from typing import List as L

def used(items: L) -> "Missing":
    value = 1
    total = sum(item for item in items)
    return json.dumps(total + item)

def sys():
    global counter
    counter = 1
    return counter, f"nothing in it", "%s %s" % (1,)

class Holder:
    name = 1
    names = [name]

    def get(self):
        return name

try:
    import fast
except ImportError:
    fast = None
if (1, "always"):
    print({"a": 1, "a": 2})
__all__ = ["used", "unknown"]
"""
messages = pyflakes.checker.Checker(ast.parse(code)).messages
found = sorted((message.lineno, type(message).__name__) for message in messages)
assert found == [
    (1, "UnusedImport"),
    (5, "UndefinedName"),
    (6, "UnusedVariable"),
    (8, "UndefinedName"),
    (10, "RedefinedWhileUnused"),
    (13, "FStringMissingPlaceholders"),
    (13, "PercentFormatPositionalCountMismatch"),
    (20, "UndefinedName"),
    (26, "IfTuple"),
    (27, "MultiValueRepeatedKeyLiteral"),
    (27, "MultiValueRepeatedKeyLiteral"),
    (28, "UndefinedExport"),
], found

code = 'def f():\n    """\n    >>> nowhere\n    """\n'
assert pyflakes.checker.Checker(ast.parse(code)).messages == []
messages = pyflakes.checker.Checker(ast.parse(code), withDoctest=True).messages
found = [(message.lineno, message.message_args) for message in messages]
assert found == [(3, ("nowhere",))], found

out, err = io.StringIO(), io.StringIO()
reporter = pyflakes.reporter.Reporter(out, err)
assert pyflakes.api.check("import os\nprint(undefined)\n", "tiny.py", reporter) == 2
assert [line.split(":")[:2] for line in out.getvalue().splitlines()] == [
    ["tiny.py", "1"],
    ["tiny.py", "2"],
]
assert pyflakes.api.check("def f(:\n", "tiny.py", reporter) == 1
assert err.getvalue().startswith("tiny.py:1"), err.getvalue()
