"""Run the fault matrix through other tools, and write who finds what into docs/comparison.md.

    python benchmarks/compare_tools.py --work FOLDER

Run by the Python of an environment that has this project and its test requirements. Each other tool
is installed from the package index into a venv of its own below FOLDER; each fault gets a fresh
copy of the healthy environment. What is there already is used again; delete FOLDER to start anew.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from faults import ENVIRONMENT, FAULTS, Fault, Stage  # noqa: E402 - tests/ is no package
from house import NATIVE, House, build_house  # noqa: E402

DOCUMENT = HERE.parent / "docs" / "comparison.md"
EXAMPLE = "a-lazy-library-has-lost-a-module-that-another-asks-for"
SECONDS = 120
"""A tool that takes longer is ended: it hangs."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """How one run of a tool ended."""

    status: int | None
    """None: it did not end in time."""
    output: str
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A tool, and how it is asked to do its best here."""

    name: str
    package: str
    """Its name in the package index."""
    purpose: str
    command: Callable[[Path, Stage, Fault | None], list[str]]
    """From the tools' folder, the stage and the fault to the command line."""
    variables: Callable[[Path], Mapping[str, str]] = lambda tools: {}
    failure: str = ""
    """Pattern of a line that reports a failure, for one that fails on a healthy environment."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a tool made of a fault."""

    gates: bool
    names: bool
    hangs: bool = False

    def __str__(self) -> str:
        if self.hangs:
            return "hangs"
        if self.gates:
            return "**gates, names**" if self.names else "gates"
        return "only mentions" if self.names else "-"


def _python(tools: Path, name: str) -> str:
    return str(tools / name / "bin" / "python")


def _ours(tools: Path, stage: Stage, fault: Fault | None) -> list[str]:
    nowhere = stage.folder / "no-wheels"
    nowhere.mkdir(exist_ok=True)
    profile = stage.house.pins if fault and fault.pinned else stage.house.probes
    house = stage.house.wheelhouse if fault is None or fault.wheels else nowhere
    # -E: a PYTHONHOME that is part of a fault shall reach the target, not the Python that runs us.
    own = [sys.executable, "-E", "-m", "pytest", "--venv-health", f"--venv={stage.root}"]
    own += [f"--venv-profile={profile}", f"--venv-wheelhouse={house}"]
    quiet = ["-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:hypothesispytest"]
    return [*own, *(fault.options if fault else ()), *quiet]


def _modules(stage: Stage) -> list[str]:
    """Return every module that the healthy house gives, and those of what else is installed.

    `reportly.charts` needs an optional dependency, so it is no module of a healthy house.
    """
    found: set[str] = set()
    for root in (stage.house.root, stage.root):
        for record in root.glob("lib/python*/site-packages/*.dist-info/RECORD"):
            with record.open(newline="", errors="replace") as file:
                try:
                    rows = [row[0] for row in csv.reader(file) if row]
                except csv.Error:
                    continue
            for path in rows:
                if (
                    not path.endswith((".py", ".so"))
                    or path.startswith((".", "/"))
                    or ".libs/" in path
                ):
                    continue
                parts = [*path.split("/")[:-1], path.split("/")[-1].partition(".")[0]]
                dotted = ".".join(parts).removesuffix(".__init__")
                if all(part.isidentifier() for part in dotted.split(".")):
                    found.add(dotted)
    return sorted(found - {"reportly.charts"})


def _importcheck(tools: Path, stage: Stage, fault: Fault | None) -> list[str]:
    # It imports into its own process, so the target's Python runs it.
    return [str(stage.root / "bin" / "python"), "-m", "importcheck", "--show", *_modules(stage)]


def _importcheck_path(tools: Path) -> Mapping[str, str]:
    (site,) = (tools / "importcheck").glob("lib/python*/site-packages")
    return {"PYTHONPATH": str(site)}


TOOLS = (
    Tool(
        name="pip check",
        package="pip",
        purpose="compares the requirements in METADATA with what else is installed",
        command=lambda tools, stage, fault: [
            *(_python(tools, "pip"), "-E", "-m", "pip", "--disable-pip-version-check"),
            *("--python", str(stage.root / "bin" / "python"), "check"),
        ],
    ),
    Tool(
        name="uv pip check",
        package="uv",
        purpose="the same, and looks at Requires-Python and for duplicates",
        command=lambda tools, stage, fault: [
            str(tools / "uv" / "bin" / "uv"),
            *("--no-config", "--offline", "--color", "never"),
            *("pip", "check", "--python", str(stage.root / "bin" / "python")),
        ],
    ),
    Tool(
        name="env-repair verify-imports",
        package="env-repair",
        purpose="imports top-level names, each in a process of its own; made for conda",
        command=lambda tools, stage, fault: [
            *(_python(tools, "env-repair"), "-E", "-m", "env_repair"),
            *("verify-imports", "--full", "--env", str(stage.root)),
        ],
        failure=r"\[FAIL\]",
    ),
    Tool(
        name="env-repair (scan)",
        package="env-repair",
        purpose="looks for duplicate dist-info and `~` leftovers; its exit status says nothing",
        command=lambda tools, stage, fault: [
            *(_python(tools, "env-repair"), "-E", "-m", "env_repair", "--env", str(stage.root)),
        ],
    ),
    Tool(
        name="importcheck",
        package="importcheck",
        purpose="imports the modules that it is told, all in one process",
        command=_importcheck,
        variables=_importcheck_path,
    ),
    Tool(
        name="pytest --venv-health",
        package="pytest-venvhealth",
        purpose="this project: environment, metadata, files, imports, probes",
        command=_ours,
    ),
)
OURS = TOOLS[-1].name


def install_tools(folder: Path) -> dict[str, str]:
    """Give each tool a venv of its own; return the versions."""
    versions = {}
    for package in dict.fromkeys(tool.package for tool in TOOLS[:-1]):
        root = folder / package
        if not (root / "done").exists():
            shutil.rmtree(root, ignore_errors=True)
            subprocess.run([sys.executable, "-m", "venv", str(root)], check=True)
            install = [_python(folder, package), "-m", "pip", "install", "-q", "--upgrade"]
            subprocess.run([*install, package], check=True)
            (root / "done").touch()
        code = f"import importlib.metadata as m; print(m.version({package!r}))"
        command = [_python(folder, package), "-c", code]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        versions[package] = done.stdout.strip()
    return versions


def run(tool: Tool, tools: Path, stage: Stage, fault: Fault | None) -> Run:
    """Run a tool on a stage."""
    variables = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    further = dict(tool.variables(tools))
    for key, value in stage.variables.items():
        further[key] = os.pathsep.join(filter(None, (value, further.get(key))))
    started = time.monotonic()
    try:
        done = subprocess.run(
            tool.command(tools, stage, fault),
            env={**variables, "COLUMNS": "100", "NO_COLOR": "1", **further},
            cwd=stage.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
            check=False,
        )
        status: int | None = done.returncode
        output = done.stdout
    except subprocess.TimeoutExpired as error:
        status, output = None, error.stdout or b""
    except OSError as error:
        # The command is the target's own interpreter, and that does not start.
        status, output = 127, str(error).encode()
    text = output.decode(errors="replace").replace("\r", "\n")
    return Run(status=status, output=text, seconds=time.monotonic() - started)


def judge(tool: Tool, fault: Fault, stage: Stage, seen: Run, healthy: Run) -> Answer:
    """Say whether a tool fails because of the fault, and whether it names what is at fault."""
    new = new_lines(seen, healthy)
    if seen.status is None:
        return Answer(gates=False, names=False, hangs=True)
    gates = seen.status != 0
    if healthy.status != 0:
        gates = seen.status not in (0, healthy.status) or bool(
            tool.failure and any(re.search(tool.failure, line) for line in new)
        )
    return Answer(gates=gates, names=any(re.search(names_of(fault, stage), line) for line in new))


def new_lines(seen: Run, healthy: Run) -> list[str]:
    """Return the lines that the healthy environment did not give."""
    known = set(_normal(healthy.output))
    return [line for line in _normal(seen.output) if line not in known]


def _normal(text: str) -> Iterable[str]:
    """Yield lines without the places and times that differ between any two runs."""
    text = re.sub(r"\S*/stages/[^/\s]+/", "", text)
    text = re.sub(r"\d+\.\d+ ?s\b", "TIME", text)
    return [line.strip() for line in text.splitlines() if line.strip()]


def names_of(fault: Fault, stage: Stage) -> str:
    """Return the pattern of every word that names what is at fault: a path or a distribution."""
    words = [re.escape(stage.shown(path)) for path in fault.paths]
    words += [re.escape(path.removeprefix("@")) for path in fault.paths]
    names = set(fault.root_causes or (fault.distribution,)) - {ENVIRONMENT}
    for name in sorted(names):
        forms = {name, name.replace("-", "_")}
        words += [rf"(?<![\w-]){re.escape(form)}(?!\w|-[a-z])" for form in sorted(forms)]
    words += sorted(stage.variables)
    return "|".join(words) or r"(?!)"


def examine(
    fault: Fault, house: House, work: Path, healthy: Mapping[str, Run]
) -> dict[str, tuple[Run, Answer]]:
    """Run every tool on a fresh copy with the fault in it."""
    folder = work / "stages" / fault.name
    shutil.rmtree(folder, ignore_errors=True)
    stage = Stage.set_up(house, folder)
    fault.inject(stage)
    found: dict[str, tuple[Run, Answer]] = {}
    for tool in TOOLS:
        seen = run(tool, work / "tools", stage, fault)
        found[tool.name] = seen, judge(tool, fault, stage, seen, healthy[tool.name])
    runs = {name: seen for name, (seen, _) in found.items()}
    keep_log(work / "logs" / f"{fault.name}.json", runs)
    shutil.rmtree(folder)
    shown = ", ".join(f"{name}: {answer}" for name, (_, answer) in found.items())
    print(f"{fault.name}: {shown}", flush=True)
    return found


def keep_log(path: Path, runs: Mapping[str, Run]) -> None:
    """Write what each tool said, for whoever doubts an answer."""
    rows = {name: [one.status, round(one.seconds, 2), one.output] for name, one in runs.items()}
    path.write_text(json.dumps(rows, indent=1))


# -- the document


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Everything that the document tells."""

    faults: list[Fault]
    answers: dict[str, dict[str, Answer]]
    """By fault and tool."""
    healthy: dict[str, Run]
    words: dict[str, Run]
    """What each tool said about the example."""
    commands: dict[str, str]
    versions: dict[str, str]
    day: datetime.date
    minutes: float


def render(seen: Comparison) -> str:
    """Return the whole document."""
    made = (
        f"Written by `python benchmarks/compare_tools.py --work FOLDER` on {seen.day}, "
        f"in {seen.minutes:.0f} minutes, {_JOBS} faults at a time, "
        f"with Python {platform.python_version()} on {platform.system()} {platform.machine()}."
    )
    parts = (_tools, _families, _example, _faults)
    lines = [line for part in parts for line in part(seen)]
    return "\n".join(["# Comparison with other tools", "", made, "", _RULES, *lines, ""])


_RULES = f"""\
Each fault of [the matrix](findings.md#the-fault-matrix) is put alone into a fresh copy of one small
healthy environment, and every tool looks at that copy.

- A tool *gates* a fault if it ends with a status other than 0 because of it: a CI job would stop.
  One that fails on the healthy environment too gates where it reports a failure that is not
  reported there.
- It *names* the fault if a line that the healthy environment does not give holds the path that is
  damaged, or the name of a distribution at fault. Any such word counts, also one in a traceback.
- *Only mentions*: the words are there, and the status is 0. For ours these are warnings;
  `--venv-strict` lets them fail.
- *Hangs*: it did not end within {SECONDS} seconds.

None of the others claims to compare files with what was installed, and none of them has the wheels,
the profile or the probes that ours is given.
The question is what a person who relies on them would be told.
"""


def _tools(seen: Comparison) -> Iterable[str]:
    yield from ("## The tools", "", "| tool | version | what it is for | healthy environment |")
    yield "|---|---|---|---|"
    for tool in TOOLS:
        status = seen.healthy[tool.name].status
        said = (
            "silent" if status == 0 else f"fails with status {status}: {_first_failure(seen, tool)}"
        )
        yield f"| {tool.name} | {seen.versions[tool.package]} | {tool.purpose} | {said} |"
    yield from ("", "Command lines, as they were run (shortened where there are three dots):", "")
    yield "```sh"
    yield from (seen.commands[tool.name] for tool in TOOLS)
    yield from ("```", "")


def _first_failure(seen: Comparison, tool: Tool) -> str:
    lines = seen.healthy[tool.name].output.splitlines()
    return "`" + next((line.strip() for line in lines if re.search(tool.failure, line)), "") + "`"


def _families(seen: Comparison) -> Iterable[str]:
    yield from ("## Faults that each tool gates", "")
    yield f"| family | faults | {' | '.join(tool.name for tool in TOOLS)} |"
    yield "|---|---|" + "---|" * len(TOOLS)
    groups = {
        each.family: [one for one in seen.faults if one.family == each.family]
        for each in seen.faults
    }
    for family, faults in [*groups.items(), ("**all**", seen.faults)]:
        cells = [_count(seen, faults, tool) for tool in TOOLS]
        yield f"| {family} | {len(faults)} | {' | '.join(cells)} |"
    warnings = sum(1 for fault in seen.faults if fault.warning)
    yield ""
    yield f"In brackets: those of them that it also names. {warnings} of the faults break nothing,"
    yield "and should be mentioned without a failing status."
    yield ""


def _count(seen: Comparison, faults: Iterable[Fault], tool: Tool) -> str:
    answers = [seen.answers[fault.name][tool.name] for fault in faults]
    gated = [answer for answer in answers if answer.gates]
    return f"{len(gated)} ({sum(answer.names for answer in gated)})"


def _example(seen: Comparison) -> Iterable[str]:
    yield from ("## Their words", "", f"For *{_sentence(EXAMPLE)}*:", "")
    for tool in TOOLS:
        one = seen.words[tool.name]
        yield from (f"{tool.name}, status {one.status}:", "", "```text")
        lines = [line for line in one.output.splitlines() if line.strip()]
        # Progress bars and long lists of modules that passed tell nothing here.
        kept = [line for line in lines if not re.search(r"Passed\W*$|ETA|^\.+ +\[|frozen", line)]
        if len(kept) > _MOST_LINES:
            yield f"... ({len(kept) - _MOST_LINES} lines before these)"
        yield from (line.rstrip() for line in kept[-_MOST_LINES:])
        yield from ("```", "")


def _faults(seen: Comparison) -> Iterable[str]:
    yield from ("## Every fault", "")
    yield f"| fault | family | {' | '.join(tool.name for tool in TOOLS)} |"
    yield "|---|---|" + "---|" * len(TOOLS)
    for fault in seen.faults:
        cells = [str(seen.answers[fault.name][tool.name]) for tool in TOOLS]
        yield f"| {_sentence(fault.name)} | {fault.family} | {' | '.join(cells)} |"


def _sentence(name: str) -> str:
    return name.replace("-", " ")


_JOBS = 2
_MOST_LINES = 24


def main() -> None:
    """Run everything and write the document."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--work", required=True, type=Path, help="folder for tools, copies and logs"
    )
    parser.add_argument("--only", default="", help="pattern of faults; the document is not written")
    options = parser.parse_args()
    work = options.work.resolve()
    for folder in ("logs", "stages"):
        (work / folder).mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    versions = install_tools(work / "tools") | {"pytest-venvhealth": version("pytest-venvhealth")}
    shutil.rmtree(work / "house", ignore_errors=True)
    house = build_house(work / "house")
    sound = Stage.set_up(house, _emptied(work / "stages" / "healthy"))
    healthy = {tool.name: run(tool, work / "tools", sound, None) for tool in TOOLS}
    keep_log(work / "logs" / "healthy.json", healthy)
    print({name: one.status for name, one in healthy.items()}, flush=True)
    faults = [
        fault
        for fault in FAULTS
        if re.search(options.only, fault.name) and (NATIVE or not fault.needs_native)
    ]
    with ThreadPoolExecutor(_JOBS) as pool:
        rows = list(pool.map(lambda fault: examine(fault, house, work, healthy), faults))
    minutes = (time.monotonic() - started) / 60
    print(f"{len(faults)} faults in {minutes:.1f} minutes", flush=True)
    if options.only:
        return
    found = dict(zip((fault.name for fault in faults), rows, strict=True))
    seen = Comparison(
        faults=faults,
        answers={
            name: {tool: one for tool, (_, one) in row.items()} for name, row in found.items()
        },
        healthy=healthy,
        words={tool: one for tool, (one, _) in found[EXAMPLE].items()},
        commands={tool.name: _shown(tool, work, sound) for tool in TOOLS},
        versions=versions,
        day=datetime.datetime.now(datetime.UTC).date(),
        minutes=minutes,
    )
    DOCUMENT.write_text(_anonymous(render(seen), work))


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def _shown(tool: Tool, work: Path, stage: Stage) -> str:
    """Return a tool's command line as the document shows it."""
    command = tool.command(work / "tools", stage, None)
    if tool.name == OURS:
        command = command[: command.index("-q")]
    if len(command) > 20:
        command = [*command[:7], "..."]
    settings = [f"{key}={value}" for key, value in tool.variables(work / "tools").items()]
    return shlex.join([*settings, *command]).replace("'...'", "...")


def _anonymous(text: str, work: Path) -> str:
    """Return the text without the places of the machine that it was made on."""
    text = re.sub(rf"{re.escape(str(work))}/stages/[^/\s]+/venv", "VENV", text)
    text = text.replace(str(work / "tools"), "TOOLS").replace(str(work), "WORK")
    return text.replace(sys.executable, "python").replace(str(Path(sys.base_prefix)), "BASE")


if __name__ == "__main__":
    main()
