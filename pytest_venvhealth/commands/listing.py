"""The quarantine as a person reads it, and as a program does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pytest_venvhealth.environment_files import HEALTH_FOLDER
from pytest_venvhealth.repair.history import Kind, Past, Shelved, Treated, Why
from pytest_venvhealth.repair.undo import last_repair, why_not
from pytest_venvhealth.reports.wording import counted, joined, size_text

_MEANINGS = {
    Why.ALTERED: "not the bytes of its wheel, which the repair has installed",
    Why.FOREIGN: "nobody's, and a clean install would not have it",
    Why.FORMER: "of the installation before, and in no wheel at hand",
    Why.LEFTOVER: "left by an installation that was cut short",
    Why.CHANGED: "changed after the repair that was undone",
    Why.INSTALLED: "of the repair that was undone, and its wheel was not at hand",
    Why.REPLACED: "lay where a file was restored",
    Why.DISPLACED: "came during a repair, and lay where the rollback put an old file back",
}


def list_lines(root: Path, history: Sequence[Past], *, most: int | None = None) -> Iterator[str]:
    """Yield the lines of `quarantine list`, a block a repair, the oldest first.

    Args:
        history: what `list_repairs` returned.
        most: how many files of a repair are named; None: all.
    """
    last = last_repair(history)
    repairs = [past for past in history if past.is_of_interest]
    if not repairs:
        yield f"Nothing is in quarantine in {root}, and there is no repair to undo."
        return
    words = {file.why: len(str(file.why)) for past in repairs for file in past.shelved}
    width = max(words.values(), default=0)
    for past in repairs:
        yield f"{past.id}  {_clock(past.time)}"
        yield f"  {_what(past)}"
        for file in past.shelved[:most]:
            yield f"  {file.why:<{width}}  {size_text(file.size):>7}  {file.path}"
        more = past.shelved[len(past.shelved[:most]) :]
        if more:
            size = size_text(sum(file.size for file in more))
            yield f"  and {counted(len(more), 'more file')}, {size} (--all names them)"
        if past.for_undo and past.is_repair:
            size = size_text(sum(file.size for file in past.for_undo))
            yield f"  {counted(len(past.for_undo), 'file')} of an installer, {size}, for an undo"
        if past is last:
            refused = why_not(past, history)
            yield (
                "  The last repair; `venv-health undo` takes it back."
                if refused is None
                else f"  The last repair, which cannot be undone: {refused[0]}."
            )
        yield ""
    for word in sorted(words):
        yield f"{word}: {_MEANINGS[word]}."
    if words:
        yield ""
    yield total(root, repairs)


def as_json(root: Path, history: Sequence[Past]) -> dict[str, Any]:
    """Return what `quarantine list --json` prints."""
    last = last_repair(history)
    repairs = [past for past in history if past.is_of_interest]
    return {
        "environment": str(root),
        "files": sum(len(past.shelved) + len(past.for_undo) for past in repairs),
        "bytes": sum(past.size for past in repairs),
        "repairs": [_repair_as_json(past, history, is_last=past is last) for past in repairs],
    }


def total(root: Path, repairs: Sequence[Past]) -> str:
    """Return how much lies in quarantine, and where."""
    kept = sum(len(past.shelved) for past in repairs)
    for_undo = sum(len(past.for_undo) for past in repairs)
    size = size_text(sum(past.size for past in repairs))
    text = f"{counted(kept + for_undo, 'file')}, {size}, in {root / HEALTH_FOLDER}"
    if for_undo:
        text += f": {kept:,} for you to decide on, {for_undo:,} for undos"
    return text


def _repair_as_json(past: Past, history: Sequence[Past], *, is_last: bool) -> dict[str, Any]:
    refused = why_not(past, history)
    return {
        "id": past.id,
        "kind": str(past.kind),
        "time": past.time,
        "distributions": [
            {
                "name": each.name,
                "version": each.version,
                "from_version": each.from_version,
                "reason": each.reason,
            }
            for each in past.treated
        ],
        "is_last": is_last,
        "undo_refused": None if refused is None else refused[0],
        "undone_by": past.undone_by,
        "bytes": past.size,
        "files": [_file_as_json(file) for file in (*past.shelved, *past.for_undo)],
    }


def _file_as_json(file: Shelved) -> dict[str, Any]:
    return {
        "path": file.path,
        "why": str(file.why),
        "bytes": file.size,
        "shelf": file.shelf,
    }


def _what(past: Past) -> str:
    """Return what a transaction has done, in a line."""
    if past.kind is Kind.RESTORE:
        return "restore, over what lay there"
    if past.kind is Kind.UNDO:
        return f"undo of {past.undoes}"
    if past.kind is Kind.ROLLED_BACK:
        return f"rolled back: {_treated(past.treated)}"
    undone = f" (undone by {past.undone_by})" if past.undone_by else ""
    return f"{_treated(past.treated)}{undone}"


def _treated(treated: Sequence[Treated]) -> str:
    if not treated:
        return "leftovers set aside"
    if len(treated) == 1:
        reason = f": {treated[0].reason.rstrip(' .')}" if treated[0].reason else ""
        return f"{_verb(treated[0])}{reason}"
    return joined([_verb(each) for each in treated])


def _verb(each: Treated) -> str:
    if each.from_version is None:
        return f"installed {each.name} {each.version}"
    if each.from_version == each.version:
        return f"reinstalled {each.name} {each.version}"
    return f"replaced {each.name} {each.from_version} by {each.version}"


def _clock(time: str) -> str:
    """Return `2026-11-23 10:15:02 UTC` of a time as the journal writes it."""
    return f"{time[:19].replace('T', ' ')} UTC"
