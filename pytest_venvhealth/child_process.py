"""Wait for a child process without polling, and end it with all that it has started."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable

_LOOK_SECONDS = 0.05


class Cancellation:
    """Tells those who wait for a child that nobody wants it any more; once and for all."""

    def __init__(self) -> None:
        """Nothing is cancelled yet."""
        self.is_set = False
        self._read, self._write = os.pipe()

    def set(self) -> None:
        """Wake everybody who waits, now and later."""
        if not self.is_set:
            self.is_set = True
            os.close(self._write)

    def fileno(self) -> int:
        """Return what becomes readable then."""
        return self._read

    def __del__(self) -> None:
        """Give the descriptors back."""
        self.set()
        os.close(self._read)


def await_end(
    process: subprocess.Popen[bytes], seconds: float, cancellation: Cancellation | None = None
) -> bool:
    """Return whether the process has ended within that many seconds, or before a cancellation.

    `Popen.wait` with a limit asks again and again, up to 50 ms late each time. Where possible the
    process is not reaped here: until it is, no other process can get its number, which the kill of
    a group relies on.
    """
    if process.returncode is not None:
        return True
    with contextlib.suppress(AttributeError, OSError):  # not Linux, or an old kernel
        descriptor = os.pidfd_open(process.pid)
        try:
            return bool(await_readable((descriptor,), seconds, cancellation))
        finally:
            os.close(descriptor)
    thread = threading.Thread(target=_await, args=(process,), daemon=True)
    thread.start()
    deadline = time.monotonic() + max(0.0, seconds)
    while thread.is_alive() and (left := deadline - time.monotonic()) > 0:
        if cancellation is None:
            thread.join(left)
        elif cancellation.is_set:
            break
        else:
            thread.join(min(left, _LOOK_SECONDS))
    return not thread.is_alive()


def await_readable(
    descriptors: Iterable[int], seconds: float, cancellation: Cancellation | None = None
) -> list[int]:
    """Return those descriptors that are readable or hung up: at once, when one is, else in time.

    None of them is after a cancellation. A process's own descriptor is readable once it has ended.
    """
    poll = select.poll()
    wanted = tuple(descriptors)
    for descriptor in wanted:
        poll.register(descriptor, select.POLLIN)
    if cancellation is not None:
        poll.register(cancellation, select.POLLIN)
    ready = {number for number, _ in poll.poll(max(0.0, seconds) * 1000)}
    return [descriptor for descriptor in wanted if descriptor in ready]


def end_group(process: subprocess.Popen[bytes]) -> int:
    """Kill the process and all that it started and that did not leave its group; reap it.

    Args:
        process: one that was started in a session of its own.

    Returns:
        How it ended, as `subprocess` has it.
    """
    if process.returncode is None:
        if sys.platform == "win32":
            process.kill()
        else:
            # All gone; macOS says "not permitted" where only the dead process is left.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
    return process.wait()


def _await(process: subprocess.Popen[bytes]) -> None:
    if sys.platform != "win32" and hasattr(os, "waitid"):
        with contextlib.suppress(ChildProcessError):  # somebody else reaps all children
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    else:
        process.wait()
