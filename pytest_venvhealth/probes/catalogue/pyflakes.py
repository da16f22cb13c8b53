# imports: pyflakes, pyflakes.checker, pyflakes.messages, pyflakes.api, pyflakes.reporter
# exercises: messages with their lines: unused imports, undefined and unused names, scopes, format
#   strings, a doctest; the reporter, a syntax error
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
    return f"nothing in it", "%s %s" % (1,)

class Holder:
    name = 1

    def get(self):
        return name

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
    (11, "FStringMissingPlaceholders"),
    (11, "PercentFormatPositionalCountMismatch"),
    (17, "UndefinedName"),
    (19, "UndefinedExport"),
], found

code = 'def f():\n    """\n    >>> nowhere\n    """\n'
(message,) = pyflakes.checker.Checker(ast.parse(code), withDoctest=True).messages
assert (message.lineno, message.message_args) == (3, ("nowhere",)), message

out, err = io.StringIO(), io.StringIO()
reporter = pyflakes.reporter.Reporter(out, err)
assert pyflakes.api.check("import os\n", "tiny.py", reporter) == 1
assert out.getvalue().startswith("tiny.py:1"), out.getvalue()
assert pyflakes.api.check("def f(:\n", "tiny.py", reporter) == 1
assert err.getvalue().startswith("tiny.py:1"), err.getvalue()
