"""Was what is installed made from this wheel? An equal version is not an equal build."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.inventory import Distribution, read_file
from pytest_venvhealth.manifest import Manifest, recorded_files
from pytest_venvhealth.record import encoded_hash


def confirmed_metadata(found: Distribution) -> dict[str, str]:
    """Return the hashes of WHEEL and METADATA, as far as the distribution's own RECORD agrees.

    A damaged one proves nothing: it is damage, and no other build.
    """
    rows = {row.path: row.hash for row in (found.record.rows if found.record else ())}
    confirmed: dict[str, str] = {}
    for name in ("WHEEL", "METADATA"):
        try:
            own = encoded_hash(hashlib.sha256(read_file(found.path / name)))
        except OSError:
            continue
        if rows.get(f"{found.path.name}/{name}") == own:
            confirmed[name] = own
    return confirmed


def contradicts(manifest: Manifest, confirmed: Mapping[str, str]) -> bool:
    """Tell whether intact metadata was written by another build than the manifest's."""
    for name, own in confirmed.items():
        entry = manifest.entries.get(os.path.join(manifest.dist_info, name))
        if entry is not None and entry.hash.startswith("sha256=") and entry.hash != own:
            return True
    return False


def files_of_another_build(
    environment: Environment, found: Distribution, manifest: Manifest
) -> tuple[str, ...]:
    """Return the installed files that another wheel than the manifest's has brought, sorted.

    Those are the files whose bytes are what the installed RECORD says, and not what the wheel says.
    Where file and RECORD disagree, one of them is damaged: that proves nothing.

    Args:
        manifest: of a wheel of the same version.
    """
    if found.record is None:
        return ()
    theirs: list[str] = []
    rows = recorded_files(environment, rows=found.record.rows, dist_info=str(found.path))
    for path, row in rows:
        entry = manifest.entries.get(path)
        if entry is None or entry.rewritten or not row.hash or row.hash == entry.hash:
            continue
        if row.hash.partition("=")[0] == entry.hash.partition("=")[0] and _has(path, row.hash):
            theirs.append(environment.relative(path))
    return tuple(sorted(theirs))


def _has(path: str, wanted: str) -> bool:
    """Tell whether a file has the hash that RECORD says."""
    try:
        with open(path, "rb") as file:
            return encoded_hash(hashlib.file_digest(file, wanted.partition("=")[0])) == wanted
    except (OSError, ValueError):
        return False
