"""What lies in site-packages that no installed distribution brought, or that hides another's?"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from pytest_venvhealth.checks.foreign import is_namespace, is_shared
from pytest_venvhealth.checks.precedence import choices, has_init, module_name, suffixes
from pytest_venvhealth.checks.remedy import remedy_by_wheel
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.facts import Facts, relative_paths
from pytest_venvhealth.findings import ENVIRONMENT, Check, Code, Finding, Severity
from pytest_venvhealth.inventory import read_dist_info

# The first is put by virtualenv and uv into every environment that they make; the others are there
# for people to write.
_EXPECTED = frozenset({"__pycache__", "_virtualenv.py", "sitecustomize.py", "usercustomize.py"})


@dataclass(frozen=True, kw_only=True, slots=True)
class _Orphan:
    """A module or package that nobody owns, and that Python would import."""

    module: str
    path: str
    hides: tuple[str, ...] = ()
    """Absolute paths of the installed modules of this name, which are not imported for it."""


def check_site_packages(facts: Facts) -> Iterator[Finding]:
    """Yield what is nobody's, and what keeps a distribution's module from being imported."""
    nameless = [path for path in facts.inventory.leftovers if _stops_metadata(facts, path)]
    if nameless:
        names = ", ".join(os.path.basename(path) for path in nameless)
        yield Finding(
            code=Code.LEFTOVER,
            check=Check.SITE_PACKAGES,
            distribution=ENVIRONMENT,
            summary=(
                f"{names} names no distribution: Python cannot list entry points any more, "
                "and whoever looks for plug-ins fails."
            ),
            remedy="Remove it, or let the next repair set it aside.",
            paths=relative_paths(facts.environment, nameless),
        )
    leftovers = [path for path in facts.inventory.leftovers if path not in nameless]
    if leftovers:
        found = [os.path.basename(path) for path in leftovers]
        listed = ", ".join(found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")
        was, these = ("was", "it") if len(found) == 1 else ("were", "them")
        yield Finding(
            code=Code.LEFTOVER,
            check=Check.SITE_PACKAGES,
            distribution=ENVIRONMENT,
            summary=(
                f"{listed} {was} left by an interrupted installation; Python never imports {these}."
            ),
            remedy="Remove them, or let the next repair set them aside.",
            severity=Severity.WARNING,
            paths=relative_paths(facts.environment, leftovers),
        )
    owned = _owned_entries(facts)
    standard = _standard_library(facts.environment)
    brought: dict[tuple[str, ...], list[str]] = {}
    for orphan in _orphans(facts, owned):
        if orphan.hides or orphan.module in standard:
            yield _shadow(facts, orphan)
        else:
            brought.setdefault(facts.makers(orphan.module), []).append(orphan.path)
    for makers, paths in sorted(brought.items()):
        yield _orphan_finding(facts, makers, paths)
    yield from _hidden_by_another(facts, owned)


def _stops_metadata(facts: Facts, path: str) -> bool:
    """Tell whether metadata has no name at all: `importlib.metadata` cannot sort it in.

    Source: `entry_points` and `PathDistribution` in `importlib/metadata`, Python 3.10 to 3.13.
    """
    name = os.path.basename(path)
    if facts.environment.version < (3, 10) or not name.startswith("-"):
        return False
    problems = read_dist_info(Path(path)).problems if name.endswith(".dist-info") else ()
    return any(problem.code is Code.METADATA_MISSING for problem in problems)


def _shadow(facts: Facts, orphan: _Orphan) -> Finding:
    environment = facts.environment
    shown = environment.relative(orphan.path)
    if orphan.hides:
        hidden = orphan.hides[0]
        owners = sorted(facts.owners_below(hidden) or facts.owners.get(hidden, ()))
        instead = f"is imported instead of {environment.relative(hidden)} of {', '.join(owners)}"
    else:
        instead = "bears the name of a module of the standard library"
    return Finding(
        code=Code.SHADOWING_MODULE,
        check=Check.SITE_PACKAGES,
        distribution=ENVIRONMENT,
        summary=f"{shown} belongs to no installed distribution, and {instead}.",
        remedy="Move it away.",
        paths=relative_paths(environment, [orphan.path]),
    )


def _hidden_by_another(facts: Facts, owned: Mapping[str, set[str]]) -> Iterator[Finding]:
    """Yield a finding for each two distributions whose top-level modules hide each other."""
    environment = facts.environment
    modules = sorted({name for path in owned if (name := module_name(environment, path))})
    for module in modules:
        there = [path for path in _in_order(environment, module) if path in owned]
        for path in there[1:]:
            first, mine, others = there[0], owned[path], owned[there[0]]
            if mine & others or not any(_brings(facts, name, module) for name in mine):
                continue
            winner, loser = " and ".join(sorted(others)), " and ".join(sorted(mine))
            yield Finding(
                code=Code.SHADOWING_MODULE,
                check=Check.SITE_PACKAGES,
                distribution=ENVIRONMENT,
                summary=(
                    f"{environment.relative(first)} of {winner} is imported instead of "
                    f"{environment.relative(path)} of {loser}."
                ),
                remedy=f"Uninstall {winner} or {loser}, the one that you don't need.",
                paths=relative_paths(environment, (first, path)),
                root_causes=tuple(sorted(mine | others)),
            )


def _brings(facts: Facts, name: str, module: str) -> bool:
    """Tell whether a distribution means a module to be imported: a folder may hold mere data."""
    manifest = facts.manifest(name)
    names = manifest.import_names if manifest else ()
    return any(each == module or each.startswith(module + ".") for each in names)


def _in_order(environment: Environment, module: str) -> Iterator[str]:
    """Yield what bears a top-level module's name, in the order in which Python takes it."""
    order = {folder: place for place, folder in enumerate(environment.sys_path)}
    sites = sorted(
        (str(folder) for folder in environment.site_folders),
        key=lambda folder: order.get(folder, len(order)),
    )
    found = [path for site in sites for path in choices(environment, site, module)]
    # Parts of a namespace package come into play only where there is nothing else.
    is_part = [os.path.isdir(path) and not has_init(environment, path) for path in found]
    yield from (path for path, part in zip(found, is_part, strict=True) if not part)
    yield from (path for path, part in zip(found, is_part, strict=True) if part)


def _standard_library(environment: Environment) -> frozenset[str]:
    """Return the names of its modules; Python before 3.10 does not tell more than the built-in."""
    names = set(environment.stdlib_names)
    if environment.version < (3, 10):
        try:
            listed = os.listdir(environment.stdlib)
        except OSError:
            listed = []
        for name in listed:
            path = os.path.join(environment.stdlib, name)
            if name.endswith(".py") or has_init(environment, path):
                names.add(name.removesuffix(".py"))
    return frozenset(names)


def _owned_entries(facts: Facts) -> Mapping[str, set[str]]:
    """Return the owners of each entry directly in the site folders, by absolute path."""
    owned: dict[str, set[str]] = {}
    for site in {str(folder) + os.sep for folder in facts.environment.site_folders}:
        for path, names in facts.owners.items():
            if path.startswith(site):
                owned.setdefault(site + path[len(site) :].partition(os.sep)[0], set()).update(names)
    return owned


def _orphans(facts: Facts, owned: Mapping[str, set[str]]) -> Iterator[_Orphan]:
    """Yield what nobody owns and Python would import, at the top and in namespace packages."""
    environment = facts.environment
    unlisted = [
        found
        for name, found in facts.inventory.distributions.items()
        if facts.manifest(name) is None or (found.record is not None and found.record.problems)
    ]
    # What has lost its list of files (or never had one) owns what bears its name.
    claimed = {module for found in unlisted for module in found.top_level}
    names = {found.name for found in unlisted}
    for path in sorted(facts.inventory.top_level_entries):
        module = module_name(environment, path)
        if module is None or path in owned or os.path.basename(path) in _EXPECTED:
            continue
        if module in claimed or canonicalize_name(module) in names:
            continue
        if not _has_modules(environment, path) or _is_case_twin(path, owned):
            continue
        there = list(_in_order(environment, module))
        if there and there[0] != path and there[0] in owned:
            continue  # Python imports the installed one
        hides = tuple(other for other in there if other in owned)
        yield _Orphan(module=module, path=path, hides=hides)
    for folder in _namespaces(facts):
        yield from _orphans_inside(facts, folder)


def _orphans_inside(facts: Facts, folder: str) -> Iterator[_Orphan]:
    """Yield what nobody owns directly in a package that several distributions share."""
    environment = facts.environment
    try:
        listed = sorted(os.listdir(folder))
    except OSError:
        return
    site = _site(environment, folder)
    owned = {name: facts.owners_below(os.path.join(folder, name)) for name in listed}
    owners = {os.path.join(folder, name): names for name, names in owned.items() if names}
    for name in listed:
        path = os.path.join(folder, name)
        module = module_name(environment, path)
        if module is None or name == "__pycache__" or path in owners or path in facts.owners:
            continue
        if module == "__init__":
            # It ends the sharing: Python looks for the rest in this one folder from now on.
            dotted = os.path.relpath(folder, site).replace(os.sep, ".")
            yield _Orphan(module=dotted, path=path, hides=(folder,))
            continue
        if not _has_modules(environment, path) or _is_case_twin(path, facts.owners):
            continue
        there = list(choices(environment, folder, module))
        if there[0] != path:
            continue
        parts = (*os.path.relpath(folder, site).split(os.sep), module)
        hides = tuple(each for each in there if each in owners or each in facts.owners)
        yield _Orphan(module=".".join(parts), path=path, hides=hides)


def _namespaces(facts: Facts) -> Iterator[str]:
    """Yield the packages in site-packages that several distributions share, or could share."""
    seen: set[str] = set()
    for name in facts.inventory.distributions:
        manifest = facts.manifest(name)
        for package in manifest.packages if manifest else ():
            site = _site(facts.environment, package)
            pending = [package] if is_shared(facts, package) else []
            above = os.path.dirname(package)
            while _is_in(above, site):
                if is_namespace(facts, above):
                    pending.append(above)
                above = os.path.dirname(above)
            while pending:
                folder = pending.pop()
                if folder not in seen:
                    seen.add(folder)
                    yield folder
                    if is_shared(facts, folder):
                        pending += _shared_folders(facts, folder)


def _shared_folders(facts: Facts, folder: str) -> list[str]:
    try:
        inside = [entry.path for entry in os.scandir(folder) if entry.is_dir()]
    except OSError:
        return []
    return [path for path in inside if is_shared(facts, path)]


def _site(environment: Environment, path: str) -> str:
    """Return the one of the site folders that a package lies in."""
    return next(str(folder) for folder in environment.site_folders if _is_in(path, str(folder)))


def _is_in(path: str, folder: str) -> bool:
    return path.startswith(folder + os.sep)


def _is_case_twin(path: str, owned: Mapping[str, object]) -> bool:
    """Tell whether an owned entry is lost, and `path` its name in another case: told as that."""
    folder, name = os.path.split(path)
    return any(
        os.path.dirname(other) == folder
        and os.path.basename(other).lower() == name.lower()
        and not os.path.lexists(other)
        for other in owned
    )


def _has_modules(environment: Environment, path: str) -> bool:
    """Tell whether `path` is a module, or a folder with modules in it."""
    return os.path.isfile(path) or any(
        name.endswith(suffixes(environment))
        for folder, _, names in os.walk(path)
        if os.path.basename(folder) != "__pycache__"
        for name in names
    )


def _orphan_finding(facts: Facts, makers: tuple[str, ...], paths: list[str]) -> Finding:
    """Return the finding of what lost its metadata, or came without.

    Args:
        makers: the distributions that are known to bring such modules and are not installed.
    """
    names = sorted(os.path.basename(path) for path in paths)
    listed = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    belong = "belongs" if len(names) == 1 else "belong"
    summary = f"{listed} {belong} to no installed distribution, and Python would import it."
    remedy = "Install what should own it, or move it away."
    repairable = False
    if makers:
        summary += f" {' or '.join(makers)} would bring it."
        wanted = [name for name in makers if name in facts.wanted or name in facts.missing]
        if wanted:
            remedy, repairable = remedy_by_wheel(facts, wanted[0])
        else:
            remedy = f"Install {' or '.join(makers)} anew, or move it away."
    return Finding(
        code=Code.ORPHAN_PACKAGE,
        check=Check.SITE_PACKAGES,
        distribution=ENVIRONMENT,
        summary=summary if len(names) == 1 else summary.replace(" it.", " them."),
        remedy=remedy if len(names) == 1 else remedy.replace(" it", " them"),
        # With a known maker it is a distribution that lost its metadata; else it may be meant.
        severity=Severity.ERROR if makers else Severity.WARNING,
        paths=relative_paths(facts.environment, paths),
        root_causes=makers,
        repairable=repairable,
    )
