"""Is every file of a distribution there, and equal to its wheel's?"""

from __future__ import annotations

import ast
import os
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator

from pytest_venvhealth.checks import Answer
from pytest_venvhealth.checks.compare import Difference, differences
from pytest_venvhealth.checks.remedy import own_fault
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.facts import Facts, relative_paths
from pytest_venvhealth.findings import Check, Code, Finding, Severity
from pytest_venvhealth.inventory import Distribution
from pytest_venvhealth.manifest import Launcher, Manifest

_SENTENCES = {
    Code.FILE_MISSING: ("1 file is missing", "{} files are missing"),
    Code.FILE_ALTERED: ("1 file is altered", "{} files are altered"),
    Code.FILE_MODE: ("1 script cannot be executed", "{} scripts cannot be executed"),
    Code.FILE_UNREADABLE: ("1 file cannot be read", "{} files cannot be read"),
}


def check_files(facts: Facts, name: str, *, jobs: int = 1, unchanged: bool = False) -> Answer:
    """Compare the distribution's files with its wheel's manifest, or else with its RECORD.

    Args:
        jobs: how many threads hash.
        unchanged: the files look as they did when a full check last found them right, and are not
            hashed again; everything else is asked.
    """
    found = facts.installed(name)
    if found is None:
        return Answer(unchecked=f"{name} is not installed")
    manifest = facts.manifest(name)
    if manifest is None:
        if found.editable_source is not None and not found.is_dist_info:
            reason = f"{name} is installed editable, by an .egg-link, which lists no files"
            return Answer(unchecked=reason)
        if found.is_dist_info and found.installer != "debian":
            return Answer(findings=(_record_missing(facts, found, None),))
        return Answer(unchecked=f"{name} has no RECORD, and no wheel of it is at hand")
    different = () if unchanged else tuple(differences(manifest.entries.values(), jobs))
    findings = [
        *_damaged(facts, found, manifest, different),
        *_record_findings(facts, found, manifest),
        *_foreign(facts, found, manifest),
    ]
    if facts.other_build(name):
        findings.append(_other_build(facts, found))
    unchecked = None
    unknown = sum(1 for entry in manifest.entries.values() if not entry.hash)
    if unknown and not findings:
        count = "1 of its files has" if unknown == 1 else f"{unknown} of its files have"
        unchecked = f"{count} no hash in RECORD, and no wheel of it is at hand"
    only_looked_for = unknown == len(manifest.entries) and manifest.source == "record"
    return Answer(
        findings=tuple(findings),
        unchecked=unchecked,
        verified_against="stat" if only_looked_for or unchanged else manifest.source,
        intact=not different and not unknown and not unchanged,
    )


def _damaged(
    facts: Facts, found: Distribution, manifest: Manifest, compared: Iterable[Difference]
) -> Iterator[Finding]:
    """Yield one finding for each kind of difference."""
    different: dict[Code, list[str]] = defaultdict(list)
    clobbered: dict[str, list[str]] = defaultdict(list)
    for entry, code, actual in compared:
        others = _owners_of_bytes(facts, found.name, entry.path, actual)
        if others:
            clobbered[others[0]].append(entry.path)
        else:
            different[code].append(entry.path)
    for launcher in manifest.launchers:
        launcher_code = _launcher_difference(facts.environment, launcher)
        if launcher_code is not None:
            different[launcher_code].append(launcher.path)
    edited = [path for path in different[Code.FILE_ALTERED] if _is_configuration(facts, path)]
    different[Code.FILE_ALTERED] = sorted(set(different[Code.FILE_ALTERED]) - set(edited))
    if edited:
        yield _edited_configuration(facts, found, edited)
    for code, paths in sorted(different.items()):
        if not paths:
            continue
        one, many = _SENTENCES[code]
        what = one if len(paths) == 1 else many.format(len(paths))
        summary = f"{found.name} {found.version} is damaged: {what}."
        yield own_fault(facts, found, Check.FILES, code, summary, paths)
    for other, paths in sorted(clobbered.items()):
        count = "1 file" if len(paths) == 1 else f"{len(paths)} files"
        yield Finding(
            code=Code.FILE_CLOBBERED,
            check=Check.FILES,
            distribution=found.name,
            summary=f"{other} has overwritten {count} of {found.name} {found.version}.",
            remedy=(
                f"{found.name} and {other} bring the same files with other contents: "
                "uninstall the one that you don't need."
            ),
            paths=relative_paths(facts.environment, paths),
            root_causes=tuple(sorted((found.name, other))),
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


def _owners_of_bytes(facts: Facts, name: str, path: str, actual: str | None) -> list[str]:
    """Return the other distributions whose manifest says that `path` has just these bytes."""
    if actual is None:
        return []
    others = [other for other in facts.owners.get(path, ()) if other != name]
    found = []
    for other in others:
        manifest = facts.manifest(other)
        entry = manifest.entries.get(path) if manifest else None
        if entry is not None and entry.hash == actual:
            found.append(other)
    return found


def _launcher_difference(environment: Environment, launcher: Launcher) -> Code | None:
    """Judge a launcher by what it does, not by its bytes: every installer writes its own form."""
    try:
        status = os.stat(launcher.path)
        with open(launcher.path, "rb") as file:
            data = file.read()
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


def _record_missing(facts: Facts, found: Distribution, manifest: Manifest | None) -> Finding:
    if manifest is None:
        consequence = "Its files cannot be verified without a wheel."
    else:
        consequence = "Tools cannot uninstall or upgrade it."
    summary = f"{found.name} {found.version} has lost its RECORD. {consequence}"
    return own_fault(
        facts, found, Check.FILES, Code.RECORD_MISSING, summary, [str(found.path / "RECORD")]
    )


def _record_findings(facts: Facts, found: Distribution, manifest: Manifest) -> Iterator[Finding]:
    if found.record is None:
        if found.is_dist_info:
            yield _record_missing(facts, found, manifest)
        return
    problems = found.record.problems
    if not found.is_dist_info or not problems:
        return
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    summary = f"{found.name} {found.version} has a bad RECORD: {problems[0]}{more}."
    yield own_fault(
        facts, found, Check.FILES, Code.RECORD_INVALID, summary, [str(found.path / "RECORD")]
    )


def _foreign(facts: Facts, found: Distribution, manifest: Manifest) -> Iterator[Finding]:
    if found.editable_source is not None:
        return
    if manifest.source == "record" and found.record is not None and found.record.problems:
        return  # a file whose row is lost looks foreign, and is not
    paths = [path for path in foreign_files(facts, manifest) if is_module(facts.environment, path)]
    if not paths:
        return
    count = "1 module is" if len(paths) == 1 else f"{len(paths)} modules are"
    summary = (
        f"{count} inside the import package of {found.name} {found.version}, "
        "and no distribution brought them."
    )
    yield own_fault(facts, found, Check.FILES, Code.FOREIGN_FILE, summary, paths)


def foreign_files(facts: Facts, manifest: Manifest) -> Iterator[str]:
    """Yield files that nobody owns inside the distribution's import packages; no bytecode."""
    for package in manifest.packages:
        for folder, folders, names in os.walk(package):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            for name in names:
                path = os.path.join(folder, name)
                if path not in facts.owners:
                    yield path


def is_module(environment: Environment, path: str) -> bool:
    """Tell whether Python would import the file, by its name and its folders' names."""
    site = next(
        (
            str(folder)
            for folder in environment.site_folders
            if path.startswith(f"{folder}{os.sep}")
        ),
        None,
    )
    if site is None:
        return False
    parts = path[len(site) + 1 :].split(os.sep)
    for suffix in (*environment.extension_suffixes, ".py", ".pyc"):
        if parts[-1].endswith(suffix):
            stem = parts[-1].removesuffix(suffix)
            return all(part.isidentifier() for part in (*parts[:-1], stem))
    return False


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
