"""What has happened to a file that is not as its manifest says, and whose bytes are there?"""

from __future__ import annotations

import hashlib
import os
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pytest_venvhealth.checks.compare import Difference, compare
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import Code
from pytest_venvhealth.inventory import Distribution
from pytest_venvhealth.manifest import Entry, Manifest
from pytest_venvhealth.record import encoded_hash
from pytest_venvhealth.wheelhouse import WheelUnreadableError

_SENTENCES = {
    Code.FILE_MISSING: ("1 file is missing", "{} files are missing"),
    Code.FILE_ALTERED: ("1 file is altered", "{} files are altered"),
    Code.FILE_TYPE_CHANGED: ("1 file is something else now", "{} files are something else now"),
    Code.FILE_CASE_CHANGED: (
        "the case of 1 file's name has changed",
        "the case of {} files' names has changed",
    ),
    Code.FILE_MODE: ("1 script cannot be executed", "{} scripts cannot be executed"),
    Code.FILE_UNREADABLE: ("1 file cannot be read", "{} files cannot be read"),
}
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Damage:
    """One file that is not as the manifest says."""

    code: Code
    path: str
    """Absolute, as the manifest has it."""
    kind: str = ""
    """What has happened, in a word that can be counted: `emptied`."""
    detail: str = ""
    """More of this very file, where there is more: `shortened from 3,120 to 400 bytes`."""
    others: tuple[str, ...] = ()
    """The distributions whose own file stands there instead."""


def find_damage(
    facts: Facts, found: Distribution, manifest: Manifest, different: Sequence[Difference]
) -> list[Damage]:
    """Return what differs from the manifest; launchers, which no manifest has bytes of, left out.

    Args:
        different: the manifest's entries that differ.
    """
    linked = _is_installed_by_links(manifest, different)
    twins = CaseTwins(facts)
    versions = _OtherVersions(facts, found)
    damages = []
    for entry, code, actual in different:
        if code is Code.FILE_TYPE_CHANGED:
            if linked and _is_link_to_file(entry.path):
                continue
            damages.append(Damage(code=code, path=entry.path, kind=_kind(entry.path)))
        elif code is Code.FILE_MISSING:
            damages.append(_missing(twins, entry))
        elif code is Code.FILE_ALTERED:
            others = rightful_others(facts, found.name, entry.path)
            if others:
                damages.append(Damage(code=Code.FILE_CLOBBERED, path=entry.path, others=others))
            elif os.path.islink(entry.path) and not linked:
                kind = "a link to another file"
                damages.append(Damage(code=Code.FILE_TYPE_CHANGED, path=entry.path, kind=kind))
            else:
                damages.append(_altered(versions, entry, actual))
        else:
            damages.append(Damage(code=code, path=entry.path))
    return damages


def sentence(damages: Sequence[Damage]) -> str:
    """Return damage of one code as a clause: `3 files are altered (emptied: 1, shortened: 2)`."""
    one, many = _SENTENCES[damages[0].code]
    if len(damages) == 1:
        detail = damages[0].detail or damages[0].kind
        return f"{one} ({detail})" if detail else one
    text = many.format(f"{len(damages):,}")
    kinds = Counter(damage.kind for damage in damages)
    if kinds.keys() == {damages[0].kind}:
        return f"{text} (each {damages[0].kind})" if damages[0].kind else text
    listed = [f"{kind}: {number:,}" for kind, number in sorted(kinds.items()) if kind]
    return f"{text} ({', '.join(listed)})"


def rightful_others(facts: Facts, name: str, path: str) -> tuple[str, ...]:
    """Return the other distributions whose own manifest says that `path` is just as it is."""
    others = []
    for other in facts.owners.get(path, ()):
        manifest = facts.manifest(other) if other != name else None
        entry = manifest.entries.get(path) if manifest else None
        if entry is not None and entry.hash and has_right_bytes(entry):
            others.append(other)
    return tuple(others)


def has_right_bytes(entry: Entry) -> bool:
    """Tell whether the file's contents are as they should be, whatever else is wrong with it."""
    code = compare(entry)[0]
    return code in (None, Code.FILE_MODE) or (
        code is Code.FILE_TYPE_CHANGED and os.path.isfile(entry.path)
    )


def _is_installed_by_links(manifest: Manifest, different: Iterable[Difference]) -> bool:
    """Tell whether an installer made links of all files, as uv does with `--link-mode symlink`.

    Most, not all: the one file that was damaged since is a link no more.
    """
    # Modules tell: a script is written, and metadata and data may be.
    modules = {path for path in manifest.entries if path.endswith(".py")} or {*manifest.entries}
    links = lost = 0
    for entry, code, _ in different:
        if entry.path in modules:
            links += code is Code.FILE_TYPE_CHANGED and _is_link_to_file(entry.path)
            lost += code is Code.FILE_MISSING
    return links * 2 > len(modules) - lost


def _is_link_to_file(path: str) -> bool:
    return os.path.islink(path) and os.path.isfile(path)


def _kind(path: str) -> str:
    """Return what stands there instead of a regular file."""
    if os.path.islink(path):
        return "a link to a copy" if os.path.isfile(path) else "a link to something else"
    try:
        return _KINDS.get(stat.S_IFMT(os.lstat(path).st_mode), "something else")
    except OSError:
        return "something else"


def _missing(twins: CaseTwins, entry: Entry) -> Damage:
    twin = twins.of(entry)
    if twin is not None:
        start = os.path.commonpath((twin, entry.path)) + os.sep
        shown = twin.removeprefix(start).replace(os.sep, "/")
        return Damage(code=Code.FILE_CASE_CHANGED, path=entry.path, detail=f"it is {shown} now")
    dangling = "a link that leads nowhere" if os.path.islink(entry.path) else ""
    return Damage(code=Code.FILE_MISSING, path=entry.path, kind=dangling)


def _altered(versions: _OtherVersions, entry: Entry, actual: str | None) -> Damage:
    def altered(kind: str, detail: str = "") -> Damage:
        return Damage(code=Code.FILE_ALTERED, path=entry.path, kind=kind, detail=detail)

    try:
        size = os.stat(entry.path).st_size
    except OSError:
        return altered("")
    if not size:
        return altered("emptied")
    other = versions.having(entry.path, actual)
    if other is not None:
        return altered(f"as in version {other}")
    if actual is not None and actual == _hash_of_zeros(size, actual.partition("=")[0]):
        return altered("zeroed")
    if entry.size is None:
        return altered("")
    if size == entry.size:
        return altered("other bytes of the same size")
    kind = "shortened" if size < entry.size else "lengthened"
    return altered(kind, f"{kind} from {entry.size:,} to {size:,} bytes")


def _hash_of_zeros(size: int, algorithm: str) -> str:
    hasher = hashlib.new(algorithm)
    piece = bytes(min(size, 1 << 20))
    for _ in range(size // len(piece)):
        hasher.update(piece)
    hasher.update(bytes(size % len(piece)))
    return encoded_hash(hasher)


class CaseTwins:
    """Looks for what is there under a name that differs in upper and lower case alone."""

    def __init__(self, facts: Facts) -> None:
        self._owners = facts.owners
        self._names: dict[str, Mapping[str, Sequence[str]]] = {}

    def of(self, entry: Entry) -> str | None:
        """Return the file that nobody owns and that has a lost one's bytes; None without any."""
        folder, missing = entry.path, list[str]()
        while not os.path.isdir(folder):
            folder, name = os.path.split(folder)
            missing.insert(0, name)
            if not name:
                return None
        for twin in self._below(folder, missing):
            if twin not in self._owners and has_right_bytes(entry._replace(path=twin)):
                return twin
        return None

    def _below(self, folder: str, parts: Sequence[str]) -> Iterator[str]:
        for name in self._listed(folder).get(parts[0].lower(), ()):
            path = os.path.join(folder, name)
            if len(parts) > 1:
                yield from self._below(path, parts[1:])
            else:
                yield path

    def _listed(self, folder: str) -> Mapping[str, Sequence[str]]:
        if folder not in self._names:
            by_name: dict[str, list[str]] = {}
            try:
                for name in sorted(os.listdir(folder)):
                    by_name.setdefault(name.lower(), []).append(name)
            except OSError:
                pass  # no folder, or none that may be read: nothing is found in it
            self._names[folder] = by_name
        return self._names[folder]


class _OtherVersions:
    """Knows the bytes of a distribution's other versions, read once something is altered."""

    def __init__(self, facts: Facts, found: Distribution) -> None:
        self._facts, self._found = facts, found
        self._known: Mapping[tuple[str, str], str] | None = None

    def having(self, path: str, actual: str | None) -> str | None:
        """Return the version that has a file of that hash at `path`; None where none is known."""
        if self._known is None:
            # The nearest evidence last: it wins.
            self._known = {**dict(self._by_wheels()), **dict(self._by_claims())}
        return self._known.get((path, actual)) if actual is not None else None

    def _by_claims(self) -> Iterator[tuple[tuple[str, str], str]]:
        for claim in self._facts.inventory.duplicates.get(self._found.name, ()):
            for path, row in self._facts.recorded_files(claim):
                if claim.version is not None:
                    yield (path, row.hash), claim.version

    def _by_wheels(self) -> Iterator[tuple[tuple[str, str], str]]:
        facts, own = self._facts, self._found.version
        wheels = facts.wheelhouse.candidates(
            self._found.name, facts.environment, lambda version: str(version) != own
        )
        for wheel in wheels:
            try:
                manifest = facts.wheelhouse.manifest(wheel, facts.environment)
            except WheelUnreadableError:
                continue
            for path, entry in manifest.entries.items():
                yield (path, entry.hash), str(wheel.version)
