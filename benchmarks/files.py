"""How long does verifying every file take, beside hashing the same files and nothing else?

    python benchmarks/files.py --venv VENV --wheelhouse DIR

Prints a table. The ratio is taken in one run, each side's best of several rounds in turn, for
machines differ and are never quiet. Nothing is written to the environment.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from pytest_venvhealth.checks.compare import differences
from pytest_venvhealth.checks.files import check_files
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.profile import Profile
from pytest_venvhealth.wheelhouse import Wheelhouse

_PIECE = 1 << 18


def main() -> None:
    options = parse_options()
    if options.alone:
        verify_all(options)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        return
    facts = read_facts(options)
    everyone = [name for name in facts.names if facts.manifest(name) is not None]
    print(f"{options.venv}: {len(everyone)} distributions, {options.jobs} threads")
    row("", "files", "MB", "hashlib", "verify", "ratio", "of CPU", "all checks", "ratio")
    for label, names in (("half", everyone[::2]), ("all", everyone)):
        sizes = files_of(facts, names)
        peer, own, whole = in_turn(
            options.rounds,
            lambda sizes=sizes: hash_plainly(sizes, options.jobs),
            lambda names=names: verify(facts, names, options.jobs),
            lambda names=names: check_all(facts, names, options.jobs),
        )
        total = sum(sizes.values())
        row(
            *(label, len(sizes), total // 10**6, f"{peer.wall:.2f} s", f"{own.wall:.2f} s"),
            *(f"{own.wall / peer.wall:.2f}", f"{own.cpu / peer.cpu:.2f}"),
            *(f"{whole.wall:.2f} s", f"{whole.wall / peer.wall:.2f}"),
        )
    facts_read, manifests_read, everything = in_turn(
        options.rounds,
        lambda: read_facts(options),
        lambda: read_manifests(read_facts(options)),
        lambda: verify_all(options),
    )
    manifests = manifests_read.wall - facts_read.wall
    print(f"environment and metadata read     {facts_read.wall:6.2f} s")
    print(f"{len(everyone):3} manifests read                {manifests:6.2f} s")
    print(f"all of it, files verified         {everything.wall:6.2f} s")
    print(f"peak memory of a process of it    {peak_memory():6} MB")
    quick_runs(options)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--venv", type=Path, required=True)
    parser.add_argument("--wheelhouse", type=Path, required=True)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--rounds", type=int, default=5, help="how often each side is measured")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def row(*cells: object) -> None:
    print(f"{cells[0]:<8}" + "".join(f"{cell:>10}" for cell in cells[1:]))


class Best(NamedTuple):
    """The least seconds of several rounds."""

    wall: float
    cpu: float
    """Of all threads: says more where others use the machine too."""


def in_turn(rounds: int, *sides: Callable[[], object]) -> list[Best]:
    """Return the best times of each side; the sides take turns."""
    best = [Best(float("inf"), float("inf"))] * len(sides)
    for _ in range(rounds):
        for place, side in enumerate(sides):
            started, used = time.perf_counter(), time.process_time()
            side()
            wall, cpu = time.perf_counter() - started, time.process_time() - used
            best[place] = Best(min(best[place].wall, wall), min(best[place].cpu, cpu))
    return best


def read_facts(options: argparse.Namespace) -> Facts:
    environment = Environment.at(options.venv.absolute())
    wheelhouse = Wheelhouse.at([options.wheelhouse.absolute()])
    return Facts.gather(environment, Profile.empty(environment.name), wheelhouse)


def read_manifests(facts: Facts) -> None:
    for name in facts.names:
        facts.manifest(name)


def verify(facts: Facts, names: Iterable[str], jobs: int) -> None:
    """Compare every file with its manifest."""
    for name in names:
        manifest = facts.manifest(name)
        if manifest is not None and list(differences(manifest.entries.values(), jobs)):
            raise SystemExit(f"{name} is damaged: measure a healthy environment.")


def check_all(facts: Facts, names: Iterable[str], jobs: int) -> None:
    """Ask all that a `files` item asks: also of RECORD, foreign files, native code and bytecode."""
    for name in names:
        check_files(facts, name, jobs=jobs)


def verify_all(options: argparse.Namespace) -> None:
    facts = read_facts(options)
    check_all(facts, facts.names, options.jobs)


def files_of(facts: Facts, names: Iterable[str]) -> dict[str, int]:
    """Return the size of each file that the distributions' manifests list."""
    manifests = [facts.manifest(name) for name in names]
    paths = {path for manifest in manifests if manifest for path in manifest.entries}
    return {path: os.stat(path).st_size for path in sorted(paths) if os.path.isfile(path)}


def hash_plainly(sizes: dict[str, int], jobs: int) -> dict[str, bytes]:
    """Hash files in threads, as fast as this is done in Python: the peer.

    Its sizes are known beforehand; it looks at nothing, compares nothing and opens nothing twice.
    """
    waiting = deque(sorted(sizes, key=sizes.__getitem__))
    digests: dict[str, bytes] = {}

    def work(take: Callable[[], str]) -> None:
        buffer = bytearray(_PIECE)
        view = memoryview(buffer)
        while True:
            try:
                path = take()
            except IndexError:
                return
            if sizes[path] < _PIECE:
                descriptor = os.open(path, os.O_RDONLY)
                digests[path] = hashlib.sha256(os.read(descriptor, _PIECE)).digest()
                os.close(descriptor)
                continue
            hasher = hashlib.sha256()
            with open(path, "rb", buffering=0) as file:
                while count := file.readinto(buffer):
                    hasher.update(view[:count])
            digests[path] = hasher.digest()

    with ThreadPoolExecutor(jobs) as pool:
        ends = [waiting.popleft, *[waiting.pop] * (jobs - 1)]
        for done in [pool.submit(work, end) for end in ends]:
            done.result()
    return digests


def peak_memory() -> int:
    """Return the megabytes that a process needs for reading everything and verifying all files."""
    command = [sys.executable, __file__, *sys.argv[1:], "--alone"]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def quick_runs(options: argparse.Namespace) -> None:
    """Time whole runs of pytest: a full one, and then quick ones."""
    with tempfile.TemporaryDirectory() as folder:
        full = run_pytest(options, folder)
        quick = min(
            (run_pytest(options, folder, "--venv-quick") for _ in range(options.rounds)),
        )
    for label, (seconds, checks) in (("full", full), ("--venv-quick", quick)):
        print(
            f"pytest --venv-depth=files, {label:12} {seconds:5.2f} s, "
            f"its files checks {checks:.2f} s"
        )


def run_pytest(options: argparse.Namespace, folder: str, *more: str) -> tuple[float, float]:
    """Return the seconds of a whole run, and those of its `files` items together."""
    command: Sequence[str] = (
        *(sys.executable, "-m", "pytest", "--venv-health", "--venv-depth=files", "--durations=0"),
        *("-q", "-vv", "-p", "no:randomly", f"--rootdir={folder}", "-c", os.devnull),
        *(f"--venv={options.venv.absolute()}", f"--venv-jobs={options.jobs}"),
        *(f"--venv-wheelhouse={options.wheelhouse.absolute()}", *more),
    )
    started = time.perf_counter()
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if ended.returncode:
        print(ended.stdout)
        raise SystemExit(f"pytest ended with {ended.returncode}")
    checks = re.findall(r"^([\d.]+)s call +\S+\[files\]", ended.stdout, re.MULTILINE)
    return seconds, sum(map(float, checks))


if __name__ == "__main__":
    main()
