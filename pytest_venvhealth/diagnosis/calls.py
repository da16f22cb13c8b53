"""Does one distribution's text ask for what the other's text cannot give?

Python's message on a wrong call names what was called and not whose it is. Both sides stand in
source files, and only what both of them confirm is believed.
"""

from __future__ import annotations

import ast
import builtins
import os
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pytest_venvhealth.facts import Facts
from pytest_venvhealth.probes.runner import Frame, ProbeResult

_UNEXPECTED = re.compile(
    r"^(?P<called>[\w.]+)\(\) got an unexpected keyword argument '(?P<word>\w+)'"
)
_MISSING = re.compile(
    r"^(?P<called>[\w.]+)\(\) missing \d+ required (?:positional|keyword-only) arguments?: "
    r"(?P<words>'\w+'.*)$"
)
_LACKING = re.compile(r"^'(?P<type>\w+)' object has no attribute '(?P<word>\w+)'")
_NOT_THE_LIBRARY = frozenset({"site-packages", "dist-packages", "test", "tests"})
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, kw_only=True, slots=True)
class _Wish:
    """What a line of the caller asks for, and which definition does not give it."""

    name: str
    """Of the function, method or class, as Python qualifies it: `Client.__init__`."""
    is_asked_by: Callable[[ast.AST], bool]
    """Tells whether a node of the caller's line asks for it, in so many words."""
    is_denied_by: Callable[[ast.AST], bool]
    """Tells whether a definition of that name does not give it."""


def wrong_call(facts: Facts, result: ProbeResult) -> tuple[str, str] | None:
    """Return the pair where one calls the other in a way that this does not know.

    The innermost frame is the caller's: what it asked for never began to run.
    """
    wish = _wish(result)
    caller = result.frames[-1] if wish and result.frames else None
    owners = facts.owners_of_file(caller.file) if caller else ()
    if wish is None or caller is None or len(owners) != 1:
        return None
    tree = _parsed(caller.file)
    if tree is None or not any(wish.is_asked_by(node) for node in _nodes_at(tree, caller)):
        return None
    asked = [
        other
        for other in _within_reach(facts, owners[0], tree)
        if any(map(wish.is_denied_by, _definitions(_sources(facts, other), wish.name)))
    ]
    if len(asked) != 1:
        return None
    # Of the same name elsewhere: nobody knows whose was called.
    seen = {owner for frame in result.frames for owner in facts.owners_of_file(frame.file)}
    elsewhere = [path for other in seen - {asked[0]} for path in _sources(facts, other)]
    others = _definitions((*elsewhere, *_standard_library(facts)), wish.name)
    if any(map(wish.is_denied_by, others)):
        return None
    return owners[0], asked[0]


def _wish(result: ProbeResult) -> _Wish | None:
    """Return what was asked for in vain, by the exception's own word."""
    if result.exception == "TypeError":
        match = _UNEXPECTED.match(result.message)
        if match and _is_qualified(match["called"]):
            return _unexpected(match["called"], match["word"])
        match = _MISSING.match(result.message.partition("\n")[0])
        if match and _is_qualified(match["called"]):
            return _missing(match["called"], re.findall(r"'(\w+)'", match["words"]))
    if result.exception == "AttributeError":
        match = _LACKING.match(result.message)
        if match and not hasattr(builtins, match["type"]):
            return _lacking(match["type"], match["word"])
    return None


def _is_qualified(name: str) -> bool:
    """Tell whether a name says more than `__init__`, which is all that Python 3.9 tells."""
    return not name.startswith("__") and "<" not in name


def _unexpected(called: str, word: str) -> _Wish:
    return _Wish(
        name=called,
        is_asked_by=lambda node: (
            isinstance(node, ast.Call) and any(keyword.arg == word for keyword in node.keywords)
        ),
        is_denied_by=lambda node: (
            isinstance(node, _Function)
            and node.args.kwarg is None
            and word not in _parameters(node)
        ),
    )


def _missing(called: str, words: list[str]) -> _Wish:
    *_, of_class, last = ["", *called.split(".")]
    names = {last, of_class} if last == "__init__" else {last}

    def is_asked_by(node: ast.AST) -> bool:
        if not isinstance(node, ast.Call) or _last_name(node.func) not in names:
            return False
        open_ended = any(isinstance(each, ast.Starred) for each in node.args)
        given = {keyword.arg for keyword in node.keywords}
        return not open_ended and given.isdisjoint({None, *words})

    return _Wish(
        name=called,
        is_asked_by=is_asked_by,
        is_denied_by=lambda node: isinstance(node, _Function) and {*words} <= _parameters(node),
    )


def _lacking(of_type: str, word: str) -> _Wish:
    return _Wish(
        name=of_type,
        is_asked_by=lambda node: isinstance(node, ast.Attribute) and node.attr == word,
        # That it has no such attribute is what Python has just said.
        is_denied_by=lambda node: isinstance(node, ast.ClassDef),
    )


def _parameters(function: _Function) -> set[str]:
    given = function.args
    return {each.arg for each in (*given.args, *given.kwonlyargs)}


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _nodes_at(tree: ast.AST, frame: Frame) -> Iterator[ast.expr]:
    """Yield the expressions that a frame's line is part of."""
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and node.lineno <= frame.line <= (node.end_lineno or 0):
            yield node


def _within_reach(facts: Facts, name: str, tree: ast.AST) -> list[str]:
    """Return the other installed distributions that a file imports or its own one requires."""
    found = set(facts.dependencies.get(name, ()))
    for node in ast.walk(tree):
        modules: list[str] = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules = [node.module]
        for module in modules:
            if module.partition(".")[0] not in facts.environment.stdlib_names:
                found.update(facts.providers(module))
    return sorted(other for other in found - {name} if facts.installed(other) is not None)


def _definitions(files: Iterable[str], name: str) -> Iterator[ast.AST]:
    """Yield the functions or classes of a qualified name."""
    parts = name.split(".")
    words = [re.compile(rf"\b(?:def|class)\s+{part}\b") for part in parts]
    for file in files:
        text = _text(file)
        # Each takes a hundred times as long as the one before: to find text, to match, to parse.
        if all(part in text for part in parts) and all(word.search(text) for word in words):
            yield from _named_so(_parsed(file), parts)


def _named_so(node: ast.AST | None, parts: list[str]) -> Iterator[ast.AST]:
    for inner in ast.iter_child_nodes(node) if node is not None else ():
        if isinstance(inner, _Function | ast.ClassDef):
            if inner.name == parts[0] and len(parts) == 1:
                yield inner
            elif inner.name == parts[0]:
                yield from _named_so(inner, parts[1:])
        elif isinstance(inner, (ast.If, ast.Try, ast.With)):
            yield from _named_so(inner, parts)


def _sources(facts: Facts, name: str) -> list[str]:
    manifest = facts.manifest(name)
    return [path for path in manifest.entries if path.endswith(".py")] if manifest else []


def _standard_library(facts: Facts) -> Iterator[str]:
    for folder, folders, names in os.walk(facts.environment.stdlib):
        folders[:] = [name for name in folders if name not in _NOT_THE_LIBRARY]
        yield from (os.path.join(folder, name) for name in names if name.endswith(".py"))


def _parsed(file: str) -> ast.AST | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a text that is not ours
        try:
            return ast.parse(_text(file))
        except (SyntaxError, ValueError, RecursionError):
            return None


def _text(file: str) -> str:
    try:
        return Path(file).read_text("utf-8", "replace")
    except OSError:
        return ""
