"""Which of several files that bear one module's name does Python import?"""

from __future__ import annotations

import os
from collections.abc import Iterator

from pytest_venvhealth.environment import Environment


def suffixes(environment: Environment) -> tuple[str, ...]:
    """Return the suffixes of modules in the order of Python's path-based finder.

    Source: `_get_supported_file_loaders` in CPython's `Lib/importlib/_bootstrap_external.py`.
    """
    return (*environment.extension_suffixes, ".py", ".pyc")


def module_name(environment: Environment, path: str) -> str | None:
    """Return the module that a file or folder would be, by its last part; None where it is none."""
    name = os.path.basename(path)
    ends = suffixes(environment)
    stem = next((name.removesuffix(end) for end in ends if name.endswith(end)), name)
    return stem if stem.isidentifier() and (stem != name or os.path.isdir(path)) else None


def choices(environment: Environment, folder: str, module: str) -> Iterator[str]:
    """Yield what is in `folder` under the module's name; Python imports the first.

    A folder without `__init__` comes last: it is part of a namespace package, if nothing else is.
    """
    start = os.path.join(folder, module)
    ends = suffixes(environment)
    is_folder = os.path.isdir(start)
    is_package = is_folder and has_init(environment, start)
    if is_package:
        yield start
    for end in ends:
        if os.path.isfile(start + end):
            yield start + end
    if is_folder and not is_package:
        yield start


def has_init(environment: Environment, folder: str) -> bool:
    """Tell whether a folder is a regular package."""
    return any(
        os.path.isfile(os.path.join(folder, "__init__" + end)) for end in suffixes(environment)
    )


def is_hidden(environment: Environment, path: str) -> bool:
    """Tell whether Python imports something else of the same folder in place of `path`."""
    module = module_name(environment, path)
    if module is None:
        return False
    return next(choices(environment, os.path.dirname(path), module), path) != path


def is_importable(environment: Environment, path: str) -> bool:
    """Tell whether Python would import a file of the site folders, by its name and its place."""
    sites = (str(folder) for folder in environment.site_folders)
    site = next((folder for folder in sites if path.startswith(folder + os.sep)), None)
    if site is None or not path.endswith(suffixes(environment)):
        return False
    while path != site:
        if module_name(environment, path) is None or is_hidden(environment, path):
            return False
        path = os.path.dirname(path)
    return True
