"""How long the probes took in earlier runs, kept in pytest's cache: the longest begin first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from pytest_venvhealth.findings import Check

_KEY = "venv-health/durations"

Key = tuple[str, Check]
"""A distribution's normalized name, and what was asked of it."""


def read_durations(config: pytest.Config, keys: Iterable[Key]) -> dict[Key, float]:
    """Return the seconds that each probe took last; 0.0 where that is not known."""
    cache = getattr(config, "cache", None)
    found = cache.get(_KEY, {}) if cache is not None else {}
    known = found if isinstance(found, dict) else {}
    durations: dict[Key, float] = {}
    for name, check in keys:
        value = known.get(f"{name}[{check}]")
        durations[name, check] = float(value) if isinstance(value, (int, float)) else 0.0
    return durations


def keep_durations(config: pytest.Config, durations: Mapping[Key, float]) -> None:
    """Remember how long probes took, besides what is remembered of others."""
    cache = getattr(config, "cache", None)
    if cache is None or not durations:
        return
    found = cache.get(_KEY, {})
    known = found if isinstance(found, dict) else {}
    new = {f"{name}[{check}]": round(seconds, 2) for (name, check), seconds in durations.items()}
    cache.set(_KEY, {**known, **new})
