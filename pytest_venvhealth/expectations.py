"""What a run will ask of a target's distributions, as a plan of processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import Check
from pytest_venvhealth.libraries import is_named_as_library
from pytest_venvhealth.probes.runner import Probe, ProbeResult
from pytest_venvhealth.probes.tree import Tree, plan_tree

# Until a run has measured it: what a file that may be loaded takes, on average over many packages.
_SECONDS_A_MODULE = 0.0004
_SECONDS_A_LIBRARY = 0.01

Key = tuple[str, Check]
"""A distribution's normalized name, and what is asked of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Learned:
    """What a run has seen of a probe that passed."""

    seconds: float = 0.0
    """What it took in a process of its own, or would have; 0.0 where nobody knows."""
    import_seconds: float = 0.0
    """What its imports took of that."""
    used: tuple[str, ...] = ()
    """The distributions that it had loaded in the end, besides those that it declares to need."""


def expected_tree(
    facts: Facts,
    probe_of: Callable[[str, Check], Probe | None],
    questions: Mapping[Key, Learned],
) -> Tree:
    """Return which processes answer the questions, and which is forked from which.

    Args:
        probe_of: returns what is run for a question; None: nothing.
        questions: with what is known of each.
    """
    installed = [name for name in facts.names if facts.installed(name) is not None]
    guessed = _guessed_seconds(facts, installed)
    imports, cost = {}, {}
    for name in installed:
        probe = probe_of(name, Check.IMPORT)
        if probe is not None:
            imports[name] = probe
            known = questions.get((name, Check.IMPORT), Learned())
            cost[name] = known.import_seconds or guessed[name]
    asked: dict[Probe, float] = {}
    used: dict[Probe, tuple[str, ...]] = {}
    for (name, check), known in questions.items():
        probe = probe_of(name, check)
        if probe is not None and not probe.fault and name in guessed:
            asked[probe] = known.seconds or guessed[name]
            used[probe] = known.used
    return plan_tree(asked, imports, cost, facts.dependencies, installed, used)


def lesson(facts: Facts, name: str, result: ProbeResult, known: Learned) -> Learned:
    """Return what a probe that passed has shown, besides what was known of it."""
    providers = {each for module in result.loaded for each in facts.providers(module)[:1]}
    expected = facts.closure(name) | {name}
    used = (each for each in providers - expected if facts.installed(each) is not None)
    # A process of others holds imports that the distribution itself does not make.
    by_itself = result.forked_from is None or result.forked_from in expected
    return Learned(
        seconds=result.seconds,
        import_seconds=result.import_seconds if by_itself else known.import_seconds,
        used=tuple(sorted(used)),
    )


def _guessed_seconds(facts: Facts, names: list[str]) -> dict[str, float]:
    """Return about how long each takes to be imported, with all that it needs."""
    own = {}
    for name in names:
        manifest = facts.manifest(name)
        paths = manifest.entries if manifest is not None else ()
        modules = sum(path.endswith(".py") for path in paths)
        libraries = sum(is_named_as_library(path) for path in paths)
        own[name] = modules * _SECONDS_A_MODULE + libraries * _SECONDS_A_LIBRARY
    return {
        name: own[name] + sum(own.get(each, 0.0) for each in facts.closure(name) - {name})
        for name in names
    }
