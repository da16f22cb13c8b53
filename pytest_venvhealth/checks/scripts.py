"""Do the environment's scripts start its own interpreter?"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from pytest_venvhealth.checks.remedy import remedy_by_wheel
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.facts import Facts, relative_paths
from pytest_venvhealth.findings import ENVIRONMENT, Check, Code, Finding, Severity
from pytest_venvhealth.manifest import Entry
from pytest_venvhealth.record import encoded_hash

_HEAD_BYTES = 8192
_SHELL_TRICK = "'''exec' "
# uv's relocatable launchers name the interpreter beside themselves.
_BESIDE = re.compile(r'"?\$\(.*dirname.*\)"?/(?P<name>\'[^\']+\'|"[^"]+"|[^\s"\']+)(?:\s|$)')
_PYTHON = re.compile(r"(python|pypy)(?P<version>\d+\.\d+)?[\d.]*t?w?(\.exe)?$")
_ACTIVATES = re.compile(r"^\s*(?:export\s+)?VIRTUAL_ENV=(?P<value>.+?)\s*$", re.MULTILINE)


def check_scripts(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each interpreter that scripts start and that is not the environment's."""
    environment = facts.environment
    if environment.markers.get("os_name") == "nt":
        return  # the interpreter stands inside an .exe there; the files check covers its presence
    owned, others = _scripts(facts)
    stray = _by_interpreter(environment, owned)
    for interpreter, paths in sorted(stray.items()):
        yield _owned_finding(facts, interpreter, paths)
    if not (environment.root / "pyvenv.cfg").is_file():
        return  # what else lies in a system's `bin` is not the environment's
    dead = _by_interpreter(environment, others)
    for interpreter, paths in sorted(dead.items()):
        # The environment's own folders are told of once; a script by hand may start what it likes.
        if interpreter not in stray and not os.path.exists(interpreter):
            yield _dead_finding(facts, interpreter, paths)
    told = {os.path.dirname(os.path.dirname(interpreter)) for interpreter in (*stray, *dead)}
    yield from _activation(environment, told)


def _scripts(facts: Facts) -> tuple[list[str], list[str]]:
    """Return the scripts that an installer wrote for distributions, and those of nobody."""
    owned: set[str] = set()
    as_shipped: set[str] = set()
    for name in facts.inventory.distributions:
        manifest = facts.manifest(name)
        if manifest is None:
            continue
        owned |= {launcher.path for launcher in manifest.launchers}
        for entry in manifest.entries.values():
            if entry.rewritten and (manifest.source == "record" or not _has_hash(entry)):
                owned.add(entry.path)
            else:
                as_shipped.add(entry.path)
    others: list[str] = []
    try:
        names = sorted(os.listdir(facts.environment.scripts))
    except OSError:
        names = []
    for name in names:
        path = os.path.join(facts.environment.scripts, name)
        if path in facts.owners:
            # As `pip3.11`, which only RECORD knows. What a wheel ships as it is, is its own affair.
            owned |= {path} - as_shipped
        elif not os.path.islink(path):
            others.append(path)
    return sorted(owned), others


def _has_hash(entry: Entry) -> bool:
    """Tell whether a wheel's script still has the bytes of the archive: none were rewritten."""
    try:
        with open(entry.path, "rb") as file:
            return encoded_hash(hashlib.file_digest(file, "sha256")) == entry.hash
    except OSError:
        return False


def _by_interpreter(environment: Environment, paths: list[str]) -> dict[str, list[str]]:
    """Return the scripts that start another interpreter than the environment's, by its path."""
    stray: dict[str, list[str]] = {}
    for path in paths:
        interpreter = started_interpreter(path)
        if interpreter and not _is_own(environment, interpreter):
            stray.setdefault(interpreter, []).append(path)
    return stray


def started_interpreter(path: str) -> str | None:
    """Return the Python that a script starts; None where it starts none of full path.

    A script that asks `env` starts whatever comes first on `PATH`, which is up to the caller.
    Source: the launchers of pip, installer, uv, distlib, setuptools, conda and virtualenv. All use
    `/bin/sh` where a path is too long for a first line or has spaces in it.
    """
    try:
        if not os.path.isfile(path):
            return None
        with open(path, "rb") as file:
            head = os.fsdecode(file.read(_HEAD_BYTES))
    except OSError:
        return None  # its absence is told by the files check
    if not head.startswith("#!"):
        return None
    first, _, rest = head[2:].partition("\n")
    words = _words(first)
    if not words:
        return None
    program = words[0]
    if os.path.basename(program) in ("sh", "bash", "dash"):
        line = rest.partition("\n")[0]
        if not line.startswith(_SHELL_TRICK):
            return None
        line = line.removeprefix(_SHELL_TRICK)
        beside = _BESIDE.match(line)
        if beside:
            folder = os.path.dirname(os.path.realpath(path))
            program = os.path.join(folder, beside["name"].strip("'\""))
        else:
            program = next(iter(_words(line)), "")
    elif os.path.basename(program) == "env":
        program = next((word for word in words[1:] if os.path.isabs(word)), "")
    is_python = _PYTHON.match(os.path.basename(program))
    return program if is_python and os.path.isabs(program) else None


def _words(line: str) -> list[str]:
    # Not all of the line: what follows the first word need not be well quoted.
    match = re.match(r"\s*('[^']*'|\"[^\"]*\"|\S+)(.*)", line)
    if match is None:
        return []
    first = match[1].strip("'\"") if match[1][0] in "'\"" else match[1]
    try:
        return [first, *shlex.split(match[2])]
    except ValueError:
        return [first]


def _is_own(environment: Environment, interpreter: str) -> bool:
    """Tell whether an interpreter is the environment's: its folder is, and its version.

    The file itself proves nothing: in a venv it is a link to the base Python, and one that is
    started by the base's own name does not see the venv.
    """
    own = str(environment.interpreter)
    if not _same_place(os.path.dirname(interpreter), os.path.dirname(own)):
        is_base = not (environment.root / "pyvenv.cfg").is_file()
        return is_base and _same_place(interpreter, own)
    if environment.interpreter_error or not environment.purelib.is_dir():
        return True  # it does not start, or is another: the interpreter's own item tells
    match = _PYTHON.match(os.path.basename(interpreter))
    version = match["version"] if match else None
    major, minor = environment.version[:2]
    return os.path.exists(interpreter) and version in (None, f"{major}.{minor}")


def _same_place(one: str, other: str) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:
        return os.path.realpath(one) == os.path.realpath(other)


def _owned_finding(facts: Facts, interpreter: str, paths: list[str]) -> Finding:
    owners = sorted({owner for path in paths for owner in facts.owners.get(path, ())})
    gone = not os.path.exists(interpreter)
    state = "one that is gone" if gone else "another interpreter"
    count = "1 script starts" if len(paths) == 1 else f"{len(paths)} scripts start"
    own = _same_place(os.path.dirname(interpreter), os.path.dirname(facts.environment.interpreter))
    reason = (
        "" if own else ": the environment was moved or copied, or another Python installed them"
    )
    refusals = [
        text for text, possible in (remedy_by_wheel(facts, n) for n in owners) if not possible
    ]
    remedy = "Run again with --repair: it writes the scripts anew from their wheels."
    if refusals:
        remedy = f"Install {', '.join(owners)} anew. {refusals[0]}"
    return Finding(
        code=Code.SCRIPT_INTERPRETER,
        check=Check.SCRIPTS,
        distribution=ENVIRONMENT,
        summary=f"{count} {state}, {interpreter}{reason}.",
        remedy=remedy,
        paths=relative_paths(facts.environment, paths),
        root_causes=tuple(owners),
        repairable=not refusals,
    )


def _dead_finding(facts: Facts, interpreter: str, paths: list[str]) -> Finding:
    count = "1 script starts" if len(paths) == 1 else f"{len(paths)} scripts start"
    return Finding(
        code=Code.SCRIPT_INTERPRETER,
        check=Check.SCRIPTS,
        distribution=ENVIRONMENT,
        summary=f"{count} an interpreter that is gone, {interpreter}. No distribution owns that.",
        remedy="Delete them, or install anew what they belong to.",
        severity=Severity.WARNING,
        paths=relative_paths(facts.environment, paths),
    )


def _activation(environment: Environment, told: set[str]) -> Iterator[Finding]:
    """Yield a warning where `bin/activate` puts another environment on `PATH`.

    Args:
        told: the environments whose interpreters findings name: they tell of the same move.
    """
    script = Path(environment.scripts, "activate")
    try:
        text = script.read_bytes().decode("utf-8", "surrogateescape")
    except OSError:
        return
    values = (match["value"].strip("'\"") for match in _ACTIVATES.finditer(text))
    # Others are worked out by the shell, such as those of relocatable environments.
    folders = [value for value in values if os.path.isabs(value)]
    own = str(environment.root)
    if not folders or any(folder in told or _same_place(folder, own) for folder in folders):
        return
    yield Finding(
        code=Code.SCRIPT_INTERPRETER,
        check=Check.SCRIPTS,
        distribution=ENVIRONMENT,
        summary=f"bin/activate activates another environment, {folders[0]}: this one was moved.",
        remedy=f"Write it anew: python -m venv --upgrade {own}.",
        severity=Severity.WARNING,
        paths=(environment.relative(script),),
    )
