"""What did the run find? The one JSON object that every other report reads."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_venvhealth.errors import VenvHealthError
from pytest_venvhealth.findings import ENVIRONMENT, Finding
from pytest_venvhealth.reports.verdict import Verdict, judge, merge_repairs
from pytest_venvhealth.results import ItemResult, Status

SCHEMA_VERSION = 1

_SCHEMA_FILE = Path(__file__).with_name("venv_health.schema.json")
_WORST_FIRST = (Status.BROKEN, Status.UNCHECKED, Status.HEALED, Status.HEALTHY)
# An environment knows four states: what its distributions' other two count as.
_COUNTS_AS = {Status.NOT_INSTALLED: Status.BROKEN, Status.WAIVED: Status.HEALTHY}


class ReportNotWrittenError(VenvHealthError):
    """The report's file could not be written."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return (
            f"The report could not be written to {self.path}: {self.reason}. "
            "Name a file in a folder that can be written to."
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class DistributionFacts:
    """What is known of a distribution without any check."""

    name: str
    """Normalized."""
    version: str | None
    """Installed at the end of the run; None where it is not installed."""
    expected: str | None
    """The profile's pin; None without one."""
    groups: tuple[str, ...]
    """The profile's groups that want it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvironmentFacts:
    """What is known of an environment without any check, read at the end of the run."""

    name: str
    host: str
    path: str
    python: str
    """The version as text: `3.11.7`."""
    implementation: str
    platform: str
    profile: str | None
    """The profile's name; None where it was derived from what is installed."""
    wheelhouses: tuple[str, ...]
    distributions: tuple[DistributionFacts, ...]


def build_report(
    environments: Sequence[EnvironmentFacts], results: Sequence[ItemResult]
) -> dict[str, Any]:
    """Return the object `venv_health` as plain JSON data, valid against the schema.

    The order of `results` does not matter: with several workers it is nobody's choice. A
    distribution is listed if an item of it ran, or if a finding or a repair names it. What no item
    asked about is not called healthy, and not called unchecked either: it is left out.

    Raises:
        ValueError: a result belongs to none of `environments`.
    """
    strangers = {result.environment for result in results} - {facts.name for facts in environments}
    if strangers:
        raise ValueError(f"results of an unknown environment: {', '.join(sorted(strangers))}")
    reports = [
        _environment_report(
            facts, [result for result in results if result.environment == facts.name]
        )
        for facts in environments
    ]
    return {
        "schema_version": SCHEMA_VERSION,
        "status": str(_worst(Status(report["status"]) for report in reports)),
        "environments": reports,
    }


def item_metadata(result: ItemResult) -> dict[str, Any]:
    """Return a test's `metadata.venv_health`.

    The codes and root causes (the likeliest first) answer the item's own question; what a diagnosis
    saw on the way is told by the root causes, and in full in the report.
    """
    asked = (result.distribution, result.check)
    own = [finding for finding in result.findings if (finding.distribution, finding.check) == asked]
    return {
        "environment": result.environment,
        "distribution": result.distribution,
        "check": str(result.check),
        "status": str(result.status),
        "codes": sorted({str(finding.code) for finding in own}),
        "root_causes": list(dict.fromkeys(name for finding in own for name in finding.root_causes)),
        "seconds": round(result.seconds, 3),
    }


def write_report(path: Path, report: Mapping[str, Any]) -> None:
    """Write `report` to `path` in one step, and make the folders above it.

    Raises:
        ReportNotWrittenError: the system refuses.
    """
    # ASCII only: a file name that is no UTF-8 is a lone surrogate here, and no encoding takes it.
    text = json.dumps(report, indent=2, allow_nan=False) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink() or (path.exists() and not path.is_file()):
            # Such as /dev/stdout: replaced, it would be a plain file from then on.
            path.write_text(text, "ascii")
        else:
            _write_atomically(path, text)
    except OSError as error:
        raise ReportNotWrittenError(path, error.strerror or str(error)) from error


def load_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of what `build_report` returns."""
    schema: dict[str, Any] = json.loads(_SCHEMA_FILE.read_text("utf-8"))
    return schema


def _write_atomically(path: Path, text: str) -> None:
    # Not tempfile's: its mode 0600 would keep others from reading the report.
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        beside.write_text(text, "ascii")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _environment_report(facts: EnvironmentFacts, results: Sequence[ItemResult]) -> dict[str, Any]:
    """Return one entry of `environments`."""
    known = {distribution.name: distribution for distribution in facts.distributions}
    verdicts = judge(results)
    repairs = merge_repairs(repair for result in results for repair in result.repairs)
    return {
        "name": facts.name,
        "host": facts.host,
        "path": facts.path,
        "python": facts.python,
        "implementation": facts.implementation,
        "platform": facts.platform,
        "profile": facts.profile,
        "wheelhouses": list(facts.wheelhouses),
        # Of several the weakest.
        "offline_by": min((each.offline_by for each in results if each.offline_by), default=None),
        "status": str(_worst(verdict.status for verdict in verdicts)),
        "distributions": [
            _distribution_report(known.get(verdict.name), verdict)
            for verdict in verdicts
            if verdict.name != ENVIRONMENT
        ],
        "findings": [
            _finding_data(finding)
            for verdict in verdicts
            if verdict.name == ENVIRONMENT
            for finding in verdict.findings
        ],
        "repairs": [repair.to_dict() for repair in repairs],
    }


def _distribution_report(facts: DistributionFacts | None, verdict: Verdict) -> dict[str, Any]:
    """Return one entry of `distributions`; a missing dependency may have no facts."""
    return {
        "name": verdict.name,
        "version": facts.version if facts else None,
        "expected": facts.expected if facts else None,
        "groups": list(facts.groups) if facts else [],
        "status": str(verdict.status),
        "depth": str(verdict.depth) if verdict.depth else None,
        "verified_against": verdict.verified_against,
        "findings": [_finding_data(finding) for finding in verdict.findings],
    }


def _finding_data(finding: Finding) -> dict[str, Any]:
    """Return the finding as the report has it: under its distribution, without its evidence."""
    data = finding.to_dict()
    del data["distribution"], data["evidence"]
    data["root_causes"] = list(dict.fromkeys(finding.root_causes))
    return data


def _worst(statuses: Iterable[Status]) -> Status:
    """Return the worst of an environment's states; of nothing, nothing is known."""
    return min(
        (_COUNTS_AS.get(status, status) for status in statuses),
        key=_WORST_FIRST.index,
        default=Status.UNCHECKED,
    )
