"""Run a child process to its end or to its time limit, and leave nothing of it running."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

from pytest_venvhealth.child_process import Cancellation, await_end, end_group

_OUTPUT_BYTES = 64 * 1024
# How long a child that ran out of time gets to write down where it was.
_LAST_WORDS_SECONDS = 1.0
# How often the memory of a child is looked at.
_LOOK_SECONDS = 0.2


class CancelledError(Exception):
    """A child was ended because nobody wants its answer any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """How a child process ended."""

    timed_out: bool
    """It was killed because its time was over; the status is then the kill's."""
    out_of_memory: bool
    """It was killed because it and what it started used too much memory."""
    status: int
    """As `subprocess` has it: the exit status, negative for a signal."""
    output: str
    """The end of what it printed, standard output and standard error as they came."""


def run_to_end(
    command: Sequence[str],
    *,
    stdin: IO[bytes],
    cwd: Path,
    env: Mapping[str, str],
    timeout: float,
    memory: int | None = None,
    cancellation: Cancellation | None = None,
) -> Ended:
    """Run `command` in a session of its own; then, or at the limit, kill all of its group.

    Args:
        stdin: a file at the place where the child shall read on. A pipe could block the writer.
        timeout: seconds of wall time.
        memory: bytes of resident memory, of it and all that it started; None: no limit.

    Raises:
        OSError: it could not be started.
        CancelledError: nobody wants it any more; it is gone.
    """
    process = subprocess.Popen(
        command,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=cwd,
        env=dict(env),
        start_new_session=True,
    )
    assert process.stdout is not None
    output = bytearray()
    reader = threading.Thread(target=drain, args=(process.stdout, output), daemon=True)
    reader.start()
    timed_out = out_of_memory = False
    try:
        out_of_memory = _grows_too_large(process, timeout, memory, cancellation)
        timed_out = not out_of_memory and not await_end(process, 0)
        if cancellation is not None and cancellation.is_set:
            raise CancelledError
        if timed_out and sys.platform != "win32":
            # faulthandler answers this signal with the stacks of all threads, native code or not.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGABRT)
            await_end(process, _LAST_WORDS_SECONDS)
    finally:
        status = end_group(process)
        # A process that left the group may still hold the pipe; nobody waits for it.
        reader.join(_LAST_WORDS_SECONDS)
    return Ended(
        timed_out=timed_out,
        out_of_memory=out_of_memory,
        status=status,
        output=bytes(output).decode("utf-8", "replace"),
    )


def _grows_too_large(
    process: subprocess.Popen[bytes],
    timeout: float,
    memory: int | None,
    cancellation: Cancellation | None,
) -> bool:
    """Return whether it uses too much memory; else when it has ended, or its time, or our wish."""
    deadline = time.monotonic() + timeout
    while (left := deadline - time.monotonic()) > 0:
        ended = await_end(
            process, left if memory is None else min(left, _LOOK_SECONDS), cancellation
        )
        if ended or memory is None or (cancellation is not None and cancellation.is_set):
            return False
        if uses_more_memory(process.pid, memory):
            return True
    return False


def uses_more_memory(pid: int, limit: int) -> bool:
    """Tell whether a process and its descendants have more bytes in memory than `limit`.

    A page that several of them share counts once, where the system tells.
    """
    if sum(map(_resident_bytes, _family(pid))) <= limit:
        return False
    return sum(map(_proportional_bytes, _family(pid))) > limit


def _proportional_bytes(process: psutil.Process) -> int:
    """Return the memory of a process, its share of what it has in common with others included."""
    with contextlib.suppress(OSError, StopIteration, ValueError):
        with open(f"/proc/{process.pid}/smaps_rollup", encoding="ascii") as file:
            line = next(line for line in file if line.startswith("Pss:"))
        return int(line.split()[1]) * 1024
    return _resident_bytes(process)


def _resident_bytes(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.Error):  # it has ended
        return int(process.memory_info().rss)
    return 0


def processor_seconds(pid: int) -> float:
    """Return the time that a process and its descendants have had on a processor."""
    total = 0.0
    for each in _family(pid):
        with contextlib.suppress(psutil.Error):
            times = each.cpu_times()
            total += times.user + times.system
    return total


def _family(pid: int) -> Iterator[psutil.Process]:
    """Yield a process and its descendants."""
    with contextlib.suppress(psutil.Error, OSError):
        process = psutil.Process(pid)
        yield process
        # Where the kernel lists them psutil need not look at every process of the machine.
        lists = list(Path(f"/proc/{pid}/task").glob("*/children"))
        if not lists:
            yield from process.children(recursive=True)
        for file in lists:
            for child in file.read_text().split():
                yield from _family(int(child))


def kill_marked(mark: bytes, *, spared: Collection[int] = ()) -> None:
    """Kill the processes that have `mark` in their environment variables.

    These are the ones that left their group, as a daemon does. Only Linux shows the variables of
    a process; elsewhere nothing is done.

    Args:
        spared: the sessions whose processes are to live.
    """
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # gone, or another user's
            pid = int(folder.name)
            if mark in (folder / "environ").read_bytes() and os.getsid(pid) not in spared:
                os.kill(pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)


def drain(pipe: IO[bytes], output: bytearray) -> None:
    """Read the pipe to its end, and keep the last part: a flood must neither block nor fill us."""
    with pipe:
        while chunk := os.read(pipe.fileno(), _OUTPUT_BYTES):
            output += chunk
            del output[:-_OUTPUT_BYTES]
