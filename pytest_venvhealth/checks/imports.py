"""Which modules of a distribution must be importable?"""

from __future__ import annotations

from pytest_venvhealth.facts import Facts
from pytest_venvhealth.manifest import Manifest
from pytest_venvhealth.probes.runner import Probe
from pytest_venvhealth.wheelhouse import NoWheelError, WheelUnreadableError


def import_probe(facts: Facts, name: str) -> Probe | None:
    """Return the probe that imports every public top-level name; None where there is none.

    The names come from the manifest, or from the profile's own `imports`, never from a guess.
    """
    modules = import_names(facts, name)
    if not modules:
        return None
    spec = facts.profile.probes.get(name)
    return Probe(name=name, imports=modules, timeout=spec.timeout if spec else None)


def import_names(facts: Facts, name: str) -> tuple[str, ...]:
    """Return the modules that a user of the distribution imports; empty where it has none."""
    spec = facts.profile.probes.get(name)
    if spec is not None and spec.imports:
        return spec.imports
    manifest = known_manifest(facts, name)
    if manifest is not None and manifest.import_names:
        return manifest.import_names
    found = facts.installed(name)
    return found.top_level if found is not None and manifest is None else ()


def known_manifest(facts: Facts, name: str) -> Manifest | None:
    """Return the manifest of what is installed, else of the wheel that a repair would install."""
    if facts.installed(name) is not None:
        return facts.manifest(name)
    try:
        return facts.wheelhouse.manifest(facts.wheel_to_install(name), facts.environment)
    except (NoWheelError, WheelUnreadableError):
        return None
