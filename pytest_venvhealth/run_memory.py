"""What the workers of one run tell each other about its repairs: kept in the environment."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from pytest_venvhealth.environment_files import HEALTH_FOLDER
from pytest_venvhealth.findings import Check
from pytest_venvhealth.results import RepairRecord

_DAY = 86400.0
_WIDER = " (wider)"


class RunMemory:
    """Who was repaired in this run and how that ended, and which items have passed.

    It lies in `.venv-health/runs/`, for an environment is all that workers have in common.
    """

    def __init__(self, root: Path, run_id: str, *, has_workers: bool) -> None:
        """Read and write nothing yet.

        Args:
            run_id: the same for all workers of a run.
            has_workers: whether other processes take part; else what passed is kept here alone.
        """
        self._folder = root / HEALTH_FOLDER / "runs"
        self._tried_file = self._folder / f"{run_id}.json"
        self._passed_file = self._folder / f"{run_id}.passed"
        self._has_workers = has_workers
        self._passed: dict[tuple[str, Check], None] = {}

    def passed(self, name: str, check: Check) -> None:
        """Remember an item that passed: what is repaired later must not break it."""
        if (name, check) in self._passed:
            return
        self._passed[name, check] = None
        if self._has_workers:
            # One line in one write: workers do not cut each other's lines in two.
            with contextlib.suppress(OSError):
                if not self._passed_file.exists():
                    self._make_folder()
                with self._passed_file.open("ab", buffering=0) as file:
                    file.write(f"{name} {check}\n".encode())

    def all_passed(self) -> Iterable[tuple[str, Check]]:
        """Return every item that has passed, in this process and in the others."""
        seen = dict(self._passed)
        with contextlib.suppress(OSError):
            for line in self._passed_file.read_text().splitlines():
                name, _, check = line.partition(" ")
                with contextlib.suppress(ValueError):
                    seen[name, Check(check)] = None
        return seen

    def tried(self, *, wider: bool) -> dict[str, str]:
        """Return how each repair of this run ended, by distribution.

        Args:
            wider: those of the wider repairs, of which each distribution may have one, too.
        """
        try:
            tried = json.loads(self._tried_file.read_text())
        except (OSError, ValueError):
            return {}
        if not isinstance(tried, dict):
            return {}
        return {
            name.removesuffix(_WIDER): ended
            for name, ended in tried.items()
            if name.endswith(_WIDER) is wider
        }

    def count(self, records: Sequence[RepairRecord], *, wider: bool) -> None:
        """Remember repairs; the caller holds the environment alone."""
        tried = {name + _WIDER: ended for name, ended in self.tried(wider=True).items()}
        tried |= self.tried(wider=False)
        suffix = _WIDER if wider else ""
        tried |= {record.distribution + suffix: str(record.result) for record in records}
        # On a full disk nothing is counted: an item has few rounds anyhow.
        with contextlib.suppress(OSError):
            self._make_folder()
            self._tried_file.write_text(json.dumps(tried))

    def _make_folder(self) -> None:
        """Make the folder, and forget the runs of other days.

        Raises:
            OSError: it cannot be made.
        """
        self._folder.mkdir(exist_ok=True)
        for old in self._folder.iterdir():
            with contextlib.suppress(OSError):
                if time.time() - os.stat(old).st_mtime > _DAY:
                    old.unlink()
