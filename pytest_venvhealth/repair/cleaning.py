"""What lies there of a distribution, or in its way, that a clean install would not have?"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from pytest_venvhealth.checks.foreign import case_twins, empty_folders, foreign_files
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.inventory import Distribution
from pytest_venvhealth.manifest import Manifest


def former_files(facts: Facts, name: str) -> Iterator[str]:
    """Yield the files of other versions whose metadata an interrupted upgrade has left."""
    for claim in facts.inventory.duplicates.get(name, ()):
        for path, _ in facts.recorded_files(claim):
            if not set(facts.owners.get(path, ())) - {name}:
                yield path


def metadata_files(facts: Facts, found: Distribution | None) -> Iterator[str]:
    """Yield every file of the distribution's metadata folders, the false claims' too.

    A folder that holds nothing is yielded itself.
    """
    if found is None:
        return
    for claim in (found, *facts.inventory.duplicates.get(found.name, ())):
        if not claim.path.is_dir():
            yield str(claim.path)
        for folder, folders, names in os.walk(claim.path):
            yield from (os.path.join(folder, name) for name in names)
            if not folders and not names:
                yield folder


def foreign_paths(
    facts: Facts, new: Manifest, old: Manifest | None, known: set[str]
) -> Iterator[str]:
    """Yield what stands where a clean install would have nothing, or a file of its own."""
    for manifest in (new,) if old is None or old is new else (new, old):
        yield from empty_folders(facts, manifest)
        for path in (*foreign_files(facts, manifest), *case_twins(facts, manifest)):
            if path not in known:
                yield path
    for path in new.paths:
        if path not in known and os.path.lexists(path):
            yield path


def bytecode_of(paths: Iterable[str]) -> Iterator[str]:
    """Yield the cached bytecode of the given source files, of every Python version."""
    listed: dict[str, dict[str, list[str]]] = {}
    for path in paths:
        if not path.endswith(".py"):
            continue
        folder, name = os.path.split(path)
        cache = os.path.join(folder, "__pycache__")
        if cache not in listed:
            listed[cache] = _by_stem(cache)
        yield from listed[cache].get(name[:-3], ())


def orphaned_bytecode(facts: Facts, manifest: Manifest) -> Iterator[str]:
    """Yield cached bytecode in the distribution's packages of modules that are nobody's."""
    for package in manifest.packages:
        for folder, folders, _ in os.walk(package):
            if "__pycache__" not in folders:
                continue
            for stem, cached in _by_stem(os.path.join(folder, "__pycache__")).items():
                source = os.path.join(folder, stem + ".py")
                if source not in facts.owners and source not in manifest.entries:
                    yield from cached


def _by_stem(cache: str) -> dict[str, list[str]]:
    """Return the cached files in a `__pycache__`, by the name of their module."""
    found: dict[str, list[str]] = {}
    try:
        names = os.listdir(cache)
    except OSError:
        return found
    for name in names:
        if name.endswith(".pyc"):
            found.setdefault(name.partition(".")[0], []).append(os.path.join(cache, name))
    return found
