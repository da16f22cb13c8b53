"""A probe that somebody gives for a distribution, and what its header says."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import InvalidName, canonicalize_name

from pytest_venvhealth.probes.catalogue import read_header

# Not `isidentifier`: a compiled module may be named `81d243bd2c585b0f4821__mypyc`.
_MODULE = re.compile(r"\w+(\.\w+)*")


class ProbeFaultError(ValueError):
    """What is wrong with a probe; its text is the second half of a sentence."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnProbe:
    """A probe that a conftest or another plugin gives for one distribution."""

    code: str
    """Python source, run inside the target as a script."""
    imports: tuple[str, ...] | None = None
    """Modules that are imported first, one by one; None: what the distribution's files bring."""
    timeout: float | None = None
    """Seconds of wall time; None: the run's own limit."""
    origin: str = ""
    """What its tracebacks show as the file; empty: who gave it."""


def probe_of_text(code: str, origin: str) -> OwnProbe:
    """Return the probe that a text with a header describes.

    Raises:
        ProbeFaultError: a line of the header cannot be used.
    """
    header = read_header(code)
    imports = timeout = None
    if "imports" in header:
        imports = tuple(part.strip() for part in header["imports"].split(","))
    if "timeout" in header:
        try:
            timeout = float(header["timeout"])
        except ValueError:
            # Said in the words of the other limits.
            raise ProbeFaultError(_no_seconds("its header's timeout", header["timeout"])) from None
    return checked(OwnProbe(code=code, imports=imports, timeout=timeout, origin=origin))


def probe_of_file(path: Path) -> OwnProbe:
    """Return the probe in a file.

    Raises:
        ProbeFaultError: it cannot be read, is no UTF-8 text, or has a header that cannot be used.
    """
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise ProbeFaultError(f"{path} cannot be read ({error.strerror or error})") from None
    except UnicodeDecodeError as error:
        raise ProbeFaultError(f"{path} is no UTF-8 text (byte {error.start})") from None
    return probe_of_text(text, str(path))


def checked(probe: OwnProbe) -> OwnProbe:
    """Return the probe, if every value of it can be used.

    Raises:
        ProbeFaultError: one cannot.
    """
    if not isinstance(probe.code, str) or not probe.code.strip():
        raise ProbeFaultError("its code is no text, or an empty one")
    for module in probe.imports or ():
        if not isinstance(module, str) or not _MODULE.fullmatch(module):
            raise ProbeFaultError(f"its imports name {module!r}, which is no module's name")
    limit = probe.timeout
    if limit is not None and (
        not isinstance(limit, (int, float))
        or isinstance(limit, bool)
        or not (limit > 0 and math.isfinite(limit))
    ):
        raise ProbeFaultError(_no_seconds("its timeout", limit))
    return probe


def given_probes(answer: object, *, giver: str, folder: Path) -> dict[str, OwnProbe]:
    """Return what one hook implementation gave, by normalized name of the distribution.

    Args:
        answer: a mapping of names to texts, paths or `OwnProbe`s.
        giver: who gave it; stands in tracebacks.
        folder: what a path is relative to.

    Raises:
        ProbeFaultError: it is nothing of that kind, or a probe in it cannot be used.
    """
    if not isinstance(answer, Mapping):
        raise ProbeFaultError(
            "expected a mapping of distributions to probes, found "
            f"{'text' if isinstance(answer, str) else type(answer).__name__}"
        )
    found: dict[str, OwnProbe] = {}
    for key, value in answer.items():
        try:
            name = canonicalize_name(key, validate=True)
        except (InvalidName, TypeError):
            raise ProbeFaultError(f"expected a distribution's name, found {key!r}") from None
        if name in found:
            raise ProbeFaultError(f"two probes are for {name}, if spelling is normalized")
        try:
            found[name] = _given(value, f"<{giver}: {name}>", folder)
        except ProbeFaultError as error:
            raise ProbeFaultError(f"the probe of {name} cannot be used: {error}") from None
    return found


def _given(value: object, origin: str, folder: Path) -> OwnProbe:
    if isinstance(value, OwnProbe):
        imports = None if value.imports is None else tuple(value.imports)
        return checked(
            OwnProbe(
                code=value.code,
                imports=imports,
                timeout=value.timeout,
                origin=value.origin or origin,
            )
        )
    if isinstance(value, str):
        return probe_of_text(value, origin)
    if isinstance(value, os.PathLike):
        return probe_of_file(folder / os.fspath(value))
    raise ProbeFaultError(f"expected text, a path or an OwnProbe, found {type(value).__name__}")


def _no_seconds(what: str, value: object) -> str:
    return f"{what} is {value}; expected a number of seconds above 0"
