"""The items' protocol: ask, judge, and under `--repair` heal and ask again; one set of reports."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import pytest
from _pytest.runner import runtestprotocol

from pytest_venvhealth.checks import Answer
from pytest_venvhealth.errors import VenvHealthError
from pytest_venvhealth.examination import USES, Examination
from pytest_venvhealth.expectations import Key
from pytest_venvhealth.findings import Code, Finding, Severity
from pytest_venvhealth.healing import Healer
from pytest_venvhealth.items import HealthItem
from pytest_venvhealth.learned import keep_learned, read_learned
from pytest_venvhealth.questions import Question
from pytest_venvhealth.reports.json_report import item_metadata
from pytest_venvhealth.results import ItemResult, RepairRecord, Status
from pytest_venvhealth.settings import Settings


class HealthProtocol:
    """The hooks that run a health item, in this process or in a worker."""

    def __init__(self, settings: Settings, healers: Mapping[str, Healer]) -> None:
        self._settings = settings
        self._healers = healers

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Tell each target which of its distributions will be used."""
        asked: dict[str, list[Key]] = {name: [] for name in self._healers}
        for item in session.items:
            if isinstance(item, HealthItem) and item.question.check in USES:
                question = item.question
                asked[question.environment].append((question.distribution, question.check))
        for name, keys in asked.items():
            self._healers[name].examination.expect(read_learned(session.config, keys))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """End what runs ahead, however the run has ended."""
        for healer in self._healers.values():
            healer.examination.ahead.close()
            if not hasattr(session.config, "workerinput"):
                keep_learned(session.config, healer.examination.learned)

    def ask(self, question: Question, nodeid: str) -> ItemResult:
        """Ask an item's question and judge the answer."""
        started = time.monotonic()
        healer = self._healers[question.environment]
        try:
            with healer.shared_lock():
                answer = healer.examination.answer(question.distribution, question.check)
        except VenvHealthError as error:
            answer = Answer(unchecked=str(error))
        result = self._judge(question, nodeid, healer.examination, answer)
        if result.status is Status.HEALTHY:
            healer.passed(question.distribution, question.check)
        notes = (*answer.notes, *healer.take_notes())
        return replace(result, seconds=time.monotonic() - started, notes=notes)

    def _judge(
        self, question: Question, nodeid: str, examination: Examination, answer: Answer
    ) -> ItemResult:
        findings = answer.findings
        if self._settings.strict:
            findings = tuple(replace(finding, severity=Severity.ERROR) for finding in findings)
        findings = (*findings, *examination.expired_waivers(findings))
        errors = [finding for finding in findings if finding.is_error]
        waivers = [examination.waiver(finding) for finding in errors]
        status, reason = Status.HEALTHY, None
        if errors and all(waivers):
            status = Status.WAIVED
            reason = "; ".join(dict.fromkeys(waiver.reason for waiver in waivers if waiver))
        elif any(
            finding.code is Code.NOT_INSTALLED and finding.distribution == question.distribution
            for finding in errors
        ):
            status = Status.NOT_INSTALLED
        elif errors:
            status = Status.BROKEN
        elif answer.unchecked:
            status, reason = Status.UNCHECKED, answer.unchecked
        return ItemResult(
            nodeid=nodeid,
            environment=question.environment,
            distribution=question.distribution,
            check=question.check,
            status=status,
            findings=findings,
            verified_against=answer.verified_against,
            offline_by=answer.offline_by,
            reason=reason,
        )

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> bool | None:
        """Under `--repair`: run, heal, run again, and log one set of reports."""
        if not isinstance(item, HealthItem) or not self._settings.repair:
            return None
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for report in self._run_and_heal(item, nextitem):
            item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def _run_and_heal(
        self, item: HealthItem, nextitem: pytest.Item | None
    ) -> list[pytest.TestReport]:
        """Return the reports of the item's last run, with the whole story in them."""
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
        first = item.result
        if first is None or not wants_repair(first):
            return reports
        runs = [reports]

        def rerun() -> ItemResult:
            self._healers[item.question.environment].examination.refresh()
            runs.append(runtestprotocol(item, log=False, nextitem=nextitem))
            return cast("ItemResult", item.result)

        records: Sequence[RepairRecord] | None = item.ihook.pytest_venvhealth_repair(
            item=item, findings=first.findings, rerun=rerun
        )
        if records is None:
            return reports
        if len(runs) == 1 and any(record.reason is None for record in records):
            rerun()  # whoever took the repair over left the proof to us
        healer = self._healers[item.question.environment]
        last = cast("ItemResult", item.result)
        last = replace(
            last,
            findings=(*last.findings, *healer.take_conflicts()),
            notes=(*last.notes, *healer.take_notes()),
        )
        final = _combined(first, last, tuple(records))
        _rewrite(item, runs[-1], final)
        return runs[-1]

    @pytest.hookimpl(trylast=True)
    def pytest_venvhealth_repair(
        self, item: pytest.Item, findings: Sequence[Finding], rerun: Callable[[], ItemResult]
    ) -> Sequence[RepairRecord] | None:
        """Heal by this project's own routine."""
        if not isinstance(item, HealthItem):
            return None
        return self._healers[item.question.environment].heal(item.nodeid, findings, rerun)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let a skipped health item name itself, not a line of this plugin."""
        report = yield
        if isinstance(item, HealthItem) and report.skipped and isinstance(report.longrepr, tuple):
            report.longrepr = cast("Any", (item.nodeid, None, report.longrepr[2]))
        return report

    @pytest.hookimpl(optionalhook=True)
    def pytest_json_runtest_metadata(self, item: pytest.Item) -> dict[str, Any]:
        """Add an item's state to its entry in pytest-json-report's file."""
        if isinstance(item, HealthItem) and item.result is not None:
            return {"venv_health": item_metadata(item.result)}
        return {}


def wants_repair(result: ItemResult) -> bool:
    """Tell whether an item ended in a way that a repair is for."""
    if result.status in (Status.BROKEN, Status.NOT_INSTALLED):
        return True
    return any(finding.code is Code.LEFTOVER for finding in result.findings)


def _combined(first: ItemResult, last: ItemResult, records: tuple[RepairRecord, ...]) -> ItemResult:
    """Return one result for an item that ran, was repaired, and ran again."""
    healed = last.status is Status.HEALTHY
    before = tuple(
        replace(finding, healed=True)
        for finding in first.findings
        if healed and finding not in last.findings
    )
    return replace(
        last,
        status=Status.HEALED if healed else last.status,
        findings=(*before, *last.findings),
        repairs=records,
        notes=(*first.notes, *last.notes),
        seconds=first.seconds + last.seconds,
    )


def _rewrite(item: HealthItem, reports: Sequence[pytest.TestReport], result: ItemResult) -> None:
    """Put the whole story into reports that were made before its end was known."""
    item.carry(result)
    for report in reports:
        report.user_properties[:] = item.user_properties
        if report.failed and isinstance(report.longrepr, str):
            report.longrepr = item.failure_text(result)
    # pytest-json-report took the item's metadata when the reports were made.
    extra = getattr(item, "_json_report_extra", None)
    if isinstance(extra, dict):
        extra.setdefault("metadata", {})["venv_health"] = item_metadata(result)
