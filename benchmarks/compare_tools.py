"""Run the fault matrix through other tools, and write who finds what into docs/comparison.md.

    python benchmarks/compare_tools.py --work FOLDER

Run by the Python of an environment that has this project and its test requirements. Each other tool
is installed from the package index into a venv of its own below FOLDER; each fault gets a fresh
copy of the healthy environment. What is there already is used again; delete FOLDER to start anew.
"""

from __future__ import annotations

import csv
import os
import re
import shlex
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from comparison import (
    NOT_RUN,
    SECONDS,
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
from faults import ENVIRONMENT, Fault, Stage
from house import House, build_house

EXAMPLE = "a-lazy-library-has-lost-a-module-that-another-asks-for"


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


def _ours(tools: Path, stage: Stage, fault: Fault | None) -> list[str]:
    return our_command(stage, fault, pinned=bool(fault and fault.pinned))


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
            *(python_of(tools, "pip"), "-E", "-m", "pip", "--disable-pip-version-check"),
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
            *(python_of(tools, "env-repair"), "-E", "-m", "env_repair"),
            *("verify-imports", "--full", "--env", str(stage.root)),
        ],
        failure=r"\[FAIL\]",
    ),
    Tool(
        name="env-repair (scan)",
        package="env-repair",
        purpose="looks for duplicate dist-info and `~` leftovers; its exit status says nothing",
        command=lambda tools, stage, fault: [
            *(python_of(tools, "env-repair"), "-E", "-m", "env_repair", "--env", str(stage.root)),
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


def run(tool: Tool, tools: Path, stage: Stage, fault: Fault | None) -> Run:
    """Run a tool on a stage."""
    variables = dict(tool.variables(tools))
    for key, value in stage.variables.items():
        variables[key] = os.pathsep.join(filter(None, (value, variables.get(key))))
    return run_command(tool.command(tools, stage, fault), cwd=stage.folder, variables=variables)


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
    folder = emptied(work / "stages" / fault.name)
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
    minutes: float


def render(seen: Comparison) -> str:
    """Return this script's part of the document."""
    parts = (_tools, _families, _example, _faults)
    lines = [line for part in parts for line in part(seen)]
    made = made_by("compare_tools.py", seen.minutes)
    return "\n".join(["## Who finds a fault", "", made, "", _RULES, *lines, ""])


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
    yield from ("### The tools", "", "| tool | version | what it is for | healthy environment |")
    yield "|---|---|---|---|"
    for tool in TOOLS:
        status = seen.healthy[tool.name].status
        said = (
            "silent" if status == 0 else f"fails with status {status}: {_first_failure(seen, tool)}"
        )
        yield f"| {tool.name} | {seen.versions[tool.package]} | {tool.purpose} | {said} |"
    yield from ("", "Command lines, as they were run (shortened where there are three dots):", "")
    yield from (NOT_RUN, "```sh")
    yield from (seen.commands[tool.name] for tool in TOOLS)
    yield from ("```", "")


def _first_failure(seen: Comparison, tool: Tool) -> str:
    lines = seen.healthy[tool.name].output.splitlines()
    return "`" + next((line.strip() for line in lines if re.search(tool.failure, line)), "") + "`"


def _families(seen: Comparison) -> Iterable[str]:
    yield from ("### Faults that each tool gates", "")
    yield f"| family | faults | {' | '.join(tool.name for tool in TOOLS)} |"
    yield "|---|---|" + "---|" * len(TOOLS)
    for family, faults in by_family(seen.faults):
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
    yield from ("### Their words", "", f"For *{sentence(EXAMPLE)}*:", "")
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
    yield from ("### Every fault", "")
    yield f"| fault | family | {' | '.join(tool.name for tool in TOOLS)} |"
    yield "|---|---|" + "---|" * len(TOOLS)
    for fault in seen.faults:
        cells = [str(seen.answers[fault.name][tool.name]) for tool in TOOLS]
        yield f"| {sentence(fault.name)} | {fault.family} | {' | '.join(cells)} |"


_MOST_LINES = 24


def main() -> None:
    """Run everything and write the document."""
    options = parse_options(str(__doc__))
    work = options.work
    packages = [tool.package for tool in TOOLS[:-1]]
    versions = install_tools(work / "tools", packages)
    versions["pytest-venvhealth"] = version("pytest-venvhealth")
    house = build_house(emptied(work / "house"))
    sound = Stage.set_up(house, emptied(work / "stages" / "healthy"))
    healthy = {tool.name: run(tool, work / "tools", sound, None) for tool in TOOLS}
    keep_log(work / "logs" / "healthy.json", healthy)
    print({name: one.status for name, one in healthy.items()}, flush=True)
    faults = chosen_faults(options.only)[:: options.every]
    found, minutes = side_by_side(faults, lambda fault: examine(fault, house, work, healthy))
    if options.only:
        return
    seen = Comparison(
        faults=faults,
        answers={
            name: {tool: one for tool, (_, one) in row.items()} for name, row in found.items()
        },
        healthy=healthy,
        words={tool: one for tool, (one, _) in found[EXAMPLE].items()},
        commands={tool.name: _shown(tool, work, sound) for tool in TOOLS},
        versions=versions,
        minutes=minutes,
    )
    put_section("who finds a fault", anonymous(render(seen), work))


def _shown(tool: Tool, work: Path, stage: Stage) -> str:
    """Return a tool's command line as the document shows it."""
    command = tool.command(work / "tools", stage, None)
    if tool.name == OURS:
        command = command[: command.index("-q")]
    if len(command) > 20:
        command = [*command[:7], "..."]
    settings = [f"{key}={value}" for key, value in tool.variables(work / "tools").items()]
    return shlex.join([*settings, *command]).replace("'...'", "...")


if __name__ == "__main__":
    main()
