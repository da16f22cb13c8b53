"""Take a transaction back, or finish it, from its journal and from where its files are now.

Each step can be repeated: a recovery that is itself killed is simply run again.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from pytest_venvhealth.checks.compare import compare
from pytest_venvhealth.environment_files import HEALTH_FOLDER
from pytest_venvhealth.manifest import Entry
from pytest_venvhealth.repair.failures import RollbackError, explained
from pytest_venvhealth.repair.journal import Journal, JournalDamagedError, append_audit, now
from pytest_venvhealth.repair.layout import Layout
from pytest_venvhealth.repair.moves import Settler, move
from pytest_venvhealth.repair.returned import release, tidy

# `name.cpython-311.pyc`, `name.cpython-311.opt-1.pyc`, and what a killed compiler leaves of them.
_BYTECODE = re.compile(r"(.+?)\.[^.]+(?:\.opt-[^.]+)?\.pyc(?:\.(?:\d+|part))?")
# What came to lie where nothing was before the repair, and is neither the repair's nor bytecode.
NEWCOMERS = "displaced"


class Step(StrEnum):
    """A point that a transaction reaches, told to `on_step`."""

    PREPARED = "prepared"
    QUARANTINING = "quarantining"
    QUARANTINED = "quarantined"
    INSTALLING = "installing"
    INSTALLED = "installed"
    COMMITTING = "committing"
    VERIFIED = "verified"
    COMMITTED = "committed"
    CLOSED = "closed"
    ROLLING_BACK = "rolling-back"
    UNDONE = "undone"
    ROLLED_BACK = "rolled-back"


@dataclass(frozen=True, kw_only=True, slots=True)
class Recovery:
    """What was done about a transaction that had been cut short."""

    transaction: str
    outcome: Literal["rolled-back", "finished"]
    """`finished`: the new state was proven; what was left to do was to keep it and to tidy up."""
    plan: Mapping[str, Any]
    """As given to `Transaction.begin`."""
    displaced: tuple[str, ...] = ()
    """Files, relative to the root, that others had put where old files came back; now set aside."""

    def __str__(self) -> str:
        kind = self.plan.get("kind", "repair")
        if self.outcome == "finished":
            source = "its wheel has it" if kind == "repair" else "it was before"
            return (
                f"An earlier {kind} ({self.transaction}) was cut short after its proof: it was "
                f"finished, and every file that it installed is as {source}."
            )
        text = (
            f"An earlier {kind} ({self.transaction}) was cut short: it was rolled back, and the "
            "environment is as it was before it."
        )
        if self.displaced:
            text += f" {len(self.displaced)} files that had come since were set aside."
        return text


def recover(root: Path, *, on_step: Callable[[str], None] | None = None) -> Recovery | None:
    """End the transaction that was cut short in the environment at `root`; None where none was.

    The caller holds the environment's lock exclusively.

    Raises:
        RollbackError: the old state could not be restored wholly; run again once the cause is gone.
        JournalDamagedError: nobody can tell what was done.
    """
    recovery: Recovery | None = None
    # The newest first: there should be one, but if there are more, this order takes them back.
    for folder in reversed(transaction_folders(root)):
        layout = Layout.of(folder)
        with explained("recover", folder, RollbackError):
            journal = Journal.read(folder)
            if journal is None:
                _discard_empty(layout)
                continue
        if not journal.is_open:
            # A kill may have come between the end and the tidying.
            with contextlib.suppress(OSError):
                tidy(layout, journal)
            continue
        outcome: Literal["rolled-back", "finished"] = "rolled-back"
        if journal.undone is None and _is_proven(layout, journal):
            outcome = "finished"
            if journal.entry("phase", "committed") is None:
                with explained("finish", folder, RollbackError):
                    journal.append({"phase": "committed", "time": now()})
                append_audit(root / HEALTH_FOLDER, folder.name, "commit", after_a_kill=True)
            with contextlib.suppress(OSError):
                finish(layout, journal)
        else:
            roll_back(layout, journal, on_step)
        recovery = Recovery(
            transaction=folder.name,
            outcome=outcome,
            plan=journal.entries[0].get("plan", {}),
            displaced=tuple(_files_in(layout.inside(NEWCOMERS))),
        )
    # Left empty by a kill between two steps; not there, or not empty, as a rule.
    with contextlib.suppress(OSError):
        (root / HEALTH_FOLDER / "transactions").rmdir()
    return recovery


def has_unfinished(root: Path) -> bool:
    """Tell whether `recover` has something to do; only reads.

    Raises:
        JournalDamagedError: nobody can tell what was done.
    """
    journals = (Journal.read(folder) for folder in transaction_folders(root))
    return any(journal is None or journal.is_open for journal in journals)


def transaction_folders(root: Path) -> list[Path]:
    """Return the folders of all transactions in the environment, the oldest first."""
    try:
        return sorted(path for path in (root / HEALTH_FOLDER / "transactions").iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def roll_back(layout: Layout, journal: Journal, on_step: Callable[[str], None] | None) -> None:
    """Undo the entries of a journal from the last to the first.

    Raises:
        RollbackError: a file could not be put back; the journal tells how far it came.
    """

    def reach(step: Step) -> None:
        if on_step is not None:
            on_step(step)

    reach(Step.ROLLING_BACK)
    end = len(journal.entries) if journal.undone is None else journal.undone
    with explained("restore", layout.root, RollbackError):
        for index in range(end - 1, 0, -1):
            entry = journal.entries[index]
            if entry.get("intent") == "install":
                later = journal.entries[index + 1 :]
                complete = any(line.get("phase") == "installed" for line in later)
                _undo_install(layout, entry, complete=complete)
            elif entry.get("intent") == "quarantine":
                _undo_quarantine(layout, entry)
            else:
                continue
            # Only now may an earlier entry be undone: a second undo would take what that restores.
            journal.mark_undone(index)
            reach(Step.UNDONE)
        journal.mark_undone(0)
    append_audit(Path(layout.folder).parent.parent, Path(layout.folder).name, "rollback")
    reach(Step.ROLLED_BACK)
    with contextlib.suppress(OSError):
        tidy(layout, journal)


def _is_proven(layout: Layout, journal: Journal) -> bool:
    """Tell whether the new state was verified, and stands on the disk as it was then.

    Once committed nobody asks again: old files may be gone already.
    """
    if journal.entry("phase", "committed") is not None:
        return True
    if journal.entry("phase", "verified") is None:
        return False
    return all(
        compare(Entry(layout.absolute(final), expected, None))[0] is None
        for entry in journal.entries
        if entry.get("intent") == "install"
        for _, final, expected in entry["files"]
    )


def finish(layout: Layout, journal: Journal) -> None:
    """Delete what a committed transaction no longer needs, and close its journal.

    The journal stays, and with it what `undo` needs.

    Raises:
        OSError: something could not be deleted; to be tried again.
    """
    verified = journal.entry("phase", "verified") or {}
    stays = {shelf for name in ("kept", "generated") for _, shelf in verified.get(name, ())}
    inside = len(layout.folder) + 1
    for _, quarantined in quarantined_files(layout, journal):
        if quarantined[inside:] not in stays:
            os.unlink(quarantined)
    release(layout, journal)
    tidy(layout, journal)
    journal.append({"phase": "closed"})


def quarantined_files(
    layout: Layout, journal: Journal, *, derived: bool = True
) -> Iterator[tuple[str, str]]:
    """Yield each file that is in quarantine now: its old path in short form, and where it lies.

    Args:
        derived: whether to yield bytecode that was set aside with the modules it was made of.
    """
    for entry in journal.entries:
        if entry.get("intent") == "quarantine" and (derived or not entry["derived"]):
            for index, path in enumerate(entry["files"]):
                quarantined = layout.shelf(entry["label"], index, path)
                if os.path.lexists(quarantined):
                    yield path, quarantined


def cached_bytecode(modules: Iterable[str]) -> set[str]:
    """Return the cached bytecode that lies beside `modules`, of any interpreter."""
    stems: dict[str, set[str]] = {}
    for path in modules:
        if path.endswith(".py"):
            folder, name = os.path.split(path)
            stems.setdefault(os.path.join(folder, "__pycache__"), set()).add(name[:-3])
    found: set[str] = set()
    for folder, names in stems.items():
        # A link there would lead elsewhere: what lies behind it is nobody's cache.
        if os.path.islink(folder) or not os.path.isdir(folder):
            continue
        for name in os.listdir(folder):
            match = _BYTECODE.fullmatch(name)
            if match and match.group(1) in names:
                found.add(os.path.join(folder, name))
    return found


def is_cached_bytecode(path: str) -> bool:
    """Tell whether a path is that of cached bytecode, which Python makes anew.

    A `.pyc` elsewhere is a module of its own: nobody could make that again.
    """
    return os.path.basename(os.path.dirname(path)) == "__pycache__" and path.endswith(".pyc")


def _undo_install(layout: Layout, entry: Mapping[str, Any], *, complete: bool) -> None:
    """Delete what was installed, with the bytecode that was made of it since.

    Args:
        complete: whether all files were moved: then names may have been staged again since.
    """
    settler = Settler()
    finals = []
    for staged_short, final_short, _ in entry["files"]:
        staged, final = layout.inside(staged_short), layout.absolute(final_short)
        finals.append(final)
        if not complete:
            settler.settle(staged, final)
        # Still staged: then it was never installed, and what lies there is another's.
        if complete or not os.path.lexists(staged):
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                os.unlink(final)
    for path in cached_bytecode(finals):
        os.unlink(path)
    for short in sorted(entry["created"], reverse=True):
        _remove_created(layout, layout.absolute(short))


def _remove_created(layout: Layout, folder: str) -> None:
    """Remove a folder that was not there before; what others put into it is set aside."""
    if os.path.islink(folder) or not os.path.isdir(folder):
        return
    for parent, folders, names in os.walk(folder, topdown=False):
        for name in names:
            path = os.path.join(parent, name)
            if os.path.basename(parent) == "__pycache__" and _BYTECODE.fullmatch(name):
                os.unlink(path)
            else:
                _displace(layout, path)
        for name in folders:
            path = os.path.join(parent, name)
            if os.path.islink(path):
                _displace(layout, path)
            else:
                os.rmdir(path)
    os.rmdir(folder)


def _undo_quarantine(layout: Layout, entry: Mapping[str, Any]) -> None:
    """Put the files of one batch back, and the folders that had become empty."""
    for short, _ in entry["folders"]:
        folder = layout.absolute(short)
        if os.path.lexists(folder) and (os.path.islink(folder) or not os.path.isdir(folder)):
            _displace(layout, folder)
        os.makedirs(folder, exist_ok=True)
    settler = Settler()
    for index, short in enumerate(entry["files"]):
        path, quarantined = layout.absolute(short), layout.shelf(entry["label"], index, short)
        settler.settle(path, quarantined)
        if not os.path.lexists(quarantined):
            continue
        if os.path.lexists(path):
            if path.endswith(".pyc"):
                os.unlink(path)
            else:
                _displace(layout, path)
        move(quarantined, path)
    # Modes last, the deepest first: a folder that may not be written could not be filled.
    for short, mode in reversed(entry["folders"]):
        folder = layout.absolute(short)
        if os.lstat(folder).st_mode & 0o7777 != mode:
            os.chmod(folder, mode)


def _displace(layout: Layout, path: str) -> None:
    """Set aside what came to lie at `path` after the repair began."""
    target = layout.shelf(NEWCOMERS, 0, layout.shorten(path))
    wanted, number = target, 1
    while os.path.lexists(target):
        number += 1
        target = f"{wanted}.{number}"
    os.makedirs(os.path.dirname(target), exist_ok=True)
    move(path, target)


def _discard_empty(layout: Layout) -> None:
    """Remove the folder of a transaction that was killed before it had a journal.

    Raises:
        JournalDamagedError: it holds files, so there must have been one.
    """
    if any(not path.startswith("journal") for path in _files_in(layout.folder)):
        raise JournalDamagedError(Path(layout.folder), "is lost")
    shutil.rmtree(layout.folder)


def _files_in(folder: str) -> list[str]:
    """Return the files below `folder`, relative to it, sorted."""
    start = len(folder) + 1
    return sorted(
        os.path.join(parent, name)[start:] for parent, _, names in os.walk(folder) for name in names
    )
