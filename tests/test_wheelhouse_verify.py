"""`venv-health wheelhouse verify` and `prune`: each fault is told, and nothing is deleted."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from filling import InProcess, names_in, sha256, write_lock
from targets import install_wheel, snapshot
from wheels import make_wheel

GOOD, OTHER = "good-1.0-py3-none-any.whl", "other-2.0-py3-none-any.whl"


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str]) -> InProcess:
    return InProcess(capsys)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    folder = tmp_path / "wheelhouse"
    make_wheel(folder, "good")
    make_wheel(folder, "other", "2.0")
    return folder


@pytest.fixture
def profile(tmp_path: Path, house: Path) -> Path:
    return write_lock(tmp_path / "profiles", [house / GOOD, house / OTHER])


def faults(here: InProcess, house: Path, *arguments: str | Path) -> list[tuple[str, str]]:
    """Verify, and return kind and subject of each fault; each must say what to do."""
    before = snapshot(house)
    done = here("verify", "--wheelhouse", house, "--json", *arguments)
    found = json.loads(done.out)["faults"]
    assert (1 if found else 0) == done.code
    assert all(fault["text"] and fault["remedy"] for fault in found)
    assert before == snapshot(house)
    return [(fault["kind"], fault["subject"]) for fault in found]


def test_a_whole_wheelhouse_is_told_in_a_line(here: InProcess, house: Path, profile: Path) -> None:
    done = here("verify", "--wheelhouse", house, "--profile", profile)

    assert 0 == done.code
    size = sum(path.stat().st_size for path in house.iterdir()) / 1000
    assert f"whole: 2 wheels, {size:.1f} kB, in {house}; all 2 that are needed are there\n" == (
        done.out
    )


def test_a_byte_that_flipped_is_damage(here: InProcess, house: Path) -> None:
    data = bytearray((house / GOOD).read_bytes())
    data[60] ^= 1
    (house / GOOD).write_bytes(data)

    assert [("damaged", GOOD)] == faults(here, house)


def test_contents_that_are_not_what_record_says_are_damage(here: InProcess, house: Path) -> None:
    with zipfile.ZipFile(house / GOOD) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files["good/__init__.py"] = b"VALUE = 'evil'\n"
    with zipfile.ZipFile(house / GOOD, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)

    assert [("damaged", GOOD)] == faults(here, house)


def test_a_whole_wheel_with_another_hash_than_the_locks_is_told(
    here: InProcess, house: Path, profile: Path
) -> None:
    make_wheel(house, "good", files={"good.py": "OTHER = 1\n"})

    assert [] == faults(here, house)
    assert [("other-hash", GOOD)] == faults(here, house, "--profile", profile)


def test_a_missing_wheel_is_told_with_the_command_that_fetches_it(
    here: InProcess, house: Path, profile: Path
) -> None:
    (house / OTHER).unlink()

    done = here("verify", "--wheelhouse", house, "--profile", profile)

    assert 1 == done.code
    assert (
        f"{OTHER} is missing. Fetch it: venv-health wheelhouse fill --profile {profile} "
        f"--wheelhouse {house}.\n" in done.out
    )


def test_names_that_nobody_finds_and_files_that_are_no_wheels_are_told(
    here: InProcess, house: Path
) -> None:
    make_wheel(house, "third")
    (house / "third-1.0-py3-none-any.whl").rename(house / "third.whl")
    (house / "source-1.0.tar.gz").write_bytes(b"")
    (house / "big-1.0-py3-none-any.whl.part").write_bytes(b"")
    (house / ".fetch-killed").mkdir()
    (house / ".fetch-killed" / "lock").touch()
    (house / "README.md").write_text("what a person keeps here\n")

    assert [
        ("bad-name", "third.whl"),
        ("junk", "big-1.0-py3-none-any.whl.part"),
        ("junk", "source-1.0.tar.gz"),
        ("junk", ".fetch-killed"),
    ] == faults(here, house)


def test_two_names_for_one_wheel_are_told(here: InProcess, house: Path) -> None:
    shutil.copy(house / GOOD, house / "Good-1.0-py3-none-any.whl")

    assert [("duplicate", GOOD)] == faults(here, house)


def test_for_an_environment_the_build_that_is_installed_must_be_there(
    here: InProcess, house: Path, empty_venv: Path
) -> None:
    for name in (GOOD, OTHER):
        install_wheel(empty_venv, house / name)
    assert [] == faults(here, house, "--venv", empty_venv)

    make_wheel(house, "good", files={"good/__init__.py": "VALUE = 'another build'\n"})
    (house / OTHER).unlink()

    assert [("other-build", GOOD), ("missing", "other 2.0")] == faults(
        here, house, "--venv", empty_venv
    )


def test_a_wheel_that_a_person_has_built_counts(
    here: InProcess, house: Path, empty_venv: Path
) -> None:
    install_wheel(empty_venv, house / GOOD)
    (origin,) = empty_venv.glob("lib/python*/site-packages/good-1.0.dist-info")
    url = {"url": "https://git.example/good", "vcs_info": {"vcs": "git", "commit_id": "abc"}}
    (origin / "direct_url.json").write_text(json.dumps(url))

    assert [] == faults(here, house, "--venv", empty_venv)

    (house / GOOD).unlink()

    assert [("unavailable", "good 1.0")] == faults(here, house, "--venv", empty_venv)


def test_prune_lists_and_moves_aside_what_no_profile_needs(
    here: InProcess, house: Path, tmp_path: Path
) -> None:
    old = make_wheel(house, "good", "0.9")
    digest = sha256(old)
    first = write_lock(tmp_path / "profiles", [house / GOOD], name="first")
    second = tmp_path / "profiles" / "second.toml"
    second.write_text('[dependency-groups]\nall = ["other>=1.5"]\n')
    profiles = ("--profile", first, "--profile", second)
    (house / OTHER).rename(house / "Other-2.0-py3-none-any.whl")

    listed = here("prune", "--wheelhouse", house, *profiles)

    assert 0 == listed.code
    row, total = listed.out.splitlines()
    assert row.endswith(f" B  {old.name}")
    assert total.endswith(f"that nobody needs; --yes moves them into {house / '.pruned'}")
    assert old.exists()

    moved = here("prune", "--wheelhouse", house, *profiles, "--yes")

    assert 0 == moved.code
    assert [".pruned", "Other-2.0-py3-none-any.whl", GOOD] == names_in(house)
    (aside,) = (house / ".pruned").glob("*/*")
    assert (old.name, digest) == (aside.name, sha256(aside))
    assert f"into {aside.parent}" in moved.out
    assert (
        f"every wheel in {house} is needed\n" == here("prune", "--wheelhouse", house, *profiles).out
    )


def test_a_damaged_wheel_that_is_needed_is_not_pruned(
    here: InProcess, house: Path, profile: Path
) -> None:
    (house / GOOD).write_bytes(b"damaged")

    here("prune", "--wheelhouse", house, "--profile", profile, "--yes")

    assert [GOOD, OTHER] == names_in(house)


def test_a_wheelhouse_that_is_not_there_is_told(here: InProcess, tmp_path: Path) -> None:
    done = here("verify", "--wheelhouse", tmp_path / "none")

    assert 2 == done.code
    assert "there is no such wheelhouse" in done.err
