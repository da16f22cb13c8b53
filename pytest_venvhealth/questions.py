"""Which items a run has, what they are called, and which of them were asked for."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pytest_venvhealth.errors import UsageError
from pytest_venvhealth.examination import DEPTHS, ENVIRONMENT_CHECKS, Examination
from pytest_venvhealth.findings import ENVIRONMENT, Check
from pytest_venvhealth.profile.toml_table import suggestion
from pytest_venvhealth.settings import Settings

COLLECTOR = "venv-health"
"""The first part of every node id."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One check of one distribution, or of the environment itself: what becomes an item."""

    environment: str
    distribution: str
    """Normalized name, or `ENVIRONMENT`."""
    check: Check
    name: str
    """The item's name: `NAME[CHECK]`, with `ENV/` before it where there are several."""

    @property
    def nodeid(self) -> str:
        """The item's node id."""
        return f"{COLLECTOR}::{self.name}"


def all_questions(
    examinations: Mapping[str, Examination], settings: Settings
) -> Iterator[Question]:
    """Yield every question of a run, stage by stage, and within a stage dependencies first."""

    def question(environment: str, distribution: str, check: Check) -> Question:
        name = f"{distribution}[{check}]"
        if len(examinations) > 1:
            name = f"{environment}/{name}"
        return Question(environment=environment, distribution=distribution, check=check, name=name)

    if not settings.groups:
        for environment in examinations:
            for check in ENVIRONMENT_CHECKS:
                yield question(environment, ENVIRONMENT, check)
    asked = {
        environment: {
            distribution: examination.questions(distribution, settings.depth)
            for distribution in examination.facts.names
            if not settings.groups
            or set(settings.groups) & set(examination.facts.groups(distribution))
        }
        for environment, examination in examinations.items()
    }
    for check in DEPTHS[settings.depth]:
        for environment, distributions in asked.items():
            for distribution, checks in distributions.items():
                if check in checks:
                    yield question(environment, distribution, check)


def selected(questions: Iterable[Question], selectors: Sequence[str]) -> Iterator[Question]:
    """Yield the questions that the command line names; all of them where it names none."""
    for question in questions:
        if not selectors or any(_selects(selector, question) for selector in selectors):
            yield question


def selectors_in(arguments: Iterable[str]) -> tuple[str, ...]:
    """Return the command line's node ids of health items: `venv-health`, `venv-health::…`."""
    return tuple(
        argument
        for argument in arguments
        if argument == COLLECTOR or argument.startswith(f"{COLLECTOR}::")
    )


def expect_selected(questions: Iterable[Question], selectors: Sequence[str]) -> None:
    """Look whether every node id of the command line exists.

    Raises:
        UsageError: one does not; the text names what comes near.
    """
    listed = list(questions) if selectors else []
    for selector in selectors:
        if not any(_selects(selector, question) for question in listed):
            near = difflib.get_close_matches(selector, [each.nodeid for each in listed], n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise UsageError(f"{selector}: there is no such health item.{hint}")


def expect_groups(examinations: Mapping[str, Examination], groups: Iterable[str]) -> None:
    """Look whether a profile has every group.

    Raises:
        UsageError: no profile has one of them.
    """
    known = {group for each in examinations.values() for group in each.facts.profile.groups}
    for group in groups:
        if group not in known:
            hint = "Give --venv-profile=NAME: groups stand in a profile."
            if known:
                hint = f"The profile has {', '.join(sorted(known))}."
            raise UsageError(f"--venv-group={group}: no such group. {hint}")


def probes_for_nobody(examinations: Mapping[str, Examination]) -> Iterator[str]:
    """Yield a sentence for each of a profile's probes that no environment here has a use for.

    That is no mistake by itself, for several kinds of environment may share a profile.
    """
    every = [examination.facts for examination in examinations.values()]
    known = {name for facts in every for name in facts.names}
    places = {(name, facts.profile.path) for facts in every for name in facts.profile.probes}
    for name, path in sorted(places):
        if name not in known:
            yield (
                f"{path}: probes.{name} is run by nothing, for {name} is neither installed nor "
                f"wanted here.{suggestion(name, known)}"
            )


def _selects(selector: str, question: Question) -> bool:
    """Tell whether a command-line argument means a question: itself, or all of its name."""
    return selector in (COLLECTOR, question.nodeid) or question.nodeid.startswith(f"{selector}[")
