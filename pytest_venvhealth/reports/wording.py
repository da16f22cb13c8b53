"""The words and the line that all texts for the terminal share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pytest_venvhealth.findings import ENVIRONMENT, Code

# A noun and what follows it, for `3 files altered`; other findings are told by their own summary.
_FILE_WORDS = {
    Code.FILE_MISSING: ("file", " missing"),
    Code.FILE_ALTERED: ("file", " altered"),
    Code.FILE_TYPE_CHANGED: ("file", " replaced by something else"),
    Code.FILE_CASE_CHANGED: ("file", " renamed in case"),
    Code.FILE_MODE: ("script", " not executable"),
    Code.FILE_UNREADABLE: ("file", " unreadable"),
    Code.FOREIGN_FILE: ("foreign module", ""),
}

_UNITS = ("B", "kB", "MB", "GB", "TB")


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line of text and how to paint it."""

    text: str
    markup: Mapping[str, bool] = field(default_factory=dict)
    """Keyword arguments of pytest's `TerminalWriter.line`, such as `{"red": True}`."""


def counted(number: int, noun: str) -> str:
    """Return `1 file`, `4,312 files`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(words: Sequence[str], most: int | None = None) -> str:
    """Return `a, b and 37 more`; all of them where `most` is None."""
    if most is None or len(words) <= most:
        return ", ".join(words)
    return f"{', '.join(words[:most])} and {len(words) - most:,} more"


def size_text(size: int) -> str:
    """Return `12 B`, `3.4 kB`, `512 MB`: powers of a thousand."""
    number, unit = float(size), 0
    while number >= 999.5 and unit < len(_UNITS) - 1:
        number, unit = number / 1000, unit + 1
    digits = 1 if unit and number < 99.95 else 0
    return f"{number:.{digits}f} {_UNITS[unit]}"


def joined(words: Sequence[str]) -> str:
    """Return `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def named(name: str) -> str:
    """Return a distribution's name, or what stands for none, as it stands in a sentence."""
    return "the environment" if name == ENVIRONMENT else name


def sentence(text: str) -> str:
    """Return `text` with one full stop at its end."""
    return f"{text.rstrip(' .')}." if text.strip(" .") else text


def printable(text: str) -> str:
    """Return `text` with everything escaped that a terminal would act on or cannot write.

    A file name may hold a line feed, an escape sequence, or bytes that are no UTF-8.
    """
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


def damage(code: str, summary: str, number_of_paths: int) -> str:
    """Return a finding in a few words: `1 file missing`, else its summary."""
    for known, (noun, state) in _FILE_WORDS.items():
        if known == code and number_of_paths:
            return counted(number_of_paths, noun) + state
    return summary.rstrip(" .")
