"""Put the health items before everything else that a session collects."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping

import pytest

from pytest_venvhealth.examination import Examination
from pytest_venvhealth.items import Ask, HealthCollector
from pytest_venvhealth.questions import (
    COLLECTOR,
    Question,
    all_questions,
    expect_groups,
    expect_selected,
    selected,
    selectors_in,
)
from pytest_venvhealth.settings import Settings


class HealthCollection:
    """The hooks of pytest's collection."""

    def __init__(
        self,
        config: pytest.Config,
        settings: Settings,
        examinations: Mapping[str, Examination],
        ask: Ask,
    ) -> None:
        """Look whether what the command line names is there.

        Raises:
            UsageError: a group or a node id does not exist.
        """
        self._config = config
        self._settings = settings
        self._examinations = examinations
        self._ask = ask
        self._selectors = selectors_in(config.args)
        expect_groups(examinations, settings.groups)
        if self._selectors:
            expect_selected(all_questions(examinations, settings), self._selectors)

    def questions(self) -> Iterator[Question]:
        """Yield what was asked for."""
        yield from selected(all_questions(self._examinations, self._settings), self._selectors)

    @property
    def _paths(self) -> list[str]:
        """The command line's real path arguments."""
        if self._config.args_source is not pytest.Config.ArgsSource.ARGS:
            return []
        return [argument for argument in self._config.args if argument not in self._selectors]

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection(self) -> Generator[None, object, object]:
        """Let pytest collect the real paths alone; health items have none."""
        arguments = self._config.args
        self._config.args = self._paths
        try:
            return (yield)
        finally:
            self._config.args = arguments

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Add the collector of the health items to what the session itself collects."""
        report = yield
        if isinstance(collector, pytest.Session) and report.passed:
            own = HealthCollector.from_parent(
                collector,
                name=COLLECTOR,
                nodeid=COLLECTOR,
                questions=self.questions,
                ask=self._ask,
                strict=self._settings.strict,
            )
            report.result = [own, *report.result]
        return report
