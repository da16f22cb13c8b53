"""The finding that tells a person how a probe failed, and why."""

from __future__ import annotations

import re
from collections.abc import Sequence

from packaging.requirements import Requirement

from pytest_venvhealth.diagnosis.causes import Diagnosis
from pytest_venvhealth.diagnosis.misfits import called, unmet
from pytest_venvhealth.diagnosis.suspects import extra_that_brings, importer
from pytest_venvhealth.diagnosis.unfit_probe import NOT_JUDGED, missing_for_the_probe
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.facts import Facts, relative_paths
from pytest_venvhealth.findings import Check, Code, Finding, Severity
from pytest_venvhealth.probes.runner import Outcome, Probe, ProbeResult

_PLACE = re.compile(r" \([^()]*[/\\][^()]*\)$")


def explain(
    facts: Facts, probe: Probe, check: Check, result: ProbeResult, diagnosis: Diagnosis
) -> Finding:
    """Return the finding for a probe, or one of its optional modules, that did not pass."""
    missing = missing_for_the_probe(facts, probe, result, diagnosis)
    if missing is not None:
        return _needy(facts, probe, check, result, missing)
    summary = _summary(probe, check, result)
    if diagnosis.pair:
        summary = f"{summary.rstrip('.')}; {_misfit(facts, diagnosis.pair)}"
    return Finding(
        code=Code(result.outcome),  # an outcome that is no pass bears its finding's name
        check=check,
        distribution=probe.name,
        summary=summary,
        remedy=_remedy(facts, probe, result, diagnosis),
        paths=_paths(facts, result) if result.outcome is not Outcome.PROBE_ERROR else (),
        root_causes=diagnosis.root_causes,
        repairable=any(finding.repairable for finding in diagnosis.evidence),
        evidence=result.traceback or result.output,
    )


def _needy(facts: Facts, probe: Probe, check: Check, result: ProbeResult, module: str) -> Finding:
    """Return the finding for a probe that needs what its distribution never asked for."""
    makers = " or ".join(facts.makers(module)) or "what brings that module"
    return Finding(
        code=Code.PROBE_ERROR,
        check=check,
        distribution=probe.name,
        summary=(
            f"the probe of {probe.name} itself needs {module}, which is not installed: "
            f"{probe.name} does not ask for it"
        ),
        remedy=f"Write the probe without {module}, or install {makers}; "
        "the package has not been judged.",
        evidence=result.traceback or result.output,
    )


def explain_unsteady(probe: Probe, check: Check, crash: ProbeResult) -> Finding:
    """Return the warning for a probe that crashed once and passed when it was run again."""
    return Finding(
        code=Code.CRASH,
        check=check,
        distribution=probe.name,
        severity=Severity.WARNING,
        summary=f"{_summary(probe, check, crash)}, and passes when it is run again",
        remedy=f"Nothing is damaged; look whether a newer {probe.name} ends more steadily.",
        evidence=crash.traceback or crash.output,
    )


def explain_network(
    probe: Probe, check: Check, hosts: Sequence[str], severity: Severity
) -> Finding:
    """Return the finding for a probe that tried to reach other machines."""
    return Finding(
        code=Code.NETWORK_ATTEMPTED,
        check=check,
        distribution=probe.name,
        severity=severity,
        summary=f"{_doing(probe, check)} tries to reach {_first_of(hosts)}",
        remedy="It was refused. On a machine without a network this may wait, or fail.",
        evidence=tuple(hosts),
    )


def explain_written(
    environment: Environment, probe: Probe, check: Check, paths: Sequence[str]
) -> Finding:
    """Return the warning for a probe that changed what lies outside of its scratch folder."""
    return Finding(
        code=Code.WROTE_OUTSIDE,
        check=check,
        distribution=probe.name,
        severity=Severity.WARNING,
        summary=f"{_doing(probe, check)} writes to {_first_of(paths)}",
        remedy="It does not keep to the folders that its variables name. Look what it left there.",
        paths=relative_paths(environment, paths),
    )


def _first_of(names: Sequence[str]) -> str:
    """Return the first one, and how many more there are."""
    return names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else "")


def _doing(probe: Probe, check: Check, importing: str | None = None) -> str:
    """Return what was going on, as the start of a sentence."""
    if check is Check.IMPORT and importing and ":" in importing:
        return f"getting {importing}, which an entry point names,"
    if check is Check.IMPORT:
        return f"import {importing or ', '.join(probe.imports)}"
    return f"the probe of {probe.name}"


def _summary(probe: Probe, check: Check, result: ProbeResult) -> str:
    doing = _doing(probe, check, result.importing)
    # "cannot import name … from … (/path/to/__init__.py)": the path stands in the evidence.
    said = _PLACE.sub("", result.message.strip().partition("\n")[0])
    match result.outcome:
        case Outcome.IMPORT_ERROR:
            return f"{doing} fails: {said}"
        case Outcome.ASSERTION:
            return f"{doing} got a wrong result{': ' + said if said else ''}"
        case Outcome.EXCEPTION:
            return f"{doing} fails: {result.exception}: {said}"
        case Outcome.CRASH:
            return f"{doing} crashes with {result.signal or f'status {result.exit_status}'}"
        case Outcome.TIMEOUT:
            return f"{doing} did not end within {result.limit:g} seconds"
        case Outcome.OUT_OF_MEMORY:
            return f"{doing} needs more memory than it may use"
        case Outcome.EXITED:
            return f"{doing} ended its process without a verdict (status {result.exit_status})"
        case _:
            return f"the probe of {probe.name} itself is wrong: {result.exception}: {said}"


def _misfit(facts: Facts, names: tuple[str, str]) -> str:
    """Return that two do not fit, and the requirement that says so as well, where one does."""
    said = f"{_versions(facts, names)} do not fit together"
    excluded = unmet(facts, *names)
    if excluded is None:
        return said
    requirer, requirement = excluded
    requirement = Requirement(str(requirement))
    requirement.marker = None  # it applies
    return f"{said}: {requirer} requires {requirement}"


def _versions(facts: Facts, names: tuple[str, str]) -> str:
    """Return `a 1.0 and b 2.0`."""
    found = [facts.installed(name) for name in names]
    return " and ".join(
        f"{name} {each.version}" if each else name for name, each in zip(names, found, strict=True)
    )


def _remedy(facts: Facts, probe: Probe, result: ProbeResult, diagnosis: Diagnosis) -> str:
    name = probe.name
    if result.outcome is Outcome.PROBE_ERROR and not (
        diagnosis.evidence and facts.owners_of_file(probe.origin)
    ):
        return NOT_JUDGED
    if diagnosis.pair and not diagnosis.evidence:
        return _misfit_remedy(facts, diagnosis.pair)
    if not diagnosis.evidence:
        missing = _missing_module(facts, name, result)
        if missing is not None:
            return missing
        if result.outcome is Outcome.OUT_OF_MEMORY:
            return f"Give it more with --venv-memory; {name} itself is as it was installed."
        unexplained = "Unexplained: every file involved is as it was installed."
        last = called(facts, result)
        if last is not None:
            return (
                f"{unexplained} It failed where {last[0]} calls {last[1]}: "
                f"look whether {_versions(facts, last)} fit together."
            )
        return (
            f"{unexplained} Look whether the versions of {name} and what it imports fit together."
        )
    helpless = [finding for finding in diagnosis.evidence if not finding.repairable]
    if helpless:
        return helpless[0].remedy
    return f"Run again with --repair: it reinstalls {', '.join(diagnosis.root_causes)}."


def _misfit_remedy(facts: Facts, names: tuple[str, str]) -> str:
    """Return what to do about two intact releases: which pin is off, as far as one can tell."""
    one, other = names
    right = "Every file of both is right."
    if not facts.wanted:
        return f"{right} Choose versions of {one} and {other} that fit, and pin them."
    profile = f"the profile {facts.profile.name}"
    unpinned = [name for name in names if name not in facts.wanted]
    if not unpinned:
        return f"{right} Change the pin of {one} or of {other} in {profile}."
    if len(unpinned) == 2:
        return f"{right} Pin versions of {one} and {other} that fit in {profile}."
    return f"{right} Pin a version of {unpinned[0]} that fits in {profile}."


def _missing_module(facts: Facts, name: str, result: ProbeResult) -> str | None:
    """Return what to do about a missing module that no distribution answers for; else None."""
    if result.exception != "ModuleNotFoundError" or not result.modules:
        return None
    module = result.modules[0].partition(".")[0]
    if facts.providers(result.modules[0]):
        return None
    if module in facts.environment.stdlib_names:
        return (
            f"{module} belongs to Python itself: this interpreter was built without it, "
            "or has lost it."
        )
    asking = importer(facts, name, result)
    extra = extra_that_brings(facts, asking, module)
    if extra is not None:
        return (
            f"{asking} requires {module} only for its extra {extra}: "
            f"install {asking}[{extra}], or what asks for it."
        )
    makers = " or ".join(facts.makers(module)) or "what brings that module"
    return f"{asking} imports {module} without requiring it: install {makers}."


def _paths(facts: Facts, result: ProbeResult) -> tuple[str, ...]:
    """Return the file of the target in which the error was raised, if any."""
    for frame in reversed(result.frames):
        if facts.owners_of_file(frame.file):
            return (facts.environment.relative(frame.file),)
    return ()
