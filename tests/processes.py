"""Whether a process is gone."""

from __future__ import annotations

import os
import time
from pathlib import Path


def has_ended(pid: int) -> bool:
    """Tell whether a process is gone; a dead one that nobody has reaped yet counts as gone."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (ProcessLookupError, FileNotFoundError):
        return True


def wait_until_ended(pid: int) -> bool:
    """Give a killed process the moment that the kernel needs."""
    deadline = time.monotonic() + 5
    while not has_ended(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
