"""Fetch the wheels that a wheelhouse lacks, a few at a time; each is verified, then put there."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)

from pytest_venvhealth.errors import VenvHealthError
from pytest_venvhealth.reports.wording import counted, listed, size_text
from pytest_venvhealth.temporary import temporary_folder
from pytest_venvhealth.wheelhouse import same_wheel
from pytest_venvhealth.wheels.needed import Needed, NeededWheel, Unavailable, build_remedy
from pytest_venvhealth.wheels.pip_call import Pip, PipCall
from pytest_venvhealth.wheels.pip_words import Fault, Kind, read_fault
from pytest_venvhealth.wheels.scratch import scratch_folder
from pytest_venvhealth.wheels.stock import (
    SET_ASIDE,
    Lacking,
    Stock,
    There,
    WheelhouseUnusableError,
    another_build,
    fault_of,
    move_aside,
)
from pytest_venvhealth.wheels.target import PipTarget, target_of_tags

# What a kill may cost at most. A call of pip takes a second before it fetches anything.
_MOST_BYTES = 64_000_000
_MOST_WHEELS = 16
_CALLS_AT_ONCE = 2
_LOOK_SECONDS = 0.05
# So many times in a row the same trouble: then the rest will have it, too.
_PATIENCE = 2
_FULL = {errno.ENOSPC, errno.EDQUOT}


class NoRoomError(VenvHealthError):
    """The disk is full."""

    def __init__(self, folder: Path, needed: int | None = None) -> None:
        super().__init__(folder, needed)
        self.folder, self.needed = folder, needed

    def __str__(self) -> str:
        free = size_text(shutil.disk_usage(self.folder).free)
        wants = f", and {size_text(self.needed)} are needed" if self.needed is not None else ""
        return (
            f"There is no room for the wheels: {free} are free in {self.folder}{wants}. Make room "
            "there and run it again; what lies there already is not fetched again."
        )


class IndexUnreachableError(VenvHealthError):
    """No index answers."""

    def __init__(self, reason: str, missing: int) -> None:
        super().__init__(reason, missing)
        self.reason, self.missing = reason, missing

    def __str__(self) -> str:
        return (
            f"The index does not answer ({self.reason}), and {counted(self.missing, 'wheel')} "
            f"{'is' if self.missing == 1 else 'are'} missing. See to the network, or name another "
            "index with --index-url or a folder with --find-links, and run it again."
        )


class PipFailedError(VenvHealthError):
    """pip fails for everything."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return f"pip cannot fetch anything ({self.text}). See to that, and run it again."


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrived:
    """A wheel that was put into the wheelhouse just now."""

    filename: str
    size: int
    instead_of: Path | None = None
    """Where the file is that lay in its place before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """How far a fill has come."""

    done: int
    """Wheels, of those that were missing."""
    missing: int
    bytes_done: int
    bytes_missing: int | None
    """None where the sizes are not known."""
    busy_with: tuple[str, ...]
    """The distributions that are being fetched."""
    seconds: float


class Watcher(Protocol):
    """Is told what happens."""

    def arrived(self, wheel: Arrived, state: State) -> None:
        """Take note of a new wheel."""

    def tick(self, state: State) -> None:
        """Take note of how far it is; called some twenty times a second."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Filled:
    """What a fill has done."""

    folder: Path
    there: int
    """Wheels that lay there before."""
    arrived: tuple[Arrived, ...]
    renamed: tuple[tuple[str, str], ...]
    """Files that had the right bytes under a name that nobody finds: old name, new name."""
    lost: tuple[Unavailable, ...]
    """By name: what could not be fetched, and what to do."""
    stopped: VenvHealthError | None
    """Why the fill ended before its end."""
    seconds: float


def fill(needed: Needed, folder: Path, pip: Pip, watcher: Watcher) -> Filled:
    """Fetch what the wheelhouse lacks of what is needed; the folder is made where it is not there.

    Raises:
        NoPipError: something is to be fetched, and there is no pip.
        NoRoomError: there is not enough room to begin.
        WheelhouseUnusableError: nothing can be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _Fill(needed, folder, pip, watcher).run()
    except OSError as error:
        if error.errno in _FULL:
            raise NoRoomError(folder) from error
        raise WheelhouseUnusableError(folder, error) from error


@dataclass
class _Fill:
    """The state of one fill; it lives as long as `run`."""

    needed: Needed
    folder: Path
    pip: Pip
    watcher: Watcher
    arrived: list[Arrived] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    lost: list[Unavailable] = field(default_factory=list)
    _missing: list[NeededWheel] = field(default_factory=list)
    _lacking: dict[str, Lacking] = field(default_factory=dict)
    """By requirement: what lies there of what is missing."""
    _unanswered: list[Unavailable] = field(default_factory=list)
    """In a row, those for which an index did not answer."""
    _failures: list[str] = field(default_factory=list)
    """In a row, what pip said of single wheels for reasons that are not known here."""
    _calls: int = 0
    _began: float = field(default_factory=time.monotonic)

    def run(self) -> Filled:
        stock = Stock(self.folder)
        missing = self._missing
        for need in self.needed.wheels:
            state = stock.look_for(need)
            if isinstance(state, There):
                self._give_its_name(state.path, need)
            else:
                self._lacking[need.requirement] = state
                missing.append(need)
        stopped: VenvHealthError | None = None
        if missing:
            self.pip.expect()
            self._expect_room()
            with scratch_folder(self.folder) as scratch, temporary_folder() as logs:
                try:
                    self._fetch(missing, scratch, logs)
                    self.lost += self._unanswered
                except (NoRoomError, IndexUnreachableError, PipFailedError) as error:
                    stopped = error
                except OSError as error:
                    if error.errno not in _FULL:
                        raise
                    stopped = NoRoomError(self.folder)
        unavailable = [each for each in self.needed.unavailable if not stock.has_built(each)]
        lost = sorted([*unavailable, *self.lost], key=lambda each: each.name)
        return Filled(
            folder=self.folder,
            there=len(self.needed.wheels) - len(missing),
            arrived=tuple(self.arrived),
            renamed=tuple(self.renamed),
            lost=tuple(lost),
            stopped=stopped,
            seconds=time.monotonic() - self._began,
        )

    def _give_its_name(self, path: Path, need: NeededWheel) -> None:
        """Rename what has the right bytes, and a name by which no repair would find it."""
        if need.filename is None or same_wheel(path.name, need.filename):
            return
        target = self.folder / need.filename
        if os.path.lexists(target):
            move_aside(target, SET_ASIDE)
        path.rename(target)
        self.renamed.append((path.name, need.filename))

    def _expect_room(self) -> None:
        sizes = [need.size for need in self._missing]
        known = sum(size for size in sizes if size is not None)
        if known > shutil.disk_usage(self.folder).free:
            raise NoRoomError(self.folder, known)

    def _fetch(self, missing: Sequence[NeededWheel], scratch: Path, logs: Path) -> None:
        """Run all calls, two at a time, until nothing is left to try.

        Raises:
            NoRoomError: the disk is full.
            IndexUnreachableError, PipFailedError: it makes no sense to go on.
            OSError: a wheel cannot be put into its place.
        """
        waiting = group(missing)
        running: list[PipCall] = []
        try:
            while waiting or running:
                while waiting and len(running) < _CALLS_AT_ONCE:
                    self._calls += 1
                    own = scratch / f"call-{self._calls}"
                    running.append(PipCall(self.pip, waiting.pop(0), own, logs))
                self.watcher.tick(self._state(running))
                ended = [call for call in running if call.has_ended()]
                for call in ended:
                    running.remove(call)
                    waiting[:0] = self._take(call, running)
                    shutil.rmtree(call.wheels.parent, ignore_errors=True)
                if not ended:
                    time.sleep(_LOOK_SECONDS)
        finally:
            for call in running:
                call.end()

    def _take(self, call: PipCall, running: Sequence[PipCall]) -> list[list[NeededWheel]]:
        """Put the wheels of a call that has ended into their places; return what to try next."""
        call.end()
        if not call.is_good:
            return self._after_failure(call)
        self.lost += self._unanswered
        self._unanswered, self._failures = [], []
        again: list[NeededWheel] = []
        found = {_name_of(path): path for path in call.wheels.iterdir()}
        for need in call.needs:
            path = found.get(need.name)
            if path is None:
                self._lose(need, "pip has fetched it, and it is not there", "Run it again")
            elif (next_try := self._put(need, path, running)) is not None:
                again.append(next_try)
        return group(again)

    def _put(self, need: NeededWheel, path: Path, running: Sequence[PipCall]) -> NeededWheel | None:
        """Verify a wheel and put it into its place; return what to fetch instead, if anything."""
        final = need.filename or path.name
        if path.name != final:
            path = path.rename(path.parent / final)
        fault = fault_of(path, need.sha256)
        if fault is not None:
            reason = str(getattr(fault, "reason", fault))
            remedy = build_remedy(self.folder, f"{need.name}=={need.version}")
            self._lose(need, f"the index's wheel {final} cannot be used: {reason}", remedy)
            return None
        difference = another_build(need, path)
        if difference is not None:
            narrow = _narrowed(need)
            if narrow is None:
                self.lost.append(
                    _other_build(need, f"the index's {final}", difference, self.folder)
                )
            return narrow
        # To be written, for that is what some systems ask of whoever flushes a file.
        with path.open("r+b") as file:
            os.fsync(file.fileno())
        target, aside = self.folder / final, None
        for damaged in self._lacking[need.requirement].damaged:
            if damaged.exists() and same_wheel(damaged.name, final):
                aside = move_aside(damaged, SET_ASIDE)
        if target.exists():
            aside = move_aside(target, SET_ASIDE)
        size = path.stat().st_size
        path.rename(target)
        self.arrived.append(Arrived(filename=final, size=size, instead_of=aside))
        self.watcher.arrived(self.arrived[-1], self._state(running))
        return None

    def _after_failure(self, call: PipCall) -> list[list[NeededWheel]]:
        """Find out whose fault it was, and return how the others are tried again.

        Raises:
            NoRoomError: the disk is full.
            IndexUnreachableError, PipFailedError: it makes no sense to go on.
        """
        fault = read_fault(call.log)
        if fault.kind is Kind.DISK_FULL:
            raise NoRoomError(self.folder)
        at_fault = [need for need in call.needs if need.name == fault.subject]
        if len(call.needs) == 1:
            at_fault = list(call.needs)
        others = [need for need in call.needs if need not in at_fault]
        if not at_fault or (fault.kind is Kind.OTHER and others):
            half = len(call.needs) // 2
            return [list(call.needs[:half]), list(call.needs[half:])]
        for need in at_fault:
            self._note(need, fault)
        return group(others)

    def _note(self, need: NeededWheel, fault: Fault) -> None:
        """Take note of a wheel that pip could not fetch by itself.

        Raises:
            IndexUnreachableError: no index answers.
            PipFailedError: pip fails again and again, and for nothing that is about one wheel.
        """
        if fault.kind is Kind.UNREACHABLE:
            reason = f"an index does not answer ({fault.text})"
            remedy = "See to the network, and run it again"
            self._unanswered.append(
                Unavailable(name=need.name, version=need.version, reason=reason, remedy=remedy)
            )
            if len(self._unanswered) >= _PATIENCE:
                missing = len(self._missing) - len(self.arrived)
                raise IndexUnreachableError(fault.text, missing)
        elif fault.kind is Kind.NO_MATCH and need.narrowed:
            which, why = "every wheel of it on the index", "and none has the installed one's tags"
            self.lost.append(_other_build(need, which, why, self.folder))
        else:
            reason, remedy = _explain(need, fault, self.folder)
            for other in self._lacking[need.requirement].other_builds:
                # Built by a person, perhaps as told here the last time.
                reason += f", and {other.name} there is another build than the installed one"
                remedy = f"Reinstall {need.name} from {other}, if you trust it, and run it again"
            self._lose(need, reason, remedy)
        if fault.kind is Kind.OTHER:
            self._failures.append(fault.text)
            if self._failures[-_PATIENCE:].count(fault.text) >= _PATIENCE:
                raise PipFailedError(fault.text)

    def _lose(self, need: NeededWheel, reason: str, remedy: str) -> None:
        self.lost.append(
            Unavailable(name=need.name, version=need.version, reason=reason, remedy=remedy)
        )

    def _state(self, running: Iterable[PipCall]) -> State:
        sizes = [need.size for need in self._missing]
        known = [size for size in sizes if size is not None]
        done = sum(wheel.size for wheel in self.arrived)
        calls = tuple(running)
        return State(
            done=len(self.arrived),
            missing=len(self._missing),
            bytes_done=done + sum(_bytes_so_far(call.wheels.parent) for call in calls),
            bytes_missing=sum(known) if len(known) == len(sizes) else None,
            busy_with=tuple(need.name for call in calls for need in call.needs),
            seconds=time.monotonic() - self._began,
        )


def group(needs: Iterable[NeededWheel]) -> list[list[NeededWheel]]:
    """Return the needs in calls of pip: each for one target, no distribution twice, none too large.

    A wheel that is larger than a call should be has one of its own.
    """
    kinds: dict[tuple[PipTarget, bool], list[NeededWheel]] = {}
    for need in needs:
        kinds.setdefault((need.target, need.sha256 is not None), []).append(need)
    calls: list[list[NeededWheel]] = []
    for kind in kinds.values():
        open_calls: list[list[NeededWheel]] = []
        for need in kind:
            call = next((each for each in open_calls if _has_room(each, need)), None)
            if call is None:
                call = []
                open_calls.append(call)
            call.append(need)
        calls.extend(open_calls)
    return calls


def _has_room(call: Sequence[NeededWheel], need: NeededWheel) -> bool:
    size = sum(each.likely_size for each in call) + need.likely_size
    names = {each.name for each in call}
    return len(call) < _MOST_WHEELS and size <= _MOST_BYTES and need.name not in names


def _narrowed(need: NeededWheel) -> NeededWheel | None:
    """Return the need with only the tags of the installed WHEEL file; None where that was tried.

    Of several wheels of one version pip takes the one that fits best, and an older pip has perhaps
    taken another.
    """
    if need.narrowed or need.installed is None or need.environment is None:
        return None
    own = [tag for tag in need.environment.tags if tag in need.installed.tags]
    target = target_of_tags(own)
    return replace(need, target=target, narrowed=True) if target is not None else None


def _other_build(need: NeededWheel, which: str, why: str, folder: Path) -> Unavailable:
    where = need.environment.root if need.environment is not None else "the environment"
    return Unavailable(
        name=need.name,
        version=need.version,
        reason=f"{which} is another build than the installed one ({why})",
        remedy=f"Put the wheel that it was installed from into {folder}, or reinstall {need.name} "
        f"in {where} from the index, and run it again",
    )


def _explain(need: NeededWheel, fault: Fault, folder: Path) -> tuple[str, str]:
    """Return why a wheel was not fetched, and what to do."""
    if fault.kind is Kind.OTHER_HASH:
        remedy = "Find out who has changed it: name an index that has the lock's wheel with "
        remedy += "--index-url, or freeze anew from an environment that you trust"
        reason = f"what the index has under that name ({fault.text}) has another hash than the "
        return reason + "lock's", remedy
    if fault.kind is Kind.BROKEN:
        return "the connection broke while it was fetched", "Run it again"
    if fault.kind is Kind.OTHER:
        return f"pip cannot fetch it ({fault.text})", "See to that, and run it again"
    build = build_remedy(folder, f"{need.name}=={need.version}")
    sources = [name for name in fault.sources if _is_of(name, need)]
    unfit = [name for name in fault.unfit if _is_of(name, need)]
    if unfit:
        return f"the index has wheels of it for other targets alone ({listed(unfit, 2)})", build
    if sources:
        return f"the index has its source alone ({sources[0]})", build
    local = need.version.partition("+")[2]
    reason = (
        f"the index has other versions alone ({listed(fault.versions[::-1], 3)})"
        if fault.versions
        else f"no index has a wheel of it that fits{f' ({fault.text})' if fault.text else ''}"
    )
    if local:
        return reason, (
            f"A build with +{local} comes from an index of its own: name that with "
            "--extra-index-url and run it again"
        )
    return reason, (
        f"Name the index that has it with --extra-index-url, or put its wheel into {folder}"
    )


def _is_of(filename: str, need: NeededWheel) -> bool:
    """Tell whether a file of an index is of the version that is needed."""
    try:
        _, version, _, _ = parse_wheel_filename(filename)
        return need.admits(version)
    except InvalidWheelFilename:
        pass
    try:
        return need.admits(parse_sdist_filename(filename)[1])
    except InvalidSdistFilename:
        return False


def _name_of(path: Path) -> str:
    return canonicalize_name(path.name.partition("-")[0])


def _bytes_so_far(folder: Path) -> int:
    """Return how much of a call's wheels is there; pip copies each once it has all of it."""
    sizes: dict[str, int] = {}
    for place, _, names in os.walk(folder):
        for name in names:
            if name.endswith(".whl"):
                try:
                    size = os.stat(os.path.join(place, name)).st_size
                except OSError:
                    continue
                sizes[name] = max(size, sizes.get(name, 0))
    return sum(sizes.values())
