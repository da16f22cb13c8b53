"""What would a wheel put where more than its own distribution depends on it?"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.environment_files import makes_environment
from pytest_venvhealth.manifest import Manifest


def claimed_environment_files(manifest: Manifest, environment: Environment) -> tuple[str, ...]:
    """Return the files of a wheel, launchers included, that would replace the environment's own.

    Folders that are links are followed: `share` may lead to `bin`. A file need not be there yet: a
    `bin/python3.12` has no business in a wheel either.

    Returns:
        Absolute paths as the manifest has them, sorted; a wheel with any must not be installed.
    """
    real: dict[str, str] = {}
    claimed = []
    sites = tuple(f"{folder}{os.sep}" for folder in environment.site_folders)
    for path in manifest.paths:
        folder, _, name = path.rpartition(os.sep)
        real_folder = _real_folder(folder, str(environment.root), real)
        if real_folder == folder and path.startswith(sites):
            continue  # ten thousand modules lie plainly where modules do
        resolved = os.path.join(real_folder, name)
        if makes_environment(environment, path) or (
            resolved != path and makes_environment(environment, resolved)
        ):
            claimed.append(path)
    return tuple(sorted(claimed))


def new_pth_files(
    manifest: Manifest, environment: Environment, known: Collection[str]
) -> tuple[str, ...]:
    """Return the `.pth` files of a wheel that nobody has called known: Python runs them at start.

    Args:
        known: names that the profile lists as good.
    Returns:
        Absolute paths directly in the site folders, sorted.
    Source: Python's manual, module `site`; hidden files are left out as `site` does from 3.11.8 on.
    """
    sites = {str(folder) for folder in environment.site_folders}
    return tuple(
        sorted(
            path
            for path in manifest.entries
            if path.endswith(".pth")
            and os.path.dirname(path) in sites
            and os.path.basename(path) not in known
        )
    )


def unfounded_claims(paths: Iterable[str], environment: Environment) -> set[str]:
    """Return those of an installed RECORD's paths that a repair must not move.

    A row names a file: where a folder is, or where a link leads to another folder, the file that is
    meant is not the distribution's, whatever the row says.

    Args:
        paths: absolute, as the RECORD alone has them; a wheel's own paths are none of these.
    """
    own = (*environment.site_folders, environment.scripts, environment.headers)
    real = {str(folder): str(folder) for folder in own}
    unfounded = set()
    for path in paths:
        folder = os.path.dirname(path)
        behind_link = _real_folder(folder, str(environment.root), real) != folder
        if behind_link or (os.path.isdir(path) and not os.path.islink(path)):
            unfounded.add(path)
    return unfounded


def _real_folder(folder: str, root: str, known: dict[str, str]) -> str:
    """Return a folder below `root` with the links below `root` resolved, each looked at once.

    Links above and `root` itself stay as they are, for the environment's own paths have them, too.
    """
    if not folder.startswith(root + os.sep):
        return folder
    if folder not in known:
        parent, name = os.path.split(folder)
        path = os.path.join(_real_folder(parent, root, known), name)
        if os.path.islink(path):
            target = os.path.realpath(path)
            real_root = os.path.realpath(root)
            inside = target == real_root or target.startswith(real_root + os.sep)
            path = root + target[len(real_root) :] if inside else target
        known[folder] = path
    return known[folder]
