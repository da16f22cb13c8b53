"""The profiles that this repository ships: they load, and each agrees with its lock."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest
from llm_stack import LOCK, read_wheels
from packaging.tags import compatible_tags, cpython_tags
from packaging.utils import parse_wheel_filename
from packaging.version import Version

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.profile import Profile, find_profile, load_profile

REPOSITORY = Path(__file__).parent.parent
NAMES = ["llm-cpu", "llm-cuda"]


@pytest.fixture(scope="module")
def linux() -> Environment:
    """CPython 3.11 on Linux, whatever runs the tests."""
    running = Environment.running()
    platforms = [f"manylinux_2_{minor}_x86_64" for minor in range(35, 4, -1)]
    platforms += ["manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64"]
    tags = [
        *cpython_tags((3, 11), platforms=platforms),
        *compatible_tags((3, 11), "cp311", platforms=platforms),
    ]
    markers = dict(
        running.markers,
        implementation_name="cpython",
        python_version="3.11",
        python_full_version="3.11.9",
        platform_machine="x86_64",
        platform_system="Linux",
        sys_platform="linux",
    )
    return replace(running, version=(3, 11, 9), tags=tuple(tags), markers=markers)


@pytest.fixture(params=NAMES)
def profile(request: pytest.FixtureRequest) -> Profile:
    return load_profile(find_profile(str(request.param), REPOSITORY))


def test_each_wheel_of_the_lock_is_the_release_of_its_row(profile: Profile) -> None:
    assert profile.lock is not None
    for package in profile.lock.pylock.packages:
        (wheel,) = package.wheels or ()
        name, version, _, _ = parse_wheel_filename(wheel.filename)

        assert (name, version) == (package.name, package.version)
        assert wheel.url is None
        assert wheel.path is not None
        assert PurePosixPath(wheel.path).parent == PurePosixPath("../wheelhouse")
        assert len(wheel.hashes["sha256"]) == 64


def test_each_requirement_is_locked_and_each_wheel_fits(
    profile: Profile, linux: Environment
) -> None:
    assert profile.lock is not None

    wanted = profile.wanted(linux)

    assert len(wanted) == len(profile.lock.pylock.packages)
    assert [entry.name for entry in wanted.values() if not entry.locked] == []
    assert [entry.name for entry in wanted.values() if entry.wheel is None] == []


def test_the_cpu_stack_is_pytorchs_cpu_build(linux: Environment) -> None:
    wanted = load_profile(find_profile("llm-cpu", REPOSITORY)).wanted(linux)

    assert len(wanted) == 73
    assert wanted["torch"].expected == "2.13.0+cpu"
    assert not wanted["torch"].admits(Version("2.13.0+cu130"))
    assert wanted["peft"].expected == "0.13.2"
    assert wanted["transformers"].groups == ("core",)
    assert {"pip", "setuptools"} < set(wanted)


def test_the_cuda_stack_differs_by_torch_and_what_cuda_brings(linux: Environment) -> None:
    cpu = load_profile(find_profile("llm-cpu", REPOSITORY)).wanted(linux)
    cuda = load_profile(find_profile("llm-cuda", REPOSITORY)).wanted(linux)

    assert {name for name in cpu if cpu[name] != cuda[name]} == {"torch"}
    assert cuda["torch"].expected == "2.13.0"
    assert cuda["torch"].groups == ("torch", "cuda")
    assert {name for name in cuda if name not in cpu} == {
        name for name in cuda if "cuda" in cuda[name].groups
    } - {"torch"}


def test_the_script_that_makes_the_stack_reads_the_same_lock(linux: Environment) -> None:
    wanted = load_profile(find_profile("llm-cpu", REPOSITORY)).wanted(linux)

    assert LOCK == REPOSITORY / "profiles" / "pylock.llm-cpu.toml"
    assert {wheel.name: (wheel.file, wheel.sha256) for wheel in read_wheels()} == {
        entry.name: (entry.wheel, entry.sha256) for entry in wanted.values()
    }
