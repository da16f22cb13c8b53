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


def _resolve(
    groups: Mapping[str, Sequence[Any]], faults: list[str]
) -> dict[str, tuple[Requirement, ...]]:
    """Return each group's requirements with those of the groups that it includes (PEP 735)."""
    for group, entries in groups.items():
        for entry in entries:
            name = entry["include-group"] if isinstance(entry, dict) else group
            if canonicalize_name(name) not in groups:
                faults.append(
                    f"{_GROUPS}.{group}: it includes {shown(name)}, there is no such group."
                    f"{suggestion(name, groups)}"
                )
    if faults:
        return {}
    resolver = DependencyGroupResolver(groups)
    resolved: dict[str, tuple[Requirement, ...]] = {}
    for group in groups:
        try:
            resolved[group] = resolver.resolve(group)
        except ExceptionGroup as errors:
            circles = errors.subgroup(CyclicDependencyGroup)
            assert circles is not None, "everything else was looked at before"
            faults.append(f"{_GROUPS}.{group}: {circles.exceptions[0]}.")
    return resolved


def _probes(table: Table, path: Path) -> dict[str, _Probe]:
    """Return what this file says of probes, by normalized name of the distribution."""
    every = table.table("probes")
    probes: dict[str, _Probe] = {}
    for key in every.data if every else ():
        assert every is not None
        name = _distribution_name(every, key, "a distribution's name")
        probe = every.table(key)
        if name is None or probe is None:
            continue
        if name in probes:
            every.fault(key, "another probe is for the same distribution.")
        probes[name] = _probe(probe, path)
    return probes


def _probe(table: Table, path: Path) -> _Probe:
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
        try:
            code = source.read_text("utf-8")
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
            table.fault("file", f"{source} cannot be read ({reason}).")
    return _Probe(code=code, origin=origin, imports=imports, timeout=table.seconds("timeout"))


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
            row.fault(
                "code",
                f"no finding that can be waived has the code {shown(code)}.{suggestion(code, codes)}",
            )
        if name is not None and code is not None and reason is not None:
            waivers.append(
                Waiver(
                    distribution=name, code=code, paths=paths or (), reason=reason, expires=expires
                )
            )
    return waivers


def _distribution_name(table: Table, key: str, meaning: str) -> str | None:
    """Return the normalized form of a key that is a name."""
    return _normalized(table, key, key, meaning)


def _normalized(table: Table, key: str, name: str, meaning: str) -> str | None:
    try:
        return canonicalize_name(name, validate=True)
    except InvalidName:
        table.fault(key, f"expected {meaning}, found {shown(name)}.")
        return None
