"""Whatever happens to whichever recorded file, it is found; and what is harmless never is.

Laws, checked on drawn cases: few in every run, many with `--slow`.
"""

from __future__ import annotations

import os
import py_compile
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from elves import make_elf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from places import Place
from targets import make_venv
from wheels import digest

from pytest_venvhealth.checks.environment import check_environment
from pytest_venvhealth.checks.files import check_files
from pytest_venvhealth.checks.installed import check_installed
from pytest_venvhealth.findings import Check, Code, Finding
from pytest_venvhealth.record import Row, parse_record, write_record

NAMES = ("demo", "other", "tiny")
MUTATIONS = ("delete", "truncate", "flip", "zero", "append", "swap")
BASES = ("wheel", "record edited to agree", "record alone")
METADATA = {"METADATA", "WHEEL"}


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("laws"))
    make_venv(place.root)
    suffix = ".cpython-311-x86_64-linux-gnu.so"
    place.add(
        "demo",
        files={
            "demo/__init__.py": "VALUE = 1\n",
            "demo/core.py": "def main():\n    return 0\n",
            # Debuggers' data follows: no loader looks at it.
            f"demo/fast{suffix}": make_elf(exports=["PyInit_fast"]) + bytes(70_000),
            "demo/one-byte": "x",
            "demo/zéro.txt": "data\n",
            "demo-1.0.data/scripts/demo-run": "#!python\nprint('run')\n",
            "demo-1.0.data/data/etc/demo.conf": "colour = red\n",
            "demo-1.0.data/data/share/demo.txt": "shared\n",
            "demo-1.0.data/headers/demo.h": "#define DEMO\n",
        },
        entry_points="[console_scripts]\ndemo-cli = demo.core:main\n",
    )
    place.add("other", files={"other/__init__.py": "", "other/core.py": "OTHER = 1\n"})
    place.add("tiny", files={"tiny.py": "TINY = 1\n"})
    place.keep()
    return place


@pytest.fixture
def place(healthy: Place) -> Place:
    return healthy.put_back()


def recorded(place: Place, name: str) -> dict[Path, Row]:
    """Return the files of RECORD that are compared by their bytes, launchers left out."""
    rows = parse_record((place.site / f"{name}-1.0.dist-info" / "RECORD").read_bytes()).rows
    files = {Path(os.path.normpath(place.site / row.path)): row for row in rows if row.hash}
    skipped = {"INSTALLER", "REQUESTED", "demo-cli"}
    return {path: row for path, row in files.items() if path.name not in skipped}


@contextmanager
def put_back_after(*paths: Path) -> Iterator[None]:
    before = {path: (path.read_bytes(), path.stat().st_mode) for path in paths if path.exists()}
    try:
        yield
    finally:
        for path in paths:
            path.unlink(missing_ok=True)
            if path in before:
                path.write_bytes(before[path][0])
                path.chmod(before[path][1])


def mutate(data: st.DataObject, path: Path, mutation: str) -> bool:
    """Damage the file; False where that is no damage, as an empty file cannot be cut."""
    before = path.read_bytes()
    # Which interpreter a script starts is asked by another check.
    start = before.find(b"\n") + 1 if path.parent.name == "bin" else 0
    if mutation == "delete":
        path.unlink()
        return True
    if mutation == "append":
        path.write_bytes(before + data.draw(st.binary(min_size=1, max_size=9)))
    elif start == len(before):
        return False
    elif mutation == "truncate":
        path.write_bytes(before[: data.draw(st.integers(start, len(before) - 1))])
    elif mutation == "flip":
        changed = bytearray(before)
        changed[data.draw(st.integers(start, len(before) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        path.write_bytes(changed)
    else:
        path.write_bytes(bytes(len(before)))
    return path.read_bytes() != before


def agree(place: Place, name: str, path: Path) -> None:
    """Edit RECORD so that it says what is there."""
    record = place.site / f"{name}-1.0.dist-info" / "RECORD"
    own = recorded(place, name)[path].path
    rows = []
    for row in parse_record(record.read_bytes()).rows:
        if row.path != own:
            rows.append(row)
        elif path.exists():
            data = path.read_bytes()
            rows.append(Row(own, f"sha256={digest(data)}", len(data)))
    record.write_bytes(write_record(rows))


def all_findings(place: Place) -> list[Finding]:
    facts = place.facts()
    found = [*check_environment(facts, Check.SITE_PACKAGES).findings]
    for name in facts.names:
        found += check_installed(facts, name).findings
        found += check_files(facts, name).findings
    return found


def any_damage_is_found(place: Place, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES), label="distribution")
    files = recorded(place, name)
    path = data.draw(st.sampled_from(sorted(files)), label="file")
    mutation = data.draw(st.sampled_from(MUTATIONS), label="mutation")
    base = data.draw(st.sampled_from(BASES), label="verified against")
    record = place.site / f"{name}-1.0.dist-info" / "RECORD"
    partner = path
    if mutation == "swap":
        others = [each for each in sorted(files) if each.read_bytes() != path.read_bytes()]
        partner = data.draw(st.sampled_from(others), label="swapped with")
    with put_back_after(path, partner, record):
        if mutation == "swap":
            mine, theirs = path.read_bytes(), partner.read_bytes()
            path.write_bytes(theirs)
            partner.write_bytes(mine)
        elif not mutate(data, path, mutation):
            return
        if base == "record edited to agree":
            for each in {path, partner}:
                agree(place, name, each)
        if base == "record alone":
            place.house.rename(place.folder / "away")
        try:
            found = all_findings(place)
        finally:
            if base == "record alone":
                (place.folder / "away").rename(place.house)

    assert {name} == {each.distribution for each in found}, found
    assert {(name,), ()} >= {each.root_causes for each in found}
    codes = {each.code for each in found}
    if Code.OTHER_BUILD in codes:
        # Intact metadata of another build look just like this: then that is what is told.
        assert base == "record edited to agree"
        assert METADATA & {path.name, partner.name}
        return
    code = Code.FILE_MISSING if mutation == "delete" else Code.FILE_ALTERED
    told = {shown for each in found if each.code is code for shown in each.paths}
    assert {str(each.relative_to(place.root)) for each in (path, partner)} <= told
    harm = codes - {code, Code.RECORD_INVALID}
    if not any(each.parent == record.parent for each in (path, partner)):
        assert not harm, found


FEW = settings(
    max_examples=60,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
MANY = settings(FEW, max_examples=400, derandomize=False)


@FEW
@given(data=st.data())
def test_any_damage_is_found_and_blamed_right(place: Place, data: st.DataObject) -> None:
    any_damage_is_found(place, data)


@pytest.mark.slow
@MANY
@given(data=st.data())
def test_any_damage_is_found_and_blamed_right_in_many_cases(
    place: Place, data: st.DataObject
) -> None:
    any_damage_is_found(place, data)


def make_harmless_change(place: Place, kind: str, name: str, path: Path, number: int) -> None:
    info = place.site / f"{name}-1.0.dist-info"
    if kind == "time":
        os.utime(path, (number, number))
    elif kind == "bytecode":
        source = place.site / ("tiny.py" if name == "tiny" else f"{name}/core.py")
        py_compile.compile(str(source), optimize=number % 3, doraise=True)
    elif kind == "installer":
        (info / "INSTALLER").write_text(("pip", "uv", "poetry 2.0", "")[number % 4] + "\n")
    elif kind == "requested":
        (info / "REQUESTED").unlink() if number % 2 else (info / "REQUESTED").touch()
    elif kind == "url":
        wheel = f"file:///elsewhere/{name}-1.0-py3-none-any.whl"
        (info / "direct_url.json").write_text(f'{{"url": "{wheel}", "archive_info": {{}}}}')
    elif kind == "order":
        lines = (info / "RECORD").read_text().splitlines(keepends=True)
        random.Random(number).shuffle(lines)
        (info / "RECORD").write_text("".join(lines))
    else:
        (place.site / name if name != "tiny" else place.site).joinpath("notes.txt").touch()


KINDS = ("time", "bytecode", "installer", "requested", "url", "order", "notes")


def harmless_changes_are_silent(place: Place, data: st.DataObject) -> None:
    fresh = place.put_back()
    for _ in range(data.draw(st.integers(1, 6))):
        kind = data.draw(st.sampled_from(KINDS))
        name = data.draw(st.sampled_from(NAMES))
        path = data.draw(st.sampled_from(sorted(recorded(fresh, name))))
        try:
            make_harmless_change(fresh, kind, name, path, data.draw(st.integers(0, 10**9)))
        except FileNotFoundError:
            continue  # not asked for already
    if data.draw(st.booleans(), label="without a wheel"):
        for wheel in fresh.house.iterdir():
            wheel.unlink()

    assert [] == all_findings(fresh)


@settings(FEW, max_examples=15)
@given(data=st.data())
def test_harmless_changes_are_silent(place: Place, data: st.DataObject) -> None:
    harmless_changes_are_silent(place, data)


@pytest.mark.slow
@settings(MANY, max_examples=120)
@given(data=st.data())
def test_harmless_changes_are_silent_in_many_cases(place: Place, data: st.DataObject) -> None:
    harmless_changes_are_silent(place, data)
