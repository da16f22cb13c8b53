"""Is it the probe that is at fault, and not the distribution that it is for?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from packaging.utils import canonicalize_name

from pytest_venvhealth.diagnosis.causes import Diagnosis
from pytest_venvhealth.diagnosis.suspects import extra_that_brings
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import Check, Code, Finding
from pytest_venvhealth.probes.runner import Probe, ProbeResult

NOT_JUDGED = "Mend the probe; the package has not been judged."


def explain_fault(probe: Probe, check: Check, evidence: tuple[Finding, ...]) -> Finding:
    """Return the finding for a probe that could not even be started.

    Args:
        evidence: what `damage_of_probe` found.
    """
    causes = dict.fromkeys(
        cause for finding in evidence for cause in finding.root_causes or (finding.distribution,)
    )
    return Finding(
        code=Code.PROBE_ERROR,
        check=check,
        distribution=probe.name,
        summary=f"the probe that {probe.name} ships cannot be run: {probe.fault}",
        remedy=evidence[0].remedy if evidence else NOT_JUDGED,
        root_causes=tuple(causes),
        repairable=any(finding.repairable for finding in evidence),
    )


def damage_of_probe(facts: Facts, probe: Probe, errors: Iterable[Finding]) -> Iterator[Finding]:
    """Yield those errors of a distribution that are about the file of the probe that it ships."""
    path = facts.environment.relative(probe.origin) if probe.origin else None
    return (finding for finding in errors if path in finding.paths)


def missing_for_the_probe(
    facts: Facts, probe: Probe, result: ProbeResult, diagnosis: Diagnosis
) -> str | None:
    """Return the module that is missing, where the probe's own text asks for it and nobody else.

    None where the distribution, or what it requires, should bring that module.
    """
    if result.exception != "ModuleNotFoundError" or not result.modules or diagnosis.evidence:
        return None
    asked_by_text = bool(result.frames) and result.frames[-1].file == probe.origin
    asked_by_header = not result.frames and result.importing in probe.imports
    module = result.modules[0]
    top = module.partition(".")[0]
    if not probe.code or not (asked_by_text or asked_by_header):
        return None
    if top in facts.environment.stdlib_names or facts.providers(module) or facts.providers(top):
        return None
    # What should be there is missed by right, even if no wheel tells that it would bring it.
    guess = canonicalize_name(top)
    if guess in (probe.name, *facts.missing, *facts.wanted):
        return None
    if any(need.requirer == probe.name for needs in facts.missing.values() for need in needs):
        return None
    return None if extra_that_brings(facts, probe.name, module) else module
