"""Is the environment itself sound: interpreter, start-up, scripts, site-packages?"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator

from pytest_venvhealth.checks import Answer
from pytest_venvhealth.checks.files import check_files
from pytest_venvhealth.checks.remedy import remedy_by_wheel
from pytest_venvhealth.checks.site_packages import check_site_packages
from pytest_venvhealth.environment import Environment, read_pyvenv_cfg
from pytest_venvhealth.facts import Facts, relative_paths
from pytest_venvhealth.findings import ENVIRONMENT, Check, Code, Finding

_CUSTOMIZE = {"sitecustomize": "sitecustomize.py", "usercustomize": "usercustomize.py"}
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
        Check.SITE_PACKAGES: check_site_packages,
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
    environment = facts.environment
    if environment.startup_error is not None:
        files = [
            path
            for path in facts.inventory.top_level_entries
            if path.endswith(".pth") or os.path.basename(path) in _CUSTOMIZE.values()
        ]
        summary = f"Python starts here only without its start-up files: {environment.startup_error}"
        remedy = "Look at the files named: one of them ends Python, or hangs, at every start."
        yield _startup_failed(facts, summary, remedy, files)
    for source, reason in environment.startup_complaints:
        shown = source
        files = [source]
        if source in _CUSTOMIZE:
            shown = _CUSTOMIZE[source]
            files = [
                path
                for path in facts.inventory.top_level_entries
                if os.path.basename(path) == shown
            ]
        summary = f"{os.path.basename(shown)} fails at every start of Python: {reason}"
        remedy = "Mend the file or what it needs, or move it away."
        yield _startup_failed(facts, summary, remedy, files)


def _startup_failed(facts: Facts, summary: str, remedy: str, files: list[str]) -> Finding:
    owners = sorted({owner for path in files for owner in facts.owners.get(path, ())})
    # An intact file that fails all the same is not mended by its wheel.
    broken = [
        owner
        for owner in owners
        if any(finding.repairable for finding in check_files(facts, owner).findings)
    ]
    if broken:
        remedy, _ = remedy_by_wheel(facts, broken[0])
    return Finding(
        code=Code.STARTUP_FAILED,
        check=Check.STARTUP,
        distribution=ENVIRONMENT,
        summary=summary + ("" if summary.endswith(".") else "."),
        remedy=remedy,
        paths=relative_paths(facts.environment, files),
        root_causes=tuple(broken),
        repairable=bool(broken),
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
