"""Take a repair back: the environment as it was before it, bytecode aside.

An undo is a transaction like a repair. What the repair has installed goes, what it has taken away
comes back: from its quarantine, or from the wheel that the file came from. An undo itself cannot be
undone; the repair can simply be run again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_venvhealth.checks.compare import compare, differences
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.errors import VenvHealthError
from pytest_venvhealth.manifest import Entry
from pytest_venvhealth.repair.failures import TransactionError, explained
from pytest_venvhealth.repair.history import FromWheel, Kind, Past
from pytest_venvhealth.repair.install import stage_wheel
from pytest_venvhealth.repair.quarantine import (
    LOCK_SECONDS,
    Say,
    alone_with,
    find,
    list_repairs,
    stage_copy,
)
from pytest_venvhealth.repair.recovery import (
    cached_bytecode,
    is_cached_bytecode,
    transaction_folders,
)
from pytest_venvhealth.repair.transaction import DROP, GENERATED, KEEP, Fate, Transaction
from pytest_venvhealth.wheelhouse import Wheel, Wheelhouse, WheelUnreadableError

Move = tuple[str, str, str]
"""A staged file, its final path, and its hash."""


class UndoRefusedError(VenvHealthError):
    """A repair cannot be taken back exactly; nothing was changed."""

    def __init__(self, repair: str, reason: str, advice: str) -> None:
        super().__init__(repair, reason, advice)
        self.repair, self.reason, self.advice = repair, reason, advice

    def __str__(self) -> str:
        return f"The repair {self.repair} was not undone: {self.reason}. {self.advice}"


class NothingToUndoError(VenvHealthError):
    """No repair is left that could be taken back."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.root = root

    def __str__(self) -> str:
        return f"{self.root}: there is no repair to undo. Every one was undone, or none was made."


@dataclass(frozen=True, kw_only=True, slots=True)
class Undone:
    """What an undo has done."""

    repair: str
    """The id of the repair that was taken back."""
    transaction: str
    """The undo's own."""
    distributions: tuple[tuple[str, str | None], ...]
    """Names, and the versions that are there now; None where none is."""
    put_back: int
    """Files."""
    taken_away: int
    """Files that the repair had installed."""
    kept: tuple[str, ...]
    """Files that were changed after the repair: they are in quarantine now."""


def last_repair(history: Iterable[Past]) -> Past | None:
    """Return the repair that an undo would take back."""
    return next((past for past in reversed([*history]) if past.is_repair), None)


def why_not(past: Past, history: Sequence[Past]) -> tuple[str, str] | None:
    """Return why a repair cannot be taken back, and what to do; None where nothing is known.

    Whether the wheels that it needs are at hand is not looked at.
    """
    if past.kind is not Kind.REPAIR:
        return "it is no repair", "Name a repair, or none: then it is the last one."
    if past.undone_by is not None:
        return f"it was undone before, by {past.undone_by}", "There is nothing left to do."
    touched = past.taken | past.installed.keys()
    for later in history[history.index(past) + 1 :]:
        if later.is_repair and not touched.isdisjoint(later.taken | later.installed.keys()):
            return f"{later.id} has repaired the same files since", "Undo that one first."
    given_back = _given_back(past, history)
    for path, shelf in (*past.kept.items(), *past.generated.items()):
        if path not in given_back and not os.path.lexists(past.layout.inside(shelf)):
            return f"{path} is no longer in quarantine", "What was discarded cannot come back."
    sources = {**past.kept, **past.generated, **past.dropped}
    for path in sorted(past.taken - sources.keys()):
        if not is_cached_bytecode(path):
            return f"the repair has not kept {path}", "Nobody can give that file again."
    for path, digest in given_back.items():
        if digest and compare(Entry(path, digest, None))[0] is not None:
            reason = f"{path} was restored, and is not what it was any more"
            return reason, "Take that change back first."
    for path in past.installed.keys() - given_back.keys():
        is_record = path.endswith(f".dist-info{os.sep}RECORD")
        if is_record and compare(Entry(path, past.installed[path], None))[0] is not None:
            reason = f"{path} is not what the repair left: somebody has installed since"
            return reason, "Install the version that you want; the quarantine stays."
    for path in sorted(past.taken - past.installed.keys() - given_back.keys()):
        if not is_cached_bytecode(path) and os.path.lexists(path):
            return f"{path} is there again", "Move it away first."
    return None


def undo(
    environment: Environment,
    wheelhouse: Wheelhouse,
    *,
    repair: str | None = None,
    jobs: int = 1,
    lock_timeout: float = LOCK_SECONDS,
    say: Say = lambda _: None,
    on_step: Callable[[str], None] | None = None,
) -> Undone:
    """Take back the last repair that was not undone, or the one that is named.

    Args:
        repair: the id, or its unique beginning.
        jobs: how many threads hash.
        lock_timeout: seconds to wait for the environment.
    Raises:
        NothingToUndoError: there is none.
        UndoRefusedError: the old state cannot be restored exactly: nothing was changed.
        TransactionError: something went wrong on the way; the environment is as before the undo.
    """
    root = environment.root
    if not transaction_folders(root):
        raise NothingToUndoError(root)  # nor will there be a lock file where nothing ever was
    with alone_with(root, lock_timeout, say):
        history = list_repairs(root)
        past = find(root, history, repair) if repair is not None else last_repair(history)
        if past is None:
            raise NothingToUndoError(root)
        refused = why_not(past, history)
        if refused is not None:
            raise UndoRefusedError(past.id, *refused)
        given_back = _given_back(past, history)
        wheels = _wheels(past, environment, wheelhouse)
        fates = _fates(past, given_back, environment, wheelhouse, jobs)
        sources = {
            path: shelf
            for path, shelf in {**past.generated, **past.kept}.items()
            if path not in given_back
        }
        plan = {
            "kind": Kind.UNDO,
            "undoes": past.id,
            "returns": [[past.id, shelf] for shelf in sources.values()],
            "steps": [
                {"distribution": each.name, "version": each.from_version, "reason": "undo"}
                for each in past.treated
            ],
        }
        with Transaction.begin(root, plan=plan, keep=past.keep, on_step=on_step) as transaction:
            moves = [
                *_from_shelves(transaction, past, sources),
                *_from_wheels(transaction, past, wheels, environment),
            ]
            gone = [path for path in past.installed if path not in given_back]
            folders = _folders(past, moves)
            taken_away = sum(map(os.path.lexists, gone))
            transaction.quarantine([*gone, *cached_bytecode(gone)])
            transaction.install(moves, folders=folders)
            _verify(moves, jobs)
            kept = transaction.commit(
                lambda path: fates.get(path, DROP if is_cached_bytecode(path) else KEEP)
            )
    return Undone(
        repair=past.id,
        transaction=transaction.id,
        distributions=tuple((each.name, each.from_version) for each in past.treated),
        put_back=len(moves),
        taken_away=taken_away,
        kept=kept,
    )


def _given_back(past: Past, history: Iterable[Past]) -> dict[str, str]:
    """Return what a person has restored of a repair's quarantine: hashes by absolute path."""
    shelves = {(past.id, shelf): path for path, shelf in past.kept.items()}
    found: dict[str, str] = {}
    for later in history:
        if later.kind is Kind.RESTORE:
            for returned in later.returns & shelves.keys():
                path = shelves[returned]
                found[path] = later.installed.get(path, "")
    return found


def _wheels(
    past: Past, environment: Environment, wheelhouse: Wheelhouse
) -> dict[str, tuple[Wheel, dict[str, FromWheel]]]:
    """Return the wheels that give old files again, with those files by path.

    Raises:
        UndoRefusedError: one is not at hand, or has other bytes.
    """
    needed: dict[str, dict[str, FromWheel]] = {}
    for path, source in past.dropped.items():
        needed.setdefault(source.wheel, {})[path] = source
    found: dict[str, tuple[Wheel, dict[str, FromWheel]]] = {}
    for filename, files in needed.items():
        named = [wheel for wheel in wheelhouse.wheels if wheel.filename == filename]
        wanted = {path: source.hash for path, source in files.items()}
        good = next(
            (wheel for wheel in named if _gives(wheel, wanted, environment, wheelhouse)), None
        )
        if good is None:
            where = ", ".join(map(str, wheelhouse.folders)) or "no wheelhouse was found"
            state = "has other files now" if named else "is not at hand"
            raise UndoRefusedError(
                past.id,
                f"it needs {filename}, which {state} ({where})",
                "Put that wheel there, or name another folder with --wheelhouse.",
            )
        found[filename] = good, files
    return found


def _gives(
    wheel: Wheel, wanted: Mapping[str, str], environment: Environment, wheelhouse: Wheelhouse
) -> bool:
    try:
        entries = wheelhouse.manifest(wheel, environment).entries
    except WheelUnreadableError:
        return False
    return all(path in entries and entries[path].hash == wanted[path] for path in wanted)


def _fates(
    past: Past,
    given_back: Mapping[str, str],
    environment: Environment,
    wheelhouse: Wheelhouse,
    jobs: int,
) -> dict[str, Fate]:
    """Say what becomes of the files that the repair has installed.

    What its wheel has, and what is written anew at each installation, can go.
    """
    entries = [
        Entry(path, digest, None)
        for path, digest in past.installed.items()
        if path not in given_back
    ]
    changed = {entry.path for entry, _, _ in differences(entries, jobs)}
    at_hand: dict[str, tuple[str, Mapping[str, Entry]]] = {}
    missing = False
    for filename in past.wheels:
        for wheel in wheelhouse.wheels:
            if wheel.filename == filename and _gives(wheel, {}, environment, wheelhouse):
                manifest = wheelhouse.manifest(wheel, environment)
                at_hand.update(dict.fromkeys(manifest.entries, (filename, manifest.entries)))
                break
        else:
            missing = True
    fates: dict[str, Fate] = {}
    for path, digest in ((entry.path, entry.hash) for entry in entries):
        if path in changed:
            fates[path] = KEEP
        elif path in at_hand:
            filename, known = at_hand[path]
            entry = known[path]
            if entry.rewritten:
                fates[path] = DROP
            elif entry.hash == digest:
                fates[path] = Fate(keep=False, wheel=filename, hash=digest)
            else:
                fates[path] = GENERATED
        else:
            fates[path] = GENERATED if missing else DROP
    return fates


def _folders(past: Past, moves: Sequence[Move]) -> dict[str, int]:
    """Return the folders that were there before the repair; a cache's only where it is needed."""
    needed = {os.path.dirname(final) for _, final, _ in moves}
    return {
        folder: mode
        for folder, mode in past.folders.items()
        if os.path.basename(folder) != "__pycache__" or folder in needed
    }


def _from_shelves(
    transaction: Transaction, past: Past, sources: Mapping[str, str]
) -> Iterator[Move]:
    for number, (path, shelf) in enumerate(sources.items()):
        staged, digest = stage_copy(transaction, number, past.layout.inside(shelf))
        yield staged, path, digest


def _from_wheels(
    transaction: Transaction,
    past: Past,
    wheels: Mapping[str, tuple[Wheel, Mapping[str, FromWheel]]],
    environment: Environment,
) -> Iterator[Move]:
    """Unpack what old files wheels give again, with the modes that they had.

    Raises:
        UndoRefusedError: a wheel does not hold what its RECORD says.
        VenvHealthError: it cannot be unpacked.
    """
    for number, (wheel, files) in enumerate(wheels.values()):
        # What is there and is not asked for need not be unpacked.
        present = {
            path: entry.hash
            for path, entry in wheel.manifest(environment).entries.items()
            if path not in files and os.path.isfile(path)
        }
        staged = stage_wheel(
            wheel.path,
            environment,
            transaction.stage / f"wheel-{number}",
            requested=False,
            present=present,
        )
        places = {file.final: file for file in staged.files}
        for path, source in files.items():
            file = places.get(path)
            if file is None or compare(Entry(file.staged, source.hash, None))[0] is not None:
                reason = f"{wheel.path} does not give {path} as it was"
                raise UndoRefusedError(past.id, reason, "Put a good copy of this wheel there.")
            if source.mode is not None:
                with explained("set the mode of", file.staged):
                    os.chmod(file.staged, source.mode)
            yield file.staged, path, source.hash


def _verify(moves: Iterable[Move], jobs: int) -> None:
    """Look at what was put back, before the undo is committed.

    Raises:
        TransactionError: a file is not what it should be.
    """
    entries = [Entry(final, digest, None) for _, final, digest in moves if digest]
    for entry, code, _ in differences(entries, jobs):
        raise TransactionError("put back", entry.path, str(code), "The undo was rolled back.")
