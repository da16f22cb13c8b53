"""Do the paths in the environment's `.pth` files lead anywhere?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from pytest_venvhealth.facts import Facts, relative_paths
from pytest_venvhealth.findings import ENVIRONMENT, Check, Code, Finding, Severity


def check_pth_paths(facts: Facts) -> Iterator[Finding]:
    """Yield a warning for each `.pth` file with a path that is gone.

    Left out is what the profile lists as known to be good, and what is told elsewhere: the source
    of an editable distribution (`editable-source-missing`) or of an `.egg-link` (`leftover`).
    """
    for path in facts.inventory.top_level_entries:
        name = os.path.basename(path)
        if not name.endswith(".pth") or name.startswith(".") or name in facts.profile.pth:
            continue
        gone = [each for each in pth_paths(path) if not os.path.lexists(each)]
        if not gone or _source_is_gone(facts, path):
            continue
        told = _sources_of_egg_links(facts)
        gone = [each for each in gone if each not in told]
        if gone:
            yield _missing(facts, path, gone)


def pth_paths(path: str) -> list[str]:
    """Return the absolute paths that a `.pth` file names; none of a file that cannot be read.

    Source: `addpackage` in CPython's `Lib/site.py`: comments, blank lines and lines that begin with
    `import` name no path, and relative ones start at the file's folder.
    """
    try:
        text = Path(path).read_text("utf-8-sig")
    except (OSError, UnicodeError):
        return []
    folder = os.path.dirname(path)
    return [
        os.path.normpath(os.path.join(folder, line.rstrip()))
        for line in text.splitlines()
        if line.strip() and "\0" not in line and not line.startswith(("#", "import ", "import\t"))
    ]


def _source_is_gone(facts: Facts, path: str) -> bool:
    owners = (facts.installed(name) for name in facts.owners.get(path, ()))
    sources = (found.editable_source for found in owners if found is not None)
    return any(source is not None and not source.is_dir() for source in sources)


def _sources_of_egg_links(facts: Facts) -> set[str]:
    """Return the folders that dead `.egg-link` files name: `leftover` tells of these."""
    folders = set()
    for path in facts.inventory.leftovers:
        if path.endswith(".egg-link"):
            try:
                first = Path(path).read_bytes().partition(b"\n")[0]
            except OSError:
                continue
            folders.add(os.path.normpath(os.fsdecode(first.strip())))
    return folders


def _missing(facts: Facts, path: str, gone: list[str]) -> Finding:
    shown = ", ".join(gone[:3]) + (f" and {len(gone) - 3} more" if len(gone) > 3 else "")
    verb = "is" if len(gone) == 1 else "are"
    return Finding(
        code=Code.PTH_PATH_MISSING,
        check=Check.STARTUP,
        distribution=ENVIRONMENT,
        summary=f"{os.path.basename(path)} puts {shown} on sys.path, which {verb} gone.",
        remedy="Put it back, or remove the line; Python passes over it.",
        severity=Severity.WARNING,
        paths=relative_paths(facts.environment, [path]),
        root_causes=facts.owners.get(path, ()),
    )
