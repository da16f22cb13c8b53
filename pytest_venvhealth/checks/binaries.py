"""Can the target load a distribution's extension modules, and the libraries that they need?

Nothing is imported. An error is what keeps Python from importing the distribution; for files that
it can do without, or that lie there for others, there is a warning or nothing.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from pytest_venvhealth.checks.drivers import driver_of
from pytest_venvhealth.checks.importers import Importers, Use, dotted_name
from pytest_venvhealth.checks.linkage import links, same_name
from pytest_venvhealth.checks.remedy import remedy_by_wheel
from pytest_venvhealth.elf import ElfFile, exports
from pytest_venvhealth.facts import Facts, relative_paths
from pytest_venvhealth.findings import Check, Code, Finding, Severity
from pytest_venvhealth.inventory import Distribution
from pytest_venvhealth.libraries import Link, Loader, is_named_as_library
from pytest_venvhealth.manifest import Entry, Manifest

_FOREIGN_SUFFIX = re.compile(r"\.(?:(?:cpython|pypy|graalpy|cp)-?\d[^.]*|abi3t?)\.so$")
# auditwheel puts a part of its hash into a library's name: no system has one of that name.
_GRAFTED = re.compile(r"-[0-9a-f]{8}(?:\.|$)")
_TEST_FOLDERS = frozenset({"test", "tests", "testing", "testdata", "test_data"})
_PLURALS = {"is": "are", "needs": "need"}
_MOST_DETAILS = 10
_NATIVE_SUFFIXES = (".so", ".pyd", ".dll", ".dylib")


class _Fault(NamedTuple):
    """What several files may have in common, and then is told once."""

    code: Code
    severity: Severity
    verb: str
    """As for one file; see `_PLURALS`."""
    text: str
    """The part of a sentence after the verb."""
    remedy: str
    causes: tuple[str, ...] = ()
    repairable: bool = False


class _Seen(NamedTuple):
    """A fault of one file."""

    fault: _Fault
    path: str
    detail: str = ""
    """A line of evidence."""
    link: tuple[str, str] | None = None
    """The file that needs a library, and its name, where that is the fault."""


@dataclass(frozen=True)
class _Subject:
    """One distribution under examination."""

    facts: Facts
    loader: Loader
    found: Distribution
    manifest: Manifest

    @property
    def suffixes(self) -> tuple[str, ...]:
        return self.facts.environment.extension_suffixes

    @property
    def tagged(self) -> tuple[str, ...]:
        """The suffixes that nothing but an extension module has."""
        return tuple(suffix for suffix in self.suffixes if suffix != ".so")

    @cached_property
    def importers(self) -> Importers:
        return Importers(self.facts.environment, self.manifest)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The entries that are named as shared libraries are, in their order."""
        named = (
            entry
            for path, entry in self.manifest.entries.items()
            if is_named_as_library(os.path.basename(path))
        )
        return tuple(sorted(named))

    def module(self, path: str) -> str | None:
        """Return the name that the target imports a file under, by the names alone."""
        return dotted_name(self.facts.environment, path, self.suffixes)

    def is_extension(self, elf: ElfFile) -> bool:
        """Tell whether Python would import the file and find in it what makes it a module.

        Many packages name libraries as extension modules are, and load them by other means.
        Source: PEP 489, "Export Hook Name".
        """
        module = self.module(elf.path)
        if module is None:
            return False
        stem = module.rpartition(".")[2]
        hook = f"PyInit_{stem}"
        if not stem.isascii():
            hook = "PyInitU_" + stem.encode("punycode").decode().replace("-", "_")
        return exports(elf, hook)

    def is_plug_in(self, path: str) -> bool:
        """Tell whether a file is a library that the target could load, and no extension module."""
        if self.foreign_suffix(path) or _in_tests(path) or not self.loader.takes(path):
            return False
        return not self.is_extension(self.loader.read(path))

    def foreign_suffix(self, path: str) -> re.Match[str] | None:
        """Return the suffix by which a file is an extension module for another Python."""
        return None if path.endswith(self.tagged) else _FOREIGN_SUFFIX.search(path)

    @cached_property
    def loadable(self) -> frozenset[str]:
        """The extension modules that the target could load, with all that they need."""
        good = set()
        for entry in self.entries:
            elf = self.loader.read(entry.path)
            if self.loader.takes(entry.path) and self.is_extension(elf):
                needs = links(self.facts, self.loader, self.found.name, entry.path)
                if all(link.search.path is not None for link in needs):
                    good.add(entry.path)
        return frozenset(good)

    def severity(self, module: str) -> Severity:
        """Return how much it matters that a module of the distribution cannot be loaded.

        What its packages always import is needed. What they import only here and there is not: it
        is there for those who have what it needs. Where the sources tell nothing, because other
        native code imports it, it is needed if nothing else that is native can be loaded.
        """
        use = self.importers.use_of(module)
        if use is Use.UNKNOWN and not self.loadable and not self._is_pure:
            use = Use.REQUIRED
        return Severity.ERROR if use is Use.REQUIRED else Severity.WARNING

    @property
    def _is_pure(self) -> bool:
        """Tell whether its wheel says that it runs without native code, and has Python sources."""
        tags = self.found.tags
        return (
            bool(tags)
            and bool(self.manifest.import_names)
            and all(tag.abi == "none" and tag.platform == "any" for tag in tags)
        )


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
    subject = _Subject(facts, loader, found, manifest)
    faults: dict[_Fault, list[_Seen]] = defaultdict(list)
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
        for seen in _plug_in_faults(subject, path):
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


def _faults(subject: _Subject, entry: Entry, told: Collection[str]) -> Iterator[_Seen]:
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
                yield from _missing(subject, path, module, link, told)


def _foreign_suffix(subject: _Subject, entry: Entry, match: re.Match[str]) -> Iterator[_Seen]:
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
    several = sum(1 for suffix in beside if _FOREIGN_SUFFIX.fullmatch(suffix)) > 1
    if module is None or beside & fitting or several:
        return
    severity = subject.severity(module) if entry.hash else Severity.ERROR
    text = f"named for another Python: this one loads {' and '.join(subject.suffixes)}"
    yield _Seen(_own(subject, Code.EXTENSION_ABI, severity, text), entry.path)


def _damaged(subject: _Subject, entry: Entry, elf: ElfFile, module: str | None) -> Iterator[_Seen]:
    is_tagged = module is not None and entry.path.endswith(subject.tagged)
    if _in_tests(entry.path) or not (elf.is_elf or is_tagged):
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
    detail = f"{_short(subject.facts, entry.path)} {elf.problem or 'has lost its section headers'}"
    yield _Seen(_own(subject, Code.BINARY_DAMAGED, severity, text), entry.path, detail)


def _other_machine(
    subject: _Subject, entry: Entry, elf: ElfFile, module: str | None
) -> Iterator[_Seen]:
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
    yield _Seen(_own(subject, Code.BINARY_PLATFORM, severity, text), entry.path)


def _missing(
    subject: _Subject, path: str, module: str, link: Link, told: Collection[str]
) -> Iterator[_Seen]:
    """Yield what to say of a library that an extension module needs and the loader cannot find."""
    facts, library = subject.facts, link.name
    near = {subject.found.name, *facts.closure(subject.found.name)}
    brought = [each for each in same_name(facts, library) if near & set(facts.owners.get(each, ()))]
    if link.search.unfit and facts.owners.get(link.search.unfit):
        brought = [link.search.unfit]
    owner = facts.owners.get(link.needer, (subject.found.name,))[0]
    text = library
    pair = (link.needer, library)
    if link.needer != path:
        text += f", by way of {_short(facts, link.needer)}"
    if brought:
        # A distribution that is there should bring it: that one is at fault.
        if facts.environment.relative(brought[0]) not in told:
            yield _Seen(_broken_library(subject, brought[0], text), path, link=pair)
    elif driver_of(library) is not None:
        yield _Seen(_driver_fault(library), path, link=pair)
    elif _GRAFTED.search(library):
        remedy, repairable = remedy_by_wheel(facts, owner)
        text += f", which came in the wheel of {owner} and is gone"
        code, severity = Code.LIBRARY_MISSING, Severity.ERROR
        fault = _Fault(code, severity, "needs", text, remedy, (owner,), repairable)
        yield _Seen(fault, path, link=pair)
    else:
        # Somebody out of sight may bring it.
        unsure = same_name(facts, library) or not near <= facts.inventory.distributions.keys()
        if unsure or subject.severity(module) is Severity.WARNING:
            yield _Seen(_optional(subject), path, f"{_short(facts, path)} needs {text}", pair)
            return
        text += ", and nothing provides it"
        remedy = f"Install the system package that brings {library}."
        fault = _Fault(Code.LIBRARY_MISSING, Severity.ERROR, "needs", text, remedy, (owner,))
        places = [
            *(_short(facts, folder) for folder in link.search.folders),
            "the system's folders",
        ]
        yield _Seen(fault, path, f"searched: {', '.join(places)}", pair)


def _optional(subject: _Subject) -> _Fault:
    return _Fault(
        Code.LIBRARY_MISSING,
        Severity.WARNING,
        "needs",
        f"libraries that nothing provides; {subject.found.name} can do without",
        "Nothing to do, unless you use that part: then install what brings the libraries.",
    )


def _broken_library(subject: _Subject, path: str, text: str) -> _Fault:
    """Return the fault of a library that a distribution brought, and that cannot be loaded."""
    facts = subject.facts
    owners = facts.owners.get(path, ())
    elf = subject.loader.read(path)
    code, state = Code.BINARY_PLATFORM, f"was built for {elf.target}"
    if not os.path.exists(path):
        code, state = Code.LIBRARY_MISSING, "is gone"
    elif elf.problem:
        code, state = Code.BINARY_DAMAGED, elf.problem
    text += f", and {_short(facts, path)} of {' and '.join(owners)} {state}"
    remedy, repairable = remedy_by_wheel(facts, owners[0])
    return _Fault(code, Severity.ERROR, "needs", text, remedy, owners, repairable)


def _plug_in_faults(subject: _Subject, path: str) -> Iterator[_Seen]:
    """Yield a warning for what a library needs that is no extension module: a plug-in, or a tool's.

    What bears the name in any distribution is loaded by whoever loads the plug-in.
    """
    for link in links(subject.facts, subject.loader, subject.found.name, path):
        if link.needer != path:
            return  # what its libraries need is told for them
        pair = (path, link.name)
        if link.search.path is not None:
            continue
        if driver_of(link.name) is not None:
            yield _Seen(_driver_fault(link.name), path, link=pair)
        elif not same_name(subject.facts, link.name):
            fault = _Fault(
                Code.LIBRARY_MISSING,
                Severity.WARNING,
                "needs",
                "libraries that nothing provides; no extension module of its own needs them",
                "Nothing to do, unless you use that part: then install what brings the libraries.",
            )
            yield _Seen(fault, path, f"{_short(subject.facts, path)} needs {link.name}", pair)


def _driver_fault(library: str) -> _Fault:
    driver = driver_of(library)
    if driver is None:
        raise ValueError(library)
    return _Fault(
        Code.DRIVER_MISSING,
        Severity.WARNING,
        "needs",
        f"{library}, which is not here: it {driver.brought_by}",
        f"Install the driver, if {driver.device} is to be used.",
    )


def _own(subject: _Subject, code: Code, severity: Severity, text: str) -> _Fault:
    """Return the fault of a file of the distribution's own."""
    if severity is Severity.WARNING:
        remedy = f"Nothing to do, as long as {subject.found.name} does without."
        return _Fault(code, severity, "is", text, remedy)
    remedy, repairable = remedy_by_wheel(subject.facts, subject.found.name)
    return _Fault(code, severity, "is", text, remedy, (subject.found.name,), repairable)


def _in_tests(path: str) -> bool:
    return bool(_TEST_FOLDERS & set(path.split(os.sep)))


def _short(facts: Facts, path: str) -> str:
    """Return a path as sentences name it: relative to site-packages, else to the root."""
    for folder in facts.environment.site_folders:
        if path.startswith(f"{folder}{os.sep}"):
            return path[len(str(folder)) + 1 :]
    return facts.environment.relative(path)


def _finding(subject: _Subject, fault: _Fault, several: list[_Seen]) -> Finding:
    found = subject.found
    shown = relative_paths(subject.facts.environment, {seen.path for seen in several})
    files = _short(subject.facts, min(seen.path for seen in several))
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
