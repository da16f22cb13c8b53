"""One pytest run over one or more environments: collection, the items' protocol, the reports."""

from __future__ import annotations

import difflib
import json
import platform
import time
import uuid
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from typing import Any, cast

import pytest
from _pytest.runner import runtestprotocol

from pytest_venvhealth.checks import Answer
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.errors import UsageError, VenvHealthError
from pytest_venvhealth.examination import DEPTHS, ENVIRONMENT_CHECKS, Examination, Limits
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import ENVIRONMENT, Check, Code, Finding, Severity
from pytest_venvhealth.healing import Healer, recover_unfinished
from pytest_venvhealth.items import (
    COLLECTOR,
    HealthCollector,
    HealthItem,
    failure_text,
    selectors,
)
from pytest_venvhealth.profile import Profile, find_profile, load_profile
from pytest_venvhealth.repair.plan import causes_of, plan_repair
from pytest_venvhealth.reports.json_report import (
    DistributionFacts,
    EnvironmentFacts,
    build_report,
    item_metadata,
    write_report,
)
from pytest_venvhealth.reports.terminal import header_lines, plan_lines, summary_lines
from pytest_venvhealth.results import ItemResult, RepairRecord, Status
from pytest_venvhealth.settings import Settings, read_settings
from pytest_venvhealth.startup import BROKEN_CONFTEST, keep_cache_out
from pytest_venvhealth.wheelhouse import Wheelhouse


class HealthRun:
    """The plugin object of a run; registered only if `--venv-health` is given."""

    def __init__(
        self, config: pytest.Config, settings: Settings, examinations: dict[str, Examination]
    ) -> None:
        self.config = config
        self.settings = settings
        self.examinations = examinations
        self.selected = tuple(selectors(config.args))
        """The command line's node ids of health items."""
        self.results: dict[str, ItemResult] = {}
        self.news: list[str] = []
        """What happened before the first item, for the header."""
        worker = getattr(config, "workerinput", None)
        self.is_worker = worker is not None
        # Every worker of a run has the same id, so that they share one count of repairs.
        run_id = worker["testrunuid"] if worker else uuid.uuid4().hex
        self.healers = {
            name: Healer(examination, run_id=run_id, repair=settings.repair, say=self.say)
            for name, examination in examinations.items()
        }
        self._report: dict[str, Any] | None = None

    @classmethod
    def of(cls, config: pytest.Config) -> HealthRun:
        """Return the run that the options describe.

        Raises:
            pytest.UsageError: something that the user named cannot be used.
        """
        try:
            settings = read_settings(config)
            news: list[str] = []
            run = cls(config, settings, _examinations(settings, news))
            run.news += news
            keep_cache_out(config, [healer.root for healer in run.healers.values()])
            run.expect_groups()
            run.expect_selected()
        except UsageError as error:
            raise pytest.UsageError(str(error)) from None
        return run

    def say(self, text: str) -> None:
        """Tell the user something that cannot wait for the summary."""
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.ensure_newline()
            reporter.write_line(f"venv-health: {text}", yellow=True)

    # -- collection

    @property
    def paths(self) -> list[str]:
        """The command line's real path arguments."""
        if self.config.args_source is not pytest.Config.ArgsSource.ARGS:
            return []
        return [argument for argument in self.config.args if argument not in self.selected]

    def questions(self) -> Iterator[tuple[str, str, Check]]:
        """Yield (environment, distribution, check) for each item that was asked for."""
        for question in self.all_questions():
            nodeid = f"{COLLECTOR}::{self.item_name(*question)}"
            if not self.selected or any(_selects(each, nodeid) for each in self.selected):
                yield question

    def all_questions(self) -> Iterator[tuple[str, str, Check]]:
        """Yield every question of the run, stage by stage, dependencies first."""
        stages = DEPTHS[self.settings.depth]
        if not self.settings.groups:
            for name in self.examinations:
                for check in ENVIRONMENT_CHECKS:
                    yield name, ENVIRONMENT, check
        asked = {
            name: {
                distribution: examination.questions(distribution, self.settings.depth)
                for distribution in examination.facts.names
                if self._in_groups(examination, distribution)
            }
            for name, examination in self.examinations.items()
        }
        for check in stages:
            for name, distributions in asked.items():
                for distribution, checks in distributions.items():
                    if check in checks:
                        yield name, distribution, check

    def _in_groups(self, examination: Examination, distribution: str) -> bool:
        groups = self.settings.groups
        return not groups or bool(set(groups) & set(examination.facts.groups(distribution)))

    def item_name(self, environment: str, distribution: str, check: Check) -> str:
        """Return `NAME[CHECK]`, with the environment before it where there are several."""
        name = f"{distribution}[{check}]"
        return f"{environment}/{name}" if len(self.examinations) > 1 else name

    def expect_groups(self) -> None:
        """Raise UsageError for a group that no profile has."""
        for group in self.settings.groups:
            known = {
                name
                for examination in self.examinations.values()
                for name in examination.facts.profile.groups
            }
            if group not in known:
                raise UsageError(
                    f"--venv-group={group}: no such group. "
                    + (f"The profile has {', '.join(sorted(known))}." if known else "")
                    + ("" if known else "Give --venv-profile=NAME: groups stand in a profile.")
                )

    def expect_selected(self) -> None:
        """Raise UsageError for a node id of a health item that does not exist."""
        if not self.selected:
            return
        known = [f"{COLLECTOR}::{self.item_name(*question)}" for question in self.all_questions()]
        for argument in self.selected:
            if not any(_selects(argument, nodeid) for nodeid in known):
                near = difflib.get_close_matches(argument, known, n=1)
                hint = f" Did you mean {near[0]}?" if near else ""
                raise UsageError(f"{argument}: there is no such health item.{hint}")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> Generator[None, object, object]:
        """Let pytest collect the real paths alone; health items have none."""
        arguments = self.config.args
        self.config.args = self.paths
        try:
            return (yield)
        finally:
            self.config.args = arguments

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Put the health items before everything else that the session collects."""
        report = yield
        if isinstance(collector, pytest.Session) and report.passed:
            own = HealthCollector.from_parent(collector, name=COLLECTOR, nodeid=COLLECTOR, run=self)
            report.result = [own, *report.result]
        return report

    # -- the items' protocol

    def examine(self, item: HealthItem) -> ItemResult:
        """Ask an item's question and judge the answer."""
        started = time.monotonic()
        healer = self.healers[item.environment]
        try:
            with healer.shared_lock():
                answer = healer.examination.answer(item.distribution, item.check)
        except VenvHealthError as error:
            answer = Answer(unchecked=str(error))
        result = self._judge(item, healer.examination, answer)
        if result.status is Status.HEALTHY:
            healer.passed(item.distribution, item.check)
        return replace(result, seconds=time.monotonic() - started, notes=healer.take_notes())

    def _judge(self, item: HealthItem, examination: Examination, answer: Answer) -> ItemResult:
        findings = answer.findings
        if self.settings.strict:
            findings = tuple(replace(finding, severity=Severity.ERROR) for finding in findings)
        findings = (*findings, *examination.expired_waivers(findings))
        errors = [finding for finding in findings if finding.is_error]
        waivers = [examination.waiver(finding) for finding in errors]
        status, reason = Status.HEALTHY, None
        if errors and all(waivers):
            status = Status.WAIVED
            reason = "; ".join(dict.fromkeys(waiver.reason for waiver in waivers if waiver))
        elif any(finding.code is Code.NOT_INSTALLED and _own(item, finding) for finding in errors):
            status = Status.NOT_INSTALLED
        elif errors:
            status = Status.BROKEN
        elif answer.unchecked:
            status, reason = Status.UNCHECKED, answer.unchecked
        return ItemResult(
            nodeid=item.nodeid,
            environment=item.environment,
            distribution=item.distribution,
            check=item.check,
            status=status,
            findings=findings,
            verified_against=answer.verified_against,
            reason=reason,
        )

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> bool | None:
        """Under `--repair`: run, heal, run again, and log one set of reports."""
        if not isinstance(item, HealthItem) or not self.settings.repair:
            return None
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for report in self._run_and_heal(item, nextitem):
            item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def _run_and_heal(
        self, item: HealthItem, nextitem: pytest.Item | None
    ) -> list[pytest.TestReport]:
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
        first = item.result
        if first is None or not self._is_repairable(first):
            return reports
        runs = [reports]

        def rerun() -> ItemResult:
            self.healers[item.environment].examination.refresh()
            runs.append(runtestprotocol(item, log=False, nextitem=nextitem))
            return cast("ItemResult", item.result)

        records: Sequence[RepairRecord] | None = item.ihook.pytest_venvhealth_repair(
            item=item, findings=first.findings, rerun=rerun
        )
        if records is None:
            return reports
        if len(runs) == 1 and any(record.reason is None for record in records):
            rerun()  # whoever took the repair over left the proof to us
        final = _combined(first, cast("ItemResult", item.result), tuple(records))
        item.result = final
        self._rewrite(item, runs[-1], final)
        return runs[-1]

    def _is_repairable(self, result: ItemResult) -> bool:
        if result.status in (Status.BROKEN, Status.NOT_INSTALLED):
            return bool(causes_of(result.findings))
        return any(finding.code is Code.LEFTOVER for finding in result.findings)

    def _rewrite(
        self, item: HealthItem, reports: Sequence[pytest.TestReport], result: ItemResult
    ) -> None:
        """Put the whole story into reports that were made before its end was known."""
        properties = [(COLLECTOR, self.encode(result))]
        item.user_properties[:] = properties
        for report in reports:
            report.user_properties[:] = properties
            if report.failed and isinstance(report.longrepr, str):
                report.longrepr = failure_text(result, self.config.get_verbosity())
        extra = getattr(item, "_json_report_extra", None)
        if isinstance(extra, dict):
            extra.setdefault("metadata", {})["venv_health"] = item_metadata(result)

    @pytest.hookimpl(trylast=True)
    def pytest_venvhealth_repair(
        self, item: pytest.Item, findings: Sequence[Finding], rerun: Callable[[], ItemResult]
    ) -> Sequence[RepairRecord] | None:
        """Heal by this project's own routine."""
        if not isinstance(item, HealthItem):
            return None
        healer = self.healers[item.environment]
        return healer.heal(item.nodeid, findings, rerun)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let a skipped health item name itself, not a line of this plugin."""
        report = yield
        if isinstance(item, HealthItem) and report.skipped and isinstance(report.longrepr, tuple):
            reason = report.longrepr[2]
            report.longrepr = cast("Any", (item.nodeid, None, reason))
        return report

    # -- what comes back from the items

    def encode(self, result: ItemResult) -> str:
        """Return a result as text: what JUnit shows and xdist can carry."""
        return json.dumps(result.to_dict())

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take a result out of the report that brought it, here or from a worker."""
        result = result_of(report)
        if result is not None:
            self.results[report.nodeid] = result

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(
        self, report: pytest.TestReport
    ) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
        """Call a healed item HEALED; its outcome stays `passed`, which every tool understands."""
        if report.when == "call" and report.passed:
            result = result_of(report)
            if result is not None and result.status is Status.HEALED:
                return "healed", "H", ("HEALED", {"green": True, "bold": True})
        return None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        """Fail a healed run where that was asked for, and write the report."""
        healed = any(result.status is Status.HEALED for result in self.results.values())
        if self.settings.fail_on_heal and healed and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        yield
        if self.settings.json is not None and not self.is_worker:
            try:
                write_report(self.settings.json, self.report())
            except VenvHealthError as error:
                self.say(str(error))
                session.exitstatus = pytest.ExitCode.INTERNAL_ERROR

    def report(self) -> dict[str, Any]:
        """Return the contract's JSON object; the environments are read anew, once."""
        if self._report is None:
            facts = [
                _environment_facts(name, examination.facts.refresh(), self.settings)
                for name, examination in self.examinations.items()
            ]
            self._report = build_report(facts, list(self.results.values()))
        return self._report

    @pytest.hookimpl(optionalhook=True)
    def pytest_json_modifyreport(self, json_report: dict[str, Any]) -> None:
        """Add the object to pytest-json-report's file."""
        json_report["venv_health"] = self.report()

    @pytest.hookimpl(optionalhook=True)
    def pytest_json_runtest_metadata(self, item: pytest.Item) -> dict[str, Any]:
        """Add each item's state to its entry in pytest-json-report's file."""
        if isinstance(item, HealthItem) and item.result is not None:
            return {"venv_health": item_metadata(item.result)}
        return {}

    # -- what a person sees

    def pytest_report_header(self) -> list[str]:
        """Say what is about to be checked."""
        lines: list[str] = []
        for name, examination in self.examinations.items():
            facts = _environment_facts(name, examination.facts, self.settings)
            lines += header_lines(
                facts, repair=self.settings.repair, plan=self.settings.repair_plan
            )
        broken_conftest = self.config.stash.get(BROKEN_CONFTEST, None)
        return [*lines, *self.news, *([broken_conftest] if broken_conftest else [])]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Close with what is not simply healthy, and with the plan if one was asked for."""
        if not self.results:
            return
        terminalreporter.write_sep("=", "venv-health")
        for line in summary_lines(self.report(), list(self.results.values())):
            terminalreporter.write_line(line.text, **line.markup)
        if self.settings.repair_plan:
            for plan in self.plans():
                for line in plan_lines(plan):
                    terminalreporter.write_line(line.text, **line.markup)

    def plans(self) -> Iterator[dict[str, Any]]:
        """Yield what `--repair` would do for each environment, as data."""
        for name, examination in self.examinations.items():
            mine = [result for result in self.results.values() if result.environment == name]
            failed = [result for result in mine if self._is_repairable(result)]
            findings = [finding for result in failed for finding in result.findings]
            plan = plan_repair(
                examination.facts,
                causes_of(findings),
                items=[result.nodeid for result in failed],
                reasons=findings,
            )
            yield plan.to_dict()


def result_of(report: pytest.TestReport) -> ItemResult | None:
    """Return the result that a report carries; None for other items."""
    for key, value in report.user_properties:
        if key == COLLECTOR and isinstance(value, str):
            return ItemResult.from_dict(json.loads(value))
    return None


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


def _own(item: HealthItem, finding: Finding) -> bool:
    return finding.distribution == item.distribution


def _selects(selector: str, nodeid: str) -> bool:
    """Tell whether a command-line argument means an item: whole, or all checks of a name."""
    return selector in (COLLECTOR, nodeid) or nodeid.startswith(f"{selector}[")


def _examinations(settings: Settings, news: list[str]) -> dict[str, Examination]:
    """Read every target once.

    Args:
        news: gets a sentence for each repair that was cut short and is rolled back first.
    Raises:
        UsageError: something that the user named cannot be used.
    """
    profile_path = (
        find_profile(settings.profile, settings.start) if settings.profile is not None else None
    )
    wheelhouse = Wheelhouse.at(settings.wheelhouses)
    found: dict[str, Examination] = {}
    for target in settings.targets:
        environment = Environment.at(target.path, name=target.name)
        profile = load_profile(profile_path) if profile_path else Profile.empty(environment.name)
        if environment.name in found:
            raise UsageError(
                f"Two environments are named {environment.name}. "
                "Give each a name of its own: --venv=NAME=PATH."
            )
        try:
            recovered = recover_unfinished(environment.root, news.append)
        except VenvHealthError as error:
            recovered = f"An earlier repair was cut short and could not be rolled back: {error}"
        if recovered is not None:
            news.append(recovered)
        facts = Facts.gather(environment, profile, wheelhouse)
        limits = Limits(timeout=settings.timeout, jobs=settings.jobs)
        found[environment.name] = Examination(facts, limits)
    return found


def _environment_facts(name: str, facts: Facts, settings: Settings) -> EnvironmentFacts:
    environment = facts.environment
    return EnvironmentFacts(
        name=name,
        host=platform.node(),
        path=str(environment.root),
        python=environment.python_version,
        implementation=environment.implementation,
        platform=environment.platform,
        profile=facts.profile.name if settings.profile else None,
        wheelhouses=tuple(str(folder) for folder in facts.wheelhouse.folders),
        distributions=tuple(
            DistributionFacts(
                name=distribution,
                version=found.version if (found := facts.installed(distribution)) else None,
                expected=facts.expected(distribution),
                groups=facts.groups(distribution),
            )
            for distribution in facts.names
        ),
    )
