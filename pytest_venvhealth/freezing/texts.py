"""The two texts: a profile, and its PEP 751 lock."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tomli_w
from packaging.markers import Marker
from packaging.pylock import Pylock
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.freezing.groups import Groups
from pytest_venvhealth.freezing.sources import Frozen
from pytest_venvhealth.profile import load_profile
from pytest_venvhealth.profile.content import GROUPS
from pytest_venvhealth.reports.wording import counted
from pytest_venvhealth.temporary import temporary_folder

_HEADER = "# Written by `venv-health freeze`. What you add is lost when it is frozen anew:\n"
_ADVICE = '# put it into a profile of your own, with extends = "{name}".\n\n'
_MARKERS = ("implementation_name", "sys_platform", "platform_machine")


def lock_text(environment: Environment, frozen: Sequence[Frozen]) -> str:
    """Return the lock: for this Python and platform, one row a distribution, sorted by name."""
    markers = " and ".join(f"{key} == '{environment.markers[key]}'" for key in _MARKERS)
    lock = Pylock(
        lock_version=Version("1.0"),
        environments=[Marker(markers)],
        requires_python=SpecifierSet(_requires_python(environment)),
        created_by="pytest-venvhealth",
        packages=[each.package for each in sorted(frozen, key=lambda each: each.name)],
    )
    lock.validate()
    return "# Written by `venv-health freeze`.\n\n" + tomli_w.dumps(lock.to_dict())


def profile_text(
    environment: Environment, name: str, frozen: Sequence[Frozen], groups: Groups
) -> str:
    """Return the profile that names the lock `pylock.NAME.toml` beside it."""
    known = sorted({file for each in frozen for file in each.startup_files})
    profile: dict[str, Any] = {
        "description": (
            f"Frozen from {environment.name}: {counted(len(frozen), 'distribution')}, "
            f"{environment.implementation} {_minor(environment)}, {environment.platform}"
        ),
        "requires-python": _requires_python(environment),
        "lock": lock_name(name),
    }
    if known:
        profile["pth"] = known
    if groups:
        profile[GROUPS] = {group: list(entries) for group, entries in sorted(groups.items())}
    return _HEADER + _ADVICE.format(name=name) + tomli_w.dumps(profile)


def profile_name(name: str) -> str:
    """Return the file name of the profile NAME."""
    return f"{name}.toml"


def lock_name(name: str) -> str:
    """Return the file name of its lock (PEP 751, "File Name")."""
    return f"pylock.{name}.toml"


def read_back(
    environment: Environment, name: str, profile: str, lock: str, frozen: Sequence[Frozen]
) -> None:
    """Read both texts as a run with this profile will, and hold them against what is installed.

    Raises:
        ProfileError: one of them is not valid, or not for this environment.
        ScratchError: there is no room to do so.
    """
    with temporary_folder() as scratch:
        for filename, text in ((profile_name(name), profile), (lock_name(name), lock)):
            (scratch / filename).write_text(text, "utf-8", newline="\n")
        wanted = load_profile(Path(scratch, profile_name(name))).wanted(environment)
    for each in frozen:
        want = wanted[each.name]
        assert want.admits(each.version), f"{each.name} {each.version}: {want}"
        assert bool(each.package.wheels) == (want.wheel is not None), each.name


def _requires_python(environment: Environment) -> str:
    return f"=={_minor(environment)}.*"


def _minor(environment: Environment) -> str:
    return f"{environment.version[0]}.{environment.version[1]}"
