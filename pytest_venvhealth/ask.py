"""Ask a target's interpreter what only it knows, whatever its start-up files do."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

from pytest_venvhealth import target_facts, target_startup
from pytest_venvhealth.child_process import await_end, end_group
from pytest_venvhealth.temporary import temporary_file, temporary_folder

_FACTS_SCRIPT = target_facts.__file__
_STARTUP_SCRIPT = target_startup.__file__
_STDERR_BYTES = 64 * 1024
_LOG_BYTES = 1024 * 1024


class StartupComplaint(NamedTuple):
    """A start-up file that failed, although Python started all the same."""

    source: str
    """The `.pth` file's path, or `sitecustomize` or `usercustomize`."""
    reason: str
    """The end of its traceback."""


class Reply(NamedTuple):
    """What the target's interpreter said of itself."""

    facts: dict[str, Any] | None
    problem: str
    """Why there are no facts."""
    complaints: tuple[StartupComplaint, ...] = ()


class Startup(NamedTuple):
    """What the start-up files did, one after the other."""

    culprits: tuple[str, ...]
    """Absolute paths of the files that keep Python from starting; empty where that stays open."""
    added: Mapping[str, str]
    """Which start-up file put a folder on `sys.path`, by that folder."""


def ask(interpreter: Path, seconds: float, *, without_site_in: Path | None = None) -> Reply:
    """Return the target's facts, or why there are none.

    With `without_site_in` the interpreter of that environment starts without `site`, so that no
    `.pth` file runs.
    """
    # The answer comes back in a file: a `.pth` file may print, and the pipe would be its own. So
    # does what it says of its errors: a process that a `.pth` file starts may hold a pipe open.
    with (
        temporary_folder() as folder,
        temporary_file() as errors,
    ):
        answer = folder / "facts.json"
        # -B: a `.pth` file may import modules of the target, and a look leaves no bytecode there.
        command = [str(interpreter), "-I", "-B", _FACTS_SCRIPT, str(answer)]
        if without_site_in is not None:
            command.insert(2, "-S")
            if (without_site_in / "pyvenv.cfg").is_file():
                command.append(str(without_site_in))
        try:
            status = _run(command, seconds, folder, errors)
        except OSError as error:
            return Reply(None, error.strerror or str(error))
        if status is None:
            return Reply(None, f"it did not answer within {seconds:g} s")
        errors.seek(0)
        lines = errors.read(_STDERR_BYTES).decode("utf-8", "replace").strip().splitlines()
        try:
            facts: dict[str, Any] = json.loads(answer.read_text())
        except (OSError, ValueError):
            ended = f"it was ended by signal {-status}" if status < 0 else f"exit status {status}"
            return Reply(None, _last_error(lines) or ended)
        # A venv's site-packages are gone through twice, and so are its complaints.
        return Reply(facts, "", tuple(dict.fromkeys(_complaints(lines))))


def watch_startup(interpreter: Path, seconds: float) -> Startup:
    """Start the target once more, file by file, and tell which file did what.

    What harms only after all files have run, such as an import hook that hangs, is found by
    starting with each of them alone.

    Args:
        seconds: how long each start may take.
    """
    begun, unfinished, added, started = _watch(interpreter, seconds, None)
    if unfinished:
        return Startup((unfinished[-1],), added)
    if not started:
        for path in begun:
            if not _watch(interpreter, seconds, path)[3]:
                return Startup((path,), added)
    return Startup((), added)


def _watch(
    interpreter: Path, seconds: float, only: str | None
) -> tuple[list[str], list[str], dict[str, str], bool]:
    """Return the files that were begun, those not ended, what they added, and whether it started.

    Args:
        only: the one start-up file to run; None for all.
    """
    with (
        temporary_folder() as folder,
        temporary_file() as errors,
    ):
        log, answer = folder / "startup.log", folder / "facts.json"
        command = [str(interpreter), "-I", "-S", "-B", _STARTUP_SCRIPT]
        command += [str(log), _FACTS_SCRIPT, str(answer), *([only] if only else [])]
        try:
            status = _run(command, seconds, folder, errors)
        except OSError:
            status = None
        started = status is not None and answer.exists()
        begun: list[str] = []
        unfinished: list[str] = []
        added: dict[str, str] = {}
        for kind, path, folders in _events(log):
            if kind == "begin":
                begun.append(path)
                unfinished.append(path)
            elif path in unfinished:
                unfinished.remove(path)
                added.update({each: path for each in folders if each not in added})
    return list(dict.fromkeys(begun)), unfinished, added, started


def _events(log: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Yield what `target_startup.py` wrote down; a line that was cut is left out."""
    try:
        with log.open("rb") as file:
            lines = file.read(_LOG_BYTES).splitlines()
    except OSError:
        return
    for line in lines:
        with contextlib.suppress(ValueError):
            kind, path, folders = json.loads(line)
            yield kind, path, folders


def _run(command: list[str], seconds: float, folder: Path, errors: IO[bytes]) -> int | None:
    """Return how a child process ended; None where it did not end in time.

    Raises:
        OSError: it cannot be started.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=errors,
        cwd=folder,
        start_new_session=True,
    )
    in_time = False
    try:
        in_time = await_end(process, seconds)
    finally:
        status = end_group(process)
    return status if in_time else None


def _last_error(lines: list[str]) -> str:
    """Return the sentence that says why Python ended; empty where it said nothing."""
    said = [line.strip() for line in lines if line.strip() and "<no Python frame>" not in line]
    return said[-1] if said else ""


def _complaints(lines: list[str]) -> Iterator[StartupComplaint]:
    """Yield what `site` printed of each start-up file that failed.

    Source: `addpackage` and `execsitecustomize` in CPython's `Lib/site.py`.
    """
    for number, line in enumerate(lines):
        in_pth = re.match(r"Error processing line \d+ of (?P<source>.+):$", line)
        in_module = re.match(r"Error in (?P<source>(?:site|user)customize);", line)
        if in_pth:
            rest = lines[number + 1 :]
            end = "Remainder of file ignored"
            trace = rest[: rest.index(end)] if end in rest else rest
            reason = next((text.strip() for text in reversed(trace) if text.strip()), "it fails")
            yield StartupComplaint(in_pth["source"], reason)
        elif in_module:
            reason = lines[number + 1].strip() if number + 1 < len(lines) else "it fails"
            yield StartupComplaint(in_module["source"], reason)
