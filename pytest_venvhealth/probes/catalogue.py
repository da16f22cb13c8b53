"""The probes that come with this project: one small script a distribution, read as text.

A file `catalogue/NAME.py` is the normalized name with `_` for `-`. Its header is comment lines of
the form `# key: value`; `imports` (modules, with commas) and `exercises` (for readers) are always
there, `timeout` (seconds) where the usual limit would be too short, `versions` and `needs` (for
readers).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pytest_venvhealth.probes.runner import Probe

_FOLDER = Path(__file__).with_name("catalogue")
_IMPORTS = _FOLDER / "imports.toml"
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_HEADER_LINE = re.compile(r"# (?P<key>[a-z]+): *(?P<value>.*)")


def catalogue_names() -> tuple[str, ...]:
    """Return the normalized names of the distributions that have a probe, sorted."""
    return tuple(sorted(path.stem.replace("_", "-") for path in _FOLDER.glob("*.py")))


def catalogue_probe(name: str) -> Probe | None:
    """Return the probe of a distribution, None where there is none.

    Args:
        name: the normalized name.
    """
    if not _NAME.fullmatch(name):
        return None
    path = _FOLDER / (name.replace("-", "_") + ".py")
    if not path.is_file():
        return None
    code = path.read_text("utf-8")
    header = read_header(code)
    return Probe(
        name=name,
        imports=tuple(part.strip() for part in header["imports"].split(",")),
        code=code,
        origin=f"catalogue/{path.name}",
        timeout=float(header["timeout"]) if "timeout" in header else None,
    )


def is_skipped(name: str, module: str) -> bool:
    """Tell whether a module, or a package around it, must not be imported to test a distribution.

    Args:
        name: the distribution's normalized name.
        module: dotted name.
    """
    return any(
        f"{module}.".startswith(f"{each}.")
        for row in _import_rows("skip")
        if row.distribution == name
        for each in row.modules
    )


def catalogue_imports(name: str) -> tuple[str, ...]:
    """Return the modules to import in place of a distribution's top-level names, in this order.

    Empty for all but those whose files tell it wrongly.
    """
    rows = _import_rows("instead")
    return next((row.modules for row in rows if row.distribution == name), ())


class ImportRow(NamedTuple):
    """A row of `catalogue/imports.toml`."""

    distribution: str
    """Normalized name."""
    modules: tuple[str, ...]
    reason: str


@cache
def _import_rows(table: str) -> tuple[ImportRow, ...]:
    """Return the rows of the table `skip` or `instead`."""
    rows = tomllib.loads(_IMPORTS.read_text("utf-8")).get(table, [])
    return tuple(
        ImportRow(row["distribution"], tuple(row["modules"]), row["reason"]) for row in rows
    )


def read_header(code: str) -> Mapping[str, str]:
    """Return the `# key: value` lines that a probe's text starts with; `#   more` continues one."""
    header: dict[str, str] = {}
    key = ""
    for line in code.splitlines():
        if match := _HEADER_LINE.fullmatch(line):
            key = match["key"]
            header[key] = match["value"].strip()
        elif key and line.startswith("#   "):
            header[key] += " " + line[1:].strip()
        else:
            break
    return header
