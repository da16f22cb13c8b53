"""Folders of wheels, and the one wheel in them that fits a name, a version and a target."""

from __future__ import annotations

import contextlib
import email.parser
import hashlib
import lzma
import os
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from packaging.tags import Tag
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.errors import UsageError, VenvHealthError
from pytest_venvhealth.manifest import Manifest, manifest_from_wheel
from pytest_venvhealth.record import parse_record

# What `zipfile` raises for a damaged archive, an encrypted one, or a method it does not know.
_ARCHIVE_ERRORS = (
    OSError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    RuntimeError,
    ValueError,
    OverflowError,
    MemoryError,
)
_LONGEST_FIRST_LINE = 4096
# The largest RECORD among 73 wheels has 1.3 MB (torch): what unpacks to more is a bomb.
_LONGEST_TEXT = 64 << 20


class NoWheelError(VenvHealthError):
    """The wheelhouse holds no wheel that fits."""

    def __init__(self, requirement: str, reason: str, folders: tuple[Path, ...]) -> None:
        super().__init__(requirement, reason, folders)
        self.requirement, self.reason, self.folders = requirement, reason, folders

    def __str__(self) -> str:
        where = ", ".join(map(str, self.folders)) or "no wheelhouse was found"
        return (
            f"No wheel of {self.requirement}: {self.reason} ({where}). "
            "Put one there, or name another folder with --venv-wheelhouse."
        )


class WheelUnreadableError(VenvHealthError):
    """A wheel is there, but it is no archive that can be installed from."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return f"{self.path} cannot be used: {self.reason}. Put a good copy of this wheel there."


class WheelhouseNotFoundError(UsageError):
    """The folder that the user named is not there."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path

    def __str__(self) -> str:
        return f"{self.path}: there is no such wheelhouse. Name a folder of wheels."


@dataclass(frozen=True, kw_only=True)
class Wheel:
    """A wheel on disk, as its file name tells."""

    path: Path
    name: str
    """Normalized."""
    version: Version
    build: tuple[int, str] | tuple[()]
    tags: frozenset[Tag]

    @property
    def filename(self) -> str:
        """The file's name without its folder."""
        return self.path.name

    @cached_property
    def sha256(self) -> str:
        """The hex sha256 of the whole file, read once.

        Raises:
            WheelUnreadableError: the file cannot be read.
        """
        try:
            with self.path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise WheelUnreadableError(self.path, error.strerror or str(error)) from error

    def manifest(self, environment: Environment) -> Manifest:
        """Return what this wheel's files become in `environment`.

        Only the archive's directory and RECORD are read, so that a verdict over gigabytes of wheels
        takes a second. Before a repair the contents themselves are verified.

        Raises:
            WheelUnreadableError: the archive is broken, or has no dist-info or RECORD of its own.
        """
        if self.path.is_fifo() or self.path.is_char_device():
            raise WheelUnreadableError(self.path, "it is no plain file")
        try:
            with zipfile.ZipFile(self.path) as archive:
                infos = archive.infolist()
                dist_info = self._dist_info(info.filename for info in infos)
                record = parse_record(_read_text(archive, f"{dist_info}/RECORD"))
                header = email.parser.BytesHeaderParser().parsebytes(
                    _read_text(archive, f"{dist_info}/WHEEL")
                )
                entry_points = b""
                with contextlib.suppress(KeyError):
                    entry_points = _read_text(archive, f"{dist_info}/entry_points.txt")
                first_lines = dict(_first_lines(archive, infos))
        except KeyError as error:
            raise WheelUnreadableError(self.path, str(error.args[0])) from error
        except _ARCHIVE_ERRORS as error:
            raise WheelUnreadableError(self.path, f"it is no good archive ({error})") from error
        if record.problems:
            raise WheelUnreadableError(self.path, f"its RECORD is bad: {record.problems[0]}")
        executables = frozenset(
            info.filename for info in infos if (info.external_attr >> 16) & 0o111
        )
        return manifest_from_wheel(
            environment,
            name=self.name,
            version=str(self.version),
            rows=record.rows,
            executables=executables,
            dist_info=dist_info,
            root_is_purelib=str(header.get("Root-Is-Purelib")).lower() == "true",
            entry_points=entry_points.decode("utf-8", "replace"),
            first_lines=first_lines,
        )

    def _dist_info(self, names: Iterable[str]) -> str:
        """Return the one dist-info folder that bears this wheel's name.

        Raises:
            WheelUnreadableError: there is none, or more than one.
        """
        tops = {name.partition("/")[0] for name in names}
        found = sorted(top for top in tops if top.endswith(".dist-info"))
        if len(found) != 1 or not self._is_own(found[0]):
            raise WheelUnreadableError(
                self.path, f"it should have one dist-info folder of its own, it has {found}"
            )
        return found[0]

    def _is_own(self, dist_info: str) -> bool:
        name, _, version = dist_info.removesuffix(".dist-info").partition("-")
        try:
            # Some tools write the local version's `+` as `_`.
            same_version = Version(version.replace("_", "+", 1)) == self.version
        except InvalidVersion:
            same_version = False
        return canonicalize_name(name) == self.name and same_version


@dataclass(frozen=True, kw_only=True)
class Wheelhouse:
    """One or more folders of wheels, searched in order."""

    folders: tuple[Path, ...]
    wheels: tuple[Wheel, ...]
    junk: tuple[Path, ...] = ()
    """Files that end in `.whl` but bear no wheel's name."""
    _manifests: dict[tuple[Path, Path], Manifest | WheelUnreadableError] = field(
        default_factory=dict, repr=False
    )

    @classmethod
    def at(cls, folders: Sequence[Path]) -> Wheelhouse:
        """Return the wheels of `folders`, by their file names alone.

        Raises:
            WheelhouseNotFoundError: one of the folders is not there.
        """
        wheels: list[Wheel] = []
        junk: list[Path] = []
        for folder in folders:
            if not folder.is_dir():
                raise WheelhouseNotFoundError(folder)
            for path in sorted(folder.glob("*.whl")):
                try:
                    name, version, build, tags = parse_wheel_filename(path.name)
                except InvalidWheelFilename:
                    junk.append(path)
                    continue
                wheels.append(Wheel(path=path, name=name, version=version, build=build, tags=tags))
        return cls(folders=tuple(folders), wheels=tuple(wheels), junk=tuple(junk))

    @cached_property
    def _by_name(self) -> dict[str, list[Wheel]]:
        by_name: dict[str, list[Wheel]] = {}
        for wheel in self.wheels:
            by_name.setdefault(wheel.name, []).append(wheel)
        return by_name

    def named(self, name: str) -> Sequence[Wheel]:
        """Return all wheels of a distribution, whatever their version and tags."""
        return self._by_name.get(name, ())

    def candidates(
        self, name: str, environment: Environment, admits: Callable[[Version], bool]
    ) -> list[Wheel]:
        """Return the wheels that fit, best first: highest version, then tags, then build."""
        rank = _tag_ranks(environment.tags)
        worst = len(rank)
        fitting = [
            (wheel, min((rank.get(tag, worst) for tag in wheel.tags), default=worst))
            for wheel in self.named(name)
            if admits(wheel.version)
        ]
        fitting = [(wheel, place) for wheel, place in fitting if place < worst]
        # `sorted` is stable: of equal wheels the one of the first folder wins.
        fitting.sort(key=lambda pair: (pair[0].version, -pair[1], pair[0].build), reverse=True)
        return [wheel for wheel, _ in fitting]

    def find(
        self,
        name: str,
        environment: Environment,
        admits: Callable[[Version], bool],
        *,
        described: str,
        filename: str | None = None,
    ) -> Wheel:
        """Return the best wheel that fits.

        Args:
            admits: tells whether a version is wanted.
            described: the requirement in words, for the error.
            filename: the wheel that a lock names; no other will do.
        Raises:
            NoWheelError: none fits; its reason says what came nearest.
        """
        fitting = self.candidates(name, environment, admits)
        if filename is not None:
            fitting = [wheel for wheel in fitting if same_wheel(wheel.filename, filename)]
        if fitting:
            # The same wheel may be whole in a later folder. If all are broken, the first one's
            # fault is the one to tell.
            best = fitting[0]
            copies = (wheel for wheel in fitting if same_wheel(wheel.filename, best.filename))
            return next((copy for copy in copies if self._is_readable(copy, environment)), best)
        raise NoWheelError(
            described, self._why_none(name, environment, admits, filename), self.folders
        )

    def _is_readable(self, wheel: Wheel, environment: Environment) -> bool:
        try:
            self.manifest(wheel, environment)
        except WheelUnreadableError:
            return False
        return True

    def _why_none(
        self,
        name: str,
        environment: Environment,
        admits: Callable[[Version], bool],
        filename: str | None,
    ) -> str:
        named = self.named(name)
        if not named:
            return "none of this name"
        right = [wheel for wheel in named if admits(wheel.version)]
        if not right:
            versions = [str(version) for version in sorted({wheel.version for wheel in named})]
            return f"only version {', '.join(versions)}"
        if filename is not None:
            return f"the lock names {filename}, here is {right[0].filename}"
        best = environment.tags[0] if environment.tags else "this target"
        return f"{right[0].filename} does not fit the target ({best})"

    def manifest(self, wheel: Wheel, environment: Environment) -> Manifest:
        """Return `wheel.manifest(environment)`, read once a run.

        Raises:
            WheelUnreadableError: as `Wheel.manifest` does.
        """
        key = (wheel.path, environment.root)
        if key not in self._manifests:
            try:
                self._manifests[key] = wheel.manifest(environment)
            except WheelUnreadableError as error:
                self._manifests[key] = error
        known = self._manifests[key]
        if isinstance(known, WheelUnreadableError):
            raise known
        return known


def _read_text(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return the contents of an entry that is read whole.

    Raises:
        KeyError: it is not there.
        ValueError: it would fill the memory.
    """
    size = archive.getinfo(name).file_size
    if size > _LONGEST_TEXT:
        raise ValueError(f"{name} unpacks to {size} bytes")
    return archive.read(name)


def nearest_wheelhouse(start: Path) -> tuple[Path, ...]:
    """Return the nearest `wheelhouse` folder from `start` upwards, if there is one."""
    for folder in (start, *start.parents):
        if (folder / "wheelhouse").is_dir():
            return (folder / "wheelhouse",)
    return ()


def _first_lines(
    archive: zipfile.ZipFile, infos: Iterable[zipfile.ZipInfo]
) -> Iterable[tuple[str, bytes]]:
    """Yield the first line of each script that says more than `#!python`, which is replaced whole.

    Source: the PyPA specification "Binary distribution format", "Recommended installer features".
    """
    for info in infos:
        if ".data/scripts/" in info.filename:
            with archive.open(info) as file:
                line = file.readline(_LONGEST_FIRST_LINE).rstrip(b"\r\n")
            if line.startswith(b"#!python") and line != b"#!python":
                yield info.filename, line


@lru_cache(maxsize=16)
def _tag_ranks(tags: tuple[Tag, ...]) -> Mapping[Tag, int]:
    ranks: dict[Tag, int] = {}
    for place, tag in enumerate(tags):
        ranks.setdefault(tag, place)
    return ranks


def same_wheel(one: str, other: str) -> bool:
    """Compare wheel file names: indexes and tools escape and order their parts differently.

    A name that is no wheel's means only itself.

    Args:
        other: may have folders before it.
    """
    try:
        return parse_wheel_filename(one) == parse_wheel_filename(os.path.basename(other))
    except InvalidWheelFilename:
        return one == other
