"""`venv-health freeze`: from an environment that works to its profile and its lock."""

from __future__ import annotations

import argparse
import os
import shlex
from pathlib import Path

from pytest_venvhealth.commands.access import (
    add_wheelhouses,
    open_environment,
    open_wheelhouse,
    say,
    tell,
)
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.errors import VenvHealthError
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.freezing.files import Change, changes, expect_writable, write_all
from pytest_venvhealth.freezing.health import Health, check_health
from pytest_venvhealth.freezing.plan import (
    LackingError,
    Plan,
    expect_frozen_name,
    frozen_name,
    plan_freeze,
)
from pytest_venvhealth.freezing.sources import NO_WHEEL
from pytest_venvhealth.profile import Profile, find_profile
from pytest_venvhealth.reports.wording import counted, joined, listed
from pytest_venvhealth.wheelhouse import Wheelhouse

_NAMES_SHOWN = 8


def add_parser(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "freeze",
        parents=[common],
        help="write a profile and a lock of an environment that works",
        description="Check an environment, then write FOLDER/NAME.toml and its PEP 751 lock, "
        "FOLDER/pylock.NAME.toml: every distribution at its exact version, with the wheel and its "
        "hash. Nothing is written of an environment that is broken, and no file is overwritten "
        "unasked.",
        epilog="Example: venv-health freeze story --venv .venv --wheelhouse wheelhouse",
    )
    parser.add_argument(
        "name",
        nargs="?",
        metavar="NAME",
        help="of the profile (default: the environment's own name)",
    )
    add_wheelhouses(parser)
    parser.add_argument(
        "--from-index",
        action="store_true",
        help="take the hashes of wheels that are not at hand from the index that pip is "
        "configured with",
    )
    parser.add_argument(
        "--groups-from",
        metavar="NAME|FILE",
        help="keep the dependency groups of this profile or pyproject.toml (default: one group of "
        "what nothing else requires)",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path("profiles"),
        metavar="DIR",
        help="where the two files go (default: profiles)",
    )
    parser.add_argument(
        "--broken-too", action="store_true", help="freeze the environment though it is broken"
    )
    parser.add_argument(
        "--force", action="store_true", help="overwrite files of this name, and show what changes"
    )
    parser.set_defaults(run=_freeze)


def _freeze(given: argparse.Namespace) -> int:
    if given.name is not None:
        expect_frozen_name(given.name)
    folder = given.folder.expanduser()
    groups_from = find_profile(given.groups_from, Path.cwd()) if given.groups_from else None
    wheelhouse = open_wheelhouse(given)
    environment = open_environment(given)
    expect_writable(folder)
    plan = _plan(given, environment, wheelhouse, folder, groups_from)
    for each in plan.frozen:
        if each.caveat is not None:
            say(f"{each.name} {each.version} {each.caveat}.")
    if plan.outside:
        say(
            f"Not frozen, for it lies outside of the environment's own folders: "
            f"{listed(plan.outside, _NAMES_SHOWN)}."
        )
    if not given.force:
        # A check of a large environment takes minutes: what it cannot change is told before it.
        _expect_free(changes(plan.texts))
    venv = Path(os.path.abspath(given.venv.expanduser()))
    health = check_health(venv, wheelhouse.folders, lock_timeout=given.lock_timeout)
    heal = ["pytest", "--venv-health", "--repair", f"--venv={environment.root}"]
    heal += [f"--venv-wheelhouse={each}" for each in wheelhouse.folders if given.wheelhouse]
    _judge(health, environment, shlex.join(heal), broken_too=given.broken_too)
    return _write(plan, force=given.force)


def _plan(
    given: argparse.Namespace,
    environment: Environment,
    wheelhouse: Wheelhouse,
    folder: Path,
    groups_from: Path | None,
) -> Plan:
    facts = Facts.gather(environment, Profile.empty(environment.name), wheelhouse)
    try:
        return plan_freeze(
            facts,
            given.name or frozen_name(environment.name),
            folder,
            groups_from=groups_from,
            from_index=given.from_index,
        )
    except LackingError as error:
        for each in error.lacking:
            if each.reason != NO_WHEEL:
                say(f"{each.name} {each.version or ''}".rstrip() + f": {each.reason}.")
        raise


def _judge(health: Health, environment: Environment, heal: str, *, broken_too: bool) -> None:
    """Raise VenvHealthError where the environment is broken and that is not wanted."""
    if health.broken:
        followers = ""
        if health.followers:
            followers = f", which takes down {listed(health.followers, _NAMES_SHOWN)}"
        what = f"{listed(health.broken, _NAMES_SHOWN)}{followers}"
        if not broken_too:
            raise VenvHealthError(
                f"{environment.root} is broken: {what}. Heal it first ({heal}), "
                "or freeze it as it is with --broken-too."
            )
        say(f"{environment.root} is broken: {what}. Frozen all the same (--broken-too).")
    if health.unchecked:
        say(f"Not everything could be checked of {listed(health.unchecked, _NAMES_SHOWN)}.")


def _expect_free(changed: list[Change]) -> None:
    """Show what would be overwritten, and raise VenvHealthError, where anything would be."""
    taken = [change for change in changed if change.old is not None]
    if not taken:
        return
    _show(taken)
    verb = "has" if len(taken) == 1 else "have"
    raise VenvHealthError(
        f"{joined([str(change.path) for change in taken])} {verb} other content, as shown: "
        "nothing was written. Give --force to overwrite, or freeze under another NAME."
    )


def _write(plan: Plan, *, force: bool) -> int:
    changed = changes(plan.texts)
    if not force:
        _expect_free(changed)
    _show([change for change in changed if change.old is not None])
    if changed:
        write_all(changed)
    written = {change.path for change in changed}
    for path in (plan.profile, plan.lock):
        tell(f"{'wrote' if path in written else 'unchanged'} {path}")
    tell(f"{counted(len(plan.frozen), 'distribution')} frozen")
    return 0


def _show(changed: list[Change]) -> None:
    for change in changed:
        for line in change.diff():
            tell(line)
