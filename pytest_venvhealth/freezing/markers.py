"""Under which markers is each installed distribution wanted?"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pytest_venvhealth.facts import Facts
from pytest_venvhealth.freezing.groups import Groups, is_required
from pytest_venvhealth.freezing.sources import Frozen
from pytest_venvhealth.inventory import Inventory


def with_markers(facts: Facts, frozen: Sequence[Frozen], groups: Groups) -> list[Frozen]:
    """Return the rows, each with the marker under which others require it.

    None has one that a group names, that somebody has asked an installer for, or that one of its
    requirers wants wherever it is itself, as far as that can be told: an extra counts as chosen. So
    a row is rather wanted where nobody needs it than lost where somebody does. All markers hold in
    the environment they are made from, or nothing would require the row there.

    Source: PEP 751, `packages.marker`.
    """
    own = {
        canonicalize_name(Requirement(entry).name)
        for entries in groups.values()
        for entry in entries
        if isinstance(entry, str)
    } | _asked_for(facts.inventory)
    # Those that do not hold here, too: they may when the interpreter gets its next patch release.
    wanted = defaultdict[str, list[Marker | None]](list)
    for requirer, found in facts.inventory.distributions.items():
        for requirement in found.requires:
            name = canonicalize_name(requirement.name)
            if name != requirer:
                wanted[name].append(requirement.marker)
    return [
        each
        if each.name in own or not is_required(facts, each.name)
        else replace(each, package=replace(each.package, marker=_either(wanted[each.name])))
        for each in frozen
    ]


def _asked_for(inventory: Inventory) -> set[str]:
    """Return the names with a REQUESTED file, of installers that leave it with some only.

    uv leaves it with all, and so does pip where all were listed: that tells nothing.

    Source: PEP 376, "REQUESTED".
    """
    installed = inventory.distributions.values()
    telling = {each.installer for each in installed if not each.requested}
    return {each.name for each in installed if each.requested and each.installer in telling}


def _either(markers: Sequence[Marker | None]) -> Marker | None:
    """Return what holds where one of the markers does; None where that is everywhere."""
    distinct = {str(marker): marker for marker in markers if marker is not None}
    if None in markers or any("extra" in text for text in distinct):
        return None
    return reduce(operator.or_, (distinct[text] for text in sorted(distinct)))
