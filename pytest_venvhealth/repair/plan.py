"""What a repair would do: plain data, printed by `--repair-plan` and carried out by `--repair`."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pytest_venvhealth.checks.compare import compare
from pytest_venvhealth.checks.foreign import case_twins, foreign_files
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import Finding
from pytest_venvhealth.inventory import Distribution
from pytest_venvhealth.manifest import Manifest
from pytest_venvhealth.wheelhouse import NoWheelError, Wheel, WheelUnreadableError

# Installers whose files are not ours to move: their own tool would not know of it.
_OTHER_MANAGERS = {"debian": "apt", "conda": "conda", "rpm": "dnf"}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One distribution to uninstall, clean up after, and install again."""

    distribution: str
    version: str
    """The version to install."""
    from_version: str | None
    """The installed version; None where it is not installed."""
    wheel: Wheel
    sha256: str | None
    """What the lock demands of the wheel file; None without a lock."""
    manifest: Manifest
    """What the wheel's files become."""
    reason: str
    quarantine: tuple[str, ...]
    """Absolute paths of the distribution's own files that are there now."""
    clean: tuple[str, ...]
    """Absolute paths of what nobody owns and a clean install would not have."""
    keep: tuple[str, ...] = ()
    """Absolute paths that a waiver protects, or that another distribution shares byte for byte."""
    requested: bool = False
    """Whether a person asked for it (REQUESTED)."""


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A distribution that cannot be repaired from here, and why."""

    distribution: str
    version: str | None
    wheel: str | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything one repair would do, in its order; with a refusal, nothing is done."""

    environment: str
    root: str
    steps: tuple[Step, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    leftovers: tuple[str, ...] = ()
    """Absolute paths of `~` leftovers to set aside."""
    items: tuple[str, ...] = ()
    """Node ids of the items for whose sake it is done."""

    @property
    def is_empty(self) -> bool:
        """True where nothing would be done."""
        return not self.steps and not self.leftovers

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as JSON data, for the journal and for `--repair-plan`."""
        return {
            "environment": self.environment,
            "steps": [
                {
                    "distribution": step.distribution,
                    "version": step.version,
                    "from_version": step.from_version,
                    "wheel": step.wheel.filename,
                    "sha256": step.sha256,
                    "reason": step.reason,
                    "for": list(self.items),
                    "quarantine": self._shown(step.quarantine),
                    "clean": self._shown(step.clean),
                    "install": len(step.manifest.paths),
                }
                for step in self.steps
            ],
            "refusals": [
                {"distribution": refusal.distribution, "reason": refusal.reason}
                for refusal in self.refusals
            ],
            "leftovers": self._shown(self.leftovers),
        }

    def _shown(self, paths: Iterable[str]) -> list[str]:
        start = self.root + os.sep
        return [path.removeprefix(start).replace(os.sep, "/") for path in paths]


def causes_of(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return the distributions that a repair would have to reinstall to heal `findings`."""
    return tuple(
        dict.fromkeys(
            cause
            for finding in findings
            if finding.is_error and finding.repairable
            for cause in finding.root_causes
        )
    )


def plan_repair(
    facts: Facts,
    causes: Iterable[str],
    *,
    items: Sequence[str] = (),
    reasons: Iterable[Finding] = (),
    with_leftovers: bool = True,
) -> Plan:
    """Return what a repair of `causes` would do; nothing is changed and no wheel is unpacked.

    Args:
        causes: normalized names of the root-cause distributions.
        items: node ids of the items that fail.
        reasons: findings to quote for each distribution.
    """
    steps: list[Step] = []
    refusals: list[Refusal] = []
    quoted = {finding.distribution: finding.summary for finding in reasons}
    wanted = dict.fromkeys(causes)
    widened = {name: None for name in _widened(facts, wanted) if name not in wanted}
    for name in sorted({**wanted, **widened}, key=_order(facts)):
        reason = quoted.get(name, f"{name} is the root cause")
        if name in widened:
            reason = f"{name} shares files of other bytes with what is repaired"
        step = _step(facts, name, reason)
        if isinstance(step, Refusal):
            refusals.append(step)
        else:
            steps.append(step)
    refusals += _conflicts(steps)
    refused = {refusal.distribution for refusal in refusals}
    return Plan(
        environment=facts.environment.name,
        root=str(facts.environment.root),
        steps=tuple(step for step in steps if step.distribution not in refused),
        refusals=tuple(refusals),
        leftovers=facts.inventory.leftovers if with_leftovers else (),
        items=tuple(items),
    )


def _conflicts(steps: Sequence[Step]) -> Iterator[Refusal]:
    """Yield a refusal for each two steps whose wheels bring one file with different contents."""
    for one, other in itertools.combinations(steps, 2):
        theirs = other.manifest.entries
        clashing = sorted(
            path
            for path, entry in one.manifest.entries.items()
            if path in theirs and theirs[path].hash != entry.hash
        )
        if clashing:
            yield Refusal(
                distribution=one.distribution,
                version=one.version,
                wheel=one.wheel.filename,
                reason=(
                    f"{one.distribution} and {other.distribution} bring {clashing[0]} with "
                    "different contents: uninstall the one that you don't need."
                ),
            )


def _is_wrong(manifest: Manifest, path: str) -> bool:
    """Tell whether a file that others own too is not what the wheel brings."""
    entry = manifest.entries.get(path)
    return entry is not None and compare(entry)[0] is not None


def _order(facts: Facts) -> Any:
    place = {name: number for number, name in enumerate(facts.names)}
    return lambda name: (place.get(name, -1), name)


def _widened(facts: Facts, names: Iterable[str]) -> Iterator[str]:
    """Yield who owns a file of `names` with other bytes: one cannot be right without the other.

    Identical shared files (an empty `nvidia/__init__.py`) do not widen.
    """
    pending, seen = list(names), set(names)
    while pending:
        name = pending.pop()
        manifest = facts.manifest(name)
        for path in facts.owned_paths(name):
            for other in facts.owners.get(path, ()):
                if other in seen:
                    continue
                theirs = facts.manifest(other)
                mine_entry = manifest.entries.get(path) if manifest else None
                their_entry = theirs.entries.get(path) if theirs else None
                if mine_entry and their_entry and mine_entry.hash != their_entry.hash:
                    seen.add(other)
                    pending.append(other)
                    yield other


def _step(facts: Facts, name: str, reason: str) -> Step | Refusal:
    found = facts.installed(name)
    version = found.version if found else facts.expected(name)
    refused = _refused(facts, name, found)
    if refused is not None:
        return Refusal(distribution=name, version=version, wheel=None, reason=refused)
    try:
        wheel = facts.wheel_to_install(name)
        manifest = facts.wheelhouse.manifest(wheel, facts.environment)
    except NoWheelError as error:
        return Refusal(distribution=name, version=version, wheel=None, reason=str(error))
    except WheelUnreadableError as error:
        return Refusal(distribution=name, version=version, wheel=error.path.name, reason=str(error))
    want = facts.wanted.get(name)
    owned = facts.owned_paths(name) | set(_metadata_files(facts, found))
    shared = {path for path in owned | manifest.paths if set(facts.owners.get(path, ())) - {name}}
    waived = {path for path in owned | manifest.paths if _is_waived(facts, name, path)}
    keep = {path for path in shared if not _is_wrong(manifest, path)} | waived
    keep = {path for path in keep if os.path.lexists(path)}
    clean = set(_foreign(facts, manifest, facts.manifest(name), owned | shared)) - keep
    quarantine = {path for path in owned - keep if os.path.lexists(path)}
    return Step(
        distribution=name,
        version=str(wheel.version),
        from_version=found.version if found else None,
        wheel=wheel,
        sha256=want.sha256 if want is not None and want.wheel is not None else None,
        manifest=manifest,
        reason=reason,
        # A lost module's bytecode is still there, and belongs to it.
        quarantine=tuple(sorted(quarantine | set(_bytecode(owned)))),
        clean=tuple(sorted(clean)),
        keep=tuple(sorted(keep)),
        requested=found is not None and found.requested,
    )


def _refused(facts: Facts, name: str, found: Distribution | None) -> str | None:
    """Return why a distribution is not ours to reinstall; None where it is."""
    if found is None:
        if name in facts.wanted or name in facts.missing:
            return None
        return f"{name} is neither installed here nor wanted by the profile."
    if found.editable_source is not None:
        return (
            f"{name} is installed editable from {found.editable_source}: "
            "mend it there, or install it from a wheel."
        )
    want = facts.wanted.get(name)
    if facts.other_build(name) and not (want is not None and want.wheel is not None):
        source = found.other_source or "another build"
        return (
            f"{name} {found.version} comes from {source}, not from the wheelhouse's wheel: "
            "install it again from there, or pin the wheel in the profile's lock."
        )
    manager = _OTHER_MANAGERS.get((found.installer or "").lower())
    if manager is not None:
        return f"{name} was installed by {manager}: let {manager} reinstall it."
    return None


def _metadata_files(facts: Facts, found: Distribution | None) -> Iterator[str]:
    """Yield every file of the distribution's metadata folders, the false claims' too."""
    if found is None:
        return
    for claim in (found, *facts.inventory.duplicates.get(found.name, ())):
        if not claim.path.is_dir():
            yield str(claim.path)
        for folder, _, names in os.walk(claim.path):
            yield from (os.path.join(folder, name) for name in names)


def _foreign(facts: Facts, new: Manifest, old: Manifest | None, known: set[str]) -> Iterator[str]:
    """Yield what stands where a clean install would have nothing, or a file of its own."""
    for manifest in filter(None, (new, old)):
        for path in (*foreign_files(facts, manifest), *case_twins(facts, manifest)):
            if path not in known:
                yield path
    for path in new.paths:
        if path not in known and os.path.lexists(path):
            yield path


def _bytecode(paths: Iterable[str]) -> Iterator[str]:
    """Yield the cached bytecode of the given source files, of every Python version."""
    listed: dict[str, list[str]] = {}
    for path in paths:
        if not path.endswith(".py"):
            continue
        folder, name = os.path.split(path)
        cache = os.path.join(folder, "__pycache__")
        if cache not in listed:
            try:
                listed[cache] = os.listdir(cache)
            except OSError:
                listed[cache] = []
        start = name.removesuffix("py")
        yield from (os.path.join(cache, pyc) for pyc in listed[cache] if pyc.startswith(start))


def _is_waived(facts: Facts, name: str, path: str) -> bool:
    """Tell whether a waiver names this very file: what a person keeps on purpose stays."""
    shown = facts.environment.relative(path)
    return any(
        waiver.distribution == name and waiver.paths and waiver.covers(shown)
        for waiver in facts.profile.waivers
    )
