"""What lies in a distribution's own import packages, is nobody's, and would be imported?"""

from __future__ import annotations

import os
from collections.abc import Iterator

from pytest_venvhealth.checks.damage import CaseTwins
from pytest_venvhealth.checks.precedence import is_importable, suffixes
from pytest_venvhealth.checks.remedy import own_fault
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import Check, Code, Finding
from pytest_venvhealth.inventory import Distribution, read_file
from pytest_venvhealth.manifest import Manifest

_SMALL = 4096
"""Bytes; an `__init__` of more does something."""


def check_foreign(facts: Facts, found: Distribution, manifest: Manifest) -> Iterator[Finding]:
    """Yield one finding for all modules that nobody brought into the distribution's packages."""
    if found.editable_source is not None:
        return
    if manifest.source == "record" and found.record is not None and found.record.problems:
        return  # a file whose row is lost looks foreign, and is not
    paths = [
        path for path in foreign_files(facts, manifest) if is_importable(facts.environment, path)
    ]
    if paths:
        twins = set(case_twins(facts, manifest))
        paths = [path for path in paths if path not in twins]
    if not paths:
        return
    count = "1 module is" if len(paths) == 1 else f"{len(paths):,} modules are"
    summary = (
        f"{count} inside the import package of {found.name} {found.version}, "
        "and no distribution brought them."
    )
    yield own_fault(facts, found, Check.FILES, Code.FOREIGN_FILE, summary, paths)


def foreign_files(facts: Facts, manifest: Manifest) -> Iterator[str]:
    """Yield files that nobody owns inside the distribution's import packages; no bytecode.

    What lies in a package that several share is told of the environment, and blamed on none.
    """
    for package in manifest.packages:
        shared = {os.path.dirname(package)}
        for folder, folders, names in os.walk(package):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            owners = facts.owners_below(folder)
            if owners and manifest.name not in owners:
                folders.clear()  # a part that another distribution adds
            elif os.path.dirname(folder) in shared and is_shared(facts, folder):
                shared.add(folder)
                folders[:] = [
                    name
                    for name in folders
                    if manifest.name in facts.owners_below(os.path.join(folder, name))
                ]
            else:
                paths = (os.path.join(folder, name) for name in names)
                yield from (path for path in paths if path not in facts.owners)


def empty_folders(facts: Facts, manifest: Manifest) -> Iterator[str]:
    """Yield the topmost folders inside the distribution's packages that hold no file at all.

    A lost sub-package's empty folder can still be imported, as a namespace package.
    """
    for package in manifest.packages:
        empty: dict[str, bool] = {}
        for folder, folders, names in os.walk(package, topdown=False):
            inside = (os.path.join(folder, name) for name in folders)
            empty[folder] = not names and all(empty.get(path, False) for path in inside)
        for folder, is_empty in empty.items():
            if is_empty and not empty.get(os.path.dirname(folder), False):
                yield folder


def is_shared(facts: Facts, folder: str) -> bool:
    """Tell whether a folder is a package that several distributions have parts of.

    A regular package, into which another distribution merely puts something, is its owner's.
    """
    return len(facts.owners_below(folder)) > 1 and is_namespace(facts, folder)


def is_namespace(facts: Facts, folder: str) -> bool:
    """Tell whether a folder has no `__init__` of one distribution's, or one that does nothing."""
    for suffix in suffixes(facts.environment):
        init = os.path.join(folder, "__init__" + suffix)
        owners = facts.owners.get(init, ())
        if owners:
            return len(owners) > 1 or _does_nothing(init)
    return True


def _does_nothing(init: str) -> bool:
    """Tell whether an `__init__` only makes a package, or a namespace package.

    Source: "Packaging namespace packages" in the PyPA guides; before PEP 420 each part had one.
    """
    try:
        if os.path.getsize(init) > _SMALL:
            return False
        text = read_file(init)
    except OSError:
        return False
    lines = (line.strip() for line in text.splitlines())
    said = [line for line in lines if line and not line.startswith(b"#")]
    return not said or any(b"extend_path" in line or b"declare_namespace" in line for line in said)


def case_twins(facts: Facts, manifest: Manifest) -> Iterator[str]:
    """Yield what stands there for lost files, with their bytes under names of another case."""
    twins = CaseTwins(facts)
    for path, entry in manifest.entries.items():
        if not os.path.lexists(path):
            twin = twins.of(entry)
            if twin is not None:
                yield twin
