"""Which running programs use an environment, and go on with its old files after a repair?

On POSIX systems a file that was moved away stays what it was for whoever has it open, so a repair
harms no running program: it only does not reach it.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

_SECONDS = 0.25
_LONGEST_COMMAND = 60
# Python's own options that take their value as a word of its own.
_TAKES_VALUE = {"-W", "-X", "--check-hash-based-pycs"}


@dataclass(frozen=True, kw_only=True, slots=True)
class User:
    """A running program that uses an environment."""

    pid: int
    command: str
    """What it runs, without its arguments: they may be long, and hold secrets."""

    def __str__(self) -> str:
        return (
            f"Process {self.pid} ({self.command}) uses this environment and goes on with the old "
            "files until it is restarted."
        )


def users_of(root: Path, *, run: int | None = None, seconds: float = _SECONDS) -> tuple[User, ...]:
    """Return the programs that use the environment at `root`, as far as this user may see them.

    A program counts that was started by an interpreter or script below the root, or that has mapped
    a library from there into its memory. One that only reads modules of the environment through
    `PYTHONPATH` is not found, and neither is one in another container.

    Args:
        run: the process that a whole run belongs to: it and all that descends from it are left out,
            such as probes and other workers; by default this process.
        seconds: after these the search ends with what was found. Programs are known by how they
            were started first, which takes about 0.1 ms each.
    """
    deadline = time.monotonic() + seconds
    top = os.path.realpath(root)
    ours = {os.getpid(), *_family(os.getpid() if run is None else run)}
    others: list[tuple[psutil.Process, list[str]]] = []
    found: dict[int, User] = {}
    for process in psutil.process_iter():
        if time.monotonic() > deadline:
            break
        with contextlib.suppress(psutil.Error, OSError):  # gone, or another user's
            if process.pid in ours or not (arguments := process.cmdline()):
                continue  # a thread of the kernel has no command line, nor has what is dead
            others.append((process, arguments))
            if _was_started_from(process, arguments[0], top):
                found[process.pid] = User(pid=process.pid, command=shown_command(arguments))
    for process, arguments in others:
        if time.monotonic() > deadline:
            break
        if process.pid not in found and _has_mapped_from(process, top):
            found[process.pid] = User(pid=process.pid, command=shown_command(arguments))
    return tuple(found[pid] for pid in sorted(found))


def shown_command(arguments: Sequence[str]) -> str:
    """Return what a command line runs: program, and script or module of Python's; one short line.

    The arguments of the script are left out.
    """
    words = [os.path.basename(arguments[0]) or arguments[0], *_script(arguments[1:])]
    text = " ".join("".join(char if char.isprintable() else "?" for char in word) for word in words)
    if len(text) <= _LONGEST_COMMAND:
        return text
    return text[: _LONGEST_COMMAND // 2] + "…" + text[1 - _LONGEST_COMMAND // 2 :]


def _script(arguments: Sequence[str]) -> Iterator[str]:
    """Yield what Python was told to run: `-m MODULE`, `-c …`, or a script."""
    rest = iter(arguments)
    for word in rest:
        if word == "-m":
            yield from (word, next(rest, ""))
            return
        if word == "-c":
            yield from (word, "…")
            return
        if word in _TAKES_VALUE:
            next(rest, "")
        elif not word.startswith("-"):
            yield word
            return


def _family(pid: int) -> Iterator[int]:
    """Yield `pid` and all processes below it."""
    yield pid
    with contextlib.suppress(psutil.Error):
        yield from (child.pid for child in psutil.Process(pid).children(recursive=True))


def _was_started_from(process: psutil.Process, program: str, top: str) -> bool:
    """Tell whether the program that was started lies below `top`.

    The name it was started by counts first: a venv's interpreter is a link to its base, where the
    system's own record leads.

    Raises:
        psutil.Error: the process has ended, or is another user's.
    """
    if os.sep not in program:
        # As an activated environment has it: the shell found the name on its PATH.
        program = shutil.which(program, path=process.environ().get("PATH", "")) or ""
    elif not os.path.isabs(program):
        program = os.path.join(process.cwd(), program)
    return _is_below(program, top) or _is_below(process.exe(), top)


def _is_below(path: str, top: str) -> bool:
    folder, name = os.path.split(path)
    return os.path.isabs(path) and os.path.join(_real(folder), name).startswith(top + os.sep)


@functools.lru_cache(maxsize=512)
def _real(folder: str) -> str:
    return os.path.realpath(folder)


def _has_mapped_from(process: psutil.Process, top: str) -> bool:
    """Tell whether the process has a file below `top` in its memory, such as a native extension."""
    if sys.platform == "linux":
        # psutil would read `smaps`, for which the kernel counts every page.
        try:
            return os.fsencode(top + os.sep) in Path(f"/proc/{process.pid}/maps").read_bytes()
        except OSError:
            return False
    try:
        return any(each.path.startswith(top + os.sep) for each in process.memory_maps())
    except (psutil.Error, OSError, AttributeError):  # macOS has none
        return False
