"""An undo gives back what was there before the repair, or changes nothing.

Run as a script this module is the harness that is killed: `python test_undo.py ROOT STEP`,
or `ROOT everywhere STRIDE`.
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from past_repairs import BLOOM, NOTES, environment_of, repair, undo_in, wheelhouse_of
from targets import install_wheel, site_packages, snapshot
from test_transaction import killed_at

from pytest_venvhealth.repair.history import Kind
from pytest_venvhealth.repair.quarantine import discard, list_repairs, restore, select
from pytest_venvhealth.repair.recovery import Step, has_unfinished, recover
from pytest_venvhealth.repair.transaction import DROP, Transaction
from pytest_venvhealth.repair.undo import NothingToUndoError, UndoRefusedError, undo
from pytest_venvhealth.repair.wheel_errors import WheelDamagedError

pytestmark = pytest.mark.sampled(2)

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


def lose_launcher(root: Path) -> None:
    (root / "bin" / "library-cli").unlink()


def lose_metadata(root: Path) -> None:
    (folder,) = site_packages(root).glob("library-*.dist-info")
    shutil.rmtree(folder)


def lose_package(root: Path) -> None:
    shutil.rmtree(site_packages(root) / "library" / "models")


def drift(root: Path) -> None:
    """Install another version than the profile's, over the wanted one, as `pip --no-deps` would."""
    lose_metadata(root)
    lose_launcher(root)
    shutil.rmtree(site_packages(root) / "library")
    install_wheel(root, root.parent / "wheelhouse" / "library-4.58.0-py3-none-any.whl")


def hollow(root: Path) -> None:
    """Empty a folder, which stays, with a mode of its own."""
    lose_package(root)
    (site_packages(root) / "library" / "models").mkdir(mode=0o700)


def leave_leftovers(root: Path) -> None:
    (site_packages(root) / "~ibrary" / "sub").mkdir(parents=True)
    (site_packages(root) / "~ibrary" / "sub" / "old.py").write_text("OLD = 1\n")
    (site_packages(root) / BLOOM).unlink()


def change_modes(root: Path) -> None:
    """Right bytes with a mode of a person's, of which a wheel knows nothing."""
    (site_packages(root) / BLOOM).chmod(0o600)
    (site_packages(root) / NOTES).chmod(0o444)
    (site_packages(root) / "library" / "models").chmod(0o750)


def link_file(root: Path) -> None:
    path = site_packages(root) / NOTES
    path.rename(root.parent / "notes.txt")
    path.symlink_to(root.parent / "notes.txt")
    (site_packages(root) / "library" / "dangling").symlink_to("nowhere")


def put_pipe(root: Path) -> None:
    (site_packages(root) / NOTES).unlink()
    os.mkfifo(site_packages(root) / NOTES)


def add_foreign(root: Path) -> None:
    package = site_packages(root) / "library"
    (package / "rogue.py").write_text("ROGUE = 1\n")
    (package / "cache" / "deep").mkdir(parents=True, mode=0o750)
    (package / "cache" / "deep" / "model.bin").write_bytes(bytes(5000))
    (package / "cache" / "deep" / "model.bin").chmod(0o640)


DAMAGES = [
    pytest.param(lambda root: (site_packages(root) / BLOOM).unlink(), id="missing file"),
    pytest.param(
        lambda root: (site_packages(root) / NOTES).write_text("my own notes\n"), id="altered file"
    ),
    pytest.param(add_foreign, id="foreign files"),
    pytest.param(drift, id="version drift"),
    pytest.param(lose_metadata, id="missing dist-info"),
    pytest.param(lose_launcher, id="lost launcher"),
    pytest.param(lose_package, id="missing folder"),
    pytest.param(hollow, id="emptied folder"),
    pytest.param(leave_leftovers, id="leftovers"),
    pytest.param(change_modes, id="modes"),
    pytest.param(link_file, id="links"),
    pytest.param(put_pipe, id="pipe"),
]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("damage", DAMAGES)
def test_an_undo_gives_back_what_was_there_before(
    story: Path, damage: Callable[[Path], object]
) -> None:
    damage(story)
    before = snapshot(story)
    past = repair(story, "library", pinned=True)
    assert before != snapshot(story)

    done = undo_in(story)

    assert before == snapshot(story)
    assert past.id == done.repair
    assert () == done.kept
    assert [] == [each for each in list_repairs(story) if each.is_of_interest]
    assert recover(story) is None


def test_the_old_version_comes_from_its_own_wheel(story: Path) -> None:
    drift(story)
    past = repair(story, "library", pinned=True)

    done = undo_in(story)

    assert "library-4.58.0-py3-none-any.whl" in {each.wheel for each in past.dropped.values()}
    assert (("library", "4.58.0"),) == done.distributions
    assert (site_packages(story) / "library-4.58.0.dist-info" / "METADATA").exists()


def test_without_the_wheel_an_undo_is_refused_before_the_first_change(story: Path) -> None:
    drift(story)
    repair(story, "library", pinned=True)
    (story.parent / "wheelhouse" / "library-4.58.0-py3-none-any.whl").unlink()
    before, lines = snapshot(story), audit(story)

    with pytest.raises(UndoRefusedError, match=r"needs library-4\.58\.0-.*which is not at hand"):
        undo_in(story)

    assert before == snapshot(story)
    assert lines == audit(story)


def test_a_wheel_of_the_same_name_with_other_files_is_refused(story: Path) -> None:
    drift(story)
    repair(story, "library", pinned=True)
    house = story.parent / "wheelhouse"
    shutil.copy(
        house / "library-4.57.3-py3-none-any.whl", house / "library-4.58.0-py3-none-any.whl"
    )
    before = snapshot(story)

    with pytest.raises(UndoRefusedError, match="has other files now"):
        undo_in(story)

    assert before == snapshot(story)


def test_a_wheel_that_is_not_what_it_says_is_refused_and_nothing_changes(story: Path) -> None:
    drift(story)
    repair(story, "library", pinned=True)
    wheel = story.parent / "wheelhouse" / "library-4.58.0-py3-none-any.whl"
    data = bytearray(wheel.read_bytes())
    name = b"library-4.58.0.dist-info/METADATA"
    data[data.index(name) + len(name) + 2] ^= 0xFF
    wheel.write_bytes(data)
    before = snapshot(story)

    with pytest.raises(WheelDamagedError):
        undo_in(story)

    assert before == snapshot(story)
    assert not has_unfinished(story)


def test_undoing_twice_takes_back_the_repair_before(story: Path) -> None:
    (site_packages(story) / BLOOM).unlink()
    first = snapshot(story)
    one = repair(story, "library")
    (site_packages(story) / BLOOM).write_text("class Other: ...\n")
    second = snapshot(story)
    two = repair(story, "library")

    assert two.id == undo_in(story).repair
    assert second == snapshot(story)
    # What was changed after the first repair is in the way of nothing, and is not lost.
    done = undo_in(story)

    assert one.id == done.repair
    assert first == snapshot(story)
    assert (f"{site_packages(story).relative_to(story)}/{BLOOM}",) == done.kept
    (changed,) = list_repairs(story)[-1].shelved
    assert "changed" == changed.why
    with pytest.raises(NothingToUndoError, match="no repair to undo"):
        undo_in(story)


def test_an_earlier_repair_of_other_files_can_be_named(story: Path) -> None:
    (site_packages(story) / BLOOM).unlink()
    one = repair(story, "library")
    (site_packages(story) / "bystander" / "__init__.py").write_text("broken =\n")
    repair(story, "bystander")

    undo_in(story, one.id)

    assert not (site_packages(story) / BLOOM).exists()
    assert "broken =\n" != (site_packages(story) / "bystander" / "__init__.py").read_text()


def test_a_repair_whose_files_were_repaired_again_is_refused(story: Path) -> None:
    (site_packages(story) / BLOOM).unlink()
    one = repair(story, "library")
    (site_packages(story) / NOTES).write_text("my own notes\n")
    two = repair(story, "library")
    before = snapshot(story)

    with pytest.raises(UndoRefusedError, match=f"{two.id} has repaired the same files since"):
        undo_in(story, one.id)

    assert before == snapshot(story)


def test_what_was_installed_anew_since_is_not_undone(story: Path) -> None:
    (site_packages(story) / BLOOM).unlink()
    repair(story, "library")
    drift(story)
    before = snapshot(story)

    with pytest.raises(UndoRefusedError, match="somebody has installed since"):
        undo_in(story)

    assert before == snapshot(story)


def test_a_file_in_the_way_is_refused(story: Path) -> None:
    add_foreign(story)
    repair(story, "library")
    (site_packages(story) / "library" / "rogue.py").write_text("mine\n")
    before = snapshot(story)

    with pytest.raises(UndoRefusedError, match=r"library/rogue\.py is there again"):
        undo_in(story)

    assert before == snapshot(story)


def test_what_was_discarded_cannot_come_back(story: Path) -> None:
    add_foreign(story)
    past = repair(story, "library")
    discard(story, select(story, [past.shelved[0].path]))
    before = snapshot(story)

    with pytest.raises(UndoRefusedError, match="no longer in quarantine"):
        undo_in(story)

    assert before == snapshot(story)


def test_what_a_repair_has_not_kept_cannot_come_back(story: Path) -> None:
    with Transaction.begin(story, plan={}, keep=[site_packages(story)]) as transaction:
        transaction.quarantine([site_packages(story) / NOTES])
        transaction.commit(lambda _: DROP)

    with pytest.raises(UndoRefusedError, match=r"has not kept .*library/data\.txt"):
        undo_in(story)


def test_what_was_restored_stays_where_it_is(story: Path) -> None:
    add_foreign(story)
    (site_packages(story) / NOTES).write_text("my own notes\n")
    before = snapshot(story)
    past = repair(story, "library")
    restore(story, past.shelved, overwrite=True)

    undo_in(story)

    assert before == snapshot(story)


def test_what_was_restored_and_edited_keeps_the_repair_from_being_undone(story: Path) -> None:
    (site_packages(story) / NOTES).write_text("my own notes\n")
    past = repair(story, "library")
    restore(story, past.shelved, overwrite=True)
    (site_packages(story) / NOTES).write_text("my newer notes\n")
    before = snapshot(story)

    with pytest.raises(UndoRefusedError, match="was restored, and is not what it was any more"):
        undo_in(story)

    assert before == snapshot(story)


def test_after_an_undo_the_repair_can_be_made_again(story: Path) -> None:
    (site_packages(story) / BLOOM).unlink()
    repair(story, "library")
    healed = snapshot(story)
    undo_in(story)

    repair(story, "library")

    assert healed == snapshot(story)
    undo_in(story)
    assert not (site_packages(story) / BLOOM).exists()


def test_what_no_wheel_at_hand_has_is_kept(story: Path) -> None:
    """The repair's own files go, but not for good where its wheel has gone meanwhile."""
    (site_packages(story) / BLOOM).unlink()
    repair(story, "library")
    (story.parent / "wheelhouse" / "library-4.57.3-py3-none-any.whl").unlink()

    undo_in(story)

    kept = {file.path.rpartition("site-packages/")[2] for file in list_repairs(story)[-1].shelved}
    assert BLOOM in kept


def test_where_nothing_was_repaired_an_undo_leaves_no_trace(story: Path) -> None:
    with pytest.raises(NothingToUndoError):
        undo_in(story)

    assert not (story / ".venv-health").exists()


def test_errors_survive_pickling() -> None:
    for error in (UndoRefusedError("id", "reason", "Do this."), NothingToUndoError(Path("/x"))):
        again = pickle.loads(pickle.dumps(error))
        assert (type(error), str(error)) == (type(again), str(again))


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(
            step,
            id=str(step),
            marks=() if step in (Step.QUARANTINED, Step.COMMITTED) else pytest.mark.slow,
        )
        for step in FORWARD
    ],
)
def test_a_kill_at_any_step_leaves_the_state_before_the_undo_or_after_it(
    story: Path, step: Step
) -> None:
    drift(story)
    add_foreign(story)
    before = snapshot(story)
    past = repair(story, "library", pinned=True)
    after = snapshot(story)

    done = subprocess.run(
        [sys.executable, __file__, str(story), step], capture_output=True, text=True, check=False
    )
    recovery = recover(story)

    assert -signal.SIGKILL == done.returncode, done.stderr
    undone = step in (Step.VERIFIED, Step.COMMITTED, Step.CLOSED)
    assert (before if undone else after) == snapshot(story)
    expected = None if step is Step.CLOSED else "finished" if undone else "rolled-back"
    assert expected == (recovery.outcome if recovery else None)
    assert not recovery or "An earlier undo" in str(recovery)
    repairs = {each.id: each for each in list_repairs(story)}
    assert undone is (repairs[past.id].undone_by is not None)
    assert undone is not bool(repairs[past.id].shelved)
    if undone:
        with pytest.raises(NothingToUndoError):
            undo_in(story)
        assert [] == list((story / ".venv-health").rglob("rogue.py"))
    else:
        undo_in(story)
        assert before == snapshot(story)


# With 1 each single call was tried, and held.
@pytest.mark.slow
def test_a_kill_before_a_system_call_of_an_undo_loses_nothing(story: Path) -> None:
    drift(story)
    add_foreign(story)
    before = snapshot(story)
    repair(story, "library", pinned=True)

    done = subprocess.run(
        [sys.executable, __file__, str(story), "everywhere", "5"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == done.returncode, done.stdout + done.stderr
    outcomes = json.loads(done.stdout.splitlines()[-1])
    assert outcomes["rolled-back"] > 10
    assert outcomes["finished"] > 2
    assert before == snapshot(story)


def kill_everywhere(root: Path, stride: int) -> None:
    """Kill an undo before its system calls, and look at what the next run makes of it."""
    pristine = root.with_name("repaired")
    shutil.copytree(root, pristine, symlinks=True)
    environment, wheelhouse = environment_of(root), wheelhouse_of(root)
    after = snapshot(root)
    undo(environment, wheelhouse)
    before = snapshot(root)
    outcomes = {"rolled-back": 0, "finished": 0, "None": 0}
    number, alive = 1, False
    while not alive:
        shutil.rmtree(root)
        shutil.copytree(pristine, root, symlinks=True)
        alive = not killed_at(number, lambda: undo(environment, wheelhouse))
        recovery = recover(root)
        outcomes[recovery.outcome if recovery else "None"] += 1
        assert recover(root) is None, number
        (past,) = (each for each in list_repairs(root) if each.kind is Kind.REPAIR)
        if past.undone_by is None:
            assert after == snapshot(root), number
            undo(environment, wheelhouse)
        assert before == snapshot(root), number
        assert [] == list((root / ".venv-health").rglob("rogue.py")), number
        number += stride
    print(json.dumps({**outcomes, "calls": number}))  # noqa: T201 - the test reads it


def audit(root: Path) -> list[str]:
    lines = (root / ".venv-health" / "audit.jsonl").read_text().splitlines()
    return [json.loads(line)["action"] for line in lines]


def main(root: Path, step: str, *more: str) -> None:
    if step == "everywhere":
        kill_everywhere(root, int(more[0]))
        return

    def kill(reached: str) -> None:
        if reached == step:
            os.kill(os.getpid(), signal.SIGKILL)

    undo_in(root, on_step=kill)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
