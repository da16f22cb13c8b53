"""Which modules of a distribution must be importable?"""

from __future__ import annotations

import os

from pytest_venvhealth.checks.tried import NOT_FOR_USERS, tried_beyond
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.manifest import Manifest
from pytest_venvhealth.probes.catalogue import catalogue_imports, is_skipped
from pytest_venvhealth.probes.runner import Probe
from pytest_venvhealth.wheelhouse import NoWheelError, WheelUnreadableError


def import_probe(facts: Facts, name: str) -> Probe | None:
    """Return the probe that imports what users of a distribution import; None without any.

    The public top-level names must be importable. Their public sub-packages, the extension modules
    and the objects of the entry points are tried after them: one that needs what is not installed
    is not broken. All names come from the manifest, from `entry_points.txt` or from the profile's
    own `imports`, never from a guess.
    """
    modules = import_names(facts, name)
    if not modules:
        return None
    spec = facts.profile.probes.get(name)
    own_list = spec is not None and bool(spec.imports)
    return Probe(
        name=name,
        imports=modules,
        optional=() if own_list else (*subpackages(facts, name), *tried_beyond(facts, name)),
        timeout=spec.timeout if spec else None,
    )


def import_names(facts: Facts, name: str) -> tuple[str, ...]:
    """Return the modules that a user of the distribution imports; empty where it has none."""
    spec = facts.profile.probes.get(name)
    if spec is not None and spec.imports:
        return spec.imports
    listed = catalogue_imports(name)
    if listed:
        return listed
    manifest = known_manifest(facts, name)
    if manifest is not None and manifest.import_names:
        return manifest.import_names
    found = facts.installed(name)
    return found.top_level if found is not None and manifest is None else ()


def subpackages(facts: Facts, name: str) -> tuple[str, ...]:
    """Return the public packages directly inside the distribution's import packages, sorted."""
    manifest = known_manifest(facts, name)
    if manifest is None:
        return ()
    found: set[str] = set()
    for folder in manifest.packages:
        dotted = _dotted(facts, folder)
        if dotted not in manifest.import_names:
            continue  # a private one
        start, end = folder + os.sep, os.sep + "__init__.py"
        for path in manifest.entries:
            if path.startswith(start) and path.endswith(end):
                inner = path[len(start) : -len(end)]
                if inner.isidentifier() and not inner.startswith("_"):
                    found.add(f"{dotted}.{inner}")
    return tuple(
        sorted(
            module
            for module in found
            if module.rpartition(".")[2] not in NOT_FOR_USERS and not is_skipped(name, module)
        )
    )


def _dotted(facts: Facts, folder: str) -> str:
    """Return the name that the package in a folder is imported by; empty outside site-packages."""
    for site in facts.environment.site_folders:
        if folder.startswith(f"{site}{os.sep}"):
            return folder[len(str(site)) + 1 :].replace(os.sep, ".")
    return ""


def known_manifest(facts: Facts, name: str) -> Manifest | None:
    """Return the manifest of what is installed, else of the wheel that a repair would install."""
    if facts.installed(name) is not None:
        return facts.manifest(name)
    try:
        return facts.wheelhouse.manifest(facts.wheel_to_install(name), facts.environment)
    except (NoWheelError, WheelUnreadableError):
        return None
