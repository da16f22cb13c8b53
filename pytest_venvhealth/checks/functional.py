"""Which lines of code show that a distribution does what it is for?"""

from __future__ import annotations

from pytest_venvhealth.checks.imports import import_names
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.probes.catalogue import catalogue_probe
from pytest_venvhealth.probes.runner import Probe


def functional_probe(facts: Facts, name: str) -> Probe | None:
    """Return the profile's probe of the distribution, else the catalogue's; None without either."""
    spec = facts.profile.probes.get(name)
    if spec is not None and spec.code is not None:
        return Probe(
            name=name,
            imports=spec.imports or import_names(facts, name),
            code=spec.code,
            origin=spec.origin,
            timeout=spec.timeout,
        )
    return catalogue_probe(name)
