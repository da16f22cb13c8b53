"""Can a process repair the environment that it runs in itself?

While files are moved, a module that was not imported yet is not there; and once a repair is done,
an old half of a program must not meet a new half. So everything is loaded before the first change,
and what cannot be is healed from outside.

What is read as a file rather than imported (the scripts that run inside the target, the catalogue
of probes, the report's schema) is back in place before anything asks for it again: between the
first move and the last only `transaction`, `install` and what they import are at work.
"""

from __future__ import annotations

import importlib
import os
import shlex
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.facts import Facts

# What is at work while files are moved: where one of these is lost, nothing is begun.
_NEEDED = ("pytest_venvhealth.repair",)
# The run goes on after the repair: of these all that loads is loaded.
_USEFUL = (
    *("pytest_venvhealth", "installer", "filelock", "packaging", "elftools"),
    *("_pytest", "pytest", "pluggy", "iniconfig"),
)
# And of these only if somebody has loaded them already.
_COMPANIONS = ("xdist", "execnet", "pytest_jsonreport", "pytest_metadata", "pytest_html")
# They run where they are imported, some only inside a target.
_SCRIPTS = (
    "pytest_venvhealth.probes.catalogue",
    "pytest_venvhealth.probes.child",
    "execnet.script",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class NotLoaded:
    """A module that could not be loaded before a repair."""

    module: str
    file: str
    """Absolute, as far as it is known."""
    reason: str


def is_own_environment(environment: Environment) -> bool:
    """Tell whether `environment` is the one that this very process runs in."""
    return os.path.realpath(sys.prefix) == os.path.realpath(environment.root)


def obstacle(facts: Facts, steps: Iterable[tuple[str, str | None, str]]) -> str | None:
    """Load what a repair of the own environment needs, and say why it cannot be done from inside.

    None where it can, or where the target is another environment.

    Args:
        steps: what is to be repaired: name, installed version, version to install.
    """
    environment = facts.environment
    if not is_own_environment(environment):
        return None
    in_use = distributions_in_use(facts)
    for name, old, new in steps:
        if name in in_use and old not in (None, new):
            return (
                f"pytest itself runs on {name} {old} here, and cannot become {new} while it runs: "
                f"{outside_advice(environment)}"
            )
    missing = load_everything(facts)
    if not missing:
        return None
    first = missing[0]
    return (
        f"pytest runs in this environment, and its repair needs {first.module} "
        f"({environment.relative(first.file)}), which cannot be loaded: {first.reason}; "
        f"{outside_advice(environment)}"
    )


def outside_advice(environment: Environment) -> str:
    """Return what heals an environment from outside, as the end of a sentence."""
    command = shlex.join(
        ["-m", "pytest", "--venv-health", f"--venv={environment.root}", "--repair"]
    )
    return f"heal it from another environment that has this plugin: OTHER-PYTHON {command}"


def load_everything(facts: Facts) -> tuple[NotLoaded, ...]:
    """Import all that a repair, its proof and the end of the run may still import.

    Returns:
        What a repair itself needs and could not be loaded. All else that fails is left alone: the
        run has done without so far, and may find it healed.
    """
    failed: list[NotLoaded] = []
    for package in _NEEDED:
        failed += _load(facts, package)
    for package in _USEFUL:
        list(_load(facts, package))
    for package in _COMPANIONS:
        if package in sys.modules:
            list(_load(facts, package))
    return tuple(failed)


def distributions_in_use(facts: Facts) -> frozenset[str]:
    """Return the distributions of the target that this process has loaded modules of."""
    files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    return frozenset(name for file in files if file for name in facts.owners_of_file(file))


def note_after(facts: Facts, repaired: Iterable[str]) -> str | None:
    """Return what to say where this process still runs on old copies of what it has repaired."""
    if not is_own_environment(facts.environment):
        return None
    mine = sorted(distributions_in_use(facts).intersection(repaired))
    if not mine:
        return None
    names = ", ".join(mine)
    return (
        f"This run has repaired what it runs on itself ({names}): run again, "
        "so that the healed copy checks itself."
    )


def _load(facts: Facts, package: str) -> Iterator[NotLoaded]:
    """Import each module of a package that is not loaded, and yield those that fail."""
    for module, file in sorted(_modules(facts, package).items()):
        if module in sys.modules:
            continue
        try:
            importlib.import_module(module)
        except Exception as error:  # noqa: BLE001 - whatever a damaged module raises is the answer
            reason = f"{type(error).__name__}: {error}"
            yield NotLoaded(module=module, file=file, reason=reason)


def _modules(facts: Facts, package: str) -> dict[str, str]:
    """Return the modules of a package by name, with their files: those there, and those lost.

    What is on the disk would not tell of a module that is lost, so the manifests are asked too.
    """
    for site in facts.environment.site_folders:
        folder = str(site.joinpath(*package.split(".")))
        files = {
            os.path.join(parent, name) for parent, _, names in os.walk(folder) for name in names
        }
        for name in facts.owners_below(folder):
            manifest = facts.manifest(name)
            files |= manifest.paths if manifest else set()
        inside = [file for file in files if file.startswith(folder + os.sep)]
        found = {_dotted(site, file): file for file in inside if file.endswith(".py")}
        if found:
            return {module: file for module, file in found.items() if _is_importable(module)}
    return {}


def _is_importable(module: str) -> bool:
    parts = module.split(".")
    return (
        not f"{module}.".startswith(tuple(f"{script}." for script in _SCRIPTS))
        and "__main__" not in parts
        and all(part.isidentifier() for part in parts)
    )


def _dotted(site: Path, file: str) -> str:
    """Return the name by which a file below a site folder is imported."""
    parts = Path(file).relative_to(site).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
