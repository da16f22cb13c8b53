"""Draw the README's picture: what a terminal shows of a broken and of a healed environment.

    python docs/picture.py

Plays the demo's small stack for real, in a pseudo-terminal, and writes `docs/images/healing.svg`.
Needs a package index, Linux or macOS, and the dependency group `docs`.
"""

from __future__ import annotations

import os
import pty
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from pytest_venvhealth.demo.stacks import find_python, read_stack
from pytest_venvhealth.demo.story import Stage, make_environment, remove_module

PICTURE = Path(__file__).parent / "images" / "healing.svg"
COLUMNS = 100
PROMPT = "[bold green]$[/] [bold]{}[/]"
# Rich's own frame names a font on the network, which a code forge does not load.
FONTS = "ui-monospace, DejaVu Sans Mono, Menlo, Consolas, monospace"
NO_FONT = re.compile(r"@font-face\s*\{.*?\}", re.DOTALL)


def main() -> None:
    console = Console(record=True, width=COLUMNS, file=open(os.devnull, "w"))  # noqa: SIM115
    stack = read_stack("small")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        stage = Stage(folder=folder, heading=lambda _: None, show=lambda _: None)
        python = make_environment(stack, find_python(stack), stage)
        remove_module(stack, stage)
        commands = [
            ([python, "-c", f"import {stack.still}"], 0),
            ([python, "-c", f"import {stack.notices}"], 1),
            (_pytest("--tb=no"), 1),
            (_pytest("--repair"), 0),
            ([python, "-c", f"import {stack.notices}"], 0),
        ]
        for command, expected in commands:
            shown = shlex.join(["pytest", *command[3:]] if command[1] == "-m" else command)
            console.print(PROMPT.format(shown), highlight=False)
            status, written = run_in_terminal(command, folder)
            if status != expected:
                sys.exit(f"{shown} ended with {status}, expected {expected}:\n{written}")
            console.print(Text.from_ansi(written.replace(str(folder), "/home/me")))
    svg = NO_FONT.sub("", console.export_svg(title="venv-health", theme=MONOKAI))
    svg = svg.replace("Fira Code, monospace", FONTS)
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(svg, "utf-8")


def _pytest(*options: str) -> list[str]:
    return [sys.executable, "-m", "pytest", "--venv-health", "--venv=venv", "-q", *options]


def run_in_terminal(command: list[str], folder: Path) -> tuple[int, str]:
    """Return the exit status of a command, and what it wrote to its terminal."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(COLUMNS), "TERM": "xterm-256color"}
    # Its own progress line comes and goes; a still picture has no room for it.
    environment |= {"CI": "", "PYTEST_ADDOPTS": "-p no:randomly --color=yes"}
    process = subprocess.Popen(
        command, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    )
    os.close(theirs)
    parts = []
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # Linux says so when the other end is closed
            break
        if not part:
            break
        parts.append(part)
    os.close(ours)
    return process.wait(), b"".join(parts).decode().replace("\r\n", "\n").strip("\n")


if __name__ == "__main__":
    main()
