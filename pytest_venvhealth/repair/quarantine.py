"""What lies in an environment's quarantine; put files of it back, or throw them away for good.

Nothing here is ever deleted unless a person names it. A restore is a transaction of its own: what
lies in its way goes into quarantine in its turn.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_venvhealth.environment_files import HEALTH_FOLDER
from pytest_venvhealth.errors import VenvHealthError
from pytest_venvhealth.record import encoded_hash
from pytest_venvhealth.repair.failures import explained
from pytest_venvhealth.repair.history import Kind, Past, Shelved, read_history
from pytest_venvhealth.repair.journal import Journal, append_audit
from pytest_venvhealth.repair.lock import environment_lock
from pytest_venvhealth.repair.moves import copy
from pytest_venvhealth.repair.recovery import is_cached_bytecode, recover, transaction_folders
from pytest_venvhealth.repair.returned import tidy
from pytest_venvhealth.repair.transaction import DROP, KEEP, Transaction

LOCK_SECONDS = 600.0
_ID = re.compile(r"\d{8}T\d*(?:-[0-9a-f]*)?")
_SHELVES = ("quarantine", "displaced")
_NAMED_AT_MOST = 3

Say = Callable[[str], None]
"""Gets a sentence at once: who is waited for, and what became of a repair that was cut short."""


class NotInQuarantineError(VenvHealthError):
    """What the user named is not in this environment's quarantine, or could mean several."""

    def __init__(self, name: str, root: Path, reason: str) -> None:
        super().__init__(name, root, reason)
        self.name, self.root, self.reason = name, root, reason

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.reason}. "
            f"`venv-health quarantine list --venv {self.root}` shows what lies there."
        )


class RestoreRefusedError(VenvHealthError):
    """Files cannot be put back as asked; nothing was changed."""

    def __init__(self, paths: tuple[str, ...], reason: str, advice: str) -> None:
        super().__init__(paths, reason, advice)
        self.paths, self.reason, self.advice = paths, reason, advice

    def __str__(self) -> str:
        named = ", ".join(self.paths[:_NAMED_AT_MOST])
        if len(self.paths) > _NAMED_AT_MOST:
            named += f" and {len(self.paths) - _NAMED_AT_MOST:,} more"
        return f"Nothing was restored: {self.reason}: {named}. {self.advice}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Restored:
    """What a restore has done."""

    transaction: str
    paths: tuple[str, ...]
    """Where files were put back, as the list shows them."""
    replaced: tuple[str, ...]
    """What lay there and is in quarantine now."""


def list_repairs(root: Path) -> tuple[Past, ...]:
    """Return every repair, restore and undo that has ended, the oldest first; only reads.

    What each has left in quarantine, and why, it tells itself.

    Raises:
        JournalDamagedError: a journal cannot be read.
        TransactionError: likewise, for a reason of the system's.
    """
    with explained("read the quarantine of", root):
        return read_history(root)


def quarantine_size(root: Path) -> tuple[int, int]:
    """Return how many files lie in quarantine, those for an undo too, and their bytes.

    Cheap: no journal is read. What cannot be looked at counts as nothing.
    """
    files = size = 0
    with contextlib.suppress(OSError):
        for folder in transaction_folders(root):
            for shelf in folder.glob("*"):
                if not shelf.name.startswith(_SHELVES):
                    continue
                for parent, _, names in os.walk(shelf):
                    for name in names:
                        with contextlib.suppress(OSError):
                            size += os.lstat(os.path.join(parent, name)).st_size
                            files += 1
    return files, size


def select(
    root: Path,
    names: Iterable[str],
    *,
    transaction: str | None = None,
    for_undo: bool = False,
    folder: Path | None = None,
) -> tuple[Shelved, ...]:
    """Return the files in quarantine that `names` name; only reads.

    Args:
        names: the id of a transaction (or its unique beginning), or the old path of a file or of a
            folder: relative to the root as the list shows it, absolute, or relative to `folder`.
        transaction: only what this one has set aside.
        for_undo: whether the id of a repair also names what lies there for an undo alone.
        folder: the person's own folder.
    Raises:
        NotInQuarantineError: a name is nobody's, or could mean several.
    """
    history = list_repairs(root)
    if transaction is not None:
        history = (find(root, history, transaction),)
    chosen: dict[Shelved, None] = {}
    for name in names:
        if _ID.fullmatch(name):
            past = find(root, history, name)
            found = [*past.shelved, *(past.for_undo if for_undo else ())]
            if not found:
                raise NotInQuarantineError(name, root, "nothing of it lies in the quarantine")
        else:
            found = _files_at(root, history, name, folder or root)
        chosen.update(dict.fromkeys(found))
    return tuple(chosen)


def find(root: Path, history: Sequence[Past], name: str) -> Past:
    """Return the transaction whose id is, or begins with, `name`.

    Raises:
        NotInQuarantineError: there is none, or more than one.
    """
    found = [past for past in history if past.id.startswith(name)]
    if len(found) > 1:
        raise NotInQuarantineError(name, root, f"{len(found)} ids begin like this")
    if not found:
        raise NotInQuarantineError(name, root, "there is no repair of this id")
    return found[0]


def restore(
    root: Path,
    files: Sequence[Shelved],
    *,
    overwrite: bool = False,
    lock_timeout: float = LOCK_SECONDS,
    say: Say = lambda _: None,
    on_step: Callable[[str], None] | None = None,
) -> Restored:
    """Put files back where they lay, all of them or none.

    Args:
        files: what `select` returned.
        overwrite: whether what lies there now may go into quarantine.
        lock_timeout: seconds to wait for the environment.
    Raises:
        RestoreRefusedError: something is in the way, or nobody knows the place: nothing is changed.
        TransactionError: a file could not be moved, or its place must not be touched: likewise.
    """
    with alone_with(root, lock_timeout, say):
        history = {past.id: past for past in read_history(root)}
        _check_places(root, history, files)
        finals = {file: history[file.transaction].layout.absolute(file.path) for file in files}
        there = {file for file, final in finals.items() if os.path.lexists(final)}
        if there and not overwrite:
            raise RestoreRefusedError(
                tuple(file.path for file in finals if file in there),
                "something lies there already",
                "With --overwrite it goes into quarantine in its turn.",
            )
        folders = {
            folder: mode
            for file in files
            for folder, mode in history[file.transaction].folders.items()
            if finals[file].startswith(folder + os.sep)
        }
        plan = {
            "kind": Kind.RESTORE,
            "returns": [[file.transaction, file.shelf] for file in files],
            "steps": [],
        }
        keep = {folder for file in files for folder in history[file.transaction].keep}
        with Transaction.begin(root, plan=plan, keep=keep, on_step=on_step) as transaction:
            moves = []
            for number, (file, final) in enumerate(finals.items()):
                source = history[file.transaction].layout.inside(file.shelf)
                staged, digest = stage_copy(transaction, number, source)
                moves.append((staged, final, digest))
            transaction.quarantine(finals[file] for file in there)
            transaction.install(moves, folders=folders)
            replaced = transaction.commit(lambda path: DROP if is_cached_bytecode(path) else KEEP)
        paths = tuple(file.path for file in files)
        append_audit(root / HEALTH_FOLDER, transaction.id, "restore", paths=paths)
    return Restored(transaction=transaction.id, paths=paths, replaced=replaced)


def discard(
    root: Path,
    files: Sequence[Shelved],
    *,
    lock_timeout: float = LOCK_SECONDS,
    say: Say = lambda _: None,
) -> int:
    """Delete files in quarantine for good and return how many.

    Args:
        files: what `select` returned.
        lock_timeout: seconds to wait for the environment.
    Raises:
        TransactionError: one could not be deleted; those before it are gone.
    """
    gone = 0
    with alone_with(root, lock_timeout, say):
        for past in read_history(root):
            mine = [file for file in files if file.transaction == past.id]
            deleted = []
            try:
                for file in mine:
                    path = past.layout.inside(file.shelf)
                    with explained("discard", path), contextlib.suppress(FileNotFoundError):
                        os.unlink(path)
                        deleted.append(file.path)
            finally:
                if deleted:
                    append_audit(root / HEALTH_FOLDER, past.id, "discard", paths=deleted)
                    gone += len(deleted)
            journal = Journal.read(Path(past.layout.folder)) if mine else None
            if journal is not None:
                tidy(past.layout, journal)
    return gone


@contextlib.contextmanager
def alone_with(root: Path, timeout: float, say: Say) -> Iterator[None]:
    """Hold the environment alone, with no repair of it cut short.

    Args:
        timeout: seconds to wait at most.
    Raises:
        LockTimeoutError: others hold it.
        ReadOnlyEnvironmentError: nothing can be written there.
        RollbackError: a repair was cut short and cannot be rolled back.
    """
    with environment_lock(root, exclusive=True, timeout=timeout, on_wait=say):
        recovery = recover(root)
        if recovery is not None:
            say(str(recovery))
        yield


def stage_copy(transaction: Transaction, number: int, source: str) -> tuple[str, str]:
    """Lay a copy of a file in quarantine ready, and return where, and its hash as in RECORD.

    Args:
        number: its place among the files to stage.
        source: where it lies.
    Raises:
        TransactionError: it could not be copied.
    """
    folder = transaction.stage / "shelves" / f"{number:05d}"
    staged = str(folder / os.path.basename(source))
    with explained("copy", source):
        folder.mkdir(parents=True)
        try:
            # One file under two names, until the older one is deleted: no gigabyte is copied.
            os.link(source, staged, follow_symlinks=False)
        except (OSError, NotImplementedError):
            copy(source, staged)
        return staged, _hash_of(staged)


def _hash_of(path: str) -> str:
    """Return a file's hash as in RECORD; empty for what is no plain file.

    Raises:
        OSError: it cannot be read.
    """
    if os.path.islink(path) or not os.path.isfile(path):
        return ""
    with open(path, "rb") as file:
        return encoded_hash(hashlib.file_digest(file, "sha256"))


def _files_at(root: Path, history: Iterable[Past], name: str, folder: Path) -> list[Shelved]:
    """Return the file that lay at a path, or all that lay in that folder.

    Raises:
        NotInQuarantineError: there is none, or several repairs have set the same path aside.
    """
    start = f"{root}{os.sep}"
    wanted = {
        os.path.normpath(each).removeprefix(start) for each in (name, os.path.join(folder, name))
    }
    folders = tuple(each + os.sep for each in wanted)
    found = [
        file
        for past in history
        for file in past.shelved
        if file.path in wanted or file.path.startswith(folders)
    ]
    if not found:
        raise NotInQuarantineError(name, root, "no such file lies in the quarantine")
    repeated = [path for path, count in Counter(file.path for file in found).items() if count > 1]
    if repeated:
        ids = [file.transaction for file in found if file.path == repeated[0]]
        reason = f"{', '.join(ids)} have each set aside {repeated[0]}: name one with --repair"
        raise NotInQuarantineError(name, root, reason)
    return found


def _check_places(root: Path, history: Mapping[str, Past], files: Sequence[Shelved]) -> None:
    """Make sure that each file is still there, and that its place is known and its own.

    Raises:
        NotInQuarantineError: one has gone since it was selected.
        RestoreRefusedError: nobody knows where it lay, or two lay there.
    """
    for file in files:
        past = history.get(file.transaction)
        if past is None or file not in past.shelved:
            raise NotInQuarantineError(file.path, root, "it has left the quarantine meanwhile")
    nowhere = tuple(file.shelf for file in files if not file.has_place)
    if nowhere:
        advice = f"It lies in {root / HEALTH_FOLDER / 'transactions'}: move it where it belongs."
        raise RestoreRefusedError(nowhere, "nobody has noted where this lay", advice)
    counted = Counter(file.path for file in files)
    twice = tuple(path for path, count in counted.items() if count > 1)
    if twice:
        reason = "two repairs have set aside files of one path"
        raise RestoreRefusedError(twice, reason, "Restore one of them.")
