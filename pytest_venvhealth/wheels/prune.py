"""Which wheels does nobody need, and out of the way with them; nothing is deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from packaging.utils import canonicalize_name

from pytest_venvhealth.profile import Profile
from pytest_venvhealth.wheelhouse import Wheel, same_wheel
from pytest_venvhealth.wheels.needed import Needed
from pytest_venvhealth.wheels.stock import (
    PRUNED,
    Stock,
    There,
    WheelhouseUnusableError,
    move_aside,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unneeded:
    """A file that no profile and no environment asks for."""

    path: Path
    size: int
    """In bytes."""


def unneeded(
    folder: Path, needed: Sequence[Needed], unlocked: Sequence[Profile] = ()
) -> list[Unneeded]:
    """Return the wheels that are needed for nothing, sorted.

    A wheel of a name that is needed stays even where it is damaged: verifying tells of that.

    Args:
        needed: of each profile with a lock, and of each environment.
        unlocked: profiles without a lock: every wheel that their groups admit stays.
    Raises:
        WheelhouseNotFoundError: there is no such folder.
        WheelhouseUnusableError: it cannot be read.
    """
    stock = Stock(folder)
    keep: set[Path] = set()
    for each in needed:
        for need in each.wheels:
            state = stock.look_for(need)
            if isinstance(state, There):
                keep.add(state.path)
            else:
                keep.update(state.damaged)
        # A wheel that a person has built for what no index has.
        for lost in each.unavailable:
            keep |= {
                wheel.path
                for wheel in stock.house.named(lost.name)
                if lost.version in (None, str(wheel.version))
            }
    keep |= {
        wheel.path
        for wheel in stock.house.wheels
        if any(_admits(profile, wheel) for profile in unlocked)
    }
    # Of two names for one wheel both stay: which of them goes is for a person to say.
    names = [path.name for path in keep]
    return [
        Unneeded(path=path, size=path.stat().st_size if path.exists() else 0)
        for path in stock.paths
        if path not in keep and not any(same_wheel(path.name, name) for name in names)
    ]


def prune(files: Sequence[Unneeded]) -> Path | None:
    """Move files out of the wheelhouse into a dated folder in it, which is returned.

    Raises:
        WheelhouseUnusableError: one cannot be moved; those before it were.
    """
    now = datetime.now(UTC)
    folder: Path | None = None
    for file in files:
        try:
            folder = move_aside(file.path, PRUNED, now).parent
        except OSError as error:
            raise WheelhouseUnusableError(file.path.parent, error) from error
    return folder


def _admits(profile: Profile, wheel: Wheel) -> bool:
    """Tell whether one of the profile's groups names the wheel and takes its version."""
    requirements = [each for group in profile.groups.values() for each in group]
    return any(
        canonicalize_name(requirement.name) == wheel.name
        and requirement.specifier.contains(wheel.version, prereleases=True)
        for requirement in requirements
    )
