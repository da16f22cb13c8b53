"""Move one file so that a kill at any moment leaves it whole, in its old place or its new one.

A rename does that by itself. Where the file system refuses it (another device, a lower layer of an
overlay), the file is copied, and each step of the copy leaves a state that `settle` can read off
the names alone:

1. TARGET's `.part` is written and synced;
2. SOURCE becomes its `.away`;
3. `.part` becomes TARGET: from here on the file counts as moved;
4. `.away` is deleted.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import stat

from pytest_venvhealth.repair.journal import sync_folder

_PREFIX = ".venv-health-"


def move(source: str, target: str) -> None:
    """Move a file or a link to `target`, which must not exist; its folder must.

    Links are moved, never followed. Mode and times are kept.

    Raises:
        OSError: it could not be moved, and is whole in one of the two places.
    """
    try:
        os.rename(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _move_by_copy(source, target)


def copy(source: str, target: str) -> None:
    """Copy one file or link with mode, owner and times; the bytes are on the disk afterwards.

    Raises:
        OSError: it could not be copied, or `target` exists.
    """
    status = os.lstat(source)
    if stat.S_ISLNK(status.st_mode):
        os.symlink(os.readlink(source), target)
    elif stat.S_ISREG(status.st_mode):
        with open(source, "rb") as reader, open(target, "xb") as writer:
            shutil.copyfileobj(reader, writer, 1 << 20)
            writer.flush()
            os.fsync(writer.fileno())
    else:
        raise OSError(errno.ENOTSUP, "this is no plain file and cannot be copied", source)
    with contextlib.suppress(PermissionError):
        os.chown(target, status.st_uid, status.st_gid, follow_symlinks=False)
    shutil.copystat(source, target, follow_symlinks=False)


def settle(source: str, target: str) -> None:
    """End a copy that was cut short, so that of `source` and `target` exactly one is the file.

    Raises:
        OSError: a name could not be changed.
    """
    away, part = _beside(source, "away"), _beside(target, "part")
    if os.path.lexists(away):
        if os.path.lexists(target):
            os.unlink(away)
        else:
            os.rename(away, source)
    if os.path.lexists(part):
        os.unlink(part)


class Settler:
    """`settle` for many files: looks at each folder once, for as a rule no copy was ever made."""

    def __init__(self) -> None:
        self._cut_short: dict[str, bool] = {}

    def settle(self, source: str, target: str) -> None:
        """End a copy between the two that was cut short, in either direction.

        Raises:
            OSError: a name could not be changed.
        """
        if self._has_leftovers(source) or self._has_leftovers(target):
            settle(source, target)
            settle(target, source)

    def _has_leftovers(self, path: str) -> bool:
        folder = os.path.dirname(path)
        if folder not in self._cut_short:
            try:
                names = os.listdir(folder)
            except (FileNotFoundError, NotADirectoryError):
                names = []
            self._cut_short[folder] = any(name.startswith(_PREFIX) for name in names)
        return self._cut_short[folder]


def _move_by_copy(source: str, target: str) -> None:
    away, part = _beside(source, "away"), _beside(target, "part")
    try:
        copy(source, part)
        os.rename(source, away)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(part)
        raise
    os.rename(part, target)
    sync_folder(os.path.dirname(target))
    os.unlink(away)


def _beside(path: str, kind: str) -> str:
    """Return the name that a copy uses beside `path`: short, for `path` may have 255 bytes."""
    folder, name = os.path.split(path)
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:20]
    return os.path.join(folder, f"{_PREFIX}{digest}.{kind}")
