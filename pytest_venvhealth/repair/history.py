"""What did each repair, restore and undo of an environment do, and what has it left in quarantine?

Read off the journals; nothing is changed. A transaction that was cut short is no history yet:
`recover` ends it first.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from pytest_venvhealth.repair.journal import Journal
from pytest_venvhealth.repair.layout import Layout
from pytest_venvhealth.repair.recovery import NEWCOMERS, transaction_folders


class Kind(StrEnum):
    """What a transaction was for."""

    REPAIR = "repair"
    RESTORE = "restore"
    UNDO = "undo"
    ROLLED_BACK = "rolled-back"
    """A repair that was taken back, and has set aside what came to lie in its way."""


class Why(StrEnum):
    """Why a file lies in quarantine."""

    ALTERED = "altered"
    """No wheel at hand has these bytes; the repair installed the wheel's."""
    FOREIGN = "foreign"
    """Nobody owns it, and a clean install would not have it."""
    FORMER = "former"
    """Of the version that was there before; no wheel at hand has these bytes."""
    LEFTOVER = "leftover"
    """Of an installation that was cut short (`~name`)."""
    CHANGED = "changed"
    """It was changed after the repair that was undone."""
    INSTALLED = "installed"
    """The repair that was undone had installed it, and its wheel was not at hand."""
    REPLACED = "replaced"
    """A restored file took its place."""
    DISPLACED = "displaced"
    """It came after a repair had begun, and lay where a rollback put old files back."""
    GENERATED = "generated"
    """An installer wrote it (RECORD, launchers …): it is kept for an undo."""


class Shelved(NamedTuple):
    """One file in quarantine."""

    transaction: str
    path: str
    """Where it lay: relative to the environment's root where that was inside, else absolute."""
    shelf: str
    """Where it lies, relative to the transaction's folder."""
    size: int
    """In bytes; of a link, of the link itself."""
    why: Why
    has_place: bool = True
    """False where nobody knows where it lay: then it cannot be restored."""


class Treated(NamedTuple):
    """One distribution that a transaction has installed."""

    name: str
    version: str | None
    from_version: str | None
    """What was there before; None where nothing was."""
    reason: str


class FromWheel(NamedTuple):
    """An old file that is in no quarantine, for a wheel has its bytes."""

    wheel: str
    hash: str
    mode: int | None
    """None in a journal that does not tell."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """One transaction that has ended, as its journal tells it."""

    layout: Layout
    kind: Kind
    time: str
    """When it began: UTC, ISO 8601."""
    treated: tuple[Treated, ...]
    wheels: tuple[str, ...]
    """File names of what was installed."""
    keep: tuple[str, ...]
    """The scheme's folders, absolute."""
    taken: frozenset[str]
    """Absolute paths of the files that were there before and not afterwards, or not the same."""
    installed: Mapping[str, str]
    """What it has brought: hashes by absolute path."""
    folders: Mapping[str, int]
    """Folders that were there before, and may have gone since: modes by absolute path."""
    kept: Mapping[str, str]
    """Shelves of the files that nobody can give again, by absolute path."""
    generated: Mapping[str, str]
    """Shelves of the files that an installer wrote, by absolute path."""
    dropped: Mapping[str, FromWheel]
    """Files that wheels can give again, by absolute path."""
    returns: frozenset[tuple[str, str]]
    """Transactions and shelves from which it has put files back."""
    undoes: str | None
    """The repair that it has taken back."""
    undone_by: str | None
    shelved: tuple[Shelved, ...]
    """What lies in its quarantine now, and for a person to decide on."""
    for_undo: tuple[Shelved, ...]
    """What lies there for an undo alone."""

    @property
    def id(self) -> str:
        """The name of the transaction."""
        return os.path.basename(self.layout.folder)

    @property
    def is_repair(self) -> bool:
        """True for a committed repair that nobody has taken back."""
        return self.kind is Kind.REPAIR and self.undone_by is None

    @property
    def is_of_interest(self) -> bool:
        """True where something of it lies in quarantine, or it can still be taken back."""
        return bool(self.shelved or self.for_undo) or self.is_repair

    @property
    def size(self) -> int:
        """What lies in its quarantine, in bytes."""
        return sum(file.size for file in (*self.shelved, *self.for_undo))


def read_history(root: Path) -> tuple[Past, ...]:
    """Return all transactions that have ended, the oldest first.

    Raises:
        JournalDamagedError: a journal cannot be read.
        OSError: likewise, for a reason of the system's.
    """
    journals = []
    for folder in transaction_folders(root):
        journal = Journal.read(folder) if folder.is_dir() else None
        if journal is not None and (journal.undone == 0 or _is_committed(journal)):
            journals.append(journal)
    # Several repairs of one second differ in their names by chance alone.
    journals.sort(key=lambda journal: (str(journal.entries[0].get("time")), journal.folder.name))
    plans = {
        journal.folder.name: journal.entries[0].get("plan", {})
        for journal in journals
        if _is_committed(journal)
    }
    # Between a commit and its tidying a file is in both places: it counts as given back.
    returned = {
        (transaction, shelf)
        for plan in plans.values()
        for transaction, shelf in plan.get("returns", ())
    }
    undone = {plan["undoes"]: name for name, plan in plans.items() if "undoes" in plan}
    return tuple(_past(journal, returned, undone) for journal in journals)


def _is_committed(journal: Journal) -> bool:
    return journal.undone is None and journal.entry("phase", "committed") is not None


def _past(journal: Journal, returned: set[tuple[str, str]], undone: Mapping[str, str]) -> Past:
    layout = Layout.of(journal.folder)
    name = journal.folder.name
    first = journal.entries[0]
    plan = first.get("plan", {})
    net = _Net(layout, journal)
    kind = Kind(plan.get("kind", Kind.REPAIR))
    verified = journal.entry("phase", "verified") or {}
    if journal.undone == 0:
        kind, verified, net = Kind.ROLLED_BACK, {}, _Net(layout, None)
    kept = [(path, shelf) for path, shelf in verified.get("kept", ())]
    generated = [(path, shelf) for path, shelf in verified.get("generated", ())]
    note = journal.entry("phase", "undone")
    why = _Reasons(layout, kind, plan, net.installed)
    shelved = [_shelved(layout, path, shelf, why.of(path)) for path, shelf in kept]
    if kind is Kind.UNDO:
        shelved += [_shelved(layout, path, shelf, Why.INSTALLED) for path, shelf in generated]
        generated = []
    shelved += _displaced(layout)
    for_undo = [_shelved(layout, path, shelf, Why.GENERATED) for path, shelf in generated]

    def there(files: Iterable[Shelved | None]) -> tuple[Shelved, ...]:
        return tuple(file for file in files if file and (name, file.shelf) not in returned)

    return Past(
        layout=layout,
        kind=kind,
        time=str(first.get("time", "")),
        treated=tuple(
            Treated(
                str(step["distribution"]),
                step.get("version"),
                step.get("from_version"),
                str(step.get("reason", "")),
            )
            for step in plan.get("steps", ())
        ),
        wheels=tuple(step["wheel"] for step in plan.get("steps", ()) if "wheel" in step),
        keep=tuple(map(layout.absolute, first.get("keep", ()))),
        taken=frozenset(net.taken),
        installed=net.installed,
        folders=net.folders,
        kept=_by_path(layout, kept),
        generated=_by_path(layout, generated),
        dropped={
            layout.absolute(path): FromWheel(wheel, digest, mode[0] if mode else None)
            for wheel, rows in verified.get("dropped", {}).items()
            for path, digest, *mode in rows
        },
        returns=frozenset((each, shelf) for each, shelf in plan.get("returns", ())),
        undoes=plan.get("undoes"),
        undone_by=note["by"] if note else undone.get(name),
        shelved=there(shelved),
        for_undo=there(for_undo),
    )


def _by_path(layout: Layout, rows: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for path, shelf in rows:
        # Set aside twice: the first time it was what lay there before.
        found.setdefault(layout.absolute(path), shelf)
    return found


class _Net:
    """What a journal's steps come to, taken together; absolute paths."""

    def __init__(self, layout: Layout, journal: Journal | None) -> None:
        self.taken: set[str] = set()
        self.installed: dict[str, str] = {}
        self.folders: dict[str, int] = {}
        created: set[str] = set()
        for entry in journal.entries if journal else ():
            if entry.get("intent") == "quarantine":
                for path in () if entry["derived"] else map(layout.absolute, entry["files"]):
                    if self.installed.pop(path, None) is None:
                        self.taken.add(path)
                for short, mode in entry["folders"]:
                    folder = layout.absolute(short)
                    if folder not in created:
                        self.folders.setdefault(folder, mode)
            elif entry.get("intent") == "install":
                for _, short, digest in entry["files"]:
                    self.installed[layout.absolute(short)] = digest
                created.update(map(layout.absolute, entry["created"]))
        keep = journal.entries[0].get("keep", ()) if journal else ()
        self._add_entered(created, {layout.root, *map(layout.absolute, keep)})

    def _add_entered(self, created: set[str], keep: set[str]) -> None:
        """Add the folders that files were put into and that were there, though none was taken."""
        for folder in {os.path.dirname(path) for path in self.installed}:
            above = folder
            while above not in keep and above != os.path.dirname(above):
                if above not in created and above not in self.folders:
                    with contextlib.suppress(OSError):
                        self.folders[above] = os.stat(above).st_mode & 0o7777
                above = os.path.dirname(above)


class _Reasons:
    """Knows why a transaction has kept a file."""

    def __init__(
        self, layout: Layout, kind: Kind, plan: Mapping[str, Any], installed: Mapping[str, str]
    ) -> None:
        self._layout, self._kind, self._installed = layout, kind, installed
        self._own = {path for step in plan.get("steps", ()) for path in step.get("quarantine", ())}
        self._leftovers = tuple(plan.get("leftovers", ()))

    def of(self, path: str) -> Why:
        """Return why the file that lay at `path`, in its short form, was kept."""
        shown = path.replace(os.sep, "/")
        if self._kind is Kind.UNDO:
            return Why.CHANGED
        if self._kind is Kind.RESTORE:
            return Why.REPLACED
        if self._layout.absolute(path) in self._installed:
            return Why.ALTERED
        if any(shown == each or shown.startswith(each + "/") for each in self._leftovers):
            return Why.LEFTOVER
        return Why.FORMER if shown in self._own else Why.FOREIGN


def _shelved(layout: Layout, path: str, shelf: str, why: Why) -> Shelved | None:
    """Return a file as it lies on its shelf; None where it does no more."""
    try:
        size = os.lstat(layout.inside(shelf)).st_size
    except OSError:
        return None
    return Shelved(os.path.basename(layout.folder), path, shelf, size, why)


def _displaced(layout: Layout) -> Iterator[Shelved | None]:
    """Yield what others had put where a rollback put old files back."""
    for label in (NEWCOMERS, f"{NEWCOMERS}-outside"):
        top = layout.inside(label)
        for folder, _, names in os.walk(top):
            for name in sorted(names):
                path = os.path.join(folder, name)
                inside = path[len(top) + 1 :]
                shelf = path[len(layout.folder) + 1 :]
                found = _shelved(layout, inside, shelf, Why.DISPLACED)
                if found is not None:
                    yield found._replace(has_place=label == NEWCOMERS)
