"""What lies in a wheelhouse, and which of it is one of the wheels that are needed."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from packaging.utils import parse_wheel_filename

from pytest_venvhealth.builds import confirmed_metadata, contradicts, files_of_another_build
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.errors import VenvHealthError
from pytest_venvhealth.inventory import Distribution
from pytest_venvhealth.repair.wheel_errors import WheelDamagedError, WheelRefusedError
from pytest_venvhealth.repair.wheel_source import verified_wheel
from pytest_venvhealth.wheelhouse import Wheel, Wheelhouse, WheelUnreadableError, same_wheel
from pytest_venvhealth.wheels.needed import NeededWheel, Unavailable

SET_ASIDE = ".set-aside"
PRUNED = ".pruned"


class WheelhouseUnusableError(VenvHealthError):
    """Nothing can be written to the wheelhouse, or read from it."""

    def __init__(self, folder: Path, error: OSError) -> None:
        super().__init__(folder, error)
        self.folder, self.error = folder, error

    def __str__(self) -> str:
        reason = self.error.strerror or str(self.error)
        return f"{self.folder} cannot be used as a wheelhouse: {reason}. Name another folder."


@dataclass(frozen=True, kw_only=True, slots=True)
class There:
    """The wheel lies in the wheelhouse."""

    path: Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Lacking:
    """The wheel does not lie there."""

    damaged: tuple[Path, ...] = ()
    """Files of its name that are not it."""
    other_builds: tuple[Path, ...] = ()
    """Wheels of its version that what is installed was not made from."""


class Stock:
    """The wheels of one folder; each file is read once, and only if somebody asks."""

    def __init__(self, folder: Path) -> None:
        """Read the names.

        Raises:
            WheelhouseNotFoundError: there is no such folder.
            WheelhouseUnusableError: it cannot be read.
        """
        self.folder = folder
        try:
            self.house = Wheelhouse.at([folder])
        except OSError as error:
            raise WheelhouseUnusableError(folder, error) from error
        self._hashes: dict[Path, str] = {}
        self._faults: dict[Path, VenvHealthError | None] = {}

    @property
    def paths(self) -> list[Path]:
        """Every file that ends in `.whl`, whatever else it is called."""
        return sorted([*(wheel.path for wheel in self.house.wheels), *self.house.junk])

    def sha256(self, path: Path) -> str:
        """Return the hex sha256 of a file; empty where it cannot be read."""
        if path not in self._hashes:
            try:
                with path.open("rb") as file:
                    self._hashes[path] = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError:
                self._hashes[path] = ""
        return self._hashes[path]

    def fault(self, path: Path) -> VenvHealthError | None:
        """Return what is wrong with a wheel's archive, its RECORD or its contents."""
        if path not in self._faults:
            self._faults[path] = fault_of(path)
        return self._faults[path]

    def has_built(self, lost: Unavailable) -> bool:
        """Tell whether a wheel that a person has built lies there: no index can say more of it."""
        return any(
            (lost.version is None or str(wheel.version) == lost.version)
            and self.fault(wheel.path) is None
            for wheel in self.house.named(lost.name)
        )

    def look_for(self, need: NeededWheel) -> There | Lacking:
        """Return where a wheel lies, or that it does not."""
        if need.sha256 is not None:
            return self._look_for_hash(need.sha256, need.filename)
        damaged: list[Path] = []
        others: list[Path] = []
        for wheel in self._candidates(need):
            if self.fault(wheel.path) is not None:
                damaged.append(wheel.path)
            elif another_build(need, wheel.path):
                others.append(wheel.path)
            else:
                return There(path=wheel.path)
        return Lacking(damaged=tuple(damaged), other_builds=tuple(others))

    def _look_for_hash(self, sha256: str, filename: str | None) -> There | Lacking:
        named = [path for path in self.paths if filename and same_wheel(path.name, filename)]
        for path in [*named, *self.paths]:
            if self.sha256(path) == sha256:
                return There(path=path)
        return Lacking(damaged=tuple(named))

    def _candidates(self, need: NeededWheel) -> list[Wheel]:
        if need.filename is not None or need.environment is None:
            wheels = self.house.named(need.name)
            return [each for each in wheels if same_wheel(each.filename, need.filename or "")]
        return self.house.candidates(need.name, need.environment, need.admits)


def fault_of(path: Path, sha256: str | None = None) -> VenvHealthError | None:
    """Return why a file is not a whole wheel that may be installed; None where it is one.

    Args:
        sha256: of the whole file, as a lock has it.
    """
    try:
        with verified_wheel(path, sha256=sha256) as wheel:
            if sha256 is not None:
                wheel.check_contents()
    except (WheelDamagedError, WheelRefusedError) as error:
        return error
    return None


def another_build(need: NeededWheel, path: Path) -> str | None:
    """Return how a wheel differs from the one that was installed; None where nothing shows that."""
    if need.installed is None or need.environment is None:
        return None
    return _difference(need.environment, need.installed, path)


def _difference(environment: Environment, found: Distribution, path: Path) -> str | None:
    name, version, build, tags = parse_wheel_filename(path.name)
    wheel = Wheel(path=path, name=name, version=version, build=build, tags=tags)
    try:
        manifest = wheel.manifest(environment)
    except WheelUnreadableError as error:
        return str(error)
    if contradicts(manifest, confirmed_metadata(found)):
        return "its WHEEL or METADATA is not the installed one"
    files = files_of_another_build(environment, found, manifest)
    return f"{files[0]} is not the installed one" if files else None


def move_aside(path: Path, kind: str, when: datetime | None = None) -> Path:
    """Move a file of a wheelhouse into a dated folder in it, and return where it is then.

    Args:
        kind: `SET_ASIDE` or `PRUNED`.
        when: names the folder; by default now.
    Raises:
        OSError: it cannot be moved.
    """
    folder = path.parent / kind / (when or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    folder.mkdir(parents=True, exist_ok=True)
    target, number = folder / path.name, 1
    while os.path.lexists(target):
        number += 1
        target = folder / f"{path.name}.{number}"
    path.rename(target)
    return target
