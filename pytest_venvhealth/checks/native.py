"""Which of a distribution's files would the target's Python load, and how much does each matter?"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from pytest_venvhealth.checks.importers import Importers, Use, dotted_name
from pytest_venvhealth.checks.linkage import links
from pytest_venvhealth.elf import ElfFile, exports
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import Code, Severity
from pytest_venvhealth.inventory import Distribution
from pytest_venvhealth.libraries import Loader, is_named_as_library
from pytest_venvhealth.manifest import Entry, Manifest

_FOREIGN_SUFFIX = re.compile(r"\.(?:(?:cpython|pypy|graalpy|cp)-?\d[^.]*|abi3t?)\.so$")
_TEST_FOLDERS = frozenset({"test", "tests", "testing", "testdata", "test_data"})


class Fault(NamedTuple):
    """What several files may have in common, and then is told once."""

    code: Code
    severity: Severity
    verb: str
    """`is` or `needs`, as for one file."""
    text: str
    """The part of a sentence after the verb."""
    remedy: str
    causes: tuple[str, ...] = ()
    repairable: bool = False


class Seen(NamedTuple):
    """A fault of one file."""

    fault: Fault
    path: str
    detail: str = ""
    """A line of evidence."""
    link: tuple[str, str] | None = None
    """The file that needs a library, and its name, where that is the fault."""


@dataclass(frozen=True)
class Subject:
    """One distribution under examination."""

    facts: Facts
    loader: Loader
    found: Distribution
    manifest: Manifest

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The suffixes that the target's Python loads."""
        return self.facts.environment.extension_suffixes

    @property
    def tagged(self) -> tuple[str, ...]:
        """The suffixes that nothing but an extension module has."""
        return tuple(suffix for suffix in self.suffixes if suffix != ".so")

    @cached_property
    def importers(self) -> Importers:
        """Its sources, for who imports what."""
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
        if self.foreign_suffix(path) or in_tests(path) or not self.loader.takes(path):
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


def in_tests(path: str) -> bool:
    """Tell whether a file lies among tests, where damaged and foreign files are examples."""
    return bool(_TEST_FOLDERS & set(path.split(os.sep)))


def short(facts: Facts, path: str) -> str:
    """Return a path as sentences name it: relative to site-packages, else to the root."""
    for folder in facts.environment.site_folders:
        if path.startswith(f"{folder}{os.sep}"):
            return path[len(str(folder)) + 1 :]
    return facts.environment.relative(path)
