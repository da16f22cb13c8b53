"""What every command begins with: the environment, and no repair of it cut short."""

from __future__ import annotations

import argparse
import sys

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.repair.quarantine import alone_with
from pytest_venvhealth.repair.recovery import has_unfinished
from pytest_venvhealth.reports.wording import printable


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


def say(text: str) -> None:
    """Tell at once what cannot wait: on stderr, so that stdout stays the answer."""
    sys.stderr.write(f"venv-health: {printable(text)}\n")
    sys.stderr.flush()


def tell(text: str = "") -> None:
    """Write a line of the answer to stdout; a file name may hold what a terminal would act on."""
    sys.stdout.write(printable(text) + "\n")
