"""Let pip, uv and this project repair each fault, and write who heals what into docs/comparison.md.

    python benchmarks/compare_repairs.py --work FOLDER

Run by the Python of an environment that has this project and its test requirements. Each other tool
is installed from the package index into a venv of its own below FOLDER; each repair gets a fresh
copy of the healthy environment. What is there already is used again; delete FOLDER to start anew.
"""

from __future__ import annotations

import hashlib
import json
import shlex
import shutil
import subprocess
import tomllib
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from statistics import median

from comparison import (
    NOT_RUN,
    Run,
    anonymous,
    by_family,
    chosen_faults,
    emptied,
    install_tools,
    keep_log,
    made_by,
    our_command,
    parse_options,
    put_section,
    python_of,
    run_command,
    sentence,
    side_by_side,
)

# isort: split
from compare_trees import differences
from faults import ENVIRONMENT, Fault, Repair, Stage
from house import House, build_house, parts
from targets import site_packages

RIGHT = {each.name: each.versions[0] for each in parts()}
"""The version that belongs into the environment, by distribution."""

# Run by the target: each probe in a child, for one may crash, hang, or end the process.
_USE = """
import json, os, signal, sys
passed = []
for name, code in json.load(sys.stdin).items():
    child = os.fork()
    if not child:
        signal.alarm(5)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            exec(compile(code, name, "exec"), {"__name__": "probe"})
        except BaseException:
            os._exit(1)
        os._exit(57)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 57:
        passed.append(name)
print(json.dumps(passed))
"""


# -- the ways to repair


@dataclass(frozen=True, kw_only=True)
class Way:
    """A tool, and how it is asked to repair."""

    name: str
    package: str
    commands: Callable[[Path, Stage, Fault, Sequence[str]], list[list[str]]]
    """From the tools' folder, the stage, the fault and the names to its command lines in turn."""
    needs_names: bool = True
    """Whether a person has to say which distribution to reinstall."""
    linked: bool = False
    """Whether uv has installed the environment out of the cache that it repairs from."""


def _ours(tools: Path, stage: Stage, fault: Fault, names: Sequence[str]) -> list[list[str]]:
    pinned = fault.pinned or fault.version_unknown
    return [our_command(stage, fault, "--repair", pinned=pinned)]


def _pip(tools: Path, stage: Stage, *command: str) -> list[str]:
    start = [python_of(tools, "pip"), "-E", "-m", "pip", "--disable-pip-version-check"]
    return [*start, "--python", str(stage.root / "bin" / "python"), *command]


def _wanted(stage: Stage, names: Sequence[str]) -> list[str]:
    offline = ["--no-deps", "--no-index", "--find-links", str(stage.house.wheelhouse)]
    return [*offline, *(f"{name}=={RIGHT[name]}" for name in names)]


def _pip_reinstalls(
    tools: Path, stage: Stage, fault: Fault, names: Sequence[str]
) -> list[list[str]]:
    return [_pip(tools, stage, "install", "--force-reinstall", *_wanted(stage, names))]


def _pip_uninstalls_and_installs(
    tools: Path, stage: Stage, fault: Fault, names: Sequence[str]
) -> list[list[str]]:
    return [
        _pip(tools, stage, "uninstall", "-y", *names),
        _pip(tools, stage, "install", *_wanted(stage, names)),
    ]


def _uv_installs(tools: Path, stage: Stage, names: Sequence[str]) -> list[str]:
    start = [str(tools / "uv" / "bin" / "uv"), "--no-config", "--offline", "--color", "never"]
    start += ["pip", "install", "--python", str(stage.root / "bin" / "python")]
    return [*start, "--reinstall", *_wanted(stage, names)]


def _uv_warm(tools: Path, stage: Stage, fault: Fault, names: Sequence[str]) -> list[list[str]]:
    return [[*_uv_installs(tools, stage, names), "--cache-dir", str(stage.folder / "cache")]]


def _uv_cold(tools: Path, stage: Stage, fault: Fault, names: Sequence[str]) -> list[list[str]]:
    return [[*_uv_installs(tools, stage, names), "--no-cache"]]


WAYS = (
    Way(name="pip install --force-reinstall", package="pip", commands=_pip_reinstalls),
    Way(name="pip uninstall, pip install", package="pip", commands=_pip_uninstalls_and_installs),
    Way(name="uv --reinstall, warm cache", package="uv", commands=_uv_warm, linked=True),
    Way(name="uv --reinstall --no-cache", package="uv", commands=_uv_cold),
    Way(
        name="pytest --venv-health --repair",
        package="pytest-venvhealth",
        commands=_ours,
        needs_names=False,
    ),
)
OURS = WAYS[-1].name


# -- what is true of an environment


@dataclass(frozen=True, kw_only=True)
class State:
    """What is true of an environment, whoever says what."""

    unlike: frozenset[str]
    """Differences from the healthy one, a line each."""
    works: frozenset[str]
    """Distributions whose probe passes."""


def state_of(stage: Stage, fault: Fault, probes: Mapping[str, str]) -> State:
    """Compare an environment with the healthy one, and use what is in it."""
    shown = tuple(f"only in VENV: {stage.shown(path)}" for path in fault.remains)
    lines = [
        line.replace(str(stage.root), "VENV").replace(str(stage.house.root), "HEALTHY")
        for line in differences(stage.root, stage.house.root)
        if not line.endswith(": .lock")  # uv's own, in the environment's root
    ]
    python = [str(stage.root / "bin" / "python"), "-B", "-c", _USE]
    done = subprocess.run(
        python,
        input=json.dumps(probes),
        env=stage.variables,
        cwd=stage.folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return State(
        unlike=frozenset(line for line in lines if not line.startswith(shown or "\0")),
        works=frozenset(json.loads(done.stdout) if done.returncode == 0 else ()),
    )


def own_bytes(stage: Stage) -> dict[str, str]:
    """Return path → hash of files in site-packages whose bytes somebody made, and no wheel gives.

    Bytecode, metadata, and files that only lost something are damage and nobody's work.
    """
    found = {}
    healthy = site_packages(stage.house.root)
    given = hashes_in_wheels(stage.house.wheelhouse)
    for path in stage.site.rglob("*"):
        short = path.relative_to(stage.site)
        if not path.is_file() or path.suffix == ".pyc" or ".dist-info" in short.parts[0]:
            continue
        data = path.read_bytes()
        right = (healthy / short).read_bytes() if (healthy / short).is_file() else b""
        digest = hashlib.sha256(data).hexdigest()
        if data.strip(b"\0") and data not in right and digest not in given:
            found[short.as_posix()] = digest
    return found


@cache
def hashes_in_wheels(wheelhouse: Path) -> frozenset[str]:
    """Return the hashes of all that the wheels of any version hold."""
    found = set()
    for wheel in wheelhouse.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            found |= {hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}
    return frozenset(found)


def hashes_below(folder: Path) -> set[str]:
    """Return the hashes of all files of an environment, those that were set aside too."""
    return {
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


# -- the runs


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a way to repair made of a fault."""

    status: int | None = None
    seconds: float = 0.0
    asked: bool = True
    """False: there was no distribution to name."""
    equal: bool = False
    works: bool = False
    worse: bool = False
    lost: int = 0
    """Files with bytes of somebody's own that are gone without a copy."""

    @property
    def healed(self) -> bool:
        """True where a clean install would have the same files, and everything works."""
        return self.equal and self.works

    def __str__(self) -> str:
        if not self.asked:
            return "-"
        if self.status is None:
            return "hangs"
        word = "**healed**" if self.healed else "works, not equal" if self.works else "not"
        word = "made worse" if self.worse else word
        word += "" if self.status == 0 or self.works else f", status {self.status}"
        return word + (f", {self.lost} lost" if self.lost else "")


def set_up(way: Way, house: House, folder: Path, tools: Path) -> Stage:
    """Copy the healthy environment; for uv's warm cache, let uv install it again from there."""
    stage = Stage.set_up(house, folder)
    if way.linked:
        cached = [*_uv_installs(tools, stage, list(RIGHT)), "--cache-dir", str(folder / "cache")]
        subprocess.run(cached, check=True, capture_output=True)
        python = str(stage.root / "bin" / "python")
        subprocess.run([python, "-m", "compileall", "-q", str(stage.site)], check=True)
    return stage


def repair(
    way: Way,
    fault: Fault,
    names: Sequence[str],
    house: House,
    work: Path,
    probes: Mapping[str, str],
) -> tuple[Run, Answer]:
    """Do the damage to a fresh copy, let one tool repair it, and look."""
    if way.needs_names and not names:
        return Run(status=0, output="", seconds=0.0), Answer(asked=False)
    folder = emptied(work / "stages" / fault.name / str(WAYS.index(way)))
    tools = work / "tools"
    stage = set_up(way, house, folder, tools)
    fault.inject(stage)
    before, own = state_of(stage, fault, probes), own_bytes(stage)
    runs = []
    for command in way.commands(tools, stage, fault, names):
        # In the background, as tools are: without what the fault put into the shell's variables.
        variables = {} if way.package == "uv" else stage.variables
        runs.append(run_command(command, cwd=folder, variables=variables))
    after = state_of(stage, fault, probes)
    kept = hashes_below(stage.root)
    answer = Answer(
        status=next((run.status for run in runs if run.status != 0), 0),
        seconds=sum(run.seconds for run in runs),
        equal=not after.unlike,
        works=len(after.works) == len(probes),
        worse=bool(before.works - after.works) or len(after.unlike) > len(before.unlike),
        lost=sum(1 for digest in own.values() if digest not in kept),
    )
    output = "\n".join([*(run.output for run in runs), *sorted(after.unlike)])
    shutil.rmtree(folder)
    return Run(status=answer.status, output=output, seconds=answer.seconds), answer


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What all ways made of one fault, by the way's name."""

    told: Mapping[str, Answer]
    """Where the distributions at fault were named."""
    seen: Mapping[str, Answer]
    """Where only those that fail were named; empty where they are the same."""


def examine(fault: Fault, house: House, work: Path, probes: Mapping[str, str]) -> Answers:
    """Let every tool repair one fault, told who is at fault, and then who fails."""
    causes = [name for name in fault.root_causes if name in RIGHT]
    failing = [name for name in fault.takes_down if name in RIGHT]
    if not failing and fault.distribution in RIGHT:
        failing = [fault.distribution]
    logs: dict[str, Run] = {}
    told, seen = {}, {}
    for way in WAYS:
        logs[way.name], told[way.name] = repair(way, fault, causes, house, work, probes)
        if way.needs_names and failing and set(failing) != set(causes):
            label = f"{way.name} {' '.join(failing)}"
            logs[label], seen[way.name] = repair(way, fault, failing, house, work, probes)
    keep_log(work / "logs" / f"{fault.name}.json", logs)
    shutil.rmtree(work / "stages" / fault.name, ignore_errors=True)
    shown = ", ".join(f"{name}: {answer}" for name, answer in told.items())
    print(f"{fault.name}: {shown}", flush=True)
    return Answers(told=told, seen=seen)


# -- the document


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Everything that this part of the document tells."""

    faults: list[Fault]
    answers: dict[str, Answers]
    commands: dict[str, list[str]]
    versions: dict[str, str]
    minutes: float
    of: int
    """How many faults there are; `faults` may be a sample."""


def render(seen: Comparison) -> str:
    """Return this script's part of the document."""
    lines = [line for part in (_ways, _families, _faults) for line in part(seen)]
    made = made_by("compare_repairs.py", seen.minutes)
    if len(seen.faults) < seen.of:
        made += f"\nA sample: {len(seen.faults)} of {seen.of} faults, taken evenly."
    return "\n".join(["## Who heals a fault", "", made, "", _RULES, *lines])


_RULES = """\
Each fault of [the matrix](findings.md#the-fault-matrix) that a wheel can heal is put alone into a
fresh copy of one small healthy environment, and each tool repairs that copy from one wheelhouse,
without a network.

- pip and uv are told what nobody tells ours: which distributions are at fault, and in which version
  they belong there. Where there is none to name, they are not asked (-).
- With uv's *warm cache*, uv has installed the environment from that cache before, with links as is
  its default; what was changed in place has then changed in the cache, too.
- *Healed*: every file, mode and row of RECORD is as in the healthy environment, and all probes
  pass. Bytecode, and what installers write about themselves, do not count.
- *Works, not equal*: all probes pass, and something is left or is lost that they do not use.
- *Made worse*: a probe that passed before fails now, or more paths differ than before.
- *Lost*: files in site-packages with bytes of somebody's own (edits, modules that no wheel gives)
  that are gone, with no copy left in the environment. Damage that only takes away does not count.

pip and uv do what they promise: they install wheels. Finding what is wrong, cleaning up, and
keeping what was there, is not their job.
"""


def _ways(seen: Comparison) -> Iterable[str]:
    yield from ("### The ways to repair", "", "| way | version |", "|---|---|")
    for way in WAYS:
        yield f"| {way.name} | {seen.versions[way.package]} |"
    yield from ("", "Command lines, as they were run for `lumen`:", "", NOT_RUN, "```sh")
    for way in WAYS:
        yield from seen.commands[way.name]
    yield from ("```", "")


def _families(seen: Comparison) -> Iterable[str]:
    yield from ("### Faults that each heals", "", _head("family", "faults"), _rule(2))
    for family, faults in by_family(seen.faults):
        counts = [
            str(sum(seen.answers[fault.name].told[way.name].healed for fault in faults))
            for way in WAYS
        ]
        yield f"| {family} | {len(faults)} | {' | '.join(counts)} |"
    yield from ("", "What else happened, over all of them:", "", _head("", "faults"), _rule(2))
    told = [seen.answers[fault.name].told for fault in seen.faults]
    yield from _totals(told, len(seen.faults))
    yield from _named_by_who_fails(seen)
    yield ""


def _totals(told: Sequence[Mapping[str, Answer]], count: int) -> Iterator[str]:
    def row(title: str, value: Callable[[list[Answer]], object]) -> str:
        cells = [str(value([each[way.name] for each in told])) for way in WAYS]
        return f"| {title} | {count} | {' | '.join(cells)} |"

    yield row("works, not equal", lambda all_: sum(a.works and not a.equal for a in all_))
    yield row("made worse", lambda all_: sum(a.worse for a in all_))
    yield row(
        "said 0, and not healed",
        lambda all_: sum(a.asked and a.status == 0 and not a.healed for a in all_),
    )
    yield row("files lost", lambda all_: sum(a.lost for a in all_))
    yield row(
        "seconds, median",
        lambda all_: f"{median([a.seconds for a in all_ if a.asked] or [0.0]):.1f}",
    )


def _named_by_who_fails(seen: Comparison) -> Iterator[str]:
    others = [way for way in WAYS if way.needs_names]
    rows = [answers.seen for answers in seen.answers.values() if answers.seen]
    counts = [f"{sum(row[way.name].healed for row in rows)} by {way.name}" for way in others]
    yield ""
    yield f"In {len(rows)} of them other distributions fail than those at fault. Told to reinstall"
    yield f"the ones that fail, they heal of these: {', '.join(counts)}."


def _faults(seen: Comparison) -> Iterable[str]:
    yield from ("### Every fault that can be healed", "", _head("fault", "family"), _rule(2))
    for fault in seen.faults:
        cells = [str(seen.answers[fault.name].told[way.name]) for way in WAYS]
        yield f"| {sentence(fault.name)} | {fault.family} | {' | '.join(cells)} |"


def _head(*titles: str) -> str:
    return f"| {' | '.join([*titles, *(way.name for way in WAYS)])} |"


def _rule(columns: int) -> str:
    return "|---" * (columns + len(WAYS)) + "|"


def main() -> None:
    """Run everything and write this part of the document."""
    options = parse_options(str(__doc__))
    work = options.work
    versions = install_tools(work / "tools", [way.package for way in WAYS[:-1]])
    versions["pytest-venvhealth"] = version("pytest-venvhealth")
    house = build_house(emptied(work / "house"))
    read = tomllib.loads(house.probes.read_text())["probes"]
    probes = {name: each["code"] for name, each in read.items()}
    sound = Stage.set_up(house, emptied(work / "stages" / "healthy"))
    example = Fault(
        name="example", family="", inject=lambda stage: None, code="", distribution=ENVIRONMENT
    )
    healthy = state_of(sound, example, probes)
    if healthy.unlike or len(healthy.works) != len(probes):
        raise RuntimeError(f"the healthy environment is not healthy: {healthy}")
    commands = {
        way.name: [
            shlex.join(command)
            for command in way.commands(work / "tools", sound, example, ["lumen"])
        ]
        for way in WAYS
    }
    everyone = chosen_faults(options.only, lambda fault: fault.repair is Repair.HEALED)
    faults = everyone[:: options.every]
    answers, minutes = side_by_side(faults, lambda fault: examine(fault, house, work, probes))
    if options.only:
        return
    seen = Comparison(
        faults=faults,
        answers=answers,
        commands=commands,
        versions=versions,
        minutes=minutes,
        of=len(everyone),
    )
    text = anonymous(render(seen), work).replace("WORK/house/wheelhouse", "WHEELHOUSE")
    put_section("who heals a fault", text)


if __name__ == "__main__":
    main()
