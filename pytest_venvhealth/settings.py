"""What the user asked for: command line and ini file, as one frozen value."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from pytest_venvhealth.errors import UsageError
from pytest_venvhealth.examination import DEPTHS, ISOLATIONS
from pytest_venvhealth.wheelhouse import nearest_wheelhouse


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """An environment as the user named it."""

    path: Path
    """A folder or an interpreter; absolute."""
    name: str | None = None
    """From `NAME=PATH`; None: the folder's own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Every option of the plugin, with paths made absolute."""

    targets: tuple[Target, ...]
    start: Path
    """Where the profile is looked for: the folder that pytest was called in, or the ini file's."""
    profile: str | None = None
    groups: tuple[str, ...] = ()
    wheelhouses: tuple[Path, ...] = ()
    depth: str = "functional"
    timeout: float = 60.0
    """Seconds for a probe."""
    memory: int | None = None
    """Bytes for a probe."""
    jobs: int = 1
    isolation: str = "fork"
    lock_timeout: float = 600.0
    """Seconds to wait for whoever else repairs an environment; 0: not at all."""
    quick: bool = False
    bytecode: bool = False
    strict: bool = False
    repair: bool = False
    repair_plan: bool = False
    fail_on_heal: bool = False
    json: Path | None = None


def read_settings(config: pytest.Config) -> Settings:
    """Return what the options and the ini file say.

    Raises:
        UsageError: a value cannot be used; the text names the option and what it expects.
    """
    start = config.invocation_params.dir
    repair, repair_plan = bool(_value(config, "repair")), bool(_value(config, "repair_plan"))
    if repair and repair_plan:
        raise UsageError(
            "--repair and --repair-plan exclude each other: the plan changes nothing. Give one."
        )
    targets = tuple(_target(text, _base(config, "venv")) for text in _listed(config, "venv"))
    house = _base(config, "venv_wheelhouse")
    wheelhouses = tuple(house / folder for folder in _listed(config, "venv_wheelhouse"))
    json = _value(config, "venv_json")
    profile = _value(config, "venv_profile")
    return Settings(
        targets=targets or (Target(path=Path(sys.executable)),),
        start=_base(config, "venv_profile"),
        profile=str(profile) if profile else None,
        groups=tuple(_listed(config, "venv_group")),
        wheelhouses=wheelhouses or nearest_wheelhouse(start),
        depth=_depth(_value(config, "venv_depth")),
        timeout=_seconds(_value(config, "venv_timeout")),
        memory=_memory(_value(config, "venv_memory")),
        jobs=_jobs(_value(config, "venv_jobs")),
        isolation=_isolation(_value(config, "venv_isolation")),
        lock_timeout=_lock_timeout(_value(config, "venv_lock_timeout")),
        quick=bool(_value(config, "venv_quick")),
        bytecode=bool(_value(config, "venv_bytecode")),
        strict=bool(_value(config, "venv_strict")),
        repair=repair,
        repair_plan=repair_plan,
        fail_on_heal=bool(_value(config, "venv_fail_on_heal")),
        json=_base(config, "venv_json") / str(json) if json else None,
    )


def _value(config: pytest.Config, name: str) -> object:
    """Return the option, else the ini key of the same name."""
    given = config.getoption(name)
    return config.getini(name) if given is None or given == [] else given


def _base(config: pytest.Config, name: str) -> Path:
    """Return the folder that a path is relative to: the user's, or the ini file's own."""
    given = config.getoption(name)
    if given in (None, []) and _value(config, name) and config.inipath is not None:
        return config.inipath.parent
    return config.invocation_params.dir


def _listed(config: pytest.Config, name: str) -> list[str]:
    value = _value(config, name)
    return [str(part) for part in value] if isinstance(value, list) else []


def _target(text: str, start: Path) -> Target:
    name, sign, path = text.partition("=")
    # A path may hold an equals sign: only a plain word before it is a name.
    if not sign or os.sep in name or not name or (start / text).exists():
        name, path = "", text
    if not path:
        raise UsageError(f"--venv={text}: a path is missing. Write --venv=[NAME=]PATH.")
    return Target(path=start / Path(path).expanduser(), name=name or None)


def _depth(value: object) -> str:
    if not value:
        return "functional"
    if value not in DEPTHS:
        raise UsageError(f"--venv-depth={value}: expected one of {', '.join(DEPTHS)}.")
    return str(value)


def _isolation(value: object) -> str:
    if not value:
        return "fork"
    if value not in ISOLATIONS:
        raise UsageError(f"--venv-isolation={value}: expected one of {', '.join(ISOLATIONS)}.")
    return str(value)


def _seconds(value: object) -> float:
    seconds = _number(value, 60.0)
    if not 0 < seconds < float("inf"):
        raise UsageError(f"--venv-timeout={value}: expected a number of seconds above 0.")
    return seconds


def _lock_timeout(value: object) -> float:
    seconds = _number(value, 600.0)
    if not 0 <= seconds < float("inf"):
        raise UsageError(f"--venv-lock-timeout={value}: expected a number of seconds, 0 or more.")
    return seconds


def _number(value: object, default: float) -> float:
    """Return a number that was given as text; one that no limit admits where it is none."""
    try:
        return default if value in (None, "") else float(str(value))
    except ValueError:
        return float("-inf")


def _memory(value: object) -> int:
    """Return a size in bytes; by default half of what the machine has."""
    if value in (None, ""):
        return psutil.virtual_memory().total // 2
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kKMGT]?)i?B?", str(value).strip())
    size = float(match[1]) * 1024 ** " KMGT".index(match[2].upper() or " ") if match else 0
    if size < 1:
        raise UsageError(f"--venv-memory={value}: expected a size above 0, such as 500M or 4G.")
    return int(size)


def _jobs(value: object) -> int:
    if value in (None, ""):
        return os.cpu_count() or 1
    text = str(value)
    if not text.isdecimal() or int(text) < 1:
        raise UsageError(f"--venv-jobs={value}: expected a whole number above 0.")
    return int(text)
