"""Repairs of the tiny story's environment, carried out without a run of pytest around them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.profile import Profile, load_profile
from pytest_venvhealth.repair.history import Past
from pytest_venvhealth.repair.plan import plan_repair
from pytest_venvhealth.repair.quarantine import list_repairs
from pytest_venvhealth.repair.routine import carry_out
from pytest_venvhealth.repair.undo import Undone, undo
from pytest_venvhealth.results import RepairResult
from pytest_venvhealth.wheelhouse import Wheelhouse

BLOOM = "library/models/bloom.py"
NOTES = "library/data.txt"


@functools.lru_cache(maxsize=4)
def environment_of(root: Path) -> Environment:
    """Ask an interpreter once a test: none of these damages one."""
    return Environment.at(root)


def wheelhouse_of(root: Path) -> Wheelhouse:
    return Wheelhouse.at([root.parent / "wheelhouse"])


def repair(root: Path, *names: str, pinned: bool = False) -> Past:
    """Repair distributions, whatever is wrong with them, and return how history tells it.

    Args:
        pinned: whether the story's profile says which versions are wanted.
    """
    environment = environment_of(root)
    profile = Profile.empty(environment.name)
    if pinned:
        profile = load_profile(root.parent / "profiles" / "story.toml")
    facts = Facts.gather(environment, profile, wheelhouse_of(root))
    plan = plan_repair(facts, names)
    assert plan.refusals == ()
    records = carry_out(plan, facts, verify=lambda: None)
    assert {record.result for record in records} == {RepairResult.VERIFIED}
    return list_repairs(root)[-1]


def undo_in(
    root: Path, repair_id: str | None = None, on_step: Callable[[str], None] | None = None
) -> Undone:
    """Take back the last repair."""
    environment = environment_of(root)
    return undo(environment, wheelhouse_of(root), repair=repair_id, on_step=on_step)
