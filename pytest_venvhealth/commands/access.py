"""What every command begins with: the environment, and no repair of it cut short."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.repair.quarantine import alone_with
from pytest_venvhealth.repair.recovery import has_unfinished
from pytest_venvhealth.reports.wording import printable
from pytest_venvhealth.wheelhouse import Wheelhouse, nearest_wheelhouse


def open_environment(given: argparse.Namespace) -> Environment:
    """Return the environment that `--venv` names; a repair that was cut short is ended first.

    Raises:
        NotAnEnvironmentError: there is none.
        VenvHealthError: the repair cannot be ended.
    """
    environment = Environment.at(given.venv.expanduser())
    if has_unfinished(environment.root):
        with alone_with(environment.root, given.lock_timeout, say):
            pass  # the recovery is all there is to do
    return environment


def add_wheelhouses(parser: argparse.ArgumentParser) -> None:
    """Declare the option `--wheelhouse` of a command that takes wheels from several folders."""
    parser.add_argument(
        "--wheelhouse",
        action="append",
        type=Path,
        default=[],
        metavar="DIR",
        help="where wheels lie; repeatable (default: the nearest folder `wheelhouse`, from here "
        "upwards)",
    )


def open_wheelhouse(given: argparse.Namespace) -> Wheelhouse:
    """Return the wheels of the folders that `--wheelhouse` names, else of the nearest one.

    Raises:
        WheelhouseNotFoundError: there is no such folder.
    """
    folders = [folder.expanduser().absolute() for folder in given.wheelhouse]
    return Wheelhouse.at(folders or nearest_wheelhouse(Path.cwd()))


def is_seen(stream: TextIO, variables: Mapping[str, str]) -> bool:
    """Tell whether a person looks at a stream that understands escape codes."""
    if any(variables.get(name) for name in ("CI", "BUILD_NUMBER", "NO_COLOR")):
        return False
    if variables.get("TERM") == "dumb" or os.name != "posix":
        return False
    with contextlib.suppress(OSError, ValueError):  # no file at all, or closed
        return stream.isatty()
    return False


def say(text: str) -> None:
    """Tell at once what cannot wait: on stderr, so that stdout stays the answer."""
    sys.stderr.write(f"venv-health: {printable(text)}\n")
    sys.stderr.flush()


def tell(text: str = "") -> None:
    """Write a line of the answer to stdout; a file name may hold what a terminal would act on."""
    sys.stdout.write(printable(text) + "\n")
