"""Who may use or change an environment now: one repair alone, or any number of probes together.

The lock itself is filelock's `ReadWriteLock`, a lock on a SQLite file: the system frees it when its
holder dies, however it dies, and neither a fork nor a started program inherits it. Two of its traps
are kept shut here. An instance is no lock between threads, so each use makes its own. And a writer
that only polls never gets in while readers overlap (measured), so it waits inside SQLite, which
lets no new reader in meanwhile.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shlex
import socket
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import ReadWriteLock, Timeout

from pytest_venvhealth.environment_files import HEALTH_FOLDER
from pytest_venvhealth.errors import VenvHealthError

_LOCK = "lock"
_HOLDER = "lock.holder.json"
# A wait this short is not worth a word.
_QUIET_SECONDS = 0.25
# While it waits inside SQLite nobody can interrupt it with Ctrl-C.
_SLICE_SECONDS = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Holder:
    """The process that holds an environment for a repair."""

    pid: int
    host: str
    since: str
    """UTC, ISO 8601, in seconds."""
    command: str

    @classmethod
    def this_process(cls) -> Holder:
        """Return the record of the process that runs this code."""
        return cls(
            pid=os.getpid(),
            host=socket.gethostname(),
            since=datetime.now(UTC).isoformat(timespec="seconds"),
            command=shlex.join(sys.argv)[:200],
        )

    def __str__(self) -> str:
        where = "" if self.host == socket.gethostname() else f" on {self.host}"
        command = f" ({self.command})" if self.command else ""
        return f"a repair by process {self.pid}{where}, since {self.since}{command}"


class LockTimeoutError(VenvHealthError):
    """The environment was not free within the time given."""

    def __init__(self, root: Path, timeout: float, holder: str) -> None:
        super().__init__(root, timeout, holder)
        self.root, self.timeout, self.holder = root, timeout, holder

    def __str__(self) -> str:
        return (
            f"{self.root} is in use by {self.holder}, and was not free within {self.timeout:g} "
            "seconds. Wait until that has ended, or end it, then run again."
        )


class ReadOnlyEnvironmentError(VenvHealthError):
    """The environment may be read but not changed."""

    def __init__(self, root: Path, reason: str) -> None:
        super().__init__(root, reason)
        self.root, self.reason = root, reason

    def __str__(self) -> str:
        return (
            f"{self.root} cannot be repaired, for nothing can be written there ({self.reason}). "
            "Give this user write access to it, or run the repair as its owner."
        )


class LockUnusableError(VenvHealthError):
    """The lock file is there, but it cannot be locked."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return (
            f"{self.path} does not work as a lock: {self.reason}. "
            "Make sure that no repair is running, delete this file, and run again."
        )


@contextlib.contextmanager
def environment_lock(
    root: Path,
    *,
    exclusive: bool,
    timeout: float,
    create: bool = False,
    on_wait: Callable[[str], None] | None = None,
) -> Iterator[None]:
    """Hold the environment at `root`, alone for a repair or shared for a probe.

    A shared lock does nothing where none can be taken (a read-only environment), and where none was
    ever taken (no `.venv-health`), so that a mere check leaves no trace. A lock cannot be upgraded:
    a thread that holds it shared and wants it exclusively waits for itself.

    Args:
        timeout: seconds of wall time to wait at most; 0 tries once.
        create: make `.venv-health` for a shared lock too, as a run that may repair needs it.
        on_wait: called once, with a sentence that names the holder, when it has to wait.
    Raises:
        LockTimeoutError: it was not free within `timeout`.
        ReadOnlyEnvironmentError: an exclusive lock in a place where nothing can be written.
        LockUnusableError: the lock file is damaged, or its file system knows no locks.
    """
    folder = root / HEALTH_FOLDER
    if not exclusive and not create and not folder.is_dir():
        yield
        return
    try:
        _make_lock_file(folder)
    except OSError as error:
        if exclusive:
            raise ReadOnlyEnvironmentError(root, error.strerror or str(error)) from error
        yield
        return
    lock = _open(folder)
    try:
        _acquire(lock, root, exclusive=exclusive, timeout=timeout, on_wait=on_wait)
        try:
            if exclusive:
                _write_holder(folder)
            else:
                # No repair can be running now: this is the record of one that was killed.
                _forget_holder(folder)
            yield
        finally:
            if exclusive:
                _forget_holder(folder)
            lock.release()
    finally:
        lock.close()


def current_holder(root: Path) -> Holder | None:
    """Return who says that it holds the environment for a repair; None where nobody does.

    After a kill the record stays until the next lock is taken: ask only while the lock is refused.
    """
    try:
        data = json.loads((root / HEALTH_FOLDER / _HOLDER).read_bytes())
        return Holder(
            pid=int(data["pid"]),
            host=str(data["host"]),
            since=str(data["since"]),
            command=str(data["command"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _make_lock_file(folder: Path) -> None:
    """Make sure that the lock file is there and can be written.

    Raises:
        OSError: it cannot.
    """
    # Not group-writable, whatever the umask: filelock guards a folder that others can write with
    # helper folders of its own, which a killed process would leave behind.
    folder.mkdir(mode=0o755, exist_ok=True)
    if folder.is_symlink():
        raise OSError(errno.ELOOP, f"{folder} is a symbolic link")
    path = folder / _LOCK
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666))
    except FileExistsError:
        # Not opened to find out: closing any descriptor of a file drops the process's locks on it.
        if not os.access(path, os.R_OK | os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path)) from None


def _open(folder: Path) -> ReadWriteLock:
    path = folder / _LOCK
    try:
        return ReadWriteLock(path, is_singleton=False)
    except (OSError, ValueError, sqlite3.Error) as error:
        raise LockUnusableError(path, str(error)) from error


def _acquire(
    lock: ReadWriteLock,
    root: Path,
    *,
    exclusive: bool,
    timeout: float,
    on_wait: Callable[[str], None] | None,
) -> None:
    """Take the lock within `timeout` seconds, in slices, and say once that it waits."""
    acquire = lock.acquire_write if exclusive else lock.acquire_read
    deadline = time.monotonic() + timeout
    pause = _QUIET_SECONDS
    while True:
        left = deadline - time.monotonic()
        try:
            acquire(min(pause, left)) if left > 0 else acquire(blocking=False)
        except Timeout:
            holder = current_holder(root) or "a check or a probe that is still running"
            if left <= pause:
                raise LockTimeoutError(root, timeout, str(holder)) from None
            if on_wait is not None:
                on_wait(f"Waiting for {root}, which is in use by {holder}.")
                on_wait = None
            pause = _SLICE_SECONDS
        except (OSError, ValueError, sqlite3.Error) as error:
            raise LockUnusableError(root / HEALTH_FOLDER / _LOCK, str(error)) from error
        else:
            return


def _write_holder(folder: Path) -> None:
    # Only the waiting sentence needs it: no room for it is no reason to refuse a repair.
    with contextlib.suppress(OSError):
        (folder / _HOLDER).write_text(json.dumps(asdict(Holder.this_process())), "utf-8")


def _forget_holder(folder: Path) -> None:
    with contextlib.suppress(OSError):
        (folder / _HOLDER).unlink()
