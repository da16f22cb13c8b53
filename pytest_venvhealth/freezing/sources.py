"""Where can each installed distribution be had again, and can a lock say so truthfully?"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from packaging.pylock import (
    Package,
    PackageArchive,
    PackageDirectory,
    PackageVcs,
    PackageWheel,
)
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from pytest_venvhealth.checks.pth import pth_paths
from pytest_venvhealth.errors import VenvHealthError
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.inventory import Distribution
from pytest_venvhealth.manifest import Manifest
from pytest_venvhealth.repair.wheel_source import verify_wheel
from pytest_venvhealth.wheelhouse import Wheel
from pytest_venvhealth.wheels.needed import for_pip

NO_WHEEL = "no wheel of it is in the wheelhouse"
"""The one reason that needs no explanation."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Frozen:
    """A distribution that the lock can hold."""

    name: str
    """Normalized."""
    version: Version
    """The installed one."""
    package: Package
    """Its row of the lock."""
    startup_files: tuple[str, ...] = ()
    """Names of its `.pth` files that run code and put no folder on the path."""
    caveat: str | None = None
    """Why no repair can bring it back offline, and what to do; None where one can."""

    @property
    def is_pinned(self) -> bool:
        """False for a folder, whose version is whatever its sources say."""
        return self.package.directory is None


@dataclass(frozen=True, kw_only=True, slots=True)
class Lacking:
    """A distribution that the lock cannot hold."""

    name: str
    """Normalized."""
    version: Version | None
    """None where the installed version is none that PEP 440 knows."""
    reason: str
    """A clause without a full stop."""
    asks_index: bool = False
    """Whether an index may know a wheel that it was installed from."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sources:
    """What is installed, by whether the lock can hold it; both sorted by name."""

    frozen: tuple[Frozen, ...]
    lacking: tuple[Lacking, ...]


def find_sources(facts: Facts, folder: Path) -> Sources:
    """Return where each installed distribution can be had again.

    A wheel counts if it is the build that is installed, and good: its version is the exact one, its
    tags fit the target, the installed metadata is its own, and its contents are what its RECORD
    says. That the installed files are the wheel's, a check of the environment tells.

    Args:
        folder: where the lock will lie; its paths are relative to that.
    """
    frozen: list[Frozen] = []
    lacking: list[Lacking] = []
    for _, found in sorted(facts.inventory.distributions.items()):
        source = _source(facts, found, folder)
        if isinstance(source, Frozen):
            frozen.append(source)
        else:
            lacking.append(source)
    return Sources(frozen=tuple(frozen), lacking=tuple(lacking))


def frozen_wheel(
    version: Version, wheel: PackageWheel, manifest: Manifest | None, name: str
) -> Frozen:
    """Return the row of a distribution that a wheel brings back.

    Args:
        manifest: of the wheel, or of what is installed.
        name: normalized.
    """
    return Frozen(
        name=name,
        version=version,
        package=Package(name=canonicalize_name(name), version=version, wheels=[wheel]),
        startup_files=_startup_files(manifest) if manifest is not None else (),
    )


def path_in_lock(path: Path, folder: Path) -> str:
    """Return `path` as a lock in `folder` writes it: relative where that is possible, with `/`.

    The lock's own folder is taken for what it is behind links, as `..` leads on from there.

    Source: PEP 751, `packages.wheels.path`.
    """
    try:
        shown = os.path.relpath(os.path.abspath(path), os.path.realpath(folder))
    except ValueError:  # another drive of Windows
        shown = os.path.abspath(path)
    return shown.replace(os.sep, "/")


def _source(facts: Facts, found: Distribution, folder: Path) -> Frozen | Lacking:
    try:
        version = Version(found.version or "")
    except InvalidVersion:
        return Lacking(
            name=found.name,
            version=None,
            reason=f"its version is {found.version or 'unknown'}, which no lock can name: "
            "reinstall it from a wheel",
        )
    if found.other_source is not None:
        return _direct(found, version, folder)
    if not found.is_dist_info:
        return Lacking(
            name=found.name,
            version=version,
            reason=f"its metadata is {found.path.name}, of an installer that knows no wheels: "
            "reinstall it from a wheel",
        )
    wheel = facts.wheel_of(found.name)
    if wheel is None:
        reason = NO_WHEEL
        if facts.other_build(found.name):
            reason = (
                "the wheelhouse has another build of this version: put its own wheel there, or "
                "reinstall it from there"
            )
        return Lacking(name=found.name, version=version, reason=reason, asks_index=True)
    return _from_wheel(facts, wheel, folder)


def _from_wheel(facts: Facts, wheel: Wheel, folder: Path) -> Frozen | Lacking:
    try:
        sha256 = verify_wheel(wheel.path, sha256=None)
        size = wheel.path.stat().st_size
    except (VenvHealthError, OSError) as error:
        reason = str(error).rstrip(".")
        return Lacking(name=wheel.name, version=wheel.version, reason=reason, asks_index=True)
    row = PackageWheel(path=path_in_lock(wheel.path, folder), size=size, hashes={"sha256": sha256})
    manifest = facts.wheelhouse.manifest(wheel, facts.environment)
    return frozen_wheel(wheel.version, row, manifest, wheel.name)


def _startup_files(manifest: Manifest) -> tuple[str, ...]:
    """Return the names of a distribution's `.pth` files that name no folder.

    They ran at each start of a healthy Python: that makes them known. One that names a folder is
    not called known to be good, for then nobody would hear of it when that folder is gone.
    """
    site = os.path.dirname(manifest.dist_info)
    return tuple(
        sorted(
            os.path.basename(path)
            for path in manifest.entries
            if path.endswith(".pth") and os.path.dirname(path) == site and not pth_paths(path)
        )
    )


# -- what came from elsewhere than a wheel (PEP 610), as PEP 751 writes it


def _direct(found: Distribution, version: Version, folder: Path) -> Frozen | Lacking:
    """Return the row of what was installed from a VCS, a folder or an archive.

    A version stands in none of them, as it is only known once the sources are built (PEP 751,
    `packages.version`).
    """
    url = found.direct_url
    assert url is not None, "other_source is read from it"
    address = str(url.get("url", ""))
    subdirectory = url.get("subdirectory")
    subdirectory = str(subdirectory) if subdirectory else None
    name = canonicalize_name(found.name)
    if isinstance(url.get("vcs_info"), dict):
        package = _vcs(name, address, url["vcs_info"], subdirectory)
        built = for_pip(url)
    elif isinstance(url.get("dir_info"), dict):
        package = _directory(name, address, url["dir_info"], subdirectory, folder)
        built = _local_path(address) or address
    else:
        package = _archive(name, address, url.get("archive_info"), subdirectory, folder)
        built = address
    remedy = (
        f"pip wheel --no-deps --wheel-dir=wheelhouse {built}, install that wheel, and freeze again"
    )
    if package is None:
        return Lacking(
            name=found.name,
            version=version,
            reason=f"it came from {address}, of which too little is recorded: {remedy}",
        )
    caveat = f"came from {address}, and no wheelhouse can bring it back: {remedy}"
    return Frozen(name=found.name, version=version, package=package, caveat=caveat)


def _vcs(
    name: Any, address: str, info: Mapping[str, Any], subdirectory: str | None
) -> Package | None:
    """Return None where the revision is not recorded."""
    kind, commit, asked = info.get("vcs"), info.get("commit_id"), info.get("requested_revision")
    if not kind or not commit or not address:
        return None
    vcs = PackageVcs(
        type=str(kind),
        url=address,
        requested_revision=str(asked) if asked else None,
        commit_id=str(commit),
        subdirectory=subdirectory,
    )
    return Package(name=name, vcs=vcs)


def _directory(
    name: Any,
    address: str,
    info: Mapping[str, Any],
    subdirectory: str | None,
    folder: Path,
) -> Package | None:
    """Return None where the folder is gone."""
    path = _local_path(address)
    if path is None or not os.path.isdir(path):
        return None
    directory = PackageDirectory(
        path=path_in_lock(Path(path), folder),
        editable=True if info.get("editable") else None,
        subdirectory=subdirectory,
    )
    return Package(name=name, directory=directory)


def _archive(
    name: Any, address: str, info: object, subdirectory: str | None, folder: Path
) -> Package | None:
    """Return None where no hash is recorded."""
    hashes = _hashes(info)
    if not hashes or not address:
        return None
    path = _local_path(address)
    archive = PackageArchive(
        url=address if path is None else None,
        path=path_in_lock(Path(path), folder) if path is not None else None,
        hashes=hashes,
        subdirectory=subdirectory,
    )
    return Package(name=name, archive=archive)


def recorded_sha256(found: Distribution) -> str | None:
    """Return the hash of the archive that a distribution was installed from, if it is recorded."""
    return _hashes((found.direct_url or {}).get("archive_info")).get("sha256")


def _hashes(info: object) -> dict[str, str]:
    """Return the hashes of an `archive_info`, the older key `hash` among them (PEP 610)."""
    if not isinstance(info, dict):
        return {}
    hashes = info.get("hashes")
    found = dict(hashes) if isinstance(hashes, dict) else {}
    algorithm, _, value = str(info.get("hash") or "").partition("=")
    if value:
        found.setdefault(algorithm, value)
    return {str(key): str(value) for key, value in sorted(found.items())}


def _local_path(address: str) -> str | None:
    parts = urlsplit(address)
    return url2pathname(parts.path) if parts.scheme == "file" else None
