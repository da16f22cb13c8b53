"""How long does a repair take, beside a reinstall by pip and by uv, in the same environment?

    python benchmarks/repair.py --venv VENV --wheelhouse DIR [--profile FILE] [--rounds 3]

VENV is changed: give it a copy. Each round damages it in the same way before each tool, in turn;
pip comes last, so that every round begins with what pip leaves. Ours is the whole transaction: the
exclusive lock, the plan with its hash pass, the check of the source, the moves, the proof, the
commit. A line says how long a whole `pytest --venv-health --repair` takes for the same.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.examination import Examination, Limits
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import Check
from pytest_venvhealth.healing import Care, Healer
from pytest_venvhealth.profile import Profile, load_profile
from pytest_venvhealth.results import ItemResult, RepairResult, Status
from pytest_venvhealth.run_memory import RunMemory
from pytest_venvhealth.wheelhouse import Wheelhouse


def main() -> None:
    options = parse_options()
    print(f"{'':34} {'ours':>8} {'pip':>8} {'uv':>8} {'of pip':>7} {'of uv':>7} {'whole run':>10}")
    for name, label, damage in (
        ("torch", "torch, one byte of one file", flip_a_byte),
        ("transformers", "transformers, nothing reusable", lose_everything),
    ):
        tools = [lambda name=name: ours(options, name), lambda name=name: whole(options, name)]
        tools += [lambda name=name: by_uv(options, name), lambda name=name: by_pip(options, name)]
        seconds: list[list[float]] = [[] for _ in tools]
        for _ in range(options.rounds):
            for times, tool in zip(seconds, tools, strict=True):
                damage(options.venv, name)
                times.append(tool())
        own, run, uv, pip = map(min, seconds)
        print(
            f"{label:34} {own:7.2f}s {pip:7.2f}s {uv:7.2f}s {own / pip:7.3f} {own / uv:7.2f} "
            f"{run:9.2f}s"
        )
        print(f"    every round: {shown(seconds)}")


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--venv", type=Path, required=True, help="a copy: it is changed")
    parser.add_argument("--wheelhouse", type=Path, required=True)
    parser.add_argument("--profile", type=Path, help="with its lock, the source is one hash")
    parser.add_argument("--rounds", type=int, default=3, help="how often each side is measured")
    options = parser.parse_args()
    options.venv = options.venv.absolute()
    options.wheelhouse = options.wheelhouse.absolute()
    return options


def shown(seconds: Sequence[Sequence[float]]) -> str:
    names = ("ours", "whole run", "uv", "pip")
    return "; ".join(
        f"{name} {', '.join(f'{each:.2f}' for each in times)}"
        for name, times in zip(names, seconds, strict=True)
    )


def site(venv: Path) -> Path:
    (found,) = venv.glob("lib/python*/site-packages")
    return found


def flip_a_byte(venv: Path, name: str) -> None:
    path = site(venv) / name / "functional.py"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def lose_everything(venv: Path, name: str) -> None:
    shutil.rmtree(site(venv) / name)


def timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def ours(options: argparse.Namespace, name: str) -> float:
    """Return how long the transaction takes; what the check takes before it does not count."""
    environment = Environment.at(options.venv)
    profile = load_profile(options.profile) if options.profile else Profile.empty("venv")
    facts = Facts.gather(environment, profile, Wheelhouse.at([options.wheelhouse]))
    examination = Examination(facts, Limits(jobs=2))
    findings = examination.answer(name, Check.FILES).findings
    memory = RunMemory(environment.root, uuid.uuid4().hex, has_workers=False)
    healer = Healer(examination, memory, Care(repair=True))

    def rerun() -> ItemResult:
        examination.refresh()
        answer = examination.answer(name, Check.FILES)
        broken = any(finding.is_error for finding in answer.findings)
        return ItemResult(
            nodeid=name,
            environment="venv",
            distribution=name,
            check=Check.FILES,
            status=Status.BROKEN if broken else Status.HEALTHY,
            findings=answer.findings,
        )

    records = []
    seconds = timed(lambda: records.extend(healer.heal(name, findings, rerun)))
    ended = [(record.distribution, record.result, record.reason) for record in records]
    assert [each[1] for each in ended] == [RepairResult.VERIFIED], ended
    return seconds


def whole(options: argparse.Namespace, name: str) -> float:
    """Return how long a run of pytest takes that asks for the files of one distribution."""
    command = [sys.executable, "-m", "pytest", "--venv-health", "--repair", "--venv-depth=files"]
    command += [f"--venv={options.venv}", f"--venv-wheelhouse={options.wheelhouse}", "-q"]
    command += ["-p", "no:cacheprovider", f"venv-health::{name}[files]"]
    if options.profile:
        command.append(f"--venv-profile={options.profile.absolute()}")
    return run(command)


def by_pip(options: argparse.Namespace, name: str) -> float:
    command = [str(options.venv / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    command += ["--force-reinstall", "--no-deps", *source(options)]
    return run([*command, requirement(options, name)])


def by_uv(options: argparse.Namespace, name: str) -> float:
    uv = Path(sys.executable).with_name("uv")
    command = [str(uv), "pip", "install", "--quiet", "--python", str(options.venv / "bin/python")]
    command += ["--reinstall", "--no-deps", "--no-cache", "--offline", *source(options)]
    return run([*command, requirement(options, name)])


def source(options: argparse.Namespace) -> list[str]:
    return ["--no-index", "--find-links", str(options.wheelhouse)]


def requirement(options: argparse.Namespace, name: str) -> str:
    (info,) = site(options.venv).glob(f"{name}-*.dist-info")
    return f"{name}=={info.name.removesuffix('.dist-info').partition('-')[2]}"


def run(command: Sequence[str]) -> float:
    return timed(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))


if __name__ == "__main__":
    main()
