"""What stands in the way of a repair, before its first change: room, closed folders, open files?

A repair that meets these half-way is rolled back. Known beforehand, it need not begin.
"""

from __future__ import annotations

import math
import os
import shutil
import stat
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.environment_files import HEALTH_FOLDER
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.manifest import Entry
from pytest_venvhealth.repair import self_repair
from pytest_venvhealth.repair.plan import Plan, Refusal

# Measured on 1,920 modules of 40 distributions: bytecode has 1.2 times the bytes of its sources.
_BYTECODE_SHARE = 1.3
# The plan, the list of what is set aside and that of what is installed each hold a file's path.
_JOURNAL_BYTES_A_FILE = 600
# What a file system keeps for itself, and what others write meanwhile.
_SPARE_BYTES = 4 * 1024 * 1024
_LAUNCHER_BYTES = 512
_MOST_NAMED = 3
# What Windows maps into a process that uses it, and then lets nobody delete.
_MAPPED = (".pyd", ".dll", ".exe")


def obstructed(plan: Plan, facts: Facts) -> Plan:
    """Return `plan`, with a refusal in place of each step where anything stands in its way."""
    found = tuple(obstacles(plan, facts))
    if not found:
        return plan
    refusals = [
        Refusal(
            distribution=step.distribution,
            version=step.version,
            wheel=step.wheel.filename,
            reason=" ".join(found),
        )
        for step in plan.steps
    ]
    return replace(plan, steps=(), leftovers=(), refusals=(*plan.refusals, *refusals))


def obstacles(plan: Plan, facts: Facts) -> Iterator[str]:
    """Yield a sentence for each thing that would stop the plan half-way: what, where, what to do.

    Nothing is changed to find out.
    """
    if plan.is_empty:
        return
    environment = facts.environment
    moved = [path for step in plan.steps for path in (*step.quarantine, *step.clean)]
    moved += plan.leftovers
    new = [
        entry
        for step in plan.steps
        for path, entry in step.manifest.entries.items()
        if path not in step.reuse
    ]
    launchers = [
        Entry(launcher.path, "", _LAUNCHER_BYTES)
        for step in plan.steps
        for launcher in step.manifest.launchers
    ]
    written = [*new, *launchers]
    yield from closed_folders(environment, moved, [entry.path for entry in written])
    yield from missing_room(environment, moved, written)
    if os.name == "nt":
        yield from open_files(environment, moved)
    steps = [(step.distribution, step.from_version, step.version) for step in plan.steps]
    own = self_repair.obstacle(facts, steps)
    if own is not None:
        yield own


def missing_room(
    environment: Environment, moved: Iterable[str], unpacked: Iterable[Entry]
) -> Iterator[str]:
    """Yield a sentence for each file system with too little room for the new files.

    The new copy lies beside the old one until all is verified, so nothing that is set aside frees
    any room before. Where site-packages is a file system of its own, moves are copies, and are
    counted on both. Quotas, compression, and the copies that an overlay makes of what lies below
    it are not seen: a repair that meets those is rolled back.

    Args:
        moved: absolute paths of what is set aside.
        unpacked: the new files, by their final places.
    """
    home = _nearest_folder(str(environment.root))
    device = {os.stat(home).st_dev: home}
    places: dict[str, str] = {}
    bytes_needed: Counter[str] = Counter()
    files_needed: Counter[str] = Counter()
    block = _block_size(home)

    def place(path: str) -> str:
        """Return a folder that stands for the file system of `path`: home where it is the same."""
        folder = _folder(path)
        if folder not in places:
            there = _nearest_folder(folder)
            places[folder] = device.setdefault(os.stat(there).st_dev, there)
        return places[folder]

    for entry in unpacked:
        size = _rounded(entry.size or 0, block)
        there = place(entry.path)
        bytes_needed[home] += size + _JOURNAL_BYTES_A_FILE
        files_needed[home] += 1
        if there != home:
            bytes_needed[there] += size
            files_needed[there] += 1
        if entry.path.endswith(".py"):
            bytes_needed[there] += _rounded(int((entry.size or 0) * _BYTECODE_SHARE), block)
            files_needed[there] += 1
    files_needed[home] += 2 * len(places)  # the folders, staged and in quarantine
    for path in moved:
        bytes_needed[home] += _JOURNAL_BYTES_A_FILE
        if place(path) != home:
            try:
                bytes_needed[home] += _rounded(os.lstat(path).st_size, block)
            except OSError:
                continue
            files_needed[home] += 1
    for folder in dict.fromkeys((home, *bytes_needed)):
        yield from _too_little(folder, bytes_needed[folder] + _SPARE_BYTES, files_needed[folder])


def closed_folders(
    environment: Environment, moved: Iterable[str], placed: Iterable[str]
) -> Iterator[str]:
    """Yield a sentence where this user cannot rename in, or write to, a folder of the repair.

    A file is moved by the right to its folder, not by its own. In a folder with the sticky bit only
    the owner of the file or of the folder moves it (POSIX, `rename`).

    Args:
        moved: absolute paths of what is set aside.
        placed: absolute paths of the new files.
    """
    moved = list(moved)
    parents = dict.fromkeys(map(_folder, (*moved, *placed)))
    parents[os.path.join(environment.root, HEALTH_FOLDER)] = None
    # A folder that becomes empty is removed, and made again for the new files.
    parents.update((os.path.dirname(folder), None) for folder in _emptied(environment, moved))
    closed: dict[str, list[str]] = {}
    for folder in dict.fromkeys(map(_nearest_folder, parents)):
        reason = _closed(folder)
        if reason is not None:
            closed.setdefault(reason, []).append(folder)
    for reason, several in closed.items():
        advice = "give this user write access there, or run as the environment's owner"
        if reason == _READ_ONLY:
            advice = "mount it writable, or repair where it is kept writable"
        named = _named([environment.relative(folder) for folder in several])
        yield f"Nothing can be written to {named}: {reason}; {advice}."
    bound = list(_bound(moved))
    if bound:
        named = _named([environment.relative(path) for path in bound])
        yield (
            f"Nothing but its owner can move {named}, for the folder has the sticky bit: "
            "run as that owner."
        )


def open_files(
    environment: Environment,
    paths: Iterable[str],
    is_open: Callable[[str], bool] | None = None,
) -> Iterator[str]:
    """Yield a sentence where another process keeps a file open that would have to be moved.

    Args:
        is_open: by default `is_locked`.
    """
    test = is_open or is_locked
    locked = sorted(path for path in paths if test(path))
    if locked:
        named = _named([environment.relative(path) for path in locked])
        yield f"A running program keeps {named} open: end whatever uses it, then run again."


def is_locked(path: str) -> bool:
    """Tell whether Windows would refuse to move or delete a file, because a process has it open.

    Two questions, neither of which changes the file. A rename onto its own name asks for the right
    to delete, which every handle opened without `FILE_SHARE_DELETE` denies, Python's `open` among
    them. A program or library that is loaded may be renamed, yet never deleted, and the old copy
    would stay behind: opening it for writing tells, for Windows denies that for what it has mapped.

    Never run on Windows. What was run, on Linux: that both questions leave a file as it is (bytes,
    inode, times), that links are not followed, and that the second says yes of a running program
    (`ETXTBSY` there).

    Source: Microsoft's `CreateFileW` ("sharing violation"), and CPython's `os.rename`, which is
    `MoveFileExW` without flags.
    """
    if os.path.islink(path) or not os.path.isfile(path):
        return False
    try:
        os.rename(path, path)
        writable = os.access(path, os.W_OK)  # a read-only file can be moved, and not opened
        if writable and path.lower().endswith(_MAPPED):
            os.close(os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0)))
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


_READ_ONLY = "its file system is mounted read-only"
_NO_RIGHT = "this user may not"


def _closed(folder: str) -> str | None:
    """Return why nothing can be written to a folder; None where it can."""
    if hasattr(os, "statvfs"):
        try:
            if os.statvfs(folder).f_flag & os.ST_RDONLY:
                return _READ_ONLY
        except OSError:
            return _NO_RIGHT
    # By the effective user, who will be asked when it is done.
    effective = os.access in os.supports_effective_ids
    allowed = os.access(folder, os.W_OK | os.X_OK, effective_ids=effective)
    return None if allowed else _NO_RIGHT


def _emptied(environment: Environment, moved: Iterable[str]) -> Iterator[str]:
    """Yield the folders that hold nothing but what is moved; not those of the scheme."""
    stay = {str(environment.scheme_folder(name)) for name in ("purelib", "platlib", "scripts")}
    stay |= {str(environment.data), str(environment.root)}
    gone: dict[str, set[str]] = {}
    for path in moved:
        folder, _, name = path.rpartition(os.sep)
        gone.setdefault(folder, set()).add(name)
    pending = sorted(gone, key=len)
    while pending:
        folder = pending.pop()  # the deepest first: it may empty the one above
        try:
            left = set(os.listdir(folder)) - gone[folder]
        except OSError:
            continue
        if not left and folder not in stay:
            yield folder
            above, name = os.path.split(folder)
            if above not in gone:
                pending.append(above)
                pending.sort(key=len)
            gone.setdefault(above, set()).add(name)


def _bound(moved: Iterable[str]) -> Iterator[str]:
    """Yield the files that the sticky bit of their folder keeps this user from moving."""
    if sys.platform == "win32" or os.geteuid() == 0:
        return
    user = os.geteuid()
    sticky: dict[str, bool] = {}
    for path in moved:
        folder = _folder(path)
        try:
            if folder not in sticky:
                status = os.stat(folder)
                sticky[folder] = bool(status.st_mode & stat.S_ISVTX) and status.st_uid != user
            if sticky[folder] and os.lstat(path).st_uid != user:
                yield path
        except OSError:
            continue


def _too_little(folder: str, size: int, files: int) -> Iterator[str]:
    """Yield a sentence where a file system has too little room, or too few free inodes."""
    advice = "make room there, then run again."
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return
    if free < size:
        yield (
            f"The repair needs {_shown(size, up=True)}, and {_shown(free)} are free on the file "
            f"system of {folder}: {advice}"
        )
    if not hasattr(os, "statvfs"):
        return
    status = os.statvfs(folder)
    # Some file systems, such as Btrfs, have no such limit and say 0.
    if status.f_files and status.f_favail < files:
        yield (
            f"The repair needs {files:,} inodes, and {status.f_favail:,} are free on the file "
            f"system of {folder}: delete files there, then run again."
        )


def _block_size(folder: str) -> int:
    return os.statvfs(folder).f_frsize if hasattr(os, "statvfs") else 4096


def _rounded(size: int, block: int) -> int:
    return -(-size // block) * block


def _folder(path: str) -> str:
    """Return the folder of an absolute path; `os.path.dirname` takes four times as long."""
    return path.rpartition(os.sep)[0]


def _nearest_folder(path: str) -> str:
    """Return `path`, or the nearest folder above it that is there."""
    while not os.path.isdir(path):
        above = os.path.dirname(path)
        if above == path:
            break
        path = above
    return path


def _named(paths: list[str]) -> str:
    """Return the first few paths as one phrase, and how many there are besides."""
    shown = ", ".join(paths[:_MOST_NAMED])
    more = len(paths) - _MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def _shown(size: int, *, up: bool = False) -> str:
    """Return a size for people; rounded up where it is a need, so that it is never too small."""
    rounded = math.ceil if up else math.floor
    for unit, factor in (("GB", 10**9), ("MB", 10**6)):
        if size >= factor:
            return f"{rounded(size / factor * 10) / 10:,} {unit}"
    return f"{rounded(size / 1000)} kB"
