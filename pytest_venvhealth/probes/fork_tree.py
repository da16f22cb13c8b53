"""Fork the processes of a target's probes from others that have imported what they need.

Only a clean pass of such a process counts. Anything else is for the caller to find out in a
process of its own: a fork lacks its parent's threads, and knows what its parent has imported.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from pytest_venvhealth.child_process import Cancellation, await_readable, end_group
from pytest_venvhealth.errors import VenvHealthError
from pytest_venvhealth.probes.process import (
    CancelledError,
    drain,
    kill_marked,
    processor_seconds,
    uses_more_memory,
)
from pytest_venvhealth.probes.runner import (
    ISOLATED,
    ChildAnswer,
    Outcome,
    Probe,
    ProbeResult,
    failures_in,
    last_lines,
    passed_result,
    paths_written,
    read_answer,
    request_file,
    request_for,
)
from pytest_venvhealth.probes.scratch import Scratch, probe_variables, scratch_folder

_SERVER_SCRIPT = Path(__file__).with_name("fork_server.py")
_LOOK_SECONDS = 0.25
# A process that forks does nothing else: if it does not answer by then it never will.
_ANSWER_SECONDS = 10.0
# A fork that has had no processor for so long waits for something that only its parent had.
_STUCK_SECONDS = 3.0
# And one that has had it for so long, or for half of a probe's time, may turn in circles.
_PATIENCE_SECONDS = 30.0
_OUTPUT_SECONDS = 1.0
# Each keeps two files open here, of the 1024 that a process usually may.
_MOST_HOLDERS = 250


def can_fork() -> bool:
    """Tell whether this system has what watching a grandchild needs: Linux 5.3 or later."""
    if sys.platform != "linux":
        return False
    with contextlib.suppress(OSError):
        os.close(os.pidfd_open(os.getpid()))
        return True
    return False


class _GoneError(Exception):
    """A process that forks others does not answer, or not any more."""


@dataclass(eq=False, kw_only=True, slots=True)
class _Line:
    """Commands to a process that forks others, and its answers: the two FIFOs of `fork_server`."""

    commands: int
    events: int
    folder: Path

    @classmethod
    def opened(cls, above: Path) -> _Line:
        folder = Path(tempfile.mkdtemp(prefix="line-", dir=above))
        for name in ("commands", "events"):
            os.mkfifo(folder / name, 0o600)
        # Neither waits for the other end; whoever reads commands sees their end when we are gone.
        events = os.open(folder / "events", os.O_RDONLY | os.O_NONBLOCK)
        return cls(commands=os.open(folder / "commands", os.O_RDWR), events=events, folder=folder)

    def paths(self) -> dict[str, str]:
        return {name: str(self.folder / name) for name in ("commands", "events")}

    def say(self, command: Mapping[str, object]) -> None:
        os.write(self.commands, (json.dumps(command) + "\n").encode("ascii"))

    def hear(self, seconds: float, process: int | None = None) -> Any:
        """Return what it says next.

        Args:
            process: the process's own descriptor, as long as it may end without a word.

        Raises:
            _GoneError: it has ended, or says nothing in time.
        """
        text = b""
        both = (self.events,) if process is None else (self.events, process)
        while not text.endswith(b"\n"):
            ready = await_readable(both, seconds)
            chunk = os.read(self.events, 1 << 16) if self.events in ready else b""
            if not chunk:
                raise _GoneError
            text += chunk
        return json.loads(text)

    def close(self) -> None:
        os.close(self.commands)
        os.close(self.events)


@dataclass(eq=False, kw_only=True, slots=True)
class _Holder:
    """A process that has imported something and forks others."""

    pid: int
    line: _Line
    parent: _Holder | None
    """Who reaps it; None for the one that this process started."""
    seconds: float = 0.0
    """What its imports took, those of its parents included."""
    network: Mapping[str, None] = field(default_factory=dict)
    """The hosts that its imports tried to reach."""
    folders: tuple[Path, ...] = ()
    """The scratch folders that its imports, and those of its parents, may have remembered."""
    written: tuple[str, ...] = ()
    """The paths outside of its scratch folder that its imports have changed."""
    children: int = 0
    """How many others were forked from it and are there: who else would reap them?"""
    is_needed: bool = True
    is_ending: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, command: Mapping[str, object]) -> dict[str, Any]:
        """Give a command and return the answer.

        Raises:
            _GoneError: there is none.
        """
        with self.lock:
            if self.is_ending:
                raise _GoneError
            self.line.say(command)
            answer: dict[str, Any] = self.line.hear(_ANSWER_SECONDS)
            return answer

    def close(self) -> None:
        with self.lock:
            self.is_ending = True
            self.line.close()


@dataclass(eq=False, kw_only=True, slots=True)
class _Fork:
    """A process that was forked to do one thing."""

    pid: int
    descriptor: int
    parent: _Holder
    started: float
    started_at: int
    """Nanoseconds since the epoch."""
    limit: float
    token: str
    channel: IO[bytes]
    output: bytearray
    scratch: Scratch
    resources: contextlib.ExitStack
    """What is given back when it has done that."""
    folder: contextlib.ExitStack
    """The scratch folder, which goes with the process."""

    def answer(self) -> ChildAnswer:
        self.channel.seek(0)
        return read_answer(self.channel, self.token)


class ForkTree:
    """Processes of one target that have imported distributions, and what is forked from them."""

    def __init__(self, interpreter: Path, *, timeout: float, memory: int | None) -> None:
        """Start nothing yet.

        Args:
            interpreter: the target's.
            timeout: seconds for a probe that names no limit of its own.
            memory: bytes of resident memory that a process may use; None: no limit.
        """
        self._interpreter = interpreter
        self._timeout, self._memory = timeout, memory
        # Held while something is forked, and while what is a stranger is looked for.
        self._lock = threading.Lock()
        self._resources = contextlib.ExitStack()
        self._scratch: Scratch | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._root: _Holder | None = None
        self._holders: dict[str, _Holder] = {}
        self._sessions: set[int] = set()
        """Those of the processes that are to be there."""

    def start(self) -> bool:
        """Start the process that all others are forked from; return whether that worked."""
        try:
            self._start()
        except (OSError, VenvHealthError, _GoneError):
            self.close()
            return False
        return True

    def grow(
        self, probe: Probe, parent: str | None, cancellation: Cancellation | None = None
    ) -> bool:
        """Fork a process that makes a probe's imports and stays; return whether it does.

        Args:
            parent: the distribution whose process it is forked from, None for the first one.

        Raises:
            CancelledError: by `cancellation`; the process is gone then.
        """
        above = self._root if parent is None else self._holders.get(parent)
        if above is None or self._scratch is None or len(self._holders) >= _MOST_HOLDERS:
            return False
        line = _Line.opened(self._scratch.temporary)
        try:
            fork = self._fork(above, probe, "grow", line.paths())
        except (OSError, _GoneError):
            line.close()
            return False
        stays = False
        try:
            if self._await(fork, (line.events, fork.descriptor), cancellation):
                with contextlib.suppress(_GoneError):
                    stays = line.hear(_ANSWER_SECONDS, fork.descriptor)["stays"]
        finally:
            if not stays:
                line.close()
                self._end(fork)
        if stays:
            answer = fork.answer()
            self._holders[probe.name] = _Holder(
                pid=fork.pid,
                line=line,
                parent=above,
                seconds=above.seconds + time.monotonic() - fork.started,
                network={**above.network, **answer.network},
                folders=(*above.folders, fork.scratch.root),
                written=(*above.written, *paths_written(answer, fork.started_at)),
            )
            os.close(fork.descriptor)
            fork.resources.close()
            self._resources.push(fork.folder)
            with self._lock:
                above.children += 1
        return stays

    def run(
        self, probe: Probe, parent: str | None, cancellation: Cancellation | None = None
    ) -> ProbeResult | None:
        """Fork a process that runs a probe and ends; return None unless it passed cleanly.

        Optional modules that failed are told all the same. Its `seconds` are about those of a
        process of its own: they contain the imports of what it was forked from.

        Args:
            parent: the distribution whose process it is forked from, None for the first one.

        Raises:
            CancelledError: by `cancellation`; the process is gone then.
        """
        above = self._root if parent is None else self._holders.get(parent)
        if above is None:
            return None
        try:
            # The import item of a distribution is about its own process, in and out.
            proves = probe.name == parent and not probe.code
            fork = self._fork(above, probe, "run", {"proves": proves})
        except (OSError, _GoneError):
            return None
        ended = False
        try:
            ended = self._await(fork, (fork.descriptor,), cancellation)
        finally:
            answer, status = fork.answer(), self._end(fork)
        passed = answer.verdict.get("outcome") == Outcome.PASSED
        if not (ended and passed and status == 0):
            return None
        lines = last_lines(fork.output.decode("utf-8", "replace"))
        result = passed_result(answer, lines, above.seconds + time.monotonic() - fork.started)
        return replace(
            result,
            import_seconds=above.seconds + result.import_seconds,
            forked_from=parent,
            failures=failures_in(answer, result.seconds),
            network=tuple({**above.network, **answer.network}),
            offline=answer.offline,
            written=(*above.written, *paths_written(answer, fork.started_at)),
        )

    def dismiss(self, name: str) -> None:
        """Let go of the process that has imported a distribution, if there is one.

        It ends when those have ended that were forked from it.
        """
        holder: _Holder | None = self._holders.pop(name, None)
        if holder is not None:
            holder.is_needed = False
        while holder is not None and holder.parent is not None:
            with self._lock:
                if holder.is_needed or holder.children or holder.is_ending:
                    break
                holder.is_ending = True
            self._kill(holder.pid, holder.parent)
            holder.close()
            with self._lock:
                holder.parent.children -= 1
            holder = holder.parent

    def close(self) -> None:
        """End all processes; `start` may start them again."""
        for holder in list(self._holders.values()):
            # All at once; they are reaped one after the other.
            _kill_group(holder.pid)
        for name in reversed(list(self._holders)):
            self.dismiss(name)
        if self._root is not None:
            self._root.close()
            self._root = None
        if self._server is not None:
            self._sessions.discard(self._server.pid)
            end_group(self._server)
            self._server = None
        if self._scratch is not None:
            kill_marked(os.fsencode(self._scratch.temporary))
            self._scratch = None
        self._resources.close()

    def _start(self) -> None:
        """Start the first process.

        Raises:
            OSError: it cannot be started.
            _GoneError: it does not say that it is there.
        """
        self._scratch = scratch = self._resources.enter_context(scratch_folder())
        line = _Line.opened(scratch.temporary)
        with request_file({**line.paths(), "limit": self._timeout}) as request:
            try:
                self._server = subprocess.Popen(
                    [str(self._interpreter), *ISOLATED, str(_SERVER_SCRIPT)],
                    stdin=request,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd=scratch.work,
                    env=probe_variables(scratch, os.environ),
                    start_new_session=True,
                )
            except OSError:
                line.close()
                raise
        pid = self._server.pid
        self._sessions.add(pid)
        self._root = _Holder(pid=pid, line=line, parent=None, folders=(scratch.root,))
        descriptor = os.pidfd_open(pid)
        try:
            line.hear(self._timeout, descriptor)
        finally:
            os.close(descriptor)

    def _fork(
        self, above: _Holder, probe: Probe, command: str, details: Mapping[str, object]
    ) -> _Fork:
        """Have a process forked.

        Raises:
            OSError: there are no more files or processes.
            _GoneError: the process that it was to be forked from is gone.
        """
        limit = self._timeout if probe.timeout is None else probe.timeout
        token = secrets.token_hex(16)
        with contextlib.ExitStack() as folder, contextlib.ExitStack() as resources:
            scratch = folder.enter_context(scratch_folder())
            channel = resources.enter_context(scratch.channel.open("rb"))
            output = resources.enter_context(_collected(scratch.output))
            request = {
                **request_for(probe, scratch, token, limit, known=above.folders),
                "output": str(scratch.output),
                "folder": str(scratch.work),
                "variables": probe_variables(scratch, {}),
            }
            started, started_at = time.monotonic(), time.time_ns()
            with self._lock:
                pid: int = above.ask({command: request, **details})["pid"]
                self._sessions.add(pid)
            return _Fork(
                pid=pid,
                # Whoever has forked it reaps it on our word only: the number is its own till then.
                descriptor=os.pidfd_open(pid),
                parent=above,
                started=started,
                started_at=started_at,
                limit=limit,
                token=token,
                channel=channel,
                output=output,
                scratch=scratch,
                resources=resources.pop_all(),
                folder=folder.pop_all(),
            )

    def _await(
        self, fork: _Fork, descriptors: tuple[int, ...], cancellation: Cancellation | None
    ) -> bool:
        """Return whether one of the descriptors is ready before the process uses too much.

        Raises:
            CancelledError: by `cancellation`.
        """
        patience = min(_PATIENCE_SECONDS, fork.limit / 2)
        used, moved = 0.0, fork.started
        while not await_readable(descriptors, _LOOK_SECONDS, cancellation):
            if cancellation is not None and cancellation.is_set:
                raise CancelledError
            now, used_before = time.monotonic(), used
            used = processor_seconds(fork.pid)
            if used > used_before:
                moved = now
            if now - moved > _STUCK_SECONDS or used > patience or now - fork.started > fork.limit:
                return False
            if self._memory is not None and uses_more_memory(fork.pid, self._memory):
                return False
        return True

    def _end(self, fork: _Fork) -> int | None:
        """End a fork and all that it started; return its status, None where nobody knows."""
        forked = fork.answer().forked
        status = self._kill(fork.pid, fork.parent)
        os.close(fork.descriptor)
        if forked:
            kill_marked(os.fsencode(fork.scratch.temporary))
            with self._lock:
                assert self._scratch is not None
                kill_marked(os.fsencode(self._scratch.temporary), spared=self._sessions)
        fork.resources.close()
        fork.folder.close()
        return status

    def _kill(self, pid: int, parent: _Holder) -> int | None:
        """Kill a process's group, and have it reaped; return its status, None if that fails."""
        _kill_group(pid)
        self._sessions.discard(pid)
        try:
            status: int = parent.ask({"reap": pid})["status"]
        except (OSError, _GoneError):
            return None
        return status


def _kill_group(pid: int) -> None:
    """Kill a process that was forked, and all that did not leave its group."""
    for kill in (os.killpg, os.kill):  # before its first step it has no group of its own
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)


@contextlib.contextmanager
def _collected(path: Path) -> Iterator[bytearray]:
    """Make a FIFO, and collect the end of what is written to it while this is entered."""
    os.mkfifo(path, 0o600)
    reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    # While we could write ourselves, nobody's end is the end.
    writing = os.open(path, os.O_WRONLY)
    os.set_blocking(reading, True)
    output = bytearray()
    reader = threading.Thread(target=drain, args=(os.fdopen(reading, "rb"), output), daemon=True)
    reader.start()
    try:
        yield output
    finally:
        os.close(writing)
        # A process that left its group may still hold it open; nobody waits for that one.
        reader.join(_OUTPUT_SECONDS)
