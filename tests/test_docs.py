"""The pages say what is so: links lead somewhere, generated pages are current, commands run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import pytest
import reference
import yaml
from pages import DOCS, SHELLS, Block, blocks, pages
from targets import copy_venv, site_packages

from pytest_venvhealth.settings import Settings

ROOT = DOCS.parent
BLOCKS = [block for page in pages() for block in blocks(page)]
# Other text of ours that links to the pages; the sdist has not all of it.
OTHERS = [
    path
    for name in ("README.md", "CHANGELOG.md", "profiles/README.md", "wheelhouse/README.md")
    if (path := ROOT / name).exists()
]


# -- generated pages


def test_the_reference_is_what_the_code_says() -> None:
    committed = {path.name: path.read_text("utf-8") for path in reference.FOLDER.iterdir()}

    assert reference.pages() == committed, f"Write it anew: {reference.COMMAND}"


def test_the_defaults_that_the_help_tells_are_those_of_the_code() -> None:
    page = reference.pages()["options.md"]
    told = dict(re.findall(r"^\| `--venv-([\w-]+)(?:=\S+)?` \| [^|]+ \| ([^|]+) \|", page, re.M))
    defaults = {each.name.replace("_", "-"): each.default for each in fields(Settings)}

    for name in ("depth", "timeout", "lock-timeout"):
        default = defaults[name]
        assert told[name] == (f"{default:g}" if isinstance(default, float) else default)
    for name in ("quick", "bytecode", "strict", "fail-on-heal"):
        assert (defaults[name], told[name]) == (False, "off")


# -- links


def anchors(page: Path) -> set[str]:
    """Return what a forge calls the headings of a page."""
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    seen: Counter[str] = Counter()
    found = set()
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", plain).strip().replace(" ", "-")
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


def links(page: Path) -> Iterator[str]:
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"`[^`\n]*`", lambda code: "_" * len(code[0]), text)
    return (match for match in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in match)


@pytest.mark.parametrize("page", [*pages(), *OTHERS], ids=lambda page: page.stem)
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link
        # Sphinx knows no pages outside of its folder, and would offer the text for download.
        if page.is_relative_to(DOCS) and target.suffix == ".md":
            assert target.resolve().is_relative_to(DOCS), link


# -- code blocks


def test_every_command_is_run_or_says_why_not() -> None:
    silent = [
        block.place
        for block in BLOCKS
        if block.language in SHELLS and not (block.run or block.why_not_run)
    ]

    assert not silent, "Mark these blocks as tests/pages.py has it"


def test_every_marker_is_one_that_is_known() -> None:
    unknown = [
        block.place
        for block in BLOCKS
        if re.match(r"(not )?run|file", block.marker)
        and not (block.run or block.why_not_run or block.file)
    ]
    before = {block.run.before for block in BLOCKS if block.run}

    assert not unknown
    assert before == {"", *HAPPENINGS}


@pytest.mark.parametrize(
    "block",
    [block for block in BLOCKS if block.language in ("python", "toml", "yaml")],
    ids=lambda block: block.place,
)
def test_every_example_can_be_parsed(block: Block) -> None:
    if block.language == "python":
        compile(block.text, block.place, "exec")
    elif block.language == "toml":
        tomllib.loads(block.text)
    else:
        assert list(lines_of_pipeline(block.text))


def lines_of_pipeline(text: str) -> Iterator[str]:
    """Yield the command lines of a pipeline of GitHub's or of GitLab's."""
    jobs: dict[str, Any] = yaml.safe_load(text)
    for job in jobs.get("jobs", jobs).values():
        for step in job.get("steps", []):
            yield from step.get("run", "").splitlines()
        for key in ("before_script", "script"):
            yield from job.get(key, [])


# -- what the pages tell to type


@dataclass
class World:
    """The scratch folder of one page, with what a reader has: environment, wheels, a profile."""

    folder: Path
    healthy: Path
    wheels: Path

    @property
    def venv(self) -> Path:
        return self.folder / ".venv"

    @property
    def library(self) -> Path:
        return site_packages(self.venv) / "library"

    def renew(self) -> None:
        shutil.rmtree(self.venv, ignore_errors=True)
        shutil.rmtree(self.folder / "wheelhouse", ignore_errors=True)
        copy_venv(self.healthy, self.venv)
        shutil.copytree(self.wheels, self.folder / "wheelhouse")

    def lose_a_module(self) -> None:
        (self.library / "models" / "bloom.py").unlink()

    def edit_a_file(self) -> None:
        (self.library / "data.txt").write_text("my weights\n")

    def set_files_aside(self) -> None:
        self.lose_a_module()
        self.edit_a_file()
        (self.library / "cache.bin").write_bytes(bytes(4500))
        assert self.run("pytest --venv-health --venv=.venv --repair")[0] == 0

    def lose_the_wheels(self) -> None:
        self.lose_a_module()
        shutil.rmtree(self.folder / "wheelhouse")

    def uninstall_the_adapter(self) -> None:
        for path in site_packages(self.venv).glob("adapter*"):
            shutil.rmtree(path)

    def lose_the_adapters_wheels(self) -> None:
        for path in self.folder.glob("wheelhouse/adapter-*"):
            path.unlink()

    def keep_a_golden_copy(self) -> None:
        shutil.copytree(self.venv, self.folder / "golden", symlinks=True)
        self.lose_a_module()

    def lose_a_hash(self) -> None:
        (self.folder / "empty").mkdir()
        record = site_packages(self.venv) / "bystander-1.0.dist-info" / "RECORD"
        row = re.compile(r"^(bystander/__init__.py),.*$", re.MULTILINE)
        record.write_text(row.sub(r"\1,,", record.read_text()))

    def run(self, command: str) -> tuple[int, str]:
        """Return the exit status of a command, and all that it printed."""
        home = self.folder.parent / "home"
        home.mkdir(exist_ok=True)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=self.folder,
            env={
                **os.environ,
                "HOME": str(home),
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
                "COLUMNS": "80",
                # With workers it would clean up where other runs of pytest have left theirs.
                "PYTEST_DEBUG_TEMPROOT": str(home),
                # What the reader need not have beside the plugin.
                "PYTEST_ADDOPTS": "-p no:randomly -p no:hypothesispytest -p no:html",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout


HAPPENINGS: dict[str, Callable[[World], object]] = {
    "a file has no hash": World.lose_a_hash,
    "a file is edited": World.edit_a_file,
    "a golden copy is kept": World.keep_a_golden_copy,
    "a module is lost": World.lose_a_module,
    "all is well": lambda world: None,
    "another environment": lambda world: copy_venv(world.healthy, world.folder / "other"),
    "a repair has set files aside": World.set_files_aside,
    "the adapter has no wheel": World.lose_the_adapters_wheels,
    "the adapter is uninstalled": World.uninstall_the_adapter,
    "there is no wheel": World.lose_the_wheels,
}


@pytest.fixture
def world(healthy_story: Path, story_wheels: Path, tmp_path: Path) -> World:
    folder = tmp_path / "app"
    (folder / "profiles").mkdir(parents=True)
    profile = '[dependency-groups]\ncore = ["library==4.57.3", "adapter==0.13.2"]\n'
    (folder / "profiles" / "story.toml").write_text(profile)
    made = World(folder, healthy_story, story_wheels)
    made.renew()
    return made


@pytest.mark.slow
@pytest.mark.parametrize(
    "page",
    [page for page in pages() if any(block.run for block in blocks(page))],
    ids=lambda page: page.stem,
)
def test_the_commands_of_a_page_do_what_it_says(page: Path, world: World) -> None:
    for block in blocks(page):
        if block.file:
            (world.folder / block.file).write_text(block.text)
        if block.run is None:
            continue
        if block.run.before:
            world.renew()
            HAPPENINGS[block.run.before](world)
        given = list(commands(block, site_packages(world.venv).parent.name))
        for number, (command, shown) in enumerate(given, 1):
            status, output = world.run(command)
            told = f"{block.place}: {command}\n{output}"
            assert status == (block.run.status if number == len(given) else 0), told
            assert shows(output, shown), told


def commands(block: Block, python: str) -> Iterator[tuple[str, list[str]]]:
    """Yield what a block tells to type; of a pipeline that which needs no index.

    Args:
        python: `python3.12`, say; the pages have one release, and the tests run on others, too.
    """
    if block.language == "yaml":
        ours = ("pytest ", "venv-health ")
        yield from ((line, []) for line in lines_of_pipeline(block.text) if line.startswith(ours))
    else:
        yield from replace(block, text=block.text.replace("python3.11", python)).commands()


def shows(output: str, lines: list[str]) -> bool:
    """Tell whether these lines are the output, blank ones apart; none say nothing of it.

    `…` stands for any part of a line; alone in a line for any lines, or for none.
    """
    wanted = [line for line in lines if line.strip()]
    pattern = "".join(
        r"(?:.*\n)*" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + r"\n"
        for line in wanted
    )
    printed = "".join(f"{line}\n" for line in output.splitlines() if line.strip())
    return not wanted or re.fullmatch(pattern, printed) is not None


def test_output_is_compared_line_by_line() -> None:
    output = "one\n\ntwo 2 three\nfour\n"

    assert shows(output, ["one", "two … three", "", "four"])
    assert shows(output, ["one", "…"])
    assert shows(output, ["…", "one", "…", "two 2 …", "four", "…"])
    assert shows(output, [])
    assert not shows(output, ["one", "four"])
    assert not shows(output, ["one", "two … 4", "…"])
    assert not shows(output, ["one", "two …four"])
    assert not shows(output, ["four", "…"])
