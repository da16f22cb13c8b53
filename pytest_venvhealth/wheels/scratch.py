"""A folder inside the wheelhouse for what is half fetched: one rename away from its place.

Whoever works in it holds a lock, which the system frees when the holder dies, however it dies. So
the next run knows what a killed one has left.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

PREFIX = ".fetch-"
_LOCK = "lock"


@contextlib.contextmanager
def scratch_folder(wheelhouse: Path) -> Iterator[Path]:
    """Make a folder, and delete it with all that is in it at the end of the block.

    Raises:
        OSError: it cannot be made.
    """
    remove_leftovers(wheelhouse)
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=wheelhouse))
        lock = FileLock(folder / _LOCK)
        try:
            lock.acquire(timeout=0)
        except (Timeout, FileNotFoundError, NotADirectoryError):
            continue  # another run took it for a leftover just now
        if (folder / _LOCK).exists():
            break
        lock.release()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()


def leftovers(wheelhouse: Path) -> list[Path]:
    """Return the folders that killed runs have left, sorted: nobody holds them any more."""
    found: list[Path] = []
    for folder in sorted(wheelhouse.glob(f"{PREFIX}*")):
        with _held(folder) as is_ours:
            if is_ours:
                found.append(folder)
    return found


def remove_leftovers(wheelhouse: Path) -> None:
    """Delete what killed runs have left; what cannot be deleted stays."""
    for folder in wheelhouse.glob(f"{PREFIX}*"):
        with _held(folder) as is_ours:
            if is_ours:
                shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[bool]:
    """Hold a scratch folder, if nobody else does."""
    lock = FileLock(folder / _LOCK)
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        yield False
        return
    try:
        yield True
    finally:
        lock.release()
