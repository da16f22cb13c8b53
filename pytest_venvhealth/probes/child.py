"""Run inside the target: import modules, run a probe's text, and say how it ended.

Standard library only, Python 3.8 and later. Started by `runner.py` as `python -I -B child.py`; the
request comes on standard input (see `Request`). Or part of `fork_server.py`, which forks a process
for each request. The answer goes to a file of its own, one JSON object a line: `started`,
`importing`, `loading`, `failed` while it runs, at last a verdict with the token.

Neither what the probe prints nor the exit status decides alone: a probe may print anything, and
native code may end the process with status 0.
"""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import importlib.machinery
import io
import itertools
import json
import linecache
import os
import re
import signal
import sys
import time
import traceback
import types
from collections.abc import Callable

TYPE_CHECKING = False  # `typing` takes as long to import as everything here to compile
if TYPE_CHECKING:
    from typing import Any

    from pytest_venvhealth.probes.watch import Watch

_MAX_LINES = 400
_MAX_TEXT = 20000
_DISCOVERY = "<frozen importlib._bootstrap_external>"
_NO_ATTRIBUTE = re.compile(r"module '([\w.]+)' has no attribute ")
_EXTENSIONS = tuple(importlib.machinery.EXTENSION_SUFFIXES)


def load_beside(name: str) -> types.ModuleType:
    """Return another script of this folder as a module that nobody can import."""
    module = types.ModuleType(name)
    module.__file__ = os.path.join(os.path.dirname(os.path.abspath(__file__)), name + ".py")
    with open(module.__file__, "rb") as file:
        exec(compile(file.read(), module.__file__, "exec"), module.__dict__)  # noqa: S102
    return module


watching = load_beside("watch")
# Whose frames are no part of what happened.
_OWN_FILES = {__file__, watching.__file__}


class Request:
    """What the runner asks for."""

    def __init__(self, data: dict[str, Any]) -> None:
        # Proves that a verdict is this script's; the probe never sees it.
        self.token: str = data["token"]
        # Path of the file that takes the answer.
        self.channel: str = data["channel"]
        # Path of the file that takes the Python stack of a crash.
        self.stack: str = data["stack"]
        # Modules to import first.
        self.imports: list[str] = data["imports"]
        # Modules to import after them; one that fails is told, and ends nothing.
        self.optional: list[str] = data["optional"]
        # The probe's text.
        self.code: str = data["code"]
        # The file name that the text's tracebacks show.
        self.origin: str = data["origin"]
        # Seconds after which nobody waits for this process any more.
        self.limit: float = data["limit"]
        # Folders that it may write to.
        self.own_folders: list[str] = data["own_folders"]


class ProbeTextError(Exception):
    """The probe's own text cannot be compiled; the cause says why."""


def main() -> None:
    """Run the probe of the request, say how it ended, and end the process accordingly."""
    request = Request(read_standard_input())
    prepare_process()
    set_alarm(request.limit)
    _step_behind_a_guard()
    set_alarm(request.limit)  # a fork begins without
    watch = watching.Watch()
    offline = watching.leave_network()
    give_verdict = open_channel(request, watch)
    watch.say({"offline": offline})
    sys.addaudithook(watching.audit_hook(watch))
    # The probe is `__main__`, so that what it defines can be pickled, and this script out of reach.
    own = sys.modules["__main__"]
    run(request, watch, give_verdict)
    # This script's globals must outlive the interpreter's last steps.
    sys.modules["__main__"] = own


def run(request: Request, watch: Watch, give_verdict: Callable[[dict[str, object]], None]) -> None:
    """Do what the request asks for and give the verdict; end the process unless it passed."""
    end, now = os._exit, time.monotonic  # as they are now: the probe may replace them
    started = now()
    try:
        import_modules(request, watch)
        imported, needed = now(), _loaded()
        module = sys.modules["__main__"]
        for name in request.optional:
            watch.say({"importing": name})
            failure = _try_import(name, request.origin, watch)
            if failure is not None:
                watch.say({"failed": name, "how": failure})
        watch.say({"importing": None})
        if request.code:
            _run_code(request.code, request.origin, module)
    except BaseException as error:  # noqa: BLE001 - whatever comes out is the answer
        flush()
        give_verdict(describe(error, request.origin, watch))
        # At once: a thread or an exit handler of a broken package could hang now.
        end(_exit_status(error))
    flush()
    give_verdict(
        {
            "outcome": "passed",
            "import_seconds": imported - started,
            "imported": needed,
            "loaded": _loaded(),
        }
    )


def _loaded() -> list[str]:
    """Return the top-level modules that are loaded."""
    return sorted({str(name).partition(".")[0] for name in list(sys.modules)})


def import_modules(request: Request, watch: Watch) -> None:
    """Import the modules of the request, with an empty `__main__`.

    Raises:
        BaseException: whatever an import raises.
    """
    sys.modules["__main__"] = types.ModuleType("__main__")
    sys.argv = [request.origin]
    for name in request.imports:
        watch.say({"importing": name})
        importlib.import_module(name)


def read_standard_input() -> dict[str, Any]:
    """Return the JSON object that stands there, and leave an empty standard input."""
    with open(0, "rb", closefd=False) as file:
        data: dict[str, Any] = json.loads(file.read())
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    return data


def prepare_process() -> None:
    """Let no core file be written, and nothing be lost in a buffer."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # What was printed before a crash must not stay in a buffer.
            stream.reconfigure(line_buffering=True, errors="backslashreplace")
    try:
        import resource
    except ImportError:
        return  # Windows
    # A crash is an answer here, its core file would be litter.
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def set_alarm(limit: float | None) -> None:
    """Let this process not outlive whoever waits for it, if that one is killed; None: it may."""
    if hasattr(signal, "alarm"):
        signal.alarm(0 if limit is None else int(limit) + 15)


def _step_behind_a_guard() -> None:
    """Go on in a child of this process, which only waits: a probe that kills its parent hits it.

    Without it, that parent would be pytest itself.
    """
    if not hasattr(os, "fork"):
        return  # Windows
    pid = os.fork()
    if not pid:
        return
    # Meant for the probe, and sent to all of the group.
    signal.signal(signal.SIGABRT, signal.SIG_IGN)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        signal.signal(signal.SIGABRT, signal.SIG_DFL)
        faulthandler.disable()
        os.kill(os.getpid(), os.WTERMSIG(status))
    os._exit(os.WEXITSTATUS(status))


def open_channel(request: Request, watch: Watch) -> Callable[[dict[str, object]], None]:
    """Let the watch write to the channel, and return the function that gives the verdict there.

    The token leaves the request and lives on in that function's closure alone.
    """
    token, request.token = request.token, ""
    flags = os.O_WRONLY | os.O_APPEND
    channel = os.open(request.channel, flags)
    stack = os.open(request.stack, flags)
    faulthandler.enable(file=stack, all_threads=True)
    for path in (request.channel, request.stack):
        # Both ends have it open, and the probe shall not find it by its name. (Windows keeps it.)
        with contextlib.suppress(OSError):
            os.unlink(path)
    # As they are now: the probe may replace them.
    owner, getpid, write, dumps = os.getpid(), os.getpid, os.write, json.dumps

    def say(data: dict[str, object]) -> None:
        if getpid() == owner:  # not a fork of the probe's that ran out of the probe's end
            write(channel, (dumps(data) + "\n").encode("ascii"))

    def give_verdict(data: dict[str, object]) -> None:
        say(dict(data, token=token))

    say({"started": owner})
    watch.begin(say, request.own_folders)
    return give_verdict


def _try_import(name: str, origin: str, watch: Watch) -> dict[str, object] | None:
    """Import a module, or get `module:attribute`; return how that failed, None where it did not."""
    try:
        found, _, attributes = name.partition(":")
        value: object = importlib.import_module(found)
        for attribute in filter(None, attributes.split(".")):
            value = getattr(value, attribute)
    except BaseException as error:  # noqa: BLE001 - whatever comes out is the answer
        return describe(error, origin, watch)
    return None


def _run_code(code: str, origin: str, module: types.ModuleType) -> None:
    """Run the probe's text as a script; its lines show in tracebacks though there is no file.

    Raises:
        ProbeTextError: the text cannot be compiled by this Python.
        Exception: whatever the probe raises.
    """
    # An entry without a modification time is one that linecache does not look up on disk.
    linecache.cache[origin] = (len(code), None, code.splitlines(True), origin)
    try:
        compiled = compile(code, origin, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        raise ProbeTextError from error
    exec(compiled, module.__dict__)  # noqa: S102 - to run it is what a probe is for


def flush() -> None:
    """Write out what was printed, if there still is somewhere to write it to."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, OSError, ValueError):
            stream.flush()


def _exit_status(error: BaseException) -> int:
    """Return the exit status for a process that ends with this exception, as Python has it."""
    if not isinstance(error, SystemExit):
        return 1
    if error.code is None:
        return 0
    return error.code & 0xFF if isinstance(error.code, int) else 1


def describe(error: BaseException, origin: str, watch: Watch) -> dict[str, object]:
    """Return the verdict: the outcome, and all that the exception and its chain tell."""
    outcome = _outcome(error, origin)
    if isinstance(error, ProbeTextError) and error.__cause__ is not None:
        error = error.__cause__
        error.__traceback__ = None  # it is this script's only
    chain = _chain(error)
    modules = [_missing_in(link) for link in chain]
    origins = [_origin(link) for link in chain]
    return {
        "outcome": outcome,
        "exception": _text(type(error).__name__),
        "message": _message(error),
        "frames": [
            [_text(file), line, _text(function)]
            for link in reversed(chain)
            for file, line, function in _frames(link, watch)
        ][-_MAX_LINES:],
        "modules": [_text(name) for name in dict.fromkeys(modules) if isinstance(name, str)],
        "origins": [_text(path) for path in dict.fromkeys(origins) if isinstance(path, str)],
        "traceback": _traceback_lines(error),
    }


def _missing_in(error: BaseException) -> object:
    """Return the module that is missing, or lacks a name, by the exception's own word."""
    if isinstance(error, ImportError):
        return error.name
    if isinstance(error, AttributeError):
        module = getattr(error, "obj", None)  # from Python 3.10 on
        if isinstance(module, types.ModuleType):
            return getattr(module, "__name__", None)
        match = _NO_ATTRIBUTE.match(_message(error))
        return match.group(1) if match else None
    return None


def _origin(error: BaseException) -> object:
    """Return the file of the module that lacks a name, where there is one."""
    if isinstance(error, ImportError):
        return error.path
    name = _missing_in(error)
    module = sys.modules.get(name) if isinstance(name, str) else None
    return getattr(module, "__file__", None)


def _outcome(error: BaseException, origin: str) -> str:
    """Return the kind of end that the outermost exception stands for."""
    if isinstance(error, SystemExit):
        return "exited"
    if isinstance(error, ProbeTextError):
        return "probe-error"
    if isinstance(error, MemoryError):
        return "out-of-memory"
    if isinstance(error, ImportError):
        return "import-error"
    if isinstance(error, AssertionError):
        return "assertion"
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    if isinstance(error, NameError) and frames and frames[-1].f_code.co_filename == origin:
        return "probe-error"
    return "exception"


def _chain(error: BaseException) -> list[BaseException]:
    """Return the exception and all that led to it, outermost first.

    A suppressed context (`raise … from None`) counts: the package hides it, it is evidence still.
    """
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        link = waiting.pop(0)
        if not isinstance(link, BaseException) or any(link is other for other in found):
            continue
        found.append(link)
        members = getattr(link, "exceptions", ())  # of an exception group
        waiting += [link.__cause__, link.__context__]
        waiting += members if isinstance(members, tuple) else ()
    return found


def _frames(error: BaseException, watch: Watch) -> list[tuple[str, int, str]]:
    """Return (file, line, function) of each frame, and of the file that could not be loaded."""
    steps = [
        (frame.f_code.co_filename, line or 0, frame.f_code.co_name)
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    steps = list(itertools.compress(steps, _strange_frames([file for file, _, _ in steps])))
    file, line = "", 0
    if isinstance(error, SyntaxError) and error.filename:
        file, line = error.filename, error.lineno or 0
    elif isinstance(error, ImportError):
        # Native code or bytecode that is refused has no frame; the exception names its file.
        if isinstance(error.path, str) and error.path.endswith((".pyc", *_EXTENSIONS)):
            file = error.path
    else:
        file = _damaged_file(error, steps, watch)
    return [*steps, (file, line, "<module>")] if file else steps


def _damaged_file(error: BaseException, steps: list[tuple[str, int, str]], watch: Watch) -> str:
    """Return the damaged source or bytecode file that raised this without being named, else "".

    Source with null bytes is a ValueError, from 3.11.4 on a SyntaxError without a file name;
    bytecode cut short is an EOFError out of the import system's own frames.
    """
    if isinstance(error, (SyntaxError, ValueError)) and "null bytes" in _message(error):
        # Other source may have been read since, to be shown in a traceback.
        try:
            with open(watch.source, "rb") as file:
                return watch.source if b"\0" in file.read() else ""
        except OSError:
            return ""
    return watch.bytecode if steps and steps[-1][0] == _DISCOVERY else ""


def _strange_frames(files: list[str]) -> list[bool]:
    """Return for each frame's file whether it is none of ours.

    Ours are this script's, wherever they are (the audit hook's come last), and those of the import
    that it called.
    """
    strange = []
    importing = False
    for file in files:
        if file in _OWN_FILES:
            importing = True
        elif file != importlib.__file__ and not file.startswith("<frozen importlib."):
            importing = False
        strange.append(not importing)
    if files and files[-1] == _DISCOVERY:
        strange[-1] = True  # tells that the import system itself failed
    return strange


def _message(error: BaseException) -> str:
    """Return the exception's text; a package's own exception may fail to give one."""
    try:
        return _text(str(error))
    except Exception as second:  # noqa: BLE001 - the first error is what matters
        return "<no text: {}>".format(type(second).__name__)


def _traceback_lines(error: BaseException) -> list[str]:
    """Return the whole chain as Python prints it, this script's own frames left out."""
    try:
        report = traceback.TracebackException.from_exception(error)
        _strip(report)
        lines = "".join(report.format()).splitlines()
    except Exception as second:  # noqa: BLE001 - the first error is what matters
        return ["<no traceback: {}>".format(type(second).__name__)]
    return [_text(line) for line in lines[-_MAX_LINES:]]


def _strip(report: traceback.TracebackException) -> None:
    """Take our own frames out of the whole chain."""
    waiting: list[traceback.TracebackException | None] = [report]
    while waiting:
        link = waiting.pop()
        if link is None:
            continue
        strange = _strange_frames([frame.filename for frame in link.stack])
        link.stack[:] = itertools.compress(link.stack, strange)
        waiting += [link.__cause__, link.__context__]
        waiting += getattr(link, "exceptions", None) or ()


def _text(text: str) -> str:
    """Return `text` as every encoding of Unicode can hold it, and not endlessly long."""
    return str(text)[:_MAX_TEXT].encode("utf-8", "backslashreplace").decode("utf-8")


if __name__ == "__main__":
    main()
