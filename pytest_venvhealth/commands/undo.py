"""`venv-health undo`: take the last repair back."""

from __future__ import annotations

import argparse
import os

from pytest_venvhealth.commands.access import (
    add_wheelhouses,
    open_environment,
    open_wheelhouse,
    say,
    tell,
)
from pytest_venvhealth.repair.undo import Undone, undo
from pytest_venvhealth.reports.wording import counted, joined, listed

_PATHS_SHOWN = 3


def add_parser(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "undo",
        parents=[common],
        help="take the last repair back",
        description="Take the last repair back: every file as it was before it, damage included. "
        "Again takes back the repair before that. An undo cannot be undone: repair again.",
        epilog="Example: venv-health undo --venv .venv --wheelhouse wheelhouse",
    )
    parser.add_argument(
        "repair",
        nargs="?",
        metavar="ID",
        help="another repair than the last, or its id's beginning",
    )
    add_wheelhouses(parser)
    parser.set_defaults(run=_undo)


def _undo(given: argparse.Namespace) -> int:
    wheelhouse = open_wheelhouse(given)
    done = undo(
        open_environment(given),
        wheelhouse,
        repair=given.repair,
        jobs=os.cpu_count() or 1,
        lock_timeout=given.lock_timeout,
        say=say,
    )
    for text in undone_lines(done):
        tell(text)
    return 0


def undone_lines(done: Undone) -> list[str]:
    """Return what an undo has done, for a person."""
    states = [
        f"{name} {version}" if version else f"{name} (not installed)"
        for name, version in done.distributions
    ]
    what = f": {joined(states)} as before it" if states else ""
    lines = [
        f"undone {done.repair}{what}",
        f"{counted(done.put_back, 'file')} put back, {done.taken_away:,} taken away",
    ]
    if done.kept:
        files = counted(len(done.kept), "file")
        shown = listed(done.kept, _PATHS_SHOWN)
        lines.append(f"{files} changed since, now in quarantine ({done.transaction}): {shown}")
    return lines
