"""Each fault is repaired until nothing tells it from a clean install, or refused with a reason.

What a repair should make of a fault stands beside it (`Fault.repair`). Nothing is judged by our own
report alone: `compare_trees` looks at every file, and `snapshot` at every byte of what was refused.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from compare_trees import differences
from conftest import Health, RunHealth
from faults import FAULTS, Fault, Repair, Stage
from house import House, build_house
from targets import snapshot

REPRESENTATIVE = {
    "a-module-is-edited-at-the-same-size-and-time",
    "a-module-is-overwritten-by-another-distribution",
    "unchecked-bytecode-of-another-source-is-cached",
    "a-launcher-leads-into-a-lost-module-of-another",
}
"""What the fast suite runs; the rest is slow."""


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return build_house(tmp_path_factory.mktemp("house"))


@pytest.fixture
def stage(house: House, tmp_path: Path) -> Stage:
    return Stage.set_up(house, tmp_path / "stage")


def look(run_health: RunHealth, stage: Stage, fault: Fault, *further: str) -> Health:
    """Run the plugin on a stage with what the fault's repair needs at hand."""
    nowhere = stage.folder / "no-wheels"
    nowhere.mkdir(exist_ok=True)
    pinned = fault.pinned or fault.version_unknown
    given: list[str | os.PathLike[str]] = [
        f"--venv={stage.root}",
        f"--venv-profile={stage.house.pins if pinned else stage.house.probes}",
        f"--venv-wheelhouse={stage.house.wheelhouse if fault.wheels else nowhere}",
        f"--venv-depth={fault.depth}",
    ]
    return run_health(*given, *fault.options, *further)


def findings(health: Health) -> list[dict[str, Any]]:
    """Return every finding that is not healed."""
    report = health.environment()
    bearers = [report, *report["distributions"]]
    return [each for bearer in bearers for each in bearer["findings"] if not each["healed"]]


def changes(health: Health) -> list[dict[str, Any]]:
    """Return the repairs that changed anything, if only for a while."""
    return [each for each in health.environment()["repairs"] if each["result"] != "refused"]


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(
            fault,
            id=fault.name,
            marks=() if fault.name in REPRESENTATIVE else pytest.mark.slow,
        )
        for fault in FAULTS
    ],
)
def test_a_fault_is_healed_or_nothing_is_touched(
    run_health: RunHealth, stage: Stage, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    if fault.hindered:
        pytest.skip(fault.hindered)
    fault.inject(stage)
    for name, value in stage.variables.items():
        monkeypatch.setenv(name, value)
    if fault.code == "startup-failed":
        # Some never start, and each look waits for them.
        monkeypatch.setattr("pytest_venvhealth.environment.STARTUP_SECONDS", 5.0)

    if fault.repair is Repair.HEALED:
        assert_healed(run_health, stage, fault)
    else:
        assert_untouched(run_health, stage, fault)


def assert_healed(run_health: RunHealth, stage: Stage, fault: Fault) -> None:
    """One repair heals it all; then nothing is left to do."""
    health = look(run_health, stage, fault, "--repair")
    different = allowed(stage, fault, differences(stage.root, stage.house.root))

    assert 0 == health.code, health.text
    assert [] == different, health.text
    assert {"verified"} == {each["result"] for each in health.environment()["repairs"]}
    assert {"healthy", "healed"} >= set(health.statuses().values())

    if fault.family != "bytecode" and not fault.remains and fault.name not in REPRESENTATIVE:
        return  # nothing tells it from the healthy house, of which nothing is told
    # It looks first, as one without `--repair` does.
    again = look(run_health, stage, fault, "--repair")
    assert [] == findings(again), again.text
    assert 0 == again.code, again.text
    assert [] == again.environment()["repairs"]


def allowed(stage: Stage, fault: Fault, lines: list[str]) -> list[str]:
    """Return the differences, but for what the fault brought and a repair rightly leaves."""
    starts = tuple(f"only in {stage.root}: {stage.shown(path)}" for path in fault.remains)
    return [line for line in lines if not line.startswith(starts)]


def assert_untouched(run_health: RunHealth, stage: Stage, fault: Fault) -> None:
    """Every byte stays, and the reason is told; a second run that is quick says the same."""
    before = snapshot(stage.root, bytecode=True)

    health = look(run_health, stage, fault, "--repair")
    after = snapshot(stage.root, bytecode=True)

    assert before == after
    assert [] == changes(health), health.text
    assert (1 if fault.repair is Repair.REFUSED else 0) == health.code, health.text
    told = [each for each in findings(health) if each["code"] == fault.code]
    reasons = [each["reason"] for each in health.environment()["repairs"]]
    reasons += [each["remedy"] for each in told]
    assert told, health.text
    assert fault.warning or any(reason in health.text for reason in reasons), health.text

    if fault.depth == "files":
        again = look(run_health, stage, fault, "--repair")

        assert findings(health) == findings(again)
        assert after == snapshot(stage.root, bytecode=True)


def test_what_a_repair_makes_of_each_fault_is_said() -> None:
    names = {fault.name for fault in FAULTS}
    unhealed = [fault for fault in FAULTS if fault.repair is not Repair.HEALED]

    assert REPRESENTATIVE <= names
    assert [] == [fault.name for fault in unhealed if not fault.why]
    assert [] == [fault.name for fault in FAULTS if fault.remains and not fault.why]
    # A warning fails no run, so no repair of it can be refused; an error cannot be left.
    assert {fault.name for fault in unhealed if fault.warning} == {
        fault.name for fault in unhealed if fault.repair is Repair.LEFT
    }
    assert 110 <= len(FAULTS) - len(unhealed)
