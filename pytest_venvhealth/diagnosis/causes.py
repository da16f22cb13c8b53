"""What speaks against the distributions that a failure names, and who is the root cause?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pytest_venvhealth.checks.installed import Conflict, dependency_conflicts
from pytest_venvhealth.diagnosis.misfits import is_behind, is_traced, pair
from pytest_venvhealth.diagnosis.suspects import absent, named, suspects
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import ENVIRONMENT, Code, Finding
from pytest_venvhealth.probes.runner import Outcome, ProbeResult

# Whatever a list of files says, Python imports what is there.
_EXPLAIN_NOTHING = frozenset(
    {
        Code.RECORD_MISSING,
        Code.RECORD_INVALID,
        Code.RECORD_PATH_OUTSIDE,
        Code.RECORD_LISTS_OTHERS,
    }
)
_VERSIONS = frozenset({Code.DEPENDENCY_CONFLICT, Code.VERSION_DRIFT})
_METADATA_MODULE = re.compile(r"[/\\\\]importlib_?[/\\\\]?metadata[/\\\\]")
_NEAR = 8
"""Frames: so deep into what it uses itself may `importlib.metadata` have come."""
_LIBRARIES = (Code.LIBRARY_MISSING, Code.DRIVER_MISSING)
_LIBRARY_NAME = re.compile(r"[\w.+-]+\.so(?:\.\d+)*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagnosis:
    """Who is at fault, and what speaks against them."""

    root_causes: tuple[str, ...] = ()
    """Normalized names, the nearest to the failure first; empty: unexplained."""
    evidence: tuple[Finding, ...] = ()
    """The findings of other checks that led there."""
    pair: tuple[str, str] | None = None
    """Two distributions whose files are all right and whose versions do not fit: who asked for
    something, and who does not have it."""


def diagnose(
    facts: Facts, name: str, result: ProbeResult, findings_of: Callable[[str], Iterable[Finding]]
) -> Diagnosis:
    """Return the distributions that explain why a probe of `name` failed.

    Damage first; where there is none, two that do not fit together: by their metadata where one of
    them excludes the other's version, else by what the failure itself shows.

    Args:
        findings_of: gives the findings of `installed` and `files` for a distribution, or those of
            start-up and site-packages for `ENVIRONMENT`; asked for the suspects alone, the
            likeliest first.
    """
    misfits = pair(facts, name, result)
    near = list(dict.fromkeys((*suspects(facts, name, result), *(misfits or ()))))
    # The whole closure only where nothing near explains it: a crash has no traceback to follow.
    for group in (near, sorted(_beyond(facts, name, result) - set(near))):
        evidence = [
            *(_strays(facts, result, findings_of) if group is near else ()),
            *(_listing(result, findings_of) if group is near else ()),
            *_held_against(group, result, findings_of),
        ]
        conflicts: list[Conflict] = []
        if _only_versions(evidence):
            conflicts = _conflicts(facts, name, result, evidence, misfits)
            required = dict.fromkeys(conflict.required for conflict in conflicts)
            harm = _without_versions(_held_against(required, result, findings_of))
            if harm:
                evidence, conflicts = harm, []
        # Beside damage, and where it can be no reason, a conflict of versions explains nothing.
        reasons = [conflict.finding for conflict in conflicts]
        evidence = [
            finding
            for finding in evidence
            if finding.code is not Code.DEPENDENCY_CONFLICT or finding in reasons
        ]
        causes = dict.fromkeys(
            cause
            for finding in evidence
            for cause in finding.root_causes or (finding.distribution,)
        )
        if causes:
            shown = (conflicts[0].requirer, conflicts[0].required) if conflicts else None
            if shown is None and _only_versions(evidence) and causes.keys() & (misfits or ()):
                shown = misfits
            return Diagnosis(root_causes=tuple(causes), evidence=tuple(evidence), pair=shown)
    if misfits is None:
        return Diagnosis(root_causes=absent(facts, result))
    # What the profile does not pin is the one that may move.
    unpinned = tuple(one for one in misfits if facts.wanted and one not in facts.wanted)
    return Diagnosis(root_causes=unpinned or misfits, pair=misfits)


def _held_against(
    names: Iterable[str], result: ProbeResult, findings_of: Callable[[str], Iterable[Finding]]
) -> Iterator[Finding]:
    """Yield the findings of distributions that may explain the failure."""
    for name in names:
        yield from (finding for finding in findings_of(name) if _explains(finding, result))


def _only_versions(evidence: Iterable[Finding]) -> bool:
    """Tell whether the files are right, and at most another release should be there."""
    return all(finding.code in _VERSIONS for finding in evidence)


def _without_versions(evidence: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in evidence if finding.code not in _VERSIONS]


def _conflicts(
    facts: Facts,
    name: str,
    result: ProbeResult,
    evidence: Iterable[Finding],
    misfits: tuple[str, str] | None,
) -> list[Conflict]:
    """Return those conflicts of versions among the evidence that can be the reason.

    Of several the one that the failure shows itself, else those that it leads to.
    """
    found = [
        conflict
        for requirer in dict.fromkeys(
            finding.distribution for finding in evidence if finding.code is Code.DEPENDENCY_CONFLICT
        )
        for conflict in dependency_conflicts(facts, facts.inventory.distributions[requirer])
        if conflict.finding in evidence
        and is_behind(facts, name, result, conflict.requirer, conflict.required)
    ]
    if misfits is not None:
        return [each for each in found if {each.requirer, each.required} == set(misfits)]
    traced = [each for each in found if is_traced(facts, name, result, each.required)]
    return traced or found


def _beyond(facts: Facts, name: str, result: ProbeResult) -> frozenset[str]:
    """Return what may be at fault though the failure does not name it."""
    starts = {name}
    if result.outcome is Outcome.IMPORT_ERROR and result.modules:
        # It says what is missing: only what stands behind that can be the reason.
        starts = set(named(facts, name, result))
    return frozenset().union(*({start} | facts.closure(start) for start in starts))


def _explains(finding: Finding, result: ProbeResult) -> bool:
    """Tell whether a finding can be the reason why something fails to import or to work."""
    if finding.is_error:
        return finding.code not in _EXPLAIN_NOTHING
    # A warning is the reason where the failure speaks of the very same thing.
    said = " ".join((finding.summary, *finding.evidence))
    if finding.code in _LIBRARIES:
        return bool(set(_LIBRARY_NAME.findall(result.message)) & set(_LIBRARY_NAME.findall(said)))
    if finding.code is Code.ENTRY_POINTS_INVALID:
        return any(re.search(rf"\b{re.escape(module)}\b", said) for module in result.modules)
    return False


def _strays(
    facts: Facts, result: ProbeResult, findings_of: Callable[[str], Iterable[Finding]]
) -> Iterator[Finding]:
    """Yield the environment's findings of files that nobody owns and that the failure went through.

    An orphan that is only a warning counts where the failure is its own.
    """
    files = [*result.origins, *(frame.file for frame in reversed(result.frames))]
    strays = {facts.environment.relative(file) for file in files if not facts.owners_of_file(file)}
    if not strays:
        return
    nearest = {facts.environment.relative(files[0])} & strays
    for finding in findings_of(ENVIRONMENT):
        looked_at = strays if finding.is_error else nearest
        if any(_speaks_of(finding, stray) for stray in looked_at):
            yield finding


def _listing(
    result: ProbeResult, findings_of: Callable[[str], Iterable[Finding]]
) -> Iterator[Finding]:
    """Yield what keeps Python from listing what is installed, where it failed at just that."""
    if any(_METADATA_MODULE.search(frame.file) for frame in result.frames[-_NEAR:]):
        for finding in findings_of(ENVIRONMENT):
            if finding.code is Code.LEFTOVER and finding.is_error:
                yield finding


def _speaks_of(finding: Finding, file: str) -> bool:
    """Tell whether a finding is about a file; those from outside stand in its evidence."""
    return any(file == path or file.startswith(path + "/") for path in finding.paths) or any(
        line.startswith(f"{file} ") for line in finding.evidence
    )
