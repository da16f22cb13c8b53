"""Did a repair help, and has it harmed nobody?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pytest_venvhealth.examination import Examination
from pytest_venvhealth.findings import Check, Finding
from pytest_venvhealth.results import ItemResult, Status

_FINE = (Status.HEALTHY, Status.WAIVED, Status.UNCHECKED)


class Proof:
    """What was wrong before a repair, to be held against what is wrong after it."""

    def __init__(
        self,
        examination: Examination,
        repaired: Iterable[str],
        findings: Sequence[Finding],
        rerun: Callable[[], ItemResult],
        passed: Callable[[], Iterable[tuple[str, Check]]],
    ) -> None:
        """Look at what is to be repaired, while it is as it was.

        Args:
            findings: what the failed item found.
            rerun: runs that item again.
            passed: tells which items have passed in this run.
        """
        self._examination = examination
        self._repaired = sorted(repaired)
        self._findings = findings
        self._damage_before = self._damage()
        self._rerun = rerun
        self._passed = passed
        self.last: ItemResult | None = None
        """How the item ended when it ran again."""

    def verify(self) -> str | None:
        """Return None where the repair helped and broke nothing, else why it is to be taken back.

        What no repair can heal, such as a library that the system lacks, is no reason: what it
        could heal must be better than before, and nothing may be worse.
        """
        self.last = self._rerun()
        damage = self._damage()
        for signature, finding in damage.items():
            if signature not in self._damage_before:
                return f"{finding.distribution} is damaged after the repair: {finding.summary}"
        if damage and damage.keys() >= self._damage_before.keys():
            finding = next(iter(damage.values()))
            return f"{finding.distribution} is still damaged after the repair: {finding.summary}"
        if self.last.status not in _FINE:
            asked = self.last.distribution, self.last.check
            before = _signatures(each for each in self._findings if each.repairable)
            before = {key: each for key, each in before.items() if _asked(each) == asked}
            after = _signatures(self.last.findings)
            if before and before.keys() <= after.keys():
                return f"It fails as before: {next(iter(before.values())).summary}"
        return self._broken_by_it()

    def _damage(self) -> dict[tuple[object, ...], Finding]:
        """Return the errors that the repaired distributions are themselves to blame for."""
        return _signatures(
            finding
            for name in self._repaired
            for finding in self._examination.errors_of(name)
            if finding.repairable and name in finding.root_causes
        )

    def _broken_by_it(self) -> str | None:
        """Return which item passed before the repair and fails now; None where all still pass."""
        facts = self._examination.facts
        affected = set(self._repaired).union(*(facts.dependents(name) for name in self._repaired))
        for name, check in self._passed():
            if name not in affected:
                continue
            for finding in self._examination.answer(name, check).findings:
                if finding.is_error and self._examination.waiver(finding) is None:
                    return f"{name}[{check}] passed before and fails now: {finding.summary}"
        return None


def _asked(finding: Finding) -> tuple[str, Check]:
    """Return the question that a finding answers."""
    return finding.distribution, finding.check


def _signatures(findings: Iterable[Finding]) -> dict[tuple[object, ...], Finding]:
    """Return the errors by what makes two of them the same."""
    return {
        (finding.code, finding.distribution, finding.summary, finding.paths): finding
        for finding in findings
        if finding.is_error
    }
