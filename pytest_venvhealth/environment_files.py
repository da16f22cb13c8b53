"""Which files make an environment itself, and so are no distribution's to bring or to take away?"""

from __future__ import annotations

import os
import re

from pytest_venvhealth.environment import Environment

# What `venv`, virtualenv and an installation of Python put beside the interpreter; `pyvenv.cfg`,
# `._pth` and `pybuilddir.txt` are read from there, too (CPython's `Modules/getpath.py`).
_SCRIPT = re.compile(
    r"(?:python|pythonw|pypy|pypyw)[\d.]*t?(?:d|_d)?(?:\.exe|\.dll|\._pth)?"
    r"|(?:de)?activate(?:\.\w+)?|activate_this\.py|pyvenv\.cfg|pybuilddir\.txt",
    re.IGNORECASE,
)
# In the environment's own folder; on Windows an environment that is its own base has Python there.
_TOP = re.compile(
    r"pyvenv\.cfg|pythonw?[\d.]*t?(?:\.exe|\.dll|\._pth)|python\d+t?\.zip", re.IGNORECASE
)
_LIBRARY = re.compile(r"libpy(?:thon|py)[\d.]*.*\.(?:so|dylib|a)[\d.]*|python\d+t?\.zip")
HEALTH_FOLDER = ".venv-health"
"""What this project may leave in an environment, at its root: quarantine, journals and locks."""


def makes_environment(environment: Environment, path: str) -> bool:
    """Tell whether a file is the environment's own: it is needed to start Python or to repair it.

    Meant are the interpreter and its other names, what activates it, `pyvenv.cfg`, the folders that
    all distributions share, the standard library, and in an environment that is its own base also
    Python's library and headers. What lies in site-packages is not, though that may be inside the
    standard library's folder. pip's scripts are a distribution's.

    Args:
        path: absolute and normalized; nothing need be there. Links are not followed.
    """
    if any(_starts_in(path, str(folder)) for folder in environment.site_folders):
        return False
    root, scripts = str(environment.root), str(environment.scripts)
    folders = (*map(str, environment.site_folders), scripts, str(environment.headers))
    # `lib64` is a link to `lib` in a venv.
    if path == os.path.join(root, "lib64") or any(
        path == each or _starts_in(each, path) for each in folders
    ):
        return True
    folder, name = os.path.split(path)
    if path == str(environment.interpreter):
        return True
    if folder == scripts and _SCRIPT.fullmatch(name):
        return True
    if folder == root and _TOP.fullmatch(name):
        return True
    private = (os.path.join(root, HEALTH_FOLDER), str(environment.stdlib))
    if any(path == each or _starts_in(path, each) for each in private):
        return True
    if folder == os.path.dirname(environment.stdlib) and _LIBRARY.fullmatch(name):
        return True
    if environment.base_prefix != environment.root:
        return False
    headers = str(environment.headers)
    inner = (headers, os.path.join(headers, "cpython"), os.path.join(headers, "internal"))
    return folder in inner


def _starts_in(path: str, folder: str) -> bool:
    return path.startswith(folder + os.sep)
