"""What the files of a distribution looked like when a full check last found them right.

For `--venv-quick`: files that still look the same are not hashed again. One hash for a whole
distribution stands for the stats of all its files, so that forty thousand files fill a few
kilobytes, and so that nothing in the store can be taken for more than it says.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.manifest import Manifest

_FORM = "venv-health stats 1"
"""Raised where a full check begins to see more: older answers are worth nothing then."""
_SETTLED = 2_000_000_000
"""Nanoseconds. Clocks of file systems tick, FAT's every two seconds: a file that was changed just
now may change once more and look the same."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """How all files of one manifest look to `os.stat`."""

    fingerprint: str
    """Of the environment, the manifest, and each file's size, times, inode, device and mode."""
    newest: int
    """When one of the files was last changed, in nanoseconds since the epoch."""


def look_at(environment: Environment, manifest: Manifest) -> Look | None:
    """Return how a distribution's files look; None where one of them is not there.

    The contents are not read. A change that keeps size and mtime is betrayed by ctime, which no
    program can set, and a replaced file by its inode.
    """
    hasher = hashlib.sha256()
    newest = 0
    try:
        root = os.stat(environment.root)
        head = (_FORM, environment.root, root.st_ino, root.st_dev)
        about = (manifest.source, manifest.name, manifest.version, manifest.dist_info)
        hasher.update(repr((*map(str, head), *about)).encode("utf-8", "surrogateescape"))
        for path, entry in sorted(manifest.entries.items()):
            seen = os.stat(path)
            newest = max(newest, seen.st_mtime_ns, seen.st_ctime_ns)
            hasher.update(
                f"{path}\0{entry.hash}\0{entry.size}\0{entry.executable}\0{entry.rewritten}\0"
                f"{seen.st_size}\0{seen.st_mtime_ns}\0{seen.st_ctime_ns}\0"
                f"{seen.st_ino}\0{seen.st_dev}\0{seen.st_mode}\0".encode("utf-8", "surrogateescape")
            )
    except (OSError, ValueError):
        return None
    return Look(fingerprint=hasher.hexdigest(), newest=newest)


class LastSeen:
    """Fingerprints of what was found right, a small file each in a folder of their own.

    A file a distribution: parallel workers, each with its share, never write the same one, and a
    run that is killed leaves what it had finished. Whatever cannot be read is an answer not known.
    """

    def __init__(self, environment: Environment, folder: Callable[[], Path]) -> None:
        """Write nothing yet.

        Args:
            folder: returns the folder to keep it in, made where need be; may raise OSError.
        """
        self._environment = environment
        self._folder = folder

    def look_at(self, manifest: Manifest) -> Look | None:
        """Return how a distribution's files look now; None where one of them is not there."""
        return look_at(self._environment, manifest)

    def recognizes(self, name: str, look: Look) -> bool:
        """Tell whether the files of `name` look as when a full check last found them right."""
        try:
            with self._path(name).open("rb") as file:
                return file.read(len(_FORM) + 100) == _text(look)
        except OSError:
            return False

    def keep(self, name: str, look: Look, *, started: int) -> bool:
        """Remember that a full check found the files of `name` right; False where it is too early.

        Args:
            look: taken both before and after the check; the two must be equal.
            started: when the check began, in nanoseconds since the epoch.
        """
        if look.newest > started - _SETTLED:
            self.forget(name)
            return False
        try:
            path = self._path(name)
            beside = path.with_name(f"{path.name}.{os.getpid()}")
            path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(_text(look))
            beside.replace(path)
        except OSError:
            self.forget(name)  # a full disk or a read-only folder: the next run hashes again
            return False
        return True

    def forget(self, name: str) -> None:
        """Remember nothing of a distribution, whose next check is a full one."""
        with contextlib.suppress(OSError):
            self._path(name).unlink()

    def _path(self, name: str) -> Path:
        root = str(self._environment.root).encode("utf-8", "surrogateescape")
        return self._folder() / hashlib.sha256(root).hexdigest()[:16] / name


def _text(look: Look) -> bytes:
    return f"{_FORM}\n{look.fingerprint}\n".encode()
