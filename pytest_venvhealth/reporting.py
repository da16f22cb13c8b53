"""Gather the results of a run, from here and from workers, and say them: terminal, JSON, status."""

from __future__ import annotations

import platform
from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any

import pytest

from pytest_venvhealth.errors import VenvHealthError
from pytest_venvhealth.examination import Examination
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.items import result_of
from pytest_venvhealth.protocol import wants_repair
from pytest_venvhealth.repair.plan import causes_of, plan_repair
from pytest_venvhealth.repair.preflight import obstructed
from pytest_venvhealth.repair.quarantine import quarantine_size
from pytest_venvhealth.reports.json_report import (
    DistributionFacts,
    EnvironmentFacts,
    build_report,
    write_report,
)
from pytest_venvhealth.reports.terminal import header_lines, plan_lines, summary_lines
from pytest_venvhealth.reports.wording import Line, counted, printable, size_text
from pytest_venvhealth.results import ItemResult, Status
from pytest_venvhealth.settings import Settings
from pytest_venvhealth.startup import BROKEN_CONFTEST
from pytest_venvhealth.temporary import ScratchError

_HEALED = "healed"
"""The category of a healed item in the terminal's last line."""


class HealthReporting:
    """The hooks that tell what a run found; in the main process alone they have all results."""

    def __init__(
        self,
        config: pytest.Config,
        settings: Settings,
        examinations: Mapping[str, Examination],
        news: Sequence[str],
        doubts: Sequence[str] = (),
    ) -> None:
        """Take what header and summary tell besides results.

        Args:
            news: told before the items run.
            doubts: warnings that are about no item; told at the end, and failures under strict.
        """
        self._config = config
        self._settings = settings
        self._examinations = examinations
        self._news = news
        self._doubts = doubts
        self._is_worker = hasattr(config, "workerinput")
        self._results: dict[str, ItemResult] = {}
        self._report: dict[str, Any] | None = None

    # -- results

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take a result out of the report that brought it."""
        result = result_of(report)
        if result is not None:
            self._results[report.nodeid] = result

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(
        self, report: pytest.TestReport
    ) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
        """Call a healed item HEALED; its outcome stays `passed`, which every tool understands."""
        if report.when == "call" and report.passed:
            result = result_of(report)
            if result is not None and result.status is Status.HEALED:
                return _HEALED, "H", ("HEALED", {"green": True, "bold": True})
        return None

    # -- JSON and the exit status

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        """Fail a healed or a doubtful run where that was asked for, and write the report."""
        healed = any(result.status is Status.HEALED for result in self._results.values())
        fails = (self._settings.fail_on_heal and healed) or (
            self._settings.strict and bool(self._doubts)
        )
        if fails and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        yield
        if self._settings.json is not None and not self._is_worker:
            try:
                write_report(self._settings.json, self.report())
            except VenvHealthError as error:
                self._news = [*self._news, str(error)]
                session.exitstatus = pytest.ExitCode.INTERNAL_ERROR

    def report(self) -> dict[str, Any]:
        """Return the contract's JSON object; the environments are read anew, once."""
        if self._report is None:
            facts = [
                environment_facts(_read_anew(examination.facts), self._settings)
                for examination in self._examinations.values()
            ]
            self._report = build_report(facts, list(self._results.values()))
        return self._report

    @pytest.hookimpl(optionalhook=True)
    def pytest_json_modifyreport(self, json_report: dict[str, Any]) -> None:
        """Add the object to pytest-json-report's file, where a healed item is a passed one."""
        json_report["venv_health"] = self.report()
        for test in json_report.get("tests", ()):
            if test["outcome"] == _HEALED:
                test["outcome"] = "passed"
        summary = json_report["summary"]
        if _HEALED in summary:
            summary["passed"] = summary.get("passed", 0) + summary.pop(_HEALED)

    # -- the terminal

    def pytest_report_header(self) -> list[str]:
        """Say what is about to be checked."""
        settings = self._settings
        lines = [
            line
            for examination in self._examinations.values()
            for line in header_lines(
                environment_facts(examination.facts, settings),
                repair=settings.repair,
                plan=settings.repair_plan,
            )
        ]
        broken_conftest = self._config.stash.get(BROKEN_CONFTEST, None)
        news, self._news = self._news, ()
        return [*lines, *news, *([broken_conftest] if broken_conftest else [])]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Close with what is not simply healthy, and with the plan if one was asked for."""
        for sentence in self._news:
            terminalreporter.write_line(sentence, red=True)
        if not self._results:
            return
        lines = summary_lines(self.report(), list(self._results.values()))
        if self._settings.repair_plan:
            lines += [line for plan in self.plans() for line in plan_lines(plan)]
        lines += self._quarantine_lines()
        terminalreporter.write_sep("=", "venv-health")
        lines += [Line(text=printable(doubt), markup={"yellow": True}) for doubt in self._doubts]
        for line in lines:
            terminalreporter.write_line(line.text, **line.markup)

    def _quarantine_lines(self) -> Iterator[Line]:
        """Yield what lies in quarantine, of earlier repairs too: nothing of it goes by itself."""
        for examination in self._examinations.values():
            root = examination.facts.environment.root
            files, size = quarantine_size(root)
            if files:
                yield Line(
                    text=printable(
                        f"In quarantine: {counted(files, 'file')}, {size_text(size)}; "
                        f"venv-health quarantine list --venv={root}"
                    )
                )

    def plans(self) -> Iterator[dict[str, Any]]:
        """Yield what `--repair` would do for each environment, as data."""
        for name, examination in self._examinations.items():
            failed = [
                result
                for result in self._results.values()
                if result.environment == name and wants_repair(result)
            ]
            findings = [finding for result in failed for finding in result.findings]
            plan = plan_repair(
                examination.facts,
                causes_of(findings),
                items=[result.nodeid for result in failed],
                reasons=findings,
            )
            yield obstructed(plan, examination.facts).to_dict()


def _read_anew(facts: Facts) -> Facts:
    try:
        return facts.refresh()
    except ScratchError:
        return facts  # its items have said so


def environment_facts(facts: Facts, settings: Settings) -> EnvironmentFacts:
    """Return what header and report say of an environment besides its findings."""
    environment = facts.environment
    return EnvironmentFacts(
        name=environment.name,
        host=platform.node(),
        path=str(environment.root),
        python=environment.python_version,
        implementation=environment.implementation,
        platform=environment.platform,
        profile=facts.profile.name if settings.profile else None,
        wheelhouses=tuple(str(folder) for folder in facts.wheelhouse.folders),
        distributions=tuple(
            DistributionFacts(
                name=name,
                version=found.version if (found := facts.installed(name)) else None,
                expected=facts.expected(name),
                groups=facts.groups(name),
            )
            for name in facts.names
        ),
    )
