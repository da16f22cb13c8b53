"""Change an environment in steps that can all be taken back, whatever happens in between.

Everything lies below `ROOT/.venv-health/transactions/ID`, on the environment's own file system, so
that each move is one rename: `journal.jsonl`, `stage/` (the new files) and `quarantine/` (the old
ones, at their paths relative to the root). What a step means to do is journalled before it is done:
the list of all its files at once, so that twelve thousand files cost one sync. What a kill left
half-done is then read off the places where the files are (`recovery`).

The caller holds the environment's lock exclusively.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, NamedTuple, Self

from pytest_venvhealth.environment_files import HEALTH_FOLDER
from pytest_venvhealth.repair.failures import (
    FileInTheWayError,
    TransactionError,
    UnfinishedTransactionError,
    explained,
)
from pytest_venvhealth.repair.journal import (
    Journal,
    append_audit,
    now,
    sync_file,
    sync_folder,
)
from pytest_venvhealth.repair.layout import Layout, Territory
from pytest_venvhealth.repair.moves import move
from pytest_venvhealth.repair.recovery import (
    Recovery,
    Step,
    cached_bytecode,
    finish,
    quarantined_files,
    recover,
    roll_back,
    transaction_folders,
)

__all__ = ["Recovery", "Step", "Transaction", "recover"]

AnyPath = str | os.PathLike[str]
# Up to so many new files are synced one by one; beyond, one call for everything is quicker.
_SYNCED_ALONE = 32


class Fate(NamedTuple):
    """What becomes of a quarantined file once the repair is committed."""

    keep: bool = True
    """Whether it stays in quarantine."""
    generated: bool = False
    """An installer wrote it: it stays for an undo, and is no file of a person's."""
    wheel: str = ""
    """The wheel at hand that can give its bytes again; then it can go."""
    hash: str = ""
    """As in that wheel's RECORD."""


KEEP = Fate()
"""A file that nobody can give again."""
GENERATED = Fate(generated=True)
DROP = Fate(keep=False)
"""A file that its source makes anew, as bytecode is."""


class Transaction:
    """One change of an environment: committed as a whole, or taken back as a whole.

    Used in a `with` block it is rolled back unless it was committed.
    """

    def __init__(
        self,
        layout: Layout,
        journal: Journal,
        territory: Territory,
        on_step: Callable[[str], None] | None,
    ) -> None:
        self._layout = layout
        self._journal = journal
        self._territory = territory
        self._on_step = on_step
        self._ended = False
        self.folder = Path(layout.folder)
        """`ROOT/.venv-health/transactions/ID`."""
        self.stage = self.folder / "stage"
        """Where the new files are laid ready."""

    @classmethod
    def begin(
        cls,
        root: Path,
        *,
        plan: Mapping[str, Any],
        keep: Iterable[AnyPath] = (),
        on_step: Callable[[str], None] | None = None,
    ) -> Self:
        """Write down the plan, and return the transaction that will carry it out.

        Args:
            root: the environment's folder, absolute.
            plan: JSON data, kept in the journal for people and for `recover`. Where it is no
                repair's, `kind` says whose; `returned.release` knows `returns` and `undoes`.
            keep: the scheme's folders (site-packages, scripts, headers …): the only ones, beside
                the root, below which files are touched; they stay even when they become empty.
            on_step: called with each `Step` as it is reached.
        Raises:
            UnfinishedTransactionError: an earlier one must be rolled back first.
            TransactionError: nothing can be written there.
        """
        for folder in transaction_folders(root):
            journal = Journal.read(folder)
            if journal and journal.is_open and journal.entry("phase", "committed") is None:
                raise UnfinishedTransactionError(folder)
        # With microseconds: the names sort by time, and two repairs may come within one second.
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
        layout = Layout.of(root / HEALTH_FOLDER / "transactions" / name)
        kept = sorted({os.path.normpath(path) for path in keep})
        with explained("begin a repair in", layout.folder):
            os.makedirs(layout.folder)
            journal = Journal.create(
                Path(layout.folder),
                {
                    "phase": "prepared",
                    "version": 1,
                    "transaction": name,
                    "time": now(),
                    "keep": [layout.shorten(path) for path in kept],
                    "plan": dict(plan),
                },
            )
            transaction = cls(layout, journal, Territory(layout.root, kept), on_step)
            transaction.stage.mkdir()
        kind = {"kind": plan["kind"]} if "kind" in plan else {}
        transaction._audit("begin", **kind, distributions=_distributions(plan))
        transaction._reach(Step.PREPARED)
        return transaction

    @property
    def id(self) -> str:
        """The name of the transaction, in the journal and in the audit log."""
        return self.folder.name

    def quarantine(self, paths: Iterable[AnyPath]) -> int:
        """Set files aside and return how many; what is already gone is left out.

        A link is set aside itself and never followed; a folder is, with all that is in it. Folders
        that become empty are removed, up to those to keep.

        Raises:
            PathRefusedError: a path lies outside of the environment's folders, or behind a link
                that is not itself set aside: nothing was moved.
            TransactionError: a file could not be moved.
        """
        with explained("look at", self._layout.root):
            files, folders = self._expand({os.fspath(path) for path in paths})
        return self._set_aside(files, folders)

    def install(
        self,
        moves: Iterable[tuple[AnyPath, AnyPath, str]],
        *,
        folders: Mapping[str, int] = MappingProxyType({}),
    ) -> int:
        """Move staged files to their final places and return how many.

        Cached bytecode of older modules at those places is set aside first.

        Args:
            moves: a file below `stage`, its absolute final path, and its hash as in RECORD; empty
                where it has none, as a link.
            folders: absolute paths that shall be folders afterwards, empty or not, and the modes
                of those that are not there yet.
        Raises:
            FileInTheWayError: something lies at a final path, or two files claim it.
            PathRefusedError: a final path lies outside of the environment, or behind a link.
            TransactionError: a file could not be moved.
        """
        listed = [(os.fspath(staged), os.fspath(final), digest) for staged, final, digest in moves]
        pairs = [(staged, final) for staged, final, _ in listed]
        with explained("install into", self._layout.root):
            created = self._created_by(pairs, folders)
            stale = cached_bytecode(final for _, final in pairs)
        self._set_aside(sorted(stale), set(), derived=True)
        if stale:
            # A folder that held nothing else is gone with it.
            with explained("install into", self._layout.root):
                created |= self._created_by(pairs, folders)
        made = sorted(created)
        # Setting bytecode aside may have removed `__pycache__`, and a compiler will make it anew.
        created |= {
            cache
            for cache in {
                os.path.join(os.path.dirname(final), "__pycache__")
                for _, final in pairs
                if final.endswith(".py")
            }
            if not os.path.isdir(cache)
        }
        shorten, inside = self._layout.shorten, len(self._layout.folder) + 1
        with explained("install into", self._layout.root):
            self._journal.append(
                {
                    "intent": "install",
                    "time": now(),
                    "files": [
                        [staged[inside:], shorten(final), digest]
                        for staged, final, digest in listed
                    ],
                    "created": sorted(map(shorten, created)),
                }
            )
            self._reach(Step.INSTALLING)
            for folder in made:
                os.makedirs(folder, exist_ok=True)
            for staged, final in pairs:
                move(staged, final)
            # The deepest first, and only now: a folder that may not be written could not be filled.
            for folder in reversed(made):
                if folder in folders:
                    os.chmod(folder, folders[folder])
            self._journal.append({"phase": "installed", "count": len(pairs)})
        self._audit("install", count=len(pairs))
        self._reach(Step.INSTALLED)
        return len(pairs)

    def commit(self, judge: Callable[[str], Fate]) -> tuple[str, ...]:
        """Keep the new state, and return the old paths of the files that a person may miss.

        The caller has verified the new state: this is written down first, so that a repair that is
        cut short from here on is finished by the next run, and not rolled back.

        Args:
            judge: says what becomes of the quarantined file that lay at an absolute path.
        Raises:
            TransactionError: the commit could not be written; the transaction can be rolled back.
        """
        inside = len(self._layout.folder) + 1
        kept: list[list[str]] = []
        generated: list[list[str]] = []
        dropped: dict[str, list[list[str | int]]] = {}
        with explained("commit the repair in", self._layout.folder):
            for path, quarantined in quarantined_files(self._layout, self._journal, derived=False):
                fate = judge(self._layout.absolute(path))
                if fate.keep:
                    (generated if fate.generated else kept).append([path, quarantined[inside:]])
                elif fate.wheel:
                    mode = stat.S_IMODE(os.lstat(quarantined).st_mode)
                    dropped.setdefault(fate.wheel, []).append([path, fate.hash, mode])
            self._sync_new_files()
            self._reach(Step.COMMITTING)
            self._journal.append(
                {
                    "phase": "verified",
                    "time": now(),
                    "kept": kept,
                    "generated": generated,
                    "dropped": dropped,
                }
            )
            self._reach(Step.VERIFIED)
            self._journal.append({"phase": "committed", "time": now()})
        self._ended = True
        self._reach(Step.COMMITTED)
        self._audit("commit", kept=[path for path, _ in kept])
        # The new state stands: old files that cannot be deleted now are deleted by the next run.
        with contextlib.suppress(OSError):
            finish(self._layout, self._journal)
        self._reach(Step.CLOSED)
        return tuple(path for path, _ in kept)

    def _sync_new_files(self) -> None:
        """Make the new files durable before the old ones may go: a journal alone is no proof."""
        finals = [
            self._layout.absolute(final)
            for entry in self._journal.entries
            if entry.get("intent") == "install"
            for _, final, _ in entry["files"]
        ]
        if len(finals) > _SYNCED_ALONE and hasattr(os, "sync"):
            os.sync()
            return
        for path in finals:
            sync_file(path)
        for folder in {os.path.dirname(path) for path in finals}:
            sync_folder(folder)

    def rollback(self) -> None:
        """Put everything back as it was before `begin`.

        Raises:
            RollbackError: it stopped half-way; `recover` goes on with it.
            TransactionError: the transaction has ended already.
        """
        if self._ended:
            raise TransactionError(
                "roll back", self._layout.folder, "this repair has ended", "Repair again."
            )
        roll_back(self._layout, self._journal, self._on_step)
        self._ended = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if not self._ended:
            self.rollback()

    def _reach(self, step: Step) -> None:
        if self._on_step is not None:
            self._on_step(step)

    def _audit(self, action: str, **details: Any) -> None:
        append_audit(self.folder.parent.parent, self.id, action, **details)

    def _expand(self, paths: set[str]) -> tuple[list[str], set[str]]:
        """Return the files and links among `paths` and in folders among them, and those folders.

        Raises:
            PathRefusedError: a path must not be touched.
        """
        files: set[str] = set()
        folders: set[str] = set()
        for path in paths:
            self._territory.check(path, "set aside")
            if not self._territory.check_links(path, "set aside", known=paths):
                continue  # the link is set aside, what lies behind it is not the environment's
            try:
                mode = os.lstat(path).st_mode
            except (FileNotFoundError, NotADirectoryError):
                continue
            if stat.S_ISDIR(mode):
                _walk(path, files, folders)
            else:
                files.add(path)
        return sorted(files), folders

    def _set_aside(self, files: list[str], folders: set[str], *, derived: bool = False) -> int:
        if not files and not folders:
            return 0
        layout = self._layout
        emptied = set(folders)
        for path in {os.path.dirname(path): path for path in (*files, *folders)}.values():
            emptied.update(self._territory.folders_of(path))
        batches = sum(entry.get("intent") == "quarantine" for entry in self._journal.entries)
        label = "quarantine" if batches == 0 else f"quarantine-{batches + 1}"
        short = [layout.shorten(path) for path in files]
        with explained("set aside files of", layout.root):
            modes = [
                [layout.shorten(folder), stat.S_IMODE(os.lstat(folder).st_mode)]
                for folder in sorted(emptied)
            ]
            self._journal.append(
                {
                    "intent": "quarantine",
                    "time": now(),
                    "label": label,
                    "derived": derived,
                    "files": short,
                    "folders": modes,
                }
            )
            self._reach(Step.QUARANTINING)
            made: set[str] = set()
            for index, path in enumerate(short):
                target = layout.shelf(label, index, path)
                parent = os.path.dirname(target)
                if parent not in made:
                    os.makedirs(parent, exist_ok=True)
                    made.add(parent)
                move(files[index], target)
            for folder in sorted(emptied, reverse=True):
                # It may hold what was not set aside: then it stays.
                with contextlib.suppress(OSError):
                    os.rmdir(folder)
            self._journal.append({"phase": "quarantined", "count": len(files)})
        self._audit("quarantine", count=len(files))
        self._reach(Step.QUARANTINED)
        return len(files)

    def _created_by(self, pairs: list[tuple[str, str]], folders: Iterable[str]) -> set[str]:
        """Return the folders that an install has to make.

        Args:
            folders: further ones that shall be there.
        Raises:
            FileInTheWayError: something lies where a file or a folder should come to lie.
            PathRefusedError: a final path must not be touched.
            ValueError: a staged file is none, or lies outside of `stage`.
        """
        created: set[str] = set()
        seen: set[str] = set()
        stage = str(self.stage) + os.sep
        advice = "Nothing was moved. Set it aside first, or look whose it is."
        for staged, final in pairs:
            if not staged.startswith(stage) or not os.path.lexists(staged):
                raise ValueError(f"not staged: {staged}")
            self._territory.check(final, "install")
            self._territory.check_links(final, "install")
            if final in seen:
                raise FileInTheWayError("install", final, "two new files claim this path", advice)
            seen.add(final)
            if os.path.lexists(final):
                raise FileInTheWayError("install", final, "something is there already", advice)
        for folder in folders:
            self._territory.check_links(folder, "make")
        for folder in {*(os.path.dirname(final) for final in seen), *folders}:
            above = folder
            while above not in created and not os.path.isdir(above):
                if os.path.lexists(above) or above in seen:
                    reason = "it should be a folder and is a file"
                    raise FileInTheWayError("install into", above, reason, advice)
                created.add(above)
                above = os.path.dirname(above)
        return created


def _distributions(plan: Mapping[str, Any]) -> list[str]:
    """Return `name version` of each step of a plan, for the audit log."""
    return [f"{step['distribution']} {step.get('version')}" for step in plan.get("steps", ())]


def _walk(folder: str, files: set[str], folders: set[str]) -> None:
    """Add everything below `folder` to `files` and `folders`; links are files.

    Raises:
        OSError: a folder could not be read.
    """
    folders.add(folder)
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _walk(entry.path, files, folders)
            else:
                files.add(entry.path)
