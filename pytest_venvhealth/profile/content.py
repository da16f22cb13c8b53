"""What one profile file says, each key of it checked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import InvalidName, canonicalize_name

from pytest_venvhealth.findings import Code, Severity
from pytest_venvhealth.profile.data import Waiver
from pytest_venvhealth.profile.lock import Lock, read_lock
from pytest_venvhealth.profile.toml_table import (
    ProfileError,
    Table,
    is_file,
    read_toml,
    shown,
    suggestion,
)

GROUPS = "dependency-groups"
_KEYS = (
    "description",
    "requires-python",
    "extends",
    "lock",
    "pth",
    "network",
    "probes",
    "waivers",
)
_TOOL = "venv-health"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProbeContent:
    """What one file says of a probe; another file may add the rest."""

    code: str | None
    origin: str | None
    """Where `code` stands; None exactly where it is None."""
    imports: tuple[str, ...] | None
    timeout: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """What one file says, or several merged: groups not yet resolved."""

    extends: str | None = None
    place_of_extends: str = "extends"
    """Where that key stands in the file."""
    description: str | None = None
    requires_python: SpecifierSet | None = None
    lock: Lock | None = None
    pth: tuple[str, ...] | None = None
    network: Severity | None = None
    groups: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """Normalized name to the entries of the array; each entry is a valid one (PEP 735)."""
    probes: Mapping[str, ProbeContent] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()


def read_content(path: Path, faults: list[str]) -> Content:
    """Return what is right in a file, and add what is wrong in it to `faults`.

    Raises:
        ProfileError: the file cannot be read at all.
    """
    document = Table(read_toml(path), "", faults)
    if path.name == "pyproject.toml":
        table = _tool_table(document)
        table.expect_keys(_KEYS)
    else:
        table = document
        table.expect_keys((*_KEYS, GROUPS))
    return Content(
        description=table.text("description"),
        requires_python=_python_specifier(table),
        extends=table.text("extends"),
        place_of_extends=table.place("extends"),
        lock=_lock(table, path),
        pth=_pth_names(table),
        network=_network(table),
        groups=_groups(document),
        probes=_probes(table, path),
        waivers=tuple(_waivers(table)),
    )


def _tool_table(document: Table) -> Table:
    """Return `[tool.venv-health]` of a `pyproject.toml`, empty where it has none."""
    tools = document.table("tool")
    table = tools.table(_TOOL) if tools else None
    if table is None and GROUPS not in document.data:
        document.faults.append(
            f"expected [{GROUPS}] or [tool.{_TOOL}], found neither: this is no profile."
        )
    return table or Table({}, f"tool.{_TOOL}", document.faults)


def _python_specifier(table: Table) -> SpecifierSet | None:
    text = table.text("requires-python")
    if text is None:
        return None
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        table.fault(
            "requires-python",
            f'expected a version specifier such as "==3.11.*", found {shown(text)}.',
        )
        return None


def _lock(table: Table, path: Path) -> Lock | None:
    """Return the lock beside the profile; its faults become those of the key `lock`."""
    name = table.text("lock")
    if name is None:
        return None
    file = path.parent / name
    if not is_file(file):
        table.fault("lock", f"there is no file {file}.")
        return None
    try:
        return read_lock(file)
    except ProfileError as error:
        for fault in error.faults:
            table.fault("lock", f"{file}: {fault}")
        return None


def _pth_names(table: Table) -> tuple[str, ...] | None:
    names = table.texts("pth", "the name of a .pth file")
    for index, name in enumerate(names or ()):
        if not re.fullmatch(r"[^/\\\0]+\.pth", name):
            table.fault_at("pth", index, f"expected the name of a .pth file, found {shown(name)}.")
    return names


def _network(table: Table) -> Severity | None:
    text = table.text("network")
    if text is None:
        return None
    try:
        return Severity(text)
    except ValueError:
        words = " or ".join(f'"{severity}"' for severity in Severity)
        table.fault("network", f"expected {words}, found {shown(text)}.")
        return None


def _groups(document: Table) -> dict[str, Sequence[Any]]:
    """Return the valid entries of each group, by normalized name of the group."""
    table = document.table(GROUPS)
    groups: dict[str, Sequence[Any]] = {}
    for key, entries in table.data.items() if table else ():
        assert table is not None
        name = _normalized_key(table, key, "a group's name of letters, digits, . - _")
        if name is None:
            continue
        if name in groups:
            table.fault(key, "another group has the same name, if spelling is normalized.")
        elif not isinstance(entries, list):
            table.fault(key, f"expected an array of requirements, found {shown(entries)}.")
        else:
            groups[name] = [
                entry
                for index, entry in enumerate(entries)
                if _valid_entry(table, key, index, entry)
            ]
    return groups


def _valid_entry(table: Table, key: str, index: int, entry: object) -> bool:
    """Tell whether an entry of a group is one that PEP 735 knows; note what is wrong with it."""
    if isinstance(entry, str):
        try:
            Requirement(entry)
        except InvalidRequirement as error:
            # The further lines are a picture of where it went wrong.
            reason = str(error).splitlines()[0].rstrip(":.")
            table.fault_at(
                key,
                index,
                f'expected a requirement such as "numpy==2.1", found {shown(entry)}: {reason}.',
            )
            return False
        return True
    if isinstance(entry, dict):
        name = entry.get("include-group")
        if list(entry) == ["include-group"] and isinstance(name, str):
            return True
        table.fault_at(
            key, index, 'expected a requirement or { include-group = "NAME" }, found another table.'
        )
        return False
    hint = ""
    if isinstance(entry, (int, float)) and not isinstance(entry, bool):
        hint = f' Write it in quotes, with its name: "numpy=={shown(entry)}".'
    table.fault_at(key, index, f"expected a requirement, found {shown(entry)}.{hint}")
    return False


def _probes(table: Table, path: Path) -> dict[str, ProbeContent]:
    """Return what this file says of probes, by normalized name of the distribution."""
    every = table.table("probes")
    probes: dict[str, ProbeContent] = {}
    for key in every.data if every else ():
        assert every is not None
        name = _normalized_key(every, key, "a distribution's name")
        probe = every.table(key)
        if name is None or probe is None:
            continue
        if name in probes:
            every.fault(key, "another probe is for the same distribution.")
        probes[name] = _probe(probe, path)
    return probes


def _probe(table: Table, path: Path) -> ProbeContent:
    table.expect_keys(("code", "file", "imports", "timeout"))
    code, file = table.text("code"), table.text("file")
    imports = table.texts("imports", "a module's name")
    for index, name in enumerate(imports or ()):
        # Not `isidentifier`: a compiled module may be named `81d243bd2c585b0f4821__mypyc`.
        if not re.fullmatch(r"\w+(\.\w+)*", name):
            table.fault_at("imports", index, f"expected a module's name, found {shown(name)}.")
    # No file name alone: a traceback would quote lines of TOML as if they were the code's.
    origin = f"<{path.name}: {table.where}>" if code is not None else None
    if file is not None and code is not None:
        table.fault("file", "expected code or file, found both.")
    elif file is not None:
        source = path.parent / file
        origin = str(source)
        code = _source(table, source)
    return ProbeContent(code=code, origin=origin, imports=imports, timeout=table.seconds("timeout"))


def _source(table: Table, path: Path) -> str | None:
    """Return the text of a probe's file."""
    if not is_file(path):
        table.fault("file", f"there is no file {path}.")
        return None
    try:
        return path.read_text("utf-8")
    except OSError as error:
        table.fault("file", f"{path} cannot be read ({error.strerror}).")
    except UnicodeDecodeError:
        table.fault("file", f"{path} is no UTF-8 text.")
    return None


def _waivers(table: Table) -> list[Waiver]:
    """Return the waivers in which nothing is wrong."""
    # That a waiver has ended is told because of a waiver: no other one may hide it.
    codes = [str(code) for code in Code if code is not Code.WAIVER_EXPIRED]
    waivers = []
    for row in table.tables("waivers"):
        row.expect_keys(("distribution", "code", "paths", "reason", "expires"))
        name = row.required_text("distribution", "a distribution's name")
        code = row.required_text("code", "the code of a finding")
        reason = row.required_text("reason", "why this is accepted")
        paths = row.texts("paths", "a path or pattern")
        expires = row.date("expires")
        if name is not None:
            name = _normalized(row, "distribution", name, "a distribution's name")
        if code is not None and code not in codes:
            hint = suggestion(code, codes)
            row.fault("code", f"no finding that can be waived has the code {shown(code)}.{hint}")
        if name is not None and code is not None and reason is not None:
            waivers.append(
                Waiver(
                    distribution=name, code=code, paths=paths or (), reason=reason, expires=expires
                )
            )
    return waivers


def _normalized_key(table: Table, key: str, meaning: str) -> str | None:
    """Return the normalized form of a key that is a name."""
    return _normalized(table, key, key, meaning)


def _normalized(table: Table, key: str, name: str, meaning: str) -> str | None:
    try:
        return canonicalize_name(name, validate=True)
    except InvalidName:
        table.fault(key, f"expected {meaning}, found {shown(name)}.")
        return None
