"""What a distribution's files should be in the target: from its wheel, else from its RECORD."""

from __future__ import annotations

import configparser
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.environment_files import makes_environment
from pytest_venvhealth.record import Row


class Entry(NamedTuple):
    """One file that belongs in the target."""

    path: str
    """Absolute; a plain string, for a large environment has some forty thousand."""
    hash: str
    """As in RECORD; empty where nobody knows it."""
    size: int | None
    """In bytes; None where it may differ (a rewritten first line)."""
    executable: bool = False
    rewritten: bool = False
    """A wheel's script: installers replace its `#!python` line."""
    first_line: bytes = b"#!python"
    """What that line is in the wheel, without its end."""


class Launcher(NamedTuple):
    """A script that an installer generates from an entry point."""

    path: str
    """Absolute."""
    module: str
    attribute: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """The files that one distribution should have in the target."""

    name: str
    """Normalized."""
    version: str
    source: Literal["wheel", "record"]
    entries: Mapping[str, Entry]
    """By absolute path. Without RECORD, INSTALLER and other files that an installer writes."""
    launchers: tuple[Launcher, ...] = ()
    dist_info: str
    """Absolute path of the dist-info folder."""
    import_names: tuple[str, ...] = ()
    """The public modules to import: top-level names, or what lies inside a namespace package."""
    packages: tuple[str, ...] = ()
    """Absolute folders of the regular packages (with an `__init__`) nearest to site-packages."""

    @property
    def paths(self) -> set[str]:
        """Every path that the distribution owns, launchers included."""
        return set(self.entries) | {launcher.path for launcher in self.launchers}


SCRIPT_GROUPS = ("console_scripts", "gui_scripts")
"""The groups of entry points that installers make launchers of."""
_DATA_FOLDER = re.compile(r"^[^/]+\.data/(purelib|platlib|scripts|data|headers)/(.+)$")
# What an installer adds to a dist-info folder by its own right.
INSTALLER_FILES = frozenset(
    {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", "uv_build.json"}
)
_BYTECODE_ROW = re.compile(r"(?:^|/)__pycache__$|\.[a-z]+-?\d+[^./]*(?:\.opt-\d)?\.pyc$")


def manifest_from_wheel(
    environment: Environment,
    *,
    name: str,
    version: str,
    rows: Iterable[Row],
    executables: frozenset[str],
    dist_info: str,
    root_is_purelib: bool,
    entry_points: str,
    first_lines: Mapping[str, bytes] = MappingProxyType({}),
) -> Manifest:
    """Return what a wheel's rows become once they are installed into `environment`.

    Args:
        rows: of the RECORD inside the archive.
        executables: archive paths with the executable bit.
        dist_info: the archive's dist-info folder.
        entry_points: the text of `entry_points.txt`; empty where there is none.
        first_lines: of the archive's scripts that do not begin with `#!python` alone.
    Source: the PyPA specification "Binary distribution format", "Installing a wheel".
    """
    root = str(environment.purelib if root_is_purelib else environment.platlib)
    folders = {
        "purelib": str(environment.purelib),
        "platlib": str(environment.platlib),
        "scripts": str(environment.scripts),
        "data": str(environment.data),
        "headers": os.path.join(environment.headers, dist_info.split("-")[0]),
    }
    entries: dict[str, Entry] = {}
    for row in rows:
        if row.path.startswith(dist_info + "/") and _is_installers(row.path, dist_info):
            continue
        if "__pycache__/" in row.path or row.path.endswith("/"):
            continue  # installers leave bytecode in a wheel out
        match = _DATA_FOLDER.match(row.path)
        scheme, inner = match.groups() if match else ("root", row.path)
        folder = folders.get(scheme, root)
        path = os.path.join(folder, *inner.split("/")) if inner[0] != "/" else inner
        if _leads_on(inner):
            path = os.path.normpath(path)
            if not path.startswith(folder + os.sep):
                continue  # no installer follows it, and no repair will
        rewritten = scheme == "scripts"
        size = None if rewritten else row.size
        entry = Entry(path, row.hash, size, row.path in executables, rewritten)
        if row.path in first_lines:
            entry = entry._replace(first_line=first_lines[row.path])
        entries[path] = entry
    launchers = tuple(
        Launcher(_launcher_path(environment, script), module, attribute)
        for script, module, attribute in parse_entry_points(entry_points)
    )
    names, packages = _import_names(environment, entries)
    return Manifest(
        name=name,
        version=version,
        source="wheel",
        entries=entries,
        launchers=launchers,
        dist_info=os.path.join(root, dist_info),
        import_names=names,
        packages=packages,
    )


def manifest_from_record(
    environment: Environment,
    *,
    name: str,
    version: str,
    rows: Iterable[Row],
    dist_info: str,
    entry_points: str = "",
) -> Manifest:
    """Return what an installed RECORD says, as far as it stays inside the target's folders.

    Args:
        dist_info: absolute path of the installed dist-info folder.
        entry_points: the text of the installed `entry_points.txt`; empty where there is none.
    """
    generated = {
        _launcher_path(environment, script): Launcher(
            _launcher_path(environment, script), module, attribute
        )
        for script, module, attribute in parse_entry_points(entry_points)
    }
    scripts = str(environment.scripts) + os.sep
    entries: dict[str, Entry] = {}
    launchers: list[Launcher] = []
    for path, row in recorded_files(environment, rows=rows, dist_info=dist_info):
        if path in generated:
            # RECORD has the bytes of whichever tool wrote it last; what it calls is what counts.
            launchers.append(generated.pop(path))
        else:
            script = path.startswith(scripts)
            entries[path] = Entry(path, row.hash, row.size, rewritten=script)
    names, packages = _import_names(environment, entries)
    return Manifest(
        name=name,
        version=version,
        source="record",
        entries=entries,
        launchers=tuple(launchers),
        dist_info=dist_info,
        import_names=names,
        packages=packages,
    )


def recorded_files(
    environment: Environment, *, rows: Iterable[Row], dist_info: str
) -> Iterable[tuple[str, Row]]:
    """Yield the absolute path of each payload file that an installed RECORD names, and its row."""
    site = os.path.dirname(dist_info)
    inside = site + os.sep
    own = os.path.basename(dist_info) + "/"
    for row in rows:
        path = row.path
        if "__pycache__/" in path or path.endswith("/"):
            continue
        if not row.hash and _BYTECODE_ROW.search(path):
            continue  # virtualenv lists folders of it, and files beside their sources
        if path.startswith(own) and path[len(own) :] in INSTALLER_FILES:
            continue
        # Forty thousand rows: those that plainly stay in site-packages take the short way.
        if path[0] != "/" and not _leads_on(path):
            yield inside + path.replace("/", os.sep), row
        else:
            elsewhere = installed_path(environment, site, path)
            if elsewhere is not None:
                yield elsewhere, row


def _leads_on(path: str) -> bool:
    """Tell whether a path must be normalized: it may leave the folder that it starts from."""
    return ".." in path or "//" in path or "./" in path or path[0] == "/" or "\0" in path


def installed_path(environment: Environment, site: str, path: str) -> str | None:
    """Return the absolute path of a RECORD row; None where it leads out of the target's folders.

    What makes the environment itself is no distribution's: `makes_environment` tells which files
    these are.

    Args:
        site: the folder that holds the dist-info.
    """
    if "\0" in path:
        return None
    absolute = os.path.normpath(os.path.join(site, *path.split("/")) if path[0] != "/" else path)
    if _starts_in(absolute, site) or any(
        _starts_in(absolute, str(folder)) for folder in environment.site_folders
    ):
        return absolute
    if any(_starts_in(str(folder), absolute) for folder in environment.site_folders):
        return None  # a folder around site-packages is no file of anybody's
    if makes_environment(environment, absolute):
        return None
    for folder in (environment.scripts, environment.data, environment.headers):
        if _starts_in(absolute, str(folder)):
            return absolute
    return None


def _starts_in(path: str, folder: str) -> bool:
    return path.startswith(folder + os.sep)


def parse_entry_points(text: str) -> list[tuple[str, str, str]]:
    """Return (script, module, attribute) for each console and GUI script; a broken file gives none.

    Source: the PyPA specification "Entry points".
    """
    found = []
    for group, script, value in entry_point_rows(text) or ():
        module, _, attribute = value.partition("[")[0].partition(":")
        if group in SCRIPT_GROUPS and module.strip() and attribute.strip():
            found.append((script, module.strip(), attribute.strip()))
    return found


def entry_point_rows(text: str) -> list[tuple[str, str, str]] | None:
    """Return (group, name, object reference) of each entry point; None where it is no such file.

    Source: the PyPA specification "Entry points", section "File format".
    """
    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign] # names keep their case
    try:
        parser.read_string(text)
    except configparser.Error:
        return None
    return [(group, *item) for group in parser.sections() for item in parser.items(group)]


def _is_installers(path: str, dist_info: str) -> bool:
    return path[len(dist_info) + 1 :] in INSTALLER_FILES


def _launcher_path(environment: Environment, script: str) -> str:
    suffix = ".exe" if environment.markers.get("os_name") == "nt" else ""
    return os.path.join(environment.scripts, script + suffix)


def _import_names(
    environment: Environment, entries: Iterable[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the public modules to import, and the folders of the packages nearest to the top."""
    modules: set[tuple[str, ...]] = set()
    initialized: dict[tuple[str, ...], str] = {}
    suffixes = (".py", *environment.extension_suffixes, ".pyc")
    sites = tuple({str(folder) + os.sep for folder in environment.site_folders})
    for path in entries:
        site = next((folder for folder in sites if path.startswith(folder)), None)
        if site is None:
            continue
        parts = path[len(site) :].split(os.sep)
        suffix = next((end for end in suffixes if parts[-1].endswith(end)), None)
        if suffix is None:
            continue
        dotted = (*parts[:-1], parts[-1].removesuffix(suffix))
        if not all(part.isidentifier() for part in dotted):
            continue
        if suffix == ".so" and (len(dotted) > 1 or dotted[0].startswith("lib")):
            # A plain library, as in `nvidia/nvshmem/lib`: modules have a suffix with an ABI. Inside
            # a regular package it makes no difference.
            continue
        if dotted[-1] == "__init__":
            initialized[dotted[:-1]] = os.path.dirname(path)
        else:
            modules.add(dotted)
    # The nearest to the top: `google.protobuf` where `google` itself has no `__init__`.
    tops = {_nearest(dotted, initialized) for dotted in modules | set(initialized)}
    public = {top for top in tops if not any(part.startswith("_") for part in top)}
    names = tuple(sorted(".".join(top) for top in public or tops if "__main__" not in top))
    packages = tuple(sorted(initialized[top] for top in tops if top in initialized))
    return names, packages


def _nearest(
    dotted: tuple[str, ...], initialized: Mapping[tuple[str, ...], str]
) -> tuple[str, ...]:
    for length in range(1, len(dotted)):
        if dotted[:length] in initialized:
            return dotted[:length]
    return dotted
