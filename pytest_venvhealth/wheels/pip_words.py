"""What a call of pip says went wrong, read from the log that it writes.

These are pip's words for people, no interface: those of 23.2 to 26.3 are known. What is not
understood is told as pip told it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from urllib.parse import unquote, urlsplit

from packaging.utils import canonicalize_name

# `2026-11-26T02:17:20,814 ` before each line.
_TIME = re.compile(r"(?m)^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d,\d{3} ")
_NO_MATCH = re.compile(r"No matching distribution found for ([A-Za-z0-9._-]+?)(?:===|==|[^\w.-]|$)")
_VERSIONS = re.compile(r"\(from versions: ([^)]*)\)")
_COLLECTING = re.compile(r"(?m)^\s*Collecting ([A-Za-z0-9][A-Za-z0-9._-]*?)(?:===|==|[^\w.-]|$)")
_OTHER_HASH = re.compile(
    r"(?m)^\s+([A-Za-z0-9._-]+)[^\n]* from (\S+?)(?: \(from [^\n]*)?:\n"
    r"\s+Expected sha256 ([0-9a-f]{64})(?:\n\s+Expected[^\n]*|\n\s+or[^\n]*)*"
    r"\n\s+Got\s+([0-9a-f]{64})"
)
# Some indexes answer 403 for a project that they do not have.
_UNREACHABLE = (
    re.compile(
        r"Could not fetch URL (\S+): (?!40[34] )(?:connection error: )?(.*?)(?: - skipping)?\n"
    ),
    re.compile(r"The repository located at (\S+) is (not a trusted or secure host)"),
    re.compile(r"HTTP error (?!404)(\d+) while getting (\S+)"),
)
_FORBIDDEN = re.compile(r"Could not fetch URL (\S+): 403 ")
_BROKEN = re.compile(
    r"IncompleteDownloadError|incomplete-download|Connection broken|ReadTimeoutError"
    r"|IncompleteRead|ConnectionResetError|RemoteDisconnected|ProtocolError"
)
_FULL = re.compile(r"\[Errno (?:28|122)\]|No space left on device|Disk quota exceeded")
_SKIPPED = re.compile(
    r"Skipping link: (No sources permitted|none of the wheel's tags)[^\n]*?: (\S+)"
)
_ERROR = re.compile(r"(?m)^\s*ERROR: (.+)$")
_RAISED = re.compile(r"(?m)^([\w.]*(?:Error|Exception)\b.*)$")
_CONSTRAINT = re.compile(r"The user requested \(constraint\) (\S+)")
_LONGEST = 300


class Kind(Enum):
    """What kept pip from it."""

    NO_MATCH = "no-match"
    OTHER_HASH = "other-hash"
    UNREACHABLE = "unreachable"
    BROKEN = "broken"
    DISK_FULL = "disk-full"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """Why a call of pip failed."""

    kind: Kind
    subject: str | None = None
    """The distribution that pip was at; normalized."""
    text: str = ""
    """Of an index that did not answer its address and the reason; else pip's own error."""
    versions: tuple[str, ...] = ()
    """Those that pip found of the subject, for this target."""
    sources: tuple[str, ...] = ()
    """File names of sdists that pip was shown."""
    unfit: tuple[str, ...] = ()
    """File names of wheels that pip was shown and that do not fit the target."""


def read_fault(log: str) -> Fault:
    """Return what the log of a call that has failed tells."""
    text = _TIME.sub("", log)
    if _FULL.search(text):
        return Fault(kind=Kind.DISK_FULL, subject=_last_collected(text))
    other = _OTHER_HASH.search(text)
    if other is not None:
        name, url, wanted, _ = other.groups()
        # What the index itself promises for this address: then the way here has broken it.
        promised = urlsplit(url).fragment == f"sha256={wanted}"
        return Fault(
            kind=Kind.BROKEN if promised else Kind.OTHER_HASH,
            subject=_plain_name(name),
            text=_without_secrets(url.partition("#")[0]),
        )
    missing = _NO_MATCH.search(text)
    unreachable = next(_unreachable(text), "")
    if missing is not None:
        versions = _VERSIONS.search(text)
        named = versions.group(1) if versions and versions.group(1) != "none" else ""
        skipped = [(why, _file_name(url)) for why, url in _SKIPPED.findall(text)]
        return Fault(
            kind=Kind.UNREACHABLE if unreachable else Kind.NO_MATCH,
            subject=_plain_name(missing.group(1)),
            text=unreachable or "".join(_forbidden(text)),
            versions=tuple(each.strip() for each in named.split(",") if each.strip()),
            sources=tuple(name for why, name in skipped if why.startswith("No sources")),
            unfit=tuple(name for why, name in skipped if why.startswith("none")),
        )
    kind = Kind.BROKEN if _BROKEN.search(text) else Kind.UNREACHABLE if unreachable else Kind.OTHER
    return Fault(
        kind=kind, subject=_last_collected(text), text=unreachable or _short(_first_error(text))
    )


def _unreachable(text: str) -> Iterator[str]:
    """Yield the address and the reason of each index that did not answer."""
    for number, pattern in enumerate(_UNREACHABLE):
        for found in pattern.findall(text):
            address, reason = found if number < 2 else (found[1], f"HTTP error {found[0]}")
            cause = re.search(r"Caused by (?:\w+\()?(.*)\)$", reason)
            why = (cause.group(1) if cause else reason).strip("'\")( ")
            yield f"{_without_secrets(address)}: {_short(why)}"


def _forbidden(text: str) -> Iterator[str]:
    """Yield, at most once, which index has refused to answer."""
    found = _FORBIDDEN.search(text)
    if found is not None:
        yield f"{_without_secrets(found.group(1))}: 403 Forbidden"


def _last_collected(text: str) -> str | None:
    names = _COLLECTING.findall(text)
    return _plain_name(names[-1]) if names else None


def _plain_name(text: str) -> str:
    return canonicalize_name(text.strip())


def _file_name(url: str) -> str:
    return unquote(urlsplit(url).path.rpartition("/")[2])


def _without_secrets(url: str) -> str:
    """Return an address without the name and the password in it."""
    return re.sub(r"(?<=://)[^/@]*@", "", url)


def _first_error(text: str) -> str:
    """Return what pip calls an error; where pip itself has failed, its last exception."""
    constraint = _CONSTRAINT.search(text)
    if constraint is not None:
        return f"a constraint that pip was given asks for {constraint.group(1)}"
    errors = [error for error in _ERROR.findall(text) if not error.startswith("Exception")]
    raised = _RAISED.findall(text)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next(iter([*errors, *raised[-1:], *lines[-1:]]), "pip said nothing")


def _short(text: str) -> str:
    plain = " ".join(_without_secrets(text).split()).rstrip(" .")
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"
