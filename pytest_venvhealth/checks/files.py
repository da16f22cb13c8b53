"""Is every file of a distribution there, and equal to its wheel's?"""

from __future__ import annotations

import ast
import os
import stat
import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence

from pytest_venvhealth.checks import Answer
from pytest_venvhealth.checks.binaries import binary_findings, binary_notes
from pytest_venvhealth.checks.bytecode import bytecode_findings
from pytest_venvhealth.checks.compare import Difference, differences
from pytest_venvhealth.checks.damage import Damage, find_damage, rightful_others, sentence
from pytest_venvhealth.checks.foreign import check_foreign
from pytest_venvhealth.checks.hashed import Hashed
from pytest_venvhealth.checks.recorded import check_record, record_missing
from pytest_venvhealth.checks.remedy import own_fault
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.facts import Facts, relative_paths
from pytest_venvhealth.findings import Check, Code, Finding, Severity
from pytest_venvhealth.inventory import Distribution, read_file
from pytest_venvhealth.manifest import Launcher, Manifest


def check_files(
    facts: Facts,
    name: str,
    *,
    jobs: int = 1,
    bytecode: bool = False,
    unchanged: bool = False,
    hashed: Hashed | None = None,
) -> Answer:
    """Compare the distribution's files with its wheel's manifest, or else with its RECORD.

    Args:
        jobs: how many threads hash.
        bytecode: whether every source is compiled again and compared with its cached bytecode.
        unchanged: the files look as they did when a full check last found them right, and are not
            hashed again; everything else is asked.
        hashed: what this run has read already; None: every file is read.
    """
    found = facts.installed(name)
    if found is None:
        return Answer(unchecked=f"{name} is not installed")
    manifest = facts.manifest(name)
    if manifest is None:
        if found.editable_source is not None and not found.is_dist_info:
            return Answer()  # an .egg-link: its files are the source, and that is there
        if found.is_dist_info and found.installer != "debian":
            return Answer(findings=(record_missing(facts, found, None),))
        return Answer(unchecked=f"{name} has no RECORD, and no wheel of it is at hand")
    different = () if unchanged else tuple(differences(manifest.entries.values(), jobs, hashed))
    findings = [
        *_damaged(facts, found, manifest, different),
        *check_record(facts, found, manifest),
        *check_foreign(facts, found, manifest),
        *bytecode_findings(facts, found, manifest, recompile=bytecode, jobs=jobs),
    ]
    if facts.other_build(name):
        findings.append(_other_build(facts, found))
    unchecked = None
    unknown = sum(1 for entry in manifest.entries.values() if not entry.hash)
    if unknown and not findings:
        count = "1 of its files has" if unknown == 1 else f"{unknown} of its files have"
        unchecked = f"{count} no hash in RECORD, and no wheel of it is at hand"
    told = {path for finding in findings for path in finding.paths}
    findings += binary_findings(facts, found, manifest, told)
    only_looked_for = unknown == len(manifest.entries) and manifest.source == "record"
    return Answer(
        findings=tuple(findings),
        unchecked=unchecked,
        verified_against="stat" if only_looked_for or unchanged else manifest.source,
        intact=not different and not unknown and not unchanged,
        notes=binary_notes(facts, manifest),
    )


def _damaged(
    facts: Facts, found: Distribution, manifest: Manifest, compared: Sequence[Difference]
) -> Iterator[Finding]:
    """Yield one finding for each kind of difference."""
    damages = find_damage(facts, found, manifest, compared)
    for launcher in manifest.launchers:
        code = _launcher_difference(facts.environment, launcher)
        if code is not None:
            others = _launcher_of_others(facts, found.name, launcher.path)
            if others and code is Code.FILE_ALTERED:
                code = Code.FILE_CLOBBERED
            damages.append(Damage(code=code, path=launcher.path, others=others))
    different: dict[Code, list[Damage]] = defaultdict(list)
    clobbered: dict[tuple[str, ...], list[str]] = defaultdict(list)
    edited = []
    for damage in damages:
        if damage.code is Code.FILE_CLOBBERED:
            clobbered[damage.others].append(damage.path)
        elif damage.code is Code.FILE_ALTERED and _is_configuration(facts, damage.path):
            edited.append(damage.path)
        else:
            different[damage.code].append(damage)
    if edited:
        yield _edited_configuration(facts, found, edited)
    for code, listed in sorted(different.items()):
        paths = [damage.path for damage in listed]
        summary = f"{found.name} {found.version} is damaged: {sentence(listed)}."
        if code is Code.FILE_MISSING and _is_only_metadata_left(manifest, paths):
            summary = (
                f"{found.name} {found.version} is there by its metadata alone: "
                f"{sentence(listed)}, all that it had beside them."
            )
        yield own_fault(facts, found, Check.FILES, code, summary, paths)
    for others, paths in sorted(clobbered.items()):
        yield _clobbered(facts, found, others, paths)


def _is_only_metadata_left(manifest: Manifest, missing: list[str]) -> bool:
    """Tell whether everything is lost but what lies in the dist-info."""
    inside = manifest.dist_info + os.sep
    payload = {path for path in manifest.paths if not path.startswith(inside)}
    return len(payload) > 1 and payload <= set(missing)


def _clobbered(
    facts: Facts, found: Distribution, others: tuple[str, ...], paths: list[str]
) -> Finding:
    count = "1 file" if len(paths) == 1 else f"{len(paths):,} files"
    verb = "has" if len(others) == 1 else "have"
    they = " and ".join(others)
    return Finding(
        code=Code.FILE_CLOBBERED,
        check=Check.FILES,
        distribution=found.name,
        summary=f"{they} {verb} overwritten {count} of {found.name} {found.version}.",
        remedy=(
            f"{found.name} and {they} bring the same files with other contents: "
            "uninstall the one that you don't need."
        ),
        paths=relative_paths(facts.environment, paths),
        root_causes=tuple(sorted((found.name, *others))),
    )


def _is_configuration(facts: Facts, path: str) -> bool:
    """Tell whether a file is of those that people are meant to edit, as `etc/jupyter` has them."""
    return path.startswith(os.path.join(facts.environment.data, "etc") + os.sep)


def _edited_configuration(facts: Facts, found: Distribution, paths: list[str]) -> Finding:
    count = "1 file" if len(paths) == 1 else f"{len(paths)} files"
    return Finding(
        code=Code.FILE_ALTERED,
        check=Check.FILES,
        distribution=found.name,
        summary=f"{count} of {found.name}'s configuration were edited, or changed by another.",
        remedy="Nothing to do if that is meant.",
        severity=Severity.WARNING,
        paths=relative_paths(facts.environment, paths),
    )


def _launcher_of_others(facts: Facts, name: str, path: str) -> tuple[str, ...]:
    """Return the other distributions that a launcher or script of this path is right for."""
    others = [*rightful_others(facts, name, path)]
    for other in facts.owners.get(path, ()):
        manifest = facts.manifest(other) if other != name else None
        launchers = manifest.launchers if manifest else ()
        others += [
            other
            for launcher in launchers
            if launcher.path == path and not _launcher_difference(facts.environment, launcher)
        ]
    return tuple(sorted(others))


def _launcher_difference(environment: Environment, launcher: Launcher) -> Code | None:
    """Judge a launcher by what it does, not by its bytes: every installer writes its own form."""
    try:
        status = os.stat(launcher.path)
        if not stat.S_ISREG(status.st_mode):
            return Code.FILE_TYPE_CHANGED
        data = read_file(launcher.path)
    except (FileNotFoundError, NotADirectoryError):
        return Code.FILE_MISSING
    except OSError:
        return Code.FILE_UNREADABLE
    if environment.markers.get("os_name") == "nt":
        return None if data[:2] == b"MZ" else Code.FILE_ALTERED
    if not _starts_python(data) or not _calls(data, launcher):
        return Code.FILE_ALTERED
    return None if status.st_mode & 0o111 else Code.FILE_MODE


def _starts_python(data: bytes) -> bool:
    """Tell whether a script's first lines start a Python, of this environment or not.

    Which one it is, the environment's own `scripts` check asks.
    """
    head, _, rest = data.partition(b"\n")
    if head == b"#!/bin/sh":
        head = rest.partition(b"\n")[0]
        return head.startswith(b"'''exec' ") and _names_python(head)
    return head.startswith(b"#!") and _names_python(head)


def _names_python(line: bytes) -> bool:
    return b"python" in line or b"pypy" in line


def _calls(data: bytes, launcher: Launcher) -> bool:
    """Tell whether a launcher imports what the entry point names, and calls it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError):
        return False
    first, _, _ = launcher.attribute.partition(".")
    imported: set[str] = set()
    called: set[str] = set()
    texts: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == launcher.module:
            imported |= {alias.asname or alias.name for alias in node.names if alias.name == first}
        elif isinstance(node, ast.Call):
            called.add(ast.unparse(node.func).partition(".")[0])
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts.add(node.value)
    # `setup.py install` left launchers that look the entry point up by its name.
    by_name = {"console_scripts", os.path.basename(launcher.path)} <= texts
    return bool(imported & called) or by_name


def _other_build(facts: Facts, found: Distribution) -> Finding:
    source = found.other_source
    origin = f"from {source}" if source else "from another build of the same version"
    want = facts.wanted.get(found.name)
    asked = want is not None and want.wheel is not None
    return Finding(
        code=Code.OTHER_BUILD,
        check=Check.FILES,
        distribution=found.name,
        summary=(
            f"{found.name} {found.version} was installed {origin}, "
            "not from the wheelhouse's wheel; its files were verified by its RECORD."
        ),
        remedy=(
            "The profile's lock names the wheel: run again with --repair to install it."
            if asked
            else "Nothing to do if that is meant; else install it from the wheelhouse."
        ),
        severity=Severity.ERROR if asked else Severity.WARNING,
        root_causes=(found.name,) if asked else (),
        repairable=asked,
    )
