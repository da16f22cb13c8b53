"""Threads that hash find what one finds: every difference, whatever the file's size."""

from __future__ import annotations

from pathlib import Path

import pytest
from wheels import digest

from pytest_venvhealth.checks.compare import differences
from pytest_venvhealth.findings import Code
from pytest_venvhealth.manifest import Entry

LARGE = (1 << 18) + 5
"""More than what is read at once."""


@pytest.mark.parametrize("jobs", [1, 2, 8])
def test_every_difference_is_found_in_any_number_of_threads(tmp_path: Path, jobs: int) -> None:
    entries: dict[str, Entry] = {}
    for number in range(300):
        data = bytes([number % 256]) * (LARGE if number % 100 == 0 else number)
        path = tmp_path / f"{number:03}"
        path.write_bytes(data)
        entries[path.name] = Entry(str(path), f"sha256={digest(data)}", len(data))
    expected = {}
    for name, change in {
        "000": b"\1" * LARGE,  # large: all of it, more, less, nothing
        "100": b"\x64" * (LARGE + 1),
        "200": b"",
        "007": b"\0" * 7,  # small: likewise
        "008": b"\x08" * 9,
        "009": b"\x09" * LARGE,
        "299": b"",
    }.items():
        (tmp_path / name).write_bytes(change)
        expected[name] = (Code.FILE_ALTERED, f"sha256={digest(change)}")
    (tmp_path / "150").unlink()
    expected["150"] = (Code.FILE_MISSING, "")

    found = differences(entries.values(), jobs)

    assert sorted(expected.items()) == [
        (Path(entry.path).name, (code, actual or "")) for entry, code, actual in found
    ]


def test_a_wrong_size_beside_the_right_hash_is_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"four")

    listed = [Entry(str(path), f"sha256={digest(b'four')}", size) for size in (None, 3, 10**9)]

    assert [] == list(differences(listed, 2))
