"""Which wheels a profile, an environment, or both together ask for."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.pylock import Package, PackageWheel
from packaging.specifiers import SpecifierSet
from packaging.utils import parse_wheel_filename
from packaging.version import InvalidVersion, Version

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.errors import UsageError
from pytest_venvhealth.inventory import Distribution, Inventory
from pytest_venvhealth.profile import Profile
from pytest_venvhealth.wheels.target import PipTarget, target_of_tags, target_of_wheel

_USUAL_COMPRESSION = 3


class NotFrozenError(UsageError):
    """The profile alone does not say which wheels these are."""

    def __init__(self, profile: Profile) -> None:
        super().__init__(profile.path)
        self.path = profile.path

    def __str__(self) -> str:
        return (
            f"{self.path} has no lock, so it names no wheels. Make one with `venv-health freeze`, "
            "or give the environment that its pins are for with --venv."
        )


class UnknownTargetError(UsageError):
    """Nothing tells which wheels fit the environment."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment.root, environment.interpreter_error)
        self.root, self.reason = environment.root, environment.interpreter_error

    def __str__(self) -> str:
        return (
            f"{self.root}: its interpreter does not tell which wheels fit it ({self.reason}). "
            "Mend it, or give another environment of the same Python with --venv."
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class NeededWheel:
    """One wheel that should lie in the wheelhouse."""

    name: str
    """Normalized."""
    version: str
    target: PipTarget
    filename: str | None = None
    """As the lock names it; None where no lock does."""
    sha256: str | None = None
    """Of the lock, in hexadecimal digits."""
    size: int | None = None
    """In bytes, as the lock says."""
    specifier: SpecifierSet | None = None
    """A profile's pin, which admits more than `version`; None: that version exactly."""
    environment: Environment | None = None
    """The target; None where the lock's wheels for all targets are needed."""
    installed: Distribution | None = None
    """What the wheel must have been made into; None where nothing is asked of that."""
    narrowed: bool = False
    """Whether `target` has only the tags that the installed WHEEL file names."""

    @property
    def described(self) -> str:
        """Return `markupsafe 2.1.5`."""
        return f"{self.name} {self.version}"

    @property
    def likely_size(self) -> int:
        """Return the lock's size, else a guess from what is installed; 0 without either."""
        record = self.installed.record if self.installed is not None else None
        installed = sum(row.size or 0 for row in record.rows) if record is not None else 0
        return self.size if self.size is not None else installed // _USUAL_COMPRESSION

    @property
    def requirement(self) -> str:
        """Return the line of a requirements file that asks pip for it.

        `===` compares as text: `==2.13.0` would take `2.13.0+cpu`, too (PEP 440).
        """
        pin = f"==={self.version}" if self.specifier is None else str(self.specifier)
        return f"{self.name}{pin}" + (f" --hash=sha256:{self.sha256}" if self.sha256 else "")

    def admits(self, version: Version) -> bool:
        """Tell whether a wheel of that version will do."""
        if self.specifier is not None:
            return self.specifier.contains(version, prereleases=True)
        return version == Version(self.version)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unavailable:
    """A distribution whose wheel cannot be fetched, and what to do about it."""

    name: str
    version: str | None
    reason: str
    remedy: str

    def __str__(self) -> str:
        release = f"{self.name} {self.version}" if self.version else self.name
        return f"{release}: {self.reason}. {self.remedy}."


@dataclass(frozen=True, kw_only=True, slots=True)
class Needed:
    """What is asked of a wheelhouse, each part sorted by name."""

    wheels: tuple[NeededWheel, ...]
    unavailable: tuple[Unavailable, ...] = ()


def needed(profile: Profile | None, environment: Environment | None, folder: Path) -> Needed:
    """Return the wheels that a profile, an environment, or a profile for an environment needs.

    Args:
        folder: the wheelhouse, for what a person is told to do.
    Raises:
        ProfileError: the profile or its lock is for another target.
        NotFrozenError: a profile without a lock is given alone.
        UnknownTargetError: the environment's interpreter does not start.
    """
    target = None
    if environment is not None:
        target = target_of_tags(environment.tags)
        if target is None or environment.interpreter_error:
            raise UnknownTargetError(environment)
    if profile is not None and environment is not None and target is not None:
        return _of_profile(profile, environment, target, folder)
    if profile is not None:
        return _of_lock(profile, folder)
    if environment is not None and target is not None:
        return _of_environment(environment, target, folder)
    raise UsageError("Nothing says which wheels: give --profile, --venv, or both.")


def build_remedy(folder: Path, what: str) -> str:
    """Return how a person gets a wheel that no index has."""
    command = f"pip wheel --no-deps -w {shlex.quote(str(folder))} {shlex.quote(what)}"
    return f"Build one with a pip of the target's Python: {command}"


def _of_lock(profile: Profile, folder: Path) -> Needed:
    """Return every wheel that the lock names, whomever it is for."""
    if profile.lock is None:
        raise NotFrozenError(profile)
    wheels: list[NeededWheel] = []
    lost: list[Unavailable] = []
    for package in profile.lock.pylock.packages:
        version = str(package.version) if package.version else None
        if not package.wheels:
            lost.append(_locked_without_wheel(package, folder))
        for wheel in package.wheels or ():
            _, told, _, tags = parse_wheel_filename(wheel.filename)
            wheels.append(
                NeededWheel(
                    name=package.name,
                    version=version or str(told),
                    target=target_of_wheel(tags),
                    filename=wheel.filename,
                    sha256=_sha256(wheel),
                    size=wheel.size,
                )
            )
    return _sorted(wheels, lost)


def _of_profile(
    profile: Profile, environment: Environment, target: PipTarget, folder: Path
) -> Needed:
    """Return what the lock selects for the target, and the exact pins of what it does not hold."""
    packages = profile.lock.pylock.packages if profile.lock is not None else ()
    sizes = {wheel.filename: wheel.size for each in packages for wheel in each.wheels or ()}
    wheels: list[NeededWheel] = []
    lost: list[Unavailable] = []
    for want in profile.wanted(environment).values():
        if want.wheel is not None:
            wheels.append(
                NeededWheel(
                    name=want.name,
                    version=str(want.expected),
                    target=target,
                    filename=want.wheel,
                    sha256=want.sha256,
                    size=sizes.get(want.wheel),
                    environment=environment,
                )
            )
        elif want.locked:
            package = next(
                each
                for each in packages
                if each.name == want.name and str(each.version or None) == str(want.expected)
            )
            lost.append(_locked_without_wheel(package, folder))
        elif want.expected is not None:
            wheels.append(
                NeededWheel(
                    name=want.name,
                    version=want.expected,
                    target=target,
                    specifier=want.specifier,
                    environment=environment,
                )
            )
        else:
            asked = f"{want.name}{want.specifier}" if str(want.specifier) else want.name
            lost.append(
                Unavailable(
                    name=want.name,
                    version=None,
                    reason=f'the profile asks for "{asked}", which is no exact version',
                    remedy="Freeze the environment into a profile: venv-health freeze --venv "
                    + shlex.quote(str(environment.root)),
                )
            )
    return _sorted(wheels, lost)


def _of_environment(environment: Environment, target: PipTarget, folder: Path) -> Needed:
    """Return exactly what is installed."""
    wheels: list[NeededWheel] = []
    lost: list[Unavailable] = []
    for found in Inventory.of(environment).distributions.values():
        unavailable = _without_wheel(found, folder)
        if unavailable is not None:
            lost.append(unavailable)
            continue
        wheels.append(
            NeededWheel(
                name=found.name,
                version=str(Version(str(found.version))),
                target=target,
                environment=environment,
                installed=found if found.is_dist_info else None,
            )
        )
    return _sorted(wheels, lost)


def _without_wheel(found: Distribution, folder: Path) -> Unavailable | None:
    """Return why no index can have the wheel of what is installed; None where one may."""
    source = found.editable_source
    if source is not None:
        reason, remedy = f"it is an editable install of {source}", build_remedy(folder, str(source))
    elif found.other_source is not None:
        what = for_pip(found.direct_url or {})
        reason, remedy = f"it was built from {what}", build_remedy(folder, what)
    else:
        try:
            Version(found.version or "")
        except InvalidVersion:
            return Unavailable(
                name=found.name,
                version=found.version,
                reason="its metadata tells no version",
                remedy=f"Install it again, or put its wheel into {folder}",
            )
        return None
    return Unavailable(name=found.name, version=found.version, reason=reason, remedy=remedy)


def for_pip(direct_url: Mapping[str, Any]) -> str:
    """Return what pip builds the same again from (PEP 610)."""
    url = str(direct_url.get("url", ""))
    vcs = direct_url.get("vcs_info")
    if isinstance(vcs, dict):
        commit, folder = vcs.get("commit_id"), direct_url.get("subdirectory")
        at, end = f"@{commit}" if commit else "", f"#subdirectory={folder}" if folder else ""
        return f"{vcs.get('vcs', 'git')}+{url}{at}{end}"
    return url


def _locked_without_wheel(package: Package, folder: Path) -> Unavailable:
    source = package.vcs or package.directory or package.archive or package.sdist
    kind = {
        "PackageVcs": "a repository",
        "PackageDirectory": "a folder",
        "PackageArchive": "an archive",
        "PackageSdist": "its source",
    }.get(type(source).__name__, "nothing")
    version = str(package.version) if package.version else None
    what = getattr(source, "url", None) or getattr(source, "path", None)
    return Unavailable(
        name=package.name,
        version=version,
        reason=f"the lock names {kind} and no wheel",
        remedy=build_remedy(folder, what or (f"{package.name}=={version}")),
    )


def _sha256(wheel: PackageWheel) -> str | None:
    digest = wheel.hashes.get("sha256")
    return digest.lower() if digest else None


def _sorted(wheels: Iterable[NeededWheel], lost: Iterable[Unavailable]) -> Needed:
    # A lock may name one wheel several times, for several targets.
    each_once = {(each.filename, each.requirement): each for each in wheels}.values()
    return Needed(
        wheels=tuple(sorted(each_once, key=lambda each: (each.name, each.filename or ""))),
        unavailable=tuple(sorted(lost, key=lambda each: each.name)),
    )
