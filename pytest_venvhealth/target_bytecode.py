"""Run inside the target: is a cached `.pyc` file what its source compiles to?

Standard library only, Python 3.8 and later. Called as
`python -I -S -B -W ignore target_bytecode.py ANSWERS < QUESTIONS`. A question is
`[number, source, pyc, optimize, depth]`, paths as their bytes in Latin-1. Answers are lines
`[number, word, reason]`; before each part that may crash stands what is about to be done.
"""

import contextlib
import dis
import importlib.util
import json
import marshal
import os
import sys
from types import CodeType
from typing import Any, Callable, Iterator, Optional, Tuple

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

HASH, LOAD, COMPARE = range(3)
# Damaged bytecode may ask for sixteen gigabytes in five bytes.
MEMORY_BYTES = 4 << 30

# What a source's operators and statements become. Jumps, and what moves values about, are the
# compiler's choice, and patch releases of one Python choose differently.
_DEEDS = (
    *("BINARY_", "INPLACE_", "UNARY_", "COMPARE_", "IS_", "CONTAINS_"),
    *("BUILD_", "STORE_ATTR", "STORE_GLOBAL", "STORE_NAME", "STORE_SUBSCR", "DELETE_"),
    *("IMPORT_", "LOAD_ASSERTION", "RAISE_", "YIELD_"),
)
_SPOKEN = (
    ("co_name", "name"),
    ("co_argcount", "arguments"),
    ("co_posonlyargcount", "arguments"),
    ("co_kwonlyargcount", "arguments"),
    ("co_flags", "kind"),
    ("co_varnames", "local names"),
    ("co_cellvars", "local names"),
    ("co_freevars", "outer names"),
    ("co_names", "names"),
)
_CHOSEN = ("co_code", "co_exceptiontable", "co_firstlineno")


def examine(
    source: bytes, pyc: bytes, optimize: int, depth: int, announce: Callable[[str], None]
) -> Tuple[str, str]:
    """Return `fine`, `stale`, `damaged`, or `rearranged` (other instructions of equal meaning).

    What Python would not use is fine. The header was read before: only hashes are compared here.
    """
    try:
        with open(pyc, "rb") as file:
            cached = file.read()
        with open(source, "rb") as file:
            text = file.read()
    except OSError:
        return "fine", ""  # gone meanwhile, or a finding of its own
    flags = int.from_bytes(cached[4:8], "little")
    other_hash = flags & 1 and cached[8:16] != importlib.util.source_hash(text)
    if other_hash and flags & 2:
        return "fine", ""
    fresh = None
    if depth == COMPARE and not other_hash:
        announce("compiling")
        fresh = compiled(text, optimize)
    if depth >= LOAD:
        announce("loading")
        try:
            code = marshal.loads(memoryview(cached)[16:])  # noqa: S302 - nothing of it is run
        except Exception as error:  # noqa: BLE001 - garbage raises whatever it meets
            return "damaged", "{}: {}".format(type(error).__name__, error)
        if not isinstance(code, CodeType):
            return "damaged", "it holds no code"
        if fresh is not None and code != fresh:
            try:
                return difference(code, fresh)
            except Exception:  # noqa: BLE001 - code that was never compiled from anything
                return "stale", "its code makes no sense"
    if other_hash:
        return "stale", "it is of another source, by its hash"
    return "fine", ""


def compiled(text: bytes, optimize: int) -> Optional[CodeType]:
    """Return the code of a source; None where this Python cannot compile it."""
    try:
        code = compile(text, "<source>", "exec", dont_inherit=True, optimize=optimize)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
        # Another patch release may: limits on nesting and on long numbers came with some.
        return None
    assert isinstance(code, CodeType)
    return code


def difference(one: CodeType, other: CodeType) -> Tuple[str, str]:
    """Return how two code objects differ; the file's name and positions in it make no difference.

    `==` is stricter, and not equally so in each Python: it compares positions from 3.11 on, and
    finds that no NaN equals another.
    """
    answer = "fine", ""
    pending = [(one, other)]
    while pending:
        left, right = pending.pop()
        where = "of the module" if left.co_name == "<module>" else "in " + right.co_name
        for attribute, word in _SPOKEN:
            if getattr(left, attribute) != getattr(right, attribute):
                return "stale", "other {} {}".format(word, where)
        if [constant(each) for each in left.co_consts] != [
            constant(each) for each in right.co_consts
        ]:
            return "stale", "other constants {}".format(where)
        if set(deeds(left)) != set(deeds(right)):
            return "stale", "other operators or statements {}".format(where)
        if any(getattr(left, name, None) != getattr(right, name, None) for name in _CHOSEN):
            answer = "rearranged", "other instructions {}".format(where)
        pending += [
            pair for pair in zip(left.co_consts, right.co_consts) if isinstance(pair[0], CodeType)
        ]
    return answer


def constant(value: Any) -> Any:
    """Return what tells a constant from every other: `1` is not `True`, and NaN equals NaN."""
    if isinstance(value, CodeType):
        return CodeType, value.co_name
    if isinstance(value, tuple):
        return tuple, tuple(constant(each) for each in value)
    if isinstance(value, frozenset):
        return frozenset, frozenset(constant(each) for each in value)
    return type(value), repr(value) if isinstance(value, (float, complex)) else value


def deeds(code: CodeType) -> Iterator[Tuple[str, Any]]:
    """Yield the operators and the statements that a code object consists of, nested ones apart."""
    for instruction in dis.get_instructions(code):
        if instruction.opname.startswith(_DEEDS):
            yield instruction.opname, instruction.argval


def main() -> None:
    """Answer the questions on standard input, in the file named on the command line."""
    if resource is not None:
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        soft = MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(hard, MEMORY_BYTES)
        with contextlib.suppress(OSError, ValueError):  # not every system has this limit
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    answers = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND)

    def say(number: int, word: str, reason: str = "") -> None:
        os.write(answers, json.dumps([number, word, reason]).encode() + b"\n")

    for number, source, pyc, optimize, depth in json.load(sys.stdin):
        word, reason = examine(
            source.encode("latin-1"),
            pyc.encode("latin-1"),
            optimize,
            depth,
            lambda doing, number=number: say(number, doing),  # type: ignore[misc]
        )
        say(number, word, reason)
    say(-1, "end")


if __name__ == "__main__":
    main()
