"""Is the source there that an editable installation leads to?"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

from pytest_venvhealth.checks.precedence import suffixes
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import Check, Code, Finding
from pytest_venvhealth.inventory import Distribution, read_file


def check_editable(facts: Facts, found: Distribution) -> Iterator[Finding]:
    """Yield a finding where a folder that the distribution is imported from is gone.

    The folder is the one of `direct_url.json` (PEP 610), and those that its own `.pth` files and
    setuptools' finder name (PEP 660 leaves the way to the build tool).
    """
    gone = [] if found.editable_source is None else [found.editable_source]
    gone = [source for source in gone if not source.is_dir()] or sorted(_lost(facts, found))
    if gone:
        more = f" and {len(gone) - 1} more" if len(gone) > 1 else ""
        yield Finding(
            code=Code.EDITABLE_SOURCE_MISSING,
            check=Check.INSTALLED,
            distribution=found.name,
            summary=(
                f"{found.name} is installed editable, "
                f"and its source folder {gone[0]}{more} is gone."
            ),
            remedy=f"Put {gone[0]} back, or install {found.name} from where it is now.",
            paths=(facts.environment.relative(found.path),),
            root_causes=(found.name,),
        )


def _lost(facts: Facts, found: Distribution) -> Iterator[Path]:
    """Yield what the distribution's files directly in the site folders lead to and is not there."""
    manifest = facts.manifest(found.name)
    sites = {str(folder) for folder in facts.environment.site_folders}
    for path in manifest.entries if manifest else ():
        if os.path.dirname(path) not in sites:
            continue
        name = os.path.basename(path)
        try:
            if name.endswith(".pth"):
                yield from _lost_folders(read_file(path))
            elif name.startswith("__editable__") and name.endswith("_finder.py"):
                yield from _lost_modules(facts.environment, read_file(path))
        except OSError:
            continue  # told by the files check


def _lost_folders(data: bytes) -> Iterator[Path]:
    """Yield the folders that a `.pth` file puts on the path by full name and that are gone."""
    for line in data.decode("utf-8", "replace").splitlines():
        folder = line.strip()
        # Lines that begin with `import` are run; what they add is not known.
        if os.path.isabs(folder) and not os.path.exists(folder):
            yield Path(folder)


def _lost_modules(environment: Environment, data: bytes) -> Iterator[Path]:
    """Yield what the MAPPING of setuptools' finder leads to and is gone.

    Source: `_FINDER_TEMPLATE` in `setuptools/command/editable_wheel.py`; a module's path stands
    there without its suffix.
    """
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in tree.body:
        if not isinstance(node, ast.AnnAssign) or node.value is None:
            continue
        if not isinstance(node.target, ast.Name) or node.target.id != "MAPPING":
            continue
        try:
            mapping = ast.literal_eval(node.value)
        except ValueError:
            continue
        for path in mapping.values() if isinstance(mapping, dict) else ():
            ends = ("", *suffixes(environment))
            if isinstance(path, str) and not any(os.path.exists(path + end) for end in ends):
                yield Path(path)
