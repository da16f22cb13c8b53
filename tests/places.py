"""A venv with a wheelhouse and a profile beside it, for tests of what is known and asked of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from targets import install_wheel, site_packages
from wheels import make_wheel

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.profile import Profile, load_profile
from pytest_venvhealth.wheelhouse import Wheelhouse


@dataclass
class Place:
    """A venv with a wheelhouse and a profile beside it."""

    folder: Path
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    described: Environment | None = field(default=None, repr=False)
    """Spares asking an interpreter that no test has touched."""

    @property
    def root(self) -> Path:
        return self.folder / "venv"

    @property
    def site(self) -> Path:
        return site_packages(self.root)

    @property
    def house(self) -> Path:
        return self.folder / "wheelhouse"

    def add(
        self,
        name: str,
        version: str = "1.0",
        files: Mapping[str, str | bytes] | None = None,
        *,
        requires: Sequence[str] = (),
        metadata: str = "",
        entry_points: str | None = None,
        executables: Sequence[str] = (),
        tag: str = "py3-none-any",
        installer: str = "pip",
        keep_wheel: bool = True,
    ) -> Path:
        """Install a distribution, and leave its wheel in the wheelhouse if `keep_wheel`."""
        wheel = make_wheel(
            self.house,
            name,
            version,
            files,
            requires=requires,
            metadata=metadata,
            entry_points=entry_points,
            executables=executables,
            tag=tag,
        )
        install_wheel(self.root, wheel, installer=installer)
        if not keep_wheel:
            wheel.unlink()
        return wheel

    def keep(self) -> None:
        """Remember everything as it is now; the interpreter is asked once and for all."""
        self.described = Environment.at(self.root)
        for folder in (self.root, self.house):
            shutil.copytree(folder, self.folder / "pristine" / folder.name, symlinks=True)

    def put_back(self) -> Place:
        """Return the place as it was kept, whatever was done to it since."""
        for folder in (self.root, self.house):
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(self.folder / "pristine" / folder.name, folder, symlinks=True)
        return Place(self.folder, described=self.described)

    def profile(self) -> Profile:
        """Return the profile of `groups`; an empty one without any."""
        if not self.groups:
            return Profile.empty("venv")
        path = self.folder / "profile.toml"
        rows = [f"{name} = {json.dumps(list(of))}\n" for name, of in self.groups.items()]
        path.write_text("[dependency-groups]\n" + "".join(rows))
        return load_profile(path)

    def wheelhouse(self) -> Wheelhouse:
        self.house.mkdir(exist_ok=True)
        return Wheelhouse.at([self.house])

    def facts(self) -> Facts:
        """Read everything as it is now."""
        environment = self.described or Environment.at(self.root)
        return Facts.gather(environment, self.profile(), self.wheelhouse())
