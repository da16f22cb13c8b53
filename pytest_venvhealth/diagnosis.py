"""From a failing import or probe to the distributions that cause it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import Check, Code, Finding
from pytest_venvhealth.probes.runner import Outcome, Probe, ProbeResult

_PLACE = re.compile(r" \([^()]*[/\\][^()]*\)$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagnosis:
    """Who is at fault, and what speaks against them."""

    root_causes: tuple[str, ...] = ()
    """Normalized names, the nearest to the failure first; empty: unexplained."""
    evidence: tuple[Finding, ...] = ()
    """The error findings of `installed` and `files` that led there."""


def diagnose(
    facts: Facts, name: str, result: ProbeResult, errors_of: Callable[[str], Iterable[Finding]]
) -> Diagnosis:
    """Return the distributions whose own damage explains why a probe of `name` failed.

    Args:
        errors_of: gives the error findings of `installed` and `files` for a distribution; asked for
            the suspects alone, the likeliest first.
    """
    near = list(suspects(facts, name, result))
    # The whole closure only where nothing near explains it: a crash has no traceback to follow.
    for group in (near, sorted(facts.closure(name) - set(near))):
        evidence = [finding for suspect in group for finding in errors_of(suspect)]
        causes = dict.fromkeys(cause for finding in evidence for cause in finding.root_causes)
        if causes:
            return Diagnosis(root_causes=tuple(causes), evidence=tuple(evidence))
    return Diagnosis()


def suspects(facts: Facts, name: str, result: ProbeResult) -> Iterable[str]:
    """Yield the distributions that a failure names, the likeliest first, each once."""
    named = [owner for module in result.modules for owner in _providers(facts, module)]
    if result.importing:
        named += _providers(facts, result.importing)
    frames = [
        owner for frame in reversed(result.frames) for owner in facts.owners_of_file(frame.file)
    ]
    return dict.fromkeys((*named, *frames, name))


def _providers(facts: Facts, module: str) -> tuple[str, ...]:
    found = facts.providers(module)
    if found:
        return found
    # Nobody at hand gives this module: a missing requirement of the same name is the best clue.
    guess = canonicalize_name(module.partition(".")[0])
    return (guess,) if guess in facts.missing or guess in facts.wanted else ()


def explain(
    facts: Facts, probe: Probe, check: Check, result: ProbeResult, diagnosis: Diagnosis
) -> Finding:
    """Return the finding for a probe that did not pass."""
    causes = diagnosis.root_causes
    return Finding(
        code=Code(result.outcome),  # an outcome that is no pass bears its finding's name
        check=check,
        distribution=probe.name,
        summary=_summary(probe, check, result),
        remedy=_remedy(facts, probe.name, result, diagnosis),
        paths=_paths(facts, result) if result.outcome is not Outcome.PROBE_ERROR else (),
        root_causes=causes,
        repairable=any(finding.repairable for finding in diagnosis.evidence),
        evidence=result.traceback or result.output,
    )


def _summary(probe: Probe, check: Check, result: ProbeResult) -> str:
    doing = f"the probe of {probe.name}"
    if check is Check.IMPORT:
        modules = result.importing or ", ".join(probe.imports)
        doing = f"import {modules}"
    # "cannot import name … from … (/path/to/__init__.py)": the path stands in the evidence.
    said = _PLACE.sub("", result.message.strip().partition("\n")[0])
    match result.outcome:
        case Outcome.IMPORT_ERROR:
            return f"{doing} fails: {said}"
        case Outcome.ASSERTION:
            return f"{doing} got a wrong result{': ' + said if said else ''}"
        case Outcome.EXCEPTION:
            return f"{doing} fails: {result.exception}: {said}"
        case Outcome.CRASH:
            return f"{doing} crashes with {result.signal or f'status {result.exit_status}'}"
        case Outcome.TIMEOUT:
            return f"{doing} did not end within {result.seconds:.0f} seconds"
        case Outcome.EXITED:
            return f"{doing} ended its process without a verdict (status {result.exit_status})"
        case _:
            return f"the probe of {probe.name} itself is wrong: {result.exception}: {said}"


def _remedy(facts: Facts, name: str, result: ProbeResult, diagnosis: Diagnosis) -> str:
    if result.outcome is Outcome.PROBE_ERROR:
        return "Mend the probe; the package has not been judged."
    causes = diagnosis.root_causes
    if not causes:
        missing = _undeclared(facts, result)
        if missing is not None:
            return missing
        return (
            "Unexplained: every file involved is as it was installed. "
            f"Look whether the versions of {name} and what it imports fit together."
        )
    helpless = [finding for finding in diagnosis.evidence if not finding.repairable]
    if helpless:
        return helpless[0].remedy
    return f"Run again with --repair: it reinstalls {', '.join(causes)}."


def _undeclared(facts: Facts, result: ProbeResult) -> str | None:
    """Return what to do about a missing module that no distribution answers for; else None."""
    if result.exception != "ModuleNotFoundError" or not result.modules:
        return None
    module = result.modules[0].partition(".")[0]
    if facts.providers(result.modules[0]):
        return None
    if module in facts.environment.stdlib_names:
        return (
            f"{module} belongs to Python itself: this interpreter was built without it, "
            "or has lost it."
        )
    makers = " or ".join(facts.makers(module)) or "what does"
    return f"Nothing installed brings {module}, and nothing requires it: install {makers}."


def _paths(facts: Facts, result: ProbeResult) -> tuple[str, ...]:
    """Return the file of the target in which the error was raised, if any."""
    for frame in reversed(result.frames):
        if facts.owners_of_file(frame.file):
            return (facts.environment.relative(frame.file),)
    return ()
