"""Run one probe in a child process of the target's interpreter, and say how it ended."""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

from pytest_venvhealth.child_process import Cancellation
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.errors import VenvHealthError
from pytest_venvhealth.probes.process import Ended, kill_marked, run_to_end
from pytest_venvhealth.probes.scratch import Scratch, probe_variables, scratch_folder
from pytest_venvhealth.temporary import temporary_file

_CHILD_SCRIPT = Path(__file__).with_name("child.py")
# Whose frames are no part of what happened.
_OWN_SCRIPTS = frozenset({str(_CHILD_SCRIPT), str(Path(__file__).with_name("watch.py"))})
ISOLATED = ("-I", "-B", "-X", "faulthandler")
"""Options of the target's interpreter."""
_OUTPUT_LINES = 20
_STACK_LINES = 40
_ANSWER_BYTES = 8 * 1024 * 1024
_FIRST_ERROR_STATUS = (
    0x80000000  # of Windows: at and above it are the system's own, such as 0xC0000005
)

# As faulthandler writes them: `  File "…", line 3 in name`.
_STACK_FRAME = re.compile(r'^  File "(?P<file>.*)", line (?P<line>\d+|\?\?\?) in (?P<function>.*)$')
_STACK_HEAD = re.compile(r"^(Current thread|Thread|Stack) .*most recent call first")


class TargetError(VenvHealthError):
    """The target's interpreter could not be started, so no probe can run."""

    def __init__(self, interpreter: Path, reason: str) -> None:
        super().__init__(interpreter, reason)
        self.interpreter, self.reason = interpreter, reason

    def __str__(self) -> str:
        return f"{self.interpreter} does not start: {self.reason}"


class Outcome(StrEnum):
    """How a probe ended."""

    PASSED = "passed"
    IMPORT_ERROR = "import-error"
    ASSERTION = "assertion"
    EXCEPTION = "exception"
    CRASH = "crash"
    """It was killed by a signal, or on Windows by the system."""
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out-of-memory"
    """It used more memory than it may, or was refused what it asked for."""
    EXITED = "exited"
    """It ended without a verdict, or not as its verdict said; also with exit status 0."""
    PROBE_ERROR = "probe-error"
    """A mistake in the probe's own text: it says nothing about the package."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe:
    """Code that uses a distribution inside the target."""

    name: str
    """The distribution's normalized name."""
    imports: tuple[str, ...]
    """Modules that are imported first, one by one."""
    optional: tuple[str, ...] = ()
    """Modules, or `module:attribute`, got after them; one that fails is told, and fails nothing."""
    code: str = ""
    """The script run after them; empty where the imports are the whole probe."""
    origin: str = ""
    """Where the code is written; its tracebacks show this as the file."""
    timeout: float | None = None
    """Seconds; None for the caller's limit."""
    fault: str = ""
    """Why it cannot be run at all, as the rest of a sentence; empty where it can."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """One step of a traceback."""

    file: str
    line: int
    """0 where the file itself could not be loaded."""
    function: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ProbeResult:
    """How a probe ended, and everything that helps to find out why."""

    outcome: Outcome
    exception: str = ""
    """The type's name; empty where no exception came out."""
    message: str = ""
    """The exception's text, or a sentence on how the process ended."""
    frames: tuple[Frame, ...] = ()
    """Of the whole exception chain, the innermost of the outermost exception last; of a crash or
    a time-out the stack it happened in. A file that could not be loaded comes as a frame too."""
    modules: tuple[str, ...] = ()
    """What the exceptions call missing or incomplete, the outermost's first."""
    origins: tuple[str, ...] = ()
    """The files of the modules that lack a name, the outermost exception's first."""
    traceback: tuple[str, ...] = ()
    """The whole chain as Python prints it, the runner's own frames left out."""
    output: tuple[str, ...] = ()
    """The last lines that the child printed; for a crash or a time-out then its Python stack."""
    signal: str | None = None
    """`SIGSEGV`, where a signal ended it."""
    exit_status: int | None = None
    """Where it ended by itself, without a verdict or against it."""
    importing: str | None = None
    """The module that was being imported, where that is known: one of those asked for, or, at a
    crash or a time-out, the innermost one."""
    limit: float | None = None
    """Seconds of a time-out: what it had, not what it and its end took."""
    network: tuple[str, ...] = ()
    """The hosts outside of this machine that it tried to reach, `name` or `address:port`."""
    offline: bool = False
    """The system kept it off the network; else only Python's own calls were refused."""
    written: tuple[str, ...] = ()
    """The paths outside of its scratch folder that it has changed, as far as Python tells."""
    failures: tuple[ProbeResult, ...] = ()
    """How each of the probe's optional modules failed that did; `importing` names the module."""
    import_seconds: float = 0.0
    """Of a probe that passed: what its imports took alone."""
    imported: tuple[str, ...] = ()
    """Of a probe that passed: the top-level modules that were loaded after its imports."""
    loaded: tuple[str, ...] = ()
    """Those that were loaded in the end."""
    forked_from: str | None = None
    """The distribution that had been imported in the process that it was forked from."""
    crash: ProbeResult | None = None
    """How it ended when it was run for the first time, where it was run again after a crash."""
    seconds: float


@dataclass(slots=True)
class ChildAnswer:
    """What the child wrote to the channel."""

    started: bool = False
    importing: str | None = None
    loading: str | None = None
    """The extension module that was loaded last."""
    loading_file: str = ""
    forked: bool = False
    """The probe started processes of its own."""
    network: dict[str, None] = field(default_factory=dict)
    """The hosts that it tried to reach."""
    offline: bool = False
    """It was cut off from the network by the system."""
    writes: dict[str, bool] = field(default_factory=dict)
    """The paths elsewhere that it was about to change, and whether something was there."""
    failed: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    """The optional modules that failed, and how."""
    verdict: Mapping[str, Any] = field(default_factory=dict)


def run_probe(
    probe: Probe,
    environment: Environment,
    *,
    timeout: float,
    memory: int | None = None,
    cancellation: Cancellation | None = None,
) -> ProbeResult:
    """Run `probe` in a child of the target's interpreter and say how it ended.

    A crash or a time-out is a result, not an exception: the caller makes a finding of it.

    Args:
        timeout: seconds of wall time, unless the probe has its own; after it the whole process
            group is killed.
        memory: bytes of resident memory; above it the whole group is killed. None: no limit.

    Raises:
        TargetError: the interpreter could not be started, or ended before the probe began.
        CancelledError: by `cancellation`; the probe is gone then.

    Source: `-I` keeps `PYTHON*` variables, the user's site and the current folder out (Python's
    manual, "Isolated mode"); `-B` keeps bytecode from being written into the target.
    """
    limit = timeout if probe.timeout is None else probe.timeout
    token = secrets.token_hex(16)
    interpreter = environment.interpreter
    command = [str(interpreter), *ISOLATED, str(_CHILD_SCRIPT)]
    started, started_at = time.monotonic(), time.time_ns()
    with (
        scratch_folder() as scratch,
        # Opened before the child runs: it stays readable whatever becomes of the folder.
        scratch.channel.open("rb") as channel,
        scratch.stack.open("rb") as stack,
        request_file(request_for(probe, scratch, token, limit)) as request,
    ):
        try:
            ended = run_to_end(
                command,
                stdin=request,
                cwd=scratch.work,
                env=probe_variables(scratch, os.environ),
                timeout=limit,
                memory=memory,
                cancellation=cancellation,
            )
        except OSError as error:
            raise TargetError(interpreter, error.strerror or str(error)) from error
        answer = read_answer(channel, token)
        if answer.forked:
            kill_marked(os.fsencode(scratch.temporary))
        stack_text = stack.read(_ANSWER_BYTES).decode("utf-8", "replace")
    seconds = time.monotonic() - started
    if not answer.started and not ended.timed_out and not ended.out_of_memory:
        raise TargetError(interpreter, _last_words(ended))
    result = _result(answer, ended, stack_text, environment, limit, seconds)
    failures = [*failures_in(answer, seconds)]
    if answer.importing in probe.optional and result.outcome is not Outcome.PASSED:
        # What was asked for had passed by then.
        failures.append(replace(result, importing=answer.importing))
        result = ProbeResult(outcome=Outcome.PASSED, output=result.output, seconds=seconds)
    return replace(
        result,
        failures=tuple(failures),
        network=tuple(answer.network),
        offline=answer.offline,
        written=paths_written(answer, started_at),
    )


def failures_in(answer: ChildAnswer, seconds: float) -> tuple[ProbeResult, ...]:
    """Return how the optional modules failed that did."""
    return tuple(
        _result_of_verdict(how, (), None, seconds, module) for module, how in answer.failed
    )


def paths_written(answer: ChildAnswer, since: int) -> tuple[str, ...]:
    """Return the paths that were changed, of those that a child was about to change.

    Args:
        since: nanoseconds since the epoch; a change before it is not the child's.
    """
    return tuple(path for path, existed in answer.writes.items() if _changed(path, existed, since))


def _changed(path: str, existed: bool, since: int) -> bool:
    try:
        return os.lstat(path).st_ctime_ns >= since
    except FileNotFoundError:
        return existed
    except (OSError, ValueError):
        return False


def request_for(
    probe: Probe, scratch: Scratch, token: str, limit: float, known: Iterable[Path] = ()
) -> dict[str, object]:
    """Return what a child of the target asks for: see `child.py`.

    Args:
        known: other folders that it may write to, for what it was forked from knows them.
    """
    roots = [scratch.root, *known]
    return {
        "token": token,
        "channel": str(scratch.channel),
        "stack": str(scratch.stack),
        "imports": list(probe.imports),
        "optional": list(probe.optional),
        "code": probe.code,
        "origin": probe.origin or f"<probe {probe.name}>",
        "limit": limit,
        # By both names: the system's own folder for such things may be a link.
        "own_folders": [*map(str, roots), *map(os.path.realpath, roots)],
    }


@contextmanager
def request_file(request: Mapping[str, object]) -> Iterator[IO[bytes]]:
    """Make the file that a script in the target reads its request from, on standard input.

    Raises:
        ScratchError: it cannot be made.
    """
    with temporary_file() as file:
        file.write(json.dumps(request).encode("ascii"))
        file.seek(0)
        yield file


def read_answer(channel: IO[bytes], token: str) -> ChildAnswer:
    """Return what the child said; lines that are no JSON object, or torn, are passed over."""
    answer = ChildAnswer()
    for line in channel.read(_ANSWER_BYTES).splitlines():
        try:
            data = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if not isinstance(data, dict):
            continue
        if data.get("token") == token:
            # The first one: after a verdict the token lies in the file.
            answer.verdict = answer.verdict or data
        elif "started" in data:
            answer.started = True
        elif "forked" in data:
            answer.forked = True
        elif "offline" in data:
            answer.offline = bool(data["offline"])
        elif "writes" in data:
            answer.writes.setdefault(str(data["writes"]), bool(data.get("exists")))
        elif "network" in data:
            answer.network[str(data["network"])] = None
        elif "failed" in data:
            answer.failed.append((data["failed"], data["how"]))
        elif "importing" in data:
            answer.importing = data["importing"]
        elif "loading" in data:
            answer.loading, answer.loading_file = str(data["loading"]), str(data.get("file", ""))
    return answer


def _result(
    answer: ChildAnswer,
    ended: Ended,
    stack_text: str,
    environment: Environment,
    limit: float,
    seconds: float,
) -> ProbeResult:
    """Put verdict, exit status and time limit together."""
    said = None if ended.out_of_memory else answer.verdict.get("outcome")
    lines = last_lines(ended.output)
    if said not in (None, str(Outcome.PASSED), str(Outcome.EXITED)):
        return _result_of_verdict(answer.verdict, lines, None, seconds, answer.importing)
    if said == Outcome.PASSED and ended.status == 0 and not ended.timed_out:
        return passed_result(answer, lines, seconds)
    if ended.out_of_memory:
        return ProbeResult(
            outcome=Outcome.OUT_OF_MEMORY,
            message="used more memory than it may"
            + (f" while importing {answer.importing}" if answer.importing else ""),
            output=lines,
            importing=answer.importing,
            seconds=seconds,
        )
    crashed = not ended.timed_out and _is_crash(ended.status)
    if said == Outcome.EXITED and not ended.timed_out and not crashed:
        return _result_of_verdict(answer.verdict, lines, ended.status, seconds, answer.importing)
    after = " after the probe had passed" if said == Outcome.PASSED else ""
    if not ended.timed_out and not crashed:
        return ProbeResult(
            outcome=Outcome.EXITED,
            message=f"ended with exit status {ended.status}"
            + (after or " before the probe came to its end"),
            output=lines,
            exit_status=ended.status,
            seconds=seconds,
        )
    frames = _stack_frames(stack_text or ended.output)
    importing = None if after else _importing(answer, frames, environment)
    if importing is not None and importing == answer.loading and answer.loading_file:
        frames = (*frames, Frame(file=answer.loading_file, line=0, function="<module>"))
    where = after or (f" while importing {importing}" if importing else "")
    name = _signal_name(ended.status) if crashed else None
    return ProbeResult(
        outcome=Outcome.CRASH if crashed else Outcome.TIMEOUT,
        message=(
            f"killed by {name or hex(ended.status)}{where}"
            if crashed
            else f"did not end within {limit:g} seconds{where}"
        ),
        frames=frames,
        output=lines + _stack_lines(stack_text),
        signal=name,
        exit_status=ended.status if crashed and name is None else None,
        importing=importing,
        limit=None if crashed else limit,
        seconds=seconds,
    )


def passed_result(answer: ChildAnswer, lines: tuple[str, ...], seconds: float) -> ProbeResult:
    """Return the result of a probe that has passed and whose process ended well."""
    return ProbeResult(
        outcome=Outcome.PASSED,
        output=lines,
        import_seconds=answer.verdict["import_seconds"],
        imported=tuple(answer.verdict["imported"]),
        loaded=tuple(answer.verdict["loaded"]),
        seconds=seconds,
    )


def _result_of_verdict(
    verdict: Mapping[str, Any],
    lines: tuple[str, ...],
    exit_status: int | None,
    seconds: float,
    importing: str | None,
) -> ProbeResult:
    """Return the result that the child's own verdict describes."""
    return ProbeResult(
        outcome=Outcome(verdict["outcome"]),
        exception=verdict["exception"],
        message=verdict["message"],
        frames=tuple(
            Frame(file=file, line=line, function=function)
            for file, line, function in verdict["frames"]
        ),
        modules=tuple(verdict["modules"]),
        origins=tuple(verdict["origins"]),
        traceback=tuple(verdict["traceback"]),
        output=lines,
        exit_status=exit_status,
        importing=importing,
        seconds=seconds,
    )


def _is_crash(status: int) -> bool:
    """Tell whether a signal, or Windows itself, ended the process."""
    return status < 0 or status >= _FIRST_ERROR_STATUS


def _signal_name(status: int) -> str | None:
    """Return the signal's name; None on Windows."""
    if status >= 0:
        return None
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"SIG{-status}"


def last_lines(text: str) -> tuple[str, ...]:
    """Return as many of the last lines as a result keeps."""
    return tuple(text.splitlines()[-_OUTPUT_LINES:])


def _last_words(ended: Ended) -> str:
    """Return why the interpreter ended before the probe began, as far as it said so."""
    words = [line.strip() for line in ended.output.splitlines() if line.strip()]
    name = _signal_name(ended.status)
    how = f"killed by {name}" if name else f"ended with exit status {ended.status}"
    return f"{how} before the probe began" + (f": {words[-1]}" if words else "")


def _stack_lines(text: str) -> tuple[str, ...]:
    """Return faulthandler's words without the child script's own frames."""
    lines = [
        line
        for line in text.splitlines()
        if not any(f'"{script}"' in line for script in _OWN_SCRIPTS)
    ]
    return tuple(lines[:_STACK_LINES])


def _stack_frames(text: str) -> tuple[Frame, ...]:
    """Return the frames of the thread that faulthandler calls current, the innermost last.

    Without such a thread those of the main thread, which it writes last.
    """
    threads: list[tuple[str, list[Frame]]] = []
    for line in text.splitlines():
        if _STACK_HEAD.match(line):
            threads.append((line, []))
        elif threads and (match := _STACK_FRAME.match(line)):
            number = int(match["line"]) if match["line"].isdigit() else 0
            frame = Frame(file=match["file"], line=number, function=match["function"])
            if frame.file not in _OWN_SCRIPTS:
                threads[-1][1].insert(0, frame)
    current = [frames for head, frames in threads if head.startswith("Current")]
    chosen = (current or [frames for _, frames in threads])[-1:]
    return tuple(chosen[0]) if chosen else ()


def _importing(
    answer: ChildAnswer, frames: tuple[Frame, ...], environment: Environment
) -> str | None:
    """Return the module whose import was going on, the innermost one that is known.

    An extension module has no frame, so the last one loaded is meant where the import system is
    at work on one. Else the innermost module body on the stack tells, else the child's own word.
    """
    functions = [frame.function for frame in frames[-2:]]
    if functions[-1:] == ["_call_with_frames_removed"]:
        functions.pop()  # the import system's wrapper around native code
    if answer.loading and functions[-1:] in (["create_module"], ["exec_module"]):
        return answer.loading
    bodies = (frame.file for frame in reversed(frames) if frame.function == "<module>")
    folders = [*map(str, environment.site_folders), str(environment.stdlib)]
    return _first_module(bodies, folders) or answer.importing


def _first_module(files: Iterable[str], folders: Iterable[str]) -> str | None:
    """Return the dotted name of the first file that lies in one of the folders."""
    for file in files:
        for folder in folders:
            if file.startswith(folder + os.sep):
                parts = Path(file[len(folder) + 1 :]).with_suffix("").parts
                return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return None
