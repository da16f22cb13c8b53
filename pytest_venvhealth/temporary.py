"""A folder or a file of one's own for a moment, or a sentence on why there is none."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pytest_venvhealth.errors import UsageError


class ScratchError(UsageError):
    """Nothing can be written to the folder for temporary files, so nothing can be run."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    @classmethod
    def of(cls, error: OSError) -> ScratchError:
        """Return the same error for all that fails for the same reason."""
        reason = error.strerror or str(error)
        if isinstance(error.filename, str):
            # The name of the file itself is another one each time.
            reason += f": {os.path.dirname(error.filename)}"
        return cls(reason)

    def __str__(self) -> str:
        return (
            f"No scratch folder can be made ({self.reason}). Make room there, or name a folder "
            "that can be written with TMPDIR."
        )


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Make a folder, and delete it whatever has become of it.

    Raises:
        ScratchError: it cannot be made.
    """
    try:
        folder = tempfile.TemporaryDirectory(prefix="venvhealth-", ignore_cleanup_errors=True)
    except OSError as error:
        raise ScratchError.of(error) from error
    with folder as name:
        yield Path(name)


@contextmanager
def temporary_file() -> Iterator[IO[bytes]]:
    """Make a file without a name.

    Raises:
        ScratchError: it cannot be made.
    """
    try:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - what is done with it may fail otherwise
    except OSError as error:
        raise ScratchError.of(error) from error
    with file:
        yield file
