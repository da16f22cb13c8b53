"""What a run will ask of a target's distributions, as a plan of processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from pytest_venvhealth.facts import Facts, dependencies_first
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
    imports: tuple[str, ...] = ()
    """The distributions that its imports loaded, besides those that it declares to need."""
    used: tuple[str, ...] = ()
    """Those that were loaded in the end."""


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
    guess = _Guess(facts)
    imports, cost = {}, {}
    needs: dict[str, frozenset[str]] = {}
    for name in installed:
        needs[name] = facts.dependencies.get(name, frozenset())
        probe = probe_of(name, Check.IMPORT)
        if probe is not None:
            imports[name] = probe
            known = questions.get((name, Check.IMPORT), Learned())
            cost[name] = known.import_seconds or guess.seconds(name)
            # What an extra brings is declared, too; a package may import it where it is there.
            needs[name] |= facts.optional(name).intersection(known.imports)
    asked: dict[Probe, float] = {}
    used: dict[Probe, tuple[str, ...]] = {}
    for (name, check), known in questions.items():
        probe = probe_of(name, check)
        if probe is not None and not probe.fault and name in needs:
            asked[probe] = known.seconds or guess.seconds(name)
            used[probe] = known.used
    order = list(dependencies_first(set(installed), needs))
    return plan_tree(asked, imports, cost, needs, order, used)


def lesson(facts: Facts, name: str, result: ProbeResult, known: Learned) -> Learned:
    """Return what a probe that passed has shown, besides what was known of it."""
    expected = facts.closure(name) | {name}

    def besides(modules: Iterable[str]) -> tuple[str, ...]:
        # To look for who brings what Python itself brings takes longest, and most are Python's.
        others = set(modules) - facts.environment.stdlib_names
        providers = {each for module in others for each in facts.providers(module)[:1]}
        return tuple(
            sorted(each for each in providers - expected if facts.installed(each) is not None)
        )

    learned = Learned(
        seconds=result.seconds,
        import_seconds=result.import_seconds,
        imports=besides(result.imported),
        used=besides(result.loaded),
    )
    if result.forked_from is None or result.forked_from in {*expected, *known.imports}:
        return learned
    # It began with imports that the distribution itself does not make.
    return replace(learned, import_seconds=known.import_seconds, imports=known.imports)


class _Guess:
    """About how long distributions take to be imported, for those that no run has measured."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._own: dict[str, float] = {}

    def seconds(self, name: str) -> float:
        """Return the guess for one, with all that it needs."""
        return sum(map(self._own_seconds, {name, *self._facts.closure(name)}))

    def _own_seconds(self, name: str) -> float:
        if name not in self._own:
            manifest = self._facts.manifest(name)
            paths = manifest.entries if manifest is not None else ()
            modules = sum(path.endswith(".py") for path in paths)
            libraries = sum(is_named_as_library(path) for path in paths)
            self._own[name] = modules * _SECONDS_A_MODULE + libraries * _SECONDS_A_LIBRARY
        return self._own[name]
