"""Which dependency groups does a frozen profile have: somebody's own, or what nobody requires?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.markers import UndefinedComparison, UndefinedEnvironmentName
from packaging.utils import canonicalize_name

from pytest_venvhealth.errors import UsageError, VenvHealthError
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.freezing.sources import Frozen
from pytest_venvhealth.profile import load_groups, load_profile

OWN_GROUP = "main"

Groups = Mapping[str, Sequence[Any]]
"""The entries of each group, as PEP 735 writes them."""


class GroupsConflictError(VenvHealthError):
    """The groups ask for what is not installed: together with the lock no profile holds both."""

    def __init__(self, path: Path, faults: Sequence[str]) -> None:
        super().__init__(path, faults)
        self.path, self.faults = path, tuple(faults)

    def __str__(self) -> str:
        return (
            f"{self.path} asks for what this environment is not: {'; '.join(self.faults)}. "
            "Change the groups or the environment, or freeze without --groups-from."
        )


def kept_groups(facts: Facts, path: Path) -> Groups:
    """Return the groups of a profile or a `pyproject.toml`, each entry as it is written there.

    Raises:
        ProfileError: the file holds mistakes.
        UsageError: it has no groups.
        GroupsConflictError: what they ask for in this environment is not what is installed.
    """
    groups = load_groups(path)
    if not groups:
        raise UsageError(f"{path}: there are no [dependency-groups] in it to keep.")
    markers = {**facts.environment.markers, "extra": ""}
    faults: list[str] = []
    for group, requirements in load_profile(path).groups.items():
        for requirement in requirements:
            try:
                holds = requirement.marker is None or requirement.marker.evaluate(markers)
            except (UndefinedComparison, UndefinedEnvironmentName):
                faults.append(f"{group} has {requirement}, whose marker has no value here")
                continue
            if not holds:
                continue
            found = facts.installed(canonicalize_name(requirement.name))
            if found is None:
                faults.append(f"{group} has {requirement}, which is not installed")
            elif not requirement.specifier.contains(found.version or "", prereleases=True):
                faults.append(f"{group} has {requirement}, and {found.version} is installed")
    if faults:
        raise GroupsConflictError(path, list(dict.fromkeys(faults)))
    return groups


def own_groups(facts: Facts, frozen: Sequence[Frozen]) -> Groups:
    """Return one group: what nobody requires, each at its exact version."""
    by_name = {each.name: each for each in frozen}
    entries = [
        f"{name}=={by_name[name].version}" if by_name[name].is_pinned else name
        for name in sorted(_nobody_requires(facts, by_name))
    ]
    return {OWN_GROUP: entries} if entries else {}


def is_required(facts: Facts, name: str) -> bool:
    """Tell whether another installed distribution requires `name` in this environment."""
    return any(need.requirer != name for need in facts.needed_by.get(name, ()))


def _nobody_requires(facts: Facts, names: Mapping[str, Frozen]) -> set[str]:
    """Return the fewest names, by the alphabet, from which all others are reached."""
    top = {name for name in names if not is_required(facts, name)}
    reached = set(top).union(*(facts.closure(name) for name in top))
    # What is left are circles that nobody enters from outside.
    for name in sorted(names):
        if name not in reached:
            top.add(name)
            reached |= {name} | facts.closure(name)
    return top
