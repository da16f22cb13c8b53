"""The questions, one file each: a check takes facts and yields findings, and does nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_venvhealth.findings import Finding


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a check found out."""

    findings: tuple[Finding, ...] = ()
    unchecked: str | None = None
    """Why the question could not be answered; None where it was."""
    verified_against: str | None = None
    """`wheel`, `record` or `stat` for `files`; None for other checks."""
    offline_by: str | None = None
    """What kept a probe off the network: `namespace` or `audit-hook`; None where none ran."""
    intact: bool = False
    """True where every file was hashed now, and each is as it should be."""
    notes: tuple[str, ...] = ()
    """Sentences for the summary that are no findings; equal ones of many answers show once."""
