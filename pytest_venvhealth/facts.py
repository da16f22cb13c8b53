"""All that is known of a target before anything is asked: one frozen view for every check."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from pytest_venvhealth.builds import confirmed_metadata, contradicts
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.inventory import Distribution, Inventory, read_file, share_that_fits
from pytest_venvhealth.libraries import Loader, is_named_as_library
from pytest_venvhealth.manifest import (
    Manifest,
    entry_point_rows,
    installed_path,
    manifest_from_record,
    recorded_files,
)
from pytest_venvhealth.probes.given import OwnProbe
from pytest_venvhealth.profile import Profile, Wanted
from pytest_venvhealth.record import Row
from pytest_venvhealth.surroundings import Surroundings
from pytest_venvhealth.wheelhouse import NoWheelError, Wheel, Wheelhouse, WheelUnreadableError


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """One requirement, and who has it."""

    requirer: str
    """Normalized name."""
    requirement: Requirement


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Environment, inventory, profile and wheelhouse, and what follows from them together."""

    environment: Environment
    inventory: Inventory
    profile: Profile
    wheelhouse: Wheelhouse
    wanted: Mapping[str, Wanted]
    """By normalized name; empty without a profile."""
    surroundings: Surroundings = field(default_factory=Surroundings)
    given: Mapping[str, OwnProbe] = field(default_factory=dict)
    """The probes that plugins of pytest give, by normalized name of the distribution."""

    @classmethod
    def gather(
        cls,
        environment: Environment,
        profile: Profile,
        wheelhouse: Wheelhouse,
        surroundings: Surroundings | None = None,
        former: Inventory | None = None,
        given: Mapping[str, OwnProbe] | None = None,
    ) -> Facts:
        """Read the target's folders once.

        Args:
            surroundings: of the caller; by default nothing of it reaches the target.
            former: what was read earlier in this run.
            given: the probes that plugins of pytest give.
        Raises:
            ProfileError: the profile or its lock is for another target.
        """
        wanted = profile.wanted(environment)
        keep = {
            name: Version(want.expected)
            for name, want in wanted.items()
            if want.expected is not None
        }
        return cls(
            environment=environment,
            inventory=Inventory.of(environment, keep=keep, former=former),
            profile=profile,
            wheelhouse=wheelhouse,
            wanted=wanted,
            surroundings=surroundings or Surroundings(),
            given=given or {},
        )

    def refresh(self) -> Facts:
        """Return the facts read again, after a repair has changed the target."""
        environment = self.environment
        if environment.startup_error or environment.startup_complaints or environment.path_sources:
            # The repair may have mended the start-up file that did harm.
            environment = Environment.at(environment.interpreter, name=environment.name)
        return Facts.gather(
            environment,
            self.profile,
            self.wheelhouse,
            self.surroundings,
            self.inventory,
            self.given,
        )

    # -- who is there, and who should be

    def installed(self, name: str) -> Distribution | None:
        """Return the installed distribution of that normalized name."""
        return self.inventory.distributions.get(name)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every distribution that is installed, wanted or needed; dependencies come first."""
        everyone = set(self.inventory.distributions) | set(self.wanted) | set(self.missing)
        return tuple(dependencies_first(everyone, self.dependencies))

    def expected(self, name: str) -> str | None:
        """Return the exact version that the profile pins; None without one."""
        want = self.wanted.get(name)
        return want.expected if want else None

    def groups(self, name: str) -> tuple[str, ...]:
        """Return the profile's groups that list the distribution."""
        want = self.wanted.get(name)
        return want.groups if want else ()

    def admits(self, name: str, version: Version) -> bool:
        """Tell whether the profile, or else everyone who needs `name`, takes that version."""
        want = self.wanted.get(name)
        if want is not None:
            return want.admits(version)
        return all(
            need.requirement.specifier.contains(version, prereleases=True)
            for need in self.needed_by.get(name, ())
        )

    def entry_points(self, name: str) -> tuple[tuple[str, str, str], ...]:
        """Return (group, name, object reference) of what an installed distribution offers.

        None where its file cannot be read: its own checks say so.
        """
        if name not in self._entry_points:
            found = self.installed(name)
            rows = entry_point_rows(_entry_points(found)) if found is not None else None
            self._entry_points[name] = tuple(rows or ())
        return self._entry_points[name]

    @cached_property
    def _entry_points(self) -> dict[str, tuple[tuple[str, str, str], ...]]:
        """What `entry_points` has read already."""
        return {}

    # -- the dependency graph

    @cached_property
    def needs(self) -> Mapping[str, tuple[Requirement, ...]]:
        """What each installed distribution requires, for the target and the extras asked for."""
        asked: dict[str, set[str]] = {
            name: set(want.extras) for name, want in self.wanted.items() if want.extras
        }
        needs: dict[str, tuple[Requirement, ...]] = {}
        pending = set(self.inventory.distributions)
        while pending:
            name = pending.pop()
            applying = tuple(self._applying(self.inventory.distributions[name], asked.get(name)))
            needs[name] = applying
            for requirement in applying:
                other = canonicalize_name(requirement.name)
                new = {canonicalize_name(extra) for extra in requirement.extras}
                if new - asked.get(other, set()):
                    asked.setdefault(other, set()).update(new)
                    if other in self.inventory.distributions:
                        pending.add(other)
        return needs

    def _applying(self, found: Distribution, extras: set[str] | None) -> Iterable[Requirement]:
        for requirement in found.requires:
            marker = requirement.marker
            if marker is None or any(
                marker.evaluate({**self.environment.markers, "extra": extra})
                for extra in ("", *(extras or ()))
            ):
                yield requirement

    @cached_property
    def needed_by(self) -> Mapping[str, tuple[Need, ...]]:
        """Who requires each name."""
        found: dict[str, list[Need]] = {}
        for name, requirements in sorted(self.needs.items()):
            for requirement in requirements:
                found.setdefault(canonicalize_name(requirement.name), []).append(
                    Need(requirer=name, requirement=requirement)
                )
        return {name: tuple(needs) for name, needs in found.items()}

    @cached_property
    def dependencies(self) -> Mapping[str, frozenset[str]]:
        """The names that each installed distribution requires directly."""
        return {
            name: frozenset(canonicalize_name(requirement.name) for requirement in requirements)
            for name, requirements in self.needs.items()
        }

    def optional(self, name: str) -> frozenset[str]:
        """Return what is installed of all that `name` requires for any extra, or anywhere."""
        found = self.installed(name)
        named = {canonicalize_name(each.name) for each in found.requires} if found else set()
        return frozenset(named & self.inventory.distributions.keys())

    @cached_property
    def missing(self) -> Mapping[str, tuple[Need, ...]]:
        """What is required and not there, with all who need it."""
        there = self.inventory.distributions.keys() | self.inventory.elsewhere
        return {name: needs for name, needs in self.needed_by.items() if name not in there}

    def closure(self, name: str) -> frozenset[str]:
        """Return everything that `name` depends on, directly or not, without itself."""
        return _reach(name, self.dependencies)

    def dependents(self, name: str) -> frozenset[str]:
        """Return everything that depends on `name`, directly or not, without itself."""
        backwards: dict[str, frozenset[str]] = {
            other: frozenset(need.requirer for need in needs)
            for other, needs in self.needed_by.items()
        }
        return _reach(name, backwards)

    # -- the files that should be there

    def manifest(self, name: str) -> Manifest | None:
        """Return what the distribution's files should be; None where nothing tells."""
        return self._manifests.get(name)

    def wheel_of(self, name: str) -> Wheel | None:
        """Return the wheel at hand that what is installed was made of; None without one."""
        return self._judged[2].get(name)

    def other_build(self, name: str) -> bool:
        """Tell whether what is installed comes from another build than the wheelhouse's wheel."""
        return name in self._other_builds

    @cached_property
    def _judged(self) -> tuple[dict[str, Manifest], frozenset[str], dict[str, Wheel]]:
        manifests: dict[str, Manifest] = {}
        others: set[str] = set()
        wheels: dict[str, Wheel] = {}
        for name, found in self.inventory.distributions.items():
            wheel, other = self._wheel_of(found)
            if other:
                others.add(name)
            if wheel is not None:
                wheels[name] = wheel
                manifests[name] = self.wheelhouse.manifest(wheel, self.environment)
            elif (recorded := self._manifest_by_record(found)) is not None:
                manifests[name] = recorded
        return manifests, frozenset(others), wheels

    @property
    def _manifests(self) -> dict[str, Manifest]:
        return self._judged[0]

    @property
    def _other_builds(self) -> frozenset[str]:
        return self._judged[1]

    def _wheel_of(self, found: Distribution) -> tuple[Wheel | None, bool]:
        """Return the wheel that `found` was installed from, if it is at hand.

        An equal version is not an equal build: the second value says that only others are there.
        """
        if not found.is_dist_info or found.editable_source is not None or found.version is None:
            return None, False
        try:
            version = Version(found.version)
        except InvalidVersion:
            return None, False
        candidates = self.wheelhouse.candidates(found.name, self.environment, version.__eq__)
        locked = self.wanted.get(found.name)
        if locked is not None and locked.wheel is not None:
            # The lock's own wheel first; `sorted` keeps the rest in its order.
            candidates.sort(key=lambda wheel: wheel.filename != locked.wheel)
        if found.other_source is not None:
            return None, bool(candidates)
        readable = list(self._readable(candidates))
        if not readable:
            return None, False
        confirmed = confirmed_metadata(found)
        for wheel, manifest in readable:
            if not contradicts(manifest, confirmed):
                return wheel, False
        return None, True

    def _readable(self, wheels: Iterable[Wheel]) -> Iterable[tuple[Wheel, Manifest]]:
        for wheel in wheels:
            try:
                yield wheel, self.wheelhouse.manifest(wheel, self.environment)
            except WheelUnreadableError:
                continue  # no evidence; a repair that needs this wheel will say what is wrong

    def _manifest_by_record(self, found: Distribution) -> Manifest | None:
        if found.record is None:
            return None
        false = self._rows_in_others_metadata(found)
        rows = found.record.rows
        return manifest_from_record(
            self.environment,
            name=found.name,
            version=found.version or "",
            rows=[row for row in rows if row not in false] if false else rows,
            dist_info=str(found.path),
            entry_points=_entry_points(found),
        )

    @cached_property
    def owners(self) -> Mapping[str, tuple[str, ...]]:
        """The distributions whose manifest or RECORD names a file, by absolute path.

        What a RECORD claims falsely (`false_claims`) is not its distribution's.
        """
        owners: dict[str, set[str]] = {}
        for name in self.inventory.distributions:
            for path in self.owned_paths(name):
                owners.setdefault(path, set()).add(name)
        return {path: tuple(sorted(names)) for path, names in owners.items()}

    def owned_paths(self, name: str) -> set[str]:
        """Return every path that the distribution's manifest or its RECORD names."""
        manifest = self.manifest(name)
        if manifest is None:
            return set()
        return manifest.paths | (self._beyond_wheel(name) - self.false_claims(name).keys())

    def _beyond_wheel(self, name: str) -> set[str]:
        """Return the paths that RECORD names and the manifest, which is the wheel's, does not."""
        return self._all_beyond_wheels.get(name, set())

    @cached_property
    def _all_beyond_wheels(self) -> Mapping[str, set[str]]:
        beyond: dict[str, set[str]] = {}
        for name, found in self.inventory.distributions.items():
            manifest = self.manifest(name)
            if manifest is not None and manifest.source == "wheel":
                paths = {path for path, _ in self.recorded_files(found)}
                beyond[name] = paths - manifest.paths
        return beyond

    def false_claims(self, name: str) -> Mapping[str, tuple[str, ...]]:
        """Return the paths that RECORD names and that are others' alone, with those who own them.

        They are others' where the distribution's own wheel does not bring them, and without a wheel
        where they lie in another's dist-info: two distributions may bring equal files by right.
        """
        return self._false_claims.get(name, {})

    @cached_property
    def _false_claims(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        beyond = {name: self._beyond_wheel(name) for name in self.inventory.distributions}
        disputed = set[str]().union(*beyond.values())
        truly: dict[str, list[str]] = {}
        for name in self.inventory.distributions:
            manifest = self.manifest(name)
            for path in disputed & manifest.paths if manifest and disputed else ():
                truly.setdefault(path, []).append(name)
        false = {
            name: {path: tuple(truly[path]) for path in sorted(paths & truly.keys())}
            for name, paths in beyond.items()
        }
        for name, found in self.inventory.distributions.items():
            for row, owner in self._rows_in_others_metadata(found).items():
                lies_at = installed_path(self.environment, found.site, row.path)
                if lies_at is not None:
                    false[name].setdefault(lies_at, (owner,))
        return {name: paths for name, paths in false.items() if paths}

    def _rows_in_others_metadata(self, found: Distribution) -> Mapping[Row, str]:
        """Return the rows of RECORD that name files in another's dist-info, and whose that is."""
        own = found.path.name + "/"
        rows = found.record.rows if found.record else ()
        false: dict[Row, str] = {}
        for row in rows:
            if ".dist-info/" not in row.path or row.path.startswith(own):
                continue
            path = installed_path(self.environment, found.site, row.path)
            owner = self._metadata_owners.get(os.path.dirname(path)) if path else None
            if owner not in (None, found.name):
                false[row] = str(owner)
        return false

    @cached_property
    def _metadata_owners(self) -> Mapping[str, str]:
        """Whose each dist-info folder is."""
        return {str(found.path): name for name, found in self.inventory.distributions.items()}

    def recorded_files(self, found: Distribution) -> Iterable[tuple[str, Row]]:
        """Yield the absolute path of each payload file that RECORD names, and its row."""
        if found.record is None:
            return ()
        return recorded_files(self.environment, rows=found.record.rows, dist_info=str(found.path))

    def owners_below(self, folder: str) -> frozenset[str]:
        """Return the distributions that own a file in a folder, or in one below it."""
        return self._owners_below.get(folder, frozenset())

    @cached_property
    def _owners_below(self) -> Mapping[str, frozenset[str]]:
        direct: dict[str, set[str]] = {}
        for path, owners in self.owners.items():
            direct.setdefault(os.path.dirname(path), set()).update(owners)
        below: dict[str, set[str]] = {}
        for folder, names in direct.items():
            above = folder
            while names - below.setdefault(above, set()):
                below[above] |= names
                above = os.path.dirname(above)
        return {folder: frozenset(those) for folder, those in below.items()}

    def owners_of_file(self, path: str) -> tuple[str, ...]:
        """Return who owns a file that a traceback names; empty where nobody does."""
        owners = self.owners.get(path)
        if owners is None:
            # The target may name its own folders through a link.
            owners = self._owners_by_real_path.get(os.path.realpath(path))
        if owners is None:
            folder = os.path.dirname(path)
            owners = self._owners_of_folders.get(folder)
        return owners or ()

    @cached_property
    def _owners_by_real_path(self) -> Mapping[str, tuple[str, ...]]:
        real: dict[str, str] = {}
        found: dict[str, tuple[str, ...]] = {}
        for path, names in self.owners.items():
            folder, name = os.path.split(path)
            if folder not in real:
                real[folder] = os.path.realpath(folder)
            found[os.path.join(real[folder], name)] = names
        return found

    @cached_property
    def _owners_of_folders(self) -> Mapping[str, tuple[str, ...]]:
        """Who owns everything in a folder: for a foreign file that stands in a traceback."""
        folders: dict[str, set[str]] = {}
        for path, names in self.owners.items():
            folders.setdefault(os.path.dirname(path), set()).update(names)
        sites = {str(folder) for folder in self.environment.site_folders}
        return {
            folder: tuple(names)
            for folder, names in folders.items()
            if len(names) == 1 and folder not in sites
        }

    @cached_property
    def loader(self) -> Loader | None:
        """How the target finds shared libraries; None where that is not known."""
        return Loader.of(self.environment)

    @cached_property
    def shared_libraries(self) -> Mapping[str, tuple[str, ...]]:
        """The owned files that are named as shared libraries are, by file name: absolute paths."""
        found: dict[str, list[str]] = {}
        for path in sorted(self.owners):
            name = os.path.basename(path)
            if is_named_as_library(name):
                found.setdefault(name, []).append(path)
        return {name: tuple(paths) for name, paths in found.items()}

    @cached_property
    def sonames(self) -> Mapping[str, tuple[str, ...]]:
        """The same files by the name that they give themselves, as far as they give one."""
        found: dict[str, list[str]] = {}
        for path in (path for paths in self.shared_libraries.values() for path in paths):
            soname = self.loader.read(path).soname if self.loader else ""
            if soname:
                found.setdefault(soname, []).append(path)
        return {name: tuple(paths) for name, paths in found.items()}

    def providers(self, module: str) -> tuple[str, ...]:
        """Return the distributions that give an importable module, installed ones first."""
        parts = module.split(".")
        for length in range(len(parts), 0, -1):
            dotted = ".".join(parts[:length])
            found = self._providers.get(dotted) or self._absent_providers.get(dotted)
            if found:
                return tuple(found)
        # A namespace package: whoever has a part of it.
        inside = {**self._absent_providers, **self._providers}
        return tuple(
            dict.fromkeys(
                name
                for dotted, names in sorted(inside.items())
                if dotted.startswith(module + ".")
                for name in names
            )
        )

    @cached_property
    def _providers(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, distribution in sorted(self.inventory.distributions.items()):
            manifest = self.manifest(name)
            modules = manifest.import_names if manifest else distribution.top_level
            for module in modules:
                found.setdefault(module, []).append(name)
        return found

    @cached_property
    def _absent_providers(self) -> Mapping[str, list[str]]:
        """Modules that what is wanted or needed, but not installed, would give."""
        found: dict[str, list[str]] = {}
        for name in sorted(
            (set(self.wanted) | set(self.missing)) - set(self.inventory.distributions)
        ):
            try:
                manifest = self.wheelhouse.manifest(self.wheel_to_install(name), self.environment)
            except (NoWheelError, WheelUnreadableError):
                continue
            for module in manifest.import_names:
                found.setdefault(module, []).append(name)
        return found

    def makers(self, module: str) -> tuple[str, ...]:
        """Return what is not installed and would bring a module, or a part of it.

        Those that are wanted or needed come before those that merely have a wheel at hand.
        """
        for names in (self._absent_providers, self._wheels_providers):
            found = {
                name
                for dotted, those in names.items()
                if dotted == module or dotted.startswith(module + ".")
                for name in those
            }
            if found:
                return tuple(sorted(found))
        return ()

    @cached_property
    def _wheels_providers(self) -> Mapping[str, list[str]]:
        """Modules that the wheels of what is not installed would give."""
        found: dict[str, list[str]] = {}
        for name in sorted({wheel.name for wheel in self.wheelhouse.wheels}):
            if name in self.inventory.distributions:
                continue
            wheels = self.wheelhouse.candidates(name, self.environment, lambda version: True)
            for _, manifest in self._readable(wheels[:1]):
                for module in manifest.import_names:
                    found.setdefault(module, []).append(name)
        return found

    # -- where a good copy is

    def wheel_to_install(self, name: str) -> Wheel:
        """Return the wheel that a repair of `name` installs.

        The profile's exact version, else the installed one, else the one whose files lie there,
        else the best for all requirers: a repair changes no version unasked.

        Raises:
            NoWheelError: the wheelhouse has no wheel that fits.
        """
        want = self.wanted.get(name)
        found = self.installed(name)
        text = found.version if found is not None else None
        version = _as_version(text) if text is not None else None
        if want is not None and want.expected is not None:
            return self.wheelhouse.find(
                name,
                self.environment,
                want.admits,
                described=f"{name} {want.expected}",
                filename=want.wheel,
            )
        if text is not None and (want is None or (version is not None and want.admits(version))):
            return self.wheelhouse.find(
                name,
                self.environment,
                lambda candidate: str(candidate) == text or candidate == version,
                described=f"{name} {text}",
            )
        lies_there = self._version_that_lies_there(name) if found is None else None
        described = f"{name} {want.specifier}" if want is not None else name
        if want is None and name in self.missing:
            described = " and ".join(sorted({str(each.requirement) for each in self.missing[name]}))
        return self.wheelhouse.find(
            name,
            self.environment,
            lambda candidate: self.admits(name, candidate) and lies_there in (None, candidate),
            described=described,
        )

    def _version_that_lies_there(self, name: str) -> Version | None:
        """Return the version whose files are there though its metadata is lost; None without one.

        More than half of them must be there: two releases often share a few files.
        """
        best, share = None, 0.5
        fitting = self.wheelhouse.candidates(
            name, self.environment, lambda version: self.admits(name, version)
        )
        for wheel, manifest in self._readable(fitting if len(fitting) > 1 else ()):
            inside = manifest.dist_info + os.sep
            there = share_that_fits(
                (path, entry.hash)
                for path, entry in manifest.entries.items()
                if not path.startswith(inside)
            )
            if there > share:
                best, share = wheel.version, there
        return best


def _as_version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _entry_points(found: Distribution) -> str:
    try:
        return read_file(found.path / "entry_points.txt").decode("utf-8", "replace")
    except OSError:
        return ""


def _reach(start: str, edges: Mapping[str, Iterable[str]]) -> frozenset[str]:
    seen: set[str] = set()
    pending = [start]
    while pending:
        for other in edges.get(pending.pop(), ()):
            if other not in seen:
                seen.add(other)
                pending.append(other)
    return frozenset(seen - {start})


def dependencies_first(names: set[str], edges: Mapping[str, frozenset[str]]) -> Iterable[str]:
    """Yield `names`, each after what it depends on; a cycle is entered at its first name."""
    done: set[str] = set()
    for start in sorted(names):
        # An explicit stack: dependency chains are data, the interpreter's recursion limit is not.
        stack = [(start, False)]
        while stack:
            name, ready = stack.pop()
            if ready:
                yield name
            elif name not in done:
                done.add(name)
                stack.append((name, True))
                stack.extend(
                    (other, False)
                    for other in sorted(edges.get(name, ()), reverse=True)
                    if other in names and other not in done
                )


def relative_paths(environment: Environment, paths: Iterable[str | Path]) -> tuple[str, ...]:
    """Return paths as the report shows them: relative to the root, sorted."""
    return tuple(sorted(environment.relative(path) for path in paths))
