"""Does RECORD say the truth: readable, as the wheel has it, and of the distribution's own files?"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from pytest_venvhealth.checks.remedy import own_fault
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import Check, Code, Finding
from pytest_venvhealth.inventory import Distribution
from pytest_venvhealth.manifest import Manifest, installed_path
from pytest_venvhealth.record import Row


def check_record(facts: Facts, found: Distribution, manifest: Manifest) -> Iterator[Finding]:
    """Yield what is wrong with the RECORD of a distribution that came as a wheel."""
    if not found.is_dist_info:
        return
    if found.record is None:
        yield record_missing(facts, found, manifest)
        return
    problems = [
        *found.record.problems,
        *_omissions(found),
        *_contradictions(facts, found, manifest),
    ]
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        said = f"has a bad RECORD: {problems[0]}{more}"
        yield _finding(facts, found, Code.RECORD_INVALID, said)
    outside = [row for row in found.record.rows if _leads_outside(facts, found, row)]
    if outside:
        count = "a file" if len(outside) == 1 else f"{len(outside):,} files"
        said = f"lists {count} outside the environment in its RECORD: {_some(outside)}"
        yield _finding(facts, found, Code.RECORD_PATH_OUTSIDE, said)
    false = facts.false_claims(found.name)
    if false:
        owners = sorted({owner for names in false.values() for owner in names})
        count = "a file" if len(false) == 1 else f"{len(false):,} files"
        first = facts.environment.relative(next(iter(false)))
        more = f" and {len(false) - 1:,} more" if len(false) > 1 else ""
        said = f"lists {count} of {' and '.join(owners)} in its RECORD: {first}{more}"
        yield _finding(facts, found, Code.RECORD_LISTS_OTHERS, said, false)


def record_missing(facts: Facts, found: Distribution, manifest: Manifest | None) -> Finding:
    """Return the finding of a lost RECORD.

    Args:
        manifest: None where no wheel tells the files either.
    """
    if manifest is None:
        consequence = "Its files cannot be verified without a wheel"
    else:
        consequence = "Tools cannot uninstall or upgrade it"
    said = f"has lost its RECORD. {consequence}"
    return _finding(facts, found, Code.RECORD_MISSING, said)


def _finding(
    facts: Facts, found: Distribution, code: Code, said: str, rows: Iterable[str] = ()
) -> Finding:
    summary = f"{found.name} {found.version} {said}."
    paths = [str(found.path / "RECORD"), *rows]
    return own_fault(facts, found, Check.FILES, code, summary, paths)


def _omissions(found: Distribution) -> Iterator[str]:
    """Yield a problem where RECORD, by itself, cannot be whole: it does not list METADATA."""
    rows = found.record.rows if found.record else ()
    if not rows:
        yield "it lists no file"
    # The folder may have been renamed since: that is told by its METADATA.
    elif not any(row.path.endswith(".dist-info/METADATA") for row in rows):
        yield "it does not list its own METADATA"


def _contradictions(facts: Facts, found: Distribution, manifest: Manifest) -> Iterator[str]:
    """Yield a problem where RECORD and the wheel disagree on a file that installers do not rewrite.

    Every installer copies the wheel's rows; some write hashes of another algorithm.
    """
    if manifest.source != "wheel":
        return
    recorded = {path: row.hash for path, row in facts.recorded_files(found)}
    lost, different = [], []
    for path, entry in manifest.entries.items():
        own = recorded.get(path)
        if own is None:
            lost.append(path)
        elif (
            own
            and not entry.rewritten
            and own != entry.hash
            and own.partition("=")[0] == entry.hash.partition("=")[0]
        ):
            different.append(path)
    for paths, said in (
        (lost, "it does not list"),
        (different, "it gives another hash than the wheel to"),
    ):
        if paths:
            first = facts.environment.relative(min(paths))
            more = f" and {len(paths) - 1:,} more" if len(paths) > 1 else ""
            yield f"{said} {first}{more}"


def _leads_outside(facts: Facts, found: Distribution, row: Row) -> bool:
    """Tell whether a row names a file outside the environment, by whatever way."""
    path = row.path
    if ".." not in path and path[0] != "/" and not os.path.isabs(path):
        return False
    if installed_path(facts.environment, found.site, path) is not None:
        return False
    environment = facts.environment
    absolute = os.path.normpath(os.path.join(found.site, path))
    folders = (environment.root, *environment.site_folders, environment.scripts, environment.data)
    inside = {str(folder) for folder in folders}
    # What lies inside and is the environment's own, as its interpreter, is no path outside. And the
    # target may have been named by a link to it.
    return not any(
        each == folder or each.startswith(folder.rstrip(os.sep) + os.sep)
        for folder in inside | {os.path.realpath(folder) for folder in inside}
        for each in (absolute, os.path.realpath(absolute))
    )


def _some(rows: list[Row]) -> str:
    more = f" and {len(rows) - 1:,} more" if len(rows) > 1 else ""
    return f"{rows[0].path}{more}"
