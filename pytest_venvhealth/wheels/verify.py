"""Is every file of a wheelhouse a whole wheel, and is every wheel that is needed there?"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import parse_wheel_filename

from pytest_venvhealth.wheelhouse import same_wheel
from pytest_venvhealth.wheels.needed import Needed, NeededWheel
from pytest_venvhealth.wheels.scratch import leftovers
from pytest_venvhealth.wheels.stock import Stock, There

# What installers and browsers leave, and what only a build makes a wheel of.
_JUNK = (".tar.gz", ".tgz", ".tar.bz2", ".zip", ".egg", ".part", ".partial", ".tmp", ".crdownload")


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What is wrong with a wheelhouse, and what to do about it."""

    kind: str
    """`damaged`, `other-hash`, `bad-name`, `duplicate`, `junk`, `missing`, `other-build`, or
    `unavailable`."""
    subject: str
    """A file's name, or `markupsafe 2.1.5` where there is none."""
    text: str
    """The part of a sentence after the subject."""
    remedy: str

    def __str__(self) -> str:
        return f"{self.subject} {self.text}. {self.remedy}."

    def as_json(self) -> dict[str, Any]:
        """Return it for `--json`."""
        return {
            "kind": self.kind,
            "subject": self.subject,
            "text": self.text,
            "remedy": self.remedy,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Verified:
    """The answer."""

    wheels: int
    size: int
    """Of all wheels, in bytes."""
    needed: int | None
    """How many wheels are needed; None where nobody said what for."""
    faults: tuple[Fault, ...]


def verify(folder: Path, needed: Needed | None, fill: str) -> Verified:
    """Read every wheel of a folder, and look for all that are needed.

    Args:
        fill: the command that fills this wheelhouse, for what a person is told to do.
    Raises:
        WheelhouseNotFoundError: there is no such folder.
        WheelhouseUnusableError: it cannot be read.
    """
    stock = Stock(folder)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        list(pool.map(stock.fault, [wheel.path for wheel in stock.house.wheels]))
        list(pool.map(stock.sha256, stock.paths))
    faults = [*_bad_files(stock, fill), *_duplicates(stock), *_junk(folder)]
    if needed is not None:
        told = {fault.subject for fault in faults}
        faults += [each for each in _lacking(stock, needed, fill) if each.subject not in told]
    return Verified(
        wheels=len(stock.house.wheels),
        size=sum(path.stat().st_size for path in stock.paths if path.exists()),
        needed=len(needed.wheels) + len(needed.unavailable) if needed is not None else None,
        faults=tuple(faults),
    )


def _bad_files(stock: Stock, fill: str) -> Iterator[Fault]:
    for path in stock.house.junk:
        yield Fault(
            kind="bad-name",
            subject=path.name,
            text="bears no wheel's name, so nothing finds it",
            remedy="Give it the name that it was built with, or take it away",
        )
    for wheel in stock.house.wheels:
        fault = stock.fault(wheel.path)
        if fault is not None:
            yield Fault(
                kind="damaged",
                subject=wheel.filename,
                text=f"is damaged: {getattr(fault, 'reason', fault)}",
                remedy=f"Fetch it again: {fill}",
            )


def _duplicates(stock: Stock) -> Iterator[Fault]:
    first: dict[object, Path] = {}
    for path in stock.paths:
        same = first.setdefault(stock.sha256(path) or path, path)
        if same is path and path not in stock.house.junk:
            same = first.setdefault(parse_wheel_filename(path.name), path)
        if same is not path:
            yield Fault(
                kind="duplicate",
                subject=path.name,
                text=f"is the same wheel as {same.name}",
                remedy="Take one of them away",
            )


def _junk(folder: Path) -> Iterator[Fault]:
    for path in sorted(folder.iterdir()):
        if path.name.lower().endswith(_JUNK):
            yield Fault(
                kind="junk",
                subject=path.name,
                text="is no wheel, so nothing is installed from it",
                remedy="Take it away, or build a wheel of it",
            )
    for path in leftovers(folder):
        yield Fault(
            kind="junk",
            subject=path.name,
            text="was left by a fill that was killed",
            remedy="Take it away; the next fill does that, too",
        )


def _lacking(stock: Stock, needed: Needed, fill: str) -> Iterator[Fault]:
    for need in needed.wheels:
        state = stock.look_for(need)
        if isinstance(state, There):
            if need.filename is not None and not same_wheel(state.path.name, need.filename):
                yield Fault(
                    kind="bad-name",
                    subject=state.path.name,
                    text=f"should be {need.filename}, by which the lock names it",
                    remedy=f"Rename it; this does it, too: {fill}",
                )
            continue
        yield _absent(need, state.damaged, state.other_builds, fill)
    for lost in needed.unavailable:
        if not stock.has_built(lost):
            release = f"{lost.name} {lost.version}" if lost.version else lost.name
            yield Fault(
                kind="unavailable",
                subject=release,
                text=f"has no wheel here: {lost.reason}",
                remedy=lost.remedy,
            )


def _absent(
    need: NeededWheel, damaged: Sequence[Path], other_builds: Sequence[Path], fill: str
) -> Fault:
    if damaged and need.sha256 is not None:
        return Fault(
            kind="other-hash",
            subject=damaged[0].name,
            text="has another hash than the lock's",
            remedy=f"Fetch it again: {fill}",
        )
    if damaged:
        return Fault(
            kind="damaged",
            subject=damaged[0].name,
            text="is damaged",
            remedy=f"Fetch it again: {fill}",
        )
    if other_builds:
        return Fault(
            kind="other-build",
            subject=other_builds[0].name,
            text="is another build than the installed one",
            remedy=f"Look for the installed one: {fill}",
        )
    return Fault(
        kind="missing",
        subject=need.filename or need.described,
        text="is missing",
        remedy=f"Fetch it: {fill}",
    )
