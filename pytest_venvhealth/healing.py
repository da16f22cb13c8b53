"""Heal what an item found: lock, look again, plan, carry out, prove; and how often that may be."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path

from pytest_venvhealth.environment_files import HEALTH_FOLDER
from pytest_venvhealth.errors import VenvHealthError
from pytest_venvhealth.examination import Examination
from pytest_venvhealth.facts import Facts, relative_paths
from pytest_venvhealth.findings import ENVIRONMENT, Check, Code, Finding
from pytest_venvhealth.proof import Proof
from pytest_venvhealth.repair.lock import environment_lock
from pytest_venvhealth.repair.plan import Plan, Refusal, causes_of, plan_repair
from pytest_venvhealth.repair.preflight import obstructed
from pytest_venvhealth.repair.recovery import has_unfinished, recover
from pytest_venvhealth.repair.routine import Outcome, carry_out, refuse
from pytest_venvhealth.repair.self_repair import note_after
from pytest_venvhealth.repair.users import users_of
from pytest_venvhealth.results import ItemResult, RepairRecord, RepairResult, Status
from pytest_venvhealth.run_memory import RunMemory

_ROUNDS = 5
"""How many root causes behind one another an item may have."""


def _no_veto(_: Plan) -> str | None:
    return None


def _no_observer(_: Outcome) -> None:
    pass


@dataclass(frozen=True, kw_only=True)
class Care:
    """How a run repairs: the same for all of its targets."""

    repair: bool = False
    """Whether anything may be repaired at all."""
    lock_timeout: float = 600.0
    """Seconds to wait for whoever else uses an environment."""
    run_process: int = field(default_factory=os.getpid)
    """The process that the run began with: what it started is no stranger to it."""
    say: Callable[[str], None] = print
    """Tells the user at once, such as for whom a lock waits."""
    before: Callable[[Plan], str | None] = _no_veto
    """Asked before anything is touched; what it returns is the reason not to do it."""
    after: Callable[[Outcome], None] = _no_observer
    """Told how each plan ended."""


def shared_with_others(root: Path, care: Care) -> AbstractContextManager[None]:
    """Return a lock that keeps repairs of other processes away while something is looked at."""
    return environment_lock(
        root,
        exclusive=False,
        timeout=care.lock_timeout,
        create=care.repair,
        on_wait=care.say,
    )


def repair_stamp(root: Path) -> int:
    """Return a number that changes with every repair of an environment by anyone."""
    try:
        return (root / HEALTH_FOLDER / "audit.jsonl").stat().st_mtime_ns
    except OSError:
        return 0


class Healer:
    """What keeps the checks and repairs of one target apart and in order."""

    def __init__(self, examination: Examination, memory: RunMemory, care: Care) -> None:
        self.examination = examination
        self._memory = memory
        self._care = care
        self._alone = False
        """True while this process holds the exclusive lock."""
        self._seen = self._stamp()
        self._notes: list[str] = []
        self._told: dict[str, None] = {}
        self._asked_for_users = False
        self._conflicts: list[Finding] = []

    @property
    def root(self) -> Path:
        """The target's folder."""
        return self.examination.facts.environment.root

    def take_notes(self) -> tuple[str, ...]:
        """Return what should be said with the next result, once."""
        notes, self._notes = tuple(self._notes), []
        return notes

    def take_conflicts(self) -> tuple[Finding, ...]:
        """Return the conflicts that the last repairs met, once."""
        conflicts, self._conflicts = tuple(self._conflicts), []
        return conflicts

    @contextlib.contextmanager
    def shared_lock(self) -> Iterator[None]:
        """Keep repairs of other processes away while something is looked at.

        A mere check of an environment that was never repaired takes no lock and leaves no trace.
        """
        if self._alone:
            yield
            return
        with shared_with_others(self.root, self._care):
            if self._stamp() != self._seen:
                # Another worker has repaired something since the facts were read.
                self._look_anew()
            yield

    def passed(self, name: str, check: Check) -> None:
        """Remember an item that passed: what is repaired later must not break it."""
        if self._care.repair:
            self._memory.passed(name, check)

    def heal(
        self, nodeid: str, findings: Sequence[Finding], rerun: Callable[[], ItemResult]
    ) -> tuple[RepairRecord, ...]:
        """Repair the root causes of `findings`, at most once each in a run, and once more wider.

        Args:
            nodeid: of the item that failed.
            findings: what it found.
            rerun: runs the item again; called at least once where anything was changed.
        """
        if not is_repairable(findings):
            return self._hopeless(nodeid, findings)
        try:
            with self._alone_with_it() as changed_meanwhile:
                last = rerun() if changed_meanwhile else None
                return self._heal(nodeid, findings, rerun, last)
        except VenvHealthError as error:
            plan = plan_repair(self.examination.facts, causes_of(findings), items=[nodeid])
            return self._refuse(plan, str(error))

    @contextlib.contextmanager
    def _alone_with_it(self) -> Iterator[bool]:
        """Hold the target alone, and say whether anyone has repaired it since it was looked at."""
        care = self._care
        # Else it would wait for the probes that this very run has begun.
        self.examination.ahead.pause()
        with (
            self._going_on(),
            environment_lock(
                self.root, exclusive=True, timeout=care.lock_timeout, on_wait=care.say
            ),
        ):
            self._alone = True
            try:
                recovery = recover(self.root)
                if recovery is not None:
                    self._notes.append(str(recovery))
                changed = recovery is not None or self._stamp() != self._seen
                if changed:
                    self._look_anew()
                yield changed
            finally:
                self._alone = False
                self._seen = self._stamp()

    @contextlib.contextmanager
    def _going_on(self) -> Iterator[None]:
        try:
            yield
        finally:
            self.examination.ahead.resume()

    def _heal(
        self,
        nodeid: str,
        findings: Sequence[Finding],
        rerun: Callable[[], ItemResult],
        last: ItemResult | None,
    ) -> tuple[RepairRecord, ...]:
        """Repair one root cause after the other, until the item passes or nothing helps.

        Args:
            last: how the item ended if it ran again already: whoever held the lock before may have
                healed it.
        """
        records: list[RepairRecord] = []
        for _ in range(_ROUNDS):
            if last is not None:
                if last.status is Status.HEALTHY:
                    break
                findings = last.findings
                if not is_repairable(findings):
                    records += self._hopeless(nodeid, findings)
                    break
            plan = self._plan(nodeid, findings)
            done, last = self._attempt(plan, findings, rerun)
            records += done
            if last is None and any(each.result is RepairResult.ROLLED_BACK for each in done):
                wider = self._wider(nodeid, findings)
                if wider is not None:
                    done, last = self._attempt(wider, findings, rerun, wider=True)
                    records += done
            if last is None:
                break
        return tuple(records)

    def _attempt(
        self,
        plan: Plan,
        findings: Sequence[Finding],
        rerun: Callable[[], ItemResult],
        *,
        wider: bool = False,
    ) -> tuple[tuple[RepairRecord, ...], ItemResult | None]:
        """Carry out a plan; return what was done, and how the item ended if it was of use."""
        self._conflicts += _conflicts(self.examination.facts, plan)
        if not plan.refusals:
            plan = obstructed(plan, self.examination.facts)
        if plan.refusals or plan.is_empty:
            return self._refuse(plan), None
        reason = self._care.before(plan)
        if reason is not None:
            return self._refuse(plan, f"A hook of this run vetoed it: {reason}"), None
        names = {step.distribution for step in plan.steps}
        self._tell(_startup_notes(plan))
        if not self._asked_for_users:
            self._asked_for_users = True
            self._tell(map(str, users_of(self.root, run=self._care.run_process)))
        # A wider repair drops bytecode of everybody's.
        self.examination.changing(None if wider or ENVIRONMENT in names else names)
        proof = Proof(self.examination, names, findings, rerun, self._memory.all_passed)
        records = carry_out(plan, self.examination.facts, verify=proof.verify)
        self._care.after(Outcome(plan=plan, records=records))
        if any(record.result is RepairResult.REFUSED for record in records):
            return records, None
        self._memory.count(records, wider=wider)
        if wider:
            records = tuple(map(_told_as_wider, records))
        if any(record.result is not RepairResult.VERIFIED for record in records):
            rerun()  # what is reported must be the state after the rollback
            return records, None
        own = note_after(self.examination.facts, names)
        self._tell([own] if own else [])
        return records, proof.last

    def _tell(self, sentences: Iterable[str]) -> None:
        """Let sentences be said with the next result, each once in a run."""
        new = dict.fromkeys(each for each in sentences if each not in self._told)
        self._told |= new
        self._notes += new

    def _refuse(self, plan: Plan, reason: str | None = None) -> tuple[RepairRecord, ...]:
        records = refuse(plan, reason)
        if records:
            self._care.after(Outcome(plan=plan, records=records))
        return records

    def _plan(self, nodeid: str, findings: Sequence[Finding]) -> Plan:
        """Return the plan, with a refusal for whom this run has already tried."""
        examination = self.examination
        plan = plan_repair(
            examination.facts,
            causes_of(findings),
            items=[nodeid],
            reasons=findings,
            jobs=examination.limits.jobs,
            hashed=examination.hashed,
        )
        tried = self._memory.tried(wider=False)
        again = [step for step in plan.steps if step.distribution in tried]
        if not again:
            return plan
        refusals = []
        for step in again:
            name, ended = step.distribution, tried[step.distribution]
            paths = [
                str(self.root / path)
                for finding in findings
                if finding.distribution == name
                for path in finding.paths
            ]
            # Repaired, and damaged again in the same run: by whom of those repaired since?
            rivals = {other for path in paths for other in examination.facts.owners.get(path, ())}
            rivals = {other for other in rivals if tried.get(other) == RepairResult.VERIFIED}
            refusals.append(
                Refusal(
                    distribution=name,
                    version=step.version,
                    wheel=step.wheel.filename,
                    reason=(
                        f"{name} was already repaired in this run ({ended}); "
                        "a second time would not help."
                    ),
                    rivals=tuple(sorted(rivals | {name})) if rivals - {name} else (),
                    paths=tuple(paths) if rivals - {name} else (),
                )
            )
        return replace(
            plan,
            steps=tuple(step for step in plan.steps if step not in again),
            refusals=(*plan.refusals, *refusals),
            leftovers=(),
        )

    def _wider(self, nodeid: str, findings: Sequence[Finding]) -> Plan | None:
        """Return the plan that takes in everything behind what fails in use; None without one.

        What misleads Python may lie behind a good header of cached bytecode, or in a distribution
        that no traceback names.
        """
        facts = self.examination.facts
        failing = {
            finding.distribution
            for finding in findings
            if finding.is_error and finding.check in (Check.IMPORT, Check.FUNCTIONAL)
        }
        behind = failing.union(*(facts.closure(name) for name in failing))
        tried = self._memory.tried(wider=True)
        causes = [name for name in causes_of(findings) if name not in tried]
        also = sorted(name for name in behind - set(tried) if facts.installed(name))
        if not causes or not set(also) - set(causes):
            return None
        return plan_repair(
            facts,
            causes,
            items=[nodeid],
            reasons=findings,
            also=also,
            jobs=self.examination.limits.jobs,
            hashed=self.examination.hashed,
        )

    def _hopeless(self, nodeid: str, findings: Sequence[Finding]) -> tuple[RepairRecord, ...]:
        """Refuse what no repair can heal, with what to do instead, for each root cause.

        Such as two releases that do not fit together though every file of both is right: which
        version to change is a person's choice.
        """
        facts = self.examination.facts
        self._conflicts += [
            _conflict(facts, finding.root_causes, finding.paths, finding.distribution)
            for finding in findings
            if finding.code is Code.FILE_CLOBBERED
        ]
        reasons = dict.fromkeys(
            (name, finding.remedy)
            for finding in findings
            for name in (finding.root_causes if finding.is_error else ())
        )
        return tuple(_refused(facts, nodeid, name, reason) for name, reason in reasons)

    def _look_anew(self) -> None:
        self.examination.changing(None)
        self.examination.refresh()
        self._seen = self._stamp()

    def _stamp(self) -> int:
        return repair_stamp(self.root)


def is_repairable(findings: Iterable[Finding]) -> bool:
    """Tell whether a repair could change what an item found."""
    findings = list(findings)
    return bool(causes_of(findings)) or any(finding.code is Code.LEFTOVER for finding in findings)


def recover_unfinished(root: Path, care: Care) -> str | None:
    """Roll back or finish a repair that was cut short, and say so; None where there is none.

    Raises:
        VenvHealthError: the environment cannot be locked or written.
    """
    if not has_unfinished(root):
        return None
    with environment_lock(root, exclusive=True, timeout=care.lock_timeout, on_wait=care.say):
        recovery = recover(root)
    return None if recovery is None else str(recovery)


def _startup_notes(plan: Plan) -> Iterator[str]:
    for step in plan.steps:
        for path in step.startup_files:
            yield (
                f"Warning: {step.wheel.filename} brings {os.path.basename(path)}, which Python "
                "runs at every start. Once you trust it, list it under pth in the profile."
            )


def _told_as_wider(record: RepairRecord) -> RepairRecord:
    if record.reason is None:
        return record
    return replace(record, reason=f"A wider repair does not help either. {record.reason}")


def _refused(facts: Facts, nodeid: str, name: str, reason: str) -> RepairRecord:
    found = facts.installed(name)
    return RepairRecord(
        distribution=name,
        version=found.version if found else facts.expected(name),
        wheel=None,
        sha256=None,
        items=(nodeid,),
        result=RepairResult.REFUSED,
        reason=reason,
        seconds=0.0,
    )


def _conflicts(facts: Facts, plan: Plan) -> Iterator[Finding]:
    """Yield a finding for each refusal that says that distributions undo each other, once."""
    told: dict[tuple[str, ...], None] = {}
    for refusal in plan.refusals:
        if refusal.rivals and refusal.rivals not in told:
            told[refusal.rivals] = None
            paths = relative_paths(facts.environment, refusal.paths)
            yield _conflict(facts, refusal.rivals, paths, refusal.distribution)


def _conflict(
    facts: Facts, rivals: tuple[str, ...], paths: tuple[str, ...], distribution: str
) -> Finding:
    """Return the finding that names distributions that cannot both be right.

    Args:
        paths: relative to the environment's root.
    """
    names = " and ".join(rivals)
    count = "1 file" if len(paths) == 1 else f"{len(paths):,} files"
    unwanted = [name for name in rivals if facts.wanted and name not in facts.wanted]
    choice = "the one that you don't need"
    if 0 < len(unwanted) < len(rivals):
        choice = f"{' and '.join(unwanted)}, which the profile does not ask for"
    return Finding(
        code=Code.CONFLICT,
        check=Check.FILES,
        distribution=distribution,
        summary=f"{names} bring the same {count} with different contents.",
        remedy=f"Uninstall {choice}, then run again with --repair.",
        paths=paths,
        root_causes=rivals,
    )
