"""A quick run finds every change, and believes nothing but its own last full check."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Health, RunHealth
from places import Place
from targets import make_venv, site_packages

from pytest_venvhealth import examination, last_seen
from pytest_venvhealth.checks import Answer
from pytest_venvhealth.checks.files import check_files
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.examination import Examination, Limits
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import Check
from pytest_venvhealth.last_seen import LastSeen

pytestmark = pytest.mark.sampled(2)

TICK = 20_000_000
"""Nanoseconds; more than a tick of the clock that local file systems have."""


def settle(root: Path) -> None:
    """Wait until the last change below `root` is old enough to be told from the next one."""
    paths = [path for path in root.rglob("*") if not path.is_symlink()]
    newest = max(path.stat().st_ctime_ns for path in paths)
    while time.time_ns() <= newest + last_seen._SETTLED:
        time.sleep(0.01)


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take files for settled after a tick instead of two seconds."""
    monkeypatch.setattr(last_seen, "_SETTLED", TICK)


@pytest.fixture
def place(tmp_path: Path, soon: None) -> Place:
    place = Place(tmp_path)
    make_venv(place.root)
    place.described = Environment.at(place.root)
    files = {"demo/__init__.py": "VALUE = 1\n", "demo/data.txt": "data\n"}
    place.add("demo", files={**files, "demo-1.0.data/scripts/run": "#!python\n"})
    settle(place.root)
    return place


def look(place: Place, *, quick: bool, store: Path | None = None) -> Answer:
    """Ask for the files of `demo` in a run of its own."""
    folder = store or place.folder / "store"
    facts = place.facts()
    memory = LastSeen(facts.environment, lambda: folder)
    return Examination(facts, Limits(quick=quick), memory).answer("demo", Check.FILES)


def outcome(answer: Answer) -> tuple[str | None, list[str]]:
    return answer.verified_against, [str(finding.code) for finding in answer.findings]


def with_old_times(change: Callable[[Path], object]) -> Callable[[Path], None]:
    def changed(path: Path) -> None:
        before = path.stat()
        change(path)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    return changed


def other_text(path: Path) -> None:
    path.write_text("atad\n")


def replace_by_copy(path: Path) -> None:
    copy = path.with_name("copy")
    shutil.copy2(path, copy)
    copy.replace(path)


def replace_by_link(path: Path) -> None:
    moved = path.parents[1] / "elsewhere.txt"
    path.rename(moved)
    path.symlink_to(moved)


# -- what a quick run sees


def test_what_looks_as_before_is_not_hashed_again(place: Place) -> None:
    assert outcome(look(place, quick=False)) == ("wheel", [])

    answer = look(place, quick=True)

    assert outcome(answer) == ("stat", [])
    assert "not hashed again" in answer.notes[0]


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(with_old_times(other_text), "file-altered", id="same-size-and-mtime"),
        pytest.param(lambda path: path.write_text(""), "file-altered", id="emptied"),
        pytest.param(Path.unlink, "file-missing", id="deleted"),
        pytest.param(Path.touch, None, id="touched"),
        pytest.param(lambda path: path.chmod(0o600), None, id="mode"),
        pytest.param(replace_by_copy, None, id="replaced-by-a-copy"),
        pytest.param(replace_by_link, None, id="replaced-by-a-link"),
    ],
)
def test_any_change_leads_to_a_full_check(
    place: Place, change: Callable[[Path], object], expected: str | None
) -> None:
    look(place, quick=False)
    change(place.site / "demo" / "data.txt")

    against, codes = outcome(look(place, quick=True))

    assert against == "wheel"
    assert expected is None or codes == [expected]


def test_what_no_file_of_its_own_shows_is_asked_in_a_quick_run_too(place: Place) -> None:
    look(place, quick=False)
    (place.site / "demo" / "stale.py").write_text("")

    assert outcome(look(place, quick=True)) == ("stat", ["foreign-file"])


def test_a_fault_stays_found_in_every_quick_run(place: Place) -> None:
    look(place, quick=False)
    (place.site / "demo" / "data.txt").write_text("atad\n")
    settle(place.root)

    assert [("wheel", ["file-altered"])] * 3 == [outcome(look(place, quick=True)) for _ in range(3)]


def test_an_error_of_another_kind_is_not_kept_as_good(place: Place) -> None:
    (place.site / "demo" / "stale.py").write_text("")
    settle(place.root)

    assert [("wheel", ["foreign-file"])] * 2 == [outcome(look(place, quick=True)) for _ in range(2)]


# -- what is remembered


def test_a_plain_run_believes_no_old_answer(place: Place) -> None:
    (place.site / "demo" / "data.txt").write_text("atad\n")
    settle(place.root)
    facts = place.facts()
    manifest = facts.manifest("demo")
    assert manifest is not None
    memory = LastSeen(facts.environment, lambda: place.folder / "store")
    damaged = memory.look_at(manifest)
    assert damaged is not None
    assert memory.keep("demo", damaged, started=time.time_ns())

    assert outcome(look(place, quick=True)) == ("stat", [])  # so deep goes a forged memory
    assert outcome(look(place, quick=False)) == ("wheel", ["file-altered"])
    assert outcome(look(place, quick=True)) == ("wheel", ["file-altered"])  # and it is gone


def test_what_changed_just_now_is_not_kept(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(last_seen, "_SETTLED", 60_000_000_000)

    assert [("wheel", [])] * 2 == [outcome(look(place, quick=True)) for _ in range(2)]


def test_what_changes_while_it_is_hashed_is_not_kept(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(facts: Facts, name: str, **options: Any) -> Answer:
        answer = check_files(facts, name, **options)
        (place.site / "demo" / "data.txt").write_text("atad\n")
        settle(place.root)
        return answer

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(examination, "check_files", interrupted)
        assert outcome(look(place, quick=False)) == ("wheel", [])

    assert outcome(look(place, quick=True)) == ("wheel", ["file-altered"])


def test_another_wheel_is_another_question(place: Place) -> None:
    look(place, quick=False)
    site = place.folder / "other"
    make_venv(site / "venv")
    other = Place(site, described=place.described)
    other.add("demo", files={"demo/__init__.py": "VALUE = 1\n", "demo/data.txt": "other\n"})
    shutil.copy2(other.house / "demo-1.0-py3-none-any.whl", place.house)

    assert outcome(look(place, quick=True)) == ("wheel", ["file-altered", "record-invalid"])


def test_a_record_that_was_edited_is_another_question(place: Place) -> None:
    shutil.rmtree(place.house)
    assert outcome(look(place, quick=False)) == ("record", [])
    assert outcome(look(place, quick=True)) == ("stat", [])
    record = place.site / "demo-1.0.dist-info" / "RECORD"
    record.write_text(record.read_text().replace("demo/data.txt,sha256=", "demo/data.txt,sha256=x"))

    assert outcome(look(place, quick=True)) == ("record", ["file-altered"])


def test_another_environment_is_not_taken_for_this_one(place: Place) -> None:
    store = place.folder / "store"
    look(place, quick=False)
    (kept,) = store.rglob("demo")

    copied = Place(place.folder / "second")
    shutil.copytree(place.root, copied.root, symlinks=True)
    shutil.copytree(place.house, copied.house)
    settle(copied.root)
    look(copied, quick=False, store=store)
    theirs = next(path for path in store.rglob("demo") if path != kept)
    shutil.copy2(kept, theirs)  # as if the two shared one memory
    assert outcome(look(copied, quick=True, store=store)) == ("wheel", [])

    # Another one in the same place, with the same times.
    shutil.rmtree(place.root)
    shutil.copytree(copied.root, place.root, symlinks=True)
    assert outcome(look(place, quick=True)) == ("wheel", [])


def write(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


def make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(write(b""), id="empty"),
        pytest.param(write(b"\x00\xff" * 10_000_000), id="noise"),
        pytest.param(lambda path: write(path.read_bytes()[:-2])(path), id="cut"),
        pytest.param(lambda path: write(path.read_bytes() + b"more")(path), id="longer"),
        pytest.param(
            lambda path: write(path.read_bytes().replace(b"stats 1", b"stats 0"))(path),
            id="other-form",
        ),
        pytest.param(make_folder, id="folder"),
    ],
)
def test_a_damaged_memory_is_no_memory(place: Place, damage: Callable[[Path], object]) -> None:
    look(place, quick=False)
    (kept,) = (place.folder / "store").rglob("demo")
    damage(kept)

    assert outcome(look(place, quick=True)) == ("wheel", [])


def test_where_nothing_can_be_kept_everything_is_hashed(place: Place) -> None:
    blocked = place.folder / "file"
    blocked.write_text("")

    answers = [look(place, quick=True, store=blocked / "store") for _ in range(2)]

    assert [("wheel", [])] * 2 == [outcome(answer) for answer in answers]


# -- whole runs


def verified(health: Health) -> set[str]:
    listed = health.environment()["distributions"]
    return {each["verified_against"] for each in listed}


@pytest.mark.slow
def test_quick_runs_of_pytest(story: Path, run_health: RunHealth, soon: None) -> None:
    quick = ("--venv=target", "--venv-depth=files", "--venv-quick")
    settle(story)
    assert verified(run_health("--venv=target", "--venv-depth=files")) == {"wheel"}

    health = run_health(*quick)
    assert (health.code, verified(health)) == (0, {"stat"})
    assert health.text.count("not hashed again") == 1

    health = run_health(*quick, "-p", "no:cacheprovider")
    assert verified(health) == {"wheel"}
    assert health.text.count("every file is hashed") == 1

    damaged = site_packages(story) / "library" / "data.txt"
    with_old_times(lambda path: path.write_text("STHGIEW\n"))(damaged)
    health = run_health(*quick)
    assert (health.code, health.codes("library")) == (1, ["file-altered"])
    assert health.distribution("library")["verified_against"] == "wheel"

    healed = run_health(*quick, "--repair")
    assert (healed.code, healed.statuses()["library"]) == (0, "healed")
    assert healed.distribution("library")["verified_against"] == "wheel"
    assert healed.distribution("bystander")["verified_against"] == "stat"


@pytest.mark.slow
def test_workers_share_one_memory(story: Path, run_health: RunHealth) -> None:
    given = ("--venv=target", "--venv-depth=files", "-n", "2")
    settle(story)  # for two seconds: workers are processes of their own
    assert verified(run_health(*given)) == {"wheel"}
    damaged = site_packages(story) / "library" / "data.txt"
    with_old_times(lambda path: path.write_text("STHGIEW\n"))(damaged)

    health = run_health(*given, "--venv-quick")

    assert (health.code, health.codes("library")) == (1, ["file-altered"])
    assert {"library": "wheel", "adapter": "stat", "bystander": "stat"} == {
        each["name"]: each["verified_against"] for each in health.environment()["distributions"]
    }
