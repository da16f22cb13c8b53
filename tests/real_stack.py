"""A small real stack: its wheels, fetched once from the user's package index, and venvs of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

PROJECT = Path(__file__).parent.parent
VERSIONS = {
    "annotated-types": "0.8.0",
    "certifi": "2026.10.18",
    "charset-normalizer": "3.5.2",
    "click": "8.5.1",
    "idna": "3.20",
    "jinja2": "3.1.6",
    "markupsafe": "3.0.4",
    "pip": "26.3",
    "pydantic": "2.14.3",
    "pydantic-core": "2.50.4",
    "pyyaml": "6.0.3",
    "pyzmq": "27.3.0",
    "requests": "2.34.2",
    "typing-extensions": "4.16.0",
    "typing-inspection": "0.4.5",
    "urllib3": "2.8.0",
}
"""What is fetched and installed: wheels for Python 3.11 to 3.13 exist of each."""

WANTED = ("click", "jinja2", "pip", "pydantic", "pyyaml", "pyzmq", "requests")
"""What a person would ask for; the rest is there because these need it."""


def fill_wheelhouse(wheelhouse: Path, fetcher: Path) -> None:
    """Fetch the stack's wheels; where all of them are there already, no index is asked.

    Args:
        fetcher: an interpreter that has pip.
    """
    wanted = ["--dest", str(wheelhouse), "--no-deps", *_pins(VERSIONS)]
    _fetch(wheelhouse, fetcher, ["download", *wanted], wanted)


def build_plugin(folder: Path, fetcher: Path) -> None:
    """Build this project's wheel into `folder`, and put the wheels that it needs beside it.

    Args:
        fetcher: an interpreter that has pip.
    """
    build = ["wheel", "--wheel-dir", str(folder), str(PROJECT)]
    # What builds it is fetched too, so that a second build needs no index.
    backend = ["--dest", str(folder), "hatchling>=1.27"]
    for old in folder.glob("pytest_venvhealth-*.whl"):
        old.unlink()
    _fetch(folder, fetcher, build, backend)


def make_pip_venv(root: Path, wheelhouse: Path, *options: str, without: Iterable[str] = ()) -> Path:
    """Make a venv with pip in it, which installs the stack from the wheelhouse alone.

    Args:
        options: for `python -m venv`.
        without: names to leave out.
    """
    run([sys.executable, "-m", "venv", *options, root])
    offline = ["install", "--no-index", "--find-links", str(wheelhouse), "--no-deps"]
    others = {name: VERSIONS[name] for name in VERSIONS if name not in {"pip", *without}}
    python = root / "bin" / "python"
    # A venv with system site packages is not content with what it sees outside.
    pip(python, *offline, "--ignore-installed", *_pins(others))
    # The bundled pip replaces itself last.
    pip(python, *offline, *_pins({"pip": VERSIONS["pip"]}))
    return root


def make_uv_venv(root: Path, wheelhouse: Path, cache: Path, uv: str) -> Path:
    """Make a venv with uv in its default link mode.

    Args:
        cache: uv's cache folder; files of the venv may be hard links into it.
    """
    own: list[str | Path] = [uv, "--no-config", "--cache-dir", str(cache), "--offline"]
    run([*own, "venv", "--python", sys.executable, root])
    install = [*own, "pip", "install", "--no-deps", "--no-index", "--find-links", wheelhouse]
    run([*install, "--python", root / "bin" / "python", *_pins(VERSIONS)])
    return root


def pip(python: Path, *arguments: str) -> None:
    """Run a target's own pip, deaf to the settings of whoever runs these tests."""
    run([python, "-m", "pip", "--isolated", "--disable-pip-version-check", "-q", *arguments])


def run(command: Sequence[str | Path]) -> str:
    """Run a command and return what it printed; with a sentence of its own where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _fetch(folder: Path, fetcher: Path, offline: Sequence[str], online: Sequence[str]) -> None:
    """Do it from `folder` alone; where that fails, ask the user's own index, once."""
    folder.mkdir(parents=True, exist_ok=True)
    own: list[str | Path] = [fetcher, "-m", "pip", "--disable-pip-version-check", "-q"]
    alone = [*own, "--isolated", *offline, "--no-index", "--find-links", str(folder)]
    if subprocess.run(alone, capture_output=True, check=False).returncode == 0:
        return
    run([*own, "download", "--only-binary", ":all:", *online])
    if offline[0] == "wheel":
        run([*own, *offline])


def _pins(versions: dict[str, str]) -> list[str]:
    return [f"{name}=={version}" for name, version in versions.items()]
