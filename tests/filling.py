"""A profile with a lock, a wheelhouse, and `venv-health wheelhouse` run as a program on them."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from local_index import plain_pip
from packaging.utils import parse_wheel_filename

from pytest_venvhealth.cli import main


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_lock(
    folder: Path,
    wheels: Iterable[Path],
    *,
    name: str = "demo",
    hashes: Mapping[str, str] | None = None,
    more: str = "",
) -> Path:
    """Write a profile and its lock beside each other; return the profile.

    Args:
        hashes: instead of the wheels' own, by file name.
        more: further packages, as TOML.
    """
    folder.mkdir(parents=True, exist_ok=True)
    by_release: dict[tuple[str, str], list[Path]] = {}
    for wheel in wheels:
        name_of, version_of, _, _ = parse_wheel_filename(wheel.name)
        by_release.setdefault((str(name_of), str(version_of)), []).append(wheel)
    text = 'lock-version = "1.0"\ncreated-by = "tests"\n'
    for (project, version), files in sorted(by_release.items()):
        text += f'\n[[packages]]\nname = "{project}"\nversion = "{version}"\nwheels = [\n'
        for file in files:
            digest = (hashes or {}).get(file.name) or sha256(file)
            text += f'    {{ path = "../wheelhouse/{file.name}", size = {file.stat().st_size}, '
            text += f'hashes = {{ sha256 = "{digest}" }} }},\n'
        text += "]\n"
    (folder / f"pylock.{name}.toml").write_text(text + more)
    profile = folder / f"{name}.toml"
    profile.write_text(f'lock = "pylock.{name}.toml"\n')
    return profile


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    code: int
    out: str
    err: str


def command(action: str, *arguments: str | Path) -> list[str]:
    program = [sys.executable, "-m", "pytest_venvhealth.cli", "wheelhouse", action]
    return [*program, *map(str, arguments)]


def run(action: str, *arguments: str | Path, variables: Mapping[str, str] | None = None) -> Ended:
    """Run `venv-health wheelhouse ACTION` to its end; pip's own settings are kept out."""
    done = subprocess.run(
        command(action, *arguments),
        env={**plain_pip(os.environ), **(variables or {})},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    return Ended(done.returncode, done.stdout, done.stderr)


class InProcess:
    """Runs `venv-health wheelhouse ACTION` in this process, and keeps what it said."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, action: str, *arguments: str | Path) -> Ended:
        self._capsys.readouterr()
        code = main(["wheelhouse", action, *map(str, arguments)])
        out, err = self._capsys.readouterr()
        return Ended(code, out, err)


def names_in(folder: Path) -> list[str]:
    """Return the names of everything that lies in a wheelhouse, sorted."""
    return sorted(path.name for path in folder.iterdir())


def processes_with(text: str | Path) -> Sequence[int]:
    """Return the running processes that have a text in their command line."""
    found: list[int] = []
    for folder in Path("/proc").iterdir():
        try:
            line = (folder / "cmdline").read_bytes() if folder.name.isdigit() else b""
        except OSError:
            continue
        if os.fsencode(text) in line and int(folder.name) != os.getpid():
            found.append(int(folder.name))
    return found
