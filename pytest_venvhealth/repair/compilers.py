"""Let the target's interpreter compile modules while the rest of a wheel is still being unpacked.

Compiling is most of the work of an installation. The compilers read the unpacked files, keep the
bytecode in memory, and write it only when the modules have been moved to their final places.
"""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterable
from types import TracebackType

if sys.platform == "linux":
    import fcntl

from pytest_venvhealth.child_process import await_end, end_group
from pytest_venvhealth.environment import Environment

# Run by the target, Python 3.8 and later. A template for another Python may fail: no matter. As
# `py_compile` does it, without what it does for a single file; written beside and renamed, for a
# cut file with a good header would be believed. Nothing here makes cycles: no collector is needed.
# Comes in: pairs of a module's present and final path, then an empty pair, when all modules are at
# their final places, then more pairs.
_COMPILE = """
import gc, importlib._bootstrap_external as external, importlib.machinery, os, sys
gc.disable()

def compiled(present, final):
    loader = importlib.machinery.SourceFileLoader("module", final)
    code = loader.source_to_code(loader.get_data(present), final)
    stats = loader.path_stats(present)
    stamp = stats["mtime"], stats["size"]
    return stamp, external._code_to_timestamp_pyc(code, *stamp)

def write(final, stamp, data):
    found = os.stat(final)
    if (found.st_mtime, found.st_size) != stamp:
        stamp, data = compiled(final, final)
    target = external.cache_from_source(final)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(target + ".part", "wb") as file:
        file.write(data)
    os.replace(target + ".part", target)

def attempt(function, *arguments):
    try:
        return function(*arguments)
    except Exception:
        return None, b""

rest, names, held, size, placed = b"", [], [], 0, False
while True:
    block = os.read(0, 65536)
    if not block:
        break
    *read, rest = (rest + block).split(b"\\0")
    names += map(os.fsdecode, read)
    for present, final in zip(names[::2], names[1::2]):
        if not final:
            placed = True
            for each in held:
                attempt(write, *each)
            held.clear()
        elif placed:
            attempt(write, final, None, b"")
        else:
            # What has been moved already is compiled later.
            stamp, data = attempt(compiled, present, final) if size < LIMIT else (None, b"")
            held.append((final, stamp, data))
            size += len(data)
    names = names[len(names) // 2 * 2 :]
"""
_HELD_BYTES = 64 * 1024 * 1024
_MOST_COMPILERS = 8
# Below this a second interpreter costs more than it saves.
_FILES_A_COMPILER = 100
# Room for the names of some thousand modules, so that they need not wait for a compiler.
_PIPE_BYTES = 1024 * 1024


class Compilers:
    """The compilers of one repair; use it as a context, at whose end none is running.

    Bytecode only saves time later, so a module that cannot be compiled, an interpreter that does
    not start, and the end of the time are no errors.
    """

    def __init__(self, environment: Environment) -> None:
        """Start nothing yet."""
        self._environment = environment
        self._children: list[_Child] = []
        self._most = min(_MOST_COMPILERS, os.cpu_count() or 1)
        self._count = 0
        self._placed = False

    def __enter__(self) -> Compilers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the compilers: a rollback may come next, and nothing may still be writing then."""
        for child in self._children:
            child.close(0.0)
            end_group(child.process)

    def compile(self, present: str, final: str) -> None:
        """Have a module compiled; its bytecode is written after `finish` has been called.

        Args:
            present: the file's path now.
            final: its path when `finish` is called. It need not be there then, nor be that file.
        """
        if len(self._children) < min(self._most, 1 + self._count // _FILES_A_COMPILER):
            with contextlib.suppress(OSError):
                self._children.append(_Child(self._environment))
                if self._placed:
                    self._children[-1].send("", "")
        if self._children:
            self._children[self._count % len(self._children)].send(present, final)
        self._count += 1

    def finish(self, further: Iterable[str], *, timeout: float) -> None:
        """Have all the bytecode written, now that every module is at its final place.

        Args:
            further: absolute paths of modules to compile that lay there all the time.
            timeout: seconds of wall time, after which the compilers are killed.
        """
        deadline = time.monotonic() + timeout
        self._placed = True
        with self:
            for child in self._children:
                child.send("", "")
            for path in further:
                self.compile(path, path)
            for child in self._children:
                child.close(deadline)
            for child in self._children:
                await_end(child.process, deadline - time.monotonic())


class _Child:
    """One compiler: names go in, nothing comes out."""

    def __init__(self, environment: Environment) -> None:
        """Start it.

        Raises:
            OSError: it could not be started.
        """
        # -S: a `.pth` file of the target may hang or print, and nothing of its site is needed.
        script = _COMPILE.replace("LIMIT", str(_HELD_BYTES))
        self.process = subprocess.Popen(
            [str(environment.interpreter), "-I", "-S", "-W", "ignore", "-c", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,
        )
        assert self.process.stdin is not None
        self._pipe = self.process.stdin
        self._waiting = bytearray()
        if sys.platform != "win32":
            os.set_blocking(self._pipe.fileno(), False)
        if sys.platform == "linux":
            with contextlib.suppress(OSError):  # more than this user may have
                fcntl.fcntl(self._pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)

    def send(self, present: str, final: str) -> None:
        """Say which module is next, or keep that in mind while the compiler is behind."""
        self._waiting += os.fsencode(present) + b"\0" + os.fsencode(final) + b"\0"
        self._write()

    def close(self, deadline: float) -> None:
        """Say what is left, as far as there is time, and that nothing else will come."""
        while self._waiting and (left := deadline - time.monotonic()) > 0:
            poll = select.poll()
            poll.register(self._pipe, select.POLLOUT)
            poll.poll(left * 1000)
            self._write()
        self._pipe.close()

    def _write(self) -> None:
        try:
            while self._waiting:
                del self._waiting[: os.write(self._pipe.fileno(), self._waiting)]
        except BlockingIOError:
            return  # the pipe is full
        except OSError:
            self._waiting.clear()  # the compiler is gone
