"""Probes that run before they are asked for, in real children."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import RunHealth
from processes import wait_until_ended

from pytest_venvhealth.child_process import Cancellation
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.errors import VenvHealthError
from pytest_venvhealth.probes.ahead import Ahead
from pytest_venvhealth.probes.runner import Outcome, Probe, ProbeResult, run_probe

PASSED = ProbeResult(outcome=Outcome.PASSED, seconds=0.1)
Start = Callable[..., Ahead]


@pytest.fixture
def start() -> Iterator[Start]:
    """Make one that is closed in the end."""
    made: list[Ahead] = []

    def make(run: Callable[[Probe, Cancellation], ProbeResult], jobs: int = 2) -> Ahead:
        made.append(Ahead(run, jobs=jobs))
        return made[-1]

    yield make
    for each in made:
        each.close()


def probes(*names: str) -> list[Probe]:
    return [Probe(name=name, imports=()) for name in names]


def in_child(code: str) -> Probe:
    return Probe(name="demo", imports=(), code=code)


def run_here(probe: Probe, cancellation: Cancellation) -> ProbeResult:
    return run_probe(probe, Environment.running(), timeout=30, cancellation=cancellation)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_each_result_is_handed_out_once(start: Start) -> None:
    ran: list[str] = []

    def run(probe: Probe, _: Cancellation) -> ProbeResult:
        ran.append(probe.name)
        return PASSED

    ahead = start(run)
    (one, two, three) = probes("one", "two", "three")
    ahead.expect([one, two], {})
    for each in (one, two, two, three):
        assert ahead.result(each) is PASSED

    assert ["one", "three", "two", "two"] == sorted(ran)


def test_as_many_run_at_a_time_as_there_are_jobs(start: Start) -> None:
    together = threading.Barrier(3, timeout=10)

    def run(_: Probe, __: Cancellation) -> ProbeResult:
        together.wait()
        return PASSED

    ahead = start(run, jobs=3)
    expected = probes("one", "two", "three")
    ahead.expect(expected, {})

    assert [PASSED] * 3 == [ahead.result(each) for each in reversed(expected)]


def test_alone_nothing_runs_before_it_is_asked_for(start: Start) -> None:
    ran: list[str] = []

    def run(probe: Probe, _: Cancellation) -> ProbeResult:
        ran.append(f"{probe.name} on {threading.current_thread().name}")
        return PASSED

    ahead = start(run, jobs=1)
    one, two = probes("one", "two")
    ahead.expect([one, two], {})
    ahead.result(two)

    assert [f"two on {threading.current_thread().name}"] == ran


def test_the_longest_begins(start: Start) -> None:
    ran: list[str] = []
    go_on = threading.Event()

    def run(probe: Probe, _: Cancellation) -> ProbeResult:
        ran.append(probe.name)
        assert go_on.wait(10)
        return PASSED

    ahead = start(run)
    short, long, unknown = probes("short", "long", "unknown")
    ahead.expect([short, unknown, long], {short: 0.5, long: 9.0})
    until(lambda: ran)
    go_on.set()
    assert ahead.result(unknown) is PASSED

    assert "long" == ran[0]


def test_an_error_reaches_who_asks(start: Start) -> None:
    def run(_: Probe, __: Cancellation) -> ProbeResult:
        raise VenvHealthError("the interpreter is gone")

    ahead = start(run)
    (one,) = probes("one")
    ahead.expect([one, *probes("two", "three")], {})

    with pytest.raises(VenvHealthError, match="is gone"):
        ahead.result(one)


def test_in_a_pause_nothing_runs_and_afterwards_it_runs_anew(start: Start, tmp_path: Path) -> None:
    count = tmp_path / "count"
    code = f"import time\nwith open({str(count)!r}, 'a') as file:\n    print(file=file)\n"
    probe = in_child(f"{code}time.sleep(0 if open({str(count)!r}).read() == '\\n\\n' else 60)\n")
    ahead = start(run_here)
    ahead.expect([probe, in_child("")], {})
    until(lambda: count.exists() and count.read_text())

    before = time.monotonic()
    ahead.pause()
    assert time.monotonic() - before < 5
    assert not ahead._running
    ahead.resume()

    assert Outcome.PASSED is ahead.result(probe).outcome
    assert "\n\n" == count.read_text()


def test_what_is_dropped_is_not_run(start: Start) -> None:
    ran: list[str] = []

    def run(probe: Probe, cancellation: Cancellation) -> ProbeResult:
        ran.append(probe.name)
        until(lambda: cancellation.is_set)
        return PASSED

    ahead = start(run)
    ahead.expect(probes("one", "two", "three"), {})
    until(lambda: ran)
    ahead.drop()

    assert ["one"] == ran
    assert not ahead._done


def test_the_end_is_the_end_of_all_that_runs(start: Start, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    code = f"import os, time\nopen({str(pid)!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)\n"
    ahead = start(run_here)
    ahead.expect([in_child(code), in_child("")], {})
    until(lambda: pid.exists() and pid.read_text())

    before = time.monotonic()
    ahead.close()

    assert time.monotonic() - before < 2
    assert wait_until_ended(int(pid.read_text()))


def test_how_long_probes_took_is_remembered(
    story: Path, run_health: RunHealth, pytester: pytest.Pytester
) -> None:
    options = ("--venv=target", "--venv-jobs=2", "-p", "cacheprovider")
    first = run_health(*options)
    kept = json.loads((pytester.path / ".pytest_cache/v/venv-health/durations").read_text())
    second = run_health(*options)

    assert {"library[import]", "adapter[import]", "bystander[import]"} == set(kept)
    assert all(0 < seconds < 60 for seconds in kept.values())
    assert first.code == second.code == 0
    assert first.statuses() == second.statuses()


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="this system has no signals")
def test_ctrl_c_ends_a_run_with_all_its_probes(story: Path, pytester: pytest.Pytester) -> None:
    module = next(story.glob("lib/python*/site-packages/bystander/__init__.py"))
    pid = pytester.path / "pid"
    module.write_text(
        f"import os, time\nopen({str(pid)!r}, 'a').write(str(os.getpid()) + ' ')\ntime.sleep(60)\n"
    )
    command = [sys.executable, "-m", "pytest", "--venv-health", "--venv=target", "-k", "import"]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    until(lambda: pid.exists() and pid.read_text().endswith(" "))

    before = time.monotonic()
    run.send_signal(signal.SIGINT)
    output, _ = run.communicate(timeout=20)

    assert time.monotonic() - before < 3, "a second, and what a slow machine adds"
    assert run.returncode == pytest.ExitCode.INTERRUPTED, output
    assert all(wait_until_ended(int(number)) for number in pid.read_text().split())
