"""How an item ended, and what a repair did: the data that travels from a worker to the report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pytest_venvhealth.findings import Check, Finding


class Status(StrEnum):
    """What an item, a distribution or an environment is in the end."""

    HEALTHY = "healthy"
    HEALED = "healed"
    BROKEN = "broken"
    NOT_INSTALLED = "not-installed"
    WAIVED = "waived"
    UNCHECKED = "unchecked"


class RepairResult(StrEnum):
    """How a repair ended."""

    VERIFIED = "verified"
    ROLLED_BACK = "rolled-back"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    """One kind of change that a repair made to the environment."""

    action: str
    """`quarantine`, `clean`, `install`, `compile`, `restore` or `discard`."""
    paths: tuple[str, ...] = ()
    """Relative to the environment's root."""
    count: int | None = None
    """How many files, where a list of them would only be the wheel's own."""

    def to_dict(self) -> dict[str, Any]:
        """Return the action as JSON data: `paths` or `count`, not both."""
        if self.count is None:
            return {"action": self.action, "paths": list(self.paths)}
        return {"action": self.action, "count": self.count}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Action:
        """Return the action that `to_dict` turned into `data`."""
        return cls(
            action=data["action"], paths=tuple(data.get("paths", ())), count=data.get("count")
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class RepairRecord:
    """What was done for one distribution, and how it ended."""

    distribution: str
    version: str | None
    """The version that was, or would have been, installed."""
    wheel: str | None
    """The wheel's file name; None where none was found."""
    sha256: str | None
    items: tuple[str, ...]
    """Node ids of the items for whose sake it was done (`for` in the JSON)."""
    actions: tuple[Action, ...] = ()
    result: RepairResult
    reason: str | None
    """Why it was refused or rolled back; None when verified."""
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Return the record as JSON data, as the report has it."""
        return {
            "distribution": self.distribution,
            "version": self.version,
            "wheel": self.wheel,
            "sha256": self.sha256,
            "for": list(self.items),
            "actions": [action.to_dict() for action in self.actions],
            "result": str(self.result),
            "reason": self.reason,
            "seconds": round(self.seconds, 3),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> RepairRecord:
        """Return the record that `to_dict` turned into `data`."""
        return cls(
            distribution=data["distribution"],
            version=data["version"],
            wheel=data["wheel"],
            sha256=data["sha256"],
            items=tuple(data["for"]),
            actions=tuple(Action.from_dict(action) for action in data["actions"]),
            result=RepairResult(data["result"]),
            reason=data["reason"],
            seconds=data["seconds"],
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemResult:
    """The final state of one item, with everything that was seen and done on the way."""

    nodeid: str
    environment: str
    """The environment's name."""
    distribution: str
    """Normalized name, or `ENVIRONMENT`."""
    check: Check
    status: Status
    findings: tuple[Finding, ...] = ()
    """Those of the last run; after a repair also those of the first, marked `healed`."""
    repairs: tuple[RepairRecord, ...] = ()
    verified_against: str | None = None
    """For a `files` item: `wheel` or `record`; None for others."""
    offline_by: str | None = None
    """What kept its probe off the network: `namespace` or `audit-hook`; None where none ran."""
    reason: str | None = None
    """Why the item is unchecked or waived."""
    notes: tuple[str, ...] = ()
    """Other sentences for the summary, such as the rollback of an unfinished repair."""
    seconds: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON data."""
        return {
            "nodeid": self.nodeid,
            "environment": self.environment,
            "distribution": self.distribution,
            "check": str(self.check),
            "status": str(self.status),
            "findings": [finding.to_dict() for finding in self.findings],
            "repairs": [repair.to_dict() for repair in self.repairs],
            "verified_against": self.verified_against,
            "offline_by": self.offline_by,
            "reason": self.reason,
            "notes": list(self.notes),
            "seconds": round(self.seconds, 3),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> ItemResult:
        """Return the result that `to_dict` turned into `data`."""
        return cls(
            nodeid=data["nodeid"],
            environment=data["environment"],
            distribution=data["distribution"],
            check=Check(data["check"]),
            status=Status(data["status"]),
            findings=tuple(Finding.from_dict(finding) for finding in data["findings"]),
            repairs=tuple(RepairRecord.from_dict(repair) for repair in data["repairs"]),
            verified_against=data["verified_against"],
            offline_by=data["offline_by"],
            reason=data["reason"],
            notes=tuple(data["notes"]),
            seconds=data["seconds"],
        )
