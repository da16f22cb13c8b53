"""How much does it matter that something could not be loaded which need not be?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from pytest_venvhealth.checks.importers import Use
from pytest_venvhealth.checks.native import Subject
from pytest_venvhealth.checks.tried import Reference, extension_modules, references
from pytest_venvhealth.diagnosis.causes import diagnose
from pytest_venvhealth.diagnosis.explanation import explain
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import Check, Finding, Severity
from pytest_venvhealth.probes.runner import Outcome, Probe, ProbeResult


def judge_try(
    facts: Facts,
    probe: Probe,
    result: ProbeResult,
    findings_of: Callable[[str], Iterable[Finding]],
) -> Iterator[Finding]:
    """Yield the findings of one of a probe's optional modules or objects that failed.

    It may need what is not installed, a display or a device. It is broken where damage explains
    it, or what it requires does not have what it asks for. Besides, an extension module that the
    loader refuses is a finding unless the distribution can do without it, and a script whose
    function does not exist cannot run.

    Args:
        result: how it failed; `importing` names it.
        findings_of: as `diagnose` has it.
    """
    tried = result.importing or ""
    reference = references(facts, probe.name).get(tried)
    extension = extension_modules(facts, probe.name).get(tried)
    diagnosis = diagnose(facts, probe.name, result, findings_of)
    failure = explain(facts, probe, Check.IMPORT, result, diagnosis)
    evidence = diagnosis.evidence
    if (reference or extension) and not any(finding.is_error for finding in evidence):
        evidence = ()  # a warning says already what this one goes without
    required = facts.dependencies.get(probe.name, frozenset())
    fits = diagnosis.pair is None or diagnosis.pair[1] not in required
    if reference is not None and reference.unasked:
        fits = True  # what would fit comes with the extra
    if evidence or not fits:
        yield failure
        yield from diagnosis.evidence
    elif result.outcome is Outcome.CRASH:
        # Worth a look: it may want a device, but no package should end Python like that.
        yield replace(failure, severity=Severity.WARNING)
    elif extension is not None and not diagnosis.evidence and _is_refused(facts, extension, result):
        weight = _weight(facts, probe.name, tried, extension)
        if weight is not None:
            yield replace(failure, severity=weight)
    elif reference is not None and _cannot_run(facts, probe.name, reference, result):
        yield replace(failure, severity=Severity.WARNING)


def _is_refused(facts: Facts, path: str, result: ProbeResult) -> bool:
    """Tell whether the target's loader did not take the very file of an extension module.

    Then there is no frame but that file: code that was running has frames of its own, and what it
    imports may fail by right.
    """
    if result.exception != "ImportError" or len(result.frames) != 1:
        return False
    relative = facts.environment.relative
    return relative(result.frames[-1].file) == relative(path)


def _weight(facts: Facts, name: str, module: str, path: str) -> Severity | None:
    """Return how much it matters that an extension module is refused; None where it does not.

    What the sources import here and there is there for those who have what it needs. Where they
    tell nothing, other native code may import it: it is needed if there is no other.
    """
    found, manifest = facts.installed(name), facts.manifest(name)
    if found is None or manifest is None or facts.loader is None:
        return None
    subject = Subject(facts, facts.loader, found, manifest)
    use = subject.importers.use_of(module)
    if use is Use.OPTIONAL:
        return None
    alone = not subject.loadable - {path}
    return Severity.ERROR if use is Use.REQUIRED or alone else Severity.WARNING


def _cannot_run(facts: Facts, name: str, reference: Reference, result: ProbeResult) -> bool:
    """Tell whether a script's own module is there and lacks the function that it calls."""
    return (
        reference.is_script
        and not reference.unasked
        and result.exception == "AttributeError"
        and reference.module in result.modules
        and any(name in facts.owners_of_file(path) for path in result.origins)
    )
