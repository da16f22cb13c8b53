"""Run inside the target: a process that forks others, each of which runs a probe or stays.

Standard library only, Python 3.8 and later, Linux. Started by `fork_tree.py` as
`python -I -B fork_server.py`; standard input names two FIFOs. Commands come from one, a JSON object
a line; each is answered on the other:

- `{"run": REQUEST, "proves": BOOL}`: fork, and run a probe there; whether its end is to prove that
  what this process has imported ends well → `{"pid": PID}`
- `{"grow": REQUEST, "commands": PATH, "events": PATH}`: fork, and import there; if that works the
  new process stays and takes commands from FIFOs of its own, where it says `{"stays": true}` first
- `{"reap": PID}`: wait for such a process → `{"status": STATUS}`, as `subprocess` has it

At the end of the commands it ends. A request is what `child.py` takes, with `output`, `folder` and
`variables`: where the process prints, its current folder, environment variables that it sets.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import json
import os
import signal
import sys
import types

TYPE_CHECKING = False  # as in child.py
if TYPE_CHECKING:
    from typing import Any

_CHILD_SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "child.py")


class Line:
    """Where commands come from and answers go to."""

    def __init__(self, commands: str, events: str) -> None:
        self._commands = os.open(commands, os.O_RDONLY)
        self._events = os.open(events, os.O_WRONLY)
        self._rest = b""

    def next(self) -> dict[str, Any] | None:
        """Return the next command; None where nobody is there to give one."""
        while b"\n" not in self._rest:
            data = os.read(self._commands, 1 << 16)
            if not data:
                return None
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\n")
        command: dict[str, Any] = json.loads(line)
        return command

    def say(self, data: dict[str, object]) -> None:
        """Answer."""
        os.write(self._events, (json.dumps(data) + "\n").encode("ascii"))

    def leave(self) -> None:
        """Let go of both ends, in a fork: they are its parent's."""
        os.close(self._commands)
        os.close(self._events)


class Inheritance:
    """The modules that a fork need not take down: those of its parents, whose end others prove.

    To take a module down means to touch all that it holds, and what is touched in a fork is copied.
    """

    def __init__(self) -> None:
        self._own = set(sys.modules)
        # What was there before the last import, and after it.
        self.before: set[str] = set()
        self.after: set[str] = set()
        # What this process leaves alone in the end.
        self.spared: set[str] = set()
        # Called last of all exit handlers: nobody has registered one yet.
        atexit.register(self._spare)

    def grow(self) -> None:
        """Note what a process has imported that stays."""
        self.before, self.after = self.after, set(sys.modules) - self._own

    def _spare(self) -> None:
        kept: list[object] = [sys.modules.pop(name) for name in self.spared if name in sys.modules]
        # Nobody else holds them, and what holds itself and is frozen is never looked at.
        kept.append(kept)
        gc.freeze()


def main() -> None:
    """Take commands until there are none; in a fork that runs a probe: run it, and return."""
    child = _load_child()
    ends = child.read_standard_input()
    child.prepare_process()
    offline = child.watching.leave_network()
    watch = child.watching.Watch()
    sys.addaudithook(child.watching.audit_hook(watch))
    # What is imported must not find this script under that name.
    own = sys.modules["__main__"]
    inheritance = Inheritance()
    child.set_alarm(ends["limit"])
    line = Line(ends["commands"], ends["events"])
    child.set_alarm(None)
    line.say({"stays": True})
    # Those that stay have commands of their own, and learn of the end by themselves.
    running: set[int] = set()
    while True:
        command = line.next()
        if command is None:
            _kill_all(running)
            os._exit(0)
        if "reap" in command:
            running.discard(command["reap"])
            line.say({"status": _reap(command["reap"])})
            continue
        child.flush()
        pid = os.fork()
        if pid:
            if "run" in command:
                running.add(pid)
            line.say({"pid": pid})
            continue
        running.clear()
        line.leave()
        data = command["grow"] if "grow" in command else command["run"]
        _step_aside(data)
        request = child.Request(data)
        child.set_alarm(request.limit)
        give_verdict = child.open_channel(request, watch)
        watch.say({"offline": offline})
        if "run" in command:
            # The first one that ends proves that what was imported last can end.
            inheritance.spared = inheritance.before if command["proves"] else inheritance.after
            child.run(request, watch, give_verdict)
            # This script's globals must outlive the interpreter's last steps.
            sys.modules["__main__"] = own
            return
        try:
            child.import_modules(request, watch)
        except BaseException as error:  # noqa: BLE001 - whatever comes out is the answer
            give_verdict(child.describe(error, request.origin, watch))
            os._exit(1)
        child.flush()
        _silence()
        watch.say = _say_nothing
        line = Line(command["commands"], command["events"])
        # From here on the end of the commands is its end; till then somebody may have died.
        child.set_alarm(None)
        if len(sys._current_frames()) > 1:
            # A fork has none of the threads that an import started here, and might wait for them.
            line.say({"stays": False})
            os._exit(0)
        inheritance.grow()
        # What is there now lives as long as this process: no fork has to copy it to look at it.
        gc.freeze()
        line.say({"stays": True})


def _load_child() -> types.ModuleType:
    """Return the other script as a module that nobody can import."""
    module = types.ModuleType("child")
    module.__file__ = _CHILD_SCRIPT
    with open(_CHILD_SCRIPT, "rb") as file:
        exec(compile(file.read(), _CHILD_SCRIPT, "exec"), module.__dict__)  # noqa: S102
    return module


def _step_aside(data: dict[str, Any]) -> None:
    """Give this fork a session, an output, a folder and variables of its own."""
    os.setsid()
    output = os.open(data["output"], os.O_WRONLY)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    os.chdir(data["folder"])
    os.environ.update(data["variables"])
    # It keeps the folder that it was asked for first.
    tempfile = sys.modules.get("tempfile")
    if tempfile is not None:
        tempfile.tempdir = None  # type: ignore[attr-defined]


def _kill_all(pids: set[int]) -> None:
    """Kill the processes that nobody waits for any more, with all in their groups."""
    for pid in pids:
        with contextlib.suppress(OSError):  # it has ended
            os.killpg(pid, signal.SIGKILL)


def _silence() -> None:
    """Let go of the output: whoever reads it waits for its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _reap(pid: int) -> int:
    """Wait for a child and return how it ended: its exit status, negative for a signal."""
    _, status = os.waitpid(pid, 0)
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def _say_nothing(data: dict[str, object]) -> None:
    """Take the place of a channel that nobody reads any more."""


if __name__ == "__main__":
    main()
