"""Show on a terminal what a long run is busy with: one line that goes again."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping

import pytest

_FIRST_SECONDS = 3.0
_TICK_SECONDS = 1.0

PROGRESS = "venv-health-progress"
"""The plugin's name."""

Busy = Callable[[], Iterable[tuple[str, float]]]
"""Returns the names of what runs, and since when (`time.monotonic`)."""


class ProgressLine:
    """The hooks that write below pytest's current line while an item takes long.

    Only to a terminal that can move its cursor, and not in a CI job.
    """

    def __init__(self, config: pytest.Config, busy: Busy) -> None:
        """Show nothing yet."""
        self._config, self._busy = config, busy
        self._reporter: pytest.TerminalReporter | None = None
        self._terminal = -1
        self._lock = threading.Lock()
        self._items: dict[str, float] = {}
        self._is_shown = False
        self._stopped = threading.Event()

    def pytest_sessionstart(self) -> None:
        """Begin to look, where somebody sees it."""
        self._reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        with contextlib.suppress(OSError, ValueError):  # no file at all
            descriptor = sys.stdout.fileno()
            if self._reporter is not None and _is_seen(descriptor, os.environ):
                # pytest captures the original while an item runs.
                self._terminal = os.dup(descriptor)
                threading.Thread(target=self._tick, daemon=True).start()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Note that an item begins, here or in a worker."""
        with self._lock:
            self._erase()
            self._items[nodeid] = time.monotonic()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self) -> None:
        """Make room for what pytest is about to write."""
        self.make_room()

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Note that an item has ended."""
        with self._lock:
            self._items.pop(nodeid, None)

    def pytest_keyboard_interrupt(self) -> None:
        """Make room for pytest's last words."""
        self._stop()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Show nothing any more."""
        self._stop()

    def make_room(self) -> None:
        """Take the line away: somebody is about to write."""
        with self._lock:
            self._erase()

    def _stop(self) -> None:
        with self._lock:
            self._erase()
            self._stopped.set()
            if self._terminal >= 0:
                os.close(self._terminal)
                self._terminal = -1

    def _tick(self) -> None:
        while not self._stopped.wait(_TICK_SECONDS):
            now = time.monotonic()
            with self._lock:
                long = [name for name, since in self._items.items() if now - since > _FIRST_SECONDS]
                if long and not self._stopped.is_set():
                    self._show(self._text(long, now))

    def _text(self, items: Iterable[str], now: float) -> str:
        running = list(self._busy()) or [
            (name.removeprefix("venv-health::"), self._items[name]) for name in items
        ]
        shown = ", ".join(f"{name} ({now - since:.0f} s)" for name, since in running)
        return f"venv-health: {shown}"

    def _show(self, text: str) -> None:
        # Longer, it would be two lines.
        width = shutil.get_terminal_size().columns - 1
        self._write(f"\n\r{text[:width]}\x1b[K{self._back()}")
        self._is_shown = True

    def _erase(self) -> None:
        if self._is_shown:
            self._write(f"\n\x1b[2K{self._back()}")
            self._is_shown = False

    def _back(self) -> str:
        """Return what moves the cursor from the line below to where pytest has left it."""
        assert self._reporter is not None
        column = self._reporter._tw.width_of_current_line + 1
        return f"\x1b[A\x1b[{column}G"

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError):  # the terminal is gone
            os.write(self._terminal, text.encode("utf-8", "replace"))


def _is_seen(descriptor: int, variables: Mapping[str, str]) -> bool:
    if variables.get("CI") or variables.get("BUILD_NUMBER") or variables.get("TERM") == "dumb":
        return False
    return os.name == "posix" and os.isatty(descriptor)
