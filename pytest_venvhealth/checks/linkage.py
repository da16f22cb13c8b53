"""What stands behind the libraries that a binary needs, and which distributions bring them?"""

from __future__ import annotations

import os
from collections.abc import Iterator

from pytest_venvhealth.facts import Facts
from pytest_venvhealth.libraries import Link, Loader


def links(facts: Facts, loader: Loader, name: str, path: str) -> Iterator[Link]:
    """Yield every library that a file of a distribution needs, and what those need.

    Packages load libraries before the modules that need them, from their own folders and from those
    of the distributions that they depend on. So a library of that name there counts as found.
    """
    near = {name, *facts.closure(name)}

    def loaded_by_then(library: str) -> str | None:
        for candidate in same_name(facts, library):
            by_name = near & set(facts.owners.get(candidate, ()))
            if (by_name or _is_shared_folder(facts, candidate)) and loader.takes(candidate):
                return candidate
        return None

    yield from loader.trace(path, otherwise=loaded_by_then)


def same_name(facts: Facts, library: str) -> tuple[str, ...]:
    """Return the files of all distributions that bear a library's name, by file name or soname."""
    named = facts.shared_libraries.get(library, ())
    # A file that is gone has only its file name left.
    if any(os.path.exists(path) for path in named):
        return named
    return (*facts.sonames.get(library, ()), *named)


def library_owners(facts: Facts, path: str) -> tuple[str, ...]:
    """Return the distributions whose libraries a binary file is linked with, the nearest first.

    Its own distribution is left out. Where a symbol is undefined, one of these and the file's owner
    are of versions that do not fit together.

    Args:
        path: absolute; of an extension module or a library.
    """
    loader = facts.loader
    if loader is None:
        return ()
    own = facts.owners_of_file(path)
    found: dict[str, None] = {}
    for name in own or ("",):
        for link in links(facts, loader, name, path):
            if link.search.path is not None:
                found.update(dict.fromkeys(facts.owners_of_file(link.search.path)))
    return tuple(name for name in found if name not in own)


def _is_shared_folder(facts: Facts, path: str) -> bool:
    """Tell whether a file lies where NVIDIA's distributions put theirs, for everyone to load."""
    return any(
        path.startswith(os.path.join(folder, "nvidia") + os.sep)
        for folder in facts.environment.site_folders
    )
