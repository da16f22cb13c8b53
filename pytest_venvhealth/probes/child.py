"""Run inside the target: import modules, run a probe's text, and say how it ended.

Standard library only, Python 3.8 and later. Started by `runner.py` as `python -I -B child.py`. The
request comes on standard input as one JSON object:

    token     proves that a verdict is this script's; the probe never sees it
    verdict   path of the file that takes the answer, one JSON object a line
    stack     path of the file that takes the Python stack of a crash
    imports   modules to import first
    code      the probe's text
    origin    the file name that its tracebacks show
    limit     seconds after which nobody waits for this process any more

Neither what the probe prints nor the exit status decides alone: a probe may print anything, and
native code may end the process with status 0.
"""

from __future__ import annotations

import errno
import faulthandler
import importlib
import importlib.machinery
import json
import linecache
import os
import signal
import sys
import traceback
import types

_MAX_FRAMES = 400
_MAX_TEXT = 20000
_LOOPBACK_NAMES = ("", "localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback")


class Watch:
    """What the audit hook saw: the file that the import system loaded last."""

    def __init__(self) -> None:
        self.last_loaded = ""


def main() -> None:
    """Run the probe of the request; end without a verdict where there is none."""
    request = _read_request()
    origin = request["origin"]
    say = _open_channel(request)
    watch = Watch()
    sys.addaudithook(_audit_hook(watch, say))
    for stream in (sys.stdout, sys.stderr):
        # What was printed before a crash must not stay in a buffer.
        stream.reconfigure(line_buffering=True, errors="backslashreplace")  # type: ignore[union-attr]
    module = types.ModuleType("__main__")
    # The probe is `__main__`, so that what it defines can be pickled; this script is out of reach.
    own = sys.modules["__main__"]
    sys.modules["__main__"] = module
    sys.argv = [origin]
    # Kept as they are now: the probe may replace them.
    flush, end = _flush, os._exit
    say({"started": os.getpid()})
    try:
        for name in request["imports"]:
            say({"importing": name})
            importlib.import_module(name)
        say({"importing": None})
        if request["code"]:
            _run_code(request["code"], origin, module)
    except SystemExit as error:
        status = _status_of(error)
        flush()
        say(dict(_describe(error, origin, watch), outcome="exited"), verdict=True)
        end(status)
    except BaseException as error:  # noqa: BLE001 - whatever comes out is the answer
        flush()
        say(_describe(error, origin, watch), verdict=True)
        # At once: a thread or an exit handler of a broken package could hang now.
        end(1)
    flush()
    say({"outcome": "passed"}, verdict=True)
    sys.modules["__main__"] = own


def _read_request() -> dict:  # type: ignore[type-arg] # `dict[str, Any]` needs typing, an import more
    """Return the request, and leave the probe an empty standard input."""
    with open(0, "rb", closefd=False) as file:
        request = json.loads(file.read())
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    if hasattr(signal, "alarm"):
        # A last resort for the case that whoever waits for this process was killed.
        signal.alarm(int(request["limit"]) + 15)
        try:
            import resource

            # A crash is an answer here, its core file would be litter.
            resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
        except (ImportError, OSError, ValueError):
            pass
    return request  # type: ignore[no-any-return]


def _open_channel(request: dict):  # type: ignore[type-arg,no-untyped-def] # as above
    """Return the function that writes to the verdict file: `say(data, verdict=False)`.

    The token leaves the request and lives on in this closure alone.
    """
    token = request.pop("token")
    flags = os.O_WRONLY | os.O_APPEND
    channel = os.open(request["verdict"], flags)
    stack = os.open(request["stack"], flags)
    faulthandler.enable(file=stack, all_threads=True)
    for path in (request["verdict"], request["stack"]):
        try:
            os.unlink(path)  # both ends have it open; the probe shall not find it by its name
        except OSError:
            pass  # Windows keeps a file that is open
    owner, getpid, write, dumps = os.getpid(), os.getpid, os.write, json.dumps

    def say(data, verdict=False):  # type: ignore[no-untyped-def]
        if getpid() != owner:
            return  # a fork of the probe that ran out of the probe's end
        if verdict:
            data = dict(data, token=token)
        write(channel, (dumps(data) + "\n").encode("ascii"))

    return say


def _audit_hook(watch: Watch, say):  # type: ignore[no-untyped-def]
    """Return a hook that keeps the probe off the network and notes what is being loaded."""
    own_name = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
    loopback = _LOOPBACK_NAMES + (own_name,)
    refused = {"socket.connect", "socket.sendto", "socket.sendmsg"}

    def hook(event, args):  # type: ignore[no-untyped-def]
        if event == "compile":
            if isinstance(args[1], str) and os.sep in args[1]:
                watch.last_loaded = args[1]
        elif event == "open":
            if isinstance(args[0], str) and args[0].endswith(".pyc"):
                watch.last_loaded = args[0]
        elif event == "import":
            # The import system names the file of an extension module only.
            if args[1]:
                watch.last_loaded = args[1]
                say({"loading": args[0], "file": args[1]})
        elif event in refused:
            _refuse_connection(args, loopback)
        elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
            _refuse_lookup(args[0], loopback)

    return hook


def _refuse_connection(args, loopback) -> None:  # type: ignore[no-untyped-def]
    """Raise what an unplugged machine raises, unless the address is this machine's own."""
    sock, address = args[0], args[-1]
    module = sys.modules["_socket"]
    if sock.family not in (module.AF_INET, module.AF_INET6):
        return
    if isinstance(address, tuple) and address and not _is_loopback(address[0], loopback):
        raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))


def _refuse_lookup(host, loopback) -> None:  # type: ignore[no-untyped-def]
    """Raise what an unplugged machine raises for a name that only a server could resolve."""
    if host is None or _is_loopback(host, loopback):
        return
    text = host.decode("ascii", "replace") if isinstance(host, (bytes, bytearray)) else str(host)
    if ":" in text or text.replace(".", "").isdigit():
        return  # an address: nothing is asked of anybody
    module = sys.modules["_socket"]
    raise module.gaierror(module.EAI_AGAIN, "Temporary failure in name resolution")


def _is_loopback(host, loopback) -> bool:  # type: ignore[no-untyped-def]
    """Tell whether `host` is this machine: a name, or an address as text."""
    text = host.decode("ascii", "replace") if isinstance(host, (bytes, bytearray)) else str(host)
    text = text.lower()
    if text.startswith("::ffff:"):
        text = text[7:]
    return text in loopback or text in ("::1", "::", "0.0.0.0") or text.startswith("127.")  # noqa: S104


def _run_code(code: str, origin: str, module: types.ModuleType) -> None:
    """Run the probe's text as a script; its lines show in tracebacks though there is no file."""
    # No modification time: that is what keeps linecache from looking for the file.
    linecache.cache[origin] = (len(code), None, code.splitlines(True), origin)
    try:
        compiled = compile(code, origin, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        error.venvhealth_probe_error = True  # type: ignore[union-attr]
        raise
    exec(compiled, module.__dict__)  # noqa: S102 - running it is what a probe is for


def _status_of(error: SystemExit) -> int:
    """Return the exit status that Python would end with."""
    if error.code is None:
        return 0
    return error.code & 0xFF if isinstance(error.code, int) else 1


def _flush() -> None:
    """Write out what was printed, if there still is somewhere to write it to."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            pass


def _describe(error: BaseException, origin: str, watch: Watch) -> dict:  # type: ignore[type-arg]
    """Return the outcome, and everything that the exception and its chain tell."""
    chain = _chain(error)
    frames = []
    for link in reversed(chain):
        frames.extend(_frames(link, watch.last_loaded))
    modules = []
    for link in chain:
        name = getattr(link, "name", None)
        if isinstance(link, ImportError) and isinstance(name, str) and name not in modules:
            modules.append(_text(name))
    return {
        "outcome": _outcome(error, origin),
        "exception": _text(type(error).__name__),
        "message": _message(error),
        "frames": frames[-_MAX_FRAMES:],
        "modules": modules,
        "traceback": _traceback_lines(error),
    }


def _outcome(error: BaseException, origin: str) -> str:
    """Return the kind of failure that the outermost exception is."""
    if getattr(error, "venvhealth_probe_error", False):
        return "probe-error"
    if isinstance(error, ImportError):
        return "import-error"
    if isinstance(error, AssertionError):
        return "assertion"
    steps = list(traceback.walk_tb(error.__traceback__))
    if isinstance(error, NameError) and steps and steps[-1][0].f_code.co_filename == origin:
        return "probe-error"
    return "exception"


def _chain(error: BaseException) -> list:  # type: ignore[type-arg]
    """Return the exception and all that led to it, outermost first.

    A suppressed context (`raise … from None`) is kept: the package hides it, it is evidence still.
    """
    found = []  # type: ignore[var-annotated]
    waiting = [error]
    while waiting:
        link = waiting.pop(0)
        if link is None or any(link is other for other in found):
            continue
        found.append(link)
        members = getattr(link, "exceptions", ())  # of an exception group
        if isinstance(members, tuple):
            waiting.extend(member for member in members if isinstance(member, BaseException))
        waiting.append(link.__cause__)  # type: ignore[arg-type]
        waiting.append(link.__context__)  # type: ignore[arg-type]
    return found


def _frames(error: BaseException, last_loaded: str) -> list:  # type: ignore[type-arg]
    """Return `[file, line, function]` for each frame, and for the file that could not be loaded."""
    steps = [
        [_text(frame.f_code.co_filename), line or 0, _text(frame.f_code.co_name)]
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    steps = steps[_own_count([step[0] for step in steps]) :]
    if isinstance(error, SyntaxError) and error.filename:
        steps.append([_text(error.filename), error.lineno or 0, "<module>"])
    elif isinstance(error, ImportError):
        # A file of native code that the loader refuses has no frame.
        path = error.path
        if isinstance(path, str) and path.endswith(tuple(importlib.machinery.EXTENSION_SUFFIXES)):
            steps.append([_text(path), 0, "<module>"])
    elif last_loaded and _raised_by_loading(error, steps):
        steps.append([_text(last_loaded), 0, "<module>"])
    return steps


def _raised_by_loading(error: BaseException, steps: list) -> bool:  # type: ignore[type-arg]
    """Tell whether a damaged source or bytecode file raised this, without naming itself.

    Source with null bytes: ValueError, from 3.12 on a SyntaxError without a file name. Bytecode cut
    short: EOFError out of the import system's own frames.
    """
    if isinstance(error, (SyntaxError, ValueError)) and "null bytes" in str(error):
        return True
    return bool(steps) and steps[-1][0] == "<frozen importlib._bootstrap_external>"


def _own_count(files: list) -> int:  # type: ignore[type-arg]
    """Return how many frames at the start are this script's, and the import call's it made."""
    if not files or files[0] != __file__:
        return 0
    count = 0
    for file in files:
        if not (
            file == __file__
            or file == importlib.__file__
            or file.startswith("<frozen importlib.")
        ):
            break
        count += 1
    if count == len(files):
        # Nothing else is left: the import system's frames tell nothing that the message does not.
        return count
    return count


def _message(error: BaseException) -> str:
    """Return the exception's text; a package's own exception may fail to give one."""
    try:
        return _text(str(error))
    except Exception as second:  # noqa: BLE001 - the first error is what matters
        return "<no text: {}>".format(type(second).__name__)


def _traceback_lines(error: BaseException) -> list:  # type: ignore[type-arg]
    """Return the whole chain as Python prints it, this script's own frames left out."""
    try:
        report = traceback.TracebackException.from_exception(error)
        link = report
        del link.stack[: _own_count([frame.filename for frame in link.stack])]
        lines = "".join(report.format()).splitlines()
    except Exception as second:  # noqa: BLE001 - the first error is what matters
        lines = ["<no traceback: {}>".format(type(second).__name__)]
    return [_text(line) for line in lines[-_MAX_FRAMES:]]


def _text(text: str) -> str:
    """Return `text` as any encoding can hold it, and not endlessly long."""
    return str(text)[:_MAX_TEXT].encode("utf-8", "backslashreplace").decode("utf-8")


if __name__ == "__main__":
    main()
