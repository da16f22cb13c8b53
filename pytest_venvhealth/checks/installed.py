"""Is a distribution there, at the wanted version, with metadata that can be read?"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from pytest_venvhealth.checks import Answer
from pytest_venvhealth.checks.editable import check_editable
from pytest_venvhealth.checks.entry_points import check_entry_points
from pytest_venvhealth.checks.remedy import own_fault, remedy_by_wheel
from pytest_venvhealth.facts import Facts, Need
from pytest_venvhealth.findings import Check, Code, Finding, Severity
from pytest_venvhealth.inventory import Distribution


def check_installed(facts: Facts, name: str) -> Answer:
    """Look for one distribution's presence, version, metadata and requirements."""
    found = facts.installed(name)
    if found is None:
        return Answer(findings=(_not_installed(facts, name),))
    return Answer(
        findings=(
            *_version_drift(facts, found),
            *_metadata(facts, found),
            *_fitness(facts, found),
            *(conflict.finding for conflict in dependency_conflicts(facts, found)),
        )
    )


def _not_installed(facts: Facts, name: str) -> Finding:
    want = facts.wanted.get(name)
    needs = facts.missing.get(name, ())
    if want is not None:
        wish = f"{name} {want.expected or want.specifier}".strip()
        summary = f"{wish} is not installed; the profile {facts.profile.name} wants it."
    else:
        summary = f"{name} is not installed; {_requirers(needs)}."
    remedy, repairable = remedy_by_wheel(facts, name)
    return Finding(
        code=Code.NOT_INSTALLED,
        check=Check.INSTALLED,
        distribution=name,
        summary=summary,
        remedy=remedy,
        root_causes=(name,),
        repairable=repairable,
    )


def _requirers(needs: Iterable[Need]) -> str:
    listed = [f"{need.requirer} requires {need.requirement}" for need in needs]
    return ", ".join(listed) or "nobody requires it"


def _version_drift(facts: Facts, found: Distribution) -> Iterable[Finding]:
    want = facts.wanted.get(found.name)
    if want is None:
        return
    try:
        if found.version is not None and want.admits(Version(found.version)):
            return
    except InvalidVersion:
        pass
    summary = (
        f"{found.name} {found.version} is installed; the profile {facts.profile.name} "
        f"wants {want.expected or want.specifier}."
    )
    yield own_fault(facts, found, Check.INSTALLED, Code.VERSION_DRIFT, summary)


def _metadata(facts: Facts, found: Distribution) -> Iterable[Finding]:
    for problem in found.problems:
        summary = f"{found.name} {found.version}: {problem.text}."
        yield own_fault(facts, found, Check.INSTALLED, problem.code, summary, [problem.path])
    wheel_file = str(found.path / "WHEEL")
    manifest = facts.manifest(found.name)
    if manifest is not None and wheel_file in manifest.entries and not os.path.exists(wheel_file):
        summary = f"{found.name} {found.version}: WHEEL is lost."
        yield own_fault(facts, found, Check.INSTALLED, Code.METADATA_MISSING, summary, [wheel_file])
    yield from check_entry_points(facts, found)
    yield from check_editable(facts, found)
    others = facts.inventory.duplicates.get(found.name, ())
    if others:
        folders = ", ".join(sorted(other.path.name for other in others))
        summary = (
            f"{found.name} is there more than once: its files are those of {found.version}, "
            f"and {folders} claim{'s' if len(others) == 1 else ''} them too."
        )
        paths = [str(other.path) for other in others]
        yield own_fault(facts, found, Check.INSTALLED, Code.DUPLICATE_METADATA, summary, paths)


def _fitness(facts: Facts, found: Distribution) -> Iterable[Finding]:
    """Yield a finding where the distribution was made for another Python or platform."""
    environment = facts.environment
    python = environment.python_version
    if found.requires_python and not found.requires_python.contains(python, prereleases=True):
        yield Finding(
            code=Code.PYTHON_UNSUITABLE,
            check=Check.INSTALLED,
            distribution=found.name,
            summary=(
                f"{found.name} {found.version} needs Python {found.requires_python}; "
                f"this environment has {python}."
            ),
            remedy="Install a version for this Python, and pin it in the profile.",
            root_causes=(found.name,),
        )
    if found.tags and not found.tags & set(environment.tags) and not environment.interpreter_error:
        summary = (
            f"{found.name} {found.version} was built for "
            f"{', '.join(sorted(map(str, found.tags)))}, which this environment is not."
        )
        path = str(found.path / "WHEEL")
        yield own_fault(facts, found, Check.INSTALLED, Code.WHEEL_TAGS_UNFIT, summary, [path])


@dataclass(frozen=True, kw_only=True, slots=True)
class Conflict:
    """Two installed distributions of which one excludes the other's version."""

    requirer: str
    required: str
    finding: Finding


def dependency_conflicts(facts: Facts, found: Distribution) -> Iterable[Conflict]:
    """Yield each requirement of `found` whose distribution is there at a version it excludes."""
    for requirement in facts.needs.get(found.name, ()):
        other = facts.installed(canonicalize_name(requirement.name))
        if other is None or other.version is None:
            continue  # absence is told once, by the missing distribution's own item
        try:
            if requirement.specifier.contains(other.version, prereleases=True):
                continue
        except InvalidVersion:
            continue
        drifted = [
            name
            for name in (other.name, found.name)
            if any(_version_drift(facts, facts.inventory.distributions[name]))
        ]
        # What is on its pin is not to blame. Without pins both are: two releases that don't fit.
        pair = sorted((found.name, other.name))
        unpinned = [name for name in pair if name not in facts.wanted]
        causes = tuple(drifted or unpinned or pair)
        sanctioned = not drifted and not unpinned
        remedy = f"Choose versions of {found.name} and {other.name} that fit, and pin them."
        repairable = False
        if drifted:
            remedy, repairable = remedy_by_wheel(facts, drifted[0])
        finding = Finding(
            code=Code.DEPENDENCY_CONFLICT,
            check=Check.INSTALLED,
            distribution=found.name,
            summary=(
                f"{found.name} {found.version} requires {requirement}; "
                f"{other.name} {other.version} is installed."
            ),
            remedy=remedy,
            # The profile asks for exactly this pair: worth a look, not a failure.
            severity=Severity.WARNING if sanctioned else Severity.ERROR,
            root_causes=causes,
            repairable=repairable,
        )
        yield Conflict(requirer=found.name, required=other.name, finding=finding)
