"""What of a distribution is loaded beyond what must be, to see whether it can be?

Its public sub-packages, its extension modules, and the objects of its entry points. Each may want
what is not installed, a display or a device: whoever judges a failure asks for more than that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from packaging.utils import canonicalize_name

from pytest_venvhealth.checks.importers import dotted_name
from pytest_venvhealth.checks.native import Subject, in_tests
from pytest_venvhealth.checks.shipped import GROUP
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.manifest import SCRIPT_GROUPS
from pytest_venvhealth.probes.catalogue import is_skipped

# What a package keeps for itself although its name has no underscore.
NOT_FOR_USERS = frozenset(
    {
        "benchmark",
        "benchmarks",
        "conftest",
        "doc",
        "docs",
        "example",
        "examples",
        "extern",
        "test",
        "tests",
        "vendor",
        "vendored",
    }
)
# Source: the PyPA specification "Entry points", section "Data model".
_OBJECT = re.compile(
    r"(?P<module>\w+(?:\.\w+)*)\s*:\s*(?P<attribute>\w+(?:\.\w+)*)\s*(?:\[(?P<extras>.*)\])?"
)


class Reference(NamedTuple):
    """An object that an entry point names."""

    module: str
    attribute: str
    is_script: bool
    """Whether a launcher calls it."""
    unasked: bool
    """Whether it is for those who asked for an extra, and nobody did."""

    def __str__(self) -> str:
        return f"{self.module}:{self.attribute}"


def references(facts: Facts, name: str) -> Mapping[str, Reference]:
    """Return the objects of a distribution's entry points, by `module:attribute`, in their order.

    An entry point without an object is a form of its group's own, and no module need be meant.
    """
    found: dict[str, Reference] = {}
    asked = _extras_asked(facts, name)
    for group, _, value in facts.entry_points(name):
        match = _OBJECT.fullmatch(value.strip())
        if match is None or group == GROUP or is_skipped(name, match["module"]):
            continue
        extras = {canonicalize_name(each) for each in (match["extras"] or "").split(",") if each}
        reference = Reference(
            match["module"],
            match["attribute"],
            group in SCRIPT_GROUPS,
            bool(extras - asked),
        )
        found.setdefault(str(reference), reference)
    return found


def _extras_asked(facts: Facts, name: str) -> set[str]:
    """Return the extras of a distribution that the profile or another distribution asks for."""
    want = facts.wanted.get(name)
    asked = set(want.extras) if want else set[str]()
    for need in facts.needed_by.get(name, ()):
        asked.update(canonicalize_name(extra) for extra in need.requirement.extras)
    return asked


def extension_modules(facts: Facts, name: str) -> Mapping[str, str]:
    """Return the extension modules of a distribution: their names, and the files, sorted.

    Where it can be told, only what has an extension module's hook: many packages name a plain
    library as a module is named, and to load one may do anything.
    """
    found, manifest = facts.installed(name), facts.manifest(name)
    if found is None or manifest is None:
        return {}
    suffixes = facts.environment.extension_suffixes
    subject = Subject(facts, facts.loader, found, manifest) if facts.loader is not None else None
    modules: dict[str, str] = {}
    for path in manifest.entries:
        if not path.endswith(suffixes) or in_tests(path):
            continue
        module = dotted_name(facts.environment, path, suffixes)
        if module is None or NOT_FOR_USERS & set(module.split(".")):
            continue
        if is_skipped(name, module):
            continue
        if subject is not None:
            if subject.is_extension(subject.loader.read(path)):
                modules[module] = path
        elif path.endswith(tuple(suffix for suffix in suffixes if suffix != ".so")):
            modules[module] = path
    return dict(sorted(modules.items()))


def tried_beyond(facts: Facts, name: str) -> Iterator[str]:
    """Yield what is tried after the sub-packages: extension modules, and `module:attribute`s.

    Extension modules first: most of them are loaded by then.
    """
    yield from extension_modules(facts, name)
    yield from references(facts, name)
