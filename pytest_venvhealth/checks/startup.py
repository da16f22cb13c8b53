"""Do the environment's start-up files run: `.pth`, `sitecustomize`, `usercustomize`?"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from pytest_venvhealth.checks.files import check_files
from pytest_venvhealth.checks.remedy import remedy_by_wheel
from pytest_venvhealth.facts import Facts, relative_paths
from pytest_venvhealth.findings import ENVIRONMENT, Check, Code, Finding

CUSTOMIZE = {"sitecustomize": "sitecustomize.py", "usercustomize": "usercustomize.py"}
_MISSING_MODULE = re.compile(r"No module named '(?P<module>[^']+)'")


def check_startup(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each file that keeps Python from starting, or fails at every start."""
    environment = facts.environment
    if environment.startup_error is not None:
        files = list(environment.startup_culprits)
        if files:
            named = " and ".join(os.path.basename(path) for path in files)
            summary = f"{named} keeps Python from starting: {environment.startup_error}"
            remedy = "Mend the file or what it needs, or move it away."
        else:
            files = _start_up_files(facts)
            summary = (
                f"Python starts here only without its start-up files: {environment.startup_error}"
            )
            remedy = "Look at the files named: one of them ends Python, or hangs, at every start."
        yield _startup_failed(facts, summary, remedy, files)
    for source, reason in environment.startup_complaints:
        shown = CUSTOMIZE.get(source, source)
        files = [source] if shown == source else _named(facts, shown)
        summary = f"{os.path.basename(shown)} fails at every start of Python: {reason}"
        remedy = "Mend the file or what it needs, or move it away."
        yield _startup_failed(facts, summary, remedy, files)


def _start_up_files(facts: Facts) -> list[str]:
    return [
        path
        for path in facts.inventory.top_level_entries
        if path.endswith(".pth") or os.path.basename(path) in CUSTOMIZE.values()
    ]


def _named(facts: Facts, name: str) -> list[str]:
    entries = facts.inventory.top_level_entries
    return [path for path in entries if os.path.basename(path) == name]


def _startup_failed(facts: Facts, summary: str, remedy: str, files: list[str]) -> Finding:
    causes = _causes(facts, summary, files)
    repairable = False
    if causes:
        remedies = [remedy_by_wheel(facts, name) for name in causes]
        repairable = all(possible for _, possible in remedies)
        remedy = next((text for text, possible in remedies if not possible), remedies[0][0])
    return Finding(
        code=Code.STARTUP_FAILED,
        check=Check.STARTUP,
        distribution=ENVIRONMENT,
        summary=summary + ("" if summary.endswith(".") else "."),
        remedy=remedy,
        paths=relative_paths(facts.environment, files),
        root_causes=tuple(causes),
        repairable=repairable,
    )


def _causes(facts: Facts, summary: str, files: list[str]) -> list[str]:
    """Return the damaged distributions that own the files, or the module that one of them misses.

    An intact file that fails all the same is not mended by its wheel.
    """
    suspects = {owner for path in files for owner in facts.owners.get(path, ())}
    missing = _MISSING_MODULE.search(summary)
    if missing:
        suspects |= set(facts.providers(missing["module"]))
    return sorted(name for name in suspects if _is_broken(facts, name))


def _is_broken(facts: Facts, name: str) -> bool:
    if facts.installed(name) is None:
        return name in facts.wanted or name in facts.missing
    return any(finding.is_error for finding in check_files(facts, name).findings)
