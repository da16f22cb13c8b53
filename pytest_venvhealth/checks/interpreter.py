"""Does the environment's interpreter start, and is it the one that the environment was made for?"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pytest_venvhealth.environment import Environment, read_pyvenv_cfg
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import ENVIRONMENT, Check, Code, Finding


def check_interpreter(facts: Facts) -> Iterator[Finding]:
    """Yield the one fault of the interpreter that explains the others."""
    environment = facts.environment
    config = read_pyvenv_cfg(environment.root)
    if environment.interpreter_error:
        yield _broken(environment, config)
        return
    if not (environment.root / "pyvenv.cfg").is_file():
        return  # a base Python, or conda's: nothing else says what it should be
    changed = _changed(environment, config) or _home(environment, config)
    if changed is not None:
        yield changed


def _broken(environment: Environment, config: dict[str, str]) -> Finding:
    reason = f"{environment.interpreter_error}"
    home = config.get("home", "")
    if os.path.isabs(home) and not os.path.isdir(home):
        reason += f"; its base Python was in {home}, which is gone"
    path = environment.relative(environment.interpreter)
    if reason.startswith("pyvenv.cfg"):
        path = "pyvenv.cfg"
    summary = f"The interpreter does not start: {reason}."
    return _finding(environment, Code.INTERPRETER_BROKEN, summary, path)


def _changed(environment: Environment, config: dict[str, str]) -> Finding | None:
    """Return a finding where `pyvenv.cfg` or the folders tell of another Python."""
    interpreter = environment.relative(environment.interpreter)
    said = config.get("version") or config.get("version_info") or ""
    numbers = re.match(r"(\d+)\.(\d+)", said)
    others = _folders_of_others(environment)
    if numbers and tuple(map(int, numbers.groups())) != environment.version[:2]:
        tells, paths = f"pyvenv.cfg says Python {said}", ["pyvenv.cfg", *others]
    elif others:
        tells, paths = f"The packages lie in {' and '.join(others)}", others
    else:
        return None
    summary = (
        f"{tells}, the interpreter is {environment.python_version}: "
        "it does not look where the packages are."
    )
    finding = _finding(environment, Code.INTERPRETER_CHANGED, summary, *paths, interpreter)
    if len(others) == 1:
        # The packages were installed for that Python.
        python = os.path.basename(os.path.dirname(others[0]))
        remedy = f"Make the interpreter anew: {python} -m venv --upgrade {environment.root}"
        return replace(finding, remedy=f"{remedy} (the installed packages stay).")
    return finding


def _folders_of_others(environment: Environment) -> list[str]:
    """Return the site-packages of other Pythons, where this one has none of its own.

    Two side by side are what `venv --upgrade` leaves behind, and harm nobody.
    """
    if any(folder.is_dir() for folder in environment.site_folders):
        return []
    found = environment.root.glob("lib/py*/site-packages")
    return sorted(environment.relative(folder) for folder in found)


def _home(environment: Environment, config: dict[str, str]) -> Finding | None:
    """Return a finding where the base Python's folder is not what `pyvenv.cfg` says.

    Python starts all the same where it was built for the folder that its link leads to: 3.8 to
    3.13 take that for the base then. What is built or copied from the environment breaks.
    Source: PEP 405, which makes a file without `home` no `pyvenv.cfg`.
    """
    home = config.get("home")
    if not home:
        summary = (
            "pyvenv.cfg names no home, the base Python's folder: the file was emptied or cut, "
            f"and Python takes {environment.base_prefix} for its base."
        )
    elif not os.path.isabs(home) or _has_interpreter(Path(home)):
        return None
    else:
        state = "holds no Python" if os.path.isdir(home) else "is gone"
        summary = (
            f"The base Python's folder {state}: pyvenv.cfg names {home} as home. "
            f"Python starts all the same, on {environment.base_prefix}."
        )
    return _finding(environment, Code.HOME_MISSING, summary, "pyvenv.cfg")


def _has_interpreter(home: Path) -> bool:
    try:
        names = os.listdir(home)
    except PermissionError:
        return True  # nobody can tell
    except OSError:
        return False
    return any(re.match(r"(python|pypy)[\d.]*[td]*(\.exe)?$", name.lower()) for name in names)


def _finding(environment: Environment, code: Code, summary: str, *paths: str) -> Finding:
    major, minor = environment.version[:2]
    return Finding(
        code=code,
        check=Check.INTERPRETER,
        distribution=ENVIRONMENT,
        summary=summary,
        remedy=(
            f"Make the interpreter anew: python{major}.{minor} -m venv --upgrade "
            f"{environment.root} (the installed packages stay)."
        ),
        paths=tuple(sorted(set(paths))),
    )
