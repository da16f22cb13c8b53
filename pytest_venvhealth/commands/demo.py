"""`venv-health demo`: see it happen, in a folder of its own."""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pytest_venvhealth.commands.access import is_seen, say, tell
from pytest_venvhealth.demo.stacks import OFFLINE, find_python, read_stack, stack_names
from pytest_venvhealth.demo.story import Stage, play
from pytest_venvhealth.reports.wording import printable
from pytest_venvhealth.temporary import ScratchError

# As the README has them.
_OWN = (
    "venv-health wheelhouse fill --venv=PATH",
    "venv-health freeze NAME --venv=PATH",
    "pytest --venv-health --venv=PATH --venv-profile=NAME --repair",
)


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "demo",
        help="make an environment, break it, and watch it being healed",
        description="Makes an environment in a scratch folder, shows it healthy, deletes one "
        "module as the real world does, and heals it. Each command is shown before it is run, so "
        "that you can repeat it by hand.",
        epilog="Example: venv-health demo --offline --keep",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--stack",
        choices=stack_names(),
        default="small",
        help="of which packages: "
        + "; ".join(f"{name}, {read_stack(name).title}" for name in stack_names())
        + " (default: small)",
    )
    which.add_argument(
        "--offline",
        action="store_true",
        help="with packages that the demo builds itself; no package index is needed",
    )
    parser.add_argument("--keep", action="store_true", help="leave the scratch folder in the end")
    parser.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    stack = read_stack(OFFLINE if given.offline else given.stack)
    python = find_python(stack)
    started = time.monotonic()
    with _scratch_folder(keep=given.keep) as folder:
        end = "kept" if given.keep else "removed in the end"
        tell(f"Everything happens in {folder}, which is {end}.")
        _show(f"cd {folder}")
        play(stack, python, Stage(folder=folder, heading=_heading, show=_show))
    tell()
    tell(f"Healed, and proven, in {time.monotonic() - started:.0f} s. Now your own environment:")
    tell()
    for line in _OWN:
        tell(f"  {line}")
    return 0


@contextmanager
def _scratch_folder(*, keep: bool) -> Iterator[Path]:
    """Make the demo's folder; it goes in the end, unless something is to be looked at in it."""
    try:
        # Its real path: what the demo prints must be what the tools that it runs print.
        folder = Path(tempfile.mkdtemp(prefix="venv-health-demo-")).resolve()
    except OSError as error:
        raise ScratchError.of(error) from error
    try:
        yield folder
    except BaseException:
        say(f"What the demo has made so far is in {folder}; it can be deleted.")
        raise
    if keep:
        tell()
        tell(f"Kept: {folder}")
        return
    _show(f"rm -r {folder}")
    shutil.rmtree(folder, ignore_errors=True)


_headings = itertools.count(1)


def _heading(text: str) -> None:
    tell()
    _emphasized(f"{next(_headings)}. {text}", "1")


def _show(command: str) -> None:
    tell()
    _emphasized(f"$ {command}", "1;36")


def _emphasized(text: str, style: str) -> None:
    """Write a line in the terminal's own style for it; plain where nobody could see that."""
    shown = printable(text)
    if is_seen(sys.stdout, os.environ):
        shown = f"\033[{style}m{shown}\033[0m"
    sys.stdout.write(f"{shown}\n")
    # What the command writes comes after it, in a pipe, too.
    sys.stdout.flush()
