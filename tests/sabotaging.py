"""Spoil one file of a real, installed package, to see whether its probe notices.

`sabotage/of_NAME.toml` lists for a distribution what is done to which file:

    [[sabotage]]
    what = "the inverse is the matrix itself"     # a sentence for people
    file = "numpy/linalg/_linalg.py"              # relative to site-packages
    append = "def inv(a): return a"               # Python source put at the file's end

or `find = "..."` and `replace = "..."` (the text stands there once), or `empty = true`, or
`garbage = true` (a native module or data file that keeps its size and first bytes, nothing else).
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "sabotage"
_KEPT_BYTES = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Sabotage:
    """What is done to one file."""

    what: str
    file: str
    append: str = ""
    find: str = ""
    replace: str = ""
    empty: bool = False
    garbage: bool = False

    def fits(self, site: Path) -> bool:
        """Tell whether this release has what is to be spoiled."""
        path = site / self.file
        return path.is_file() and (
            not self.find or path.read_bytes().count(self.find.encode()) == 1
        )

    def spoiled(self, data: bytes) -> bytes:
        """Return the file's new contents."""
        if self.empty:
            return b""
        if self.garbage:
            return data[:_KEPT_BYTES] + b"\x5a" * (len(data) - _KEPT_BYTES)
        if self.append:
            return data + b"\n" + self.append.encode() + b"\n"
        assert data.count(self.find.encode()) == 1, f"{self.find!r} is not there once"
        return data.replace(self.find.encode(), self.replace.encode())


def sabotages(name: str) -> list[Sabotage]:
    """Return what is done to a distribution, by its normalized name."""
    # Not by the bare name: a tool would take `ruff.toml` or `pytest.toml` for its own.
    file = FOLDER / f"of_{name.replace('-', '_')}.toml"
    return [Sabotage(**each) for each in tomllib.loads(file.read_text("utf-8"))["sabotage"]]


@contextmanager
def sabotaged(site: Path, sabotage: Sabotage) -> Iterator[None]:
    """Spoil the file below `site`, and put the very same one back in the end."""
    path = site / sabotage.file
    aside, spoiled = path.with_name(path.name + ".aside"), path.with_name(path.name + ".spoiled")
    spoiled.write_bytes(sabotage.spoiled(path.read_bytes()))
    # Renamed, not written over: the file may be a link to a cache, and mapped into a process.
    path.rename(aside)
    try:
        spoiled.rename(path)
        # Cached bytecode is told by time and size: the new file must have another time.
        before = aside.stat()
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns - 7_000_000_000))
        yield
    finally:
        os.replace(aside, path)
