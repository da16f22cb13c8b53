"""Each fault is found, told with its code, and blamed on who is at fault; nobody else is.

The house (`house.py`) is healthy; a fault (`faults/`) is one change to a copy of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import fault_table
import pytest
from conftest import Health, RunHealth
from faults import ENVIRONMENT, FAULTS, Fault, Stage
from house import House, build_house

REPRESENTATIVE = {
    "a-module-is-edited-at-the-same-size-and-time",
    "a-module-is-overwritten-by-another-distribution",
    "an-older-version-left-a-module",
    "an-interrupted-upgrade-left-two-dist-infos",
    "record-is-edited-to-agree-with-the-damage",
    "record-lists-a-file-of-another-distribution",
    "a-required-distribution-is-uninstalled",
    "an-extension-module-needs-a-library-that-nothing-provides",
    "unchecked-bytecode-of-another-source-is-cached",
    "pyvenv-cfg-names-another-version",
    "a-launcher-leads-into-a-lost-module-of-another",
}
"""What the fast suite runs: one of each family, the rest is slow."""


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return build_house(tmp_path_factory.mktemp("house"))


@pytest.fixture
def stage(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    for name in ("PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE"):
        monkeypatch.delenv(name, raising=False)
    return Stage.set_up(house, tmp_path / "stage")


def arguments(stage: Stage, *, pinned: bool, wheels: bool) -> list[str | os.PathLike[str]]:
    """Return the command line for a stage, whatever its depth."""
    nowhere = stage.folder / "no-wheels"
    nowhere.mkdir(exist_ok=True)
    profile = stage.house.pins if pinned else stage.house.probes
    return [
        f"--venv={stage.root}",
        f"--venv-profile={profile}",
        f"--venv-wheelhouse={stage.house.wheelhouse if wheels else nowhere}",
    ]


def look(run_health: RunHealth, stage: Stage, fault: Fault, *further: str) -> Health:
    """Run the plugin on a damaged stage as the fault wants it."""
    given = arguments(stage, pinned=fault.pinned, wheels=fault.wheels)
    return run_health(*given, f"--venv-depth={fault.depth}", *fault.options, *further)


def told(health: Health) -> Iterable[tuple[str, dict[str, Any]]]:
    """Yield every finding with who bears it."""
    report = health.environment()
    for finding in report["findings"]:
        yield ENVIRONMENT, finding
    for distribution in report["distributions"]:
        for finding in distribution["findings"]:
            yield distribution["name"], finding


@pytest.mark.parametrize(
    ("depth", "pinned", "wheels"),
    [
        pytest.param("files", True, True, id="files"),
        pytest.param("files", False, False, id="files-without-wheels"),
        pytest.param("functional", False, True, id="used", marks=pytest.mark.slow),
    ],
)
def test_the_house_is_healthy(
    run_health: RunHealth, stage: Stage, depth: str, pinned: bool, wheels: bool
) -> None:
    given = arguments(stage, pinned=pinned, wheels=wheels)

    health = run_health(*given, f"--venv-depth={depth}", "--venv-bytecode", "--venv-strict")

    assert [] == list(told(health))
    assert 0 == health.code, health.text
    assert {"healthy"} == set(health.statuses().values())


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
def test_a_fault_is_found_and_blamed_on_who_is_at_fault(
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

    health = look(run_health, stage, fault)

    findings = list(told(health))
    wrong = problems(stage, fault, findings)
    assert not wrong, "\n".join([*wrong, health.text])
    assert (0 if fault.warning else 1) == health.code, health.text
    if fault.warning:
        assert 1 == look(run_health, stage, fault, "--venv-strict").code
    if fault.depth != "files":
        alone = look(run_health, stage, fault, "--venv-isolation=fresh")
        assert findings == list(told(alone)), "what a probe shares with others changes nothing"


def problems(stage: Stage, fault: Fault, findings: list[tuple[str, dict[str, Any]]]) -> list[str]:
    """Return sentences on how what was told differs from what is true."""
    return [
        *_problems_of_the_finding(stage, fault, findings),
        *_problems_of_others(fault, findings),
    ]


def _problems_of_the_finding(
    stage: Stage, fault: Fault, findings: list[tuple[str, dict[str, Any]]]
) -> Iterable[str]:
    theirs = [finding for bearer, finding in findings if bearer == fault.distribution]
    main = [finding for finding in theirs if finding["code"] == fault.code]
    if not main:
        codes = sorted({finding["code"] for finding in theirs})
        yield f"{fault.distribution} has no {fault.code} but {codes}"
        return
    if len({finding["severity"] for finding in main} - {_severity(fault)}):
        yield f"{fault.code} is no {_severity(fault)}"
    paths = {path for finding in main for path in finding["paths"]}
    for path in fault.paths:
        if stage.shown(path) not in paths:
            yield f"{path} is not among {sorted(paths)}"
    causes = {cause for finding in main for cause in finding["root_causes"]}
    if causes != set(fault.root_causes):
        yield f"{fault.code} blames {sorted(causes)}, not {sorted(fault.root_causes)}"


def _severity(fault: Fault) -> str:
    return "warning" if fault.warning else "error"


def _problems_of_others(fault: Fault, findings: list[tuple[str, dict[str, Any]]]) -> Iterable[str]:
    """Nobody is blamed but the culprits; nobody bears an error who does not suffer from them."""
    culprits = set(fault.root_causes) or {ENVIRONMENT}
    suffering = {fault.distribution, *culprits, *fault.takes_down}
    errors = [(bearer, each) for bearer, each in findings if each["severity"] == "error"]
    for name in fault.takes_down:
        if name not in {bearer for bearer, _ in errors}:
            yield f"{name} is taken down, and nothing says so"
    for bearer, finding in errors:
        said = f"{bearer} {finding['code']}"
        causes = set(finding["root_causes"])
        if fault.warning:
            yield f"{said}: nothing is broken"
        elif bearer not in suffering and bearer != ENVIRONMENT:
            yield f"{said}: it does not suffer from {sorted(culprits)}"
        elif causes - culprits:
            yield f"{said} blames {sorted(causes)}, not {sorted(culprits)}"
        elif not causes and bearer not in (fault.distribution, *culprits):
            yield f"{said} blames nobody, not {sorted(culprits)}"


def test_the_matrix_is_as_large_as_it_should_be() -> None:
    names = [fault.name for fault in FAULTS]

    assert len(set(names)) == len(names)
    assert len(FAULTS) >= 90
    assert len([fault for fault in FAULTS if fault.is_chain]) >= 25
    assert REPRESENTATIVE <= set(names)
    assert {fault.family for fault in FAULTS} <= {
        fault.family for fault in FAULTS if fault.name in REPRESENTATIVE
    } | {"imports"}


def test_the_table_in_the_docs_is_that_of_the_faults() -> None:
    text = fault_table.DOCUMENT.read_text()

    assert fault_table.written(text) == text, "run: python tests/fault_table.py"
