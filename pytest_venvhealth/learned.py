"""What earlier runs have learned of a target's probes, kept in pytest's cache."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from pytest_venvhealth.expectations import Key, Learned

_KEY = "venv-health/probes"


def read_learned(config: pytest.Config, keys: Iterable[Key]) -> dict[Key, Learned]:
    """Return what is known of each question; an empty one where nothing is."""
    known = _read(config)
    learned = {}
    for name, check in keys:
        row = known.get(f"{name}[{check}]")
        row = row if isinstance(row, dict) else {}
        learned[name, check] = Learned(
            seconds=_number(row.get("seconds")),
            import_seconds=_number(row.get("import_seconds")),
            imports=_names(row.get("imports")),
            used=_names(row.get("used")),
        )
    return learned


def keep_learned(config: pytest.Config, learned: Mapping[Key, Learned]) -> None:
    """Remember what was learned, besides what is remembered of others."""
    if not learned or getattr(config, "cache", None) is None:
        return
    rows = {
        f"{name}[{check}]": {
            "seconds": round(each.seconds, 3),
            "import_seconds": round(each.import_seconds, 3),
            "imports": list(each.imports),
            "used": list(each.used),
        }
        for (name, check), each in learned.items()
    }
    assert config.cache is not None
    config.cache.set(_KEY, {**_read(config), **rows})


def _read(config: pytest.Config) -> dict[str, object]:
    cache = getattr(config, "cache", None)
    found = cache.get(_KEY, {}) if cache is not None else {}
    return found if isinstance(found, dict) else {}


def _names(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0
