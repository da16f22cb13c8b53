"""What can go wrong while files move, in words for a person."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from pytest_venvhealth.errors import VenvHealthError

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}


class TransactionError(VenvHealthError):
    """A step of a repair failed; a rollback gives the old state back."""

    def __init__(self, action: str, path: str, reason: str, advice: str) -> None:
        super().__init__(action, path, reason, advice)
        self.action, self.path, self.reason, self.advice = action, path, reason, advice

    def __str__(self) -> str:
        return f"Could not {self.action} {self.path}: {self.reason}. {self.advice}"


class PathRefusedError(TransactionError):
    """A path that a repair must not touch was asked for: nothing was moved."""


class FileInTheWayError(TransactionError):
    """A new file would overwrite one that was not set aside: nothing was moved."""


class RollbackError(TransactionError):
    """A rollback stopped half-way; the journal stays, and the next run goes on with it."""


class UnfinishedTransactionError(VenvHealthError):
    """An earlier repair was cut short, and must be rolled back before another begins."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder

    def __str__(self) -> str:
        return (
            f"{self.folder}: an earlier repair was cut short. Run again: it is rolled back first."
        )


@contextlib.contextmanager
def explained(
    action: str, path: str | os.PathLike[str], kind: type[TransactionError] = TransactionError
) -> Iterator[None]:
    """Turn an `OSError` of the block into a `TransactionError` that says what to do next.

    Args:
        action: what is tried, as a verb: `set aside`.
        path: where, unless the system's own error names a path.
    """
    try:
        yield
    except OSError as error:
        where = error.filename if error.filename is not None else path
        reason = error.strerror or str(error)
        raise kind(action, os.fsdecode(where), reason, advice_for(error)) from error


def advice_for(error: OSError) -> str:
    """Return the sentence that says what a person can do about a system's error."""
    if error.errno in _NO_ROOM:
        return "Free some space on the environment's file system, then run again."
    if error.errno in _NOT_ALLOWED:
        return "Give this user write access there, or run as the environment's owner."
    return "Look at that path, then run again."
