"""Does an environment work now? The plugin itself is asked, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_venvhealth.errors import VenvHealthError
from pytest_venvhealth.temporary import temporary_folder

# What a user has set for other runs of pytest may leave out half of the items.
_NOT_FOR_CHILD = ("PYTEST_ADDOPTS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD")


class CheckFailedError(VenvHealthError):
    """The run of pytest came to no verdict."""

    def __init__(self, path: Path, status: int) -> None:
        super().__init__(path, status)
        self.path, self.status = path, status

    def __str__(self) -> str:
        return (
            f"The check of {self.path} came to no verdict (pytest ended with {self.status}); "
            "what pytest printed says why."
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """What the check has found."""

    broken: tuple[str, ...]
    """Who is at fault: names of distributions, or `the environment`, each with its finding."""
    followers: tuple[str, ...]
    """Names of those that are broken because of them."""
    unchecked: tuple[str, ...]
    """Names of those of which the check could not tell everything."""


def check_health(venv: Path, wheelhouses: Sequence[Path], *, lock_timeout: float) -> Health:
    """Run `pytest --venv-health` on an environment; what it prints goes to this program's stdout.

    It runs in a scratch folder: no ini file, conftest or cache of the user's takes part.

    Args:
        venv: a folder or an interpreter; absolute.
        wheelhouses: absolute.
        lock_timeout: seconds to wait for who else uses the environment.
    Raises:
        CheckFailedError: it ended without a report.
        ScratchError: there is no room for a report.
    """
    with temporary_folder() as scratch:
        (scratch / "pytest.ini").write_text("[pytest]\n")
        none = scratch / "no-wheels"
        none.mkdir()
        report = scratch / "report.json"
        command = [
            *(sys.executable, "-m", "pytest", "--venv-health", f"--venv={venv}"),
            *(f"--venv-wheelhouse={folder}" for folder in wheelhouses or [none]),
            *(f"--venv-json={report}", f"--venv-lock-timeout={lock_timeout}"),
            *(f"--config-file={scratch / 'pytest.ini'}", f"--rootdir={scratch}"),
            *("-p", "no:cacheprovider", "-p", "no:randomly"),
        ]
        environ = {key: text for key, text in os.environ.items() if key not in _NOT_FOR_CHILD}
        sys.stdout.flush()
        done = subprocess.run(command, cwd=scratch, env=environ, check=False)
        if done.returncode not in (0, 1) or not report.exists():
            raise CheckFailedError(venv, done.returncode)
        return read_health(json.loads(report.read_bytes()))


def read_health(report: Mapping[str, Any]) -> Health:
    """Return what the report of a single environment says, as `--venv-json` writes it."""
    (environment,) = report["environments"]
    states = {each["name"]: each["status"] for each in environment["distributions"]}
    broken = [name for name, status in states.items() if status in ("broken", "not-installed")]
    errors = {
        each["name"]: [row for row in each["findings"] if row["severity"] == "error"]
        for each in environment["distributions"]
    }
    causes = {
        name: {cause for row in errors[name] for cause in row["root_causes"] if cause in broken}
        for name in broken
    }
    blamed = set[str]().union(*causes.values())
    # Where nothing explains it, whoever fails is named.
    roots = sorted(name for name in broken if name in blamed or not causes[name])
    told = [_told(name, errors[name]) for name in roots]
    own = [row for row in environment["findings"] if row["severity"] == "error"]
    if own:
        told.insert(0, _told("the environment", own))
    if environment["status"] == "broken" and not told:
        told.append("the environment")
    return Health(
        broken=tuple(told),
        followers=tuple(sorted(set(broken) - set(roots))),
        unchecked=tuple(name for name, status in states.items() if status == "unchecked"),
    )


def _told(name: str, errors: Sequence[Mapping[str, Any]]) -> str:
    """Return `demo (file-missing, import-error)`."""
    codes = dict.fromkeys(str(row["code"]) for row in errors)
    return f"{name} ({', '.join(codes)})" if codes else name
