"""Can `entry_points.txt` be read, and are the modules there that it names?"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator

from pytest_venvhealth.checks.damage import has_right_bytes
from pytest_venvhealth.checks.precedence import choices
from pytest_venvhealth.checks.remedy import own_fault, remedy_by_wheel
from pytest_venvhealth.checks.shipped import probes_for_others
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import Check, Code, Finding, Severity
from pytest_venvhealth.inventory import Distribution, read_file
from pytest_venvhealth.manifest import SCRIPT_GROUPS, entry_point_rows

# Source: the PyPA specification "Entry points", section "Data model".
_REFERENCE = re.compile(r"(?P<module>\w+(\.\w+)*)\s*(:\s*\w+(\.\w+)*)?\s*(?P<extras>\[.*\])?")


def check_entry_points(facts: Facts, found: Distribution) -> Iterator[Finding]:
    """Yield a finding where the file cannot be read, or names what is not there.

    Nothing is imported, so whether a module has the attribute is not asked. In a file that is as it
    was released, a fault is the release's own: a warning for a script, which cannot run, and for a
    plug-in in a package of its own. What others are to bring, nobody may ask for.
    """
    path = str(found.path / "entry_points.txt")
    if not found.is_dist_info or not os.path.lexists(path):
        return  # whether it should be there, the files check asks
    try:
        rows = entry_point_rows(read_file(path).decode("utf-8-sig"))
    except OSError:
        return  # told by the files check too
    except UnicodeDecodeError:
        rows = None
    if rows is None:
        yield _finding(facts, found, path, ["it cannot be parsed"])
        return
    released = _is_as_released(facts, found, path)
    wrong = [
        f"{group}: {name} = {value}, {reason}"
        for group, name, value in rows
        if not released or group in SCRIPT_GROUPS or _is_own(facts, found, value)
        if (reason := _fault(facts, found, value))
    ]
    if wrong:
        yield _finding(facts, found, path, wrong, Severity.WARNING if released else Severity.ERROR)
    for owner, references in sorted(_lost(facts, found, rows).items()):
        yield _dependent(facts, found, path, owner, references)
    others = probes_for_others(facts, found.name)
    if others:
        yield _presumptuous(facts, found, path, others)


def _finding(
    facts: Facts,
    found: Distribution,
    path: str,
    wrong: list[str],
    severity: Severity = Severity.ERROR,
) -> Finding:
    more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
    summary = f"{found.name} {found.version} has a bad entry_points.txt: {wrong[0]}{more}."
    if severity is Severity.ERROR:
        code = Code.ENTRY_POINTS_INVALID
        return own_fault(facts, found, Check.INSTALLED, code, summary, [path])
    return Finding(
        code=Code.ENTRY_POINTS_INVALID,
        check=Check.INSTALLED,
        distribution=found.name,
        summary=summary,
        remedy=f"{found.name} was released like this: nothing to do, unless you need the script.",
        severity=severity,
        paths=(facts.environment.relative(path),),
    )


def _presumptuous(facts: Facts, found: Distribution, path: str, others: tuple[str, ...]) -> Finding:
    """Return the warning of a distribution that ships probes for others."""
    more = f" and {len(others) - 1} more" if len(others) > 1 else ""
    return Finding(
        code=Code.ENTRY_POINTS_INVALID,
        check=Check.INSTALLED,
        distribution=found.name,
        severity=Severity.WARNING,
        summary=(
            f"{found.name} {found.version} ships a probe for {others[0]}{more}, which is not its "
            "own name: it is not run."
        ),
        remedy=(
            "A distribution may ship a probe for itself alone; for another one put it into a "
            "profile."
        ),
        paths=(facts.environment.relative(path),),
    )


def _dependent(
    facts: Facts, found: Distribution, path: str, owner: str, references: list[str]
) -> Finding:
    """Return the finding of entry points into what another distribution has lost."""
    remedy, repairable = remedy_by_wheel(facts, owner)
    more = f" and {len(references) - 1} more" if len(references) > 1 else ""
    return Finding(
        code=Code.ENTRY_POINTS_INVALID,
        check=Check.INSTALLED,
        distribution=found.name,
        summary=(
            f"{found.name} {found.version} has an entry point into a module that {owner} has lost: "
            f"{references[0]}{more}."
        ),
        remedy=remedy,
        paths=(facts.environment.relative(path),),
        root_causes=(owner,),
        repairable=repairable,
    )


def _lost(
    facts: Facts, found: Distribution, rows: Iterable[tuple[str, str, str]]
) -> dict[str, list[str]]:
    """Return the entry points into modules that other distributions have lost, by owner."""
    lost: dict[str, list[str]] = {}
    sites = [str(folder) for folder in facts.environment.site_folders]
    for _, name, value in rows:
        reference = _REFERENCE.fullmatch(value.strip())
        if reference is None or reference["extras"]:
            continue
        parts = reference["module"].split(".")
        owners = _owners(facts, sites, parts)
        if found.name in owners or any(_is_on_disk(facts, site, parts) for site in sites):
            continue
        for owner in owners[:1]:
            lost.setdefault(owner, []).append(f"{name} = {value}")
    return lost


def _is_own(facts: Facts, found: Distribution, value: str) -> bool:
    """Tell whether a reference leads into a package that the distribution itself brings.

    Without a colon it may be another form of the group's own: some end in an attribute.
    """
    if ":" not in value:
        return False
    manifest = facts.manifest(found.name)
    tops = {name.partition(".")[0] for name in manifest.import_names} if manifest else set()
    return re.split(r"[.:\s]", value.strip(), maxsplit=1)[0] in tops


def _is_as_released(facts: Facts, found: Distribution, path: str) -> bool:
    manifest = facts.manifest(found.name)
    entry = manifest.entries.get(path) if manifest else None
    return entry is not None and bool(entry.hash) and has_right_bytes(entry)


def _fault(facts: Facts, found: Distribution, value: str) -> str | None:
    """Return what is wrong with an object reference; None where nothing is known to be."""
    reference = _REFERENCE.fullmatch(value.strip())
    if reference is None:
        return "which is no object reference"
    # What an extra brings may be absent by right.
    if reference["extras"] or _is_there(facts, found, reference["module"]):
        return None
    return f"and there is no module {reference['module']}"


def _is_there(facts: Facts, found: Distribution, module: str) -> bool:
    """Tell whether a module is owned by any distribution, on the path, or beyond what is known."""
    environment = facts.environment
    parts = module.split(".")
    if parts[0] in environment.stdlib_names or facts.manifest(found.name) is None:
        return True
    sites = [str(folder) for folder in environment.site_folders]
    folders = dict.fromkeys((*sites, *environment.sys_path, str(environment.stdlib)))
    if _owners(facts, sites, parts) or any(_is_on_disk(facts, each, parts) for each in folders):
        return True
    if facts.providers(parts[0]):
        return _leads_elsewhere(facts, found)
    return any(_leads_elsewhere(facts, each) for each in facts.inventory.distributions.values())


def _leads_elsewhere(facts: Facts, found: Distribution) -> bool:
    """Tell whether an installation is editable: its finder may give any module.

    With `direct_url.json` lost, a `.pth` file without a package beside it says so.
    """
    manifest = facts.manifest(found.name)
    if manifest is None or found.editable_source is not None:
        return True
    return not manifest.packages and any(path.endswith(".pth") for path in manifest.entries)


def _owners(facts: Facts, sites: Iterable[str], parts: list[str]) -> tuple[str, ...]:
    """Return who has the module by a manifest; where its file is lost, their own checks say so."""
    suffixes = (".py", *facts.environment.extension_suffixes, ".pyc")
    for site in sites:
        path = os.path.join(site, *parts)
        for suffix in suffixes:
            if path + suffix in facts.owners:
                return facts.owners[path + suffix]
        below = facts.owners_below(path)
        if below:
            return tuple(sorted(below))
    return ()


def _is_on_disk(facts: Facts, folder: str, parts: list[str]) -> bool:
    for part in parts[:-1]:
        folder = os.path.join(folder, part)
        if not os.path.isdir(folder):
            return False
    return any(choices(facts.environment, folder, parts[-1]))
