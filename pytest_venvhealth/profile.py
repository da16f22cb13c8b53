"""Find a profile's file and read it, with the lock it names and the profile it extends."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from packaging.dependency_groups import CyclicDependencyGroup, DependencyGroupResolver
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import InvalidName, canonicalize_name

from pytest_venvhealth.errors import UsageError
from pytest_venvhealth.findings import Code
from pytest_venvhealth.lock import Lock, read_lock
from pytest_venvhealth.profile_data import ProbeSpec, Profile, Waiver, Wanted
from pytest_venvhealth.toml_table import (
    ProfileError,
    Table,
    is_file,
    read_toml,
    shown,
    suggestion,
)

__all__ = [
    "ProbeSpec",
    "Profile",
    "ProfileError",
    "ProfileNotFoundError",
    "Waiver",
    "Wanted",
    "find_profile",
    "load_profile",
]

_KEYS = ("description", "requires-python", "extends", "lock", "pth", "probes", "waivers")
_GROUPS = "dependency-groups"
_TOOL = "venv-health"


class ProfileNotFoundError(UsageError):
    """No profile has the name, or no file the path, that the user gave."""

    def __init__(self, name: str, places: Sequence[Path], hint: str = "") -> None:
        super().__init__(name, places, hint)
        self.name, self.places, self.hint = name, tuple(places), hint

    def __str__(self) -> str:
        if not self.places:
            return f'There is no profile "{self.name}", and no folder "profiles" to hold one.'
        looked = ", ".join(str(place) for place in self.places)
        return f'There is no profile "{self.name}" (looked for {looked}).{self.hint}'


@dataclass(frozen=True, kw_only=True, slots=True)
class _Probe:
    """What one file says of a probe; another file may add the rest."""

    code: str | None
    origin: str | None
    """Where `code` stands; None exactly where it is None."""
    imports: tuple[str, ...] | None
    timeout: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Content:
    """What one file says, or several merged: groups not yet resolved."""

    description: str | None = None
    requires_python: SpecifierSet | None = None
    lock: Lock | None = None
    pth: tuple[str, ...] | None = None
    groups: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """Normalized name to the entries of the array; each entry is a valid one (PEP 735)."""
    probes: Mapping[str, _Probe] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()


def find_profile(name_or_file: str, start: Path) -> Path:
    """Return the file of the profile that the user named.

    Args:
        name_or_file: a path, where it ends in `.toml` or has a separator in it; else the NAME of
            `profiles/NAME.toml`.
        start: the folder that a path is relative to, and where the search upwards begins.

    Raises:
        ProfileNotFoundError: there is no such file.
    """
    if name_or_file.endswith(".toml") or "/" in name_or_file or "\\" in name_or_file:
        path = start / name_or_file
        if is_file(path):
            return path
        raise ProfileNotFoundError(name_or_file, [path], _near(path.stem, [path.parent]))
    folders = [
        folder / "profiles"
        for folder in (start.absolute(), *start.absolute().parents)
        if (folder / "profiles").is_dir()
    ]
    for folder in folders:
        path = folder / f"{name_or_file}.toml"
        if is_file(path):
            return path
    places = [folder / f"{name_or_file}.toml" for folder in folders]
    raise ProfileNotFoundError(name_or_file, places, _near(name_or_file, folders))


def _near(name: str, folders: Sequence[Path]) -> str:
    """Return a hint at the profiles in `folders`: the one that was probably meant, else all."""
    names = sorted(
        path.stem
        for folder in folders
        for path in folder.glob("*.toml")
        if path.stem != "pylock" and not path.name.startswith("pylock.")
    )
    if not names:
        return ""
    return suggestion(name, names) or f" There are: {', '.join(names)}."


def load_profile(path: Path) -> Profile:
    """Return the profile in a TOML file, with what it extends.

    `pyproject.toml` is read for its `[dependency-groups]` and `[tool.venv-health]`.

    Raises:
        ProfileError: all mistakes in the file, and in those it extends, at once.
    """
    faults: list[str] = []
    try:
        content = _read(path, (), faults)
        # Only the whole can be resolved: a group may include one of the extended profile.
        groups = {} if faults else _resolve(content.groups, faults)
    except RecursionError as error:
        raise ProfileError(path, ["it is nested too deeply."]) from error
    probes = {
        name: ProbeSpec(
            distribution=name,
            code=probe.code,
            imports=probe.imports,
            timeout=probe.timeout,
            origin=probe.origin or str(path),
        )
        for name, probe in content.probes.items()
    }
    if not faults:
        faults.extend(
            f"probes.{name}: expected code, file or imports, found none of them."
            for name, probe in probes.items()
            if probe.code is None and probe.imports is None
        )
    if faults:
        raise ProfileError(path, faults)
    return Profile(
        name=path.stem,
        path=path,
        description=content.description or "",
        requires_python=content.requires_python,
        groups=groups,
        lock=content.lock,
        pth=content.pth or (),
        probes=probes,
        waivers=content.waivers,
    )


def _read(path: Path, extended_by: tuple[Path, ...], faults: list[str]) -> _Content:
    """Return the content of one file merged over that of the profile it extends.

    Args:
        extended_by: the files that led here, each extending the next.
        faults: takes what is wrong in this file and below.

    Raises:
        ProfileError: the file cannot be read at all.
    """
    document = Table(read_toml(path), "", faults)
    if path.name == "pyproject.toml":
        table = _tool_table(document)
        table.expect_keys(_KEYS)
    else:
        table = document
        table.expect_keys((*_KEYS, _GROUPS))
    content = _Content(
        description=table.text("description"),
        requires_python=_python_specifier(table),
        lock=_lock(table, path),
        pth=_pth_names(table),
        groups=_groups(document),
        probes=_probes(table, path),
        waivers=tuple(_waivers(table)),
    )
    base_name = table.text("extends")
    if base_name is None:
        return content
    base = _extended_file(base_name, path, table)
    if base is None:
        return content
    chain = (*extended_by, path)
    if any(base.resolve() == file.resolve() for file in chain):
        names = " -> ".join(file.name for file in (*chain, base))
        table.fault("extends", f"these profiles extend each other in a circle: {names}.")
        return content
    faults_below: list[str] = []
    try:
        below = _read(base, chain, faults_below)
    except ProfileError as error:
        below = _Content()
        faults_below.extend(error.faults)
    faults.extend(f"{table.place('extends')}: {base}: {fault}" for fault in faults_below)
    return _merge(below, content)


def _merge(base: _Content, top: _Content) -> _Content:
    """Return both contents as one; where they meet, `top` wins."""
    probes = dict(base.probes)
    for name, probe in top.probes.items():
        probes[name] = _merge_probe(probes[name], probe) if name in probes else probe
    replaced = {(waiver.distribution, waiver.code) for waiver in top.waivers}
    kept = (w for w in base.waivers if (w.distribution, w.code) not in replaced)
    return _Content(
        description=top.description if top.description is not None else base.description,
        requires_python=top.requires_python
        if top.requires_python is not None
        else base.requires_python,
        lock=top.lock or base.lock,
        pth=top.pth if top.pth is not None else base.pth,
        groups={**base.groups, **top.groups},
        probes=probes,
        waivers=(*kept, *top.waivers),
    )


def _merge_probe(base: _Probe, top: _Probe) -> _Probe:
    source = base if top.code is None else top
    return replace(
        top,
        code=source.code,
        origin=source.origin,
        imports=base.imports if top.imports is None else top.imports,
        timeout=base.timeout if top.timeout is None else top.timeout,
    )


def _tool_table(document: Table) -> Table:
    """Return `[tool.venv-health]` of a `pyproject.toml`, empty where it has none."""
    tools = document.table("tool")
    table = tools.table(_TOOL) if tools else None
    if table is None and _GROUPS not in document.data:
        document.faults.append(
            f"expected [{_GROUPS}] or [tool.{_TOOL}], found neither: this is no profile."
        )
    return table or Table({}, f"tool.{_TOOL}", document.faults)


def _extended_file(name: str, path: Path, table: Table) -> Path | None:
    """Return the file that `extends` means: beside this file first, then as an option would."""
    beside = path.parent / f"{name}.toml"
    if is_file(beside):
        return beside
    try:
        return find_profile(name, path.parent)
    except ProfileNotFoundError as error:
        table.fault("extends", str(error))
        return None


def _python_specifier(table: Table) -> SpecifierSet | None:
    text = table.text("requires-python")
    if text is None:
        return None
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        table.fault(
            "requires-python", f'expected a version specifier such as "==3.11.*", found {shown(text)}.'
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


def _groups(document: Table) -> dict[str, Sequence[Any]]:
    """Return the valid entries of each group, by normalized name of the group."""
    table = document.table(_GROUPS)
    groups: dict[str, Sequence[Any]] = {}
    for key, entries in table.data.items() if table else ():
        assert table is not None
        name = _distribution_name(table, key, "a group's name of letters, digits, . - _")
        if name is None:
            continue
        if name in groups:
            table.fault(key, "another group has the same name, if spelling is normalized.")
        elif not isinstance(entries, list):
            table.fault(key, f"expected an array of requirements, found {shown(entries)}.")
        else:
            groups[name] = [
                entry for index, entry in enumerate(entries) if _valid_entry(table, key, index, entry)
            ]
    return groups
