"""What a repair would do: plain data, printed by `--repair-plan` and carried out by `--repair`."""

from __future__ import annotations

import datetime
import itertools
import os
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pytest_venvhealth.checks.compare import compare
from pytest_venvhealth.checks.hashed import Hashed
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import Finding
from pytest_venvhealth.inventory import Distribution
from pytest_venvhealth.manifest import Manifest
from pytest_venvhealth.repair.claims import (
    claimed_environment_files,
    new_pth_files,
    unfounded_claims,
)
from pytest_venvhealth.repair.cleaning import (
    bytecode_of,
    foreign_paths,
    former_files,
    metadata_files,
    orphaned_bytecode,
)
from pytest_venvhealth.repair.managers import manager_of, outside
from pytest_venvhealth.repair.reuse import KeptBytecode, reusable_files, stale_sources
from pytest_venvhealth.repair.sharing import sharing
from pytest_venvhealth.repair.wheel_errors import WheelRefusedError
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
    reuse: Mapping[str, str] = field(default_factory=dict)
    """Files that are as the wheel has them and stay where they are: hashes by absolute path."""
    compile: tuple[str, ...] = ()
    """Modules among them whose cached bytecode is set aside, and is made anew."""
    requested: bool = False
    """Whether a person asked for it (REQUESTED)."""
    startup_files: tuple[str, ...] = ()
    """Absolute paths of `.pth` files of the wheel that the profile does not call known."""


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A distribution that cannot be repaired from here, and why."""

    distribution: str
    version: str | None
    wheel: str | None
    reason: str
    rivals: tuple[str, ...] = ()
    """Of a conflict: the distributions that bring the same files with other contents."""
    paths: tuple[str, ...] = ()
    """Of a conflict: those files, absolute."""


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
                    "reuse": len(step.reuse),
                    "install": len(step.manifest.paths) - len(step.reuse),
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
    also: Iterable[str] = (),
    jobs: int = 1,
    hashed: Hashed | None = None,
) -> Plan:
    """Return what a repair of `causes` would do; nothing is changed and no wheel is unpacked.

    Args:
        causes: normalized names of the root-cause distributions.
        items: node ids of the items that fail.
        reasons: findings to quote for each distribution.
        also: names to repair as well, as far as they can be: a wider repair, which drops all
            cached bytecode too, for what misled Python may lie behind a good header.
        jobs: how many threads hash.
        hashed: what this run has read already; None: every file is read.
    """
    steps: list[Step] = []
    refusals: list[Refusal] = []
    reasons = list(reasons)
    quoted = {finding.distribution: finding.summary for finding in reasons}
    wanted = dict.fromkeys(causes)
    wider = dict.fromkeys(name for name in also if name not in wanted)
    shared = dict(sharing(facts, [*wanted, *wider]))
    blamed = frozenset(
        str(facts.environment.root / path) for finding in reasons for path in finding.paths
    )
    bytecode = KeptBytecode(facts.environment, blamed, keep=not wider)
    reusable = partial(reusable_files, facts.environment, jobs=jobs, hashed=hashed or Hashed())
    for name in sorted({**wanted, **wider, **shared}, key=_order(facts)):
        reason = quoted.get(name, f"{name} is the root cause")
        if name in wider:
            reason = f"{name} is behind what fails, and repairing the root causes did not help"
        elif name not in wanted:
            reason = shared[name].reason
        step = _step(facts, name, reason, bytecode, reusable)
        if not isinstance(step, Refusal):
            steps.append(step)
        elif name in wanted or (name in shared and shared[name].needed):
            refusals.append(step)
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
    """Yield refusals for each two steps that bring one file with different contents."""
    for one, other in itertools.combinations(steps, 2):
        mine, theirs = _contents(one.manifest), _contents(other.manifest)
        clashing = sorted(
            path for path in mine.keys() & theirs.keys() if mine[path] != theirs[path]
        )
        if clashing:
            more = f" and {len(clashing) - 1} more" if len(clashing) > 1 else ""
            for step in (one, other):
                yield Refusal(
                    distribution=step.distribution,
                    version=step.version,
                    wheel=step.wheel.filename,
                    reason=(
                        f"{one.distribution} and {other.distribution} bring {clashing[0]}{more} "
                        "with different contents: uninstall the one that you don't need."
                    ),
                    rivals=(one.distribution, other.distribution),
                    paths=tuple(clashing),
                )


def _contents(manifest: Manifest) -> dict[str, object]:
    """Return what each file of a manifest will hold: a hash, or what a launcher calls."""
    launchers = {each.path: (each.module, each.attribute) for each in manifest.launchers}
    return {**{path: entry.hash for path, entry in manifest.entries.items()}, **launchers}


def _is_wrong(manifest: Manifest, path: str, right: Container[str]) -> bool:
    """Tell whether a file that others own too is not what the wheel brings, by bytes or mode.

    Args:
        right: what a reinstall would leave where it is.
    """
    entry = manifest.entries.get(path)
    if entry is None or path in right:
        return False
    return bool(entry.hash and not entry.rewritten) or compare(entry)[0] is not None


def _order(facts: Facts) -> Any:
    place = {name: number for number, name in enumerate(facts.names)}
    return lambda name: (place.get(name, -1), name)


def _step(
    facts: Facts,
    name: str,
    reason: str,
    bytecode: KeptBytecode,
    reusable: Callable[[Manifest], dict[str, str]],
) -> Step | Refusal:
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
    claimed = claimed_environment_files(manifest, facts.environment)
    if claimed:
        reason = str(
            WheelRefusedError(
                wheel.path,
                facts.environment.relative(claimed[0]),
                "would replace what makes the environment",
            )
        )
        return Refusal(distribution=name, version=version, wheel=wheel.filename, reason=reason)
    want = facts.wanted.get(name)
    owned = facts.owned_paths(name) | set(former_files(facts, name))
    owned -= unfounded_claims(owned - manifest.paths, facts.environment)
    owned |= set(metadata_files(facts, found))
    shared = {path for path in owned | manifest.paths if set(facts.owners.get(path, ())) - {name}}
    foreign = set(foreign_paths(facts, manifest, facts.manifest(name), owned | shared))
    waived = {path for path in owned | manifest.paths | foreign if _is_waived(facts, name, path)}
    right = reusable(manifest)
    keep = {path for path in shared if not _is_wrong(manifest, path, right)} | waived
    keep = {path for path in keep if os.path.lexists(path)}
    reuse = {path: digest for path, digest in right.items() if path not in keep}
    kept_bytecode = bytecode.of(reuse)
    quarantine = {path for path in owned - keep - reuse.keys() if os.path.lexists(path)}
    # A lost module's bytecode is still there, and belongs to it.
    quarantine |= {path for path in bytecode_of(owned) if path not in kept_bytecode}
    clean = foreign | set(orphaned_bytecode(facts, manifest))
    clean -= quarantine | keep | reuse.keys() | kept_bytecode.keys()
    return Step(
        distribution=name,
        version=str(wheel.version),
        from_version=found.version if found else None,
        wheel=wheel,
        sha256=want.sha256 if want is not None and want.wheel is not None else None,
        manifest=manifest,
        reason=reason,
        quarantine=tuple(sorted(quarantine)),
        clean=tuple(sorted(clean)),
        keep=tuple(sorted(keep)),
        reuse=reuse,
        compile=tuple(stale_sources(reuse, quarantine, set(kept_bytecode.values()))),
        requested=found is not None and found.requested,
        startup_files=new_pth_files(manifest, facts.environment, facts.profile.pth),
    )


def _refused(facts: Facts, name: str, found: Distribution | None) -> str | None:
    """Return why a distribution is not ours to reinstall; None where it is."""
    managed = manager_of(facts.environment)
    if managed is not None:
        return managed
    if found is None:
        if name in facts.wanted or name in facts.missing:
            return None
        elsewhere = outside(facts.environment, name)
        return elsewhere or f"{name} is neither installed here nor wanted by the profile."
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


def _is_waived(facts: Facts, name: str, path: str) -> bool:
    """Tell whether a waiver names this very file: what a person keeps on purpose stays."""
    shown = facts.environment.relative(path)
    today = datetime.datetime.now(datetime.UTC).date()
    return any(
        waiver.distribution == name
        and waiver.paths
        and waiver.covers(shown)
        and not waiver.expired(today)
        for waiver in facts.profile.waivers
    )
