"""Probes that run before they are asked for, in real children."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pytest
from conftest import RunHealth
from processes import wait_until_ended

from pytest_venvhealth.child_process import Cancellation
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.errors import VenvHealthError
from pytest_venvhealth.probes.ahead import Ahead
from pytest_venvhealth.probes.runner import Outcome, Probe, ProbeResult, run_probe
from pytest_venvhealth.probes.tree import Leaf, Tree

pytestmark = pytest.mark.sampled(2)

PASSED = ProbeResult(outcome=Outcome.PASSED, seconds=0.1)
Start = Callable[..., Ahead]


@pytest.fixture
def start() -> Iterator[Start]:
    """Make one that is closed in the end."""
    made: list[Ahead] = []

    def make(
        run: Callable[[Probe, Cancellation], ProbeResult], jobs: int = 2, eager: bool = True
    ) -> Ahead:
        made.append(Ahead(run, jobs=jobs, eager=eager))
        return made[-1]

    yield make
    for each in made:
        each.close()


def probes(*names: str) -> list[Probe]:
    return [Probe(name=name, imports=()) for name in names]


def alone(probes: Iterable[Probe], seconds: Mapping[Probe, float] | None = None) -> Tree:
    """Plan a process of its own for each."""
    return Tree(
        branches={},
        leaves={
            probe: Leaf(probe=probe, parent=None, priority=(seconds or {}).get(probe, 0.0))
            for probe in probes
        },
    )


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
    ahead.expect(alone([one, two]))
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
    ahead.expect(alone(expected))

    assert [PASSED] * 3 == [ahead.result(each) for each in reversed(expected)]


def test_a_worker_begins_nothing_that_nobody_asks_for(start: Start) -> None:
    ran: list[str] = []

    def run(probe: Probe, _: Cancellation) -> ProbeResult:
        ran.append(probe.name)
        return PASSED

    ahead = start(run, jobs=1, eager=False)
    one, two = probes("one", "two")
    ahead.expect(alone([one, two]))
    ahead.result(two)
    ahead.close()

    assert ["two"] == ran


def test_the_longest_begins(start: Start) -> None:
    ran: list[str] = []
    go_on = threading.Event()

    def run(probe: Probe, _: Cancellation) -> ProbeResult:
        ran.append(probe.name)
        assert go_on.wait(10)
        return PASSED

    ahead = start(run, jobs=1)
    short, long, unknown = probes("short", "long", "unknown")
    ahead.expect(alone([short, unknown, long], {short: 0.5, long: 9.0}))
    until(lambda: ran)
    go_on.set()
    assert ahead.result(unknown) is PASSED

    assert "long" == ran[0]


def test_an_error_reaches_who_asks(start: Start) -> None:
    def run(_: Probe, __: Cancellation) -> ProbeResult:
        raise VenvHealthError("the interpreter is gone")

    ahead = start(run)
    (one,) = probes("one")
    ahead.expect(alone([one, *probes("two", "three")]))

    with pytest.raises(VenvHealthError, match="is gone"):
        ahead.result(one)


def test_in_a_pause_nothing_runs_and_afterwards_it_runs_anew(start: Start, tmp_path: Path) -> None:
    count = tmp_path / "count"
    code = f"import time\nwith open({str(count)!r}, 'a') as file:\n    print(file=file)\n"
    probe = in_child(f"{code}time.sleep(0 if open({str(count)!r}).read() == '\\n\\n' else 60)\n")
    ahead = start(run_here)
    ahead.expect(alone([probe, in_child("")]))
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

    ahead = start(run, jobs=1)
    ahead.expect(alone(probes("one", "two", "three")))
    until(lambda: ran)
    ahead.drop(lambda probe, result: True)

    assert 1 == len(ran)
    assert not ahead._done


def test_a_change_costs_what_it_can_have_changed_alone(start: Start) -> None:
    ran: list[str] = []

    def run(probe: Probe, _: Cancellation) -> ProbeResult:
        ran.append(probe.name)
        return PASSED

    ahead = start(run)
    one, two = probes("one", "two")
    ahead.expect(alone([one, two]))
    until(lambda: len(ahead._done) == 2)
    ahead.pause()
    ahead.drop(lambda probe, result: probe is one)
    ahead.expect(alone([one, two]))
    ahead.resume()
    for each in (one, two):
        assert ahead.result(each) is PASSED

    assert ["one", "one", "two"] == sorted(ran)


def test_who_asks_in_a_pause_does_not_wait(start: Start) -> None:
    ahead = start(lambda probe, cancellation: PASSED)
    (one,) = probes("one")
    ahead.pause()
    ahead.expect(alone([one]))

    assert ahead.result(one) is PASSED


def test_a_change_by_somebody_else_costs_all_that_was_found() -> None:
    stamps, ran = [1], []

    def run(probe: Probe, _: Cancellation) -> ProbeResult:
        ran.append(probe.name)
        return PASSED

    ahead = Ahead(run, jobs=1, eager=True, stamp=lambda: stamps[-1])
    one, two, three = probes("one", "two", "three")
    ahead.expect(alone([one, two]))
    until(lambda: len(ahead._done) == 2)
    stamps.append(2)
    ahead.expect(alone([one, two, three]))
    for each in (one, two, three):
        assert ahead.result(each) is PASSED
    ahead.close()

    assert ["one", "one", "three", "two", "two"] == sorted(ran)


def test_the_end_is_the_end_of_all_that_runs(start: Start, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    code = f"import os, time\nopen({str(pid)!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)\n"
    ahead = start(run_here)
    ahead.expect(alone([in_child(code), in_child("")]))
    until(lambda: pid.exists() and pid.read_text())

    before = time.monotonic()
    ahead.close()

    assert time.monotonic() - before < 2
    assert wait_until_ended(int(pid.read_text()))


def test_what_was_learned_of_probes_is_remembered(
    story: Path, run_health: RunHealth, pytester: pytest.Pytester
) -> None:
    options = ("--venv=target", "--venv-jobs=2", "-p", "cacheprovider")
    first = run_health(*options)
    kept = json.loads((pytester.path / ".pytest_cache/v/venv-health/probes").read_text())
    second = run_health(*options)

    assert {"library[import]", "adapter[import]", "bystander[import]"} == set(kept)
    assert all(0 < each["import_seconds"] < each["seconds"] < 60 for each in kept.values())
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

    assert time.monotonic() - before < 10, "a second, and what a busy machine adds"
    assert run.returncode == pytest.ExitCode.INTERRUPTED, output
    assert all(wait_until_ended(int(number)) for number in pid.read_text().split())
