"""What a person sees while wheels are fetched: a line a wheel, and one that goes again."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Mapping
from typing import TextIO

from pytest_venvhealth.commands.access import is_seen
from pytest_venvhealth.reports.wording import listed, printable, size_text
from pytest_venvhealth.wheels.fill import Arrived, State

_TICK_SECONDS = 0.5
_NAMES_SHOWN = 3


class FillProgress:
    """Writes the lines of a fill; the live one only to a terminal that somebody looks at."""

    def __init__(self, stream: TextIO, variables: Mapping[str, str]) -> None:
        """Show nothing yet."""
        self._stream = stream
        self._is_live = is_seen(stream, variables)
        self._is_shown = False
        self._last = 0.0

    def arrived(self, wheel: Arrived, state: State) -> None:
        """Write the line of a wheel."""
        self.make_room()
        place = f"{state.done} of {state.missing}"
        rate = rate_text(state.bytes_done, state.seconds)
        instead = f"; what lay there is now {wheel.instead_of}" if wheel.instead_of else ""
        text = f"fetched {wheel.filename} ({size_text(wheel.size)}; {place}, {rate}{instead})"
        self._stream.write(printable(text) + "\n")
        self._stream.flush()

    def tick(self, state: State) -> None:
        """Show how far it is, twice a second."""
        now = time.monotonic()
        if not self._is_live or now - self._last < _TICK_SECONDS:
            return
        self._last = now
        size = size_text(state.bytes_done)
        if state.bytes_missing is not None:
            size += f" of {size_text(state.bytes_missing)}"
        text = (
            f"{state.done} of {state.missing} wheels, {size}, "
            f"{rate_text(state.bytes_done, state.seconds)}: {listed(state.busy_with, _NAMES_SHOWN)}"
        )
        # Longer, it would be two lines.
        width = shutil.get_terminal_size().columns - 1
        self._stream.write(f"\r{printable(text)[:width]}\x1b[K")
        self._stream.flush()
        self._is_shown = True

    def make_room(self) -> None:
        """Take the live line away: somebody is about to write."""
        if self._is_shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._is_shown = False


def rate_text(size: int, seconds: float) -> str:
    """Return `12.3 MB/s`."""
    return f"{size_text(int(size / max(seconds, 0.001)))}/s"


def progress_of_this_process() -> FillProgress:
    """Return the progress on stdout."""
    return FillProgress(sys.stdout, os.environ)
