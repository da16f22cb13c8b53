"""How did the run end? A line a distribution that is not simply healthy, then the totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pytest_venvhealth.findings import ENVIRONMENT, Check
from pytest_venvhealth.reports.wording import (
    Line,
    counted,
    damage,
    joined,
    listed,
    named,
    printable,
    sentence,
)
from pytest_venvhealth.results import ItemResult

_PHRASES_SHOWN = 3
_PATHS_SHOWN = 3
_NAMES_SHOWN = 10
_VICTIMS_SHOWN = 3
_MARKUP: Mapping[str, Mapping[str, bool]] = {
    "broken": {"red": True},
    "not-installed": {"red": True},
    "unchecked": {"yellow": True},
    "waived": {"yellow": True},
    "warning": {"yellow": True},
    "healed": {"green": True, "bold": True},
    "healthy": {"green": True},
}
_TOTALS_ORDER = ("healthy", "healed", "waived", "unchecked", "not-installed", "broken")
_ROWS_ORDER = ("broken", "not-installed", "healed", "unchecked", "waived", "healthy")
_FAILED = ("broken", "not-installed")
_USED = {Check.IMPORT: "import", Check.FUNCTIONAL: "use"}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Row:
    """A distribution, or the environment itself, that has a line of its own."""

    name: str
    version: str | None
    expected: str | None
    status: str
    findings: Sequence[Mapping[str, Any]]
    repairs: Sequence[Mapping[str, Any]]
    reasons: Sequence[str]

    @property
    def title(self) -> str:
        """Name and version."""
        return f"{self.name} {self.version}" if self.version else self.name

    @property
    def unhealed(self) -> list[Mapping[str, Any]]:
        """The errors that are still there."""
        return [
            finding
            for finding in self.findings
            if finding["severity"] == "error" and not finding["healed"]
        ]

    @property
    def warnings(self) -> list[Mapping[str, Any]]:
        """The warnings that are still there."""
        return [
            finding
            for finding in self.findings
            if finding["severity"] == "warning" and not finding["healed"]
        ]

    @property
    def foreign_causes(self) -> set[str]:
        """The root causes, where every error has one and it is always another distribution."""
        causes = [set(finding["root_causes"]) for finding in self.unhealed]
        if not causes or any(not names or self.name in names for names in causes):
            return set()
        return set().union(*causes)

    def heals(self, other: _Row) -> bool:
        """Tell whether `other` was broken because of this one, and is no more."""
        return any(
            finding["healed"] and self.name in finding["root_causes"] for finding in other.findings
        )


def summary_lines(report: Mapping[str, Any], results: Sequence[ItemResult] = ()) -> list[Line]:
    """Return the closing summary: a block an environment, then what to do next.

    Args:
        report: what `build_report` returned; all that is said of states comes from it.
        results: where given, their reasons (unchecked, waived) and notes are told too: the report
            has no place for them.
    """
    lines: list[Line] = []
    several = len(report["environments"]) > 1
    for environment in report["environments"]:
        own = [result for result in results if result.environment == environment["name"]]
        if several:
            if lines:
                lines.append(Line(text=""))
            lines.append(_line(f"{environment['name']} ({environment['path']})", bold=True))
        lines += _environment_lines(environment, own)
    closing = _closing(report)
    if closing:
        lines.append(_line(closing))
    return lines


def _line(text: str, **markup: bool) -> Line:
    return Line(text=printable(text), markup=markup)


def _environment_lines(
    environment: Mapping[str, Any], results: Sequence[ItemResult]
) -> Iterator[Line]:
    """Yield one environment's block."""
    rows = [_row(entry, environment, results) for entry in _entries(environment, results)]
    parents = _parents(rows)
    told = [row for row in rows if row.status != "healthy" or row.repairs]
    alike = _unchecked_alike(told)
    for row in sorted(told, key=lambda row: _ROWS_ORDER.index(row.status)):
        if row.name in parents:
            continue
        group = alike.get(row.name, [row])
        if len(group) > 1:
            if row is group[0]:
                names = listed([each.name for each in group], _VICTIMS_SHOWN)
                yield _line(f"{names}  {row.status}  {_detail(row, None)}", **_MARKUP[row.status])
            continue
        yield from _row_lines(row, rows)
        victims = [each for each in told if parents.get(each.name) == row.name]
        # One fault that takes many down is told once: its own line names them all.
        for victim in victims if len(victims) <= _VICTIMS_SHOWN else ():
            yield from _row_lines(victim, rows, parent=row)
    for row in rows:
        if row.warnings:
            text = f"{row.title}  warning  {_phrases(row, row.warnings)}"
            yield _line(text, **_MARKUP["warning"])
    for repair in environment["repairs"]:
        kept = _kept_paths(repair)
        if kept:
            files = f"{counted(len(kept), 'file')} of {repair['distribution']}"
            yield _line(f"quarantine keeps {files}: {listed(kept, _PATHS_SHOWN)}")
    notes = dict.fromkeys(note for result in results for note in result.notes)
    yield from (_line(note) for note in notes)
    yield _line(_totals(environment), **{**_MARKUP[environment["status"]], "bold": True})


def _unchecked_alike(rows: Sequence[_Row]) -> dict[str, list[_Row]]:
    """Return, by name, the rows that are unchecked for one reason which they share with many."""
    same: dict[str, list[_Row]] = {}
    for row in rows:
        if row.status == "unchecked" and not row.repairs:
            same.setdefault(_detail(row, None), []).append(row)
    many = [group for group in same.values() if len(group) > _VICTIMS_SHOWN]
    return {row.name: group for group in many for row in group}


def _entries(
    environment: Mapping[str, Any], results: Sequence[ItemResult]
) -> list[Mapping[str, Any]]:
    """Return the distributions, and before them the environment itself if there is news of it."""
    findings = environment["findings"]
    ended = {str(result.status) for result in results if result.distribution == ENVIRONMENT}
    unhealed = [finding for finding in findings if not finding["healed"]]
    status = "healthy"
    if "broken" in ended or any(finding["severity"] == "error" for finding in unhealed):
        # The report gives the environment itself no state: an error that does not make the whole
        # broken, or that its own items let pass, is a waived one.
        waived = environment["status"] != "broken" or ended & {"waived", "broken"} == {"waived"}
        status = "waived" if waived else "broken"
    elif "unchecked" in ended:
        status = "unchecked"
    elif len(unhealed) < len(findings):
        status = "healed"
    own = {
        "name": ENVIRONMENT,
        "version": None,
        "expected": None,
        "status": status,
        "findings": findings,
    }
    return [own, *environment["distributions"]]


def _row(
    entry: Mapping[str, Any], environment: Mapping[str, Any], results: Sequence[ItemResult]
) -> _Row:
    reasons = (
        result.reason
        for result in results
        if result.distribution == entry["name"]
        and str(result.status) == entry["status"]
        and result.reason
    )
    return _Row(
        name=entry["name"],
        version=entry["version"],
        expected=entry["expected"],
        status=entry["status"],
        findings=entry["findings"],
        repairs=[
            repair for repair in environment["repairs"] if repair["distribution"] == entry["name"]
        ],
        reasons=list(dict.fromkeys(reasons)),
    )


def _parents(rows: Sequence[_Row]) -> dict[str, str]:
    """Return, for each row that only suffers, the name of the row that takes it down.

    Two that blame each other have none: each keeps a line of its own, so none is lost.
    """
    causes = {row.name: row.foreign_causes for row in rows if row.status in _FAILED}
    roots = {name for name, names in causes.items() if not names}
    return {name: min(names & roots) for name, names in causes.items() if names and names & roots}


def _row_lines(row: _Row, rows: Sequence[_Row], parent: _Row | None = None) -> Iterator[Line]:
    """Yield a row's line, and one for each repair that its line does not tell."""
    indent = "    " if parent else ""
    pieces = [
        row.title,
        row.status,
        _detail(row, parent) + _causes(row, parent) + _dependents(row, rows),
    ]
    yield _line(indent + "  ".join(piece for piece in pieces if piece), **_MARKUP[row.status])
    for repair in row.repairs:
        if repair["result"] == "verified":
            if row.status != "healed":
                yield _line(f"{indent}    repaired, and still not well: {_done(row, repair)}")
        else:
            word = {"refused": "refused", "rolled-back": "rolled back"}[repair["result"]]
            yield _line(f"{indent}    repair {word}: {sentence(repair['reason'])}")


def _detail(row: _Row, parent: _Row | None) -> str:
    """Return what happened to a row's distribution, in a few words."""
    if row.status == "not-installed" and row.expected:
        return f"wanted {row.expected}"
    if row.status in _FAILED:
        # Below the row that takes it down, one sign of it is enough.
        most = 1 if parent else _PHRASES_SHOWN
        damaged = [finding for finding in row.unhealed if finding["check"] not in _USED]
        if damaged and row.name in {name for each in damaged for name in each["root_causes"]}:
            # Its own damage says why; that it fails in use is only a sign of it.
            return _phrases(row, damaged, most) + _signs(row)
        return _phrases(row, row.unhealed, most) or "no finding says why"
    if row.status == "healed":
        healed = [finding for finding in row.findings if finding["healed"]]
        done = [_done(row, repair) for repair in row.repairs if repair["result"] == "verified"]
        return "; ".join(filter(None, [_phrases(row, healed), *done]))
    reasons = "; ".join(reason.rstrip(" .") for reason in row.reasons)
    if row.status == "unchecked":
        return reasons or _phrases(row, row.findings) or "could not tell"
    return ": ".join(filter(None, [_phrases(row, row.unhealed), reasons]))


def _signs(row: _Row) -> str:
    """Return ` (import and use fail)`, as far as they do."""
    checks = {finding["check"] for finding in row.unhealed}
    words = [word for check, word in _USED.items() if check in checks]
    fail = "fails" if len(words) == 1 else "fail"
    return f" ({joined(words)} {fail})" if words else ""


def _phrases(row: _Row, findings: Sequence[Mapping[str, Any]], most: int = _PHRASES_SHOWN) -> str:
    """Return `1 file missing, 3 files altered and 2 more findings`."""
    phrases = [
        # The line begins with name and version already.
        damage(finding["code"], finding["summary"], len(finding["paths"]))
        .removeprefix(row.title)
        .lstrip(" :")
        for finding in findings
    ]
    text = ", ".join(phrases[:most])
    more = len(phrases) - most
    return f"{text} and {counted(more, 'more finding')}" if more > 0 else text


def _done(row: _Row, repair: Mapping[str, Any]) -> str:
    """Return `reinstalled 4.57.3 from transformers-….whl, 6 files; 4,306 were right and stayed`."""
    codes = {finding["code"] for finding in row.findings}
    verb = "installed" if codes & {"not-installed", "version-drift"} else "reinstalled"
    counts = {action["action"]: action.get("count") for action in repair["actions"]}
    words = [verb, repair["version"], f"from {repair['wheel']}" if repair["wheel"] else None]
    text = " ".join(filter(None, words))
    if counts.get("install"):
        text += f", {counted(counts['install'], 'file')}"
    if counts.get("reuse"):
        text += f"; {counts['reuse']:,} were right and stayed"
    return text


def _causes(row: _Row, parent: _Row | None) -> str:
    """Return the root causes that the row's place does not tell."""
    causes = {name for finding in row.unhealed for name in finding["root_causes"]}
    if row.status not in _FAILED or causes <= {parent.name if parent else row.name}:
        used = [finding for finding in row.unhealed if finding["check"] in _USED]
        return " (unexplained)" if used and not causes else ""
    names = joined([named(name) for name in sorted(causes)])
    return f" (root {'cause' if len(causes) == 1 else 'causes'}: {names})"


def _dependents(row: _Row, rows: Sequence[_Row]) -> str:
    """Return whom a broken row takes down, or whom a healed one brought back."""
    if row.status in _FAILED:
        down = [named(other.name) for other in rows if row.name in other.foreign_causes]
        return f" → takes down {listed(down, _NAMES_SHOWN)}" if down else ""
    if row.status == "healed":
        back = [
            named(other.name) for other in rows if other.status == "healthy" and row.heals(other)
        ]
        return f" → heals {listed(back, _NAMES_SHOWN)}" if back else ""
    return ""


def _kept_paths(repair: Mapping[str, Any]) -> list[str]:
    """Return the files that a verified repair left in quarantine, for a person to decide on."""
    if repair["result"] != "verified":
        return []
    return [
        path
        for action in repair["actions"]
        if action["action"] == "quarantine"
        for path in action.get("paths", ())
    ]


def _totals(environment: Mapping[str, Any]) -> str:
    """Return `73 distributions: 71 healthy, 1 healed, 1 broken`."""
    distributions = environment["distributions"]
    if not distributions:
        return f"no distribution was checked: {environment['status']}"
    counts = Counter(distribution["status"] for distribution in distributions)
    states = [
        f"{counts[status]:,} {status.replace('-', ' ')}"
        for status in _TOTALS_ORDER
        if counts[status]
    ]
    text = f"{counted(len(distributions), 'distribution')}: {', '.join(states)}"
    warnings = sum(
        finding["severity"] == "warning" and not finding["healed"]
        for findings in (environment["findings"], *(entry["findings"] for entry in distributions))
        for finding in findings
    )
    return f"{text}; {counted(warnings, 'warning')}" if warnings else text


def _closing(report: Mapping[str, Any]) -> str:
    """Return one sentence: what to do next; empty where there is nothing to do."""
    environments = report["environments"]
    repairs = [repair for environment in environments for repair in environment["repairs"]]
    if report["status"] == "healed":
        return "Everything that was broken is healed."
    if report["status"] == "unchecked":
        return "What is unchecked could not be judged; it is not known to be healthy."
    if report["status"] == "healthy":
        return ""
    if any(repair["result"] != "verified" for repair in repairs):
        return "Not every repair succeeded: remove the reason given above, then repeat it."
    if repairs:
        return "What is still broken could not be healed by a repair: see what each line says."
    if any(_is_repairable(environment) for environment in environments):
        return "Run again with --repair to heal this; --repair-plan shows what that would do."
    return "A repair from a wheelhouse cannot heal this: see what each line says."


def _is_repairable(environment: Mapping[str, Any]) -> bool:
    entries = [environment, *environment["distributions"]]
    return any(
        finding["repairable"] and not finding["healed"] and finding["severity"] == "error"
        for entry in entries
        for finding in entry["findings"]
        if entry["status"] != "waived"
    )
