"""The demo is played for real: its commands end as they should, and it cleans up after itself."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from llm_stack import read_wheels
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from popular_stack import POPULAR, read_pins

from pytest_venvhealth.demo.stacks import OFFLINE, find_python, read_stack, stack_names
from pytest_venvhealth.errors import VenvHealthError

ALL = [*stack_names(), OFFLINE]


def played(*arguments: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the demo with its scratch folder below `folder`."""
    return subprocess.run(
        [sys.executable, "-m", "pytest_venvhealth.cli", "demo", *arguments],
        env={**os.environ, "TMPDIR": str(folder), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def pins(name: str) -> dict[str, str]:
    rows = [line.partition(" --hash")[0] for line in read_stack(name).requirements.splitlines()]
    needed = [Requirement(row) for row in rows]
    assert all(re.fullmatch(r"==[^*]+", str(each.specifier)) for each in needed)
    return {each.name: str(each.specifier)[2:] for each in needed if each.marker is None}


@pytest.mark.parametrize("name", ALL)
def test_a_stack_says_what_goes_missing_and_who_notices(name: str) -> None:
    stack = read_stack(name)

    assert stack.remove.partition("/")[0] == stack.still != stack.notices
    assert {stack.still, stack.notices} <= {each.replace("-", "_") for each in pins(name)}


def test_the_llm_stack_is_that_of_the_shipped_lock() -> None:
    """All but pip: the demo's environment has the one that it is made with."""
    assert pins("llm") == {each.name: each.version for each in read_wheels() if each.name != "pip"}


def test_the_small_stack_is_one_that_the_probes_are_tested_on() -> None:
    assert pins("small").items() <= read_pins(POPULAR).items()


def test_a_stack_for_a_python_that_is_nowhere_is_one_sentence() -> None:
    stack = replace(read_stack("small"), requires_python=SpecifierSet("==3.1.*"))

    with pytest.raises(VenvHealthError) as raised:
        find_python(stack)

    assert 'The stack "small" needs Python ==3.1.*: put one on the PATH.' == str(raised.value)


def test_a_stack_for_another_platform_is_one_sentence() -> None:
    stack = replace(read_stack("llm"), marker=Marker("sys_platform == 'plan9'"))

    with pytest.raises(VenvHealthError) as raised:
        find_python(stack)

    assert str(raised.value).startswith('The stack "llm" is for sys_platform == "plan9", this is ')


def test_offline_and_a_stack_exclude_each_other(tmp_path: Path) -> None:
    done = played("--offline", "--stack=llm", folder=tmp_path)

    assert done.returncode == 2
    assert "not allowed with argument" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_without_an_index_it_stops_with_a_sentence_and_leaves_what_there_is(
    tmp_path: Path,
) -> None:
    done = played(folder=tmp_path, PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_RETRIES="0")

    assert done.returncode == 1
    *_, where, last = done.stderr.splitlines()
    (folder,) = tmp_path.iterdir()
    assert where == (
        f"venv-health: What the demo has made so far is in {folder}; it can be deleted."
    )
    assert "--requirement requirements.txt --quiet` ended with 1, expected 0." in last
    assert last.endswith("`venv-health demo --offline` needs none.")


@pytest.mark.slow
def test_it_breaks_an_environment_and_heals_it(tmp_path: Path) -> None:
    """With the small stack, from an index, and cleaned up, it is the README's own command."""
    stack = read_stack(OFFLINE)

    done = played("--offline", "--keep", folder=tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    headings = re.findall(r"^\d\. [A-Z].+$", done.stdout, re.MULTILINE)
    assert [text[0] for text in headings] == list("1234567")
    commands = re.findall(r"^\$ (.+)$", done.stdout, re.MULTILINE)
    assert f"venv/bin/python -c 'import {stack.still}'" in commands
    assert sum("-m pytest --venv-health --venv=venv" in each for each in commands) == 5
    ends = re.findall(r"^=+ (\d+ (?:passed|failed).*?) in ", done.stdout, re.MULTILINE)
    plain, broken, planned, healed, after = ends
    assert re.fullmatch(r"\d+ passed", plain)
    assert broken == planned
    assert "failed" in broken
    assert healed.endswith(" passed, 1 healed")
    assert after == plain
    assert f"{stack.notices.replace('_', '-')} " in done.stdout
    (left,) = tmp_path.iterdir()
    assert f"Kept: {left}" in done.stdout
    assert (left / "venv" / "pyvenv.cfg").is_file()
