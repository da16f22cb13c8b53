"""What would be written of an environment: gathered before anything is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.errors import UsageError, VenvHealthError
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.freezing.groups import kept_groups, own_groups
from pytest_venvhealth.freezing.index import ask_index
from pytest_venvhealth.freezing.markers import with_markers
from pytest_venvhealth.freezing.sources import Frozen, Lacking, Sources, find_sources
from pytest_venvhealth.freezing.texts import (
    lock_name,
    lock_text,
    profile_name,
    profile_text,
    read_back,
)
from pytest_venvhealth.reports.wording import counted, listed

_NAMES_SHOWN = 8


class LackingError(VenvHealthError):
    """The lock cannot hold everything that is installed, so none is written."""

    def __init__(self, lacking: Sequence[Lacking], total: int, venv: Path) -> None:
        super().__init__(lacking, total, venv)
        self.lacking, self.total, self.venv = tuple(lacking), total, venv

    def __str__(self) -> str:
        names = [f"{each.name} {each.version or ''}".rstrip() for each in self.lacking]
        verb = "has" if len(names) == 1 else "have"
        text = (
            f"{len(names):,} of {counted(self.total, 'distribution')} {verb} no wheel that the "
            f"lock could name ({listed(names, _NAMES_SHOWN)})"
        )
        if any(each.asks_index for each in self.lacking):
            return (
                f"{text}: first run venv-health wheelhouse fill --venv={self.venv}, "
                "or give --from-index, which takes their hashes from the index."
            )
        return f"{text}: the lines above say what to do."


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The two files, and what has to be said of them."""

    profile: Path
    lock: Path
    texts: Mapping[Path, str]
    """The lock first: a profile without its lock could not be read."""
    frozen: tuple[Frozen, ...]
    outside: tuple[str, ...]
    """Names that are needed and lie outside of the environment's own folders."""


def expect_frozen_name(name: str) -> None:
    """Raise UsageError where NAME cannot be a profile's and its lock's (PEP 751, "File Name")."""
    if re.fullmatch(r"\w[\w-]*", name) and name != "pylock":
        return
    if "/" in name or "\\" in name:
        advice = "it is a name, not a path; the folder is --folder's"
    elif name == "pylock":
        advice = "its profile would bear the name of a lock; choose another"
    else:
        near = frozen_name(name.removesuffix(".toml"))
        advice = f'a name is made of letters, digits, - and _. Did you mean "{near}"?'.rstrip()
    raise UsageError(f'"{name}" is no name for a profile: {advice}')


def frozen_name(name: str) -> str:
    """Return the environment's name as a profile can bear it: `.venv` becomes `venv`."""
    found = re.sub(r"[^\w-]+", "-", name).strip("-")
    return "environment" if found in ("", "pylock") else found


def plan_freeze(
    facts: Facts,
    name: str,
    folder: Path,
    *,
    groups_from: Path | None = None,
    from_index: bool = False,
) -> Plan:
    """Return what freezing writes; nothing is written yet.

    Args:
        facts: with the wheelhouse, without a profile.
        folder: where the two files will lie; it need not be there.
        groups_from: a profile or a `pyproject.toml` whose groups are kept.
        from_index: whether pip's index may be asked for what the wheelhouse lacks.
    Raises:
        UsageError: of a file or a folder that the user has named, or there is nothing to freeze.
        LackingError: the lock cannot hold everything.
        GroupsConflictError, IndexNotAskedError: see there.
    """
    environment = facts.environment
    _expect_described(environment)
    # Before the wheels are read through: what the user has to change is cheap to find.
    groups = kept_groups(facts, groups_from) if groups_from is not None else None
    frozen = _all_frozen(facts, folder, from_index=from_index)
    if groups is None:
        groups = own_groups(facts, frozen)
    frozen = with_markers(facts, frozen, groups)
    profile, lock = folder / profile_name(name), folder / lock_name(name)
    texts = {
        lock: lock_text(environment, frozen),
        profile: profile_text(environment, name, frozen, groups),
    }
    read_back(environment, name, texts[profile], texts[lock], frozen)
    outside = {
        canonicalize_name(each.name) for needs in facts.needs.values() for each in needs
    } & facts.inventory.elsewhere
    return Plan(
        profile=profile,
        lock=lock,
        texts=texts,
        frozen=tuple(frozen),
        outside=tuple(sorted(outside - facts.inventory.distributions.keys())),
    )


def _all_frozen(facts: Facts, folder: Path, *, from_index: bool) -> list[Frozen]:
    sources: Sources = find_sources(facts, folder)
    frozen, lacking = list(sources.frozen), list(sources.lacking)
    if from_index:
        asked = [each for each in lacking if each.asks_index]
        known, unknown = ask_index(facts, asked, folder) if asked else ([], [])
        frozen += known
        lacking = [*(each for each in lacking if not each.asks_index), *unknown]
    if lacking:
        total = len(facts.inventory.distributions)
        raise LackingError(lacking, total, facts.environment.root)
    if not frozen:
        raise UsageError(
            f"{facts.environment.root} has no distributions: there is nothing to freeze."
        )
    return sorted(frozen, key=lambda each: each.name)


def _expect_described(environment: Environment) -> None:
    """Raise VenvHealthError where nobody can say which Python the lock would be for."""
    if environment.interpreter_error is not None:
        raise VenvHealthError(
            f"{environment.root} cannot be frozen: its interpreter does not start "
            f"({environment.interpreter_error.rstrip('.')}), so nobody can say which Python the "
            "lock would be for. Mend that first; pytest --venv-health says how."
        )
