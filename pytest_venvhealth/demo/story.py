"""The demo, step by step: each command is shown and run, and ends as it should, or all ends."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_venvhealth.demo.own_wheels import build_own_wheels
from pytest_venvhealth.demo.stacks import OFFLINE, Stack
from pytest_venvhealth.errors import VenvHealthError

_REQUIREMENTS = "requirements.txt"
_WHEELHOUSE = "wheelhouse"
_VENV = "venv"
# Lines that nobody reads.
_LONG = 20


class DemoError(VenvHealthError):
    """A command of the demo did not end as it should."""

    def __init__(self, command: str, status: int, expected: int, advice: str) -> None:
        super().__init__(command, status, expected, advice)
        self.command, self.status, self.expected, self.advice = command, status, expected, advice

    def __str__(self) -> str:
        ended = f"ended with {self.status}, expected {self.expected}"
        return f"The demo stops here: `{self.command}` {ended}. {self.advice}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """Where the demo plays."""

    folder: Path
    """Absolute; empty at first."""
    heading: Callable[[str], None]
    """Shows what the next commands are for."""
    show: Callable[[str], None]
    """Shows a command before it is run."""

    def run(self, *command: str, expected: int = 0, advice: str = "") -> None:
        """Show a command and run it in the folder; it writes to the terminal itself.

        Raises:
            DemoError: it ends otherwise than with `expected`.
        """
        shown = shlex.join(command)
        status = self.attempt(*command)
        if status != expected:
            raise DemoError(shown, status, expected, advice or f"See above, and {self.folder}.")

    def attempt(self, *command: str) -> int:
        """Show a command, run it, and return its exit status."""
        self.show(shlex.join(command))
        try:
            return subprocess.run(command, cwd=self.folder, check=False).returncode
        except OSError as error:
            raise VenvHealthError(f"{command[0]} does not start: {error.strerror}.") from error

    def health(self, *options: str, expected: int) -> None:
        """Run this plugin on the demo's environment."""
        command = [sys.executable, "-m", "pytest", "--venv-health", f"--venv={_VENV}", *options]
        self.run(*command, expected=expected)


def play(stack: Stack, python: Path, stage: Stage) -> None:
    """Make an environment, show it healthy, break it, judge it, heal it, show it healthy.

    Args:
        python: an interpreter that the stack can be installed for.
    Raises:
        DemoError: a command did not end as it should.
        VenvHealthError: a command could not be run at all.
    """
    stage.heading(f"An environment of {stack.title}, and a wheelhouse with its wheels")
    environment_python = make_environment(stack, python, stage)
    stage.heading("It works: every package is checked, imported and used")
    stage.health(expected=0)
    stage.heading(
        f"One module goes missing; {stack.still} can still be imported, and pip is content"
    )
    remove_module(stack, stage)
    stage.run(environment_python, "-c", f"import {stack.still}")
    stage.run(environment_python, "-m", "pip", "check")
    stage.heading(f"But {stack.notices} dies, and it is not {stack.notices} that is broken")
    stage.run(environment_python, "-c", f"import {stack.notices}", expected=1)
    stage.health(expected=1)
    stage.heading("What a repair would do")
    stage.health("--repair-plan", "--tb=no", expected=1)
    stage.heading("The repair: without any index, and proven by running the same items again")
    stage.health("--repair", expected=0)
    stage.heading("Healthy again")
    stage.run(environment_python, "-c", f"import {stack.notices}")
    stage.health(expected=0)


def make_environment(stack: Stack, python: Path, stage: Stage) -> str:
    """Make the environment from a wheelhouse, and return its interpreter as a person would type it.

    Its own pip does it, so none is needed elsewhere.
    """
    stage.run(str(python), "-m", "venv", _VENV)
    own = str(
        Path(_VENV, "Scripts", "python.exe") if os.name == "nt" else Path(_VENV, "bin", "python")
    )
    (stage.folder / _REQUIREMENTS).write_text(stack.requirements, "utf-8")
    if stack.requirements.count("\n") < _LONG:
        stage.run("type" if os.name == "nt" else "cat", _REQUIREMENTS)
    pip = [own, "-m", "pip", "--disable-pip-version-check"]
    if stack.name == OFFLINE:
        build_own_wheels(stage.folder / _WHEELHOUSE)
    else:
        _download(stack, pip, stage)
    install = ["install", "--quiet", "--no-deps", "--no-index", f"--find-links={_WHEELHOUSE}"]
    stage.run(*pip, *install, "--requirement", _REQUIREMENTS)
    return own


def _download(stack: Stack, pip: Sequence[str], stage: Stage) -> None:
    command = [*pip, "download", "--no-deps", "--only-binary=:all:", f"--dest={_WHEELHOUSE}"]
    command += ["--requirement", _REQUIREMENTS]
    advice = "Is a package index within reach? `venv-health demo --offline` needs none."
    if stack.extra_index_url is None:
        stage.run(*command, "--quiet", advice=advice)
    elif stage.attempt(*command) != 0:
        stage.run(*command, f"--extra-index-url={stack.extra_index_url}", advice=advice)


def remove_module(stack: Stack, stage: Stage) -> None:
    """Delete the module that goes missing, as `rm` would.

    Raises:
        VenvHealthError: it is not there.
    """
    venv = stage.folder / _VENV
    found = [*venv.glob(f"lib/python*/site-packages/{stack.remove}")]
    found += venv.glob(f"Lib/site-packages/{stack.remove}")
    if not found:
        raise VenvHealthError(f"{venv} holds no {stack.remove}: the demo's stack has changed.")
    path = str(found[0].relative_to(stage.folder))
    stage.show(shlex.join(["del" if os.name == "nt" else "rm", path]))
    found[0].unlink()
