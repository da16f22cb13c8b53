"""The interpreters that this machine has, of each version that a target may have, and tools."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from packaging.version import InvalidVersion, Version

VERSIONS = tuple(f"3.{minor}" for minor in range(8, 14))
NAMED = "VENVHEALTH_PYTHONS"
"""An environment variable with interpreters to use first, between colons."""

NO_SITECUSTOMIZE = (
    "this Python brings a sitecustomize of its own, which hides any other"  # Debian's
    if Path(sysconfig.get_path("stdlib"), "sitecustomize.py").exists()
    else ""
)
"""Why what is about one in site-packages cannot be shown; empty where it can."""

# Read at once: pytester gives every test a home of its own.
_PYENV = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")


@functools.cache
def find_python(version: str) -> Path | None:
    """Return a Python of a minor version: a named one, the running one, pyenv's, or PATH's.

    Args:
        version: `3.11`; or `3.11.5`, for that release of 3.11 or a later one.
    """
    minor = ".".join(version.split(".")[:2])
    named = [Path(path) for path in os.environ.get(NAMED, "").split(os.pathsep) if path]
    found = [path for path in named if path.name.endswith(minor) or minor in path.parts]
    found += [Path(sys.executable)]
    found += sorted(_PYENV.glob(f"versions/{minor}.*/bin/python"))
    found += [Path(path) for path in [shutil.which(f"python{minor}")] if path]
    # A shim of pyenv is there for versions that are not chosen, too, and starts nothing.
    return next((python for python in found if _starts_as(python, version)), None)


def find_tool(name: str) -> str | None:
    """Return a program from beside this interpreter, else from the PATH."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else shutil.which(name)


def _starts_as(python: Path, version: str) -> bool:
    code = "import platform, venv; print(platform.python_version())"
    try:
        done = subprocess.run(
            [python, "-c", code], capture_output=True, text=True, check=False, timeout=20
        )
        found, wanted = Version(done.stdout).release, Version(version).release
    except (OSError, InvalidVersion):
        return False
    return found[:2] == wanted[:2] and found >= wanted
