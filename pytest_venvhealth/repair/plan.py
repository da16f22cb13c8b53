"""What a repair would do: plain data, printed by `--repair-plan` and carried out by `--repair`."""

from __future__ import annotations

import contextlib
import datetime
import itertools
import os
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pytest_venvhealth.checks.compare import compare
from pytest_venvhealth.checks.foreign import (
    case_twins,
    empty_folders,
    foreign_files,
    is_namespace,
)
from pytest_venvhealth.checks.hashed import Hashed
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import Finding
from pytest_venvhealth.inventory import Distribution
from pytest_venvhealth.manifest import Manifest
from pytest_venvhealth.repair.claims import (
    claimed_environment_files,
    new_pth_files,
    unfounded_claims,
)
from pytest_venvhealth.repair.managers import manager_of, outside
from pytest_venvhealth.repair.reuse import current_bytecode, reusable_files, stale_sources
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
    sharing = dict(_sharing(facts, [*wanted, *wider]))
    blamed = frozenset(
        str(facts.environment.root / path) for finding in reasons for path in finding.paths
    )
    bytecode = _Bytecode(facts.environment, blamed, keep=not wider)
    reusable = partial(reusable_files, facts.environment, jobs=jobs, hashed=hashed or Hashed())
    for name in sorted({**wanted, **wider, **sharing}, key=_order(facts)):
        reason = quoted.get(name, f"{name} is the root cause")
        if name in wider:
            reason = f"{name} is behind what fails, and repairing the root causes did not help"
        elif name not in wanted:
            reason = sharing[name].reason
        step = _step(facts, name, reason, bytecode, reusable)
        if not isinstance(step, Refusal):
            steps.append(step)
        elif name in wanted or (name in sharing and sharing[name].needed):
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
    """Yield a refusal for each two steps that bring one file with different contents."""
    for one, other in itertools.combinations(steps, 2):
        mine, theirs = _contents(one.manifest), _contents(other.manifest)
        clashing = sorted(
            path for path in mine.keys() & theirs.keys() if mine[path] != theirs[path]
        )
        if clashing:
            more = f" and {len(clashing) - 1} more" if len(clashing) > 1 else ""
            yield Refusal(
                distribution=one.distribution,
                version=one.version,
                wheel=one.wheel.filename,
                reason=(
                    f"{one.distribution} and {other.distribution} bring {clashing[0]}{more} with "
                    "different contents: uninstall the one that you don't need."
                ),
                rivals=(one.distribution, other.distribution),
                paths=tuple(clashing),
            )


def _contents(manifest: Manifest) -> dict[str, object]:
    """Return what each file of a manifest will hold: a hash, or what a launcher calls."""
    launchers = {each.path: (each.module, each.attribute) for each in manifest.launchers}
    return {**{path: entry.hash for path, entry in manifest.entries.items()}, **launchers}


def _is_wrong(manifest: Manifest, path: str) -> bool:
    """Tell whether a file that others own too is not what the wheel brings."""
    entry = manifest.entries.get(path)
    return entry is not None and compare(entry)[0] is not None


def _order(facts: Facts) -> Any:
    place = {name: number for number, name in enumerate(facts.names)}
    return lambda name: (place.get(name, -1), name)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Shared:
    """Why another distribution is repaired together with a root cause."""

    reason: str
    needed: bool
    """False where the root cause can be repaired alone, because none of its files is touched."""


def _sharing(facts: Facts, names: Iterable[str]) -> Iterator[tuple[str, _Shared]]:
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
                yield other, _Shared(reason=reason, needed=other in needed)


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


class _Bytecode:
    """Knows which cached bytecode can stay with a module that stays."""

    def __init__(self, environment: Environment, blamed: Container[str], *, keep: bool) -> None:
        """Look at nothing yet.

        Args:
            blamed: absolute paths that a finding names.
            keep: False where none shall stay.
        """
        self._environment, self._blamed, self._keep = environment, blamed, keep

    def kept_with(self, sources: Iterable[str]) -> dict[str, str]:
        """Return the cached files that stay, each with its module."""
        if not self._keep:
            return {}
        return {
            pyc: source
            for source, pyc in current_bytecode(self._environment, sources)
            if pyc not in self._blamed
        }


def _step(
    facts: Facts,
    name: str,
    reason: str,
    bytecode: _Bytecode,
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
    owned = facts.owned_paths(name) | set(_metadata_files(facts, found))
    owned |= set(_former_files(facts, name))
    owned -= unfounded_claims(owned - manifest.paths, facts.environment)
    shared = {path for path in owned | manifest.paths if set(facts.owners.get(path, ())) - {name}}
    foreign = set(_foreign(facts, manifest, facts.manifest(name), owned | shared))
    waived = {path for path in owned | manifest.paths | foreign if _is_waived(facts, name, path)}
    keep = {path for path in shared if not _is_wrong(manifest, path)} | waived
    keep = {path for path in keep if os.path.lexists(path)}
    reuse = {path: digest for path, digest in reusable(manifest).items() if path not in keep}
    kept_bytecode = bytecode.kept_with(reuse)
    quarantine = {path for path in owned - keep - reuse.keys() if os.path.lexists(path)}
    # A lost module's bytecode is still there, and belongs to it.
    quarantine |= {path for path in _bytecode(owned) if path not in kept_bytecode}
    clean = foreign | set(_orphaned_bytecode(facts, manifest))
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


def _former_files(facts: Facts, name: str) -> Iterator[str]:
    """Yield the files of other versions whose metadata an interrupted upgrade has left."""
    for claim in facts.inventory.duplicates.get(name, ()):
        for path, _ in facts.recorded_files(claim):
            if not set(facts.owners.get(path, ())) - {name}:
                yield path


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
    for manifest in (new,) if old is None or old is new else (new, old):
        yield from empty_folders(facts, manifest)
        for path in (*foreign_files(facts, manifest), *case_twins(facts, manifest)):
            if path not in known:
                yield path
    for path in new.paths:
        if path not in known and os.path.lexists(path):
            yield path


def _bytecode(paths: Iterable[str]) -> Iterator[str]:
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


def _orphaned_bytecode(facts: Facts, manifest: Manifest) -> Iterator[str]:
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
