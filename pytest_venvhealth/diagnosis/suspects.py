"""Whom does a failure name? Owners of modules, files and libraries, the likeliest first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pytest_venvhealth.facts import Facts
from pytest_venvhealth.probes.runner import ProbeResult

_EXTRA = re.compile(r"\bextra\s*==\s*['\"](?P<name>[^'\"]+)['\"]")
# What compiled code says of a module whose compiled half is of another make; Cython, and what loads
# numpy's C interface, word it so.
_MISFITS = (
    re.compile(r"^(?P<module>[\w.]+)\.\w+ size changed, may indicate binary incompatibility"),
    re.compile(r"^(?P<module>[\w.]+) failed to import$"),
)


def suspects(facts: Facts, name: str, result: ProbeResult) -> Iterable[str]:
    """Yield the distributions that a failure names, the likeliest first, each once."""
    frames = [
        owner for frame in reversed(result.frames) for owner in facts.owners_of_file(frame.file)
    ]
    return dict.fromkeys((*named(facts, name, result), *frames, name))


def named(facts: Facts, name: str, result: ProbeResult) -> Iterator[str]:
    """Yield who gives the modules that the exceptions call missing or incomplete."""
    # A module may have been taken from elsewhere than its name says: its file tells.
    for path in result.origins:
        yield from facts.owners_of_file(path)
    # What stops without an exception names nothing but what it was about.
    about = None if result.exception else result.importing
    for module in (*result.modules, *filter(None, [misfit(result), about])):
        givers = facts.providers(module)
        if givers:
            yield from givers
        elif module not in facts.environment.stdlib_names:
            yield from _absent_givers(facts, importer(facts, name, result), module)


def _absent_givers(facts: Facts, importing: str, module: str) -> Iterable[str]:
    """Return what is not there, should be, and may give a module that nobody at hand gives."""
    guess = canonicalize_name(module.partition(".")[0])
    if guess in facts.missing or guess in facts.wanted:
        return (guess,)
    # A distribution may be called quite otherwise than its module.
    return (
        missing
        for missing, needs in facts.missing.items()
        if any(need.requirer == importing for need in needs)
    )


def importer(facts: Facts, name: str, result: ProbeResult) -> str:
    """Return whose code was running: the owner of the innermost frame, else the probe's `name`."""
    for frame in reversed(result.frames):
        owners = facts.owners_of_file(frame.file)
        if owners:
            return owners[0]
    return name


def misfit(result: ProbeResult) -> str | None:
    """Return the module that compiled code was built against, where it complains of it."""
    for pattern in _MISFITS:
        match = pattern.match(result.message)
        if match:
            return match["module"]
    return None


def absent(facts: Facts, result: ProbeResult) -> tuple[str, ...]:
    """Return the one distribution that would bring a missing module and is not installed.

    Nobody requires it, or it would be missed already; a wheel at hand tells of it.
    """
    if result.exception != "ModuleNotFoundError" or not result.modules:
        return ()
    makers = facts.makers(result.modules[0].partition(".")[0])
    return makers if len(makers) == 1 else ()


def extra_that_brings(facts: Facts, name: str, module: str) -> str | None:
    """Return the extra for which alone `name` requires what gives `module`; None without one."""
    found = facts.installed(name)
    top = module.partition(".")[0]
    givers = {canonicalize_name(top), *facts.makers(top)}
    for requirement in found.requires if found else ():
        if canonicalize_name(requirement.name) in givers:
            extra = _extra_of(requirement)
            if extra is not None:
                return extra
    return None


def wants_an_extra(facts: Facts, name: str, result: ProbeResult) -> bool:
    """Tell whether what is missing is what only an extra that nobody asked for would bring.

    The exception that comes out may be another than the one that says what is missing.
    """
    asking = {name, importer(facts, name, result)}
    return any(
        not facts.providers(module) and extra_that_brings(facts, each, module) is not None
        for module in result.modules
        for each in asking
    )


def _extra_of(requirement: Requirement) -> str | None:
    match = _EXTRA.search(str(requirement.marker or ""))
    return match["name"] if match else None
