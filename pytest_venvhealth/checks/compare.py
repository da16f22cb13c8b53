"""How does a file on disk differ from its entry in the manifest?"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from pytest_venvhealth.findings import Code
from pytest_venvhealth.manifest import Entry
from pytest_venvhealth.record import encoded_hash

_SEVERAL = 64
"""From this many files on, threads pay."""


def differences(entries: Iterable[Entry], jobs: int) -> Iterator[tuple[Entry, Code, str | None]]:
    """Yield each entry that differs, how, and the hash of what is there instead."""
    listed = sorted(entries)
    if jobs > 1 and len(listed) >= _SEVERAL:
        # hashlib lets other threads run while it hashes, and so does the read before it.
        with ThreadPoolExecutor(jobs) as pool:
            answers = list(pool.map(compare, listed, chunksize=32))
    else:
        answers = [compare(entry) for entry in listed]
    for entry, (code, actual) in zip(listed, answers, strict=True):
        if code is not None:
            yield entry, code, actual


def compare(entry: Entry) -> tuple[Code | None, str | None]:
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
        return Code.FILE_TYPE_CHANGED, None
    if entry.hash:
        algorithm = entry.hash.partition("=")[0]
        try:
            actual = hash_file(entry.path, algorithm)
            if actual != entry.hash and entry.rewritten:
                rewritten = hash_file(entry.path, algorithm, first_line=True)
                actual = rewritten if rewritten == entry.hash else actual
        except OSError:
            return Code.FILE_UNREADABLE, None
        if actual != entry.hash:
            return Code.FILE_ALTERED, actual
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


def hash_file(path: str, algorithm: str, *, first_line: bool = False) -> str:
    """Return the file's hash in RECORD's form.

    Args:
        first_line: put the wheel's `#!python` back where an installer wrote an interpreter.
    Raises:
        OSError: the file cannot be read.
    """
    if first_line:
        with open(path, "rb") as file:
            body = _without_interpreter_line(file.read())
        return encoded_hash(hashlib.new(algorithm, body))
    with open(path, "rb", buffering=0) as file:
        return encoded_hash(hashlib.file_digest(file, algorithm))


def _without_interpreter_line(data: bytes) -> bytes:
    """Return a script with the `#!python` line that its wheel had.

    Long paths and paths with spaces are started through `/bin/sh`, in three lines.
    """
    head, _, rest = data.partition(b"\n")
    if not head.startswith(b"#!"):
        return data
    if head == b"#!/bin/sh" and rest.startswith(b"'''exec' "):
        rest = rest.partition(b"\n")[2].partition(b"\n")[2]
    return b"#!python" + (b"\r\n" if head.endswith(b"\r") else b"\n") + rest
