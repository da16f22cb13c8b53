"""What is installed in the target, read from its folders by the host."""

from __future__ import annotations

import email.message
import email.parser
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.tags import Tag, parse_tag
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.findings import Code
from pytest_venvhealth.record import Record, parse_record


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """What is wrong with a distribution's metadata."""

    code: Code
    text: str
    """The part of a sentence after the distribution's name."""
    path: str
    """Absolute."""


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """An installed distribution, as far as its metadata can be read."""

    name: str
    """Normalized."""
    version: str | None
    path: Path
    """Its `.dist-info` or `.egg-info` folder (or file)."""
    requires: tuple[Requirement, ...] = ()
    requires_python: SpecifierSet | None = None
    record: Record | None = None
    """None where RECORD is lost, or where the kind of metadata has none."""
    installer: str | None = None
    """`pip`, `uv`, `conda`, `debian` …"""
    requested: bool = False
    direct_url: Mapping[str, Any] | None = None
    """Parsed `direct_url.json` (PEP 610)."""
    tags: frozenset[Tag] = frozenset()
    """As its WHEEL file says."""
    top_level: tuple[str, ...] = ()
    """From `top_level.txt`, which only setuptools writes."""
    problems: tuple[Problem, ...] = ()

    @property
    def site(self) -> str:
        """The folder that holds the metadata."""
        return str(self.path.parent)

    @property
    def is_dist_info(self) -> bool:
        """True where the metadata is of the kind that wheels leave."""
        return self.path.name.endswith(".dist-info")

    @property
    def editable_source(self) -> Path | None:
        """The source folder of an editable install; None for others (PEP 660, PEP 610)."""
        url = self.direct_url
        if url is None or not isinstance(info := url.get("dir_info"), dict):
            return None
        if not info.get("editable") or not str(url.get("url", "")).startswith("file://"):
            return None
        return Path(str(url["url"]).removeprefix("file://"))

    @property
    def other_source(self) -> str | None:
        """Where it came from if not from a wheel: a VCS, a folder or an sdist (PEP 610)."""
        url = self.direct_url
        if url is None:
            return None
        address = str(url.get("url", ""))
        if isinstance(url.get("vcs_info"), dict) or isinstance(url.get("dir_info"), dict):
            return address
        # Installing a wheel by its path writes a direct_url.json too: that proves nothing.
        return None if address.partition("#")[0].endswith(".whl") else address


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """Everything that is installed in purelib and platlib of one target."""

    environment: Environment
    distributions: Mapping[str, Distribution]
    """By normalized name; of several claims the one that `_best_claim` believes."""
    duplicates: Mapping[str, tuple[Distribution, ...]]
    """The other claims to the same name."""
    leftovers: tuple[str, ...]
    """Absolute paths of what an interrupted pip left: names that begin with `~`."""

    @classmethod
    def of(
        cls, environment: Environment, *, keep: Mapping[str, Version] | None = None
    ) -> Inventory:
        """Read the target's site folders.

        Args:
            keep: versions that win where several dist-info folders claim one name.
        """
        claims: dict[str, list[Distribution]] = {}
        leftovers: list[str] = []
        for folder in environment.site_folders:
            for name in sorted(_names_in(folder)):
                path = folder / name
                if name.startswith("~"):
                    leftovers.append(str(path))
                elif name.endswith(".dist-info") and path.is_dir():
                    found = read_dist_info(path)
                    claims.setdefault(found.name, []).append(found)
                elif name.endswith((".egg-info", ".egg-link")):
                    old = _read_egg(path)
                    claims.setdefault(old.name, []).append(old)
        distributions: dict[str, Distribution] = {}
        duplicates: dict[str, tuple[Distribution, ...]] = {}
        for name, several in sorted(claims.items()):
            best = _best_claim(several, (keep or {}).get(name))
            distributions[name] = best
            if len(several) > 1:
                duplicates[name] = tuple(claim for claim in several if claim is not best)
        return cls(
            environment=environment,
            distributions=distributions,
            duplicates=duplicates,
            leftovers=tuple(leftovers),
        )

    @cached_property
    def top_level_entries(self) -> tuple[str, ...]:
        """Absolute paths of everything directly in the site folders."""
        return tuple(
            str(folder / name)
            for folder in self.environment.site_folders
            for name in sorted(_names_in(folder))
        )


def read_dist_info(path: Path) -> Distribution:
    """Return what can be read of one dist-info folder; damage becomes problems, never an error."""
    problems: list[Problem] = []
    folder_name, folder_version = _split_folder_name(path.name.removesuffix(".dist-info"))
    metadata_path = path / "METADATA"
    message = _read_message(metadata_path)
    name, version = folder_name, folder_version
    if message is None or not message.get("Name"):
        state = "is lost" if not metadata_path.exists() else "cannot be read"
        problems.append(
            Problem(code=Code.METADATA_MISSING, text=f"METADATA {state}", path=str(metadata_path))
        )
    else:
        said_name = canonicalize_name(str(message["Name"]))
        said_version = str(message.get("Version") or "")
        if said_name != folder_name or not _same_version(said_version, folder_version):
            problems.append(
                Problem(
                    code=Code.METADATA_INVALID,
                    text=f"METADATA says {said_name} {said_version}, its folder says {path.name}",
                    path=str(metadata_path),
                )
            )
        elif said_version:
            version = said_version
    record_bytes = _read(path / "RECORD")
    return Distribution(
        name=name,
        version=version,
        path=path,
        requires=tuple(_requirements(message, metadata_path, problems)),
        requires_python=_requires_python(message),
        record=None if record_bytes is None else parse_record(record_bytes),
        installer=_text(path / "INSTALLER"),
        requested=(path / "REQUESTED").exists(),
        direct_url=_read_direct_url(path / "direct_url.json"),
        tags=_tags(_read_message(path / "WHEEL")),
        top_level=tuple((_text(path / "top_level.txt") or "").split()),
        problems=tuple(problems),
    )


def _read_egg(path: Path) -> Distribution:
    """Return what an `.egg-info` or `.egg-link` tells; both predate wheels."""
    stem = re.sub(r"\.egg-(info|link)$", "", path.name)
    name, version = _split_folder_name(re.sub(r"-py\d(\.\d+)?$", "", stem))
    message = _read_message(path / "PKG-INFO" if path.is_dir() else path)
    problems: list[Problem] = []
    if path.name.endswith(".egg-link"):
        source = (_text(path) or "").partition("\n")[0]
        if not Path(source).is_dir():
            problems.append(
                Problem(
                    code=Code.EDITABLE_SOURCE_MISSING,
                    text=f"its source folder {source} is gone",
                    path=str(path),
                )
            )
        message = None
    if message is not None and message.get("Name"):
        name = canonicalize_name(str(message["Name"]))
        version = str(message.get("Version") or version)
    installed = _egg_files(path)
    return Distribution(
        name=name,
        version=version,
        path=path,
        requires=tuple(_requirements(message, path, problems)),
        record=installed,
        installer=_text(path / "INSTALLER") if path.is_dir() else None,
        top_level=tuple((_text(path / "top_level.txt") or "").split()) if path.is_dir() else (),
        problems=tuple(problems),
    )


def _egg_files(path: Path) -> Record | None:
    """Return `installed-files.txt` as a RECORD without hashes; None where there is none."""
    text = _text(path / "installed-files.txt") if path.is_dir() else None
    if text is None:
        return None
    rows = "".join(
        f"{os.path.normpath(os.path.join(path.name, line))},,\n" for line in text.splitlines()
    )
    return parse_record(rows.encode())


def _best_claim(claims: list[Distribution], keep: Version | None) -> Distribution:
    """Return the likeliest claim: its files fit, it is the wanted version, it is the highest.

    Two dist-info folders of one name are what an interrupted upgrade leaves behind.
    """

    def rank(claim: Distribution) -> tuple[float, bool, Version]:
        version = _version(claim.version)
        return (_share_that_fits(claim), version == keep, version or Version("0"))

    return max(claims, key=rank)


def _share_that_fits(claim: Distribution) -> float:
    """Return which share (0 to 1) of the recorded files is there with the recorded size."""
    if claim.record is None or not claim.record.rows:
        return 0.0
    good = 0
    sized = [row for row in claim.record.rows if row.size is not None][:500]
    for row in sized:
        try:
            good += os.stat(os.path.join(claim.site, row.path)).st_size == row.size
        except (OSError, ValueError):
            continue
    return good / len(sized) if sized else 0.0


def _names_in(folder: Path) -> Iterable[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return ()


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _text(path: Path) -> str | None:
    data = _read(path)
    return None if data is None else data.decode("utf-8", "replace").strip()


def _read_message(path: Path) -> email.message.Message | None:
    data = _read(path)
    return None if data is None else email.parser.BytesHeaderParser().parsebytes(data)


def _read_direct_url(path: Path) -> Mapping[str, Any] | None:
    data = _read(path)
    if data is None:
        return None
    try:
        value = json.loads(data)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _split_folder_name(stem: str) -> tuple[str, str | None]:
    name, _, version = stem.partition("-")
    return canonicalize_name(name), version or None


def _version(text: str | None) -> Version | None:
    try:
        return Version(text or "")
    except InvalidVersion:
        return None


def _same_version(one: str | None, other: str | None) -> bool:
    if other is None:
        return True
    left, right = _version(one), _version(other.replace("_", "+", 1) if other else other)
    return one == other or (left is not None and left in (right, _version(other)))


def _requirements(
    message: email.message.Message | None, path: Path, problems: list[Problem]
) -> Iterable[Requirement]:
    for text in (message.get_all("Requires-Dist") or []) if message else []:
        try:
            yield Requirement(str(text))
        except InvalidRequirement:
            problems.append(
                Problem(
                    code=Code.METADATA_INVALID,
                    text=f"METADATA holds a bad requirement, {text!r}",
                    path=str(path),
                )
            )


def _requires_python(message: email.message.Message | None) -> SpecifierSet | None:
    text = message.get("Requires-Python") if message else None
    try:
        return None if text is None else SpecifierSet(str(text))
    except InvalidSpecifier:
        return None


def _tags(message: email.message.Message | None) -> frozenset[Tag]:
    tags: set[Tag] = set()
    for text in (message.get_all("Tag") or []) if message else []:
        try:
            tags |= parse_tag(str(text))
        except ValueError:
            continue
    return frozenset(tags)
