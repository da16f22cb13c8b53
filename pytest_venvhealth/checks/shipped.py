"""Which probe does a distribution ship itself?

It names a module of its own in an entry point. Nothing of it is imported here: its source is read
where the distribution's files lie, and run in the target as any other probe.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from pytest_venvhealth.checks.importers import dotted_name
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.inventory import read_file
from pytest_venvhealth.probes.given import OwnProbe, ProbeFaultError, probe_of_text

GROUP = "pytest_venvhealth.probes"
"""The group of entry points: `NAME = module`, NAME the distribution's own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shipped:
    """A probe that came with its distribution, or the reason why it cannot be run."""

    path: str = ""
    """Absolute, of the module's file; empty where none was found."""
    probe: OwnProbe | None = None
    fault: str = ""
    """The rest of a sentence about the probe; empty exactly where `probe` is there."""


def shipped_probe(facts: Facts, name: str) -> Shipped | None:
    """Return the probe that an installed distribution ships for itself; None without one."""
    for key, module in _rows(facts, name):
        if canonicalize_name(key) == name:
            return _read(facts, name, module)
    return None


def probes_for_others(facts: Facts, name: str) -> tuple[str, ...]:
    """Return the names that a distribution ships probes for and that are not its own.

    Nobody runs those: what a distribution brings may judge nothing but itself.
    """
    return tuple(key for key, _ in _rows(facts, name) if canonicalize_name(key) != name)


def _rows(facts: Facts, name: str) -> Iterator[tuple[str, str]]:
    for group, key, value in facts.entry_points(name):
        if group == GROUP:
            yield key.strip(), value.strip()


def _read(facts: Facts, name: str, module: str) -> Shipped:
    path = _source_of(facts, name, module)
    if path is None:
        return Shipped(
            fault=f"its entry point names {module}, which is no Python module among its files"
        )
    shown = facts.environment.relative(path)
    try:
        text = read_file(path).decode("utf-8-sig")
        return Shipped(path=path, probe=probe_of_text(text, path))
    except OSError as error:
        fault = f"{shown} cannot be read ({error.strerror or error})"
    except UnicodeDecodeError as error:
        fault = f"{shown} is no UTF-8 text (byte {error.start})"
    except ProbeFaultError as error:
        fault = f"{shown}: {error}"
    return Shipped(path=path, fault=fault)


def _source_of(facts: Facts, name: str, module: str) -> str | None:
    """Return the file of a module that the distribution's own list of files names."""
    found, manifest = facts.installed(name), facts.manifest(name)
    if found is not None and found.editable_source is not None:
        return _editable_source_of(facts, found.editable_source, module)
    for path in manifest.entries if manifest is not None else ():
        if dotted_name(facts.environment, path, (".py",)) == module:
            return path
    return None


def _editable_source_of(facts: Facts, source: Path, module: str) -> str | None:
    """Return the file in the folder of an editable installation, whose list of files has none."""
    root = str(source)
    below = (path for path in facts.environment.sys_path if path.startswith(root + os.sep))
    parts = module.split(".")
    if not all(map(str.isidentifier, parts)):
        return None
    for folder in dict.fromkeys((*below, root, os.path.join(root, "src"))):
        stem = os.path.join(folder, *parts)
        for path in (stem + ".py", os.path.join(stem, "__init__.py")):
            if os.path.isfile(path):
                return path
    return None
