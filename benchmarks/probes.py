"""How long do the probes of an environment take: forked along the dependency graph, and otherwise?

    python benchmarks/probes.py VENV [--check import] [--check functional] [--rounds 3] [--cold]

Four ways, one after the other in each round:

- in turn: each probe in a process of its own, one at a time
- one process: all imports in one process of the target, with nothing between them (imports alone)
- forked: as the plugin does by default, and nothing is known of earlier runs
- forked again: with what the run before has learned

`--cold` empties the kernel's cache of files before each; only root may.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from pytest_venvhealth.checks.imports import import_probe
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.examination import Examination, Limits
from pytest_venvhealth.expectations import Key, Learned
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import Check
from pytest_venvhealth.profile import Profile
from pytest_venvhealth.wheelhouse import Wheelhouse

# As the child does it, with nothing that isolates.
_ONE_PROCESS = """
import importlib, sys
for name in sys.stdin.read().split():
    try:
        module, _, attribute = name.partition(":")
        found = importlib.import_module(module)
        for part in attribute.split(".") if attribute else ():
            found = getattr(found, part)
    except BaseException:
        pass
"""


@dataclass(frozen=True)
class Measured:
    seconds: float
    processor: float
    """Seconds on a processor, all processes together."""
    findings: int = 0
    """A healthy environment has none."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("venv", type=Path)
    parser.add_argument("--check", action="append", choices=["import", "functional"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--top-level",
        action="store_true",
        help="only what a distribution must import, none of what is tried after that",
    )
    parser.add_argument("--memory", action="store_true", help="measure that, too, by itself")
    parser.add_argument("--cold", action="store_true")
    arguments = parser.parse_args()
    checks = [Check(name) for name in arguments.check or ["import"]]
    environment = Environment.at(arguments.venv)
    facts = Facts.gather(environment, Profile.empty("benchmark"), Wheelhouse.at([]))
    learned: dict[Key, Learned] = {}

    def fresh() -> Measured:
        limits = Limits(timeout=300, isolation="fresh", ahead=False)
        return examined(facts, checks, limits, {}, top_level=arguments.top_level)

    def forked() -> Measured:
        limits = Limits(timeout=300, probes=arguments.jobs)
        return examined(facts, checks, limits, {}, top_level=arguments.top_level)

    def again() -> Measured:
        limits = Limits(timeout=300, probes=arguments.jobs)
        return examined(facts, checks, limits, learned, learned, top_level=arguments.top_level)

    ways: dict[str, Callable[[], Measured]] = {"in turn": fresh}
    if checks == [Check.IMPORT]:
        ways["one process"] = lambda: in_one_process(facts, top_level=arguments.top_level)
    ways |= {"forked": forked, "forked again": again}
    if not arguments.cold:
        again()  # the first one learns, and warms the cache
    best: dict[str, Measured] = {}
    for number in range(arguments.rounds):
        for way, measure in ways.items():
            if arguments.cold:
                drop_caches()
            measured = measure()
            print(
                f"round {number + 1}: {way:13} {measured.seconds:6.2f} s, "
                f"processor {measured.processor:6.2f} s, findings {measured.findings}",
                flush=True,
            )
            if way not in best or measured.seconds < best[way].seconds:
                best[way] = measured
    for way, measured in best.items():
        ratios = [
            f"{measured.seconds / best[peer].seconds:.2f} of {peer}"
            for peer in ("in turn", "one process")
            if peer in best and peer != way
        ]
        print(f"best: {way:13} {measured.seconds:6.2f} s; {', '.join(ratios)}")
    if arguments.memory:
        for way in ("in turn", "forked again"):
            print(f"memory: {way:13} {most_memory(ways[way]) / 2**20:.0f} MB")


def examined(
    facts: Facts,
    checks: list[Check],
    limits: Limits,
    known: Mapping[Key, Learned],
    learned: dict[Key, Learned] | None = None,
    *,
    top_level: bool,
) -> Measured:
    """Ask all questions as a run does, and say how long that took."""
    examination = Examination(facts, limits)
    keys = [
        (name, check)
        for check in checks
        for name in facts.names
        if check in examination.questions(name, "functional")
    ]
    for name in facts.names if top_level else ():
        probe = examination._probe(name, Check.IMPORT)
        if probe is not None:
            examination._probes[name, Check.IMPORT] = replace(probe, optional=())
    before = processor_seconds()
    started = time.monotonic()
    examination.expect({key: known.get(key, Learned()) for key in keys})
    findings = [finding for key in keys for finding in examination.answer(*key).findings]
    examination.ahead.close()
    seconds = time.monotonic() - started
    if learned is not None:
        learned.update(examination.learned)
    for finding in findings:
        print(finding.distribution, finding.summary, file=sys.stderr)
    return Measured(seconds, processor_seconds() - before, len(findings))


def in_one_process(facts: Facts, *, top_level: bool) -> Measured:
    """Import the same modules in one process."""
    probes = [import_probe(facts, name) for name in facts.names]
    modules = [
        name
        for probe in probes
        if probe
        for name in (*probe.imports, *(() if top_level else probe.optional))
    ]
    before = processor_seconds()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [facts.environment.interpreter, "-I", "-B", "-c", _ONE_PROCESS],
            input=" ".join(modules),
            text=True,
            cwd=folder,
            env={**os.environ, "HOME": folder, "HF_HUB_OFFLINE": "1", "MPLBACKEND": "Agg"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    return Measured(time.monotonic() - started, processor_seconds() - before)


def processor_seconds() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in (
            resource.getrusage(resource.RUSAGE_CHILDREN),
            resource.getrusage(resource.RUSAGE_SELF),
        )
    )


def most_memory(work: Callable[[], object]) -> int:
    """Return the most bytes that the children of this process had together meanwhile.

    A page that several of them share counts once.
    """
    most = 0
    done = threading.Event()

    def look() -> None:
        nonlocal most
        while not done.wait(0.2):
            total = 0
            for process in psutil.Process().children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    total += process.memory_full_info().pss
            most = max(most, total)

    looker = threading.Thread(target=look)
    looker.start()
    work()
    done.set()
    looker.join()
    return most


def drop_caches() -> None:
    os.sync()
    Path("/proc/sys/vm/drop_caches").write_text("3")


if __name__ == "__main__":
    main()
