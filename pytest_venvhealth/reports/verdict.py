"""What is each distribution in the end? The same, in whatever order the items spoke."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pytest_venvhealth.findings import Check, Code, Finding
from pytest_venvhealth.results import ItemResult, RepairRecord, RepairResult, Status

_CHECK_ORDER = {check: position for position, check in enumerate(Check)}
_DEPTHS = (Check.FILES, Check.IMPORT, Check.FUNCTIONAL)
_FINE = (Status.HEALTHY, Status.HEALED, Status.WAIVED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """The final state of one distribution, or of the environment itself."""

    name: str
    """Normalized, or `ENVIRONMENT`."""
    status: Status
    depth: Check | None
    """The deepest of files, import and functional that it passed."""
    verified_against: str | None
    """What its files were compared with."""
    findings: tuple[Finding, ...]
    """Each once, in its final state, in the order of the checks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Copy:
    """A finding, and the item that reported it."""

    finding: Finding
    item: ItemResult

    @property
    def is_own(self) -> bool:
        """Whether an item of the finding's own distribution reports it."""
        return self.item.distribution == self.finding.distribution


def judge(results: Sequence[ItemResult]) -> list[Verdict]:
    """Return a verdict for each name that an item, a finding or a repair speaks of, sorted.

    Args:
        results: of one environment, in any order.
    """
    items: dict[str, list[ItemResult]] = defaultdict(list)
    copies: dict[str, list[_Copy]] = defaultdict(list)
    repaired: set[str] = set()
    names: set[str] = set()
    for result in results:
        items[result.distribution].append(result)
        for finding in result.findings:
            copies[finding.distribution].append(_Copy(finding=finding, item=result))
        for repair in result.repairs:
            names.add(repair.distribution)
            if repair.result is RepairResult.VERIFIED:
                repaired.add(repair.distribution)
    names.update(items, copies)
    return [
        _verdict(name, items.get(name, []), copies.get(name, []), repaired=name in repaired)
        for name in sorted(names)
    ]


def merge_repairs(repairs: Iterable[RepairRecord]) -> list[RepairRecord]:
    """Return each repair once, for all items that report it, ordered by distribution."""
    same: dict[str, list[RepairRecord]] = defaultdict(list)
    for repair in repairs:
        same[_text(replace(repair, items=(), seconds=0.0))].append(repair)
    merged = [
        replace(
            group[0],
            items=tuple(sorted({nodeid for repair in group for nodeid in repair.items})),
            seconds=max(repair.seconds for repair in group),
        )
        for group in same.values()
    ]
    return sorted(merged, key=lambda repair: (repair.distribution, _text(repair)))


def _verdict(
    name: str, items: Sequence[ItemResult], copies: Sequence[_Copy], *, repaired: bool
) -> Verdict:
    same: dict[tuple[object, ...], list[_Copy]] = defaultdict(list)
    for copy in copies:
        same[_identity(copy.finding)].append(copy)
    findings: list[Finding] = []
    unhealed_errors: list[Finding] = []
    for group in same.values():
        finding = _last_word(group, items, repaired=repaired)
        findings.append(finding)
        if finding.is_error and not finding.healed and not _is_waived(group):
            unhealed_errors.append(finding)
    ended = {item.status for item in items}
    return Verdict(
        name=name,
        status=_status(name, ended, findings, unhealed_errors, repaired=repaired),
        depth=_depth(items),
        verified_against=min(
            (item.verified_against for item in items if item.verified_against), default=None
        ),
        findings=tuple(sorted(findings, key=_report_order)),
    )


def _identity(finding: Finding) -> tuple[object, ...]:
    """Return what two copies of one finding have in common.

    Damaged files are known by their paths, however an item words it; elsewhere a path only says
    where an error was raised, and two errors may be raised in one file.
    """
    worded = "" if finding.check is Check.FILES and finding.paths else finding.summary
    return finding.check, finding.code, finding.paths, worded


def _last_word(group: Sequence[_Copy], items: Sequence[ItemResult], *, repaired: bool) -> Finding:
    """Return one finding for all its copies, in its final state.

    The item that owns the check has the last word. If it saw the finding, its copy decides. If it
    could tell and saw nothing, the finding is healed where a repair is on record; without one the
    items contradict each other, and what one item saw broken is not called healed. If it did not
    run, one healed copy is enough: only a rerun that passed makes one.
    """
    check = group[0].finding.check
    owned = [copy for copy in group if copy.is_own and copy.item.check is check]
    owner_saw_nothing = not owned and any(
        item.check is check and item.status is not Status.UNCHECKED for item in items
    )
    if owned:
        healed = all(copy.finding.healed for copy in owned)
    else:
        healed = any(copy.finding.healed for copy in group) or (owner_saw_nothing and repaired)
    candidates = [copy.finding for copy in owned or group]
    in_final_state = [finding for finding in candidates if finding.healed is healed]
    return replace(min(in_final_state or candidates, key=_text), healed=healed)


def _is_waived(group: Sequence[_Copy]) -> bool:
    """Tell whether the distribution's own items let the finding pass.

    A waiver names its distribution: another one's waived item says nothing about this one.
    """
    check = group[0].finding.check
    own = [copy.item for copy in group if copy.is_own]
    owners = [item for item in own if item.check is check] or own
    return bool(owners) and all(item.status is Status.WAIVED for item in owners)


def _status(
    name: str,
    ended: set[Status],
    findings: Sequence[Finding],
    unhealed_errors: Sequence[Finding],
    *,
    repaired: bool,
) -> Status:
    """Return the final state from the findings and repairs, not from which item met them first."""
    # Installed or not is the first question about a distribution: all else follows from it.
    if any(finding.code is Code.NOT_INSTALLED for finding in unhealed_errors):
        return Status.NOT_INSTALLED
    # An item that failed without a finding of its own is a failure all the same.
    if unhealed_errors or Status.BROKEN in ended:
        return Status.BROKEN
    for status in (Status.NOT_INSTALLED, Status.UNCHECKED):
        if status in ended:
            return status
    # What only suffered from another distribution was never touched: it is healthy again.
    at_fault = any(
        finding.healed and (name in finding.root_causes or not finding.root_causes)
        for finding in findings
    )
    if repaired or at_fault:
        return Status.HEALED
    return Status.WAIVED if Status.WAIVED in ended else Status.HEALTHY


def _depth(items: Sequence[ItemResult]) -> Check | None:
    """Return the deepest check that passed with no failure above it; skipped is no failure."""
    deepest = None
    for check in _DEPTHS:
        ended = {item.status for item in items if item.check is check} - {Status.UNCHECKED}
        if not ended.issubset(_FINE):
            break
        if ended:
            deepest = check
    return deepest


def _report_order(finding: Finding) -> tuple[int, int, str]:
    return not finding.is_error, _CHECK_ORDER[finding.check], _text(finding)


def _text(record: Finding | RepairRecord) -> str:
    """Return one text for equal records: a sort key that never fails on None."""
    return json.dumps(record.to_dict(), sort_keys=True)
