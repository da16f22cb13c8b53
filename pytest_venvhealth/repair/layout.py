"""Where the parts of a transaction lie, and which folders of an environment it may touch."""

from __future__ import annotations

import os
from collections.abc import Container, Iterable
from dataclasses import dataclass
from pathlib import Path

from pytest_venvhealth.environment_files import HEALTH_FOLDER
from pytest_venvhealth.repair.failures import PathRefusedError

_ADVICE = "Nothing was moved. Look at this path; a repair leaves it to you."


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """The folder of one transaction, and paths as its journal writes them.

    Paths are plain strings here, for a transaction has many thousand.
    """

    root: str
    folder: str
    """`ROOT/.venv-health/transactions/ID`."""

    @classmethod
    def of(cls, folder: Path) -> Layout:
        """Return the layout of the transaction in `folder`."""
        return cls(root=str(folder.parent.parent.parent), folder=str(folder))

    def shorten(self, path: str) -> str:
        """Return `path` relative to the root where it lies inside: so a journal can be moved."""
        return path.removeprefix(self.root + os.sep)

    def absolute(self, path: str) -> str:
        """Return the path that `shorten` made short."""
        return os.path.join(self.root, path)

    def inside(self, path: str) -> str:
        """Return the absolute path of what lies in the transaction's folder."""
        return os.path.join(self.folder, path)

    def shelf(self, label: str, index: int, path: str) -> str:
        """Return where the file at `path` (in its short form) lies once it is set aside.

        Args:
            label: the folder it goes to, such as `quarantine`.
            index: its place in the list, which keeps files from outside the root apart.
        """
        if os.path.isabs(path):
            return os.path.join(
                self.folder, f"{label}-outside", f"{index:05d}", os.path.basename(path)
            )
        return os.path.join(self.folder, label, path)


class Territory:
    """The folders that a transaction may change: the root and the scheme's folders."""

    def __init__(self, root: str, keep: Iterable[str]) -> None:
        self.keep = {root, *keep}
        """These are never removed; a link in the way to one of them is the environment's own."""
        self._health = os.path.join(root, HEALTH_FOLDER)
        self._passed = set(self.keep)

    def check(self, path: str, action: str) -> None:
        """Make sure that `path` may be changed, as far as its name tells.

        Raises:
            PathRefusedError: it may not.
        """
        if not os.path.isabs(path) or path != os.path.normpath(path):
            raise PathRefusedError(action, path, "this is no plain absolute path", _ADVICE)
        if path in self.keep or any(folder.startswith(path + os.sep) for folder in self.keep):
            raise PathRefusedError(action, path, "the environment itself needs it", _ADVICE)
        if path == self._health or path.startswith(self._health + os.sep):
            raise PathRefusedError(action, path, "it belongs to the repair itself", _ADVICE)

    def check_links(self, path: str, action: str, *, known: Container[str] = ()) -> bool:
        """Return True where `path` is reached through no symbolic link of the territory's inside.

        Args:
            known: links that may be in the way; then the answer is False.
        Raises:
            PathRefusedError: another link is in the way, or `path` lies outside of the territory.
        """
        link = self._link_above(path, action)
        if link is not None and link not in known:
            reason = f"it lies behind the symbolic link {link}"
            raise PathRefusedError(action, path, reason, _ADVICE)
        return link is None

    def folders_of(self, path: str) -> list[str]:
        """Return the folders above `path`, nearest first, that may go when they are empty."""
        folders = []
        folder = os.path.dirname(path)
        while folder not in self.keep:
            folders.append(folder)
            folder = os.path.dirname(folder)
        return folders

    def _link_above(self, path: str, action: str) -> str | None:
        """Return the topmost folder of `path` that is a symbolic link, below the territory's own.

        Raises:
            PathRefusedError: `path` lies outside of the territory.
        """
        folders = []
        folder = os.path.dirname(path)
        while folder not in self._passed:
            folders.append(folder)
            above = os.path.dirname(folder)
            if above == folder:
                reason = "it lies outside of the environment's folders"
                raise PathRefusedError(action, path, reason, _ADVICE)
            folder = above
        for folder in reversed(folders):
            if os.path.islink(folder):
                return folder
            self._passed.add(folder)
        return None
