"""Is the cached bytecode that Python would use of the source that is there?"""

from __future__ import annotations

import os
import stat
import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pytest_venvhealth.checks.compiled import Cached, Judged, ask_target
from pytest_venvhealth.checks.remedy import own_fault
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import Check, Code, Finding, Severity
from pytest_venvhealth.inventory import Distribution
from pytest_venvhealth.manifest import Manifest
from pytest_venvhealth.target_bytecode import COMPARE, HASH, LOAD

_LEVELS = ("", ".opt-1", ".opt-2")
"""The part of a cached file's name that says how it was optimized, by level (PEP 488)."""
_HEADER_BYTES = 16
_HASHED, _CHECKED = 0b01, 0b10
# A code object, as `marshal` marks it: with and without its flag for what is referred to again.
_CODE_MARKS = (b"\xe3", b"\x63")
_MOST_SHOWN = 5
_OR_DELETE = "Deleting the .pyc helps too: Python makes it anew."


def bytecode_findings(
    facts: Facts, found: Distribution, manifest: Manifest, *, recompile: bool, jobs: int
) -> Iterator[Finding]:
    """Yield a finding for each way in which cached files mislead Python.

    Files that Python itself passes over and writes anew are no fault: those of another magic
    number, size, time or checked hash, cut headers, and what cannot be read.

    Args:
        recompile: load every file, compile its source and compare the two.
        jobs: the most interpreters of the target at a time.
    Source: PEP 3147, 488 and 552, and `SourceLoader.get_code` in `importlib`, which reads a header
        alike in Python 3.8 to 3.13.
    """
    judged: list[Judged] = []
    asked: list[Cached] = []
    for each in _cached_files(facts.environment, manifest, recompile=recompile):
        if isinstance(each, Judged):
            judged.append(each)
        else:
            asked.append(each)
    if asked:
        judged += ask_target(facts.environment, asked, jobs=jobs)
    by_word: dict[str, list[Judged]] = defaultdict(list)
    for one in sorted(judged):
        by_word[one.word].append(one)
    yield from _findings(facts, found, by_word)


def _cached_files(
    environment: Environment, manifest: Manifest, *, recompile: bool
) -> Iterator[Cached | Judged]:
    """Yield the cached files that Python would use and that deserve another look.

    Those that are damaged by their first bytes alone come as judged.
    """
    if environment.magic is None:
        return
    for source, pyc, level in cached_of(environment, manifest.entries):
        try:
            status = os.stat(source)
        except OSError:
            continue  # Python looks beside a source that is there
        if stat.S_ISREG(status.st_mode):
            yield from _look(environment.magic, source, status, pyc, level, recompile)


def cached_of(environment: Environment, sources: Iterable[str]) -> Iterator[tuple[str, str, int]]:
    """Yield modules with each cached file that this Python looks at, and its optimization level."""
    if environment.cache_tag is None:
        return
    endings = [f".{environment.cache_tag}{level}.pyc" for level in _LEVELS]
    listed: dict[str, frozenset[str]] = {}
    for source in sources:
        if not source.endswith(".py"):
            continue
        folder, _, name = source.rpartition(os.sep)
        cache = os.path.join(folder, "__pycache__")
        if cache not in listed:
            listed[cache] = _regular_files(cache)
        for level, ending in enumerate(endings):
            if name[:-3] + ending in listed[cache]:
                yield source, os.path.join(cache, name[:-3] + ending), level


def is_current(environment: Environment, source: str, pyc: str) -> bool:
    """Tell whether Python would use a cached file as it is, by the size and time of its source.

    One that is checked by hash is not called current: only the target could tell.
    """
    try:
        with open(pyc, "rb", buffering=0) as file:
            start = file.read(_HEADER_BYTES + 1)
        status = os.stat(source)
    except OSError:
        return False
    if start[:4] != environment.magic or start[4:8] != bytes(4):
        return False
    return start[8:_HEADER_BYTES] == _stamp(status) and start[_HEADER_BYTES:] in _CODE_MARKS


def _stamp(status: os.stat_result) -> bytes:
    """Return the time and size of a source as a header has them: in seconds, each in 32 bits."""
    return struct.pack("<II", int(status.st_mtime) & 0xFFFFFFFF, status.st_size & 0xFFFFFFFF)


def _regular_files(folder: str) -> frozenset[str]:
    """Return the names of the files in a folder; a pipe among them would never end."""
    try:
        with os.scandir(folder) as entries:
            return frozenset(entry.name for entry in entries if entry.is_file())
    except OSError:
        return frozenset()


def _look(
    magic: bytes, source: str, status: os.stat_result, pyc: str, level: int, recompile: bool
) -> Iterator[Cached | Judged]:
    """Judge a cached file by its header and the byte behind it, if Python would use it."""
    try:
        with open(pyc, "rb", buffering=0) as file:
            start = file.read(_HEADER_BYTES + 1)
    except OSError:
        return
    if len(start) < _HEADER_BYTES or start[:4] != magic:
        return
    (flags,) = struct.unpack_from("<I", start, 4)
    if flags & ~(_HASHED | _CHECKED):
        return
    if not flags & _HASHED and start[8:_HEADER_BYTES] != _stamp(status):
        return
    is_code = start[_HEADER_BYTES:] in _CODE_MARKS
    if flags & _HASHED and flags & _CHECKED:
        # Used only if the hash is the source's, which the target must say.
        if recompile or not is_code:
            yield Cached(source, pyc, level, COMPARE if recompile else LOAD)
    elif not is_code:
        reason = "it holds no code" if start[_HEADER_BYTES:] else "it is only a header"
        yield Judged(pyc, "damaged", reason)
    elif recompile:
        yield Cached(source, pyc, level, COMPARE)
    elif flags & _HASHED:
        yield Cached(source, pyc, level, HASH)


def _findings(
    facts: Facts, found: Distribution, by_word: Mapping[str, Sequence[Judged]]
) -> Iterator[Finding]:
    if several := by_word.get("stale"):
        them = "it" if len(several) == 1 else "them"
        summary = f"{_files(found, several)} not made of the source, and Python would use {them}."
        yield _fault(facts, found, Code.BYTECODE_STALE, summary, several)
    if several := by_word.get("damaged"):
        summary = f"{_files(found, several)} damaged: what needs such a module cannot import it."
        yield _fault(facts, found, Code.BYTECODE_DAMAGED, summary, several)
    if several := by_word.get("rearranged"):
        summary = (
            f"{_files(found, several)} of the source in names, constants and statements, not in "
            "their order or lines: another patch release of Python made it, or another source."
        )
        yield _warning(facts, found, summary, several)
    if several := by_word.get("unjudged"):
        summary = f"{_files(found, several)} not compared: the interpreter did not finish."
        yield _warning(facts, found, summary, several)


def _files(found: Distribution, several: Sequence[Judged]) -> str:
    of = f"of {found.name} {found.version}"
    if len(several) == 1:
        return f"1 cached .pyc file {of} is"
    return f"{len(several)} cached .pyc files {of} are"


def _fault(
    facts: Facts, found: Distribution, code: Code, summary: str, several: Sequence[Judged]
) -> Finding:
    paths = [each.pyc for each in several]
    finding = own_fault(facts, found, Check.FILES, code, summary, paths)
    return replace(
        finding,
        remedy=f"{finding.remedy} {_OR_DELETE}",
        evidence=_evidence(facts.environment, several),
    )


def _warning(facts: Facts, found: Distribution, summary: str, several: Sequence[Judged]) -> Finding:
    return replace(
        _fault(facts, found, Code.BYTECODE_STALE, summary, several),
        severity=Severity.WARNING,
        remedy="Delete the .pyc if in doubt: Python makes it anew.",
        root_causes=(),
        repairable=False,
    )


def _evidence(environment: Environment, several: Sequence[Judged]) -> tuple[str, ...]:
    shown = [f"{environment.relative(each.pyc)}: {each.reason}" for each in several[:_MOST_SHOWN]]
    more = len(several) - len(shown)
    return (*shown, f"and {more} more") if more else tuple(shown)
