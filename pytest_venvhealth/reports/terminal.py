"""What does a person read in the terminal? Lines of text, which the caller writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pytest_venvhealth.findings import Finding
from pytest_venvhealth.reports.json_report import EnvironmentFacts
from pytest_venvhealth.reports.summary import summary_lines
from pytest_venvhealth.reports.wording import (
    Line,
    counted,
    joined,
    listed,
    named,
    printable,
    sentence,
)
from pytest_venvhealth.results import ItemResult, RepairRecord, RepairResult

__all__ = ["Line", "failure_lines", "header_lines", "plan_lines", "summary_lines"]

_PATHS_SHOWN = 10
_EVIDENCE_SHOWN = {0: 4, 1: 20}
_IMPLEMENTATIONS = {"cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalPy"}
_SHORT_LIST = 3


def header_lines(environment: EnvironmentFacts, *, repair: bool, plan: bool) -> list[str]:
    """Return what is about to be checked: target, Python, profile, wheelhouse, distributions.

    Args:
        repair: whether broken distributions will be repaired.
        plan: whether only a repair plan was asked for.
    """
    implementation = _IMPLEMENTATIONS.get(environment.implementation, environment.implementation)
    groups = sorted({group for facts in environment.distributions for group in facts.groups})
    profile = environment.profile or "none, derived from what is installed"
    if environment.profile and groups:
        profile += f" ({'group' if len(groups) == 1 else 'groups'} {', '.join(groups)})"
    wheelhouse = "wheelhouse" if len(environment.wheelhouses) < 2 else "wheelhouses"
    python = f"{implementation} {environment.python}"
    distributions = counted(len(environment.distributions), "distribution")
    lines = [
        f"venv-health: {environment.name} ({environment.path}), {python}, {distributions}",
        f"profile: {profile}, {wheelhouse}: {', '.join(environment.wheelhouses) or 'none'}",
    ]
    if plan:
        lines.append("repair: planned only, nothing is changed")
    elif repair:
        lines.append("repair: on, offline, from the wheelhouse")
    return [printable(line) for line in lines]


def failure_lines(result: ItemResult, *, verbose: int) -> list[str]:
    """Return what an item that failed prints in place of a traceback.

    What is wrong and where, the end of the target's own traceback, the root cause, what a repair
    did, and what to do next.

    Args:
        verbose: how often `-v` was given; with it all paths and more of the evidence are shown.
            Below 0, as with `-q`, no evidence is.
    """
    unhealed = [finding for finding in result.findings if not finding.healed]
    own = [finding for finding in unhealed if _is_own(result, finding)]
    seen = [finding for finding in unhealed if not _is_own(result, finding)]
    lines: list[str] = []
    for finding in sorted(own, key=lambda finding: not finding.is_error):
        lines += _finding_lines(finding, verbose)
        lines += _unseen_causes(finding, seen)
    causes = {name for finding in own for name in finding.root_causes}
    for finding in seen:
        lines += _cause_lines(finding, verbose, is_cause=finding.distribution in causes or not own)
    lines += [f"Healed: {finding.summary}" for finding in result.findings if finding.healed]
    lines += map(_repair_line, result.repairs)
    lines += _remedies(own or seen, result.repairs)
    if result.reason:
        lines.append(sentence(result.reason))
    lines += result.notes
    return [printable(line) for line in lines]


def plan_lines(plan: Mapping[str, Any]) -> list[Line]:
    """Return what `--repair` would do, in the order in which it would do it.

    Args:
        plan: the plan as data: `environment`, `steps`, `refusals`, and `leftovers` if it has any.
    """
    steps, refusals, leftovers = plan["steps"], plan["refusals"], plan.get("leftovers", ())
    if not steps and not refusals and not leftovers:
        return [_line(f"Repair plan for {plan['environment']}: nothing to do.", green=True)]
    counts = [counted(len(steps), "distribution") + " to install"]
    if refusals:
        counts.append(f"{len(refusals):,} refused")
    lines = [_line(f"Repair plan for {plan['environment']}: {', '.join(counts)}.", bold=True)]
    for number, step in enumerate(steps, start=1):
        lines.append(_line(f"{number}. {_step_title(step)}", yellow=True))
        lines += [_line(f"     {line}") for line in _step_details(step)]
    if leftovers:
        lines.append(_line(f"Leftovers to quarantine: {listed(leftovers, _SHORT_LIST)}"))
    lines += [
        _line(f"Refused: {refusal['distribution']}: {sentence(refusal['reason'])}", red=True)
        for refusal in refusals
    ]
    lines.append(_line("Nothing was changed."))
    return lines


def _line(text: str, **markup: bool) -> Line:
    return Line(text=printable(text), markup=markup)


def _is_own(result: ItemResult, finding: Finding) -> bool:
    """Tell whether the finding answers the item's own question; others were seen on the way."""
    return (finding.distribution, finding.check) == (result.distribution, result.check)


def _finding_lines(finding: Finding, verbose: int) -> Iterator[str]:
    """Yield a finding's summary, its paths and its evidence."""
    yield finding.summary if finding.is_error else f"Warning: {finding.summary}"
    most = None if verbose else _PATHS_SHOWN
    yield from (f"  {path}" for path in finding.paths[:most])
    if most is not None and len(finding.paths) > most:
        yield f"  and {len(finding.paths) - most:,} more, all in the JSON report"
    shown = 0 if verbose < 0 else _EVIDENCE_SHOWN.get(verbose, len(finding.evidence))
    yield from (f"  | {line}" for line in finding.evidence[-shown:] if shown)


def _unseen_causes(finding: Finding, seen: Sequence[Finding]) -> Iterator[str]:
    """Yield a line for root causes of which this item saw no finding of their own."""
    told = {other.distribution for other in seen} | {finding.distribution}
    elsewhere = [name for name in finding.root_causes if name not in told]
    if not elsewhere:
        return
    if finding.distribution in finding.root_causes:
        elsewhere.insert(0, finding.distribution)
    names = joined([named(name) for name in elsewhere])
    yield f"Root cause{'s' if len(elsewhere) > 1 else ''}: {names}."


def _cause_lines(finding: Finding, verbose: int, *, is_cause: bool) -> Iterator[str]:
    """Yield what a diagnosis saw beyond the item's own question."""
    first, *rest = _finding_lines(finding, verbose)
    prefix = "Root cause" if is_cause else "Seen as well"
    yield f"{prefix}: {named(finding.distribution)} ({finding.code}): {first}"
    yield from rest


def _repair_line(repair: RepairRecord) -> str:
    version = f" {repair.version}" if repair.version else ""
    if repair.result is RepairResult.VERIFIED:
        source = f" from {repair.wheel}" if repair.wheel else ""
        return f"Repaired: {repair.distribution}{version} was installed{source}."
    reason = sentence(repair.reason or "no reason was given")
    if repair.result is RepairResult.REFUSED:
        return f"The repair of {repair.distribution} was refused, nothing was touched: {reason}"
    return f"The repair of {repair.distribution} was rolled back, the old files are back: {reason}"


def _remedies(findings: Iterable[Finding], repairs: Sequence[RepairRecord]) -> list[str]:
    """Return what to do next, each sentence once.

    What was just tried and did not succeed is not recommended again: the reason is the next step.
    """
    failed = [repair for repair in repairs if repair.result is not RepairResult.VERIFIED]
    tried = {repair.distribution for repair in failed}
    said = {repair.reason for repair in failed}
    return list(
        dict.fromkeys(
            finding.remedy
            for finding in findings
            if finding.remedy not in said
            and not (finding.repairable and tried & {finding.distribution, *finding.root_causes})
        )
    )


def _step_title(step: Mapping[str, Any]) -> str:
    """Return `transformers: reinstall 4.57.3`, with the wheel."""
    if step["from_version"] is None:
        verb = f"install {step['version']}"
    elif step["from_version"] == step["version"]:
        verb = f"reinstall {step['version']}"
    else:
        verb = f"replace {step['from_version']} with {step['version']}"
    return f"{step['distribution']}: {verb} from {step['wheel']}"


def _step_details(step: Mapping[str, Any]) -> Iterator[str]:
    """Yield the rows below a step; what would not happen has none."""
    yield f"why: {step['reason']}"
    if step["for"]:
        yield f"for: {listed(step['for'], _SHORT_LIST)}"
    if step["quarantine"]:
        yield f"quarantine: {_files(step['quarantine'])}"
    if step["clean"]:
        yield f"clean: {_files(step['clean'])}"
    stay = f"; {step['reuse']:,} are right and stay" if step["reuse"] else ""
    yield f"install: {counted(step['install'], 'file')}{stay}"
    yield f"sha256: {step['sha256'] or 'none locked, verified by its own RECORD'}"


def _files(paths: Sequence[str]) -> str:
    return f"{counted(len(paths), 'file')}: {listed(paths, _SHORT_LIST)}"
