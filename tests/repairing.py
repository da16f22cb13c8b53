"""Repairs of several distributions at once, in processes that die or are let down in their middle.

Run as a script this module is the process: `python repairing.py FOLDER NAMES WHAT …`. FOLDER holds
what `make_patients` made. NAMES are separated by commas.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from compare_trees import differences
from targets import copy_venv, make_target, site_packages, snapshot
from wheels import make_wheel

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.examination import Examination, Limits
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.profile import Profile
from pytest_venvhealth.repair.plan import Plan, plan_repair
from pytest_venvhealth.repair.recovery import has_unfinished, recover
from pytest_venvhealth.repair.routine import carry_out
from pytest_venvhealth.results import RepairRecord
from pytest_venvhealth.wheelhouse import Wheelhouse

NAMES = ("alder", "birch", "cedar", "dogwood", "elm")
NOTES = "mine/notes.txt"
"""What a person put into each package."""


def make_patients(folder: Path) -> Path:
    """Make a wheelhouse, a clean environment and a damaged copy of it; return `folder`."""
    wheels = []
    for size, name in enumerate(NAMES, 2):
        files: dict[str, str | bytes] = {
            f"{name}/__init__.py": f"NAME = {name!r}\n",
            f"{name}/data.bin": bytes(range(256)) * 400,
            f"{name}-1.0.data/scripts/{name}-run": "#!python\nprint(1)\n",
            f"{name}-1.0.data/data/share/{name}/theme.txt": "plain\n",
        }
        for number in range(8 * size):
            files[f"{name}/part{number % 3}/__init__.py"] = ""
            files[f"{name}/part{number % 3}/module{number}.py"] = f"VALUE = {number}\n"
        points = f"[console_scripts]\n{name} = {name}.part0.module0:VALUE\n"
        wheel = make_wheel(folder / "wheelhouse", name, files=files, entry_points=points)
        wheels.append(wheel)
    clean = make_target(folder / "clean", wheels)
    damaged = copy_venv(clean, folder / "damaged")
    for name in NAMES:
        damage(site_packages(damaged), name)
    return folder


def damage(site: Path, name: str) -> None:
    """Do to one distribution most of what can happen."""
    (site / name / "part0" / "module0.py").unlink()
    (site / name / "part1" / "module1.py").write_text("edited by a person\n")
    shutil.rmtree(site / name / "part2")
    (site / name / "foreign.py").write_text("nobody's\n")
    (site / name / "mine").mkdir()
    (site / name / NOTES).write_text("a person's\n")
    (site / name / "hollow").mkdir()
    (site / f"{name}-1.0.dist-info" / "RECORD").unlink()


def patient(folder: Path) -> Path:
    """Return a fresh copy of the damaged environment, at the same path again and again."""
    root = folder / "patient"
    shutil.rmtree(root, ignore_errors=True)
    return copy_venv(folder / "damaged", root)


def set_out(folder: Path, names: list[str]) -> tuple[Examination, Plan]:
    """Read the patient and plan its repair."""
    environment = Environment.at(folder / "patient")
    wheelhouse = Wheelhouse.at([folder / "wheelhouse"])
    facts = Facts.gather(environment, Profile.empty("patient"), wheelhouse)
    return Examination(facts, Limits(jobs=1)), plan_repair(facts, names)


def repair(
    examination: Examination, plan: Plan, on_step: Callable[[str], None] | None = None
) -> tuple[RepairRecord, ...]:
    """Carry the plan out; the files of all that it repairs are compared with their wheels."""

    def verify() -> str | None:
        examination.refresh()
        found = [
            finding for step in plan.steps for finding in examination.errors_of(step.distribution)
        ]
        return found[0].summary if found else None

    return carry_out(plan, examination.facts, verify=verify, on_step=on_step)


# -- what must be true afterwards


def lost_files(folder: Path) -> list[str]:
    """Return the files of the damaged environment that are now nowhere, whatever has happened.

    What was committed may be gone where the journal names the wheel that has it; bytecode may be
    gone anyhow.
    """
    root = folder / "patient"
    health = root / ".venv-health"
    aside = {_hash(path) for path in health.rglob("*") if _is_file(path)}
    given = {
        hash_
        for journal in health.glob("transactions/*/journal*.jsonl")
        for line in journal.read_bytes().splitlines()
        for files in _dropped(line).values()
        for _, hash_ in files
    }
    lost = []
    for path, (kind, _, digest) in snapshot(folder / "damaged").items():
        if kind != "file" or path == "pyvenv.cfg" or path.startswith("bin/"):
            continue  # those differ from copy to copy; snapshots of one copy are compared elsewhere
        place = root / path
        if not (_is_file(place) and _hash(place) == digest) and digest not in aside | given:
            lost.append(path)
    return lost


def _dropped(line: bytes) -> dict[str, list[list[str]]]:
    try:
        found: dict[str, list[list[str]]] = json.loads(line).get("dropped", {})
    except ValueError:
        return {}  # cut short by the kill
    return found


def verdict(folder: Path, before: object, names: list[str]) -> str:
    """Return `before` or `clean`, whichever the environment equals; else what it is instead."""
    root = folder / "patient"
    if snapshot(root) == before:
        return "before"
    wrong = [
        line
        for line in differences((folder / "clean").resolve(), root)
        # Who was not repaired is as damaged as before.
        if not any(f"/{name}" in line for name in set(NAMES) - set(names))
    ]
    return "clean" if not wrong else "\n".join(wrong)


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# -- the process that is let down


def start(
    folder: Path, names: list[str], *what: str, through: tuple[str, ...] = (), **variables: str
) -> subprocess.Popen[str]:
    """Start this module as a process of its own.

    Args:
        through: a command that starts the rest of its arguments.
    """
    here = Path(__file__).parent
    path = os.pathsep.join([str(here), str(here.parent)])
    return subprocess.Popen(
        [*through, sys.executable, __file__, str(folder), ",".join(names), *what],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path, **variables},
    )


def run(
    folder: Path, names: list[str], *what: str, through: tuple[str, ...] = (), **variables: str
) -> str:
    """Run this module to its end and return the last line that it printed."""
    with start(folder, names, *what, through=through, **variables) as child:
        output, errors = child.communicate(timeout=600)
    assert child.returncode == 0, output + errors
    return output.splitlines()[-1]


def _kill_at(folder: Path, names: list[str], number: int) -> None:
    examination, plan = set_out(folder, names)
    reached = 0

    def kill(_: str) -> None:
        nonlocal reached
        reached += 1
        if reached == number:
            os.kill(os.getpid(), signal.SIGKILL)

    repair(examination, plan, kill)


def _repair_when_told(folder: Path, names: list[str]) -> None:
    examination, plan = set_out(folder, names)
    print("ready", flush=True)  # noqa: T201
    repair(examination, plan)
    print("done", flush=True)  # noqa: T201


def _list_steps(folder: Path, names: list[str]) -> None:
    examination, plan = set_out(folder, names)
    steps: list[str] = []
    repair(examination, plan, steps.append)
    print(json.dumps(steps))  # noqa: T201


def _fill_the_disk(folder: Path, names: list[str], megabytes: str) -> None:
    """On a small file system of its own: leave no room from each step on, and look."""
    small = folder / "small"
    small.mkdir(exist_ok=True)
    size = f"size={megabytes}m"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(small)], check=True)
    for name in ("wheelhouse", "clean", "damaged"):
        (small / name).symlink_to(folder / name)
    outcomes: dict[str, int] = {}
    number = 0
    while True:
        number += 1
        root = patient(small)
        before = snapshot(root)
        examination, plan = set_out(small, names)
        filler = small / "filler"
        reached = 0

        def fill(_: str, number: int = number, filler: Path = filler) -> None:
            nonlocal reached
            reached += 1
            if reached == number:
                with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
                    while True:
                        file.write(bytes(4096))

        records = repair(examination, plan, fill)
        was_full = filler.exists()
        filler.unlink(missing_ok=True)
        with_recovery = has_unfinished(root)
        recover(root)
        ended = verdict(small, before, names)
        assert ended in ("before", "clean"), (number, records, ended)
        assert (ended == "clean") == all(str(each.result) == "verified" for each in records)
        assert lost_files(small) == [], number
        if not was_full:
            break
        key = f"{ended}{', after a recovery' if with_recovery else ''}"
        outcomes[key] = outcomes.get(key, 0) + 1
    print(json.dumps(outcomes))  # noqa: T201


def _fail_calls(folder: Path, names: list[str], stride: str) -> None:
    """Let every Nth system call that writes fail once with EIO, and look."""
    arm = ctypes.CDLL(None).venvhealth_arm
    outcomes: dict[str, int] = {}
    number = 1 - int(stride)
    while True:
        number += int(stride)
        root = patient(folder)
        before = snapshot(root)
        examination, plan = set_out(folder, names)
        arm(number)
        try:
            records = repair(examination, plan)
            said = " ".join(each.reason or "" for each in records)
        except Exception as error:  # noqa: BLE001 - whatever is raised is judged by the next lines
            said = f"{type(error).__name__}: {error}"
        failed = arm(0)
        if not failed:
            break
        recover(root)
        ended = verdict(folder, before, names)
        assert ended in ("before", "clean"), (number, said, ended)
        assert lost_files(folder) == [], (number, said)
        assert ended == "clean" or "Input/output error" in said, (number, said)
        outcomes[ended] = outcomes.get(ended, 0) + 1
    print(json.dumps({**outcomes, "calls": number - 1}))  # noqa: T201


def main(folder: str, names: str, what: str, *more: str) -> None:
    listed = names.split(",")
    if what == "kill-at":
        _kill_at(Path(folder), listed, int(more[0]))
    elif what == "when-told":
        _repair_when_told(Path(folder), listed)
    elif what == "steps":
        _list_steps(Path(folder), listed)
    elif what == "full-disk":
        _fill_the_disk(Path(folder), listed, *more)
    elif what == "failing-calls":
        _fail_calls(Path(folder), listed, *more)


if __name__ == "__main__":
    main(*sys.argv[1:])
