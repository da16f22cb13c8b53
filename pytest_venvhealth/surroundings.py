"""What the calling process has around it that reaches into a target when it starts there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """The variables and folders of the caller that Python reads at a plain start.

    They are no facts of the target, which is asked without them. The defaults are those of a caller
    that has nothing set.
    """

    folder: Path | None = None
    """The current folder, from which relative entries count."""
    python_path: str = ""
    python_home: str = ""
    home: Path | None = None
    """The user's home folder; None keeps the user's site-packages out of the question."""
    user_base: str = ""
    """`PYTHONUSERBASE`."""
    no_user_site: bool = False
    """Whether `PYTHONNOUSERSITE` is set."""

    @classmethod
    def of(cls, variables: Mapping[str, str], folder: Path) -> Surroundings:
        """Return what `variables`, such as `os.environ`, say.

        Source: Python's manual, "Environment variables"; an empty value counts as none.
        """
        home = variables.get("HOME") or os.path.expanduser("~")
        return cls(
            folder=folder,
            python_path=variables.get("PYTHONPATH", ""),
            python_home=variables.get("PYTHONHOME", ""),
            home=Path(home),
            user_base=variables.get("PYTHONUSERBASE", ""),
            no_user_site=bool(variables.get("PYTHONNOUSERSITE")),
        )
