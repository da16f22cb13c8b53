"""Can the target load a distribution's extension modules, and the libraries that they need?

Nothing is imported. An error is what keeps Python from importing the distribution; for files that
it can do without, or that lie there for others, there is a warning or nothing.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Collection, Iterator

from pytest_venvhealth.checks.importers import dotted_name
from pytest_venvhealth.checks.linkage import links
from pytest_venvhealth.checks.missing_libraries import missing_library, plug_in_faults
from pytest_venvhealth.checks.native import Fault, Seen, Subject, in_tests, short
from pytest_venvhealth.checks.remedy import remedy_by_wheel
from pytest_venvhealth.elf import ElfFile
from pytest_venvhealth.facts import Facts, relative_paths
from pytest_venvhealth.findings import Check, Code, Finding, Severity
from pytest_venvhealth.inventory import Distribution
from pytest_venvhealth.manifest import Entry, Manifest

_PLURALS = {"is": "are", "needs": "need"}
_MOST_DETAILS = 10
_NATIVE_SUFFIXES = (".so", ".pyd", ".dll", ".dylib")


def binary_findings(
    facts: Facts, found: Distribution, manifest: Manifest, told: Collection[str] = ()
) -> Iterator[Finding]:
    """Yield what keeps the distribution's native code from being loaded.

    Args:
        told: paths, relative as findings show them, whose damage is told already.
    """
    loader = facts.loader
    if loader is None:
        return
    subject = Subject(facts, loader, found, manifest)
    faults: dict[Fault, list[Seen]] = defaultdict(list)
    plug_ins = []
    for entry in subject.entries:
        if facts.environment.relative(entry.path) in told or not os.path.exists(entry.path):
            continue
        if subject.is_plug_in(entry.path):
            plug_ins.append(entry.path)
        for seen in _faults(subject, entry, told):
            faults[seen.fault].append(seen)
    told_by_modules = {seen.link for several in faults.values() for seen in several}
    for path in plug_ins:
        for seen in plug_in_faults(subject, path):
            if seen.link not in told_by_modules:
                faults[seen.fault].append(seen)
    for fault, several in sorted(faults.items(), key=lambda item: item[0]):
        yield _finding(subject, fault, several)


def binary_notes(facts: Facts, manifest: Manifest) -> tuple[str, ...]:
    """Return what was not looked into, where the distribution has native files."""
    environment = facts.environment
    if facts.loader is not None or environment.interpreter_error:
        return ()
    if not any(path.endswith(_NATIVE_SUFFIXES) for path in manifest.entries):
        return ()
    system = {"darwin": "macOS", "win32": "Windows"}.get(
        environment.markers.get("sys_platform", "")
    )
    if system is not None:
        return (f"Native files for {system} are compared by hash alone: only ELF is read.",)
    return (f"Native files are compared by hash alone: {environment.interpreter} is no ELF file.",)


def _faults(subject: Subject, entry: Entry, told: Collection[str]) -> Iterator[Seen]:
    """Yield what is wrong with one file."""
    path = entry.path
    match = subject.foreign_suffix(path)
    if match is not None:
        yield from _foreign_suffix(subject, entry, match)
        return
    elf = subject.loader.read(path)
    module = subject.module(path)
    if elf.problem or elf.cut:
        yield from _damaged(subject, entry, elf, module)
    elif not subject.loader.takes(path):
        yield from _other_machine(subject, entry, elf, module)
    elif module is not None and subject.is_extension(elf):
        for link in links(subject.facts, subject.loader, subject.found.name, path):
            if link.search.path is None:
                yield from missing_library(subject, path, module, link, told)


def _foreign_suffix(subject: Subject, entry: Entry, match: re.Match[str]) -> Iterator[Seen]:
    """Judge an extension module that is named for another Python.

    Wheels may bring one module for several, on purpose, or have a form in Python beside it.
    """
    stem = entry.path[: match.start()]
    module = dotted_name(subject.facts.environment, entry.path, (match[0],))
    beside = {
        path[len(stem) :]
        for path in subject.manifest.entries
        if path.startswith((stem + ".", stem + os.sep))
    }
    fitting = {*subject.suffixes, ".py", ".pyc", f"{os.sep}__init__.py"}
    several = sum(1 for suffix in beside if subject.foreign_suffix(stem + suffix)) > 1
    if module is None or beside & fitting or several:
        return
    severity = subject.severity(module) if entry.hash else Severity.ERROR
    text = f"named for another Python: this one loads {' and '.join(subject.suffixes)}"
    yield Seen(_own(subject, Code.EXTENSION_ABI, severity, text), entry.path)


def _damaged(subject: Subject, entry: Entry, elf: ElfFile, module: str | None) -> Iterator[Seen]:
    is_tagged = module is not None and entry.path.endswith(subject.tagged)
    if in_tests(entry.path) or not (elf.is_elf or is_tagged):
        return  # examples for a parser; a linker's script
    text = "no whole ELF file"
    if not entry.hash:
        severity = Severity.ERROR if elf.problem else Severity.WARNING
    elif is_tagged and elf.problem and module is not None:
        # Importing a cut one ends Python by a signal: no `try` around the import helps.
        severity = Severity.ERROR if elf.is_elf else subject.severity(module)
        text += ", and came so in its wheel"
    else:
        return  # equal to what its wheel brought: it is meant
    detail = f"{short(subject.facts, entry.path)} {elf.problem or 'has lost its section headers'}"
    yield Seen(_own(subject, Code.BINARY_DAMAGED, severity, text), entry.path, detail)


def _other_machine(
    subject: Subject, entry: Entry, elf: ElfFile, module: str | None
) -> Iterator[Seen]:
    """Judge a whole file that the target's loader does not take.

    Debuggers and obfuscators bring a file for each machine: where one for this machine is among
    them, under the same name in another folder, all of them are meant.
    """
    if module is None or not subject.is_extension(elf):
        return
    name = os.path.basename(entry.path)
    if any(
        os.path.basename(other.path) == name and subject.loader.takes(other.path)
        for other in subject.entries
    ):
        return
    severity = subject.severity(module) if entry.hash else Severity.ERROR
    text = f"built for {elf.target}, and this interpreter for {subject.loader.target}"
    if elf.target == subject.loader.target:
        text = "built for another operating system than Linux"
    yield Seen(_own(subject, Code.BINARY_PLATFORM, severity, text), entry.path)


def _own(subject: Subject, code: Code, severity: Severity, text: str) -> Fault:
    """Return the fault of a file of the distribution's own."""
    if severity is Severity.WARNING:
        remedy = f"Nothing to do, as long as {subject.found.name} does without."
        return Fault(code, severity, "is", text, remedy)
    remedy, repairable = remedy_by_wheel(subject.facts, subject.found.name)
    return Fault(code, severity, "is", text, remedy, (subject.found.name,), repairable)


def _finding(subject: Subject, fault: Fault, several: list[Seen]) -> Finding:
    found = subject.found
    shown = relative_paths(subject.facts.environment, {seen.path for seen in several})
    files = short(subject.facts, min(seen.path for seen in several))
    verb = fault.verb
    if len(shown) > 1:
        files, verb = f"{files} and {len(shown) - 1} more", _PLURALS[verb]
    details = sorted({seen.detail for seen in several if seen.detail})
    left = len(details) - _MOST_DETAILS
    return Finding(
        code=fault.code,
        check=Check.FILES,
        distribution=found.name,
        summary=f"{found.name} {found.version}: {files} {verb} {fault.text}.",
        remedy=fault.remedy,
        severity=fault.severity,
        paths=shown,
        root_causes=fault.causes,
        repairable=fault.repairable,
        evidence=(*details[:_MOST_DETAILS], *([f"and {left} more"] if left > 0 else [])),
    )
