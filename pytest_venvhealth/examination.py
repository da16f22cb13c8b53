"""Ask the questions of one target: each answer once, judged by the profile's waivers."""

from __future__ import annotations

import contextlib
import datetime
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial

from pytest_venvhealth.checks import Answer
from pytest_venvhealth.checks.environment import check_environment
from pytest_venvhealth.checks.files import check_files
from pytest_venvhealth.checks.functional import functional_probe
from pytest_venvhealth.checks.hashed import Hashed
from pytest_venvhealth.checks.imports import import_names, import_probe
from pytest_venvhealth.checks.installed import check_installed
from pytest_venvhealth.child_process import Cancellation
from pytest_venvhealth.diagnosis import (
    damage_of_probe,
    diagnose,
    explain,
    explain_fault,
    explain_network,
    explain_unsteady,
    explain_written,
    judge_try,
)
from pytest_venvhealth.diagnosis.suspects import wants_an_extra
from pytest_venvhealth.expectations import Key, Learned, expected_tree, lesson
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import ENVIRONMENT, Check, Code, Finding, Severity
from pytest_venvhealth.last_seen import LastSeen
from pytest_venvhealth.probes.ahead import Ahead
from pytest_venvhealth.probes.fork_tree import ForkTree, can_fork
from pytest_venvhealth.probes.runner import (
    Outcome,
    Probe,
    ProbeResult,
    TargetError,
    run_probe,
)
from pytest_venvhealth.profile import Waiver
from pytest_venvhealth.temporary import ScratchError

DEPTHS = {
    "files": (Check.INSTALLED, Check.FILES),
    "import": (Check.INSTALLED, Check.FILES, Check.IMPORT),
    "functional": (Check.INSTALLED, Check.FILES, Check.IMPORT, Check.FUNCTIONAL),
}
"""What `--venv-depth` asks of a distribution."""
USES = (Check.IMPORT, Check.FUNCTIONAL)
"""The checks that run code of a distribution."""
ISOLATIONS = ("fork", "fresh")
"""`fork`: imports may come from a process that was forked, `fresh`: nothing is shared."""
ENVIRONMENT_CHECKS = (Check.INTERPRETER, Check.STARTUP, Check.SCRIPTS, Check.SITE_PACKAGES)


_NOT_HASHED = (
    "Quick: files that look as at the last full check (size, times, inode) were not hashed again."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How much a check may use."""

    timeout: float = 60.0
    """Seconds of wall time for a probe that names no limit of its own."""
    jobs: int = 1
    """Threads that hash files."""
    probes: int = 1
    """Probes that run at a time, where it is known what will be asked."""
    ahead: bool = True
    """Whether probes begin before they are asked for."""
    isolation: str = "fork"
    """What a probe shares with others: one of `ISOLATIONS`."""
    memory: int | None = None
    """Bytes of resident memory that a probe may use; None: no limit."""
    quick: bool = False
    """Whether files that look as at the last full check are taken for unchanged."""
    bytecode: bool = False
    """Whether every source is compiled again and compared with its cached bytecode."""


class Examination:
    """The checks of one target, with what was already answered.

    The facts stay as they were read until `refresh`; after a repair every answer is asked again.
    """

    def __init__(
        self,
        facts: Facts,
        limits: Limits | None = None,
        last_seen: LastSeen | None = None,
        guard: Callable[[], AbstractContextManager[object]] = contextlib.nullcontext,
        stamp: Callable[[], object] = lambda: None,
    ) -> None:
        """Ask nothing yet.

        Args:
            last_seen: what full checks found right, for quick ones; None: nothing is remembered.
            guard: entered around each probe that runs before it is asked for.
            stamp: returns what is another once the target was repaired, by whomever.
        """
        self.facts = facts
        self.limits = limits or Limits()
        self._last_seen = last_seen
        self.hashed = Hashed()
        """What was read in this run; it outlives `refresh`."""
        self._answers: dict[Key, Answer] = {}
        self._probes: dict[Key, Probe | None] = {}
        forks = None
        if self.limits.isolation == "fork" and can_fork():
            forks = ForkTree(
                facts.environment.interpreter,
                timeout=self.limits.timeout,
                memory=self.limits.memory,
            )
        self.ahead = Ahead(
            self._run_alone,
            jobs=self.limits.probes,
            forks=forks,
            eager=self.limits.ahead,
            guard=guard,
            stamp=stamp,
        )
        self._changing: frozenset[str] | None = None
        self._expected: dict[Key, Learned] = {}
        self._known: Mapping[Key, Learned] = {}
        self._is_ahead = False
        self.learned: dict[Key, Learned] = {}
        """What this run has seen of each probe that passed."""

    def changing(self, names: Iterable[str] | None) -> None:
        """Say which distributions a repair is about to change; None: any may be changed."""
        self._changing = None if names is None else frozenset(names)

    def refresh(self) -> None:
        """Read the target's folders again and forget all answers.

        What a probe found before it was asked for is kept, where what changes cannot change it: it
        passed, and nothing that it depends on has changed.
        """
        before = self.facts
        self.facts = self.facts.refresh()
        changing = self._changing
        affected = changing or frozenset()
        for facts in (before, self.facts):
            affected = affected.union(*(facts.dependents(name) for name in changing or ()))

        def is_stale(probe: Probe, result: ProbeResult) -> bool:
            passed = result.outcome is Outcome.PASSED and not result.failures
            return changing is None or not passed or probe.name in affected

        self.ahead.drop(is_stale)
        self._is_ahead = False
        self._probes.clear()
        self._answers.clear()

    def expect(self, questions: Mapping[Key, Learned]) -> None:
        """Say which distributions will be imported and used, and what is known of that.

        From the first such answer on the others' probes run at the same time: not before, for
        what earlier checks find may be repaired.
        """
        self._expected = dict(questions)
        self._known = questions

    def questions(self, name: str, depth: str) -> tuple[Check, ...]:
        """Return the checks that apply to a distribution, in the order of asking."""
        asked: list[Check] = []
        for check in DEPTHS[depth]:
            absent = self.facts.installed(name) is None
            if check is Check.FILES and absent and not import_names(self.facts, name):
                break  # nothing is there and no wheel can bring it: one item says that
            if check in USES and not self._is_used(name, check):
                continue
            asked.append(check)
        return tuple(asked)

    def answer(self, name: str, check: Check) -> Answer:
        """Return what `check` says of a distribution (or of `ENVIRONMENT`), waivers not applied."""
        if check in USES:
            return self._use(name, check)
        key = (name, check)
        if key not in self._answers:
            self._answers[key] = self._look(name, check)
        return self._answers[key]

    def findings_of(self, name: str) -> Iterable[Finding]:
        """Return what is held against a distribution before it is used, waived findings left out.

        Of `ENVIRONMENT`: what is held against its start-up and its site-packages.
        """
        checks = (Check.INSTALLED, Check.FILES)
        if name == ENVIRONMENT:
            checks = (Check.STARTUP, Check.SITE_PACKAGES)
        for check in checks:
            for finding in self.answer(name, check).findings:
                if self.waiver(finding) is None:
                    yield finding

    def errors_of(self, name: str) -> Iterable[Finding]:
        """Return the errors among `findings_of`."""
        return (finding for finding in self.findings_of(name) if finding.is_error)

    def waiver(self, finding: Finding) -> Waiver | None:
        """Return the waiver that covers the finding today; None without one."""
        today = _today()
        for waiver in self.facts.profile.waivers:
            if waiver.matches(finding) and not waiver.expired(today):
                return waiver
        return None

    def expired_waivers(self, findings: Iterable[Finding]) -> Iterable[Finding]:
        """Yield an error for each waiver that covered one of `findings` and has run out."""
        today = _today()
        for finding in findings:
            for waiver in self.facts.profile.waivers:
                if waiver.matches(finding) and waiver.expired(today):
                    yield Finding(
                        code=Code.WAIVER_EXPIRED,
                        check=finding.check,
                        distribution=finding.distribution,
                        summary=(
                            f"The waiver of {waiver.code} for {waiver.distribution} "
                            f"({waiver.reason}) expired on {waiver.expires}."
                        ),
                        remedy=f"Mend the cause, or renew the waiver in {self.facts.profile.path}.",
                        paths=finding.paths,
                        root_causes=finding.root_causes,
                    )

    def _look(self, name: str, check: Check) -> Answer:
        if name == ENVIRONMENT:
            return check_environment(self.facts, check)
        if check is Check.INSTALLED:
            return check_installed(self.facts, name)
        return self._files(name)

    def _files(self, name: str) -> Answer:
        """Verify the distribution's files; a quick run hashes them only if they look otherwise.

        Without `quick` the memory is written, and never believed.
        """
        started = time.time_ns()
        manifest = self.facts.manifest(name)
        memory = self._last_seen if manifest is not None else None
        limits = self.limits
        check = partial(
            check_files,
            self.facts,
            name,
            jobs=limits.jobs,
            bytecode=limits.bytecode,
            hashed=self.hashed,
        )
        if memory is None or manifest is None:
            return check()
        before = memory.look_at(manifest)
        if limits.quick and before is not None and memory.recognizes(name, before):
            answer = check(unchanged=True)
            return replace(answer, notes=(*answer.notes, _NOT_HASHED))
        answer = check()
        passed = answer.intact and not any(finding.is_error for finding in answer.findings)
        if passed and before is not None and before == memory.look_at(manifest):
            memory.keep(name, before, started=started)
        else:
            memory.forget(name)
        return answer

    def _is_used(self, name: str, check: Check) -> bool:
        """Tell whether there is a probe: what all it would try takes longer to find out."""
        if check is Check.IMPORT:
            return bool(import_names(self.facts, name))
        return self._probe(name, check) is not None

    def _probe(self, name: str, check: Check) -> Probe | None:
        key = (name, check)
        if key not in self._probes:
            ask = import_probe if check is Check.IMPORT else functional_probe
            self._probes[key] = ask(self.facts, name)
        return self._probes[key]

    def _begin(self) -> None:
        """Run ahead of the questions."""
        self._is_ahead = True
        self.ahead.expect(expected_tree(self.facts, self._probe, self._expected))

    def _use(self, name: str, check: Check) -> Answer:
        if self.facts.installed(name) is None:
            return Answer(unchecked=f"{name} is not installed")
        environment = self.facts.environment
        if environment.interpreter_error:
            return Answer(
                unchecked=f"the interpreter does not start: {environment.interpreter_error}"
            )
        if environment.startup_error:
            # Every probe would end, or wait, in the same way.
            return Answer(unchecked=f"Python does not start here: {environment.startup_error}")
        if not self._is_ahead and self._expected:
            self._begin()
        self._expected.pop((name, check), None)
        probe = self._probe(name, check)
        if probe is None:
            return Answer(unchecked=f"{name} has nothing to {check}")
        if probe.fault:
            evidence = tuple(damage_of_probe(self.facts, probe, self.errors_of(name)))
            return Answer(findings=(explain_fault(probe, check, evidence), *evidence))
        try:
            result = self._run(probe)
        except (TargetError, ScratchError) as error:
            return Answer(unchecked=str(error))
        answer = self._judged(probe, check, result)
        findings = [*answer.findings]
        if result.network:
            severity = self.facts.profile.network
            findings.append(explain_network(probe, check, result.network, severity))
        if result.written:
            findings.append(explain_written(environment, probe, check, result.written))
        offline_by = "namespace" if result.offline else "audit-hook"
        return replace(answer, findings=tuple(findings), offline_by=offline_by)

    def _judged(self, probe: Probe, check: Check, result: ProbeResult) -> Answer:
        """Return what the result of a probe says of its distribution."""
        name = probe.name
        if result.outcome is Outcome.PASSED:
            known = self._known.get((name, check), Learned())
            self.learned[name, check] = lesson(self.facts, name, result, known)
            failed = [
                found
                for each in result.failures
                for found in judge_try(self.facts, probe, each, self.findings_of)
            ]
            if result.crash is not None:
                failed.append(explain_unsteady(probe, check, result.crash))
            return Answer(findings=tuple(dict.fromkeys(failed)))
        diagnosis = diagnose(self.facts, name, result, self.findings_of)
        failure = explain(self.facts, probe, check, result, diagnosis)
        if not diagnosis.evidence and wants_an_extra(self.facts, name, result):
            # It is of use to those alone who have asked for the extra.
            return Answer(findings=(replace(failure, severity=Severity.WARNING),))
        # The culprits' own findings come along: under `-k` or `-n` their items may not have run.
        return Answer(findings=(failure, *diagnosis.evidence))

    def _run(self, probe: Probe) -> ProbeResult:
        """Run a probe; of several top-level names one may want an extra that nobody asked for.

        Raises:
            TargetError: the target's interpreter does not start.
        """
        while True:
            result = self._confirmed(probe)
            if probe.optional and _ended_badly(result):
                # All was imported by then. What was only tried may keep Python from ending.
                probe = replace(probe, optional=())
                continue
            others = tuple(name for name in probe.imports if name != result.importing)
            is_one_of_several = 0 < len(others) < len(probe.imports)
            if not is_one_of_several or not wants_an_extra(self.facts, probe.name, result):
                return result
            probe = replace(probe, imports=others)

    def _confirmed(self, probe: Probe) -> ProbeResult:
        """Run a probe; a crash is confirmed: native threads may lose a race when a process ends.

        Raises:
            TargetError: the target's interpreter does not start.
        """
        result = self.ahead.result(probe)
        if result.outcome is not Outcome.CRASH:
            return result
        again = self.ahead.result(probe)
        return replace(again, crash=result) if again.outcome is Outcome.PASSED else result

    def _run_alone(self, probe: Probe, cancellation: Cancellation) -> ProbeResult:
        try:
            return run_probe(
                probe,
                self.facts.environment,
                timeout=self.limits.timeout,
                memory=self.limits.memory,
                cancellation=cancellation,
            )
        except OSError as error:
            # All that it reads and writes by itself lies in its scratch folder.
            raise ScratchError.of(error) from error


def _ended_badly(result: ProbeResult) -> bool:
    """Tell whether a process was stopped, or ended itself, while nothing was being imported."""
    bad = (Outcome.TIMEOUT, Outcome.CRASH, Outcome.EXITED)
    return result.outcome in bad and result.importing is None


def check(examination: Examination, *, depth: str = "functional") -> list[Finding]:
    """Ask everything of a target and return the findings; the way in for a program of its own."""
    found: list[Finding] = []
    for question in ENVIRONMENT_CHECKS:
        found += examination.answer(ENVIRONMENT, question).findings
    # Stage by stage: damage is found by hash before anything is imported.
    for question in DEPTHS[depth]:
        for name in examination.facts.names:
            if question in examination.questions(name, depth):
                found += examination.answer(name, question).findings
    # A culprit's finding comes with each failure that it explains: told once.
    return [
        replace(finding, repairable=False) if examination.waiver(finding) else finding
        for finding in dict.fromkeys(found)
    ]


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()
