"""Is an environment, or a distribution that it uses, another tool's to change?"""

from __future__ import annotations

import configparser
import os
import re
from collections.abc import Iterable
from pathlib import Path

from packaging.utils import canonicalize_name

from pytest_venvhealth.environment import Environment

_MARKER = "EXTERNALLY-MANAGED"
_LONGEST_QUOTE = 160


def manager_of(environment: Environment) -> str | None:
    """Return why nothing of the whole environment is ours to reinstall; None where it is.

    Source: the PyPA specification "Externally Managed Environments" (PEP 668): the marker lies
    beside the standard library, and says nothing of the virtual environments made from it. It lets
    installers work in conda's environments, for they add; here files of conda's own would be moved.
    """
    root = environment.root
    if (root / "conda-meta" / "history").is_file():
        return (
            f"{root} is a conda environment, and conda would not know of what is replaced there: "
            "let conda reinstall it (conda install --force-reinstall), "
            "or install what you need in a virtual environment and give that to --venv."
        )
    marker = environment.stdlib / _MARKER
    if _is_virtual(environment) or not marker.is_file():
        return None
    said = _first_sentence(marker)
    quoted = f' ("{said}")' if said else ""
    return (
        f"{marker} says that another tool manages this Python{quoted}: reinstall with that tool, "
        "or install what you need in a virtual environment and give that to --venv."
    )


def outside(environment: Environment, name: str) -> str | None:
    """Return why a distribution is not the environment's own; None where it lies nowhere else.

    To be asked only of what is not installed in the environment's own folders.

    Args:
        name: normalized.
    """
    own = {os.path.realpath(folder) for folder in environment.site_folders}
    for folder in environment.sys_path:
        if os.path.realpath(folder) not in own and name in _distributions_in(folder):
            return (
                f"{name} lies in {folder}, outside of this environment's own folders: reinstall it "
                "there with the tool that brought it, or install it into this environment, whose "
                "copy then comes first."
            )
    return None


def _is_virtual(environment: Environment) -> bool:
    """Tell whether it has a base of its own, as `sys.prefix != sys.base_prefix` says it."""
    return os.path.realpath(environment.root) != os.path.realpath(environment.base_prefix)


def _first_sentence(marker: Path) -> str:
    """Return how the marker's own message begins; empty where there is none to read."""
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(marker.read_text("utf-8"))
        text = parser.get("externally-managed", "Error", fallback="")
    except (OSError, UnicodeError, configparser.Error):
        return ""
    words = " ".join(text.strip().partition("\n\n")[0].split())
    sentence = re.split(r"(?<=[.!?]) ", words, maxsplit=1)[0]
    if len(sentence) > _LONGEST_QUOTE:
        sentence = sentence[:_LONGEST_QUOTE].rpartition(" ")[0] + " …"
    return sentence


def _distributions_in(folder: str) -> Iterable[str]:
    """Return the normalized names of the distributions whose metadata lies in a folder."""
    try:
        names = os.listdir(folder)
    except OSError:
        return frozenset()
    stems = (os.path.splitext(name) for name in names)
    return frozenset(
        canonicalize_name(stem.partition("-")[0])
        for stem, suffix in stems
        if suffix in (".dist-info", ".egg-info")
    )
