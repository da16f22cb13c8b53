"""What the demo can be played with: which packages, and which module of them goes missing."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker
from packaging.specifiers import SpecifierSet

from pytest_venvhealth.errors import VenvHealthError

_FOLDER = Path(__file__).parent
_LIST = _FOLDER / "stacks.toml"
OFFLINE = "offline"
"""The stack whose wheels the demo builds itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stack:
    """One row of `stacks.toml`."""

    name: str
    title: str
    """What it is, to follow "An environment of"."""
    requirements: str
    """A requirements file's text: every distribution at its exact version."""
    remove: str
    """The module that goes missing, below site-packages."""
    still: str
    """An import package that can be imported without it."""
    notices: str
    """An import package of a dependent, which cannot."""
    requires_python: SpecifierSet
    marker: Marker | None
    """The platforms that it is made for."""
    extra_index_url: str | None
    """Where wheels are that the usual index lacks."""


def stack_names() -> list[str]:
    """Return the stacks that come from a package index."""
    return [name for name in _rows() if name != OFFLINE]


def read_stack(name: str) -> Stack:
    """Return a stack by its name."""
    row = _rows()[name]
    return Stack(
        name=name,
        title=row["title"],
        requirements=(_FOLDER / "stacks" / f"{name}.txt").read_text("utf-8"),
        remove=row["remove"],
        still=row["still"],
        notices=row["notices"],
        requires_python=SpecifierSet(row.get("requires-python", "")),
        marker=Marker(row["marker"]) if "marker" in row else None,
        extra_index_url=row.get("extra-index-url"),
    )


def _rows() -> dict[str, dict[str, str]]:
    return tomllib.loads(_LIST.read_text("utf-8"))


def find_python(stack: Stack) -> Path:
    """Return an interpreter that the stack can be installed for: the running one, if it fits.

    Raises:
        VenvHealthError: there is none, or the stack is for another platform.
    """
    if stack.marker is not None and not stack.marker.evaluate():
        raise VenvHealthError(
            f'The stack "{stack.name}" is for {stack.marker}, this is {platform.platform()}. '
            "Leave --stack out: the small one runs anywhere."
        )
    names = [sys.executable, *(f"python3.{minor}" for minor in range(20, 7, -1))]
    for name in names:
        found = shutil.which(name)
        if found and stack.requires_python.contains(_version(found)):
            return Path(found)
    raise VenvHealthError(
        f'The stack "{stack.name}" needs Python {stack.requires_python}: put one on the PATH.'
    )


def _version(python: str) -> str:
    """Return an interpreter's version; "0" where it does not start, as a version manager's shim."""
    if python == sys.executable:
        return platform.python_version()
    question = "import platform, venv; print(platform.python_version())"
    try:
        asked = subprocess.run(
            [python, "-c", question], capture_output=True, text=True, check=False, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return "0"
    return asked.stdout.strip() or "0"
