"""Heal what an item found: lock, look again, plan, carry out, prove; and how often that may be."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pytest_venvhealth.errors import VenvHealthError
from pytest_venvhealth.examination import Examination
from pytest_venvhealth.findings import Check, Finding
from pytest_venvhealth.repair.lock import HEALTH_FOLDER, environment_lock
from pytest_venvhealth.repair.plan import Plan, Refusal, causes_of, plan_repair
from pytest_venvhealth.repair.recovery import has_unfinished, recover
from pytest_venvhealth.repair.routine import carry_out, refuse
from pytest_venvhealth.results import ItemResult, RepairRecord, RepairResult, Status

_LOCK_SECONDS = 600.0
_ROUNDS = 5
"""How many root causes behind one another an item may have."""
_DAY = 86400.0


class Healer:
    """What keeps the checks and repairs of one target apart and in order."""

    def __init__(
        self, examination: Examination, *, run_id: str, repair: bool, say: Callable[[str], None]
    ) -> None:
        self.examination = examination
        self._run_id = run_id
        self._repair = repair
        self._say = say
        self._alone = False
        """True while this process holds the exclusive lock."""
        self._seen = self._stamp()
        self._passed: dict[tuple[str, Check], None] = {}
        self._notes: list[str] = []

    @property
    def root(self) -> Path:
        """The target's folder."""
        return self.examination.facts.environment.root

    def take_notes(self) -> tuple[str, ...]:
        """Return what should be said with the next result, once."""
        notes, self._notes = tuple(self._notes), []
        return notes

    @contextlib.contextmanager
    def shared_lock(self) -> Iterator[None]:
        """Keep repairs of other processes away while something is looked at.

        A mere check of an environment that was never repaired takes no lock and leaves no trace.
        """
        if self._alone:
            yield
            return
        with environment_lock(
            self.root,
            exclusive=False,
            timeout=_LOCK_SECONDS,
            create=self._repair,
            on_wait=self._say,
        ):
            if self._stamp() != self._seen:
                # Another worker has repaired something since the facts were read.
                self._look_anew()
            yield

    def passed(self, name: str, check: Check) -> None:
        """Remember an item that passed: what is repaired later must not break it."""
        self._passed[name, check] = None

    def heal(
        self, nodeid: str, findings: Sequence[Finding], rerun: Callable[[], ItemResult]
    ) -> tuple[RepairRecord, ...]:
        """Repair the root causes of `findings`, at most once each in a run.

        Args:
            nodeid: of the item that failed.
            findings: what it found.
            rerun: runs the item again; called at least once where anything was changed.
        """
        try:
            with self._alone_with_it() as changed_meanwhile:
                last = rerun() if changed_meanwhile else None
                return self._heal(nodeid, findings, rerun, last)
        except VenvHealthError as error:
            plan = plan_repair(self.examination.facts, causes_of(findings), items=[nodeid])
            return refuse(plan, str(error))

    @contextlib.contextmanager
    def _alone_with_it(self) -> Iterator[bool]:
        """Hold the target alone, and say whether anyone has repaired it since it was looked at."""
        with environment_lock(self.root, exclusive=True, timeout=_LOCK_SECONDS, on_wait=self._say):
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
            plan = self._plan(nodeid, findings)
            if plan.refusals or plan.is_empty:
                records += refuse(plan)
                break
            attempt = _Attempt(self, findings, rerun, {step.distribution for step in plan.steps})
            done = carry_out(plan, self.examination.facts, verify=attempt.verify)
            records += done
            if any(record.result is RepairResult.REFUSED for record in done):
                break
            self._count(done)
            if any(record.result is not RepairResult.VERIFIED for record in done):
                rerun()  # what is reported must be the state after the rollback
                break
            last = attempt.last
        return tuple(records)

    def _plan(self, nodeid: str, findings: Sequence[Finding]) -> Plan:
        """Return the plan, with a refusal for whom this run has already tried."""
        plan = plan_repair(
            self.examination.facts, causes_of(findings), items=[nodeid], reasons=findings
        )
        tried = self._tried()
        again = [step for step in plan.steps if step.distribution in tried]
        if not again:
            return plan
        refusals = [
            Refusal(
                distribution=step.distribution,
                version=step.version,
                wheel=step.wheel.filename,
                reason=(
                    f"{step.distribution} was already repaired in this run "
                    f"({tried[step.distribution]}); a second time would not help."
                ),
            )
            for step in again
        ]
        return replace(
            plan,
            steps=tuple(step for step in plan.steps if step not in again),
            refusals=(*plan.refusals, *refusals),
            leftovers=(),
        )

    def look_again(self, repaired: set[str]) -> str | None:
        """Return which item passed before the repair and fails now; None where all still pass."""
        facts = self.examination.facts
        affected = set(repaired).union(*(facts.dependents(name) for name in repaired))
        for name, check in self._passed:
            if name in affected:
                for finding in self.examination.answer(name, check).findings:
                    if finding.is_error and self.examination.waiver(finding) is None:
                        return f"{name}[{check}] passed before and fails now: {finding.summary}"
        return None

    def _look_anew(self) -> None:
        self.examination.refresh()
        self._seen = self._stamp()

    def _stamp(self) -> float:
        """Return a number that changes with every repair of the target by anyone."""
        try:
            return (self.root / HEALTH_FOLDER / "audit.jsonl").stat().st_mtime_ns
        except OSError:
            return 0

    # -- who was repaired in this run, kept in the environment for all its workers

    @property
    def _tried_file(self) -> Path:
        return self.root / HEALTH_FOLDER / "runs" / f"{self._run_id}.json"

    def _tried(self) -> dict[str, str]:
        """Return how each repair of this run ended, by distribution."""
        try:
            tried = json.loads(self._tried_file.read_text())
        except (OSError, ValueError):
            return {}
        return tried if isinstance(tried, dict) else {}

    def _count(self, records: Sequence[RepairRecord]) -> None:
        tried = self._tried()
        tried.update((record.distribution, str(record.result)) for record in records)
        folder = self._tried_file.parent
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            with contextlib.suppress(OSError):
                if time.time() - old.stat().st_mtime > _DAY:
                    old.unlink()
        self._tried_file.write_text(json.dumps(tried))


def recover_unfinished(root: Path, say: Callable[[str], None]) -> str | None:
    """Roll back a repair that was cut short, and say so; None where there is none.

    Raises:
        VenvHealthError: the environment cannot be locked or written.
    """
    if not has_unfinished(root):
        return None
    with environment_lock(root, exclusive=True, timeout=_LOCK_SECONDS, on_wait=say):
        recovery = recover(root)
    return None if recovery is None else str(recovery)


class _Attempt:
    """One repair's proof: the item again, and what depends on the repaired distributions."""

    def __init__(
        self,
        healer: Healer,
        before: Sequence[Finding],
        rerun: Callable[[], ItemResult],
        repaired: set[str],
    ) -> None:
        self._healer = healer
        self._before = {_signature(finding) for finding in before if finding.is_error}
        self._rerun = rerun
        self._repaired = repaired
        self.last: ItemResult | None = None

    def verify(self) -> str | None:
        """Return None where the repair helped, else why it is to be rolled back."""
        self.last = self._rerun()
        errors = [finding for finding in self.last.findings if finding.is_error]
        for name in sorted(self._repaired):
            for finding in self._healer.examination.errors_of(name):
                return f"{name} is still damaged after the repair: {finding.summary}"
        if self.last.status not in (Status.HEALTHY, Status.WAIVED, Status.UNCHECKED):
            if self._before & {_signature(finding) for finding in errors}:
                return f"It fails as before: {errors[0].summary}"
        return self._healer.look_again(self._repaired)


def _signature(finding: Finding) -> tuple[object, ...]:
    return finding.code, finding.distribution, finding.summary, finding.paths
