"""Carry out a plan: stage, uninstall, clean, install, look again, and only then commit."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pytest_venvhealth.checks.compare import compare
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.errors import VenvHealthError
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import ENVIRONMENT
from pytest_venvhealth.manifest import INSTALLER_FILES
from pytest_venvhealth.repair.compilers import Compilers
from pytest_venvhealth.repair.failures import RollbackError
from pytest_venvhealth.repair.install import (
    StagedWheel,
    stage_wheel,
    verified_wheel,
)
from pytest_venvhealth.repair.plan import Plan, Step
from pytest_venvhealth.repair.recovery import is_cached_bytecode
from pytest_venvhealth.repair.transaction import DROP, GENERATED, KEEP, Fate, Transaction
from pytest_venvhealth.repair.wheel_source import CheckedWheel
from pytest_venvhealth.results import Action, RepairRecord, RepairResult

_COMPILE_SECONDS = 600.0

Verify = Callable[[], str | None]
"""Looks again after an installation: None where it is healed, else why it is not."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A plan, and how it ended."""

    plan: Plan
    records: tuple[RepairRecord, ...]
    """One for each distribution: verified, rolled back or refused."""


@dataclass(kw_only=True)
class _Progress:
    """What has been done for one step so far."""

    step: Step
    source: CheckedWheel | None = None
    """The open wheel, once it is verified."""
    actions: list[Action] = field(default_factory=list)
    seconds: float = 0.0


def refuse(plan: Plan, reason: str | None = None) -> tuple[RepairRecord, ...]:
    """Return the records of a plan that is not carried out.

    Args:
        reason: why; by default what the plan's own refusals say.
    """
    records = [
        RepairRecord(
            distribution=refusal.distribution,
            version=refusal.version,
            wheel=refusal.wheel,
            sha256=None,
            items=plan.items,
            result=RepairResult.REFUSED,
            reason=refusal.reason,
            seconds=0.0,
        )
        for refusal in plan.refusals
    ]
    others = ", ".join(refusal.distribution for refusal in plan.refusals)
    for step in plan.steps:
        why = reason or f"{others} cannot be repaired, and one without the other heals nothing."
        records.append(_record(plan, _Progress(step=step), RepairResult.REFUSED, why))
    return tuple(records)


def carry_out(
    plan: Plan,
    facts: Facts,
    *,
    verify: Verify,
    on_step: Callable[[str], None] | None = None,
) -> tuple[RepairRecord, ...]:
    """Do what the plan says, and return how each of its steps ended.

    The caller holds the environment's exclusive lock. Whatever goes wrong on the way, the old files
    are put back; a user's mistake is a record with its reason, never an exception.

    Args:
        facts: those that the plan was made from.
        verify: looks again, while the lock is still held.
    """
    progress = [_Progress(step=step) for step in plan.steps]
    with contextlib.ExitStack() as opened:
        try:
            for each in progress:
                # The source first: nothing has been touched yet.
                wheel = verified_wheel(each.step.wheel.path, sha256=each.step.sha256)
                each.source = opened.enter_context(wheel)
        except VenvHealthError as error:
            return refuse(plan, str(error))
        compilers = opened.enter_context(Compilers(facts.environment))
        return _change(plan, facts, progress, compilers, verify, on_step)


def _change(
    plan: Plan,
    facts: Facts,
    progress: list[_Progress],
    compilers: Compilers,
    verify: Verify,
    on_step: Callable[[str], None] | None,
) -> tuple[RepairRecord, ...]:
    """Change the environment, with every source open and verified."""
    environment = facts.environment
    fates = _fates(facts, plan)
    keep = (*environment.site_folders, environment.scripts, environment.data, environment.headers)
    transaction = Transaction.begin(
        environment.root, plan=plan.to_dict(), keep=keep, on_step=on_step
    )
    try:
        staged = _stage(transaction, environment, progress, compilers)
    except VenvHealthError as error:
        # Nothing was moved: what is undone is what lies beside.
        transaction.rollback()
        return refuse(plan, str(error))
    except BaseException:
        transaction.rollback()
        raise
    try:
        _install(transaction, plan, environment, progress, staged, compilers)
        reason = verify()
    except VenvHealthError as error:
        return _taken_back(transaction, plan, progress, str(error))
    except BaseException:
        # Ctrl-C, or a mistake of ours: the environment is put back before anyone hears of it.
        transaction.rollback()
        raise
    if reason is not None:
        return _taken_back(transaction, plan, progress, reason)
    try:
        kept = transaction.commit(lambda path: fates.get(path, KEEP))
    except VenvHealthError as error:
        return _taken_back(transaction, plan, progress, str(error))
    _name_kept(environment, progress, kept)
    return (*_ended(plan, progress, RepairResult.VERIFIED, None), *_leftovers_record(plan))


def _taken_back(
    transaction: Transaction, plan: Plan, progress: list[_Progress], reason: str
) -> tuple[RepairRecord, ...]:
    """Roll back, and return the records that say why, and how far it came."""
    try:
        transaction.rollback()
    except RollbackError as error:
        reason = f"{reason} The rollback stopped half-way: {error} The next run goes on with it."
    return _ended(plan, progress, RepairResult.ROLLED_BACK, reason)


def _stage(
    transaction: Transaction,
    environment: Environment,
    progress: list[_Progress],
    compilers: Compilers,
) -> list[StagedWheel]:
    """Unpack beside the environment what each step has to bring."""
    staged: list[StagedWheel] = []
    for each in progress:
        started = time.monotonic()
        staged.append(
            stage_wheel(
                each.step.wheel.path,
                environment,
                transaction.stage / each.step.distribution,
                requested=each.step.requested,
                present=each.step.reuse,
                opened=each.source,
                on_module=compilers.compile,
            )
        )
        each.seconds += time.monotonic() - started
    return staged


def _install(
    transaction: Transaction,
    plan: Plan,
    environment: Environment,
    progress: list[_Progress],
    staged: list[StagedWheel],
    compilers: Compilers,
) -> None:
    """Move the old files away, and the new ones in."""
    if plan.leftovers:
        transaction.quarantine(Path(path) for path in plan.leftovers)
    for each in progress:
        # Uninstall before reinstall: nothing of the old copy can shine through.
        started = time.monotonic()
        transaction.quarantine(map(Path, (*each.step.quarantine, *each.step.clean)))
        each.actions.append(Action(action="quarantine", count=len(each.step.quarantine)))
        if each.step.clean:
            shown = tuple(map(environment.relative, each.step.clean))
            each.actions.append(Action(action="clean", paths=shown))
        each.seconds += time.monotonic() - started
    placed: set[str] = set()
    for each, wheel in zip(progress, staged, strict=True):
        started = time.monotonic()
        # What another step has installed is the same file: the plan has looked.
        there = placed.union(each.step.keep)
        moves = [file for file in wheel.files if file.final not in there]
        placed.update(file.final for file in wheel.files)
        transaction.install(moves)
        if each.step.reuse:
            each.actions.append(Action(action="reuse", count=len(each.step.reuse)))
        each.actions.append(Action(action="install", count=len(moves)))
        each.seconds += time.monotonic() - started
    compilers.finish(
        (path for each in progress for path in each.step.compile), timeout=_COMPILE_SECONDS
    )


def _name_kept(environment: Environment, progress: list[_Progress], kept: Sequence[str]) -> None:
    """Name what stays in quarantine with the repair that set it aside."""
    left = set(kept)
    for number, each in enumerate(progress):
        moved = (*each.step.quarantine, *each.step.clean)
        mine = left & {environment.relative(path) for path in moved}
        left -= mine
        if number == len(progress) - 1:
            mine |= left  # leftovers of nobody in particular
        if mine:
            each.actions.append(Action(action="quarantine", paths=tuple(sorted(mine))))


def _fates(facts: Facts, plan: Plan) -> dict[str, Fate]:
    """Say what becomes of each old file; what is not listed is kept, for nobody can give it again.

    A file that a wheel at hand has is dropped; what an installer wrote stays for an undo.
    """
    fates: dict[str, Fate] = {}
    for step in plan.steps:
        # The wheel to install can give its own files again, and so can that of what is installed.
        sources = [(step.manifest, step.wheel.filename)]
        manifest = facts.manifest(step.distribution)
        former = facts.wheel_of(step.distribution)
        if manifest is not None and former is not None:
            sources.append((manifest, former.filename))
        launchers = {each.path for source, _ in sources for each in source.launchers}
        for path in (*step.quarantine, *step.clean):
            if is_cached_bytecode(path):
                fates[path] = DROP
            elif path in launchers or _is_an_installers(path):
                fates[path] = GENERATED
            else:
                for source, wheel in sources:
                    entry = source.entries.get(path)
                    if entry is not None and entry.rewritten:
                        fates[path] = GENERATED if compare(entry)[0] is None else KEEP
                    elif entry is not None and compare(entry)[0] is None:
                        fates[path] = Fate(keep=False, wheel=wheel, hash=entry.hash)
    return fates


def _is_an_installers(path: str) -> bool:
    folder, name = os.path.split(path)
    return name in INSTALLER_FILES and folder.endswith(".dist-info")


def _ended(
    plan: Plan, progress: list[_Progress], result: RepairResult, reason: str | None
) -> tuple[RepairRecord, ...]:
    return tuple(_record(plan, each, result, reason) for each in progress)


def _leftovers_record(plan: Plan) -> Iterator[RepairRecord]:
    """Yield the record of what was set aside and belonged to no distribution."""
    if plan.leftovers:
        start = plan.root + os.sep
        paths = tuple(path.removeprefix(start) for path in plan.leftovers)
        yield RepairRecord(
            distribution=ENVIRONMENT,
            version=None,
            wheel=None,
            sha256=None,
            items=plan.items,
            actions=(Action(action="quarantine", paths=paths),),
            result=RepairResult.VERIFIED,
            reason=None,
            seconds=0.0,
        )


def _record(plan: Plan, each: _Progress, result: RepairResult, reason: str | None) -> RepairRecord:
    return RepairRecord(
        distribution=each.step.distribution,
        version=each.step.version,
        wheel=each.step.wheel.filename,
        sha256=each.source.sha256 if each.source else each.step.sha256,
        items=plan.items,
        actions=tuple(each.actions),
        result=result,
        reason=reason,
        seconds=each.seconds,
    )
