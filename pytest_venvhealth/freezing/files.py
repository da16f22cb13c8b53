"""Write several files so that all of them are there, or none; and show what would change."""

from __future__ import annotations

import contextlib
import difflib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pytest_venvhealth.errors import VenvHealthError


class FolderError(VenvHealthError):
    """The files cannot be written there."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return (
            f"{self.path} cannot be written ({self.reason}). "
            "Name a folder that can be with --folder."
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A file as it is, and as it shall be."""

    path: Path
    old: bytes | None
    """None where there is no file."""
    new: bytes

    def diff(self) -> Iterator[str]:
        """Yield the lines of a unified diff, none where nothing would change."""
        old = (self.old or b"").decode("utf-8", "replace").splitlines()
        new = self.new.decode("utf-8").splitlines()
        name = str(self.path)
        yield from difflib.unified_diff(old, new, name, f"{name} (frozen now)", lineterm="")


def changes(texts: Mapping[Path, str]) -> list[Change]:
    """Return those of the files whose content is another than the text for it.

    Raises:
        FolderError: something else than a file is there, or a file that cannot be read.
    """
    found = []
    for path, text in texts.items():
        try:
            old = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            old = None
        except OSError as error:
            raise FolderError(path, error.strerror or str(error)) from error
        new = text.encode("utf-8")
        if old != new:
            found.append(Change(path=path, old=old, new=new))
    return found


def expect_writable(folder: Path) -> None:
    """Try whether a file can be made in a folder, or in one that has to be made; leave no trace.

    Raises:
        FolderError: it cannot.
    """
    made = [each for each in (folder, *folder.parents) if not os.path.lexists(each)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise FolderError(folder, error.strerror or str(error)) from error
    finally:
        for each in made:
            with contextlib.suppress(OSError):
                each.rmdir()


def write_all(wanted: list[Change]) -> None:
    """Put every change into effect, or none of them.

    Each file is written beside its place and then renamed: nobody ever sees half of one. Where a
    file is a link, what it leads to is written.

    Raises:
        FolderError: one of them cannot be written; the others are as they were.
    """
    staged: dict[Path, Path] = {}
    done: list[Change] = []
    change = wanted[0]
    try:
        for change in wanted:
            place = _place(change)
            place.parent.mkdir(parents=True, exist_ok=True)
            staged[place] = _stage(place, change)
        for change in wanted:
            os.replace(staged[_place(change)], _place(change))
            done.append(change)
    except OSError as error:
        for each in reversed(done):
            _put_back(each)
        raise FolderError(change.path, error.strerror or str(error)) from error
    finally:
        for path in staged.values():
            path.unlink(missing_ok=True)


def _place(change: Change) -> Path:
    return Path(os.path.realpath(change.path))


def _stage(place: Path, change: Change) -> Path:
    """Write a file beside `place` with the mode that a new one, or the old one, has."""
    path = place.with_name(f".{place.name}.{os.getpid()}")
    with path.open("xb") as file:
        file.write(change.new)
        file.flush()
        os.fsync(file.fileno())
    if change.old is not None:
        shutil.copymode(place, path)
    return path


def _put_back(change: Change) -> None:
    place = _place(change)
    with contextlib.suppress(OSError):
        if change.old is None:
            place.unlink()
        else:
            place.write_bytes(change.old)
