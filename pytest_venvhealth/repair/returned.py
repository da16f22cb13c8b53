"""What has been given back leaves the quarantine that it lay in; and no folder stays for nothing.

A restore and an undo copy files from the shelves of earlier transactions. Which ones, their plans
say (`returns`, `undoes`), so that whoever finishes them after a kill can do this as well.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from pytest_venvhealth.repair.journal import Journal, append_audit, now
from pytest_venvhealth.repair.layout import Layout


def release(layout: Layout, journal: Journal) -> None:
    """Take from older shelves what a committed transaction has put back; can be repeated.

    Raises:
        OSError: something could not be deleted or noted; to be tried again.
    """
    plan = journal.entries[0].get("plan", {})
    transactions, own = os.path.split(layout.folder)
    emptied: set[str] = set()
    for transaction, shelf in plan.get("returns", ()):
        path = os.path.join(transactions, transaction, shelf)
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            os.unlink(path)
        emptied.add(transaction)
    undone = plan.get("undoes")
    if undone is not None:
        emptied.add(undone)
    for transaction in sorted(emptied):
        folder = Path(transactions, transaction)
        older = Journal.read(folder) if folder.is_dir() else None
        if older is None:
            continue
        if transaction == undone and older.entry("phase", "undone") is None:
            older.append({"phase": "undone", "time": now(), "by": own})
            append_audit(Path(transactions).parent, transaction, "undone", by=own)
        tidy(Layout.of(folder), older)


def tidy(layout: Layout, journal: Journal) -> None:
    """Delete the stage and all empty folders, and what was rolled back to its journal's end."""
    shutil.rmtree(layout.inside("stage"), ignore_errors=True)
    for parent, _, names in os.walk(layout.folder, topdown=False):
        if not names and parent != layout.folder:
            with contextlib.suppress(OSError):
                os.rmdir(parent)
    if journal.undone == 0 and os.listdir(layout.folder) == [journal.path.name]:
        journal.path.unlink()
        os.rmdir(layout.folder)
        with contextlib.suppress(OSError):
            os.rmdir(os.path.dirname(layout.folder))
