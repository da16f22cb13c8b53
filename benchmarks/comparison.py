"""What the scripts that compare this project with other tools share: tools, runs, the document.

It puts tests/ on the path, which is no package: import it before what lies there.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from faults import FAULTS, Fault, Stage  # noqa: E402 - tests/ is no package
from house import NATIVE  # noqa: E402

DOCUMENT = HERE.parent / "docs" / "comparison.md"
# For the test that runs the commands of all pages.
NOT_RUN = (
    "<!-- not run: as the script that wrote this page has run it, with environments of its own -->"
)
SECONDS = 120
"""A tool that takes longer is ended: it hangs."""
JOBS = 2
"""How many faults are looked at side by side."""

Row = TypeVar("Row")


@dataclass(frozen=True, kw_only=True)
class Run:
    """How one run of a tool ended."""

    status: int | None
    """None: it did not end in time."""
    output: str
    seconds: float


def run_command(command: Sequence[str], *, cwd: Path, variables: Mapping[str, str]) -> Run:
    """Run a tool with nothing of this process's variables but those that it cannot do without."""
    own = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    started = time.monotonic()
    try:
        done = subprocess.run(
            command,
            env={**own, "COLUMNS": "100", "NO_COLOR": "1", **variables},
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
            check=False,
        )
        status: int | None = done.returncode
        output = done.stdout
    except subprocess.TimeoutExpired as error:
        status, output = None, error.stdout or b""
    except OSError as error:
        # The command is the target's own interpreter, and that does not start.
        status, output = 127, str(error).encode()
    text = output.decode(errors="replace").replace("\r", "\n")
    return Run(status=status, output=text, seconds=time.monotonic() - started)


def our_command(stage: Stage, fault: Fault | None, *further: str, pinned: bool) -> list[str]:
    """Return this project's own command line, as a user of the fault's environment would type it.

    Args:
        pinned: whether the profile is the one that wants every distribution at its version.
    """
    nowhere = stage.folder / "no-wheels"
    nowhere.mkdir(exist_ok=True)
    profile = stage.house.pins if pinned else stage.house.probes
    house = stage.house.wheelhouse if fault is None or fault.wheels else nowhere
    # -E: a PYTHONHOME that is part of a fault shall reach the target, not the Python that runs us.
    own = [sys.executable, "-E", "-m", "pytest", "--venv-health", *further]
    own += [f"--venv={stage.root}", f"--venv-profile={profile}", f"--venv-wheelhouse={house}"]
    quiet = ["-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:hypothesispytest"]
    return [*own, *(fault.options if fault else ()), *quiet]


# -- the tools


def python_of(tools: Path, package: str) -> str:
    """Return the interpreter of a tool's own venv."""
    return str(tools / package / "bin" / "python")


def install_tools(folder: Path, packages: Iterable[str]) -> dict[str, str]:
    """Give each tool a venv of its own, unless it has one already; return the versions."""
    versions = {}
    for package in dict.fromkeys(packages):
        root = folder / package
        if not (root / "done").exists():
            shutil.rmtree(root, ignore_errors=True)
            subprocess.run([sys.executable, "-m", "venv", str(root)], check=True)
            install = [python_of(folder, package), "-m", "pip", "install", "-q", "--upgrade"]
            subprocess.run([*install, package], check=True)
            (root / "done").touch()
        code = f"import importlib.metadata as m; print(m.version({package!r}))"
        command = [python_of(folder, package), "-c", code]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        versions[package] = done.stdout.strip()
    return versions


# -- the runs


def parse_options(description: str) -> argparse.Namespace:
    """Return `work`, an existing folder by its whole path, `only` and `every`."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--work", required=True, type=Path, help="folder for tools, copies and logs"
    )
    parser.add_argument("--only", default="", help="pattern of faults; the document is not written")
    parser.add_argument(
        "--every", type=int, default=1, metavar="N", help="take every Nth fault only (default: 1)"
    )
    options = parser.parse_args()
    options.work = options.work.resolve()
    for folder in ("logs", "stages"):
        (options.work / folder).mkdir(parents=True, exist_ok=True)
    return options


def chosen_faults(only: str, fits: Callable[[Fault], bool] = lambda fault: True) -> list[Fault]:
    """Return the faults that the pattern names, and that can be done to this Python."""
    return [
        fault
        for fault in FAULTS
        if re.search(only, fault.name) and (NATIVE or not fault.needs_native) and fits(fault)
    ]


def side_by_side(
    faults: Sequence[Fault], examine: Callable[[Fault], Row]
) -> tuple[dict[str, Row], float]:
    """Examine all faults, a few at a time; return the answers by name, and the minutes it took."""
    started = time.monotonic()
    with ThreadPoolExecutor(JOBS) as pool:
        rows = list(pool.map(examine, faults))
    minutes = (time.monotonic() - started) / 60
    print(f"{len(faults)} faults in {minutes:.1f} minutes", flush=True)
    return {fault.name: row for fault, row in zip(faults, rows, strict=True)}, minutes


def keep_log(path: Path, runs: Mapping[str, Run]) -> None:
    """Write what each tool said, for whoever doubts an answer."""
    rows = {name: [one.status, round(one.seconds, 2), one.output] for name, one in runs.items()}
    path.write_text(json.dumps(rows, indent=1))


def emptied(folder: Path) -> Path:
    """Return the folder, with nothing in it or not there at all."""
    shutil.rmtree(folder, ignore_errors=True)
    return folder


# -- the document


def made_by(script: str, minutes: float) -> str:
    """Return the sentence that says how a section came to be."""
    return (
        f"Written by `python benchmarks/{script} --work FOLDER` on {datetime.now(UTC).date()}, "
        f"in {minutes:.0f} minutes, {JOBS} faults at a time, "
        f"with Python {platform.python_version()} on {platform.system()} {platform.machine()}."
    )


def by_family(faults: Iterable[Fault]) -> list[tuple[str, list[Fault]]]:
    """Return each family with its faults, and at the end all of them."""
    groups: dict[str, list[Fault]] = {}
    for fault in faults:
        groups.setdefault(fault.family, []).append(fault)
    return [*groups.items(), ("**all**", [each for group in groups.values() for each in group])]


def sentence(name: str) -> str:
    """Return a fault's name as the document shows it."""
    return name.replace("-", " ")


def anonymous(text: str, work: Path) -> str:
    """Return the text without the places of the machine that it was made on."""
    text = re.sub(rf"{re.escape(str(work))}/stages/[^/\s]+(/[^/\s]+)?/venv", "VENV", text)
    text = text.replace(str(work / "tools"), "TOOLS").replace(str(work), "WORK")
    return text.replace(sys.executable, "python").replace(str(Path(sys.base_prefix)), "BASE")


def put_section(name: str, text: str) -> None:
    """Write one script's part of the document; what other scripts wrote stays."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    whole = f"{begin}\n{text.strip()}\n{end}"
    new, count = pattern.subn(lambda _: whole, DOCUMENT.read_text())
    if count != 1:
        sys.exit(f"{DOCUMENT} must have one pair of marks, {begin} and {end}; it has {count}.")
    DOCUMENT.write_text(new)
