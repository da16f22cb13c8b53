"""Which distributions belong together, so that one cannot be repaired without the other?"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pytest_venvhealth.checks.foreign import is_namespace
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.wheelhouse import NoWheelError, WheelUnreadableError


@dataclass(frozen=True, kw_only=True, slots=True)
class Shared:
    """Why another distribution is repaired together with a root cause."""

    reason: str
    needed: bool
    """False where the root cause can be repaired alone, because none of its files is touched."""


def sharing(facts: Facts, names: Iterable[str]) -> Iterator[tuple[str, Shared]]:
    """Yield who shares with `names`, directly or not, a file of other bytes or a whole package.

    Identical files (an empty `nvidia/__init__.py`), namespace packages, and what lies outside of
    import packages (`bin`, `share/man`) do not make distributions belong together. Nor does a
    RECORD that lists another's files.
    """
    pending = list(names)
    seen = set(pending)
    while pending:
        name = pending.pop()
        found = dict.fromkeys(_clashing(facts, name), "files of other bytes")
        needed = set(found)
        for other, package in _in_one_package(facts, name):
            found.setdefault(other, f"the import package {package}")
        for other, what in sorted(found.items()):
            if other not in seen:
                seen.add(other)
                pending.append(other)
                reason = f"{other} shares {what} with {name}"
                yield other, Shared(reason=reason, needed=other in needed)


def _clashing(facts: Facts, name: str) -> Iterator[str]:
    """Yield who owns a file that is to be `name`'s, with other bytes."""
    manifest = facts.manifest(name)
    mine = dict(manifest.entries) if manifest else {}
    with contextlib.suppress(NoWheelError, WheelUnreadableError):
        wheel = facts.wheel_to_install(name)
        mine.update(facts.wheelhouse.manifest(wheel, facts.environment).entries)
    for path, entry in mine.items():
        for other in facts.owners.get(path, ()):
            theirs = facts.manifest(other) if other != name else None
            their_entry = theirs.entries.get(path) if theirs else None
            if their_entry is not None and their_entry.hash != entry.hash:
                yield other


def _in_one_package(facts: Facts, name: str) -> Iterator[tuple[str, str]]:
    """Yield who has files in a regular package that `name` has files in, and that package."""
    manifest = facts.manifest(name)
    for package in _regular_packages(facts, manifest.entries if manifest else ()):
        for other in facts.owners_below(package) - {name}:
            yield other, os.path.basename(package)


def _regular_packages(facts: Facts, paths: Iterable[str]) -> set[str]:
    """Return the topmost folders around `paths`, in site-packages, that are no namespace."""
    found: set[str] = set()
    namespaces: set[str] = set()
    sites = tuple(f"{folder}{os.sep}" for folder in facts.environment.site_folders)
    for folder in {os.path.dirname(path) for path in paths}:
        site = next((each for each in sites if folder.startswith(each)), None)
        above = site or ""
        for part in folder[len(above) :].split(os.sep) if site else ():
            above = os.path.join(above, part)
            if above in found:
                break
            if above not in namespaces and not is_namespace(facts, above):
                found.add(above)
                break
            namespaces.add(above)
    return found
