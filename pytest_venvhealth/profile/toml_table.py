"""Typed values out of a TOML file, and every fault in it noted with its place."""

from __future__ import annotations

import datetime
import difflib
import json
import math
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pytest_venvhealth.errors import UsageError

_SHOWN_CHARACTERS = 60


class ProfileError(UsageError):
    """A profile, or the lock it names, holds mistakes or does not fit the environment."""

    def __init__(self, path: Path, faults: Sequence[str]) -> None:
        super().__init__(path, faults)
        self.path, self.faults = path, tuple(faults)

    def __str__(self) -> str:
        if len(self.faults) == 1:
            return f"{self.path}: {self.faults[0]}"
        rows = "".join(f"\n  {fault}" for fault in self.faults)
        return f"{self.path} has {len(self.faults)} faults:{rows}"


class Table:
    """A TOML table that hands out typed values and notes a fault for each wrong one."""

    def __init__(self, data: Mapping[str, Any], where: str, faults: list[str]) -> None:
        self.data, self.where, self.faults = data, where, faults

    def place(self, key: str) -> str:
        """Return the path of `key` inside the file: `probes.peft.timeout`."""
        written = key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key)
        return f"{self.where}.{written}" if self.where else written

    def fault(self, key: str, sentence: str) -> None:
        """Note what is wrong with the value of `key`."""
        self.faults.append(f"{self.place(key)}: {sentence}")

    def expect_keys(self, known: Collection[str]) -> None:
        """Note each key that is not among `known`, with the one that was probably meant."""
        for key in self.data:
            if key not in known:
                hint = suggestion(key, known) or f" Known keys: {', '.join(known)}."
                self.fault(key, f"this key is unknown.{hint}")

    def text(self, key: str) -> str | None:
        """Return the text of `key`; None where it is absent, blank or no text."""
        value = self.data.get(key)
        if value is None:
            return None
        if isinstance(value, str) and value.strip():
            return value
        self.fault(key, f"expected text, found {shown(value)}.")
        return None

    def required_text(self, key: str, meaning: str) -> str | None:
        """Return the text of `key`; its absence is a fault that says what should be there."""
        if key not in self.data:
            self.fault(key, f"expected {meaning}, found nothing.")
        return self.text(key)

    def texts(self, key: str, meaning: str) -> tuple[str, ...] | None:
        """Return the texts in the array `key`; None where it is absent or no array."""
        value = self.data.get(key)
        if value is None:
            return None
        if not isinstance(value, list):
            self.fault(key, f"expected an array, each entry {meaning}, found {shown(value)}.")
            return None
        for index, item in enumerate(value):
            if not isinstance(item, str) or not item.strip():
                self.fault_at(key, index, f"expected {meaning}, found {shown(item)}.")
        return tuple(item for item in value if isinstance(item, str) and item.strip())

    def fault_at(self, key: str, index: int, sentence: str) -> None:
        """Note what is wrong with one entry of the array `key`."""
        self.faults.append(f"{self.place(key)}[{index}]: {sentence}")

    def seconds(self, key: str) -> float | None:
        """Return the positive number of `key`; None where it is absent or no such number."""
        value = self.data.get(key)
        if value is None:
            return None
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0:
            try:
                number = float(value)
            except OverflowError:  # TOML's integers have no upper bound here
                number = math.inf
            if math.isfinite(number):
                return number
        self.fault(key, f"expected a number of seconds above 0, found {shown(value)}.")
        return None

    def date(self, key: str) -> datetime.date | None:
        """Return the date of `key`; None where it is absent or no date."""
        value = self.data.get(key)
        if value is None:
            return None
        # A TOML date-time is a date to isinstance, too.
        if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
            return value
        self.fault(key, f"expected a date such as 2027-03-31, unquoted, found {shown(value)}.")
        return None

    def table(self, key: str) -> Table | None:
        """Return the table of `key`; None where it is absent or no table."""
        value = self.data.get(key)
        if value is None:
            return None
        if isinstance(value, dict):
            return Table(value, self.place(key), self.faults)
        self.fault(
            key, f"expected a table, found {shown(value)}. Open it with [{self.place(key)}]."
        )
        return None

    def tables(self, key: str) -> Iterator[Table]:
        """Yield the tables of the array `key`, none where it is absent."""
        value = self.data.get(key, [])
        if not isinstance(value, list):
            place = self.place(key)
            self.fault(
                key,
                f"expected an array of tables, found {shown(value)}. Open each with [[{place}]].",
            )
            return
        for index, item in enumerate(value):
            if isinstance(item, dict):
                yield Table(item, f"{self.place(key)}[{index}]", self.faults)
            else:
                self.fault_at(key, index, f"expected a table, found {shown(item)}.")


def read_toml(path: Path) -> dict[str, Any]:
    """Return the content of a TOML file.

    Raises:
        ProfileError: the file is absent, unreadable, or no TOML.
    """
    try:
        return tomllib.loads(path.read_bytes().decode())
    except OSError as error:
        reason = f"it cannot be read ({error.strerror or error})."
    except UnicodeDecodeError as error:
        reason = f"it is no TOML: it is not UTF-8 (byte {error.start})."
    except RecursionError:
        reason = "it is no TOML that can be read: nested too deeply."
    except ValueError as error:  # TOMLDecodeError, and an integer of too many digits
        reason = f"it is no TOML: {error}."
    raise ProfileError(path, [reason])


def is_file(path: Path) -> bool:
    """Tell whether `path` is a file; a name that no file can have is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return ` Did you mean "…"?` where one of `known` is near `word`, else an empty text."""
    near = difflib.get_close_matches(word, list(known), n=1)
    return f' Did you mean "{near[0]}"?' if near else ""


def shown(value: object) -> str:
    """Return a TOML value as a sentence can hold it."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "an array" if value else "an empty array"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, str):
        if len(value) > _SHOWN_CHARACTERS:
            value = value[:_SHOWN_CHARACTERS] + "…"
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int) and value.bit_length() > 4 * _SHOWN_CHARACTERS:
        # Python refuses to write out an integer of more than 4,300 digits.
        return "a very large number"
    return str(value)
