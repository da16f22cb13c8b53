"""Does something of the caller's reach into the environment: `PYTHONPATH`, `PYTHONHOME`, user site?

Source: Python's manual, "Environment variables", and starts of Python 3.8 to 3.13 with each.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from pytest_venvhealth.checks.shadowing import (
    FIRST,
    hidden_modules,
    modules_in,
    shadowing_finding,
)
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import ENVIRONMENT, Check, Code, Finding, Severity

# What pytest collects is run, not imported by anything that is installed.
_TESTS = ("conftest", "test_")


def check_leaks(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each variable and folder of the caller that changes what is imported."""
    yield from _python_home(facts)
    yield from _python_path(facts)
    yield from _user_site(facts)


def _python_home(facts: Facts) -> Iterator[Finding]:
    """Yield an error for the home of another Python: the interpreter does not start with it."""
    home = facts.surroundings.python_home
    if not home:
        return
    base = facts.environment.base_prefix
    prefixes = {os.path.realpath(part) for part in home.split(os.pathsep)}
    own = prefixes == {os.path.realpath(base)}
    if own:
        summary = f"PYTHONHOME is set to {home}: every other Python fails to start here."
    else:
        summary = (
            f"PYTHONHOME is set to {home}, and the environment's base Python is {base}: "
            "started from here, its interpreter looks for the standard library in the wrong place."
        )
    yield _leak(summary, "Unset PYTHONHOME.", Severity.WARNING if own else Severity.ERROR)


def _python_path(facts: Facts) -> Iterator[Finding]:
    text = facts.surroundings.python_path
    if not text:
        return
    here = facts.surroundings.folder or Path()
    environment = facts.environment
    known = {os.path.realpath(entry) for entry in environment.sys_path}
    known |= {os.path.realpath(folder) for folder in environment.site_folders}
    leaking: list[str] = []
    for entry in dict.fromkeys(text.split(os.pathsep)):
        folder = os.path.normpath(here / entry)
        if os.path.realpath(folder) in known:
            continue
        hidden = hidden_modules(facts, folder, FIRST)
        if hidden:
            yield shadowing_finding(facts, folder, hidden, "PYTHONPATH")
        elif not entry:
            leaking.append("the current folder, by an empty entry")
        elif os.path.isfile(folder) or _importable(facts, folder):
            leaking.append(folder)
    if leaking:
        yield _leak(
            f"PYTHONPATH adds to what Python imports here: {', '.join(leaking)}.",
            "Unset PYTHONPATH, or install what lies there.",
        )


def _user_site(facts: Facts) -> Iterator[Finding]:
    """Yield a warning for modules in the user's own site-packages.

    They come after the environment's own site-packages and hide nothing of it; what a base Python
    has in its own folders they do hide.
    """
    surroundings, environment = facts.surroundings, facts.environment
    if environment.user_site is None or surroundings.no_user_site or surroundings.home is None:
        return
    base, inner = environment.user_site
    folder = os.path.join(surroundings.user_base or surroundings.home / base, inner)
    modules = _importable(facts, folder)
    if modules:
        shown = ", ".join(modules[:3])
        shown += f" and {len(modules) - 3} more" if len(modules) > 3 else ""
        yield _leak(
            f"The user's own site-packages, {folder}, are importable here: {shown}.",
            "Set PYTHONNOUSERSITE=1 to keep them out, or uninstall what lies there.",
        )


def _importable(facts: Facts, folder: str) -> list[str]:
    """Return what can be imported from a folder, at its top or one level into plain folders."""
    found = set(modules_in(facts.environment, folder))
    if not found:
        # A part of a namespace package has no `__init__` of its own.
        try:
            inner = [name for name in os.listdir(folder) if name.isidentifier()]
        except OSError:
            return []
        found = {
            name for name in inner if modules_in(facts.environment, os.path.join(folder, name))
        }
    return sorted(name for name in found if not name.startswith(_TESTS))


def _leak(summary: str, remedy: str, severity: Severity = Severity.WARNING) -> Finding:
    return Finding(
        code=Code.PATH_LEAK,
        check=Check.STARTUP,
        distribution=ENVIRONMENT,
        summary=summary,
        remedy=remedy,
        severity=severity,
    )
