"""What a fault is, the copy of the house that it happens to, and the tools to do damage."""

from __future__ import annotations

import csv
import os
import shutil
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from house import House
from targets import copy_venv, install_wheel, site_packages
from wheels import make_wheel

ENVIRONMENT = "environment"
"""Stands for the environment itself where a distribution's name would."""


@dataclass
class Stage:
    """A copy of the healthy house, for one fault."""

    house: House
    folder: Path
    variables: dict[str, str] = field(default_factory=dict)
    """Environment variables that are part of the fault."""

    @classmethod
    def set_up(cls, house: House, folder: Path) -> Stage:
        """Copy the healthy environment to `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        copy_venv(house.root, folder / "venv")
        return cls(house=house, folder=folder)

    @property
    def root(self) -> Path:
        return self.folder / "venv"

    @property
    def site(self) -> Path:
        return site_packages(self.root)

    def path(self, short: str) -> Path:
        """Return the whole path of one below the root, or with `@` below site-packages."""
        return self.site / short[1:] if short.startswith("@") else self.root / short

    def shown(self, short: str) -> str:
        """Return such a path as a finding shows it: relative to the root."""
        return self.path(short).relative_to(self.root).as_posix()

    def info(self, name: str) -> Path:
        """Return a distribution's dist-info folder."""
        (found,) = self.site.glob(f"{name.replace('-', '_')}-*.dist-info")
        return found

    def uninstall(self, name: str) -> None:
        """Take a distribution away as an installer does, by its RECORD."""
        info = self.info(name)
        with (info / "RECORD").open(newline="") as file:
            paths = [self.site / row[0] for row in csv.reader(file)]
        folders: set[Path] = set()
        for path in paths:
            path.unlink(missing_ok=True)
            for cached in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
                cached.unlink()
            folders.update(path.resolve().parents)
        shutil.rmtree(info, ignore_errors=True)
        # The deepest first; `__pycache__` too, once it is empty.
        emptied = [each for each in folders if self.site.resolve() in each.parents]
        for folder in sorted(emptied, key=lambda each: len(each.parts), reverse=True):
            for each in (folder / "__pycache__", folder):
                if each.is_dir() and not any(each.iterdir()):
                    each.rmdir()

    def replace(self, name: str, version: str) -> None:
        """Install another version of the wheelhouse instead, as an installer does."""
        self.uninstall(name)
        (wheel,) = self.house.wheelhouse.glob(f"{name.replace('-', '_')}-{version}-*.whl")
        install_wheel(self.root, wheel)

    def add(
        self,
        name: str,
        files: Mapping[str, str | bytes] | None = None,
        **further: Any,
    ) -> None:
        """Install a wheel that is not in the wheelhouse; `further` goes to `make_wheel`.

        What is there already is overwritten, as pip does.
        """
        wheel = make_wheel(self.folder / "wheels", name, files=files, **further)
        for path in files or ():
            (self.site / path).unlink(missing_ok=True)
        install_wheel(self.root, wheel)

    def add_old_dist_info(self, name: str, version: str, files: Mapping[str, str | bytes]) -> None:
        """Leave the dist-info of an older version, as an interrupted upgrade does."""
        wheel = make_wheel(self.folder / "wheels", name, version, files)
        with zipfile.ZipFile(wheel) as archive:
            for entry in archive.namelist():
                if ".dist-info/" in entry:
                    archive.extract(entry, self.site)


Damage = Callable[[Stage], object]


class Repair(Enum):
    """What a good `--repair` makes of a fault."""

    HEALED = "healed"
    """The environment is equal to the healthy one, and nothing is left to find."""
    REFUSED = "refused"
    """No wheel heals it: nothing is changed, it is told why, and the run fails as before."""
    LEFT = "left"
    """A warning that asks for no repair: nothing is changed, and the run passes."""


NO_WHEEL = "no wheel is at hand that would heal it"
NOBODYS = "it belongs to no distribution, and may be somebody's own"
NO_PACKAGES = "it is no matter of installed packages"
UNFIT = "every file is right; which version to change is for a person to say"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One way to break the house, and what is true of it then."""

    name: str
    """What was done, in words with dashes between."""
    family: str
    inject: Damage
    code: str
    """The finding's code that tells it."""
    distribution: str
    """Who bears that finding: a distribution, or `ENVIRONMENT`."""
    paths: tuple[str, ...] = ()
    """Paths which that finding names; `@` stands for site-packages."""
    culprits: tuple[str, ...] | None = None
    """The finding's root causes; None: just the distribution that bears it."""
    takes_down: tuple[str, ...] = ()
    """Who else fails because of it, at import or when used: those, no others."""
    warning: bool = False
    """It breaks nothing: exit status 0, and 1 under `--venv-strict`."""
    used: bool = False
    """It shows only when the packages are imported and used."""
    pinned: bool = False
    """Run with the profile that wants every distribution at its version."""
    wheels: bool = True
    """Run with the wheels at hand, else with RECORD alone."""
    options: tuple[str, ...] = ()
    hindered: str = ""
    """Why the running Python cannot show it; empty where it can."""
    repair: Repair = Repair.HEALED
    """What a repair should make of it."""
    remains: tuple[str, ...] = ()
    """Starts of the paths of sound files that came with it: a repair leaves them."""
    why: str = ""
    """The reason where it is not healed, or where something remains."""
    version_unknown: bool = False
    """The one version that fits all is said by nobody but the profile of pins: repaired with it."""

    @property
    def root_causes(self) -> tuple[str, ...]:
        """The distributions at fault, in no order."""
        if self.culprits is not None:
            return self.culprits
        return () if self.distribution == ENVIRONMENT else (self.distribution,)

    @property
    def depth(self) -> str:
        """What `--venv-depth` this fault wants: the cheapest that shows it."""
        return "functional" if self.used or self.takes_down else "files"

    @property
    def is_chain(self) -> bool:
        """True where the fault of one makes another fail."""
        return bool(self.takes_down) or self.distribution not in (*self.root_causes, ENVIRONMENT)


# -- damage to one path


def remove(*paths: str) -> Damage:
    """Delete files, or folders with all that is in them."""

    def damage(stage: Stage) -> None:
        for path in paths:
            full = stage.path(path)
            if full.is_dir() and not full.is_symlink():
                shutil.rmtree(full)
            else:
                full.unlink()

    return damage


def write(path: str, contents: str | bytes) -> Damage:
    """Put a file there, or other contents into the one that is there."""

    def damage(stage: Stage) -> None:
        full = stage.path(path)
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(contents.encode() if isinstance(contents, str) else contents)

    return damage


def change(path: str, alter: Callable[[bytes], bytes]) -> Damage:
    """Write a file anew with altered contents."""

    def damage(stage: Stage) -> None:
        full = stage.path(path)
        before = full.read_bytes()
        after = alter(before)
        assert after != before, f"nothing was changed in {full}"
        full.write_bytes(after)

    return damage


def edit(path: str, old: str, new: str) -> Damage:
    """Replace text in a file."""
    return change(path, lambda data: data.replace(old.encode(), new.encode()))


def flip(path: str) -> Damage:
    """Turn one bit in the middle of a file."""

    def alter(data: bytes) -> bytes:
        at = len(data) // 2
        return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]

    return change(path, alter)


def cut(path: str, share: float = 0.5) -> Damage:
    """Keep only the first part of a file."""
    return change(path, lambda data: data[: int(len(data) * share)])


def become_link(path: str, target: str) -> Damage:
    """Put a symbolic link in a file's place."""

    def damage(stage: Stage) -> None:
        stage.path(path).unlink()
        stage.path(path).symlink_to(target)

    return damage


def unnoticed(path: str, alter: Callable[[bytes], bytes]) -> Damage:
    """Alter a file's bytes at the same size, and put its times back."""

    def damage(stage: Stage) -> None:
        full = stage.path(path)
        before = full.stat()
        change(path, alter)(stage)
        assert full.stat().st_size == before.st_size
        os.utime(full, ns=(before.st_atime_ns, before.st_mtime_ns))

    return damage


# -- damage to a distribution


def without(*names: str) -> Damage:
    """Uninstall distributions."""

    def damage(stage: Stage) -> None:
        for name in names:
            stage.uninstall(name)

    return damage


def instead(name: str, version: str) -> Damage:
    """Install another version."""
    return lambda stage: stage.replace(name, version)


def with_wheel(name: str, files: Mapping[str, str | bytes] | None = None, **further: Any) -> Damage:
    """Install one more wheel."""
    return lambda stage: stage.add(name, files, **further)


def all_of(*damages: Damage) -> Damage:
    """Do several things, one after the other."""

    def damage(stage: Stage) -> None:
        for each in damages:
            each(stage)

    return damage
