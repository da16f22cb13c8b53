"""Does a folder in front of the environment's own hide modules that are meant to be imported?"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from pytest_venvhealth.environment import Environment, foreign_entries, is_standard
from pytest_venvhealth.facts import Facts, relative_paths
from pytest_venvhealth.findings import ENVIRONMENT, Check, Code, Finding
from pytest_venvhealth.inventory import Distribution

# Half of all source folders have these. Nothing imports CPython's own `test`, and wheels bring the
# others by accident.
_NEVER_MISSED = frozenset({"test", "tests", "docs", "examples", "setup", "conftest"})
FIRST = -1
"""The place on `sys.path` of what stands before everything else, as `PYTHONPATH` does."""


def check_shadowing(facts: Facts) -> Iterator[Finding]:
    """Yield an error for each folder that a start-up file put in front, and that hides things."""
    environment = facts.environment
    for place, folder in foreign_entries(environment):
        hidden = hidden_modules(facts, folder, place)
        if hidden:
            source = environment.path_sources.get(folder)
            by = environment.relative(source) if source else "a start-up file"
            owners = facts.owners.get(source, ()) if source else ()
            yield shadowing_finding(facts, folder, hidden, by, source, owners)


def shadowing_finding(
    facts: Facts,
    folder: str,
    hidden: Mapping[str, str],
    by: str,
    source: str | None = None,
    owners: tuple[str, ...] = (),
) -> Finding:
    """Return the finding of one folder.

    Args:
        hidden: from `hidden_modules`.
        by: who put the folder there.
        source: the absolute path of the start-up file that did.
        owners: of that file.
    """
    named = [f"{module} ({whose})" for module, whose in sorted(hidden.items())]
    shown = ", ".join(named[:3]) + (f" and {len(named) - 3} more" if len(named) > 3 else "")
    modules = modules_in(facts.environment, folder)
    root = str(facts.environment.root) + os.sep
    paths = [modules[module] for module in hidden if modules[module].startswith(root)]
    return Finding(
        code=Code.PATH_SHADOWING,
        check=Check.STARTUP,
        distribution=ENVIRONMENT,
        summary=f"{by} puts {folder} in front of the environment's own folders; it hides {shown}.",
        remedy=f"Take {folder} out of {by}, or move the modules in it away.",
        paths=relative_paths(facts.environment, [*([source] if source else []), *paths]),
        root_causes=owners,
        evidence=tuple(f"{modules[name]} hides {name} ({hidden[name]})" for name in sorted(hidden)),
    )


def hidden_modules(facts: Facts, folder: str, place: int) -> dict[str, str]:
    """Return the modules in `folder` that are imported in place of others, and whose those are.

    Args:
        place: where on the target's `sys.path` the folder stands; `FIRST` for before all of it.
    """
    environment = facts.environment
    files = modules_in(environment, folder)
    own = files.keys() - _NEVER_MISSED
    if not own:
        return {}
    real = [os.path.realpath(entry) for entry in environment.sys_path]
    there = {str(site): modules_in(environment, str(site)) for site in environment.site_folders}
    hidden: dict[str, str] = {}
    for name, found in facts.inventory.distributions.items():
        if not _lies_in(folder, found) and _place(found, real) > place:
            for module in own & _top_levels(facts, found):
                if not _same(files[module], there.get(found.site, {}).get(module)):
                    hidden[module] = name
    standard = [index for index, entry in enumerate(real) if is_standard(environment, entry)]
    if standard and max(standard) > place:
        names = own & (environment.stdlib_names - environment.fixed_names)
        hidden.update(dict.fromkeys(names, "standard library"))
    return hidden


def modules_in(environment: Environment, folder: str) -> dict[str, str]:
    """Return the file of each module and regular package that Python would import from `folder`.

    A folder without `__init__` is left out: it hides nothing, for any module of its name that
    comes later on `sys.path` wins.
    Source: `FileFinder.find_spec` in CPython's `importlib/_bootstrap_external.py`.
    """
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return {}
    suffixes = (*environment.extension_suffixes, ".py", ".pyc")
    found: dict[str, str] = {}
    for name in names:
        path = os.path.join(folder, name)
        end = next((end for end in suffixes if name.endswith(end)), "")
        if end:
            if os.path.isfile(path):
                found.setdefault(name.removesuffix(end), path)
        elif name.isidentifier():
            inits = (os.path.join(path, f"__init__{suffix}") for suffix in suffixes)
            init = next((init for init in inits if os.path.isfile(init)), None)
            if init is not None:
                found[name] = init
    return {module: path for module, path in found.items() if module.isidentifier()}


def _lies_in(folder: str, found: Distribution) -> bool:
    """Tell whether `folder` is an editable distribution's own source."""
    source = found.editable_source
    if source is None:
        return False
    return f"{os.path.realpath(folder)}{os.sep}".startswith(f"{os.path.realpath(source)}{os.sep}")


def _place(found: Distribution, real: list[str]) -> int:
    """Return where on `sys.path` the distribution's modules are found."""
    site = os.path.realpath(found.site)
    for index, entry in enumerate(real):
        if entry == site if found.editable_source is None else _lies_in(entry, found):
            return index
    return FIRST


def _same(one: str, other: str | None) -> bool:
    """Tell whether two paths lead to the very same file."""
    return other is not None and os.path.realpath(one) == os.path.realpath(other)


def _top_levels(facts: Facts, found: Distribution) -> set[str]:
    """Return the first parts of all module names that a distribution brings."""
    manifest = facts.manifest(found.name)
    if manifest is None or found.editable_source is not None:
        return set(found.top_level)
    site = found.site + os.sep
    tops = {
        path[len(site) :].partition(os.sep)[0] for path in manifest.entries if path.startswith(site)
    }
    suffixes = (*facts.environment.extension_suffixes, ".py", ".pyc")
    stems = (
        next((top.removesuffix(end) for end in suffixes if top.endswith(end)), top) for top in tops
    )
    return {stem for stem in stems if stem.isidentifier()}
