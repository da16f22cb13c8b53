"""What a person sees while a long run goes on: in a real terminal, and in none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pty = pytest.importorskip("pty", reason="this system has no such terminals")

pytestmark = pytest.mark.slow


def output_in_terminal(command: list[str], **variables: str) -> str:
    """Run a command in a terminal of its own and return all that it wrote there."""
    ours, theirs = pty.openpty()
    kept = {name: value for name, value in os.environ.items() if name not in ("CI", "BUILD_NUMBER")}
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env={**kept, "TERM": "xterm", **variables},
    )
    os.close(theirs)
    written = b""
    try:
        while chunk := os.read(ours, 65536):
            written += chunk
    except OSError:
        pass  # Linux says so when the other end is closed
    os.close(ours)
    process.wait()
    return written.decode()


@pytest.fixture
def command(story: Path) -> list[str]:
    """A run of which one import takes long."""
    module = next(story.glob("lib/python*/site-packages/bystander/__init__.py"))
    module.write_text("import time\ntime.sleep(6)\n")
    options = ["--venv-health", "--venv=target", "-k", "bystander and import"]
    return [sys.executable, "-m", "pytest", *options, "-p", "no:cacheprovider"]


@pytest.mark.parametrize("workers", [[], ["-n", "1"]], ids=["alone", "workers"])
def test_a_terminal_shows_what_takes_long_and_in_the_end_nothing(
    command: list[str], workers: list[str]
) -> None:
    written = output_in_terminal([*command, *workers])

    name = "bystander[import]" if workers else "bystander"
    shown = [part for part in written.split("\r") if part.startswith(f"venv-health: {name} (")]
    assert shown
    assert all(part.partition("\x1b")[0].endswith(" s)") for part in shown)
    last = written.rindex("venv-health: bystander")
    assert "\x1b[2K" in written[last:], "it is taken away"
    assert "1 passed" in written[last:]


@pytest.mark.parametrize("variables", [{"CI": "true"}, {"TERM": "dumb"}])
def test_no_line_moves_where_nobody_looks(command: list[str], variables: dict[str, str]) -> None:
    written = output_in_terminal(command, **variables)

    assert "1 passed" in written
    assert "\x1b[2K" not in written
    assert "venv-health: bystander" not in written


def test_no_line_moves_in_a_file(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert "\x1b" not in done.stdout
    assert "venv-health: bystander" not in done.stdout
