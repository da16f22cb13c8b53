"""What is installed in the target, read from its folders by the host."""

from __future__ import annotations

import email.message
import email.parser
import errno
import hashlib
import json
import os
import re
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.tags import Tag, parse_tag
from packaging.utils import canonicalize_name, is_normalized_name
from packaging.version import InvalidVersion, Version

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.findings import Code
from pytest_venvhealth.record import Record, Row, encoded_hash, parse_record

# Clocks of file systems tick, FAT's every two seconds: what was changed just now may change again
# and look the same.
_SETTLED = 2_000_000_000
# Enough to tell two versions apart.
_MOST_ROWS = 500


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
    """Its `.dist-info`, `.egg-info` or `EGG-INFO` folder (or file)."""
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
    look: tuple[tuple[object, ...], ...] | None = None
    """How the files of its metadata looked when they were read; None where that proves nothing."""

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
        address = urlsplit(str(url.get("url", "")))
        if not info.get("editable") or address.scheme != "file":
            return None
        return Path(url2pathname(address.path))

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
        return None if urlsplit(address).path.endswith(".whl") else address


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """Everything that is installed in purelib and platlib of one target."""

    environment: Environment
    distributions: Mapping[str, Distribution]
    """By normalized name; of several claims the one that `_best_claim` believes."""
    duplicates: Mapping[str, tuple[Distribution, ...]]
    """The other claims to the same name."""
    leftovers: tuple[str, ...]
    """Absolute paths of what changes nothing at run time: names that begin with `~`, which an
    interrupted pip leaves, metadata of no name, and an `.egg-link` whose source is gone."""
    elsewhere: frozenset[str] = frozenset()
    """Normalized names of what lies in other folders of the target's `sys.path`, such as those of
    the base under `--system-site-packages`: importable, and not the target's own to judge."""

    @classmethod
    def of(
        cls,
        environment: Environment,
        *,
        keep: Mapping[str, Version] | None = None,
        former: Inventory | None = None,
    ) -> Inventory:
        """Read the target's site folders.

        Args:
            keep: versions that win where several dist-info folders claim one name.
            former: what was read earlier in this run; dist-info that looks the same is not read
                again.
        """
        claims: dict[str, list[Distribution]] = {}
        leftovers: list[str] = []
        known = former.claims if former is not None else {}
        for folder in environment.site_folders:
            for name in sorted(_names_in(folder)):
                path = folder / name
                if name.startswith("~"):
                    leftovers.append(str(path))
                elif name.endswith(".dist-info") and path.is_dir():
                    found = known.get(path)
                    if found is None or found.look is None or found.look != _look_of(path):
                        found = read_dist_info(path)
                    if is_normalized_name(found.name):
                        claims.setdefault(found.name, []).append(found)
                    else:
                        leftovers.append(str(path))
                elif name.endswith((".egg-info", ".egg-link")) or _is_egg(environment, path):
                    old = _read_egg(path)
                    if old is not None and is_normalized_name(old.name):
                        claims.setdefault(old.name, []).append(old)
                    else:
                        leftovers.append(str(path))
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
            elsewhere=frozenset(_names_elsewhere(environment)),
        )

    @cached_property
    def claims(self) -> Mapping[Path, Distribution]:
        """Return every distribution, the false claims too, by the path of its metadata."""
        everyone = [*self.distributions.values()]
        everyone += [claim for several in self.duplicates.values() for claim in several]
        return {claim.path: claim for claim in everyone}

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
    look = _look_of(path)
    folder_name, folder_version = _split_folder_name(path.name.removesuffix(".dist-info"))
    metadata_path = path / "METADATA"
    message = _read_message(metadata_path)
    name, version = folder_name, folder_version
    record_bytes = _read(path / "RECORD")
    record = None if record_bytes is None else parse_record(record_bytes)
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
            # Which of the two was changed? RECORD still has the folder's first name.
            recorded = _split_folder_name(_recorded_dist_info(record))
            if recorded[0] == said_name and _same_version(said_version, recorded[1]):
                name, version = said_name, said_version
        elif said_version:
            version = said_version
    return Distribution(
        name=name,
        version=version,
        path=path,
        requires=tuple(_requirements(message, metadata_path, problems)),
        requires_python=_requires_python(message),
        record=record,
        installer=_text(path / "INSTALLER"),
        requested=(path / "REQUESTED").exists(),
        direct_url=_read_direct_url(path / "direct_url.json"),
        tags=_tags(_read_message(path / "WHEEL")),
        top_level=tuple((_text(path / "top_level.txt") or "").split()),
        problems=tuple(problems),
        look=look,
    )


def _look_of(path: Path) -> tuple[tuple[object, ...], ...] | None:
    """Return how the files in a dist-info folder look; None where one was changed just now."""
    settled = time.time_ns() - _SETTLED
    looks = []
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                seen = entry.stat(follow_symlinks=False)
                if os.name != "posix" or seen.st_ctime_ns > settled:
                    return None
                looks.append((entry.name, seen.st_ino, seen.st_size, seen.st_ctime_ns))
    except OSError:
        return None
    return tuple(sorted(looks))


def _recorded_dist_info(record: Record | None) -> str:
    """Return the name (without `.dist-info`) of the folder that most rows of RECORD lie in."""
    tops = (row.path.partition("/")[0] for row in record.rows) if record else ()
    found = Counter(top for top in tops if top.endswith(".dist-info")).most_common(1)
    return found[0][0].removesuffix(".dist-info") if found else ""


def _read_egg(path: Path) -> Distribution | None:
    """Return what an `.egg-info`, an `.egg-link` or an `.egg` folder tells; all predate wheels.

    None for an `.egg-link` whose source is gone: nothing can be imported by it.
    """
    stem = re.sub(r"\.egg(-info|-link)?$", "", path.name)
    name, version = _split_folder_name(re.sub(r"-py\d(\.\d+)?(-.+)?$", "", stem))
    if path.name.endswith(".egg"):
        path = path / "EGG-INFO"
    problems: list[Problem] = []
    direct_url = None
    if path.name.endswith(".egg-link"):
        source = Path((_text(path) or "").partition("\n")[0].strip())
        if not source.is_absolute() or not source.is_dir():
            return None
        direct_url = {"url": source.as_uri(), "dir_info": {"editable": True}}
        message = _read_message(source / f"{stem.replace('-', '_')}.egg-info" / "PKG-INFO")
    else:
        message = _read_message(path / "PKG-INFO" if path.is_dir() else path)
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
        direct_url=direct_url,
        top_level=tuple((_text(path / "top_level.txt") or "").split()) if path.is_dir() else (),
        problems=tuple(problems),
    )


def _is_egg(environment: Environment, path: Path) -> bool:
    """Tell whether this is a folder that `easy_install` made, with EGG-INFO in it, and is in use.

    Several versions may lie side by side; `easy-install.pth` puts one of them on the path.
    """
    if not path.name.endswith(".egg") or not (path / "EGG-INFO").is_dir():
        return False
    return not environment.sys_path or str(path) in environment.sys_path


def _egg_files(path: Path) -> Record | None:
    """Return `installed-files.txt` as a RECORD without hashes; None where there is none."""
    text = _text(path / "installed-files.txt") if path.is_dir() else None
    if text is None:
        return None
    rows = (
        Row(os.path.normpath(os.path.join(path.name, line)).replace(os.sep, "/"), "", None)
        for line in text.splitlines()
    )
    return Record(rows=tuple(row for row in rows if row.path.partition("/")[0] != path.name))


def _best_claim(claims: list[Distribution], keep: Version | None) -> Distribution:
    """Return the likeliest claim: its files fit, its metadata agree, it is wanted, it is highest.

    Two dist-info folders of one name are what an interrupted upgrade leaves behind.
    """
    if len(claims) == 1:
        return claims[0]

    def rank(claim: Distribution) -> tuple[float, bool, bool, Version]:
        version = _version(claim.version)
        fits = _share_that_fits(claim)
        return (fits, not claim.problems, version == keep, version or Version("0"))

    return max(claims, key=rank)


def _share_that_fits(claim: Distribution) -> float:
    """Return which share (0 to 1) of the recorded payload is there with the recorded bytes."""
    rows = claim.record.rows if claim.record else ()
    # Each claim's own metadata fits it: that tells nothing.
    return share_that_fits(
        (os.path.join(claim.site, row.path), row.hash)
        for row in rows
        if ".dist-info/" not in row.path
    )


def share_that_fits(files: Iterable[tuple[str, str]]) -> float:
    """Return which share (0 to 1) of some files is there with the bytes that they should have.

    Args:
        files: absolute paths, and hashes as RECORD has them; enough are looked at to tell two
            versions apart.
    """
    hashed = [(path, expected) for path, expected in files if expected][:_MOST_ROWS]
    good = 0
    for path, expected in hashed:
        try:
            if not os.path.isfile(path):
                continue
            with open(path, "rb") as file:
                digest = hashlib.file_digest(file, expected.partition("=")[0])
        except (OSError, ValueError):
            continue
        good += encoded_hash(digest) == expected
    return good / len(hashed) if hashed else 0.0


def _names_elsewhere(environment: Environment) -> Iterable[str]:
    """Yield the names of the distributions in the folders of `sys.path` that are not its own."""
    own = {os.path.realpath(folder) for folder in environment.site_folders}
    for folder in environment.sys_path:
        if os.path.realpath(folder) in own:
            continue
        for name in _names_in(Path(folder)):
            stem, suffix = os.path.splitext(name)
            if suffix in (".dist-info", ".egg-info"):
                yield _split_folder_name(stem)[0]


def _names_in(folder: Path) -> Iterable[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return ()


def read_file(path: str | Path) -> bytes:
    """Return a regular file's bytes.

    Raises:
        OSError: it cannot be read, or is none: nobody may ever write into a pipe of its name.
    """
    if not os.path.isfile(path):
        raise FileNotFoundError(errno.ENOENT, "no regular file", str(path))
    with open(path, "rb") as file:
        return file.read()


def _read(path: Path) -> bytes | None:
    try:
        return read_file(path)
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
