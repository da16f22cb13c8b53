# imports: mypy, mypy.api, mypy.build, mypy.checker
# exercises: a small file checked through the compiled checker and the stubs that come with mypy:
#   wrong arguments, missing attributes, None, generics, revealed types, a dataclass
# versions: >=0.920
import os
import re
from pathlib import Path

from mypy import api

Path("mypy.ini").write_text("[mypy]\n")
Path("tiny.py").write_text(
    """import dataclasses
from typing import List, Optional, TypeVar

T = TypeVar("T")

def first(items: List[T]) -> T:
    return items[0]

def length(text: Optional[str]) -> int:
    return len(text)

def untyped(x):
    return x

@dataclasses.dataclass
class Point:
    x: int
    y: int = 0

reveal_type(first([1, 2]))
reveal_type({"a": [1.5]}.get("a"))
first(3)
"a".no_such_method()
value: int = first(["x"]).upper()
Point(3, z=4)
"""
)
options = ["--config-file=mypy.ini", "--cache-dir=" + os.devnull, "--no-site-packages", "--strict"]
options += ["--show-error-codes", "--no-pretty", "--no-error-summary", "--no-color-output"]
out, err, status = api.run([*options, "tiny.py"])
assert status == 1 and not err, (out, err)
errors = re.findall(r"^tiny\.py:(\d+): error: .*\[([a-z-]+)\]$", out, re.MULTILINE)
assert [(int(line), code) for line, code in errors] == [
    (10, "arg-type"),
    (12, "no-untyped-def"),
    (22, "arg-type"),
    (23, "attr-defined"),
    (24, "assignment"),
    (25, "call-arg"),
], out
notes = re.findall(r"^tiny\.py:(\d+): note: Revealed type is (.*)$", out, re.MULTILINE)
assert [line for line, _ in notes] == ["20", "21"] and "int" in notes[0][1], out
assert "list[" in notes[1][1] and "float" in notes[1][1] and "None" in notes[1][1], out
