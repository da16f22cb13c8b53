"""Can `entry_points.txt` be read, and are the modules there that it names?"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator

from pytest_venvhealth.checks.damage import has_right_bytes
from pytest_venvhealth.checks.precedence import choices
from pytest_venvhealth.checks.remedy import own_fault
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import Check, Code, Finding, Severity
from pytest_venvhealth.inventory import Distribution, read_file
from pytest_venvhealth.manifest import SCRIPT_GROUPS, entry_point_rows

# Source: the PyPA specification "Entry points", section "Data model".
_REFERENCE = re.compile(r"(?P<module>\w+(\.\w+)*)\s*(:\s*\w+(\.\w+)*)?\s*(?P<extras>\[.*\])?")


def check_entry_points(facts: Facts, found: Distribution) -> Iterator[Finding]:
    """Yield a finding where the file cannot be read, or names what is not there.

    Nothing is imported, so whether a module has the attribute is not asked. In a file that is as it
    was released, a fault is the release's own: a warning for a script, which cannot run, and no
    finding for others' groups, of which nobody may ask.
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
    groups = SCRIPT_GROUPS if _is_as_released(facts, found, path) else None
    wrong = [
        f"{group}: {name} = {value}, {reason}"
        for group, name, value in rows
        if groups is None or group in groups
        if (reason := _fault(facts, found, value))
    ]
    if wrong:
        severity = Severity.ERROR if groups is None else Severity.WARNING
        yield _finding(facts, found, path, wrong, severity)


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
    if _is_owned(facts, sites, parts) or any(_is_on_disk(facts, each, parts) for each in folders):
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


def _is_owned(facts: Facts, sites: Iterable[str], parts: list[str]) -> bool:
    """Tell whether a manifest has the module: where its file is lost, the files check says that."""
    suffixes = (".py", *facts.environment.extension_suffixes, ".pyc")
    for site in sites:
        path = os.path.join(site, *parts)
        if any(path + suffix in facts.owners for suffix in suffixes):
            return True
        if facts.owners_below(path):
            return True
    return False


def _is_on_disk(facts: Facts, folder: str, parts: list[str]) -> bool:
    for part in parts[:-1]:
        folder = os.path.join(folder, part)
        if not os.path.isdir(folder):
            return False
    return any(choices(facts.environment, folder, parts[-1]))
