"""What an environment should hold, and how it is probed beyond the catalogue."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from packaging.markers import UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.findings import Finding, Severity
from pytest_venvhealth.profile.lock import Lock, LockedRelease, admits_python
from pytest_venvhealth.profile.toml_table import ProfileError


@dataclass(frozen=True, kw_only=True, slots=True)
class ProbeSpec:
    """A profile's own probe of one distribution, instead of the catalogue's."""

    distribution: str
    """Normalized name."""
    code: str | None
    """Python source to run inside the target; None leaves the catalogue's probe in place."""
    imports: tuple[str, ...] | None
    """Modules that the import check imports; None leaves the manifest's top-level names."""
    timeout: float | None
    """Seconds; None leaves the run's own limit."""
    origin: str
    """The file that a traceback of `code` shows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiver:
    """A finding that someone has accepted, with the reason and perhaps an end."""

    distribution: str
    """Normalized name, or `findings.ENVIRONMENT`."""
    code: str
    """The value of a `findings.Code`."""
    paths: tuple[str, ...] = ()
    """Patterns for paths relative to the environment's root, `*` crosses `/`; empty: any path."""
    reason: str
    expires: date | None = None
    """The last day on which it holds."""

    def expired(self, today: date) -> bool:
        """Tell whether the waiver's last day lies before `today`."""
        return self.expires is not None and today > self.expires

    def covers(self, path: str) -> bool:
        """Tell whether `path`, relative to the environment's root, is one of the waived."""
        return not self.paths or any(fnmatch.fnmatchcase(path, glob) for glob in self.paths)

    def matches(self, finding: Finding) -> bool:
        """Tell whether the whole finding is waived: its code, and every one of its paths."""
        if finding.distribution != self.distribution or str(finding.code) != self.code:
            return False
        # A waiver of some paths says nothing about a finding that names none.
        if self.paths and not finding.paths:
            return False
        return all(self.covers(path) for path in finding.paths)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """One distribution that the target should hold."""

    name: str
    """Normalized."""
    specifier: SpecifierSet
    """What all groups ask for together; of a distribution that only the lock names, its version."""
    expected: str | None
    """The lock's version, else that of a single `==` pin, else None."""
    groups: tuple[str, ...] = ()
    """The groups that name it; empty where only the lock does."""
    extras: frozenset[str] = frozenset()
    """Normalized."""
    wheel: str | None = None
    """The file name of the lock's wheel for the target."""
    sha256: str | None = None
    """Of that wheel, in hexadecimal digits."""
    locked: bool = False
    """Whether `expected` is the lock's: then another local version is another build."""

    def admits(self, version: Version) -> bool:
        """Tell whether the installed `version` is a wanted one.

        A pin `==2.13.0` admits `2.13.0+cpu` (PEP 440, "Version matching"); a lock's `2.13.0`
        does not.
        """
        if self.locked and self.expected is not None:
            return version == Version(self.expected)
        return self.specifier.contains(version, prereleases=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """What one kind of environment should hold. `profile.load_profile` reads one from a file."""

    name: str
    path: Path
    """The file; `Path()` for a profile that no file holds."""
    description: str = ""
    requires_python: SpecifierSet | None = None
    """Of the target."""
    groups: Mapping[str, tuple[Requirement, ...]] = field(default_factory=dict)
    """Normalized name to requirements, includes resolved (PEP 735)."""
    lock: Lock | None = None
    pth: tuple[str, ...] = ()
    """Names of `.pth` files known to be good."""
    network: Severity = Severity.WARNING
    """What it is that a distribution tries to reach another machine."""
    probes: Mapping[str, ProbeSpec] = field(default_factory=dict)
    """By normalized name of the distribution."""
    waivers: tuple[Waiver, ...] = ()

    @classmethod
    def empty(cls, name: str) -> Profile:
        """Return a profile that wants nothing."""
        return cls(name=name, path=Path())

    def wanted(self, environment: Environment) -> dict[str, Wanted]:
        """Return what the target should hold, sorted by normalized name.

        That is each group's requirements whose markers hold for the target, and what the lock
        selects for it.

        Raises:
            ProfileError: the profile or its lock is for another Python or platform, groups
                contradict each other, or a group pins what the lock does not hold.
        """
        # The version of an environment without an interpreter may be unknown. Then it is broken,
        # and nothing here may call the profile wrong for it.
        version_known = environment.version > (3, 0, 0)
        if version_known:
            self._expect_python(environment)
        requirements = self._requirements(environment)
        locked: dict[str, LockedRelease] = {}
        if self.lock is not None and version_known:
            locked = self.lock.select(environment, self.groups)
        faults: list[str] = []
        result = {
            name: self._merge(name, requirements.get(name, []), locked.get(name), faults)
            for name in sorted({*requirements, *locked})
        }
        if faults:
            raise ProfileError(self.path, faults)
        return result

    def _expect_python(self, environment: Environment) -> None:
        if self.requires_python is not None and not admits_python(
            self.requires_python, environment
        ):
            fault = (
                f"requires-python: this profile is for Python {self.requires_python}, "
                f"{environment.root} has {environment.python_version}."
            )
            raise ProfileError(self.path, [fault])

    def _requirements(self, environment: Environment) -> dict[str, list[tuple[str, Requirement]]]:
        """Return the target's requirements by name, each with the group it stands in.

        Raises:
            ProfileError: a marker cannot be evaluated.
        """
        # Every key comes from the target; `packaging` would fill a missing one from the host.
        markers = {**environment.markers, "extra": ""}
        faults: list[str] = []
        result: dict[str, list[tuple[str, Requirement]]] = {}
        for group, requirements in self.groups.items():
            for requirement in requirements:
                try:
                    holds = requirement.marker is None or requirement.marker.evaluate(markers)
                except (UndefinedComparison, UndefinedEnvironmentName) as error:
                    reason = f"its marker has no value for an environment ({error})"
                    faults.append(f"dependency-groups.{group}: {requirement}: {reason}.")
                    continue
                if holds:
                    name = canonicalize_name(requirement.name)
                    result.setdefault(name, []).append((group, requirement))
        if faults:
            raise ProfileError(self.path, faults)
        return result

    def _merge(
        self,
        name: str,
        asked: Sequence[tuple[str, Requirement]],
        locked: LockedRelease | None,
        faults: list[str],
    ) -> Wanted:
        """Return what groups and lock together want of one distribution."""
        specifier = SpecifierSet()
        for _, requirement in asked:
            specifier &= requirement.specifier
        pins = list(_pins(specifier))
        if any(not specifier.contains(pin, prereleases=True) for pin in pins):
            wishes = " and ".join(
                f"{group} asks for {name}{requirement.specifier}" for group, requirement in asked
            )
            faults.append(f"dependency-groups: {wishes}: no version is all of this.")
        version = locked.version if locked else None
        if self.lock is not None and version is not None:
            faults.extend(
                f"dependency-groups.{group}: {name}{requirement.specifier} is asked for, "
                f"{self.lock.path.name} locks {version}."
                for group, requirement in asked
                if not requirement.specifier.contains(version, prereleases=True)
            )
        if version is not None and not asked:
            specifier = SpecifierSet(f"=={version}")
        return Wanted(
            name=name,
            specifier=specifier,
            expected=str(version) if version else str(pins[0]) if len(pins) == 1 else None,
            groups=tuple(dict.fromkeys(group for group, _ in asked)),
            extras=frozenset(
                canonicalize_name(extra) for _, requirement in asked for extra in requirement.extras
            ),
            wheel=locked.wheel if locked else None,
            sha256=locked.sha256 if locked else None,
            locked=version is not None,
        )


def _pins(specifier: SpecifierSet) -> Iterator[Version]:
    """Yield the versions that `==` names without a wildcard."""
    for part in specifier:
        if part.operator == "==" and not part.version.endswith(".*"):
            yield Version(part.version)
