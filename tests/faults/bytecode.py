"""Cached bytecode that Python would use although its source says otherwise."""

from __future__ import annotations

import importlib.util
import os
import py_compile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from faults.stage import Damage, Fault, Stage

_row = partial(Fault, family="bytecode")
_HEADER = 16
_BIRCH = "@lumen/models/birch.py"
OTHER = "class BirchModel:\n    layers = 99\n"


def cached(stage: Stage, source: str) -> Path:
    """Return the path of a source's cached bytecode."""
    return Path(importlib.util.cache_from_source(str(stage.path(source))))


def cache(source: str) -> str:
    """Return it in short form."""
    return importlib.util.cache_from_source(source)


def compiled_from(
    source: str,
    text: str,
    mode: py_compile.PycInvalidationMode = py_compile.PycInvalidationMode.UNCHECKED_HASH,
) -> Damage:
    """Put bytecode of another text into the cache of `source`."""

    def damage(stage: Stage) -> None:
        other = stage.folder / "other.py"
        other.write_text(text)
        py_compile.compile(
            str(other),
            str(cached(stage, source)),
            dfile=str(stage.path(source)),
            doraise=True,
            invalidation_mode=mode,
        )

    return damage


def _forged(source: str, text: str) -> Damage:
    """Put bytecode of another text behind the header that fits the source."""

    def damage(stage: Stage) -> None:
        path = cached(stage, source)
        header = path.read_bytes()[:_HEADER]
        compiled_from(source, text)(stage)
        path.write_bytes(header + path.read_bytes()[_HEADER:])

    return damage


def _checked_forged(stage: Stage) -> None:
    mode = py_compile.PycInvalidationMode.CHECKED_HASH
    compiled_from(_BIRCH, stage.path(_BIRCH).read_text(), mode)(stage)
    path = cached(stage, _BIRCH)
    header = path.read_bytes()[:_HEADER]
    compiled_from(_BIRCH, OTHER, mode)(stage)
    path.write_bytes(header + path.read_bytes()[_HEADER:])


def _body(alter: Callable[[bytes], bytes]) -> Damage:
    def damage(stage: Stage) -> None:
        path = cached(stage, _BIRCH)
        data = path.read_bytes()
        path.write_bytes(data[:_HEADER] + alter(data[_HEADER:]))

    return damage


def _unchecked_of_an_edited_source(stage: Stage) -> None:
    """Freeze the cache as some distributors do, then edit the source: the edit has no effect."""
    path = stage.path(_BIRCH)
    compiled_from(_BIRCH, path.read_text())(stage)
    before = path.stat()
    path.write_text(OTHER)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


BYTECODE_FAULTS = (
    _row(
        name="unchecked-bytecode-of-another-source-is-cached",
        inject=compiled_from(_BIRCH, OTHER),
        code="bytecode-stale",
        distribution="lumen",
        paths=(cache(_BIRCH),),
    ),
    _row(
        name="unchecked-bytecode-outlives-an-edit-of-its-source",
        inject=_unchecked_of_an_edited_source,
        code="bytecode-stale",
        distribution="lumen",
        paths=(cache(_BIRCH),),
    ),
    _row(
        name="bytecode-of-another-source-bears-a-fitting-header",
        inject=_forged(_BIRCH, OTHER),
        code="bytecode-stale",
        distribution="lumen",
        paths=(cache(_BIRCH),),
        options=("--venv-bytecode",),
    ),
    _row(
        name="bytecode-of-another-source-bears-the-fitting-hash",
        inject=_checked_forged,
        code="bytecode-stale",
        distribution="lumen",
        paths=(cache(_BIRCH),),
        options=("--venv-bytecode",),
    ),
    _row(
        name="bytecode-is-cut-behind-a-fitting-header",
        inject=_body(lambda data: data[:20]),
        code="bytecode-damaged",
        distribution="lumen",
        paths=(cache(_BIRCH),),
        options=("--venv-bytecode",),
    ),
    _row(
        name="bytecode-is-zeroed-behind-a-fitting-header",
        inject=_body(lambda data: bytes(len(data))),
        code="bytecode-damaged",
        distribution="lumen",
        paths=(cache(_BIRCH),),
        options=("--venv-bytecode",),
    ),
    _row(
        name="bytecode-ends-behind-a-fitting-header",
        inject=_body(lambda data: b""),
        code="bytecode-damaged",
        distribution="lumen",
        paths=(cache(_BIRCH),),
        options=("--venv-bytecode",),
    ),
)
