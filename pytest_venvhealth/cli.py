"""`venv-health`: what is no test. One parser, one place that ends the program.

Exit status: 0 done, 1 refused or nothing done (the reason is on stderr), 2 a mistake on the command
line.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path

from pytest_venvhealth.commands import demo, freeze, quarantine, undo, wheelhouse
from pytest_venvhealth.errors import UsageError, VenvHealthError
from pytest_venvhealth.reports.wording import printable

Run = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status.

    Args:
        arguments: by default those of the process.
    Raises:
        SystemExit: argparse's own, for a mistake on the command line and for `--help`.
    """
    given = build_parser().parse_args(arguments)
    run: Run = given.run
    try:
        status = run(given)
        sys.stdout.flush()
    except UsageError as error:
        return _failed(error, 2)
    except VenvHealthError as error:
        return _failed(error, 1)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader has seen enough; without this the interpreter complains once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; each sets `run`, which takes what was parsed."""
    parser = argparse.ArgumentParser(
        prog="venv-health",
        description="What is no test: see it happen, describe an environment that works, keep its "
        "wheels, look after what a repair has done to it.",
        epilog="Example: venv-health demo --offline",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {_version()}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    common = _common_options()
    demo.add_parser(commands)
    freeze.add_parser(commands, common)
    wheelhouse.add_parser(commands)
    quarantine.add_parser(commands, common)
    undo.add_parser(commands, common)
    return parser


def _common_options() -> argparse.ArgumentParser:
    """Return the options that every command has."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--venv",
        type=Path,
        default=Path(sys.executable),
        metavar="PATH",
        help="the environment: its folder, or an interpreter in it (default: the one that runs "
        "this program)",
    )
    common.add_argument(
        "--lock-timeout",
        type=_seconds,
        default=600.0,
        metavar="SECONDS",
        help="how long to wait while others use the environment (default: 600)",
    )
    return common


def _version() -> str:
    try:
        return metadata.version("pytest-venvhealth")
    except metadata.PackageNotFoundError:  # its own metadata may be what is damaged
        return "(no metadata of pytest-venvhealth here; reinstall it)"


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a number of seconds, not {text!r}")
    return seconds


def _failed(error: VenvHealthError, status: int) -> int:
    sys.stderr.write(f"venv-health: {printable(str(error))}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
