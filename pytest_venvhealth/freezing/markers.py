"""Under which markers is each installed distribution wanted?"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

from packaging.pylock import Package
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pytest_venvhealth.facts import Facts
from pytest_venvhealth.freezing.groups import Groups
from pytest_venvhealth.freezing.sources import Frozen


def with_markers(facts: Facts, frozen: Sequence[Frozen], groups: Groups) -> list[Frozen]:
    """Return the rows, each with the marker under which those that require it do so.

    None has one that a group names, that somebody has asked an installer for, or that one of its
    requirers wants wherever it is itself, as far as that can be told: an extra counts as chosen. So
    a row is rather wanted where nobody needs it than lost where somebody does. All markers hold in
    the environment they are made from, or nothing would require the row there.

    Source: PEP 751, `packages.marker`.
    """
    asked_for = {
        canonicalize_name(Requirement(entry).name)
        for entries in groups.values()
        for entry in entries
        if isinstance(entry, str)
    } | {name for name, found in facts.inventory.distributions.items() if found.requested}
    return [
        each if each.name in asked_for else replace(each, package=_marked(facts, each))
        for each in frozen
    ]


def _marked(facts: Facts, frozen: Frozen) -> Package:
    markers = [
        need.requirement.marker
        for need in facts.needed_by.get(frozen.name, ())
        if need.requirer != frozen.name
    ]
    if not markers or any(marker is None or "extra" in str(marker) for marker in markers):
        return frozen.package
    distinct = {str(marker): marker for marker in markers if marker is not None}
    either = reduce(operator.or_, (distinct[text] for text in sorted(distinct)))
    return replace(frozen.package, marker=either)
