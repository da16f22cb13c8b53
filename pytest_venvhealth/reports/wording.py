"""The words and the line that all texts for the terminal share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pytest_venvhealth.findings import Code

# What is said of files, for `3 files altered`; other findings are told by their own summary.
_FILE_WORDS = {
    Code.FILE_MISSING: "missing",
    Code.FILE_ALTERED: "altered",
    Code.FILE_MODE: "with another mode",
    Code.FILE_CLOBBERED: "overwritten by another distribution",
    Code.FILE_UNREADABLE: "unreadable",
    Code.FOREIGN_FILE: "foreign",
}


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


def joined(words: Sequence[str]) -> str:
    """Return `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


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
    words = _FILE_WORDS.get(Code(code)) if code in set(Code) else None
    if words is None or not number_of_paths:
        return summary.rstrip(" .")
    return f"{counted(number_of_paths, 'file')} {words}"
