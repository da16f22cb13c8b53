"""Which files were hashed in this very run, and are still the same to `os.stat`?

An item, the plan of a repair and its proof ask for the hashes of the same ten thousand files within
a minute. What is remembered here lives as long as the process and is never written down: to be
right, a file must have been read in this run.
"""

from __future__ import annotations

import os
import time

_SETTLED = 2_000_000_000
"""Nanoseconds. Clocks of file systems tick, FAT's every two seconds: a file that was changed just
now may change once more and look the same."""

_Look = tuple[int, int, int, int, int]


class Hashed:
    """Hashes by path; a file that looks otherwise than when it was read is not known."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[_Look, str]] = {}

    def get(self, path: str, algorithm: str, status: os.stat_result) -> str | None:
        """Return the file's hash in RECORD's encoding; None where it must be read.

        Args:
            status: how the file looks now.
        """
        known = self._known.get((path, algorithm))
        return known[1] if known is not None and known[0] == _look(status) else None

    def keep(self, path: str, algorithm: str, status: os.stat_result, encoded: str) -> None:
        """Remember what was read.

        Args:
            status: how the file looked before it was read.
        """
        # Where ctime is the time of creation (Windows), a change can be hidden from `os.stat`.
        if os.name == "posix" and time.time_ns() - status.st_ctime_ns > _SETTLED:
            self._known[path, algorithm] = _look(status), encoded


def _look(status: os.stat_result) -> _Look:
    return (
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
    )
