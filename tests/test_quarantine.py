"""What lies in quarantine is told, comes back unharmed, and goes only when a person says so.

Run as a script this module is the harness that is killed: `python test_quarantine.py ROOT STEP`.
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from past_repairs import NOTES, repair
from targets import site_packages, snapshot

from pytest_venvhealth.repair.failures import PathRefusedError
from pytest_venvhealth.repair.history import Past, Shelved
from pytest_venvhealth.repair.lock import LockTimeoutError, environment_lock
from pytest_venvhealth.repair.quarantine import (
    NotInQuarantineError,
    RestoreRefusedError,
    discard,
    list_repairs,
    quarantine_size,
    restore,
    select,
)
from pytest_venvhealth.repair.recovery import Step, has_unfinished, recover
from pytest_venvhealth.repair.transaction import Transaction

pytestmark = pytest.mark.sampled(2)

SITE = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
ROGUE = f"{SITE}/library/rogue.py"
EDITED = f"{SITE}/{NOTES}"


@pytest.fixture
def repaired(story: Path) -> Past:
    """A repair that has set aside an edited file, a foreign module, a cache and a leftover."""
    package = site_packages(story) / "library"
    (package / "data.txt").write_text("my own notes\n")
    (package / "data.txt").chmod(0o600)
    (package / "rogue.py").write_text("ROGUE = 1\n")
    (package / "cache").mkdir(mode=0o750)
    (package / "cache" / "model.bin").write_bytes(bytes(5000))
    (site_packages(story) / "~ibrary").mkdir()
    (site_packages(story) / "~ibrary" / "old.py").write_text("OLD = 1\n")
    return repair(story, "library")


def files_of(root: Path) -> dict[str, Shelved]:
    return {file.path: file for past in list_repairs(root) for file in past.shelved}


def audit(root: Path) -> list[dict[str, object]]:
    lines = (root / ".venv-health" / "audit.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_the_list_tells_what_why_by_which_repair_and_how_large(story: Path, repaired: Past) -> None:
    (past,) = list_repairs(story)

    assert [
        (f"{SITE}/library/cache/model.bin", "foreign", 5000),
        (EDITED, "altered", 13),
        (ROGUE, "foreign", 10),
        (f"{SITE}/~ibrary/old.py", "leftover", 8),
    ] == sorted((file.path, str(file.why), file.size) for file in past.shelved)
    assert {"RECORD", "INSTALLER", "REQUESTED", "library-cli"} == {
        Path(file.path).name for file in past.for_undo
    }
    ((name, version, before, reason),) = past.treated
    assert ("library", "4.57.3", "4.57.3") == (name, version, before)
    assert "library" in reason
    (prepared, *_) = [line for line in audit(story) if line["action"] == "begin"]
    assert prepared["transaction"] == past.id
    assert past.size == sum(file.size for file in (*past.shelved, *past.for_undo))


def test_the_size_is_that_of_all_files_and_never_fails(story: Path, tmp_path: Path) -> None:
    assert (0, 0) == quarantine_size(story)
    assert (0, 0) == quarantine_size(tmp_path / "nowhere")
    (site_packages(story) / NOTES).write_text("my own notes\n")
    past = repair(story, "library")

    assert (len(past.shelved) + len(past.for_undo), past.size) == quarantine_size(story)

    Path(past.layout.folder, "journal.jsonl").write_bytes(b"\0")
    assert past.size == quarantine_size(story)[1]


def test_a_restored_file_is_as_it_was_and_leaves_the_list(story: Path, repaired: Past) -> None:
    size = quarantine_size(story)[1]

    done = restore(story, select(story, [ROGUE, f"{SITE}/library/cache"]))

    package = site_packages(story) / "library"
    assert "ROGUE = 1\n" == (package / "rogue.py").read_text()
    assert bytes(5000) == (package / "cache" / "model.bin").read_bytes()
    assert 0o750 == (package / "cache").stat().st_mode & 0o777
    assert 1 == (package / "rogue.py").stat().st_nlink
    assert () == done.replaced
    assert {EDITED, f"{SITE}/~ibrary/old.py"} == files_of(story).keys()
    assert size - 5010 == quarantine_size(story)[1]
    assert "restore" == audit(story)[-1]["action"]
    assert recover(story) is None


def test_a_restore_overwrites_nothing_unasked(story: Path, repaired: Past) -> None:
    before, listed = snapshot(story), files_of(story)

    with pytest.raises(RestoreRefusedError, match=rf"already: {EDITED}\. With --overwrite"):
        restore(story, select(story, [ROGUE, EDITED]))

    assert before == snapshot(story)
    assert listed == files_of(story)
    assert not has_unfinished(story)


def test_what_a_restore_overwrites_goes_into_quarantine_and_back(
    story: Path, repaired: Past
) -> None:
    before = snapshot(story)

    done = restore(story, select(story, [EDITED]), overwrite=True)

    path = site_packages(story) / NOTES
    assert ("my own notes\n", 0o600) == (path.read_text(), path.stat().st_mode & 0o777)
    assert (EDITED,) == done.replaced
    assert ("replaced", done.transaction) == (
        files_of(story)[EDITED].why,
        files_of(story)[EDITED].transaction,
    )
    restore(story, select(story, [done.transaction]), overwrite=True)
    assert before == snapshot(story)
    assert "my own notes\n" == shelf_of(story, files_of(story)[EDITED]).read_text()


def test_all_of_a_repair_comes_back_by_its_id(story: Path, repaired: Past) -> None:
    restore(story, select(story, [repaired.id[:20]]), overwrite=True)

    assert "OLD = 1\n" == (site_packages(story) / "~ibrary" / "old.py").read_text()
    assert [EDITED] == list(files_of(story))


def test_links_come_back_as_links(story: Path) -> None:
    link = site_packages(story) / "library" / "link.py"
    link.symlink_to(story.parent / "nowhere.py")
    repair(story, "library")
    assert not link.is_symlink()

    restore(story, select(story, [str(link)]))

    assert story.parent / "nowhere.py" == link.readlink()


def test_nothing_is_restored_through_a_link(story: Path, repaired: Past, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    shutil.move(site_packages(story) / "library", elsewhere)
    (site_packages(story) / "library").symlink_to(elsewhere)
    before = snapshot(elsewhere)

    with pytest.raises(PathRefusedError, match="behind the symbolic link"):
        restore(story, select(story, [ROGUE]))

    assert before == snapshot(elsewhere)
    assert ROGUE in files_of(story)
    assert not has_unfinished(story)


def test_a_file_where_a_folder_should_be_is_not_replaced(story: Path, repaired: Past) -> None:
    (site_packages(story) / "library" / "cache").write_text("a file\n")
    before = snapshot(story)

    with pytest.raises(Exception, match="should be a folder and is a file"):
        restore(story, select(story, [f"{SITE}/library/cache"]), overwrite=True)

    assert before == snapshot(story)
    assert f"{SITE}/library/cache/model.bin" in files_of(story)


def test_one_path_of_two_repairs_must_be_told_apart(story: Path, repaired: Past) -> None:
    (site_packages(story) / NOTES).write_text("my newer notes\n")
    newer = repair(story, "library")

    with pytest.raises(NotInQuarantineError, match=r"name one with --repair"):
        select(story, [EDITED])
    with pytest.raises(RestoreRefusedError, match="two repairs"):
        restore(story, select(story, [repaired.id, newer.id]), overwrite=True)
    restore(story, select(story, [EDITED], transaction=repaired.id), overwrite=True)

    assert "my own notes\n" == (site_packages(story) / NOTES).read_text()
    kept = [file for past in list_repairs(story) for file in past.shelved if file.path == EDITED]
    assert ["my newer notes\n", "weights\n"] == [shelf_of(story, file).read_text() for file in kept]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        pytest.param("library/rogue.py", "no such file", id="not as listed"),
        pytest.param("20200101T000000-00000000", "no repair of this id", id="unknown id"),
        pytest.param("20", "no such file", id="a number"),
        pytest.param("../../etc/passwd", "no such file", id="outside"),
    ],
)
def test_what_is_not_there_is_said(story: Path, repaired: Past, name: str, reason: str) -> None:
    with pytest.raises(NotInQuarantineError, match=reason):
        select(story, [ROGUE, name])


def test_a_path_may_be_relative_to_where_the_person_is(story: Path, repaired: Past) -> None:
    (file,) = select(story, ["rogue.py"], folder=site_packages(story) / "library")

    assert ROGUE == file.path


def test_a_discarded_file_is_gone_and_no_other(story: Path, repaired: Past) -> None:
    before, all_files = snapshot(story), files_of(story)
    gone = select(story, [ROGUE])

    assert 1 == discard(story, gone)

    assert before == snapshot(story)
    assert all_files.keys() - {ROGUE} == files_of(story).keys()
    assert not shelf_of(story, gone[0]).exists()
    assert ("discard", [ROGUE]) == (audit(story)[-1]["action"], audit(story)[-1]["paths"])


def test_a_discarded_repair_leaves_its_journal_and_nothing_else(
    story: Path, repaired: Past
) -> None:
    discard(story, select(story, [repaired.id], for_undo=True))

    assert (0, 0) == quarantine_size(story)
    assert ["journal.jsonl"] == os.listdir(repaired.layout.folder)
    with pytest.raises(NotInQuarantineError, match="nothing of it"):
        select(story, [repaired.id], for_undo=True)


def test_what_left_the_quarantine_meanwhile_is_not_restored(story: Path, repaired: Past) -> None:
    files = select(story, [ROGUE])
    discard(story, files)

    with pytest.raises(NotInQuarantineError, match="left the quarantine meanwhile"):
        restore(story, files)


def test_what_a_rollback_set_aside_is_listed_and_comes_back(story: Path) -> None:
    package = site_packages(story) / "library"
    transaction = Transaction.begin(story, plan={}, keep=[site_packages(story)])
    transaction.quarantine([package / "data.txt"])
    (package / "data.txt").write_text("by somebody\n")
    recover(story)

    (past,) = list_repairs(story)
    ((path, why),) = [(file.path, str(file.why)) for file in past.shelved]
    assert (EDITED, "displaced", "rolled-back") == (path, why, str(past.kind))

    restore(story, past.shelved, overwrite=True)

    assert "by somebody\n" == (package / "data.txt").read_text()
    assert "weights\n" == shelf_of(story, files_of(story)[EDITED]).read_text()
    assert not Path(past.layout.folder).exists()


def test_others_who_use_the_environment_are_waited_for(story: Path, repaired: Past) -> None:
    files = select(story, [ROGUE])

    with environment_lock(story, exclusive=True, timeout=0):
        with pytest.raises(LockTimeoutError):
            restore(story, files, lock_timeout=0)
        with pytest.raises(LockTimeoutError):
            discard(story, files, lock_timeout=0)

    assert ROGUE in files_of(story)


def test_errors_survive_pickling() -> None:
    for error in (
        NotInQuarantineError("x.py", Path("/x"), "no such file"),
        RestoreRefusedError(("a", "b", "c", "d"), "reason", "Do this."),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert (type(error), str(error)) == (type(again), str(again))


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(step, id=str(step), marks=() if step is Step.COMMITTED else pytest.mark.slow)
        for step in (
            *(Step.PREPARED, Step.QUARANTINING, Step.QUARANTINED, Step.INSTALLING),
            *(Step.INSTALLED, Step.COMMITTING, Step.VERIFIED, Step.COMMITTED, Step.CLOSED),
        )
    ],
)
def test_a_kill_at_any_step_of_a_restore_loses_nothing(
    story: Path, repaired: Past, step: Step
) -> None:
    before, listed = snapshot(story), files_of(story)

    done = subprocess.run(
        [sys.executable, __file__, str(story), step], capture_output=True, text=True, check=False
    )
    recovery = recover(story)

    assert -signal.SIGKILL == done.returncode, done.stderr
    path = site_packages(story) / NOTES
    if step in (Step.VERIFIED, Step.COMMITTED, Step.CLOSED):
        assert "my own notes\n" == path.read_text()
        assert "weights\n" == shelf_of(story, files_of(story)[EDITED]).read_text()
        assert 1 == path.stat().st_nlink
    else:
        assert recovery is not None
        assert "An earlier restore" in str(recovery)
        assert before == snapshot(story)
        assert listed == files_of(story)
    assert recover(story) is None


def test_where_hard_links_are_refused_files_are_copied(
    story: Path, repaired: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refused)
    restore(story, select(story, [EDITED]), overwrite=True)

    path = site_packages(story) / NOTES
    assert ("my own notes\n", 0o600) == (path.read_text(), path.stat().st_mode & 0o777)


def shelf_of(root: Path, file: Shelved) -> Path:
    return root / ".venv-health" / "transactions" / file.transaction / file.shelf


def main(root: Path, step: str) -> None:
    def kill(reached: str) -> None:
        if reached == step:
            os.kill(os.getpid(), signal.SIGKILL)

    restore(root, select(root, [EDITED]), overwrite=True, on_step=kill)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
