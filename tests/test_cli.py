"""The program `venv-health`: what it prints, where, and how it ends."""

from __future__ import annotations

import importlib
import json
import os
import pty
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from past_repairs import BLOOM, NOTES, repair
from targets import site_packages, snapshot

from pytest_venvhealth.cli import main
from pytest_venvhealth.repair.quarantine import list_repairs, quarantine_size
from pytest_venvhealth.repair.recovery import has_unfinished
from pytest_venvhealth.repair.transaction import Transaction
from pytest_venvhealth.reports.wording import size_text

pytestmark = pytest.mark.sampled(2)

COMMANDS = (
    ("demo",),
    ("freeze",),
    ("quarantine",),
    ("quarantine", "list"),
    ("quarantine", "restore"),
    ("quarantine", "discard"),
    ("undo",),
    ("wheelhouse",),
    ("wheelhouse", "fill"),
    ("wheelhouse", "verify"),
    ("wheelhouse", "prune"),
)


class Cli:
    """Runs a command on the story's environment, and keeps what it said."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self._capsys = root, capsys
        self.out = self.err = ""

    def __call__(self, *arguments: str) -> int:
        self._capsys.readouterr()
        code = main([*arguments, "--venv", str(self.root)])
        self.out, self.err = self._capsys.readouterr()
        assert "Traceback" not in self.err
        return code


@pytest.fixture
def cli(story: Path, capsys: pytest.CaptureFixture[str]) -> Cli:
    return Cli(story, capsys)


def test_it_tells_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])

    assert 0 == end.value.code
    assert f"venv-health {version('pytest-venvhealth')}\n" == capsys.readouterr().out


def damage(root: Path) -> None:
    (site_packages(root) / BLOOM).unlink()
    (site_packages(root) / NOTES).write_text("my own notes\n")
    (site_packages(root) / "library" / "rogue.py").write_text("ROGUE = 1\n")


def cut_short(root: Path) -> None:
    """Leave what a repair that was killed leaves."""
    transaction = Transaction.begin(root, plan={}, keep=[site_packages(root)])
    transaction.quarantine([site_packages(root) / "bystander" / "__init__.py"])


def test_the_entry_point_is_this_program() -> None:
    data = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())
    module, _, name = data["project"]["scripts"]["venv-health"].partition(":")

    assert main is getattr(importlib.import_module(module), name)


def test_as_a_program_it_lists_what_lies_in_quarantine(story: Path) -> None:
    damage(story)
    past = repair(story, "library")

    done = subprocess.run(
        [sys.executable, "-m", "pytest_venvhealth.cli", "quarantine", "list", "--venv", story],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (0, "") == (done.returncode, done.stderr)
    site = site_packages(story).relative_to(story)
    lines = done.stdout.splitlines()
    assert lines[0].startswith(f"{past.id}  20")
    assert lines[1].startswith("  reinstalled library 4.57.3: ")
    assert f"  altered     13 B  {site}/library/data.txt" in lines
    assert f"  foreign     10 B  {site}/library/rogue.py" in lines
    assert "  The last repair; `venv-health undo` takes it back." in lines
    files, size = quarantine_size(story)
    assert f"{files} files, {size_text(size)}, in {story / '.venv-health'}" in lines[-1]


def test_the_list_as_json_has_every_file(cli: Cli) -> None:
    damage(cli.root)
    past = repair(cli.root, "library")

    assert 0 == cli("quarantine", "list", "--json")

    data = json.loads(cli.out)
    assert (str(cli.root), *quarantine_size(cli.root)) == (
        data["environment"],
        data["files"],
        data["bytes"],
    )
    (told,) = data["repairs"]
    assert (past.id, "repair", True, None) == (
        told["id"],
        told["kind"],
        told["is_last"],
        told["undo_refused"],
    )
    assert {"altered", "foreign", "generated"} == {file["why"] for file in told["files"]}
    for file in told["files"]:
        path = cli.root / ".venv-health" / "transactions" / told["id"] / file["shelf"]
        assert file["bytes"] == path.stat().st_size


def test_many_files_are_counted_unless_all_are_asked_for(cli: Cli) -> None:
    for number in range(30):
        (site_packages(cli.root) / "library" / f"rogue{number}.py").write_text("ROGUE = 1\n")
    repair(cli.root, "library")

    cli("quarantine", "list")
    assert (20, True) == (cli.out.count("rogue"), "and 10 more files, 100 B" in cli.out)
    cli("quarantine", "list", "--all")
    assert 30 == cli.out.count("rogue")


def test_an_environment_without_repairs_has_nothing_and_no_trace_is_left(cli: Cli) -> None:
    assert 0 == cli("quarantine", "list")
    assert "Nothing is in quarantine" in cli.out
    assert 1 == cli("undo")
    assert 1 == cli("quarantine", "restore", "x.py")
    assert 1 == cli("quarantine", "discard", "x.py", "--yes")
    assert not (cli.root / ".venv-health").exists()


def test_restore_refuses_then_overwrites_when_told(cli: Cli) -> None:
    damage(cli.root)
    repair(cli.root, "library")
    path = site_packages(cli.root) / NOTES

    assert 1 == cli("quarantine", "restore", str(path))
    assert ("", True) == (cli.out, "With --overwrite" in cli.err)
    assert 0 == cli("quarantine", "restore", str(path), "--overwrite")

    assert "my own notes\n" == path.read_text()
    shown = path.relative_to(cli.root)
    assert [f"restored {shown}", f"set aside {shown}"] == [
        line.partition(",")[0] for line in cli.out.splitlines()
    ]


def test_undo_says_what_it_did(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    damage(cli.root)
    before = snapshot(cli.root)
    past = repair(cli.root, "library")
    monkeypatch.chdir(cli.root.parent / "profiles")  # the wheelhouse is looked for upwards

    assert 0 == cli("undo")

    assert before == snapshot(cli.root)
    assert f"undone {past.id}: library 4.57.3 as before it" in cli.out
    assert 1 == cli("undo")
    assert ("", True) == (cli.out, "there is no repair to undo" in cli.err)


def test_undo_takes_its_wheels_from_where_it_is_told(cli: Cli, tmp_path: Path) -> None:
    (site_packages(cli.root) / BLOOM).chmod(0o600)
    repair(cli.root, "library")
    empty = tmp_path / "empty"
    empty.mkdir()

    assert 1 == cli("undo", "--wheelhouse", str(empty))
    assert f"which is not at hand ({empty})" in cli.err
    assert "--wheelhouse" in cli.err
    house = cli.root.parent / "wheelhouse"
    assert 0 == cli("undo", "--wheelhouse", str(empty), "--wheelhouse", str(house))
    assert 0o600 == (site_packages(cli.root) / BLOOM).stat().st_mode & 0o777


def test_discard_without_a_terminal_wants_yes(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    damage(cli.root)
    past = repair(cli.root, "library")
    before = quarantine_size(cli.root)
    with (tmp_path / "nothing").open("x+") as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)

        assert 1 == cli("quarantine", "discard", past.id)

    assert "Give --yes" in cli.err
    assert before == quarantine_size(cli.root)
    assert 0 == cli("quarantine", "discard", past.id, "--yes")
    assert (0, 0) == quarantine_size(cli.root)
    assert f"{past.id} can no longer be undone." in cli.out


@pytest.mark.sampled(2)
@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 1), ("", 1)])
def test_discard_asks_a_person(story: Path, answer: str, code: int) -> None:
    damage(story)
    past = repair(story, "library")
    path = next(file.path for file in past.shelved if file.path.endswith("rogue.py"))
    master, slave = pty.openpty()

    with subprocess.Popen(
        [
            *(sys.executable, "-m", "pytest_venvhealth.cli", "quarantine", "discard"),
            *(path, "--venv", str(story)),
        ],
        stdin=slave,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        os.write(master, f"{answer}\n".encode())
        out, _ = child.communicate(timeout=60)
    os.close(master)
    os.close(slave)

    assert code == child.returncode
    assert f"  {path}\nDelete 1 file, 10 B for good? [y/N] " in out
    assert (code == 0) is (path not in {file.path for file in list_repairs(story)[0].shelved})


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("quarantine", "list"), id="list"),
        pytest.param(("quarantine", "restore", "nothing.py"), id="restore"),
        pytest.param(("quarantine", "discard", "nothing.py", "--yes"), id="discard"),
        pytest.param(("undo",), id="undo"),
    ],
)
def test_every_command_first_ends_a_repair_that_was_cut_short(
    cli: Cli, command: tuple[str, ...]
) -> None:
    before = snapshot(cli.root)
    cut_short(cli.root)

    cli(*command)

    assert before == snapshot(cli.root)
    assert not has_unfinished(cli.root)
    assert "was cut short: it was rolled back" in cli.err
    assert "was cut short" not in cli.out


def test_a_name_that_a_terminal_would_act_on_is_escaped(cli: Cli) -> None:
    odd = os.fsdecode(b"evil\x1b[2J\nlatin\xe9.py")
    (site_packages(cli.root) / "library" / odd).write_text("ROGUE = 1\n")
    repair(cli.root, "library")

    assert 0 == cli("quarantine", "list")

    assert "evil\\x1b[2J\\nlatin\\udce9.py" in cli.out
    assert 0 == cli("quarantine", "restore", str(site_packages(cli.root) / "library" / odd))


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        pytest.param(["quarantine", "list", "--venv", "nowhere"], "no such file", id="no venv"),
        pytest.param(["undo", "--wheelhouse", "nowhere"], "no such wheelhouse", id="no wheels"),
    ],
)
def test_a_path_that_is_none_is_a_mistake_of_the_command_line(
    cli: Cli, arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()

    assert 2 == main(arguments)

    out, err = capsys.readouterr()
    assert ("", 1) == (out, err.count("\n"))
    assert reason in err


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param([], id="no command"),
        pytest.param(["quarantine"], id="no action"),
        pytest.param(["quarantine", "discard", "--yes"], id="nothing named"),
        pytest.param(["undo", "--lock-timeout", "soon"], id="no number"),
        pytest.param(["undo", "--lock-timeout", "-1"], id="below zero"),
    ],
)
def test_a_mistake_on_the_command_line_ends_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert 2 == ended.value.code


@pytest.mark.parametrize("command", [(), *COMMANDS], ids=" ".join)
def test_every_help_has_an_example_that_parses(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    from pytest_venvhealth.cli import build_parser

    with pytest.raises(SystemExit) as ended:
        main([*command, "--help"])

    assert 0 == ended.value.code
    text = " ".join(capsys.readouterr().out.split())
    _, _, example = text.partition("Example: venv-health ")
    given = build_parser().parse_args(example.split())
    assert Path(".venv") == getattr(given, "venv", Path(".venv"))


def test_a_reader_who_has_seen_enough_is_no_error(story: Path) -> None:
    for number in range(200):
        name = f"rogue{number}{'x' * 200}.py"
        (site_packages(story) / "library" / name).write_text("ROGUE = 1\n")
    repair(story, "library")
    command = f"{sys.executable} -m pytest_venvhealth.cli quarantine list --all --venv {story}"

    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{command} | head -1"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (0, "") == (done.returncode, done.stderr)
    assert 1 == done.stdout.count("\n")


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (99_960, "100 kB"),
        (999_600, "1.0 MB"),
        (2_500_000_000, "2.5 GB"),
    ],
)
def test_sizes_are_told_in_three_digits(size: int, text: str) -> None:
    assert text == size_text(size)
