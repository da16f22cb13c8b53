"""Find a profile's file and read it, with the lock it names and the profile it extends."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from packaging.dependency_groups import CyclicDependencyGroup, DependencyGroupResolver
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pytest_venvhealth.errors import UsageError
from pytest_venvhealth.findings import Severity
from pytest_venvhealth.profile.content import GROUPS, Content, ProbeContent, read_content
from pytest_venvhealth.profile.data import ProbeSpec, Profile
from pytest_venvhealth.profile.toml_table import ProfileError, is_file, shown, suggestion


class ProfileNotFoundError(UsageError):
    """No profile has the name, or no file the path, that the user gave."""

    def __init__(self, name: str, places: Sequence[Path], hint: str = "") -> None:
        super().__init__(name, places, hint)
        self.name, self.places, self.hint = name, tuple(places), hint

    def __str__(self) -> str:
        looked = ", ".join(str(place) for place in self.places)
        return f'There is no profile "{self.name}" (looked for {looked}).{self.hint}'


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
    start = start.absolute()
    folders = [folder / "profiles" for folder in (start, *start.parents)]
    for folder in folders:
        path = folder / f"{name_or_file}.toml"
        if is_file(path):
            return path
    # A folder that is there, but lacks the profile, says more than all that are not.
    near = [folder for folder in folders if os.access(folder, os.R_OK)] or folders[:1]
    places = [folder / f"{name_or_file}.toml" for folder in near]
    raise ProfileNotFoundError(name_or_file, places, _near(name_or_file, near))


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
        network=content.network or Severity.WARNING,
        probes=probes,
        waivers=content.waivers,
    )


def load_groups(path: Path) -> Mapping[str, Sequence[Any]]:
    """Return the groups of a profile, those that it extends among them, as they are written.

    By normalized name of the group; an entry is a text or `{"include-group": NAME}` (PEP 735).

    Raises:
        ProfileError: as `load_profile` does.
    """
    load_profile(path)  # all mistakes at once
    return _read(path, (), []).groups


def _read(path: Path, extended_by: tuple[Path, ...], faults: list[str]) -> Content:
    """Return the content of one file merged over that of the profile it extends.

    Args:
        extended_by: the files that led here, each extending the next.
        faults: takes what is wrong in this file and below.

    Raises:
        ProfileError: the file cannot be read at all.
    """
    content = read_content(path, faults)
    if content.extends is None:
        return content
    place = content.place_of_extends
    try:
        base = _extended_file(content.extends, path.parent)
    except ProfileNotFoundError as error:
        faults.append(f"{place}: {error}")
        return content
    chain = (*extended_by, path)
    if any(base.resolve() == file.resolve() for file in chain):
        names = " -> ".join(file.name for file in (*chain, base))
        faults.append(f"{place}: these profiles extend each other in a circle: {names}.")
        return content
    faults_below: list[str] = []
    try:
        below = _read(base, chain, faults_below)
    except ProfileError as error:
        below = Content()
        faults_below.extend(error.faults)
    faults.extend(f"{place}: {base}: {fault}" for fault in faults_below)
    return _merge(below, content)


def _extended_file(name: str, folder: Path) -> Path:
    """Return the file that `extends` means: beside its own file first, then as an option would.

    Raises:
        ProfileNotFoundError: there is no such file.
    """
    beside = folder / f"{name}.toml"
    return beside if is_file(beside) else find_profile(name, folder)


def _merge(base: Content, top: Content) -> Content:
    """Return both contents as one; where they meet, `top` wins."""
    probes = dict(base.probes)
    for name, probe in top.probes.items():
        probes[name] = _merge_probe(probes[name], probe) if name in probes else probe
    replaced = {(waiver.distribution, waiver.code) for waiver in top.waivers}
    kept = (w for w in base.waivers if (w.distribution, w.code) not in replaced)
    return Content(
        description=top.description if top.description is not None else base.description,
        requires_python=top.requires_python
        if top.requires_python is not None
        else base.requires_python,
        lock=top.lock or base.lock,
        pth=top.pth if top.pth is not None else base.pth,
        network=top.network or base.network,
        groups={**base.groups, **top.groups},
        probes=probes,
        waivers=(*kept, *top.waivers),
    )


def _merge_probe(base: ProbeContent, top: ProbeContent) -> ProbeContent:
    source = base if top.code is None else top
    return replace(
        top,
        code=source.code,
        origin=source.origin,
        imports=base.imports if top.imports is None else top.imports,
        timeout=base.timeout if top.timeout is None else top.timeout,
    )


def _resolve(
    groups: Mapping[str, Sequence[Any]], faults: list[str]
) -> dict[str, tuple[Requirement, ...]]:
    """Return each group's requirements with those of the groups that it includes (PEP 735)."""
    for group, entries in groups.items():
        for entry in entries:
            name = entry["include-group"] if isinstance(entry, dict) else group
            if canonicalize_name(name) not in groups:
                faults.append(
                    f"{GROUPS}.{group}: it includes {shown(name)}, there is no such group."
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
            faults.append(f"{GROUPS}.{group}: {circles.exceptions[0]}.")
    return resolved
