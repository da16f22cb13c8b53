"""RECORD: the list of files that a wheel holds or an installer wrote.

Parsed here and not by `installer`, which stops at the first bad row: the good rows of a damaged
RECORD are what a diagnosis and a repair need most.
"""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class Hasher(Protocol):
    """What `hashlib.new` returns."""

    @property
    def name(self) -> str:
        """The algorithm, such as `sha256`."""

    def digest(self) -> bytes:
        """Return the hash of everything fed so far."""


class Row(NamedTuple):
    """One line of a RECORD."""

    path: str
    """With forward slashes, relative to the folder that holds the dist-info; or absolute."""
    hash: str
    """`sha256=…` in URL-safe base64 without padding; empty where none is given."""
    size: int | None
    """In bytes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """The rows that could be read, and what is wrong with the others."""

    rows: tuple[Row, ...]
    problems: tuple[str, ...] = ()


def parse_record(data: bytes) -> Record:
    """Return every readable row of a RECORD file; nothing is raised.

    Source: the PyPA specification "Recording installed projects", section "The RECORD file".
    """
    problems: list[str] = []
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        problems.append(f"it is not UTF-8 (byte {error.start})")
        text = data.decode("utf-8", "surrogateescape")
    if "\0" in text:
        problems.append("it holds NUL bytes")
        text = text.replace("\0", "")
    rows: list[Row] = []
    for number, line in enumerate(_csv_rows(text, problems), 1):
        if not line:
            continue
        if len(line) != 3 or not line[0]:
            problems.append(f"row {number} has {len(line)} columns, not 3")
            continue
        path, digest, size_text = line
        size = int(size_text) if size_text.isascii() and size_text.isdigit() else None
        if size is None and size_text:
            problems.append(f"row {number}: {size_text!r} is no size")
        if digest and (digest.count("=") != 1 or digest.startswith("=")):
            problems.append(f"row {number}: {digest!r} is no hash")
            digest = ""
        rows.append(Row(path.replace("\\", "/"), digest, size))
    return Record(rows=tuple(rows), problems=tuple(problems))


def write_record(rows: Iterable[Row]) -> bytes:
    """Return the RECORD file that lists `rows`, in their order."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    for row in rows:
        writer.writerow((row.path, row.hash, "" if row.size is None else row.size))
    return stream.getvalue().encode("utf-8", "surrogateescape")


def encoded_hash(hasher: Hasher) -> str:
    """Return a hash in RECORD's form: `sha256=` and URL-safe base64 without padding."""
    return f"{hasher.name}={base64.urlsafe_b64encode(hasher.digest()).decode().rstrip('=')}"


def _csv_rows(text: str, problems: list[str]) -> Iterable[list[str]]:
    """Yield the fields of each line; a line that is no CSV is told and skipped."""
    # A quoted path may hold a line break, so the whole text goes to one reader first.
    try:
        yield from list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:
        for number, line in enumerate(text.splitlines(), 1):
            try:
                yield from csv.reader([line])
            except csv.Error as error:
                problems.append(f"row {number}: {error}")
