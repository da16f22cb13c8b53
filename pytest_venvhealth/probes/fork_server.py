"""Run inside the target: a process that forks others, each of which runs a probe or stays.

Standard library only, Python 3.8 and later, Linux. Started by `fork_tree.py` as
`python -I -B fork_server.py`; standard input names two FIFOs. Commands come from one, a JSON object
a line; each is answered on the other:

- `{"run": REQUEST}`: fork, and run a probe there → `{"pid": PID}`
- `{"grow": REQUEST, "commands": PATH, "events": PATH}`: fork, and import there; if that works the
  new process stays and takes commands from FIFOs of its own, where it says `{"stays": true}` first
- `{"reap": PID}`: wait for such a process → `{"status": STATUS}`, as `subprocess` has it

At the end of the commands it ends. A request is what `child.py` takes, with `output`, `folder` and
`variables`: where the process prints, its current folder, environment variables that it sets.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import types
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
    line = Line(ends["commands"], ends["events"])
    line.say({"stays": True})
    while True:
        command = line.next()
        if command is None:
            os._exit(0)
        if "reap" in command:
            line.say({"status": _reap(command["reap"])})
            continue
        child.flush()
        pid = os.fork()
        if pid:
            line.say({"pid": pid})
            continue
        line.leave()
        data = command["grow"] if "grow" in command else command["run"]
        _step_aside(data)
        request = child.Request(data)
        child.set_alarm(request.limit)
        give_verdict = child.open_channel(request, watch)
        watch.say({"offline": offline})
        if "run" in command:
            child.run(request, watch, give_verdict)
            # This script's globals must outlive the interpreter's last steps.
            sys.modules["__main__"] = own
            return
        try:
            child.import_modules(request, watch)
        except BaseException as error:  # noqa: BLE001 - whatever comes out is the answer
            give_verdict(child.describe(error, request.origin, watch))
            os._exit(1)
        child.set_alarm(None)
        child.flush()
        _silence()
        watch.say = _say_nothing
        line = Line(command["commands"], command["events"])
        if len(sys._current_frames()) > 1:
            # A fork has none of the threads that an import started here, and might wait for them.
            line.say({"stays": False})
            os._exit(0)
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
