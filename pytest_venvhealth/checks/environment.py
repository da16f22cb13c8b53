"""Is the environment itself sound: interpreter, start-up, scripts, site-packages?"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from pytest_venvhealth.checks import Answer
from pytest_venvhealth.environment import Environment, read_pyvenv_cfg
from pytest_venvhealth.facts import Facts, relative_paths
from pytest_venvhealth.findings import ENVIRONMENT, Check, Code, Finding, Severity

_INTERPRETER_IN_LINE = re.compile(rb"^#!(?:/bin/sh\n'''exec' )?(?P<path>'[^']+'|\"[^\"]+\"|[^\n]+)")


def check_environment(facts: Facts, check: Check) -> Answer:
    """Ask one question of the environment itself.

    Args:
        check: one of interpreter, startup, scripts, site-packages.
    """
    questions: dict[Check, Callable[[Facts], Iterator[Finding]]] = {
        Check.INTERPRETER: _interpreter,
        Check.STARTUP: _startup,
        Check.SCRIPTS: _scripts,
        Check.SITE_PACKAGES: _site_packages,
    }
    if check is Check.STARTUP and facts.environment.interpreter_error:
        return Answer(unchecked="the interpreter does not start")
    return Answer(findings=tuple(questions[check](facts)))


def _interpreter(facts: Facts) -> Iterator[Finding]:
    environment = facts.environment
    shown = environment.relative(environment.interpreter)
    if environment.interpreter_error:
        yield Finding(
            code=Code.INTERPRETER_BROKEN,
            check=Check.INTERPRETER,
            distribution=ENVIRONMENT,
            summary=f"The interpreter does not start: {environment.interpreter_error}.",
            remedy=_remake(environment),
            paths=(shown,),
        )
        return
    config = read_pyvenv_cfg(environment.root)
    said = config.get("version") or config.get("version_info") or ""
    numbers = re.match(r"(\d+)\.(\d+)", said)
    if numbers and tuple(map(int, numbers.groups())) != environment.version[:2]:
        yield Finding(
            code=Code.INTERPRETER_CHANGED,
            check=Check.INTERPRETER,
            distribution=ENVIRONMENT,
            summary=(
                f"pyvenv.cfg says Python {said}, the interpreter is {environment.python_version}: "
                "it does not look where the packages are."
            ),
            remedy=_remake(environment),
            paths=("pyvenv.cfg", shown),
        )


def _remake(environment: Environment) -> str:
    major, minor = environment.version[:2]
    return (
        f"Make the interpreter anew: python{major}.{minor} -m venv --upgrade {environment.root} "
        "(the installed packages stay)."
    )


def _startup(facts: Facts) -> Iterator[Finding]:
    problem = facts.environment.startup_error
    if problem is None:
        return
    files = [
        path
        for path in facts.inventory.top_level_entries
        if path.endswith(".pth")
        or os.path.basename(path) in ("sitecustomize.py", "usercustomize.py")
    ]
    yield Finding(
        code=Code.STARTUP_FAILED,
        check=Check.STARTUP,
        distribution=ENVIRONMENT,
        summary=f"Python starts here only without its start-up files: {problem}.",
        remedy="Look at the files named: one of them fails or hangs at every start of Python.",
        paths=relative_paths(facts.environment, files),
    )


def _scripts(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for scripts of installed distributions that start another interpreter."""
    environment = facts.environment
    if environment.markers.get("os_name") == "nt":
        return  # the interpreter stands inside an .exe there; the files check covers its presence
    stray: dict[str, list[str]] = {}
    for name in facts.names:
        manifest = facts.manifest(name)
        if manifest is None or facts.installed(name) is None:
            continue
        scripts = [launcher.path for launcher in manifest.launchers]
        scripts += [entry.path for entry in manifest.entries.values() if entry.rewritten]
        for path in scripts:
            interpreter = script_interpreter(path)
            if interpreter and not _is_own_interpreter(environment, interpreter):
                stray.setdefault(interpreter, []).append(path)
    for interpreter, paths in sorted(stray.items()):
        owners = sorted({owner for path in paths for owner in facts.owners.get(path, ())})
        state = "another interpreter" if os.path.exists(interpreter) else "one that is gone"
        count = "1 script starts" if len(paths) == 1 else f"{len(paths)} scripts start"
        yield Finding(
            code=Code.SCRIPT_INTERPRETER,
            check=Check.SCRIPTS,
            distribution=ENVIRONMENT,
            summary=f"{count} {state}, {interpreter}: the environment was moved or copied.",
            remedy="Run again with --repair: it writes the scripts anew from their wheels.",
            paths=relative_paths(environment, paths),
            root_causes=tuple(owners),
            repairable=True,
        )


def script_interpreter(path: str) -> str | None:
    """Return the interpreter that a script's first lines name, if that is a Python of full path."""
    try:
        with open(path, "rb") as file:
            head = file.read(4096)
    except OSError:
        return None  # its absence is told by the files check
    match = _INTERPRETER_IN_LINE.match(head)
    if match is None:
        return None
    text = os.fsdecode(match["path"]).strip()
    text = text[1:].partition(text[0])[0] if text[:1] in "'\"" else text.split(" ")[0]
    is_python = "python" in os.path.basename(text) or "pypy" in os.path.basename(text)
    return text if text.startswith("/") and is_python else None


def _is_own_interpreter(environment: Environment, interpreter: str) -> bool:
    folder = os.path.dirname(interpreter)
    own = os.path.dirname(environment.interpreter)
    return folder == own or os.path.realpath(folder) == os.path.realpath(own)


def _site_packages(facts: Facts) -> Iterator[Finding]:
    leftovers = facts.inventory.leftovers
    if leftovers:
        count = "1 leftover" if len(leftovers) == 1 else f"{len(leftovers)} leftovers"
        yield Finding(
            code=Code.LEFTOVER,
            check=Check.SITE_PACKAGES,
            distribution=ENVIRONMENT,
            summary=f"{count} of an interrupted pip; Python never imports these.",
            remedy="Remove them, or let the next repair set them aside.",
            severity=Severity.WARNING,
            paths=relative_paths(facts.environment, leftovers),
        )
    orphans = sorted(_orphans(facts))
    if orphans:
        count = "1 package or module belongs" if len(orphans) == 1 else f"{len(orphans)} belong"
        yield Finding(
            code=Code.ORPHAN_PACKAGE,
            check=Check.SITE_PACKAGES,
            distribution=ENVIRONMENT,
            summary=f"{count} to no installed distribution.",
            remedy="Install what should own them, or remove them.",
            severity=Severity.WARNING,
            paths=relative_paths(facts.environment, orphans),
        )


def _orphans(facts: Facts) -> Iterator[str]:
    """Yield top-level modules and packages that nobody owns."""
    owned: set[str] = set()
    sites = [str(folder) + os.sep for folder in facts.environment.site_folders]
    for path in facts.owners:
        for site in sites:
            if path.startswith(site):
                owned.add(site + path[len(site) :].partition(os.sep)[0])
    suffixes = (".py", *facts.environment.extension_suffixes)
    for path in facts.inventory.top_level_entries:
        name = os.path.basename(path)
        if path in owned or name.startswith("~") or name == "__pycache__":
            continue
        stem = next((name.removesuffix(end) for end in suffixes if name.endswith(end)), name)
        if not stem.isidentifier():
            continue
        if name != stem or (os.path.isdir(path) and any(Path(path).rglob("*.py"))):
            yield path
