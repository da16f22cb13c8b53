"""Every change can be taken back, and a kill at any moment loses nothing.

Run as a script this module is the harness that kills: `python test_transaction.py FOLDER WHAT`.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import pickle
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from targets import snapshot
from wheels import digest

from pytest_venvhealth.repair.failures import (
    FileInTheWayError,
    PathRefusedError,
    RollbackError,
    TransactionError,
    UnfinishedTransactionError,
)
from pytest_venvhealth.repair.journal import JournalDamagedError
from pytest_venvhealth.repair.recovery import has_unfinished
from pytest_venvhealth.repair.transaction import DROP, KEEP, Fate, Step, Transaction, recover

pytestmark = pytest.mark.sampled(2)

PLAN = {"steps": [{"distribution": "demo"}]}
# Steps that a repair from begin to commit reaches, in their order, once each.
FORWARD = [
    Step.PREPARED,
    Step.QUARANTINING,
    Step.QUARANTINED,
    Step.INSTALLING,
    Step.INSTALLED,
    Step.COMMITTING,
    Step.VERIFIED,
    Step.COMMITTED,
    Step.CLOSED,
]


def seen(root: Path) -> dict[str, tuple[str, int, str]]:
    """Return path → kind, mode, bytes or link of the environment, bytecode included."""
    return snapshot(root, bytecode=True)


def site_of(root: Path) -> Path:
    return root / "lib" / "python3.11" / "site-packages"


def make_tree(root: Path) -> Path:
    """Make what a damaged package, a foreign file in it and its neighbours look like."""
    site = site_of(root)
    contents = {
        "demo/__init__.py": "VALUE = 'old'\n",
        "demo/gone_tomorrow.py": "old\n",
        "demo/sub/__init__.py": "",
        "demo/sub/settings.ini": "edited by a person\n",
        "demo/__pycache__/__init__.cpython-311.pyc": "stale",
        "demo/empty_file": "",
        "~emo/left.py": "leftover\n",
        "demo-1.0.dist-info/RECORD": "demo/__init__.py,,\n",
        "single.py": "old\n",
        "__pycache__/single.cpython-311.pyc": "stale",
        "__pycache__/other.cpython-311.pyc": "another's",
        "other.py": "untouched\n",
    }
    for name, text in contents.items():
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (site / "~emo" / "hollow" / "deeper").mkdir(parents=True)
    (root / "bin").mkdir()
    (root / "bin" / "demo").write_text("#!old\n")
    (root / "bin" / "demo").chmod(0o755)
    (root / "elsewhere").mkdir()
    (root / "elsewhere" / "precious.txt").write_text("not ours\n")
    (site / "demo" / "link.txt").symlink_to(root / "elsewhere" / "precious.txt")
    (site / "demo" / "linked").symlink_to(root / "elsewhere")
    (site / "demo" / "dangling").symlink_to("nowhere")
    (site / "demo" / "sub").chmod(0o750)
    (site / "demo" / "sub" / "settings.ini").chmod(0o600)
    return root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_tree(tmp_path / "env")


def begin(root: Path, on_step: Callable[[str], None] | None = None) -> Transaction:
    keep = (site_of(root), root / "bin", root)
    return Transaction.begin(root, plan=PLAN, keep=keep, on_step=on_step)


def stage(
    transaction: Transaction, root: Path, files: dict[str, str]
) -> list[tuple[Path, Path, str]]:
    """Write files below the stage and return them with their final places and hashes."""
    found = []
    for name, text in files.items():
        staged = transaction.stage / name
        staged.parent.mkdir(parents=True, exist_ok=True)
        staged.write_text(text)
        found.append((staged, root / name, f"sha256={digest(text.encode())}"))
    return found


SITE = "lib/python3.11/site-packages"
NEW = {
    f"{SITE}/demo/__init__.py": "VALUE = 'new'\n",
    f"{SITE}/demo/fresh/__init__.py": "",
    f"{SITE}/demo-1.0.dist-info/RECORD": "new\n",
    f"{SITE}/single.py": "new\n",
    "bin/demo": "#!new\n",
    "share/man/man1/demo.1": "manual\n",
}


def old_files(root: Path) -> list[Path]:
    site = site_of(root)
    return [
        site / "demo",
        site / "~emo",
        site / "demo-1.0.dist-info" / "RECORD",
        site / "single.py",
        site / "was_never_there.py",
        root / "bin" / "demo",
    ]


def change(
    root: Path, on_step: Callable[[str], None] | None = None, *, wider: bool = False
) -> Transaction:
    """Do what a repair does, up to its commit."""
    transaction = begin(root, on_step)
    moves = stage(transaction, root, NEW)
    transaction.quarantine(old_files(root))
    transaction.install(moves)
    compile_here(root)
    if wider:
        moves = stage(transaction, root, {f"{SITE}/demo/__init__.py": "VALUE = 'newer'\n"})
        transaction.quarantine([final for _, final, _ in moves])
        transaction.install(moves)
    return transaction


def compile_here(root: Path) -> None:
    """Leave what a compiler and a probe leave: files that no journal knows."""
    site = site_of(root)
    for name in ("demo/__pycache__/__init__", "demo/fresh/__pycache__/__init__"):
        path = site / f"{name}.cpython-311.pyc"
        path.parent.mkdir(exist_ok=True)
        path.write_text("new bytecode")
    (site / "__pycache__" / "single.cpython-311.pyc").write_text("new bytecode")


def is_the_wheels(original: str) -> Fate:
    """Say which old files can be dropped: all but the one that a person edited."""
    return KEEP if original.endswith("settings.ini") else DROP


def kept_files(root: Path) -> list[str]:
    folder = root / ".venv-health" / "transactions"
    return [
        str(path.relative_to(folder)).split("/", 1)[1]
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "journal" not in path.name
    ]


def test_a_rollback_gives_everything_back(root: Path) -> None:
    before = seen(root)
    transaction = change(root)
    assert seen(root) != before

    transaction.rollback()

    assert seen(root) == before
    assert sorted(os.listdir(root / ".venv-health")) == ["audit.jsonl"]


def test_a_rollback_after_a_wider_repair_gives_everything_back(root: Path) -> None:
    before = seen(root)

    change(root, wider=True).rollback()

    assert seen(root) == before


def test_leaving_the_block_without_a_commit_rolls_back(root: Path) -> None:
    before = seen(root)

    def interrupted() -> None:
        with begin(root) as transaction:
            transaction.quarantine(old_files(root))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert seen(root) == before


def test_a_commit_leaves_the_new_files_and_keeps_what_a_person_edited(root: Path) -> None:
    site = site_of(root)
    transaction = change(root)

    kept = transaction.commit(is_the_wheels)

    assert kept == (f"{SITE}/demo/sub/settings.ini",)
    for name, text in NEW.items():
        assert (root / name).read_text() == text
    assert not (site / "demo" / "sub").exists()
    assert not (site / "~emo").exists()
    assert (site / "__pycache__" / "other.cpython-311.pyc").read_text() == "another's"
    assert kept_files(root) == [f"quarantine/{SITE}/demo/sub/settings.ini"]
    (edited,) = (root / ".venv-health").rglob("settings.ini")
    assert edited.read_text() == "edited by a person\n"
    assert edited.stat().st_mode & 0o777 == 0o600
    assert recover(root) is None


def test_the_journal_of_a_closed_repair_tells_where_a_kept_file_came_from(root: Path) -> None:
    transaction = change(root)
    transaction.commit(is_the_wheels)

    text = (transaction.folder / "journal.jsonl").read_text()
    lines = [json.loads(line) for line in text.splitlines()]

    assert lines[0]["plan"] == PLAN
    path = f"{SITE}/demo/sub/settings.ini"
    (verified,) = [line for line in lines if line.get("phase") == "verified"]
    assert verified["kept"] == [[path, f"quarantine/{path}"]]
    assert [line["phase"] for line in lines if "phase" in line] == [
        *("prepared", "quarantined", "quarantined", "installed"),
        *("verified", "committed", "closed"),
    ]
    assert lines[-1] == {"phase": "closed"}


def test_when_nothing_is_kept_the_journal_and_the_audit_log_stay(root: Path) -> None:
    transaction = change(root)
    transaction.commit(lambda _: DROP)

    assert sorted(os.listdir(root / ".venv-health")) == ["audit.jsonl", "transactions"]
    assert os.listdir(transaction.folder) == ["journal.jsonl"]
    lines = (root / ".venv-health" / "audit.jsonl").read_text().splitlines()
    actions = [json.loads(line)["action"] for line in lines]
    # The second: bytecode of a module whose own was not in the list.
    assert actions == ["begin", "quarantine", "quarantine", "install", "commit"]


def test_links_are_moved_and_never_followed(root: Path) -> None:
    with begin(root) as transaction:
        transaction.quarantine([site_of(root) / "demo"])

        quarantine = transaction.folder / "quarantine" / SITE / "demo"
        assert (quarantine / "linked").readlink() == root / "elsewhere"
        assert (quarantine / "dangling").is_symlink()
        assert (root / "elsewhere" / "precious.txt").read_text() == "not ours\n"


def test_a_file_behind_a_link_is_refused_and_nothing_is_moved(root: Path) -> None:
    before = seen(root)
    site = site_of(root)
    with begin(root) as transaction:
        with pytest.raises(PathRefusedError, match=r"behind the symbolic link .*/demo/linked"):
            transaction.quarantine(
                [site / "demo" / "__init__.py", site / "demo" / "linked" / "precious.txt"]
            )
        moves = stage(transaction, root, {f"{SITE}/demo/linked/new.py": ""})
        with pytest.raises(PathRefusedError, match="behind the symbolic link"):
            transaction.install(moves)
        assert seen(root) == before


def test_a_link_named_with_what_lies_behind_it_goes_alone(root: Path) -> None:
    link = site_of(root) / "demo" / "linked"
    with begin(root) as transaction:
        assert transaction.quarantine([link, link / "precious.txt"]) == 1
        assert (root / "elsewhere" / "precious.txt").exists()
        assert not link.is_symlink()


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        pytest.param("/etc/hostname", "outside of the environment", id="outside"),
        pytest.param("{site}", "the environment itself needs it", id="site-packages"),
        pytest.param("{root}/lib", "the environment itself needs it", id="above site-packages"),
        pytest.param("{root}/.venv-health/audit.jsonl", "belongs to the repair", id="our own"),
        pytest.param("{site}/../other", "no plain absolute path", id="dots"),
        pytest.param("demo/__init__.py", "no plain absolute path", id="relative"),
    ],
)
def test_what_is_not_the_environments_is_refused(root: Path, path: str, reason: str) -> None:
    before = seen(root)
    path = path.format(site=site_of(root), root=root)

    with begin(root) as transaction, pytest.raises(PathRefusedError, match=reason):
        transaction.quarantine([path, site_of(root) / "single.py"])

    assert seen(root) == before


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        pytest.param(f"{SITE}/single.py", "something is there already", id="file"),
        pytest.param(f"{SITE}/demo/dangling", "something is there already", id="dangling link"),
        pytest.param(f"{SITE}/single.py/x.py", "should be a folder and is a file", id="folder"),
    ],
)
def test_an_install_overwrites_nothing(root: Path, name: str, reason: str) -> None:
    before = seen(root)

    with begin(root) as transaction:
        moves = stage(transaction, root, {f"{SITE}/fine.py": "", f"new/{name}": ""})
        moves[1] = (moves[1][0], root / name, moves[1][2])
        with pytest.raises(FileInTheWayError, match=reason):
            transaction.install(moves)
        assert seen(root) == before


def test_a_package_of_which_only_bytecode_is_left_is_installed_and_taken_back(root: Path) -> None:
    cache = site_of(root) / "lost" / "__pycache__"
    cache.mkdir(parents=True)
    (cache / "__init__.cpython-311.pyc").write_text("stale")
    before = seen(root)
    transaction = begin(root)

    transaction.install(stage(transaction, root, {f"{SITE}/lost/__init__.py": "new\n"}))

    assert (site_of(root) / "lost" / "__init__.py").read_text() == "new\n"
    assert not cache.exists()
    transaction.rollback()
    assert seen(root) == before


def test_two_new_files_for_one_place_are_refused(root: Path) -> None:
    with begin(root) as transaction:
        moves = stage(transaction, root, {"a": "", "b": ""})
        with pytest.raises(FileInTheWayError, match="two new files claim this path"):
            transaction.install([(staged, root / "c", hash_) for staged, _, hash_ in moves])


def test_a_second_repair_waits_until_the_first_is_ended(root: Path) -> None:
    change(root)

    with pytest.raises(UnfinishedTransactionError, match="cut short"):
        begin(root)

    recover(root)
    begin(root).rollback()


def test_what_others_wrote_meanwhile_is_set_aside_not_lost(root: Path) -> None:
    before = seen(root)
    site = site_of(root)
    transaction = change(root)
    (site / "demo" / "fresh" / "cache.db").write_text("by a probe")
    (site / "demo" / "gone_tomorrow.py").write_text("by somebody")

    recovery = recover(root)

    assert seen(root) == before
    assert recovery is not None
    assert recovery.outcome == "rolled-back"
    assert recovery.displaced == (
        f"{SITE}/demo/fresh/cache.db",
        f"{SITE}/demo/gone_tomorrow.py",
    )
    assert "2 files that had come since were set aside" in str(recovery)
    assert (transaction.folder / "displaced" / recovery.displaced[0]).read_text() == "by a probe"
    assert recover(root) is None
    assert not has_unfinished(root)


def test_recovery_says_which_plan_was_cut_short(root: Path) -> None:
    transaction = change(root)
    assert has_unfinished(root)

    recovery = recover(root)

    assert recovery is not None
    assert (recovery.transaction, recovery.plan) == (transaction.id, PLAN)
    assert "the environment is as it was before it" in str(recovery)


def test_without_an_unfinished_repair_there_is_nothing_to_recover(root: Path) -> None:
    assert recover(root) is None
    assert not (root / ".venv-health").exists()


@pytest.mark.parametrize("tail", [b'{"phase": "comm', b'{"phase": "committed", "kept": []}'])
def test_a_last_line_cut_short_counts_for_nothing(root: Path, tail: bytes) -> None:
    before = seen(root)
    transaction = change(root)
    with (transaction.folder / "journal.jsonl").open("ab") as file:
        file.write(tail)

    recovery = recover(root)

    assert recovery is not None
    assert recovery.outcome == "rolled-back"
    assert seen(root) == before


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        pytest.param(lambda path: path.unlink(), "is lost", id="lost"),
        pytest.param(lambda path: path.write_bytes(b""), "is lost", id="emptied"),
        pytest.param(
            lambda path: path.write_bytes(b"\0" * 9 + path.read_bytes()), "line 1", id="zeroed"
        ),
    ],
)
def test_a_damaged_journal_is_named_and_nothing_is_touched(
    root: Path, damage: Callable[[Path], object], reason: str
) -> None:
    transaction = change(root)
    damage(transaction.folder / "journal.jsonl")
    before = snapshot(transaction.folder)

    with pytest.raises(JournalDamagedError, match=reason):
        recover(root)

    assert snapshot(transaction.folder) == before


def test_names_of_any_bytes_come_back(root: Path) -> None:
    site = site_of(root)
    odd = [b"caf\xc3\xa9.py", b"latin\xe9.py", b"new\nline.py", b"x" * 255, b"quote\"'\\.py"]
    for name in odd:
        Path(os.fsdecode(os.fsencode(site) + b"/" + name)).write_text("odd")
    before = seen(root)
    transaction = begin(root)
    assert transaction.quarantine(Path(site, os.fsdecode(name)) for name in odd) == len(odd)
    assert len(seen(root)) == len(before) - len(odd)

    recover(root)

    assert seen(root) == before


# A file system that refuses renames: another device, or a lower layer of an overlay.


@pytest.fixture
def refused_renames(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    refused = refuse_renames()
    monkeypatch.setattr(os, "rename", refused)
    return refused.seen


class refuse_renames:  # noqa: N801 - stands for a function
    """`os.rename` as across devices: only within a folder."""

    def __init__(self) -> None:
        self.rename = os.rename
        self.seen: list[str] = []

    def __call__(self, source: str, target: str) -> None:
        if os.path.dirname(source) != os.path.dirname(target):
            self.seen.append(source)
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), source, None, target)
        self.rename(source, target)


def test_where_renames_are_refused_files_are_copied(root: Path, refused_renames: list[str]) -> None:
    before = seen(root)
    stamps = {path: path.lstat().st_mtime_ns for path in root.rglob("*") if not path.is_dir()}
    transaction = change(root)
    assert refused_renames

    transaction.rollback()

    assert seen(root) == before
    assert {path: path.lstat().st_mtime_ns for path in stamps} == stamps
    assert os.listdir(root / ".venv-health") == ["audit.jsonl"]


def test_a_commit_on_copies_equals_a_commit_on_renames(
    root: Path, tmp_path: Path, refused_renames: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    change(root).commit(is_the_wheels)
    copied, kept = seen(root), kept_files(root)
    monkeypatch.undo()
    other = make_tree(tmp_path / "other")
    change(other).commit(is_the_wheels)

    assert refused_renames
    assert kept == kept_files(other)
    # A link's target names its own tree.
    assert copied.keys() == seen(other).keys()
    assert [row for row in copied.values() if row[0] != "link"] == [
        row for row in seen(other).values() if row[0] != "link"
    ]


def test_site_packages_on_another_device_come_back(root: Path) -> None:
    shared_memory = Path("/dev/shm")
    if not os.access(shared_memory, os.W_OK) or shared_memory.stat().st_dev == root.stat().st_dev:
        pytest.skip("no second file system at hand")
    site = shared_memory / f"venvhealth-test-{os.getpid()}"
    site.mkdir()
    try:
        (site / "demo.py").write_text("old\n")
        (site / "link").symlink_to("demo.py")
        before = snapshot(site)
        transaction = Transaction.begin(root, plan={}, keep=[site])
        ((staged, _, hash_),) = stage(transaction, root, {"demo.py": "new\n"})
        assert transaction.quarantine([site / "demo.py", site / "link"]) == 2
        transaction.install([(staged, site / "demo.py", hash_)])
        assert (site / "demo.py").read_text() == "new\n"

        recover(root)

        assert snapshot(site) == before
    finally:
        for path in site.iterdir():
            path.unlink()
        site.rmdir()


# Errors on the way: said, and everything comes back.


def test_a_full_disk_is_said_and_everything_comes_back(root: Path) -> None:
    (site_of(root) / "demo" / "weights.bin").write_bytes(b"x" * 300_000)
    before = seen(root)

    done = harness(root, "full-disk")

    assert "Free some space" in done.stdout
    assert "File too large" in done.stdout
    assert seen(root) == before
    assert not has_unfinished(root)


def test_a_full_disk_does_not_keep_a_rollback_from_working(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = seen(root)
    transaction = change(root)

    def no_room(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", no_room)
    transaction.rollback()
    monkeypatch.undo()

    assert seen(root) == before
    assert not has_unfinished(root)


def test_a_folder_that_cannot_be_written_is_said_and_everything_comes_back(root: Path) -> None:
    (site_of(root) / "demo").chmod(0o555)
    before = seen(root)

    done = harness(root, "read-only")

    assert "Permission denied" in done.stdout
    assert "Give this user write access there" in done.stdout
    assert seen(root) == before
    assert not has_unfinished(root)


def test_a_rollback_that_stops_half_way_goes_on_in_the_next_run(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = seen(root)
    transaction = change(root)
    calls = iter(range(100))

    def fails_at_the_fourth(source: str, target: str) -> None:
        if next(calls) == 3:
            raise OSError(errno.EIO, os.strerror(errno.EIO), source)
        rename(source, target)

    rename = os.rename
    monkeypatch.setattr(os, "rename", fails_at_the_fourth)
    with pytest.raises(RollbackError, match="Input/output error"):
        transaction.rollback()
    monkeypatch.undo()

    recover(root)

    assert seen(root) == before


def test_errors_survive_pickling() -> None:
    for error in (
        TransactionError("set aside", "/x", "No space left", "Free some."),
        FileInTheWayError("install", "/x", "there", "Look."),
        UnfinishedTransactionError(Path("/x")),
        JournalDamagedError(Path("/x"), "is lost"),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again)) == (type(error), str(error))


# Kills. The harness is a process of its own with one thread, so that it may fork.


@pytest.mark.sampled(3)
@pytest.mark.parametrize("step", FORWARD, ids=str)
def test_a_kill_at_any_step_is_undone_or_finished_by_the_next_run(root: Path, step: Step) -> None:
    before = seen(root)
    done = harness(root, "step", step)
    assert done.returncode == -signal.SIGKILL

    recovery = recover(root)

    committed = step in (Step.VERIFIED, Step.COMMITTED, Step.CLOSED)
    if committed:
        assert seen(root) != before
        assert (site_of(root) / "demo" / "__init__.py").read_text() == "VALUE = 'new'\n"
        assert (root / "bin" / "demo").read_text() == "#!new\n"
        assert kept_files(root) == [f"quarantine/{SITE}/demo/sub/settings.ini"]
    else:
        assert seen(root) == before
        assert kept_files(root) == []
    outcomes = {"verified": "finished", "committed": "finished", "closed": None}
    expected = outcomes.get(step, "rolled-back")
    assert expected == (recovery.outcome if recovery else None)
    assert recover(root) is None


@pytest.mark.sampled(2)
@pytest.mark.parametrize("step", [Step.ROLLING_BACK, Step.UNDONE, Step.ROLLED_BACK], ids=str)
def test_a_kill_during_the_rollback_is_undone_by_the_next_run(root: Path, step: Step) -> None:
    before = seen(root)
    change(root, wider=True)
    assert harness(root, "recover-step", step).returncode == -signal.SIGKILL

    recover(root)

    assert seen(root) == before
    assert recover(root) is None


# Strides that meet each kind of call; with 1 each single call was tried, and held.
@pytest.mark.slow
@pytest.mark.parametrize(("how", "stride"), [("rename", 4), ("copy", 11)])
def test_a_kill_before_a_system_call_of_a_repair_loses_nothing(
    root: Path, how: str, stride: int
) -> None:
    done = harness(root, "everywhere", how, str(stride))

    assert done.returncode == 0, done.stdout + done.stderr
    outcomes = json.loads(done.stdout.splitlines()[-1])
    assert outcomes["rolled-back"] > 20
    assert outcomes["finished"] > 2


@pytest.mark.slow
@pytest.mark.parametrize(("how", "stride"), [("rename", 4), ("copy", 17)])
def test_a_kill_before_a_system_call_of_a_recovery_loses_nothing(
    root: Path, how: str, stride: int
) -> None:
    done = harness(root, "recover-everywhere", how, str(stride))

    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["recovered"] > 10


@pytest.mark.slow
def test_a_kill_at_a_random_moment_loses_nothing(tmp_path: Path) -> None:
    chance = random.Random(20)
    outcomes: list[str | None] = []
    # How long a change takes is the machine's affair: some kills must have come in its middle.
    while len(outcomes) < 12 or outcomes.count("rolled-back") < 3:
        root = tmp_path / f"env{len(outcomes)}"
        site = site_of(make_tree(root))
        for index in range(60):
            (site / "demo" / f"module{index}.py").write_text("old\n")
        before = seen(root)
        with start_harness(root, "change") as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0, 0.04))
            child.kill()

        recovery = recover(root)

        outcomes.append(recovery.outcome if recovery else None)
        if seen(root) != before:
            assert outcomes[-1] != "rolled-back"
            assert (site / "demo" / "__init__.py").read_text() == "VALUE = 'new'\n"
            assert kept_files(root) == [f"quarantine/{SITE}/demo/sub/settings.ini"]
        assert len(outcomes) < 100, outcomes


def start_harness(root: Path, *what: str) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parent.parent)])
    return subprocess.Popen(
        [sys.executable, __file__, str(root), *what],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )


def harness(root: Path, *what: str) -> subprocess.CompletedProcess[str]:
    with start_harness(root, *what) as child:
        output, errors = child.communicate(timeout=120)
    return subprocess.CompletedProcess(child.args, child.returncode, output, errors)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class KillAt:
    """Kills this process right before its Nth system call that changes something."""

    EVENTS = frozenset(
        (
            *("open", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.truncate"),
            *("os.chmod", "os.symlink", "os.utime"),
        )
    )

    def __init__(self, number: int) -> None:
        self.left = number
        self.armed = True
        write = os.write
        sys.addaudithook(self.hook)

        def half(descriptor: int, data: memoryview) -> int:
            if self.armed and self.count():
                write(descriptor, data[: len(data) // 2])
                die()
            return write(descriptor, data)

        os.write = half  # type: ignore[assignment]

    def hook(self, event: str, _: tuple[Any, ...]) -> None:
        if self.armed and event in self.EVENTS and self.count():
            die()

    def count(self) -> bool:
        self.left -= 1
        return self.left == 0


def killed_at(number: int, action: Callable[[], object]) -> bool:
    """Run `action` in a fork that is killed before its Nth system call; False where it ended."""
    child = os.fork()
    if child == 0:
        kill = KillAt(number)
        action()
        kill.armed = False
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.waitstatus_to_exitcode(status) == 0
    return False


def whole_repair(root: Path) -> None:
    change(root, wider=True).commit(is_the_wheels)


def fresh(folder: Path) -> Iterator[Path]:
    """Yield the same damaged tree again and again, at the same path."""
    root = folder / "again"
    while True:
        shutil.rmtree(root, ignore_errors=True)
        yield make_tree(root)


def kill_everywhere(folder: Path, stride: int) -> None:
    """Kill a repair before each of its system calls, and look at what the next run makes of it."""
    trees = fresh(folder)
    root = next(trees)
    before = seen(root)
    whole_repair(root)
    after, kept = seen(root), kept_files(root)
    outcomes = {"rolled-back": 0, "finished": 0, "None": 0}
    number = 1 - stride
    while True:
        number += stride
        root = next(trees)
        alive = not killed_at(number, lambda root=root: whole_repair(root))  # type: ignore[misc]
        recovery = recover(root)
        outcomes[recovery.outcome if recovery else "None"] += 1
        now = seen(root)
        assert now in (before, after), (number, recovery, difference(now, before))
        assert kept_files(root) == (kept if now == after else []), (number, kept_files(root))
        assert recovery is None or (recovery.outcome == "finished") == (now == after), number
        assert recover(root) is None, number
        assert not has_unfinished(root), number
        left = [path for path in (root / ".venv-health").rglob("*") if path.name == "stage"]
        assert left == []
        assert (root / ".venv-health" / "transactions").exists() == (now == after), number
        if alive:
            break
    print(json.dumps({**outcomes, "calls": number}))  # noqa: T201


def kill_recovery_everywhere(folder: Path, stride: int) -> None:
    """Kill a recovery before each of its system calls, and the next one a third as far."""
    trees = fresh(folder)
    root = next(trees)
    before = seen(root)
    recovered = 0
    number = 1 - stride
    alive = False
    while not alive:
        number += stride
        root = next(trees)
        change(root, wider=True)
        alive = not killed_at(number, lambda root=root: recover(root))  # type: ignore[misc]
        killed_at(1 + number // 3, lambda root=root: recover(root))  # type: ignore[misc]
        recover(root)
        assert seen(root) == before, (number, difference(seen(root), before))
        assert kept_files(root) == []
        assert recover(root) is None
        assert not has_unfinished(root)
        recovered += 1
    print(json.dumps({"recovered": recovered}))  # noqa: T201


def difference(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {
        name: (one.get(name), other.get(name))
        for name in one.keys() | other.keys()
        if one.get(name) != other.get(name)
    }


def main(root: Path, what: str, *more: str) -> None:
    def kill_at_step(reached: str) -> None:
        if reached == more[0]:
            die()

    if more[:1] == ("copy",):
        os.rename = refuse_renames()  # type: ignore[assignment]
    if what == "step":
        change(root, kill_at_step).commit(is_the_wheels)
    elif what == "recover-step":
        recover(root, on_step=kill_at_step)
    elif what == "change":
        print("ready", flush=True)  # noqa: T201
        change(root).commit(is_the_wheels)
    elif what == "everywhere":
        kill_everywhere(root, int(more[1]))
    elif what == "recover-everywhere":
        kill_recovery_everywhere(root, int(more[1]))
    elif what == "full-disk":
        os.rename = refuse_renames()  # type: ignore[assignment]
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
        with contextlib.suppress(TransactionError), begin(root) as transaction:
            try:
                transaction.quarantine(old_files(root))
            except TransactionError as error:
                print(error)  # noqa: T201
                raise
    elif what == "read-only":
        if os.getuid() == 0:
            for path in (root, *root.rglob("*")):
                os.chown(path, 65534, 65534, follow_symlinks=False)
            for folder in root.parents:
                with contextlib.suppress(OSError):
                    folder.chmod(folder.stat().st_mode | 0o011)
            os.setgroups([])
            os.setuid(65534)
        with contextlib.suppress(TransactionError), begin(root) as transaction:
            try:
                transaction.quarantine(old_files(root))
            except TransactionError as error:
                print(error)  # noqa: T201
                raise


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
