"""Could a repair write: are site-packages writable, and has the disk room for it?"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

from pytest_venvhealth.facts import Facts, relative_paths
from pytest_venvhealth.findings import ENVIRONMENT, Check, Code, Finding, Severity

_HEADROOM = 16 * 1024 * 1024
"""Bytes that a repair needs beside the files: bytecode, journal, folders."""


def check_room(facts: Facts) -> Iterator[Finding]:
    """Yield warnings for what would keep a repair from writing."""
    folders = [str(folder) for folder in facts.environment.site_folders if folder.is_dir()]
    # A file system that is mounted read-only denies root, too.
    closed = [folder for folder in folders if not os.access(folder, os.W_OK | os.X_OK)]
    if closed:
        yield Finding(
            code=Code.SITE_PACKAGES_READ_ONLY,
            check=Check.SITE_PACKAGES,
            distribution=ENVIRONMENT,
            summary="Nothing can be written to site-packages: a repair is impossible.",
            remedy="Nothing, if that is meant; else run as the environment's owner.",
            severity=Severity.WARNING,
            paths=relative_paths(facts.environment, closed),
        )
    elif folders:
        yield from _disk(facts, folders)


def _disk(facts: Facts, folders: list[str]) -> Iterator[Finding]:
    sizes = {name: _size(facts, name) for name in facts.inventory.distributions}
    if not sizes:
        return
    largest = max(sizes, key=lambda name: sizes[name])
    # The new copy is staged beside the old one, which is moved and needs no room.
    needed = sizes[largest] + sizes[largest] // 10 + _HEADROOM
    try:
        free = min(shutil.disk_usage(folder).free for folder in folders)
    except OSError:
        return
    if free < needed:
        yield Finding(
            code=Code.DISK_NEARLY_FULL,
            check=Check.SITE_PACKAGES,
            distribution=ENVIRONMENT,
            summary=(
                f"The disk has {_mebibytes(free)} left; "
                f"a repair of {largest} needs {_mebibytes(needed)}."
            ),
            remedy="Make room on the environment's disk before a repair.",
            severity=Severity.WARNING,
            paths=relative_paths(facts.environment, folders),
        )


def _size(facts: Facts, name: str) -> int:
    manifest = facts.manifest(name)
    return sum(entry.size or 0 for entry in manifest.entries.values()) if manifest else 0


def _mebibytes(count: int) -> str:
    return f"{count / 2**20:.0f} MiB"
