"""Killed, out of room, or let down by the disk: an environment ends repaired, or as it was.

Real repairs of one to five distributions (`repairing.py`), in processes of their own.
"""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest
from repairing import (
    NAMES,
    NOTES,
    lost_files,
    make_patients,
    patient,
    run,
    start,
    verdict,
)
from targets import snapshot

from pytest_venvhealth.repair.recovery import has_unfinished, recover

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def patients(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_patients(tmp_path_factory.mktemp("patients"))


@pytest.fixture
def folder(patients: Path, tmp_path: Path) -> Path:
    """A folder with the shared wheelhouse and environments, for a patient of one test's own."""
    for name in ("wheelhouse", "clean", "damaged"):
        (tmp_path / name).symlink_to(patients / name)
    return tmp_path


def after_the_next_run(folder: Path, before: object, names: list[str]) -> str:
    """Look whether anything is lost, let the next run recover, and return how it ended."""
    root = folder / "patient"
    assert lost_files(folder) == []
    recovery = recover(root)
    ended = verdict(folder, before, names)
    assert ended in ("before", "clean"), ended
    if recovery is not None:
        assert (recovery.outcome == "finished") == (ended == "clean")
    assert lost_files(folder) == []
    assert not has_unfinished(root)
    assert recover(root) is None
    return ended


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 5])
def test_a_kill_at_any_boundary_of_a_phase_leaves_the_old_state_or_the_new(
    folder: Path, count: int
) -> None:
    names = list(NAMES[:count])
    patient(folder)
    steps = json.loads(run(folder, names, "steps"))
    outcomes = {}
    for number in range(1, len(steps) + 1):
        before = snapshot(patient(folder))
        with start(folder, names, "kill-at", str(number)) as child:
            child.communicate(timeout=60)
        assert child.returncode == -signal.SIGKILL
        outcomes[steps[number - 1]] = after_the_next_run(folder, before, names)

    assert {"before", "clean"} == set(outcomes.values())
    assert outcomes["installed"] == outcomes["committing"] == "before"
    assert outcomes["verified"] == outcomes["committed"] == outcomes["closed"] == "clean"


@pytest.mark.slow
def test_a_kill_at_a_random_moment_leaves_the_old_state_or_the_new(
    folder: Path, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(5)
    outcomes: Counter[str] = Counter()
    seconds = 0.5
    for number in range(request.config.getoption("--kills")):
        names = list(NAMES[: 1 + number % len(NAMES)])
        before = snapshot(patient(folder))
        with start(folder, names, "when-told") as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            started = time.monotonic()
            if number < len(NAMES):
                # How long a whole repair takes is the machine's affair: the first ones tell.
                assert child.stdout.readline() == "done\n"
                seconds = max(seconds, time.monotonic() - started)
            else:
                time.sleep(chance.uniform(0, seconds * (0.3 + 0.15 * len(names))))
            child.kill()
        outcomes[after_the_next_run(folder, before, names)] += 1
    print(f"after {outcomes.total()} kills: {dict(outcomes)}")  # noqa: T201
    assert outcomes["before"] > outcomes.total() / 10
    assert outcomes["clean"] > outcomes.total() / 10


@pytest.mark.slow
def test_what_a_person_put_there_is_kept_and_an_edited_file_too(folder: Path) -> None:
    patient(folder)

    run(folder, ["alder"], "steps")

    (verified,) = (
        entry
        for journal in folder.glob("patient/.venv-health/transactions/*/journal.jsonl")
        for line in journal.read_text().splitlines()
        if (entry := json.loads(line)).get("phase") == "verified"
    )
    kept = {path.partition("site-packages/")[2] for path, _ in verified["kept"]}
    assert kept == {f"alder/{NOTES}", "alder/foreign.py", "alder/part1/module1.py"}
    assert lost_files(folder) == []


def can_mount() -> bool:
    command = ["unshare", "-rm", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.slow
def test_a_disk_that_fills_up_at_any_step_loses_nothing(folder: Path) -> None:
    if not can_mount():
        pytest.skip("this system lets nobody mount a file system of his own")

    outcome = run(folder, ["alder", "birch"], "full-disk", "12", through=("unshare", "-rm"))

    outcomes = json.loads(outcome)
    print(outcomes)  # noqa: T201
    assert outcomes.get("before", 0) >= 5, outcomes


@pytest.fixture(scope="session")
def failing_calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler here")
    library = tmp_path_factory.mktemp("shim") / "failing_calls.so"
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library)]
    done = subprocess.run([*command, str(HERE / "failing_calls.c"), "-ldl"], check=False)
    if done.returncode != 0:
        pytest.skip("the C compiler makes no shared library for this system")
    return library


@pytest.mark.slow
def test_a_call_that_fails_with_an_input_output_error_loses_nothing(
    folder: Path, failing_calls: Path
) -> None:
    outcome = run(folder, ["alder"], "failing-calls", "9", LD_PRELOAD=str(failing_calls))

    outcomes = json.loads(outcome)
    print(outcomes)  # noqa: T201
    assert outcomes["before"] >= 5, outcomes
