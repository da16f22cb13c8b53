"""Why a wheel cannot be installed, in words for whoever put it there."""

from __future__ import annotations

from pathlib import Path

from pytest_venvhealth.errors import VenvHealthError


class WheelDamagedError(VenvHealthError):
    """A wheel's bytes are not what the lock or its own RECORD says."""

    def __init__(self, wheel: Path, reason: str) -> None:
        super().__init__(wheel, reason)
        self.wheel, self.reason = wheel, reason

    def __str__(self) -> str:
        return f"{self.wheel} is damaged: {self.reason}. Put a good copy of this wheel there."


class WheelRefusedError(VenvHealthError):
    """A wheel is whole, but holds what must not be installed."""

    def __init__(self, wheel: Path, entry: str, reason: str) -> None:
        super().__init__(wheel, entry, reason)
        self.wheel, self.entry, self.reason = wheel, entry, reason

    def __str__(self) -> str:
        return (
            f"{self.wheel} is refused: {self.entry!r} {self.reason}. "
            "Put a wheel from a source that you trust there."
        )
