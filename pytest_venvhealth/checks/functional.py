"""Which lines of code show that a distribution does what it is for?"""

from __future__ import annotations

from pytest_venvhealth.checks.imports import import_names
from pytest_venvhealth.checks.shipped import shipped_probe
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.probes.catalogue import catalogue_probe
from pytest_venvhealth.probes.given import OwnProbe
from pytest_venvhealth.probes.runner import Probe


def functional_probe(facts: Facts, name: str) -> Probe | None:
    """Return the one probe of a distribution that counts; None where nobody has one.

    The profile's, else one that a plugin of pytest gives, else its own, else the catalogue's:
    whoever is nearer to the user, or to the code, knows better. One that cannot be run says why;
    none of the others takes its place.
    """
    spec = facts.profile.probes.get(name)
    if spec is not None and spec.code is not None:
        return Probe(
            name=name,
            imports=spec.imports or import_names(facts, name),
            code=spec.code,
            origin=spec.origin,
            timeout=spec.timeout,
        )
    given = facts.given.get(name)
    if given is not None:
        return _as_probe(facts, name, given)
    shipped = shipped_probe(facts, name)
    if shipped is not None and shipped.probe is not None:
        return _as_probe(facts, name, shipped.probe)
    if shipped is not None:
        return Probe(name=name, imports=(), origin=shipped.path, fault=shipped.fault)
    return catalogue_probe(name)


def _as_probe(facts: Facts, name: str, own: OwnProbe) -> Probe:
    return Probe(
        name=name,
        imports=import_names(facts, name) if own.imports is None else own.imports,
        code=own.code,
        origin=own.origin,
        timeout=own.timeout,
    )
