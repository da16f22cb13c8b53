"""Which two releases, every file of which is right, does a failure show not to fit together?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.requirements import Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from pytest_venvhealth.checks.linkage import library_owners
from pytest_venvhealth.diagnosis.calls import wrong_call
from pytest_venvhealth.diagnosis.suspects import importer, misfit, named
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.probes.runner import Outcome, ProbeResult

# As the dynamic loader of Linux words it.
_UNDEFINED = re.compile(r"^(?P<file>/[^\n]*?): undefined symbol: ")
# A package that fails for want of a file or of a library may tell versions, too.
_OTHER_REASON = re.compile(r"cannot open shared object|No such file|DLL load failed|\.so\b|\.dll\b")
_VERSION = re.compile(r"(?<![\w.])v?(?P<version>\d+(?:\.\d+)+[\w.+]*)")
_SPECIFIERS = r"\s*(?P<specifiers>(?:[<>=!~]=?=?\s*[\w.*+!]+\s*,?\s*)+)"


def pair(facts: Facts, name: str, result: ProbeResult) -> tuple[str, str] | None:
    """Return two installed distributions that do not fit: who asked, and who refused or lacks it.

    Only where the failure itself shows it: by naming both, by a version that one of them does not
    take, or by a call that the other's own text cannot answer. None where it does not.
    """
    return (
        _refusal(facts, result)
        or _unlinked(facts, result)
        or _lacking(facts, name, result)
        or _refused_version(facts, name, result)
        or wrong_call(facts, result)
    )


def unmet(facts: Facts, one: str, other: str) -> tuple[str, Requirement] | None:
    """Return who of two requires the other at another version, and that requirement."""
    for asking, asked in ((one, other), (other, one)):
        found = facts.installed(asked)
        for requirement in facts.needs.get(asking, ()) if found is not None else ():
            if canonicalize_name(requirement.name) == asked and not _met(
                requirement.specifier, found.version if found else None
            ):
                return asking, requirement
    return None


def is_behind(facts: Facts, name: str, result: ProbeResult, requirer: str, required: str) -> bool:
    """Tell whether a version that a requirement excludes can be the reason of a failure.

    It cannot where the failure speaks of modules, and those are others'.
    """
    about = set(named(facts, name, result))
    if about:
        return not about.isdisjoint((requirer, required))
    # A module written in C may call itself as it likes; one that is not found bears its true name.
    return not result.modules or result.exception == "AttributeError"


def is_traced(facts: Facts, name: str, result: ProbeResult, other: str) -> bool:
    """Tell whether a failure leads to a distribution: by a module, a frame or its message."""
    return (
        other in named(facts, name, result)
        or any(other in facts.owners_of_file(frame.file) for frame in result.frames)
        or _name_in(facts, other, result.message)
    )


def called(facts: Facts, result: ProbeResult) -> tuple[str, str] | None:
    """Return who called whom last before it failed, where the caller requires the other.

    That is a place to look at, and no proof.
    """
    owners = [
        owner for frame in reversed(result.frames) for owner in facts.owners_of_file(frame.file)[:1]
    ]
    for caller in owners:
        if caller != owners[0]:
            required = facts.dependencies.get(caller, frozenset())
            return (caller, owners[0]) if owners[0] in required else None
    return None


def _refusal(facts: Facts, result: ProbeResult) -> tuple[str, str] | None:
    """Return the pair where a module's own `__getattr__` (PEP 562) has refused a name."""
    if result.exception != "AttributeError" or not result.frames:
        return None
    if result.frames[-1].function != "__getattr__":
        return None
    refusing = facts.owners_of_file(result.frames[-1].file)
    for frame in reversed(result.frames):
        for owner in facts.owners_of_file(frame.file):
            if refusing and owner not in refusing:
                return owner, refusing[0]
    return None


def _unlinked(facts: Facts, result: ProbeResult) -> tuple[str, str] | None:
    """Return the pair where a binary misses a symbol of another distribution's library."""
    match = _UNDEFINED.match(result.message)
    owners = facts.owners_of_file(match["file"]) if match else ()
    brought = library_owners(facts, match["file"]) if match else ()
    # Linked with several, it could miss the symbol of any.
    return (owners[0], brought[0]) if owners and len(brought) == 1 else None


def _lacking(facts: Facts, name: str, result: ProbeResult) -> tuple[str, str] | None:
    """Return the pair where one lacks a name, an attribute or a module that the other asks for."""
    asking = importer(facts, name, result)
    for path in result.origins:
        for owner in facts.owners_of_file(path):
            if owner != asking:
                return asking, owner
    for module in filter(None, (misfit(result), *result.modules)):
        givers = [giver for giver in facts.providers(module) if facts.installed(giver)]
        if givers:
            return None if asking in givers else (asking, givers[0])
    return None


def _refused_version(facts: Facts, name: str, result: ProbeResult) -> tuple[str, str] | None:
    """Return the pair where one's own check has refused the version of the other.

    The message names the other, and either its installed version or a requirement that this does
    not meet. Messages that list versions by the way are kept out: one of the two must require the
    other, only one may be named like that, and it must not have failed while it was imported.
    """
    if result.outcome not in (Outcome.IMPORT_ERROR, Outcome.EXCEPTION):
        return None
    if _OTHER_REASON.search(result.message):
        return None
    frames = [
        owner for frame in reversed(result.frames) for owner in facts.owners_of_file(frame.file)
    ]
    for asking in dict.fromkeys((*frames, name)):
        refused = [
            other
            for other in _related(facts, asking)
            if _is_refused(facts, other, result.message)
            and not _failed_itself(facts, other, result)
        ]
        if refused:
            return (asking, refused[0]) if len(refused) == 1 else None
    return None


def _related(facts: Facts, name: str) -> Iterator[str]:
    """Yield the installed distributions that one requires, or that require it; extras count."""
    for other, found in sorted(facts.inventory.distributions.items()):
        own = facts.installed(name)
        if other != name and own is not None:
            wishes = ((own, other), (found, name))
            if any(
                canonicalize_name(requirement.name) == asked
                for asking, asked in wishes
                for requirement in asking.requires
            ):
                yield other


def _is_refused(facts: Facts, name: str, message: str) -> bool:
    """Tell whether a message names a distribution with a version that shows it refused."""
    found = facts.installed(name)
    if found is None or found.version is None or not _name_in(facts, name, message):
        return False
    told = [_as_version(match["version"]) for match in _VERSION.finditer(message)]
    if _as_version(found.version) in [version for version in told if version is not None]:
        return True
    for pattern in _names(facts, name):
        for match in re.finditer(pattern + _SPECIFIERS, message, re.IGNORECASE):
            try:
                wanted = SpecifierSet(match["specifiers"].strip(" \t\n,."))
            except InvalidSpecifier:
                continue
            if not _met(wanted, found.version):
                return True
    return False


def _failed_itself(facts: Facts, name: str, result: ProbeResult) -> bool:
    """Tell whether it was a distribution's own import that failed."""
    return any(
        frame.function == "<module>" and name in facts.owners_of_file(frame.file)
        for frame in result.frames
    )


def _name_in(facts: Facts, name: str, message: str) -> bool:
    """Tell whether a message names a distribution, by its own name or by that of a module."""
    return any(re.search(pattern, message, re.IGNORECASE) for pattern in _names(facts, name))


def _names(facts: Facts, name: str) -> Iterator[str]:
    """Yield patterns of what people call a distribution."""
    manifest = facts.manifest(name)
    for each in dict.fromkeys((name, *(manifest.import_names if manifest else ()))):
        spelled = "[-_. ]".join(map(re.escape, re.split("[-_.]", each)))
        yield rf"(?<![\w.-]){spelled}(?!\w|[-.]\w)"


def _met(specifier: SpecifierSet, version: str | None) -> bool:
    """Tell whether a version is admitted; one that nobody can read is."""
    readable = _as_version(version or "")
    return readable is None or specifier.contains(readable, prereleases=True)


def _as_version(text: str) -> Version | None:
    try:
        return Version(text.rstrip("."))
    except InvalidVersion:
        return None
