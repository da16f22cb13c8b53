"""What heals a distribution's own fault, and the finding that says so."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_venvhealth.facts import Facts, relative_paths
from pytest_venvhealth.findings import Check, Code, Finding
from pytest_venvhealth.inventory import Distribution
from pytest_venvhealth.wheelhouse import NoWheelError


def remedy_by_wheel(facts: Facts, name: str) -> tuple[str, bool]:
    """Return what to do, and whether `--repair` could do it with the wheels at hand."""
    try:
        wheel = facts.wheel_to_install(name)
    except NoWheelError as error:
        return str(error), False
    return f"Run again with --repair: it installs {wheel.filename}.", True


def own_fault(
    facts: Facts,
    found: Distribution,
    check: Check,
    code: Code,
    summary: str,
    paths: Iterable[str] = (),
) -> Finding:
    """Return the finding of a fault of the distribution's own, which its wheel heals.

    Args:
        paths: absolute.
    """
    remedy, repairable = remedy_by_wheel(facts, found.name)
    return Finding(
        code=code,
        check=check,
        distribution=found.name,
        summary=summary,
        remedy=remedy,
        paths=relative_paths(facts.environment, paths),
        root_causes=(found.name,),
        repairable=repairable,
    )
