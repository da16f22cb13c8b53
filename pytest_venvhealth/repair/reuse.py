"""Which files of the old copy are what a clean install would bring, and can stay where they are?

A torch with one bad byte has twelve thousand good files: hashing them costs a second, unpacking
them again ten times that. What is hashed here, under the repair's lock, is not moved at all.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Container, Iterable, Iterator, Mapping

from pytest_venvhealth.checks.bytecode import cached_of, is_current
from pytest_venvhealth.checks.compare import differences
from pytest_venvhealth.checks.hashed import Hashed
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.manifest import Entry, Manifest


def reusable_files(
    environment: Environment, manifest: Manifest, *, jobs: int, hashed: Hashed
) -> dict[str, str]:
    """Return the files of `manifest` that are right as they lie there, and their hashes, by path.

    Right are the bytes and the mode of a plain file that is reached through no link, and that no
    installer's cache shares: else damage there would come back here.

    Args:
        jobs: how many threads hash.
        hashed: what this run has read already.
    """
    plain = _PlainFolders(environment)
    mask = _umask()
    candidates = [
        entry
        for entry in manifest.entries.values()
        if entry.hash and not entry.rewritten and _looks_right(entry, mask, plain)
    ]
    wrong = {entry.path for entry, _, _ in differences(candidates, jobs, hashed)}
    return {entry.path: entry.hash for entry in candidates if entry.path not in wrong}


class KeptBytecode:
    """Knows which cached bytecode can stay with a module that stays."""

    def __init__(self, environment: Environment, blamed: Container[str], *, keep: bool) -> None:
        """Look at nothing yet.

        Args:
            blamed: absolute paths that a finding names.
            keep: False where none shall stay.
        """
        self._environment, self._blamed, self._keep = environment, blamed, keep

    def of(self, sources: Iterable[str]) -> dict[str, str]:
        """Return the cached files that stay, each with its module."""
        if not self._keep:
            return {}
        return {
            pyc: source
            for source, pyc in _current_bytecode(self._environment, sources)
            if pyc not in self._blamed
        }


def stale_sources(
    sources: Iterable[str], set_aside: Iterable[str], current: Container[str]
) -> Iterator[str]:
    """Yield the modules that stay, and whose cached bytecode goes: they are compiled anew.

    Args:
        set_aside: absolute paths, cached bytecode among them.
        current: the modules that keep a cached file.
    """
    gone: Mapping[str, set[str]] = _stems_by_folder(set_aside)
    for source in sources:
        folder, name = os.path.split(source)
        if source not in current and name[:-3] in gone.get(os.path.join(folder, "__pycache__"), ()):
            yield source


def _current_bytecode(
    environment: Environment, sources: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Yield each of `sources` that has cached bytecode, with a cached file that was made of it.

    Args:
        sources: absolute paths of modules that stay as they are.
    """
    for source, pyc, _ in cached_of(environment, sources):
        if is_current(environment, source, pyc):
            yield source, pyc


def _stems_by_folder(paths: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in paths:
        if path.endswith(".pyc"):
            folder, name = os.path.split(path)
            found.setdefault(folder, set()).add(name.partition(".")[0])
    return found


def _looks_right(entry: Entry, mask: int, plain: _PlainFolders) -> bool:
    """Tell whether it is a plain file of its own, with the mode of a clean install."""
    try:
        status = os.lstat(entry.path)
    except OSError:
        return False
    if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
        return False
    if os.name == "posix":
        # As installers have it: a new file's mode, and the bit for all where the wheel has it.
        wanted = (0o666 & ~mask) | (0o111 & ~mask if entry.executable else 0)
        if stat.S_IMODE(status.st_mode) != wanted:
            return False
    return os.path.dirname(entry.path) in plain


class _PlainFolders:
    """Knows whether a folder is what its path says, or lies behind a link inside the scheme."""

    def __init__(self, environment: Environment) -> None:
        folders = (*environment.site_folders, environment.headers, environment.data)
        self._tops = {str(folder): os.path.realpath(folder) for folder in folders}
        self._known: dict[str, bool] = {}

    def __contains__(self, folder: object) -> bool:
        text = str(folder)
        if text not in self._known:
            self._known[text] = self._is_plain(text)
        return self._known[text]

    def _is_plain(self, folder: str) -> bool:
        for top, real in self._tops.items():
            if folder == top:
                return True
            if folder.startswith(top + os.sep):
                return os.path.realpath(folder) == os.path.join(real, folder[len(top) + 1 :])
        return False


def _umask() -> int:
    # The only way to ask is to set it. Nothing else of this process makes a file meanwhile.
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
