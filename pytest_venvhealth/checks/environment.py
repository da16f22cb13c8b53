"""Is the environment itself sound: interpreter, start-up, scripts, site-packages?"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from packaging.utils import canonicalize_name

from pytest_venvhealth.checks import Answer
from pytest_venvhealth.checks.interpreter import check_interpreter
from pytest_venvhealth.checks.leaks import check_leaks
from pytest_venvhealth.checks.pth import check_pth_paths
from pytest_venvhealth.checks.remedy import remedy_by_wheel
from pytest_venvhealth.checks.room import check_room
from pytest_venvhealth.checks.scripts import check_scripts
from pytest_venvhealth.checks.shadowing import check_shadowing
from pytest_venvhealth.checks.startup import CUSTOMIZE, check_startup
from pytest_venvhealth.facts import Facts, relative_paths
from pytest_venvhealth.findings import ENVIRONMENT, Check, Code, Finding, Severity

# virtualenv and uv put it into every environment that they make.
_MAKERS_OWN = frozenset({"_virtualenv.py"})


def check_environment(facts: Facts, check: Check) -> Answer:
    """Ask one question of the environment itself.

    Args:
        check: one of interpreter, startup, scripts, site-packages.
    """
    if check is Check.STARTUP and facts.environment.interpreter_error:
        return Answer(unchecked="the interpreter does not start")
    questions: dict[Check, tuple[Callable[[Facts], Iterator[Finding]], ...]] = {
        Check.INTERPRETER: (check_interpreter,),
        Check.STARTUP: (check_startup, check_pth_paths, check_shadowing, check_leaks),
        Check.SCRIPTS: (check_scripts,),
        Check.SITE_PACKAGES: (_site_packages, check_room),
    }
    return Answer(findings=tuple(each for ask in questions[check] for each in ask(facts)))


def _site_packages(facts: Facts) -> Iterator[Finding]:
    leftovers = facts.inventory.leftovers
    if leftovers:
        count = "1 leftover" if len(leftovers) == 1 else f"{len(leftovers)} leftovers"
        yield Finding(
            code=Code.LEFTOVER,
            check=Check.SITE_PACKAGES,
            distribution=ENVIRONMENT,
            summary=f"{count} of an interrupted installation; Python never imports these.",
            remedy="Remove them, or let the next repair set them aside.",
            severity=Severity.WARNING,
            paths=relative_paths(facts.environment, leftovers),
        )
    brought: dict[tuple[str, ...], list[str]] = {}
    for module, path in _orphans(facts):
        brought.setdefault(facts.makers(module), []).append(path)
    for makers, paths in sorted(brought.items()):
        yield _orphan_finding(facts, makers, paths)


def _orphan_finding(facts: Facts, makers: tuple[str, ...], paths: list[str]) -> Finding:
    """Return the finding of what lost its metadata, or came without.

    Args:
        makers: the distributions that are known to bring such modules and are not installed.
    """
    names = sorted(os.path.basename(path) for path in paths)
    listed = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    belong = "belongs" if len(names) == 1 else "belong"
    summary = f"{listed} {belong} to no installed distribution, and Python would import it."
    remedy = "Install what should own it, or move it away."
    repairable = False
    if makers:
        summary += f" {' or '.join(makers)} would bring it."
        wanted = [name for name in makers if name in facts.wanted or name in facts.missing]
        if wanted:
            remedy, repairable = remedy_by_wheel(facts, wanted[0])
        else:
            remedy = f"Install {' or '.join(makers)} anew, or move it away."
    return Finding(
        code=Code.ORPHAN_PACKAGE,
        check=Check.SITE_PACKAGES,
        distribution=ENVIRONMENT,
        summary=summary if len(names) == 1 else summary.replace(" it.", " them."),
        remedy=remedy if len(names) == 1 else remedy.replace(" it", " them"),
        # With a known maker it is a distribution that lost its metadata; else it may be meant.
        severity=Severity.ERROR if makers else Severity.WARNING,
        paths=relative_paths(facts.environment, paths),
        root_causes=makers,
        repairable=repairable,
    )


def _orphans(facts: Facts) -> Iterator[tuple[str, str]]:
    """Yield the name and path of each top-level module and package that nobody owns."""
    owned: set[str] = set()
    sites = [str(folder) + os.sep for folder in facts.environment.site_folders]
    for path in facts.owners:
        for site in sites:
            if path.startswith(site):
                owned.add(site + path[len(site) :].partition(os.sep)[0])
    unlisted = [
        found
        for name, found in facts.inventory.distributions.items()
        if facts.manifest(name) is None or (found.record is not None and found.record.problems)
    ]
    # What has lost its list of files (or never had one) owns what bears its name.
    claimed = {module for found in unlisted for module in found.top_level}
    names = {found.name for found in unlisted}
    suffixes = (*facts.environment.extension_suffixes, ".py", ".pyc")
    for path in sorted(facts.inventory.top_level_entries):
        name = os.path.basename(path)
        if path in owned or name in ("__pycache__", *_MAKERS_OWN, *CUSTOMIZE.values()):
            continue
        stem = next((name.removesuffix(end) for end in suffixes if name.endswith(end)), name)
        if not stem.isidentifier() or stem in claimed or canonicalize_name(stem) in names:
            continue
        if name != stem or (os.path.isdir(path) and _has_modules(path, suffixes)):
            yield stem, path


def _has_modules(folder: str, suffixes: tuple[str, ...]) -> bool:
    return any(
        name.endswith(suffixes)
        for top, _, names in os.walk(folder)
        if os.path.basename(top) != "__pycache__"
        for name in names
    )
