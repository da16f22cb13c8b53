"""How far a repair goes, who may stop it, and whom it waits for."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from compare_trees import differences
from conftest import RunHealth
from targets import make_target, site_packages, snapshot
from wheels import make_wheel

from pytest_venvhealth.repair.lock import environment_lock

pytestmark = pytest.mark.sampled(2)

BLOOM = "library/models/bloom.py"


def repairs(health: object) -> list[dict[str, object]]:
    report = health.environment()["repairs"]  # type: ignore[attr-defined]
    return list(report)


# Hooks.


@pytest.mark.slow
def test_a_veto_stops_a_repair_and_its_reason_is_told(story: Path, run_health: RunHealth) -> None:
    (site_packages(story) / BLOOM).unlink()
    before = snapshot(story)
    Path("conftest.py").write_text(
        "def pytest_venvhealth_before_repair(plan):\n"
        "    names = [step.distribution for step in plan.steps]\n"
        "    return f'{names} only on Sundays.'\n"
    )

    health = run_health("--venv=target", "--repair", subprocess=True)

    assert health.code == 1
    assert before == snapshot(story)
    (first, *_) = repairs(health)
    assert first["result"] == "refused"
    assert first["reason"] == "A hook of this run vetoed it: ['library'] only on Sundays."
    assert "only on Sundays" in health.text


@pytest.mark.slow
def test_an_observer_learns_how_each_plan_ended(story: Path, run_health: RunHealth) -> None:
    (site_packages(story) / BLOOM).unlink()
    (site_packages(story) / "bystander" / "__init__.py").unlink()
    Path("wheelhouse/bystander-1.0-py3-none-any.whl").write_bytes(b"no wheel")
    Path("conftest.py").write_text(
        "def pytest_venvhealth_before_repair(plan):\n"
        "    return None\n"
        "def pytest_venvhealth_repaired(outcome):\n"
        "    with open('seen.txt', 'a') as file:\n"
        "        for record in outcome.records:\n"
        "            print(record.distribution, record.result, outcome.plan.root, file=file)\n"
    )

    run_health("--venv=target", "--repair", subprocess=True)

    seen = Path("seen.txt").read_text().splitlines()
    assert f"library verified {story}" in seen
    assert {line.split()[1] for line in seen if line.startswith("bystander")} <= {"refused"}


def test_every_action_is_a_line_of_the_audit_log(story: Path, run_health: RunHealth) -> None:
    (site_packages(story) / BLOOM).unlink()

    run_health("--venv=target", "--repair")

    text = (story / ".venv-health" / "audit.jsonl").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert [line["action"] for line in lines] == ["begin", "quarantine", "install", "commit"]
    assert lines[0]["distributions"] == ["library 4.57.3"]
    assert all(line["time"].endswith("+00:00") and line["transaction"] for line in lines)


# Two at once.


@pytest.mark.slow
def test_waiting_is_said_with_the_holder_and_ends_after_the_time(
    story: Path, run_health: RunHealth
) -> None:
    (site_packages(story) / BLOOM).unlink()
    before = snapshot(story)
    code = (
        "import sys, time, pathlib\n"
        "from pytest_venvhealth.repair.lock import environment_lock\n"
        "with environment_lock(pathlib.Path(sys.argv[1]), exclusive=True, timeout=5):\n"
        "    print('held', flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(story)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        started = time.monotonic()
        health = run_health(
            "--venv=target", "--repair", "--venv-lock-timeout=1", "venv-health::library[files]"
        )
        seconds = time.monotonic() - started
        holder.kill()

    # Not even looked at: nobody knows what it is while another repairs it.
    assert health.distribution("library")["status"] == "unchecked"
    assert (
        f"Waiting for {story}, which is in use by a repair by process {holder.pid}" in health.text
    )
    assert f"in use by a repair by process {holder.pid}" in health.text
    assert "Wait until that has ended, or end it, then run again" in health.text
    assert seconds < 30
    assert before == snapshot(story)
    # A dead holder does not block.
    with environment_lock(story, exclusive=True, timeout=0):
        pass


@pytest.mark.parametrize("value", ["-1", "soon", "inf"])
def test_a_lock_timeout_that_is_none_is_a_usage_error(
    story: Path, run_health: RunHealth, value: str
) -> None:
    health = run_health("--venv=target", f"--venv-lock-timeout={value}", reports=False)

    assert health.code == 4
    assert f"--venv-lock-timeout={value}: expected a number" in health.result.stderr.str()


# What stays, and what is taken along.


def test_files_that_are_right_stay_and_the_rest_is_unpacked(
    story: Path, healthy_story: Path, run_health: RunHealth
) -> None:
    site = site_packages(story)
    (site / "library" / "data.txt").write_text("edited\n")
    stays = site / BLOOM
    bytecode = next((stays.parent / "__pycache__").glob("bloom.*.pyc"))
    before = [(path.stat().st_ino, path.stat().st_mtime_ns) for path in (stays, bytecode)]

    health = run_health("--venv=target", "--repair")

    assert health.code == 0, health.text
    assert [] == differences(story, healthy_story)
    assert before == [(path.stat().st_ino, path.stat().st_mtime_ns) for path in (stays, bytecode)]
    (repair,) = repairs(health)
    counts = {each["action"]: each.get("count") for each in repair["actions"]}  # type: ignore[attr-defined]
    assert counts["reuse"] >= 3


@pytest.mark.slow
def test_a_file_that_a_cache_shares_is_not_reused(
    story: Path, run_health: RunHealth, tmp_path: Path
) -> None:
    """As uv installs by hard links: damage to the cache would be damage here again."""
    shared = site_packages(story) / "library" / "data.txt"
    (tmp_path / "cache").hardlink_to(shared)
    (site_packages(story) / BLOOM).unlink()

    health = run_health("--venv=target", "--repair")

    assert health.code == 0, health.text
    assert shared.stat().st_nlink == 1
    assert shared.read_text() == "weights\n"


@pytest.mark.slow
def test_bytecode_that_lies_behind_a_good_header_goes_with_a_wider_repair(
    story: Path, run_health: RunHealth
) -> None:
    """Every file is right after the first repair, and the import still fails."""
    site = site_packages(story)
    init = site / "library" / "__init__.py"
    poison = (
        "import marshal, struct, sys, os, importlib.util\n"
        "source = sys.argv[1]\n"
        "status = os.stat(source)\n"
        "code = compile('raise ImportError(\"poisoned\")', source, 'exec')\n"
        "stamp = struct.pack('<III', 0, int(status.st_mtime), status.st_size)\n"
        "head = importlib.util.MAGIC_NUMBER + stamp\n"
        "open(importlib.util.cache_from_source(source), 'wb').write(head + marshal.dumps(code))\n"
    )
    subprocess.run([story / "bin" / "python", "-c", poison, str(init)], check=True)
    (site / "library" / "data.txt").unlink()

    health = run_health("--venv=target", "--repair", "venv-health::adapter[import]")

    assert health.code == 0, health.text
    results = [(each["distribution"], each["result"]) for each in repairs(health)]
    assert ("library", "rolled-back") in results
    assert ("library", "verified") in results
    again = run_health("--venv=target", "--repair")
    assert again.code == 0
    assert repairs(again) == []


@pytest.mark.slow
def test_empty_folders_stale_bytecode_and_a_persons_data_leave_the_package(
    story: Path, healthy_story: Path, run_health: RunHealth
) -> None:
    site = site_packages(story)
    (site / BLOOM).unlink()
    (site / "library" / "hollow" / "deeper").mkdir(parents=True)
    (site / "library" / "old" / "__pycache__").mkdir(parents=True)
    (site / "library" / "old" / "__pycache__" / "gone.cpython-311.pyc").write_bytes(b"stale")
    (site / "library" / "cache").mkdir()
    (site / "library" / "cache" / ".env").write_text("TOKEN=1\n")

    health = run_health("--venv=target", "--repair")
    again = run_health("--venv=target", "--repair")

    assert health.code == 0, health.text
    assert "quarantine keeps 1 file of library" in health.text
    assert "library/cache/.env" in health.text
    assert not (site / "library" / "hollow").exists()
    assert not (site / "library" / "old").exists()
    (kept,) = (path for path in story.glob(".venv-health/**/.env") if path.is_file())
    assert kept.read_text() == "TOKEN=1\n"
    assert [] == differences(story, healthy_story)
    assert (again.code, repairs(again)) == (0, [])


def test_versions_that_do_not_fit_are_refused_with_the_pin_to_change(
    pytester: pytest.Pytester, run_health: RunHealth
) -> None:
    house = pytester.path / "wheelhouse"
    wheels = [
        make_wheel(house, "lib", "1.0", {"lib/__init__.py": "OLD = 1\n"}),
        make_wheel(house, "app", "2.0", {"app/__init__.py": "from lib import NEW\n"}),
    ]
    root = make_target(pytester.path / "target", wheels)
    (pytester.path / "profiles").mkdir()
    profile = pytester.path / "profiles" / "pair.toml"
    profile.write_text('[dependency-groups]\nall = ["lib==1.0", "app==2.0"]\n')
    before = snapshot(root)

    health = run_health("--venv=target", "--venv-profile=pair", "--repair")

    assert health.code == 1
    assert before == snapshot(root)
    assert {"refused"} == {each["result"] for each in repairs(health)}
    assert {"lib", "app"} == {each["distribution"] for each in repairs(health)}
    assert "Change the pin of app or of lib in the profile pair." in health.text


@pytest.mark.slow
def test_an_expired_waiver_protects_no_file_any_more(story: Path, run_health: RunHealth) -> None:
    (site_packages(story) / "library" / "data.txt").write_text("our own\n")
    waiver = (
        '[[waivers]]\ndistribution = "library"\ncode = "file-altered"\n'
        'paths = ["*/library/data.txt"]\nreason = "ours"\nexpires = {}\n'
    )
    profile = Path("profiles/story.toml")
    groups = profile.read_text()
    profile.write_text(groups + waiver.format("2999-01-01"))
    waived = run_health("--venv=target", "--venv-profile=story", "--repair")
    assert waived.code == 0
    assert (site_packages(story) / "library" / "data.txt").read_text() == "our own\n"

    profile.write_text(groups + waiver.format("2020-01-01"))
    expired = run_health("--venv=target", "--venv-profile=story", "--repair")

    assert (site_packages(story) / "library" / "data.txt").read_text() == "weights\n"
    assert "quarantine keeps 1 file of library" in expired.text


@pytest.mark.slow
def test_with_workers_what_passed_elsewhere_still_passes_after_a_repair(
    story: Path, run_health: RunHealth
) -> None:
    (site_packages(story) / BLOOM).unlink()
    shutil.rmtree(site_packages(story) / "bystander")

    health = run_health("--venv=target", "--repair", "-n", "2", subprocess=True)

    assert health.code == 0, health.text
    passed = list(story.glob(".venv-health/runs/*.passed"))
    assert len(passed) == 1
    assert "adapter installed" in passed[0].read_text()


@pytest.mark.slow
def test_an_install_that_finds_something_foreign_in_its_way_sets_it_aside(
    story: Path, healthy_story: Path, run_health: RunHealth
) -> None:
    site = site_packages(story)
    shutil.rmtree(site / "library" / "models")
    (site / "library" / "models").write_text("a file where a folder was\n")

    health = run_health("--venv=target", "--repair")

    assert health.code == 0, health.text
    assert [] == differences(story, healthy_story)
