"""What does the index that pip is configured with say of the wheels that are not at hand?

pip does the asking, so that its own index, proxy, certificate and keyring settings count. It is
told the target's tags, and to install nothing: where the index serves metadata apart from the
wheels (PEP 658), pip 25.3 and later fetch no wheel either.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from packaging.pylock import PackageWheel
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.errors import VenvHealthError
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.freezing.sources import (
    Frozen,
    Lacking,
    frozen_wheel,
    path_in_lock,
    recorded_sha256,
)
from pytest_venvhealth.inventory import Distribution
from pytest_venvhealth.temporary import temporary_folder
from pytest_venvhealth.wheels.target import target_of_tags

_UNREACHABLE = re.compile(r"connection broken by '[^\n]*|401 Error[^\n]*")

_LONGEST_QUOTE = 300


class IndexNotAskedError(VenvHealthError):
    """pip could not ask the index."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return (
            f"The index could not be asked: {self.reason}. Look at pip's settings (pip config "
            "list), or put the wheels into the wheelhouse and freeze without --from-index."
        )


def ask_index(
    facts: Facts, wanted: Sequence[Lacking], folder: Path
) -> tuple[list[Frozen], list[Lacking]]:
    """Return what the index knows of the wheels of `wanted`, and what it lacks.

    A wheel counts if its version is the installed one to the letter, its tags fit the target and
    are those of the installed build, and its requirements are the installed ones. Whether every
    file is the same, only the wheel itself could tell.

    Args:
        wanted: all with a version.
        folder: where the lock will lie.
    Raises:
        IndexNotAskedError: pip is not there, or fails for more than a missing release.
        ScratchError: there is no room for pip's answer.
    """
    house = facts.wheelhouse.folders[0] if facts.wheelhouse.folders else folder / "../wheelhouse"
    asked = {f"{each.name}==={each.version}": each for each in wanted}
    frozen: list[Frozen] = []
    lacking: list[Lacking] = []
    while asked:
        report, complaint = _report(facts.environment, list(asked))
        if report is None:
            absent = [text for text in asked if text in complaint.split()]
            if not absent:
                raise IndexNotAskedError(complaint)
            for text in absent:
                each = asked.pop(text)
                reason = (
                    f"pip finds no wheel of it that fits {facts.environment.platform}: pip "
                    f"wheel --no-deps --wheel-dir=wheelhouse {each.name}=={each.version}, install "
                    "that wheel, and freeze again"
                )
                lacking.append(Lacking(name=each.name, version=each.version, reason=reason))
            continue
        told = {canonicalize_name(row["metadata"]["name"]): row for row in report}
        for each in asked.values():
            found = facts.inventory.distributions[each.name]
            answer = _judged(found, each, told.get(canonicalize_name(each.name)), house, folder)
            if isinstance(answer, PackageWheel):
                assert each.version is not None
                manifest = facts.manifest(each.name)
                frozen.append(frozen_wheel(each.version, answer, manifest, each.name))
            else:
                lacking.append(Lacking(name=each.name, version=each.version, reason=answer))
        break
    return frozen, sorted(lacking, key=lambda each: each.name)


def _judged(
    found: Distribution,
    wanted: Lacking,
    row: Mapping[str, Any] | None,
    house: Path,
    folder: Path,
) -> PackageWheel | str:
    """Return the wheel of pip's answer, or why it is not the one that is installed."""
    if row is None:
        return "pip says nothing of it"
    info = row["download_info"]
    filename = unquote(urlsplit(info["url"]).path).rpartition("/")[2]
    sha256 = (info.get("archive_info", {}).get("hashes") or {}).get("sha256")
    if sha256 is None:
        return f"the index states no sha256 of {filename}"
    try:
        _, version, _, tags = parse_wheel_filename(filename)
    except InvalidWheelFilename:
        return f"the index has {filename} only, which is no wheel"
    recorded = recorded_sha256(found)
    same = (
        version == wanted.version
        and (not found.tags or not tags.isdisjoint(found.tags))
        and recorded in (None, sha256)
        and _requirements(row["metadata"]) == {str(each) for each in found.requires}
    )
    if not same:
        return (
            f"the index's wheel {filename} is another build than what is installed: reinstall it "
            "from there, or put its own wheel into the wheelhouse"
        )
    # No address: the index may be a private one, and any that has these bytes will do.
    return PackageWheel(path=path_in_lock(house / filename, folder), hashes={"sha256": sha256})


def _requirements(metadata: Mapping[str, Any]) -> set[str] | None:
    try:
        return {str(Requirement(text)) for text in metadata.get("requires_dist", ())}
    except InvalidRequirement:
        return None


def _report(
    environment: Environment, requirements: Sequence[str]
) -> tuple[list[dict[str, Any]] | None, str]:
    """Return the rows of pip's report; or None, and what pip said.

    Source: pip's documentation, "Installation Report", format version 1.
    """
    with temporary_folder() as scratch:
        answer = scratch / "report.json"
        command = [
            *(sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed"),
            *("--no-deps", "--only-binary=:all:", "--no-input", "--quiet"),
            *("--disable-pip-version-check", f"--report={answer}"),
            # Nothing gets there; before 23.3 pip takes no tags without it.
            f"--target={scratch / 'target'}",
            *_tag_options(environment),
            *requirements,
        ]
        try:
            # Not here: `-m` puts the current folder, which may hold a pip.py, on the path.
            done = subprocess.run(
                command, cwd=scratch, capture_output=True, text=True, errors="replace", check=False
            )
        except OSError as error:
            raise IndexNotAskedError(
                f"{sys.executable} cannot be started ({error.strerror})"
            ) from error
        if done.returncode == 0:
            try:
                return json.loads(answer.read_bytes())["install"], ""
            except (OSError, ValueError, KeyError) as error:
                raise IndexNotAskedError(f"pip's report cannot be read ({error})") from error
    if "No module named pip" in done.stderr:
        raise IndexNotAskedError(f"{sys.executable} has no pip; python -m ensurepip gives it one")
    unreachable = _UNREACHABLE.search(done.stderr)
    if unreachable:
        # pip goes on, and says of every release that there is none.
        raise IndexNotAskedError(unreachable[0])
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR:")]
    said = errors[-1] if errors else " ".join(lines) or "pip said nothing"
    return None, said[-_LONGEST_QUOTE:].rstrip(".")


def _tag_options(environment: Environment) -> list[str]:
    """Return pip's options for a target that is not the interpreter pip runs in."""
    target = target_of_tags(environment.tags)
    tags = target.tag_options() if target is not None else []
    return [f"--python-version={environment.python_version}", *tags]
