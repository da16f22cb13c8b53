"""Checks as pytest items: one collector, one item for each question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from pytest_venvhealth.findings import Check
from pytest_venvhealth.reports.terminal import failure_lines
from pytest_venvhealth.results import ItemResult, Status

if TYPE_CHECKING:
    from pytest_venvhealth.run import HealthRun

COLLECTOR = "venv-health"
"""The first part of every node id."""


class HealthFailureError(Exception):
    """Ends an item that found something wrong; pytest shows its lines instead of a traceback."""

    def __init__(self, result: ItemResult) -> None:
        super().__init__(result)
        self.result = result


class HealthItem(pytest.Item):
    """One question about one distribution, or about the environment itself."""

    def __init__(
        self, *, run: HealthRun, environment: str, distribution: str, check: Check, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.run = run
        self.environment = environment
        self.distribution = distribution
        self.check = check
        self.result: ItemResult | None = None
        """How it ended, once it ran."""
        self.add_marker(pytest.mark.venv_health)

    def runtest(self) -> None:
        """Ask the question; the answer becomes the item's outcome."""
        result = self.run.examine(self)
        self.result = result
        self.user_properties[:] = [(COLLECTOR, self.run.encode(result))]
        if result.status is Status.WAIVED:
            # Does nothing under --runxfail: then the failure below stands, as pytest has it.
            pytest.xfail(result.reason or "waived")
        if result.status is Status.UNCHECKED and not self.run.settings.strict:
            pytest.skip(result.reason or "could not be checked")
        if result.status is not Status.HEALTHY:
            raise HealthFailureError(result)

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None
    ) -> str | Any:
        """Return what a failing item prints; the traceback stays for mistakes of our own."""
        if isinstance(excinfo.value, HealthFailureError):
            return failure_text(excinfo.value.result, self.config.get_verbosity())
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[str, None, str]:
        """Return where pytest says the item stands: no file, only its own name."""
        return COLLECTOR, None, self.name


class HealthCollector(pytest.Collector):
    """The health items of all environments."""

    def __init__(self, *, run: HealthRun, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.run = run

    def collect(self) -> Iterable[HealthItem]:
        """Yield the items stage by stage, and within a stage dependencies first."""
        for environment, distribution, check in self.run.questions():
            name = self.run.item_name(environment, distribution, check)
            item: HealthItem = HealthItem.from_parent(
                self,
                name=name,
                # Said as text, so that pytest finds the parameters in it, as `--lf` will.
                nodeid=f"{COLLECTOR}::{name}",
                run=self.run,
                environment=environment,
                distribution=distribution,
                check=check,
            )
            yield item


def failure_text(result: ItemResult, verbose: int) -> str:
    """Return the lines that stand in place of a traceback, as one text."""
    return "\n".join(failure_lines(result, verbose=verbose))


def selectors(arguments: Iterable[str]) -> Iterator[str]:
    """Yield the command line's node ids of health items: `venv-health`, `venv-health::…`."""
    for argument in arguments:
        if argument == COLLECTOR or argument.startswith(f"{COLLECTOR}::"):
            yield argument
