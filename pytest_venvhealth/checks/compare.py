"""How does a file on disk differ from its entry in the manifest?"""

from __future__ import annotations

import base64
import hashlib
import os
import stat
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from pytest_venvhealth.checks.hashed import Hashed
from pytest_venvhealth.findings import Code
from pytest_venvhealth.manifest import Entry
from pytest_venvhealth.record import encoded_hash

_SEVERAL = 64
"""From this many files on, or from one that is large, threads pay."""
_LARGE = 1 << 18
"""Bytes that are read at once; what is larger is read piece by piece."""
_BINARY = getattr(os, "O_BINARY", 0)

Difference = tuple[Entry, Code, str | None]
"""An entry, how its file differs, and the hash of what is there instead where it was read."""


def differences(
    entries: Iterable[Entry], jobs: int, hashed: Hashed | None = None
) -> Iterator[Difference]:
    """Yield each entry that differs, sorted by path.

    Args:
        jobs: how many threads hash.
        hashed: what this run has read already; None: every file is read.
    """
    # By expected size: what is there instead is seldom much larger.
    waiting = deque(sorted(entries, key=_expected_size))
    found: list[Difference] = []

    def work(take: Callable[[], Entry]) -> None:
        while True:
            try:
                entry = take()
            except IndexError:
                return
            code, actual = compare(entry, hashed)
            if code is not None:
                found.append((entry, code, actual))

    large = sum(1 for entry in waiting if _expected_size(entry) > _LARGE)
    helpers = min(jobs - 1, max(large, len(waiting) // _SEVERAL))
    if helpers < 1:
        work(waiting.popleft)
    else:
        # Small files cost mostly Python's own time, which threads cannot share; while a large one
        # is hashed, other threads run. So one thread begins at the small end, the others at the
        # large one: they hinder each other least, and nobody is left alone with a large file.
        with ThreadPoolExecutor(helpers) as pool:
            others = [pool.submit(work, waiting.pop) for _ in range(helpers)]
            try:
                work(waiting.popleft)
            finally:
                waiting.clear()  # an interrupted run does not wait for gigabytes
            for other in others:
                other.result()
    yield from sorted(found)


def _expected_size(entry: Entry) -> int:
    return entry.size or 0


def compare(entry: Entry, hashed: Hashed | None = None) -> tuple[Code | None, str | None]:
    """Return how the file on disk differs (None: it does not), and its hash where it was read."""
    try:
        status = os.lstat(entry.path)
        linked = stat.S_ISLNK(status.st_mode)
        if linked:
            status = os.stat(entry.path)
    except (FileNotFoundError, NotADirectoryError):
        return Code.FILE_MISSING, None
    except OSError:
        return Code.FILE_UNREADABLE, None
    if not stat.S_ISREG(status.st_mode):
        # An editable installation may be a link to a folder, which has no hash.
        is_link_to_folder = linked and stat.S_ISDIR(status.st_mode) and not entry.hash
        return (None if is_link_to_folder else Code.FILE_TYPE_CHANGED), None
    if entry.hash:
        # The size alone decides nothing: some wheels list a wrong one beside the right hash.
        algorithm, _, expected = entry.hash.partition("=")
        try:
            found = hashed.get(entry.path, algorithm, status) if hashed is not None else None
            if found is None:
                found = _encoded(_digest(entry.path, algorithm, status.st_size))
                if hashed is not None:
                    hashed.keep(entry.path, algorithm, status, found)
            if found != expected:
                actual = f"{algorithm}={found}"
                if not entry.rewritten or _as_in_wheel(entry, algorithm) != entry.hash:
                    return Code.FILE_ALTERED, actual
        except OSError:
            return Code.FILE_UNREADABLE, None
    not_executable = os.name == "posix" and not status.st_mode & 0o111
    if entry.executable and not_executable and _is_program(entry):
        # Many wheels have the bit on every file: only what can be run misses it.
        return Code.FILE_MODE, None
    return (Code.FILE_TYPE_CHANGED if linked else None), None


def _is_program(entry: Entry) -> bool:
    """Tell whether a file with the executable bit is there to be run: a script, or native code."""
    if entry.rewritten:
        return True
    name = os.path.basename(entry.path)
    if "." in name and not name.endswith(".sh"):
        return False
    try:
        with open(entry.path, "rb") as file:
            return file.read(4).startswith((b"#!", b"\x7fELF"))
    except OSError:
        return False


def _digest(path: str, algorithm: str, size: int) -> bytes:
    """Return the hash of a file's contents.

    Args:
        size: what `os.stat` said; where it is no longer true, the file is read to its end.
    Raises:
        OSError: the file cannot be read.
    """
    new = getattr(hashlib, algorithm)
    if size > _LARGE:
        with open(path, "rb", buffering=0) as file:
            return hashlib.file_digest(file, new).digest()
    descriptor = os.open(path, os.O_RDONLY | _BINARY)
    try:
        data = os.read(descriptor, size + 1)
        hasher = new(data)
        if len(data) != size:
            while data:
                data = os.read(descriptor, _LARGE)
                hasher.update(data)
    finally:
        os.close(descriptor)
    digest: bytes = hasher.digest()
    return digest


def _encoded(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _as_in_wheel(entry: Entry, algorithm: str) -> str:
    """Return the hash that a script had before an installer wrote an interpreter into it."""
    with open(entry.path, "rb") as file:
        data = _without_interpreter_line(file.read(), entry.first_line)
    return encoded_hash(hashlib.new(algorithm, data))


def _without_interpreter_line(data: bytes, first_line: bytes) -> bytes:
    """Return a script with the line that its wheel began with.

    Long paths and paths with spaces are started through `/bin/sh`, in three lines.
    """
    head, _, rest = data.partition(b"\n")
    if not head.startswith(b"#!"):
        return data
    if head == b"#!/bin/sh" and rest.startswith(b"'''exec' "):
        rest = rest.partition(b"\n")[2].partition(b"\n")[2]
    return first_line + (b"\r\n" if head.endswith(b"\r") else b"\n") + rest
