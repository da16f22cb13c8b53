"""The interpreters that this machine has, of each version that a target may have, and tools."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

VERSIONS = tuple(f"3.{minor}" for minor in range(8, 14))
NAMED = "VENVHEALTH_PYTHONS"
"""An environment variable with interpreters to use first, between colons."""

# Read at once: pytester gives every test a home of its own.
_PYENV = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")


@functools.cache
def find_python(version: str) -> Path | None:
    """Return a Python of that minor version: a named one, the running one, pyenv's, or PATH's."""
    named = [Path(path) for path in os.environ.get(NAMED, "").split(os.pathsep) if path]
    found = [path for path in named if path.name.endswith(version) or version in path.parts]
    found += [Path(sys.executable)]
    found += sorted(_PYENV.glob(f"versions/{version}.*/bin/python"))
    found += [Path(path) for path in [shutil.which(f"python{version}")] if path]
    # A shim of pyenv is there for versions that are not chosen, too, and starts nothing.
    return next((python for python in found if _starts_as(python, version)), None)


def find_tool(name: str) -> str | None:
    """Return a program from beside this interpreter, else from the PATH."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else shutil.which(name)


def _starts_as(python: Path, version: str) -> bool:
    code = "import sys, venv; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run(
            [python, "-c", code], capture_output=True, text=True, check=False, timeout=20
        )
    except OSError:
        return False
    return done.stdout.strip() == version
