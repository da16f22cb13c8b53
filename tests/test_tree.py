"""The plan of who is forked from whom."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from pytest_venvhealth.probes.runner import Probe
from pytest_venvhealth.probes.tree import Branch, Leaf, Tree, plan_tree


def importing(name: str) -> Probe:
    return Probe(name=name, imports=(name,))


def using(name: str) -> Probe:
    return Probe(name=name, imports=(name,), code="pass")


def planned(
    cost: Mapping[str, float],
    dependencies: Mapping[str, tuple[str, ...]],
    used: Mapping[Probe, tuple[str, ...]] | None = None,
) -> Tree:
    """Plan import and use of all; a use takes a tenth of a second more."""
    imports = {name: importing(name) for name in cost}
    asked = {imports[name]: cost[name] for name in cost}
    asked |= {using(name): cost[name] + 0.1 for name in cost}
    return plan_tree(asked, imports, cost, dependencies, list(cost), used or {})


def test_each_is_forked_from_the_costliest_that_it_declares() -> None:
    cost = {"numpy": 0.2, "torch": 3.0, "safetensors": 0.1, "accelerate": 3.5, "peft": 4.0}
    dependencies = {
        "torch": ("numpy",),
        "accelerate": ("numpy", "torch", "safetensors"),
        "peft": ("numpy", "torch", "accelerate"),
    }

    tree = planned(cost, dependencies)

    parents = {name: branch.parent for name, branch in tree.branches.items()}
    assert parents == {
        "numpy": None,
        "torch": "numpy",
        "safetensors": None,
        "accelerate": "torch",
        "peft": "accelerate",
    }
    assert "peft" == tree.leaves[using("peft")].parent


def test_the_longest_way_begins() -> None:
    tree = planned(
        {"small": 0.3, "torch": 3.0, "peft": 4.0},
        {"peft": ("torch",)},
    )

    steps: list[Branch | Leaf] = [*tree.leaves.values(), *tree.branches.values()]
    first = max(steps, key=lambda step: step.priority)
    assert "torch" == first.probe.name
    assert 4.1 == round(first.priority, 3)


def test_what_is_imported_quickly_does_not_stay() -> None:
    tree = planned({"idna": 0.01}, {})

    assert not tree.branches
    assert {None} == {leaf.parent for leaf in tree.leaves.values()}


def test_a_probe_is_forked_from_what_it_is_known_to_use() -> None:
    probe = importing("transformers")
    cost = {"transformers": 1.0, "torch": 3.0}

    tree = planned(cost, {}, {probe: ("torch",)})

    assert "torch" == tree.leaves[probe].parent
    assert "transformers" != tree.leaves[using("transformers")].parent or tree.branches
    assert tree.branches["torch"].priority > 3.0


def test_what_is_cheaper_is_not_worth_a_detour() -> None:
    probe = importing("transformers")

    tree = planned({"transformers": 1.0, "tqdm": 0.2}, {}, {probe: ("tqdm",)})

    assert "transformers" == tree.leaves[probe].parent


def test_nobody_who_is_not_asked_gets_a_process() -> None:
    cost = {"numpy": 1.0, "pandas": 2.0}
    imports = {name: importing(name) for name in cost}

    tree = plan_tree({using("pandas"): 2.5}, imports, cost, {"pandas": ("numpy",)}, list(cost), {})

    assert not tree.branches
    assert [using("pandas")] == list(tree.leaves)


NAMES = [f"d{number}" for number in range(8)]


@given(
    st.dictionaries(st.sampled_from(NAMES), st.floats(0, 5), min_size=1),
    st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=4)),
    st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=3)),
)
def test_every_plan_can_be_carried_out(
    cost: dict[str, float], needs: dict[str, list[str]], loads: dict[str, list[str]]
) -> None:
    used = {using(name): tuple(names) for name, names in loads.items()}

    tree = planned(cost, {name: tuple(names) for name, names in needs.items()}, used)

    assert set(tree.leaves) == {probe for n in cost for probe in (importing(n), using(n))}
    seen: set[str | None] = {None}
    for name, branch in tree.branches.items():
        assert branch.parent in seen, "a parent comes before what is forked from it"
        declared = set(needs.get(name, ()))
        assert branch.parent is None or _reaches(branch.parent, declared, needs)
        seen.add(name)
    steps: list[Branch | Leaf] = [*tree.leaves.values(), *tree.branches.values()]
    parents = [step.parent for step in steps]
    assert set(parents) <= seen
    assert all(parents.count(name) > 1 for name in tree.branches), "nobody stays for one"
    for step in steps:
        if step.parent is not None:
            assert step.priority <= tree.branches[step.parent].priority


def _reaches(wanted: str, declared: set[str], needs: Mapping[str, list[str]]) -> bool:
    seen: set[str] = set()
    while declared - seen:
        name = (declared - seen).pop()
        seen.add(name)
        declared |= set(needs.get(name, ()))
    return wanted in seen
