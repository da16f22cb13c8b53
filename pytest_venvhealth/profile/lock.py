"""The lock of a profile: which release, and which wheel of it, a target should hold (PEP 751)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from packaging.markers import Environment as MarkerEnvironment
from packaging.markers import UndefinedComparison, UndefinedEnvironmentName
from packaging.pylock import (
    PackageWheel,
    Pylock,
    PylockSelectError,
    PylockValidationError,
    is_valid_pylock_path,
)
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.profile.toml_table import ProfileError, read_toml


@dataclass(frozen=True, kw_only=True, slots=True)
class LockedRelease:
    """What a lock holds of one distribution for one target."""

    name: str
    """Normalized."""
    version: Version | None
    """None where the lock names a source tree without a version."""
    wheel: str | None
    """The file name of the wheel that fits; None where the lock names another kind of source."""
    sha256: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Lock:
    """A `pylock.*.toml` that was read and found valid."""

    path: Path
    pylock: Pylock

    def select(self, environment: Environment, groups: Collection[str]) -> dict[str, LockedRelease]:
        """Return what the lock wants in the target, by normalized name.

        Args:
            groups: the profile's groups; those the lock knows are selected besides its defaults.

        Raises:
            ProfileError: the lock is for another Python or platform, or has no wheel that fits.
        """
        markers = cast("MarkerEnvironment", dict(environment.markers))
        try:
            self._expect_fit(environment, markers)
            chosen = self.pylock.select(
                environment=markers,
                tags=environment.tags,
                dependency_groups=self._selected_groups(groups),
            )
            return {
                package.name: LockedRelease(
                    name=package.name,
                    version=package.version,
                    wheel=source.filename if isinstance(source, PackageWheel) else None,
                    sha256=_sha256(source),
                )
                for package, source in chosen
            }
        except (PylockSelectError, UndefinedComparison, UndefinedEnvironmentName) as error:
            raise ProfileError(self.path, [f"packages: {error}."]) from error

    def _expect_fit(self, environment: Environment, markers: MarkerEnvironment) -> None:
        """Raise ProfileError where the lock as a whole is for another Python or platform."""
        wanted = self.pylock.requires_python
        if wanted is not None and not admits_python(wanted, environment):
            fault = (
                f"requires-python: this lock is for Python {wanted}, "
                f"{environment.root} has {environment.python_version}."
            )
            raise ProfileError(self.path, [fault])
        markers_of_lock = self.pylock.environments or []
        if markers_of_lock and not any(
            marker.evaluate(cast("dict[str, str]", markers), context="requirement")
            for marker in markers_of_lock
        ):
            expected = " or ".join(str(marker) for marker in markers_of_lock)
            fault = (
                f"environments: this lock is for {expected}, {environment.root} is "
                f"{environment.implementation} {environment.python_version} "
                f"on {environment.platform}."
            )
            raise ProfileError(self.path, [fault])

    def _selected_groups(self, groups: Collection[str]) -> set[str]:
        known = self.pylock.dependency_groups or []
        selected = {group for group in known if canonicalize_name(group) in groups}
        return selected | set(self.pylock.default_groups or [])


def _sha256(source: object) -> str | None:
    return source.hashes.get("sha256") if isinstance(source, PackageWheel) else None


def read_lock(path: Path) -> Lock:
    """Return the lock in the file `path`.

    Raises:
        ProfileError: the file is absent, has another kind of name, or breaks PEP 751.
    """
    if not is_valid_pylock_path(path):
        raise ProfileError(path, ['expected a file named like "pylock.NAME.toml" (PEP 751).'])
    data = read_toml(path)
    try:
        return Lock(path=path, pylock=Pylock.from_dict(data))
    except PylockValidationError as error:
        place = f"{error.context}: " if error.context else ""
        raise ProfileError(path, [f"{place}{error.message}."]) from error


def admits_python(specifier: SpecifierSet, environment: Environment) -> bool:
    """Tell whether the target's Python is one that `specifier` admits."""
    return specifier.contains(environment.python_version, prereleases=True)
