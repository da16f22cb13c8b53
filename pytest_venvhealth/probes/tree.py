"""Which processes of a target are forked from which, along its dependency graph.

A process that has imported a distribution stays, and those that need it are forked from it: what
it has imported is imported once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pytest_venvhealth.probes.runner import Probe

# Below this, forking twice takes as long as importing twice.
_WORTH_STAYING = 0.03


@dataclass(frozen=True, kw_only=True, slots=True)
class Branch:
    """A process that imports a distribution and stays."""

    probe: Probe
    """What it imports; its code and its optional modules are not run."""
    parent: str | None
    """The distribution whose process it is forked from; None: the one that has imported nothing."""
    priority: float
    """Seconds of work that wait for it, itself included, one after the other."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaf:
    """A process that runs a probe and ends."""

    probe: Probe
    parent: str | None
    priority: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Tree:
    """What is run, and forked from what."""

    branches: Mapping[str, Branch]
    """By the distribution's normalized name; a parent comes before what is forked from it."""
    leaves: Mapping[Probe, Leaf]


def plan_tree(
    asked: Mapping[Probe, float],
    imports: Mapping[str, Probe],
    cost: Mapping[str, float],
    dependencies: Mapping[str, Collection[str]],
    order: Sequence[str],
    used: Mapping[Probe, Collection[str]],
) -> Tree:
    """Plan the processes that run what is asked.

    Each distribution's is forked from that of the costliest distribution that it declares to need:
    so what it needs and does not declare is missing there, too.

    Args:
        asked: what is to be run, with the seconds that each takes in a process of its own.
        imports: what a process that stays imports, by normalized name.
        cost: the seconds that this takes in a process of its own, for each of `imports`.
        order: the names, dependencies before what depends on them.
        used: what a probe is known to load besides, such as an extra's. It is forked from that,
            where that costs more than what it declares.
    """

    def beyond(seconds: float, base: str | None) -> float:
        """Return what is left to do where another process has done its part."""
        return max(0.0, seconds - (cost[base] if base else 0.0))

    nearest = _nearest(imports, dependencies, order, cost)
    homes = {probe: _home(probe, used.get(probe, ()), nearest, cost) for probe in asked}
    users: dict[str | None, int] = {}
    for home in homes.values():
        users[home] = users.get(home, 0) + 1
    staying: set[str] = set()
    for name in reversed(order):
        above = nearest[name]
        gain = beyond(cost.get(name, 0.0), above)
        if users.get(name, 0) > 1 and name in imports and gain >= _WORTH_STAYING:
            staying.add(name)
            users[name] = 1
        users[above] = users.get(above, 0) + users.get(name, 0)
    leaves: dict[Probe, Leaf] = {}
    waiting: dict[str | None, float] = {}
    for probe, home in homes.items():
        parent = _staying(home, nearest, staying)
        own = beyond(asked[probe], parent)
        leaves[probe] = Leaf(probe=probe, parent=parent, priority=own)
        waiting[parent] = max(waiting.get(parent, 0.0), own)
    branches: dict[str, Branch] = {}
    for name in reversed(order):
        if name in staying:
            parent = _staying(nearest[name], nearest, staying)
            priority = beyond(cost[name], parent) + waiting.get(name, 0.0)
            branches[name] = Branch(probe=imports[name], parent=parent, priority=priority)
            waiting[parent] = max(waiting.get(parent, 0.0), priority)
    return Tree(branches=dict(reversed(branches.items())), leaves=leaves)


def _home(
    probe: Probe,
    used: Collection[str],
    nearest: Mapping[str, str | None],
    cost: Mapping[str, float],
) -> str | None:
    """Return the distribution whose imports a probe has most use for; None: nobody's."""
    if probe.name not in nearest:
        return None
    best = max((name for name in used if name in cost), key=lambda name: cost[name], default=None)
    if best is not None and best in nearest and cost[best] > cost.get(probe.name, 0.0):
        return best
    return probe.name


def _nearest(
    imports: Mapping[str, Probe],
    dependencies: Mapping[str, Collection[str]],
    order: Sequence[str],
    cost: Mapping[str, float],
) -> dict[str, str | None]:
    """Return the costliest declared dependency of each distribution, among those before it."""
    nearest: dict[str, str | None] = {}
    for name in order:
        near = [each for each in dependencies.get(name, ()) if each in nearest and each in imports]
        nearest[name] = max(near, key=lambda each: (cost[each], each), default=None)
    return nearest


def _staying(
    name: str | None, nearest: Mapping[str, str | None], staying: Collection[str]
) -> str | None:
    """Return the first that stays, of `name` and what it is forked from in turn."""
    while name is not None and name not in staying:
        name = nearest[name]
    return name
