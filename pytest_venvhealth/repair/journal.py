"""The journal of one transaction: what it means to do, written down before it is done.

JSON lines, appended and synced. A last line that a kill cut short counts for nothing, for nothing
is done before its line is whole. How far a rollback has come is told by the file's own name
(`journal.undone-2.jsonl`: all from entry 2 on is undone), because a rollback must work on a full
disk, where a rename does and a further line does not.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import stat
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pytest_venvhealth.errors import VenvHealthError

_FILE = "journal{}.jsonl"
_NAME = re.compile(r"journal(?:\.undone-(\d+))?\.jsonl")


class JournalDamagedError(VenvHealthError):
    """The journal of an unfinished repair is lost or unreadable, so nobody can undo it safely."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(folder, reason)
        self.folder, self.reason = folder, reason

    def __str__(self) -> str:
        return (
            f"{self.folder}: the journal of an unfinished repair {self.reason}. Files that it set "
            "aside lie in the folders named quarantine there, at their old paths: move them back "
            "by hand, then delete this folder."
        )


class Journal:
    """The entries of one transaction, in memory and on the disk."""

    def __init__(self, folder: Path, entries: list[dict[str, Any]], undone: int | None) -> None:
        self.folder = folder
        self.entries = entries
        self.undone = undone
        """The index from which on all is undone; None where no rollback has begun."""
        self._size = 0

    @classmethod
    def create(cls, folder: Path, first: Mapping[str, Any]) -> Journal:
        """Begin a journal in `folder` with its first entry.

        Raises:
            OSError: it could not be written.
        """
        journal = cls(folder, [], None)
        journal.append(first)
        sync_folder(folder)
        return journal

    @classmethod
    def read(cls, folder: Path) -> Journal | None:
        """Return the journal in `folder`; None where no whole entry was ever written.

        Raises:
            JournalDamagedError: a line before the last cannot be read.
            OSError: the file cannot be read.
        """
        found = [match for name in os.listdir(folder) if (match := _NAME.fullmatch(name))]
        if not found:
            return None
        undone = found[0].group(1)
        journal = cls(folder, [], None if undone is None else int(undone))
        data = journal.path.read_bytes()
        *lines, _ = data.split(b"\n")
        for number, line in enumerate(lines, 1):
            try:
                entry: Any = json.loads(line)
            except ValueError:
                entry = None
            if not isinstance(entry, dict):
                raise JournalDamagedError(folder, f"cannot be read (line {number})")
            journal.entries.append(entry)
        # What follows the last line break is a line cut short: the next entry takes its place.
        journal._size = sum(len(line) + 1 for line in lines)
        return journal if journal.entries else None

    @property
    def path(self) -> Path:
        """The file, by its present name."""
        mark = "" if self.undone is None else f".undone-{self.undone}"
        return self.folder / _FILE.format(mark)

    def append(self, entry: Mapping[str, Any]) -> None:
        """Write an entry; afterwards it is on the disk.

        Raises:
            OSError: it could not be written, and no part of it counts.
        """
        line = json.dumps(entry).encode() + b"\n"
        descriptor = os.open(self.path, os.O_CREAT | os.O_WRONLY, 0o666)
        try:
            os.ftruncate(descriptor, self._size)
            os.lseek(descriptor, self._size, os.SEEK_SET)
            try:
                _write_all(descriptor, line)
                os.fsync(descriptor)
            except OSError:
                os.ftruncate(descriptor, self._size)
                raise
        finally:
            os.close(descriptor)
        self._size += len(line)
        self.entries.append(dict(entry))

    def mark_undone(self, index: int) -> None:
        """Note that the entries from `index` on are undone.

        Raises:
            OSError: the file could not be renamed.
        """
        after = self.folder / _FILE.format(f".undone-{index}")
        self.path.rename(after)
        self.undone = index
        sync_folder(self.folder)

    def entry(self, key: str, value: str) -> dict[str, Any] | None:
        """Return the last entry whose `key` is `value`."""
        return next((entry for entry in reversed(self.entries) if entry.get(key) == value), None)

    @property
    def is_open(self) -> bool:
        """True while there is something to undo, or a commit to finish."""
        return self.undone != 0 and self.entry("phase", "closed") is None


def append_audit(health: Path, transaction: str, action: str, **details: Any) -> None:
    """Append what was just done to the audit log, which outlives all transactions.

    A log that cannot be written stops nothing: a rollback needs it least when the disk is full.
    """
    line = {"time": now(), "transaction": transaction, "action": action, **details}
    with contextlib.suppress(OSError), (health / "audit.jsonl").open("ab") as file:
        file.write(json.dumps(line).encode() + b"\n")


def now() -> str:
    """Return the time as the journal and the audit log write it: UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def sync_file(path: str) -> None:
    """Make a file's bytes durable.

    Raises:
        OSError: the system could not write them.
    """
    if not stat.S_ISREG(os.lstat(path).st_mode):
        return  # a link is part of its folder, and whoever opens a pipe waits for the other end
    # Windows syncs only what is open for writing.
    flags = os.O_RDWR if os.name == "nt" else os.O_RDONLY
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: str | Path) -> None:
    """Make the names in a folder durable, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
