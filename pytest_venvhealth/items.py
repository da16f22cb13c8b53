"""Checks as pytest items: one collector, one item for each question."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from pytest_venvhealth.questions import COLLECTOR, Question
from pytest_venvhealth.reports.terminal import failure_lines
from pytest_venvhealth.results import ItemResult, Status

Ask = Callable[[Question, str], ItemResult]
"""Answers a question for the item of the given node id."""


class HealthFailureError(Exception):
    """Ends an item that found something wrong; pytest shows its lines instead of a traceback."""

    def __init__(self, result: ItemResult) -> None:
        super().__init__(result)
        self.result = result


class HealthItem(pytest.Item):
    """One question about one distribution, or about the environment itself."""

    def __init__(self, *, question: Question, ask: Ask, strict: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.question = question
        self.result: ItemResult | None = None
        """How it ended, once it ran."""
        self._ask = ask
        self._strict = strict
        self.add_marker(pytest.mark.venv_health)

    def runtest(self) -> None:
        """Ask the question; the answer becomes the item's outcome."""
        result = self._ask(self.question, self.nodeid)
        self.carry(result)
        if result.status is Status.WAIVED:
            # Does nothing under --runxfail: then the failure below stands, as pytest has it.
            pytest.xfail(result.reason or "waived")
        if result.status is Status.UNCHECKED and not self._strict:
            pytest.skip(result.reason or "could not be checked")
        if result.status is not Status.HEALTHY:
            raise HealthFailureError(result)

    def carry(self, result: ItemResult) -> None:
        """Let the item's reports carry a result: as text, for xdist and JUnit take nothing else."""
        self.result = result
        self.user_properties[:] = [(COLLECTOR, json.dumps(result.to_dict()))]

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None
    ) -> str | Any:
        """Return what a failing item prints; the traceback stays for mistakes of our own."""
        if isinstance(excinfo.value, HealthFailureError):
            return self.failure_text(excinfo.value.result)
        return super().repr_failure(excinfo, style)

    def failure_text(self, result: ItemResult) -> str:
        """Return what stands in place of a traceback: with `--tb=line` its first line alone."""
        lines = failure_lines(result, verbose=self.config.get_verbosity())
        return lines[0] if self.config.option.tbstyle == "line" else "\n".join(lines)

    def reportinfo(self) -> tuple[str, None, str]:
        """Return where pytest says the item stands: no file, only its own name."""
        return COLLECTOR, None, self.name


class HealthCollector(pytest.Collector):
    """The health items of all environments."""

    def __init__(
        self,
        *,
        questions: Callable[[], Iterable[Question]],
        ask: Ask,
        strict: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._questions = questions
        self._ask = ask
        self._strict = strict

    def collect(self) -> Iterable[HealthItem]:
        """Yield an item for each question, in the questions' order."""
        for question in self._questions():
            item: HealthItem = HealthItem.from_parent(
                self,
                name=question.name,
                # Said as text, so that pytest finds the parameters in it, as `--lf` will.
                nodeid=question.nodeid,
                question=question,
                ask=self._ask,
                strict=self._strict,
            )
            yield item


def result_of(report: pytest.TestReport) -> ItemResult | None:
    """Return the result that a report carries; None for other items."""
    for key, value in report.user_properties:
        if key == COLLECTOR and isinstance(value, str):
            return ItemResult.from_dict(json.loads(value))
    return None
