"""RECORD: the list of files that a wheel holds or an installer wrote.

Parsed here and not by `installer`, which stops at the first bad row: the good rows of a damaged
RECORD are what a diagnosis and a repair need most.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

# A hash that takes a length (shake) has no one form. What a Python may lack is not relied on.
_ALGORITHMS = frozenset(
    name for name in hashlib.algorithms_guaranteed if not name.startswith("shake")
)
_HASH = re.compile(r"([a-z0-9_]+)=([A-Za-z0-9_-]+)=*")
_HEX = re.compile(r"[0-9a-fA-F]+")
_SIZE = re.compile(r"[0-9]{1,18}")


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
    if text.startswith("\ufeff"):
        problems.append("it begins with a byte order mark")
        text = text[1:]
    if "\0" in text:
        problems.append("it holds NUL bytes")
        text = text.replace("\0", "")
    rows: list[Row] = []
    for number, line in enumerate(_csv_rows(text, problems), 1):
        if not line:
            continue
        if len(line) != 3:
            columns = "1 column" if len(line) == 1 else f"{len(line)} columns"
            problems.append(f"row {number} has {columns}, not 3")
            continue
        path, digest, size_text = line
        if not path:
            problems.append(f"row {number} names no file")
            continue
        size = int(size_text) if _SIZE.fullmatch(size_text) else None
        if size is None and size_text:
            problems.append(f"row {number}: {_shown(size_text)} is no size")
        if digest:
            match = _HASH.fullmatch(digest)
            if match is None or match[1] not in _ALGORITHMS:
                problems.append(f"row {number}: {_shown(digest)} is no hash")
                digest = ""
            else:
                # Some tools pad the base64, which the standard has without `=`.
                digest = f"{match[1]}={_from_hex(match[1], match[2])}"
        rows.append(Row(path.replace("\\", "/"), digest, size))
    return Record(rows=tuple(rows), problems=tuple(problems))


def write_record(rows: Iterable[Row]) -> bytes:
    """Return the RECORD file that lists `rows`, in their order."""
    stream = io.StringIO(newline="")
    plain = csv.writer(stream, lineterminator="\n")
    quoted = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_ALL)
    for row in rows:
        # Up to Python 3.12 the writer leaves a lone carriage return bare, which ends a row.
        writer = quoted if "\r" in row.path else plain
        writer.writerow((row.path, row.hash, "" if row.size is None else row.size))
    return stream.getvalue().encode("utf-8", "surrogateescape")


def encoded_hash(hasher: Hasher) -> str:
    """Return a hash in RECORD's form: `sha256=` and URL-safe base64 without padding."""
    return f"{hasher.name}={base64.urlsafe_b64encode(hasher.digest()).decode().rstrip('=')}"


def _from_hex(algorithm: str, text: str) -> str:
    """Return a digest as base64, where a tool (flit) has written it in hex digits."""
    if len(text) != 2 * hashlib.new(algorithm).digest_size or not _HEX.fullmatch(text):
        return text
    return base64.urlsafe_b64encode(bytes.fromhex(text)).decode().rstrip("=")


def _csv_rows(text: str, problems: list[str]) -> Iterable[list[str]]:
    """Yield the fields of each line; a line that is no CSV is told and skipped."""
    # A quoted path may hold a line break, so the whole text goes to one reader first. A reader that
    # is not strict would take all rows after a stray quote for one long path.
    try:
        yield from list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        for number, line in enumerate(re.split(r"\r\n|\n|\r", text), 1):
            try:
                yield next(csv.reader([line], strict=True), [])
            except csv.Error as error:
                problems.append(f"row {number}: {error}")
                yield []


def _shown(text: str) -> str:
    """Return a field as a problem quotes it: a zeroed file may be one field of megabytes."""
    return repr(text if len(text) <= 80 else text[:80] + "…")
