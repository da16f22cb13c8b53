"""`venv-health wheelhouse fill`: which wheels, from where, and what becomes of what goes wrong."""

from __future__ import annotations

import json
import os
import pty
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filling import InProcess, command, names_in, processes_with, run, sha256, write_lock
from local_index import LocalIndex, local_index, plain_pip
from pythons import find_python
from targets import install_wheel, site_packages
from wheels import make_wheel

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.profile import load_profile
from pytest_venvhealth.wheels.fill import group
from pytest_venvhealth.wheels.needed import NotFrozenError, needed
from pytest_venvhealth.wheels.pip_words import Kind, read_fault
from pytest_venvhealth.wheels.target import PipTarget, target_of_tags, target_of_wheel

pytestmark = pytest.mark.sampled(2)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The folder that the index serves."""
    folder = tmp_path / "index"
    folder.mkdir()
    return folder


@pytest.fixture
def house(tmp_path: Path) -> Path:
    return tmp_path / "wheelhouse"


@pytest.fixture
def index(files: Path) -> Iterator[LocalIndex]:
    with local_index(files) as served:
        yield served


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> InProcess:
    for name in set(os.environ) - set(plain := plain_pip(os.environ)):
        monkeypatch.delenv(name)
    for name, value in plain.items():
        monkeypatch.setenv(name, value)
    return InProcess(capsys)


# -- which wheels


def test_a_lock_alone_needs_every_wheel_that_it_names_each_for_its_own_target(
    files: Path, tmp_path: Path
) -> None:
    wheels = [
        make_wheel(files, "plain"),
        make_wheel(files, "native", tag="cp39-cp39-manylinux2014_aarch64"),
        make_wheel(files, "native", tag="cp312-cp312-win_amd64"),
        make_wheel(files, "stable", tag="cp38-abi3-macosx_11_0_arm64"),
    ]
    profile = load_profile(write_lock(tmp_path / "profiles", wheels))

    found = needed(profile, None, tmp_path)

    assert sorted(wheel.name for wheel in wheels) == sorted(
        str(need.filename) for need in found.wheels
    )
    targets = {need.filename: need.target for need in found.wheels}
    assert (
        PipTarget(
            implementation="cp",
            python_version="38",
            abis=("abi3",),
            platforms=("macosx_11_0_arm64",),
        )
        == targets["stable-1.0-cp38-abi3-macosx_11_0_arm64.whl"]
    )
    assert ("py", "3", ("none",), ("any",)) == (
        targets["plain-1.0-py3-none-any.whl"].implementation,
        targets["plain-1.0-py3-none-any.whl"].python_version,
        targets["plain-1.0-py3-none-any.whl"].abis,
        targets["plain-1.0-py3-none-any.whl"].platforms,
    )


def test_the_target_is_the_environment_and_not_the_host() -> None:
    environment = Environment.running()

    target = target_of_tags(environment.tags)

    assert target is not None
    assert "cp" == target.implementation
    assert "{}{}".format(*sys.version_info) == target.python_version
    assert target.abis == (f"cp{target.python_version}",)
    assert {tag.platform for tag in environment.tags} == {*target.platforms, "any"}
    assert target_of_tags(()) is None


def test_with_a_lock_and_an_environment_what_the_lock_selects_is_needed(
    files: Path, tmp_path: Path, empty_venv: Path
) -> None:
    fits, plain = make_wheel(files, "native"), make_wheel(files, "plain")
    other = make_wheel(files, "native", tag="cp39-cp39-manylinux2014_aarch64")
    profile = load_profile(write_lock(tmp_path / "profiles", [other, fits, plain]))

    found = needed(profile, Environment.at(empty_venv), tmp_path)

    assert [fits.name, plain.name] == [need.filename for need in found.wheels]
    assert [sha256(fits), sha256(plain)] == [need.sha256 for need in found.wheels]
    assert [fits.stat().st_size, plain.stat().st_size] == [need.size for need in found.wheels]


def test_an_environment_needs_what_is_installed_and_names_what_no_index_can_have(
    files: Path, tmp_path: Path, empty_venv: Path
) -> None:
    for name in ("good", "edited", "cloned", "copied"):
        install_wheel(
            empty_venv, make_wheel(files, name, "2.13.0+cpu" if name == "good" else "1.0")
        )
    origins = {
        "edited": {"url": f"file://{tmp_path}/src", "dir_info": {"editable": True}},
        "cloned": {
            "url": "https://git.example/cloned",
            "vcs_info": {"vcs": "git", "commit_id": "abc123"},
        },
        "copied": {"url": f"file://{tmp_path}/copied", "dir_info": {}},
    }
    for name, origin in origins.items():
        folder = site_packages(empty_venv) / f"{name}-1.0.dist-info"
        (folder / "direct_url.json").write_text(json.dumps(origin))

    found = needed(None, Environment.at(empty_venv), tmp_path / "wheelhouse")

    assert ["good===2.13.0+cpu"] == [need.requirement for need in found.wheels]
    told = {lost.name: str(lost) for lost in found.unavailable}
    assert ["cloned", "copied", "edited"] == sorted(told)
    assert f"pip wheel --no-deps -w {tmp_path}/wheelhouse " in told["cloned"]
    assert told["cloned"].endswith("git+https://git.example/cloned@abc123.")
    assert "built from file://" in told["copied"]
    assert f"editable install of {tmp_path}/src" in told["edited"]


def test_a_profile_without_a_lock_needs_an_environment_and_exact_pins(
    tmp_path: Path, empty_venv: Path
) -> None:
    path = tmp_path / "loose.toml"
    path.write_text('[dependency-groups]\nall = ["exact==1.0", "loose>=2"]\n')
    profile = load_profile(path)

    with pytest.raises(NotFrozenError, match=r"has no lock.*venv-health freeze"):
        needed(profile, None, tmp_path)
    found = needed(profile, Environment.at(empty_venv), tmp_path)

    assert ["exact==1.0"] == [need.requirement for need in found.wheels]
    (lost,) = found.unavailable
    assert "loose" == lost.name
    assert 'asks for "loose>=2"' in lost.reason
    assert "venv-health freeze" in lost.remedy


def test_what_a_lock_names_without_a_wheel_is_named(files: Path, tmp_path: Path) -> None:
    more = (
        '\n[[packages]]\nname = "sourced"\nversion = "1.0"\n'
        'sdist = { name = "sourced-1.0.tar.gz", url = "https://index.example/sourced-1.0.tar.gz", '
        f'hashes = {{ sha256 = "{"a" * 64}" }} }}\n'
    )
    profile = load_profile(write_lock(tmp_path, [make_wheel(files, "good")], more=more))

    found = needed(profile, None, tmp_path)

    assert ["good"] == [need.name for need in found.wheels]
    (lost,) = found.unavailable
    assert "the lock names its source and no wheel" in lost.reason


def test_a_call_of_pip_is_for_one_target_and_small(files: Path, tmp_path: Path) -> None:
    wheels = [make_wheel(files, f"plain{number}") for number in range(20)]
    wheels += [make_wheel(files, "plain0", "2.0"), make_wheel(files, "native", tag=HOST_TAG)]
    profile = load_profile(write_lock(tmp_path, wheels))

    calls = group(needed(profile, None, tmp_path).wheels)

    assert 22 == sum(map(len, calls))
    assert all(len(call) <= 16 for call in calls)
    assert all(len({need.target for need in call}) == 1 for call in calls)
    assert all(len({need.name for need in call}) == len(call) for call in calls)


HOST_TAG = "cp39-cp39-manylinux2014_x86_64"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a-1.0-py2.py3-none-any.whl", ("py", "3", ("none",), ("any",))),
        ("a-1.0-cp38-abi3-win32.whl", ("cp", "38", ("abi3",), ("win32",))),
        ("a-1.0-cp313-cp313t-win32.whl", ("cp", "313", ("cp313t",), ("win32",))),
        ("a-1.0-pp310-pypy310_pp73-win32.whl", ("pp", "310", ("pypy310_pp73",), ("win32",))),
        (
            "a-1.0-cp39-cp39-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
            ("cp", "39", ("cp39",), ("manylinux2014_x86_64", "manylinux_2_17_x86_64")),
        ),
    ],
)
def test_a_wheel_tells_for_whom_it_is(name: str, expected: tuple[object, ...]) -> None:
    from packaging.utils import parse_wheel_filename

    target = target_of_wheel(parse_wheel_filename(name)[3])

    assert expected == (
        target.implementation,
        target.python_version,
        target.abis,
        target.platforms,
    )


# -- without pip


def test_what_lies_there_is_not_fetched_again_and_needs_no_pip(
    files: Path, tmp_path: Path, house: Path, here: InProcess
) -> None:
    wheel = make_wheel(files, "good")
    profile = write_lock(tmp_path / "profiles", [wheel])
    house.mkdir()
    shutil.copy(wheel, house / "download.whl")

    done = here("fill", "--profile", profile, "--wheelhouse", house, "--python", "/no/python")

    assert 0 == done.code, done.err
    assert [wheel.name] == names_in(house)
    assert f"renamed download.whl to {wheel.name}" in done.out
    assert "nothing fetched; 1 wheel there before" in done.out


def test_a_python_without_pip_is_told_in_a_sentence(
    files: Path, tmp_path: Path, house: Path, empty_venv: Path, here: InProcess
) -> None:
    profile = write_lock(tmp_path / "profiles", [make_wheel(files, "good")])
    python = empty_venv / "bin" / "python"

    done = here("fill", "--profile", profile, "--wheelhouse", house, "--python", python)

    assert 1 == done.code
    assert f"venv-health: {python} has no pip" in done.err
    assert "--python" in done.err
    assert 1 == done.err.count("\n")
    assert [] == names_in(house)


def test_too_little_room_is_told_before_anything_is_fetched(
    files: Path, tmp_path: Path, house: Path, here: InProcess
) -> None:
    profile = write_lock(tmp_path / "profiles", [make_wheel(files, "good")])
    lock = profile.with_name("pylock.demo.toml")
    size = shutil.disk_usage(tmp_path).total + 1
    text = lock.read_text()
    lock.write_text(
        text.replace(
            f"size = {(files / 'good-1.0-py3-none-any.whl').stat().st_size}", f"size = {size}"
        )
    )

    done = here("fill", "--profile", profile, "--wheelhouse", house)

    assert 1 == done.code
    assert "There is no room for the wheels" in done.err
    assert "are needed" in done.err
    assert [] == names_in(house)


def test_a_wheelhouse_that_is_a_file_is_told_in_a_sentence(
    files: Path, tmp_path: Path, house: Path, here: InProcess
) -> None:
    profile = write_lock(tmp_path / "profiles", [make_wheel(files, "good")])
    house.write_text("")

    done = here("fill", "--profile", profile, "--wheelhouse", house)

    assert 1 == done.code
    assert f"venv-health: {house} cannot be used as a wheelhouse: File exists." in done.err


def test_nothing_to_say_which_wheels_is_a_mistake_on_the_command_line(here: InProcess) -> None:
    for action in ("fill", "prune"):
        done = here(action)

        assert 2 == done.code
        assert "give --profile, --venv, or both" in done.err


# -- with pip


def test_a_fill_fetches_what_is_missing_and_sets_a_corrupted_wheel_aside(
    files: Path, tmp_path: Path, house: Path, index: LocalIndex, here: InProcess
) -> None:
    wheels = [make_wheel(files, name) for name in ("left", "right", "there")]
    profile = write_lock(tmp_path / "profiles", wheels)
    house.mkdir()
    shutil.copy(wheels[2], house)
    bad = house / wheels[1].name
    bad.write_bytes(flipped(wheels[1].read_bytes()))
    damaged = bad.read_bytes()

    done = here("fill", "--profile", profile, "--wheelhouse", house, *index.options)

    assert 0 == done.code, done.err
    assert sorted(wheel.name for wheel in wheels[:2]) == sorted(index.fetched)
    assert [".set-aside", *sorted(wheel.name for wheel in wheels)] == names_in(house)
    assert all(sha256(wheel) == sha256(house / wheel.name) for wheel in wheels)
    (aside,) = (house / ".set-aside").glob("*/*")
    assert damaged == aside.read_bytes()
    assert f"what lay there is now {aside}" in done.out
    assert "2 wheels fetched" in done.out


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


@pytest.mark.slow
def test_a_wheel_that_no_index_has_is_named_and_the_others_are_fetched(
    files: Path, tmp_path: Path, house: Path, index: LocalIndex, some_pip: Path
) -> None:
    good = [make_wheel(files, f"good{number}") for number in range(5)]
    lost = [
        make_wheel(files, "absent"),
        make_wheel(files, "sourced"),
        make_wheel(files, "older", "2.0"),
        make_wheel(files, "torchy", "2.0+cpu"),
    ]
    other = make_wheel(files, "changed")
    hashes = {other.name: "a" * 64}
    profile = write_lock(tmp_path / "profiles", [*good, *lost, other], hashes=hashes)
    for wheel in lost:
        wheel.unlink()
    (files / "sourced-1.0.tar.gz").write_bytes(b"no matter")
    make_wheel(files, "older", "1.0")
    make_wheel(files, "torchy", "2.0")

    done = run(
        "fill", "--profile", profile, "--wheelhouse", house, *index.options, "--python", some_pip
    )

    assert 1 == done.code
    assert sorted(wheel.name for wheel in good) == names_in(house)
    told = done.err.splitlines()
    assert 6 == len(told), done.err
    assert "absent 1.0: no index has a wheel of it that fits. Name the index" in told[0]
    assert (
        f"changed 1.0: what the index has under that name ({index.url}/files/{other.name}) has "
        "another hash than the lock's" in told[1]
    )
    assert "older 2.0: the index has other versions alone (1.0)." in told[2]
    assert "sourced 1.0: the index has its source alone (sourced-1.0.tar.gz)." in told[3]
    assert f"pip wheel --no-deps -w {house} sourced==1.0" in told[3]
    assert (
        "torchy 2.0+cpu: the index has other versions alone (2.0). A build with +cpu comes"
        in told[4]
    )
    assert "--extra-index-url" in told[4]
    assert "5 wheels could not be had" in told[5]


@pytest.fixture(params=["host", "ensurepip"], scope="module")
def some_pip(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This Python, and one with the pip that Python itself brings, which is older."""
    if request.param == "host":
        return Path(sys.executable)
    older = tmp_path_factory.mktemp("older")
    subprocess.run([sys.executable, "-m", "venv", older], check=True)
    return older / "bin" / "python"


@pytest.mark.slow
@pytest.mark.parametrize("status", [401, 503])
def test_an_index_that_does_not_answer_ends_it_in_a_sentence(
    files: Path, tmp_path: Path, house: Path, index: LocalIndex, status: int, some_pip: Path
) -> None:
    wheels = [make_wheel(files, f"good{number}") for number in range(20)]
    profile = write_lock(tmp_path / "profiles", wheels)
    index.status = status

    done = run(
        "fill", "--profile", profile, "--wheelhouse", house, *index.options, "--python", some_pip
    )

    assert 1 == done.code
    assert f"venv-health: The index does not answer ({index.url}/simple/good" in done.err
    assert str(status) in done.err
    assert "20 wheels are missing" in done.err
    assert 1 == done.err.count("\n")
    assert [] == names_in(house)


@pytest.mark.slow
def test_no_network_is_told_in_a_sentence(
    files: Path, tmp_path: Path, house: Path, some_pip: Path
) -> None:
    wheels = [make_wheel(files, f"good{number}") for number in range(3)]
    profile = write_lock(tmp_path / "profiles", wheels)
    nobody = "http://127.0.0.1:9/simple"

    done = run(
        "fill",
        "--profile",
        profile,
        "--wheelhouse",
        house,
        "--index-url",
        nobody,
        "--python",
        some_pip,
    )

    assert 1 == done.code
    assert f"The index does not answer ({nobody}/good" in done.err
    assert "Connection refused" in done.err
    assert 1 == done.err.count("\n")
    assert [] == names_in(house)


@pytest.mark.slow
def test_a_connection_that_breaks_leaves_nothing_half_fetched(
    files: Path, tmp_path: Path, house: Path, index: LocalIndex, some_pip: Path
) -> None:
    big = make_wheel(files, "big", files={"big/data.bin": random.Random(1).randbytes(100_000)})
    profile = write_lock(tmp_path / "profiles", [big, make_wheel(files, "small")])
    index.broken_after = 1 << 15

    done = run(
        "fill",
        "--profile",
        profile,
        "--wheelhouse",
        house,
        *index.options,
        "--python",
        some_pip,
        variables={"PIP_RESUME_RETRIES": "0"},
    )

    assert 1 == done.code
    assert "big 1.0: the connection broke while it was fetched. Run it again." in done.err
    assert ["small-1.0-py3-none-any.whl"] == names_in(house)

    index.broken_after = None
    again = run(
        "fill", "--profile", profile, "--wheelhouse", house, *index.options, "--python", some_pip
    )

    assert 0 == again.code
    assert "1 wheel fetched" in again.out


@pytest.mark.slow
def test_an_option_that_pip_refuses_ends_it_in_a_sentence(
    files: Path, tmp_path: Path, house: Path, index: LocalIndex
) -> None:
    wheels = [make_wheel(files, f"good{number}") for number in range(4)]
    profile = write_lock(tmp_path / "profiles", wheels)
    variables = {"PIP_CONSTRAINT": str(tmp_path / "none.txt")}

    done = run(
        "fill", "--profile", profile, "--wheelhouse", house, *index.options, variables=variables
    )

    assert 1 == done.code
    assert "pip cannot fetch anything" in done.err
    assert "none.txt" in done.err
    assert [] == names_in(house)


@pytest.mark.slow
def test_what_a_constraint_forbids_is_named_and_the_others_are_fetched(
    files: Path, tmp_path: Path, house: Path, index: LocalIndex, some_pip: Path
) -> None:
    wheels = [make_wheel(files, f"good{number}") for number in range(4)]
    profile = write_lock(tmp_path / "profiles", wheels)
    (tmp_path / "constraints.txt").write_text("good2<1\n")
    variables = {"PIP_CONSTRAINT": str(tmp_path / "constraints.txt")}
    options = (*index.options, "--python", str(some_pip))

    done = run("fill", "--profile", profile, "--wheelhouse", house, *options, variables=variables)

    assert 1 == done.code
    assert [wheel.name for wheel in wheels if "good2" not in wheel.name] == names_in(house)
    assert (
        "good2 1.0: pip cannot fetch it (a constraint that pip was given asks for good2<1)."
        in done.err
    )


@pytest.mark.slow
def test_an_extra_index_and_a_folder_are_handed_on(
    files: Path, tmp_path: Path, house: Path, index: LocalIndex
) -> None:
    more = tmp_path / "more"
    wheels = [
        make_wheel(files, "plain"),
        make_wheel(more, "torchy", "2.0+cpu"),
        make_wheel(tmp_path / "stick", "carried"),
    ]
    make_wheel(files, "torchy", "2.0")
    profile = write_lock(tmp_path / "profiles", wheels)
    with local_index(more) as second:
        places = ["--extra-index-url", f"{second.url}/simple", "--find-links"]
        done = run(
            "fill",
            "--profile",
            profile,
            "--wheelhouse",
            house,
            *index.options,
            *places,
            tmp_path / "stick",
        )

    assert 0 == done.code, done.err
    assert sorted(wheel.name for wheel in wheels) == names_in(house)
    assert [wheels[1].name] == second.fetched


@pytest.mark.slow
def test_a_wheel_that_a_person_has_built_and_that_differs_is_named(
    files: Path, tmp_path: Path, house: Path, index: LocalIndex, empty_venv: Path
) -> None:
    built = make_wheel(house, "sourced", files={"sourced.py": "BUILD = 1\n"})
    theirs = make_wheel(tmp_path, "sourced", files={"sourced.py": "BUILD = 2\n"})
    install_wheel(empty_venv, theirs)
    (files / "sourced-1.0.tar.gz").write_bytes(b"no matter")

    done = run("fill", "--venv", empty_venv, "--wheelhouse", house, *index.options)

    assert 1 == done.code
    assert (
        f"the index has its source alone (sourced-1.0.tar.gz), and {built.name} there is another "
        f"build than the installed one. Reinstall sourced from {built}" in done.err
    )

    shutil.copy(theirs, house)

    assert 0 == run("fill", "--venv", empty_venv, "--wheelhouse", house, *index.options).code


@pytest.mark.slow
def test_a_wheel_with_the_locks_hash_that_contradicts_itself_is_named_and_not_taken(
    files: Path, tmp_path: Path, house: Path, index: LocalIndex
) -> None:
    wheels = [make_wheel(files, name) for name in ("good", "liar")]
    with zipfile.ZipFile(wheels[1]) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    contents["liar/__init__.py"] += b"# not what RECORD says\n"
    with zipfile.ZipFile(wheels[1], "w") as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    profile = write_lock(tmp_path / "profiles", wheels)

    done = run("fill", "--profile", profile, "--wheelhouse", house, *index.options)

    assert 1 == done.code
    assert [wheels[0].name] == names_in(house)
    assert (
        f"liar 1.0: the index's wheel {wheels[1].name} cannot be used: liar/__init__.py is not "
        "what the wheel's own RECORD says." in done.err
    )


@pytest.mark.slow
def test_the_build_that_is_installed_is_fetched_and_another_is_named(
    files: Path, house: Path, index: LocalIndex, tmp_path: Path, empty_venv: Path
) -> None:
    best = Environment.at(empty_venv).tags[1].platform
    # pip takes the first of these, which fits best; what is installed came from the second.
    make_wheel(files, "twice", files={"twice.py": "BUILD = 1\n"}, tag=f"py3-none-{best}")
    second = make_wheel(files, "twice", files={"twice.py": "BUILD = 2\n"}, tag="py3-none-any")
    rebuilt = make_wheel(tmp_path, "rebuilt", files={"rebuilt.py": "BUILD = 1\n"})
    for wheel in (second, rebuilt):
        install_wheel(empty_venv, wheel)
    make_wheel(files, "rebuilt", files={"rebuilt.py": "BUILD = 2\n"})

    done = run("fill", "--venv", empty_venv, "--wheelhouse", house, *index.options)

    assert 1 == done.code
    assert [second.name] == names_in(house)
    assert sha256(second) == sha256(house / second.name)
    assert (
        "rebuilt 1.0: the index's rebuilt-1.0-py3-none-any.whl is another build than the installed"
        in done.err
    )
    assert "rebuilt.py is not the installed one" in done.err


@pytest.mark.slow
def test_killed_twice_and_continued_with_a_corrupted_wheel(
    files: Path, tmp_path: Path, house: Path
) -> None:
    wheels = [
        make_wheel(
            files, f"part{number:02}", files={"part.bin": random.Random(number).randbytes(8_000)}
        )
        for number in range(64)
    ]
    profile = write_lock(tmp_path / "profiles", wheels)
    before: set[str] = set()
    with local_index(files, rate=64_000) as index:
        arguments = command("fill", "--profile", profile, "--wheelhouse", house, *index.options)
        for _ in range(2):
            asked = len(index.fetched)
            killed_in_the_middle(arguments, house)
            # What is on its way to a process that is dead counts as sent, too.
            wait_until(lambda: index.is_quiet)
            there = {name for name in names_in(house) if name.endswith(".whl")}
            assert before < there < {wheel.name for wheel in wheels}
            # Each is whole, though the program was killed while the next ones came.
            assert all(sha256(house / name) == sha256(files / name) for name in there)
            assert not before & set(index.fetched[asked:])
            assert 1 == len([name for name in names_in(house) if name.startswith(".fetch-")])
            before = there
        corrupted = house / min(before)
        corrupted.write_bytes(flipped(corrupted.read_bytes()))
        asked = len(index.fetched)

        done = run("fill", "--profile", profile, "--wheelhouse", house, *index.options)

    assert 0 == done.code, done.err
    missing = {wheel.name for wheel in wheels} - before
    assert sorted({*missing, corrupted.name}) == sorted(index.fetched[asked:])
    assert [".set-aside", *(wheel.name for wheel in wheels)] == names_in(house)
    assert all(sha256(wheel) == sha256(house / wheel.name) for wheel in wheels)
    assert 0 == run("verify", "--profile", profile, "--wheelhouse", house).code


def killed_in_the_middle(arguments: list[str], house: Path) -> None:
    """Kill the program, and nothing but it, once it has told of a wheel; its pips end, too."""
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, env=plain_pip(os.environ), text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("fetched ")
        wait_until(lambda: bool(processes_with(house / ".fetch-")))
        process.kill()
    wait_until(lambda: not processes_with(house / ".fetch-"))


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.slow
def test_pip_ends_when_the_program_is_killed_and_the_next_run_clears_up(
    files: Path, tmp_path: Path, house: Path
) -> None:
    data = random.Random(1).randbytes(500_000)
    profile = write_lock(tmp_path / "p", [make_wheel(files, "big", files={"big.bin": data})])
    with local_index(files, rate=10_000) as index:
        arguments = command("fill", "--profile", profile, "--wheelhouse", house, *index.options)
        with subprocess.Popen(arguments, env=plain_pip(os.environ)) as process:
            wait_until(lambda: any(house.glob(".fetch-*/call-1/tmp/*/*.whl")))
            process.kill()
        # Left alone, it would be busy for most of a minute.
        wait_until(lambda: not processes_with(house / ".fetch-"))
        (left,) = house.glob(".fetch-*")
        index.rate = None
        done = run("fill", "--profile", profile, "--wheelhouse", house, *index.options)

    assert 0 == done.code, done.err
    assert not left.exists()
    assert ["big-1.0-py3-none-any.whl"] == names_in(house)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_polite_end_leaves_nothing_behind(
    files: Path, tmp_path: Path, house: Path, number: signal.Signals
) -> None:
    data = random.Random(1).randbytes(500_000)
    profile = write_lock(tmp_path / "p", [make_wheel(files, "big", files={"big.bin": data})])
    with local_index(files, rate=50_000) as index:
        arguments = command("fill", "--profile", profile, "--wheelhouse", house, *index.options)
        with subprocess.Popen(
            arguments, stderr=subprocess.PIPE, env=plain_pip(os.environ), text=True
        ) as process:
            wait_until(lambda: bool(processes_with(house / ".fetch-")))
            time.sleep(1)
            process.send_signal(number)
            _, told = process.communicate(timeout=10)

    assert 130 == process.returncode
    assert (
        f"venv-health: Interrupted; what lies in {house} is whole. Run it again to go on.\n" == told
    )
    assert [] == names_in(house)
    assert not processes_with(house / ".fetch-")


@pytest.mark.slow
def test_a_scratch_folder_that_somebody_uses_stays(
    files: Path, tmp_path: Path, house: Path
) -> None:
    data = random.Random(1).randbytes(300_000)
    first = write_lock(
        tmp_path / "p", [make_wheel(files, "big", files={"big.bin": data})], name="first"
    )
    second = write_lock(tmp_path / "p", [make_wheel(files, "small")], name="second")
    with local_index(files, rate=100_000) as index:
        arguments = command("fill", "--profile", first, "--wheelhouse", house, *index.options)
        with subprocess.Popen(arguments, env=plain_pip(os.environ)) as process:
            wait_until(lambda: bool(processes_with(house / ".fetch-")))
            done = run("fill", "--profile", second, "--wheelhouse", house, *index.options)
            assert process.poll() is None
            assert 0 == process.wait(30)

    assert 0 == done.code
    assert ["big-1.0-py3-none-any.whl", "small-1.0-py3-none-any.whl"] == names_in(house)


@pytest.mark.slow
def test_a_full_disk_is_told_in_a_sentence(files: Path, tmp_path: Path, index: LocalIndex) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(small)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False).returncode:
        pytest.skip("this machine lets nobody mount a file system")
    try:
        tiny = make_wheel(files, "atiny")
        data = random.Random(1).randbytes(1_500_000)
        big = make_wheel(files, "big", files={"big.bin": data})
        profile = write_lock(tmp_path / "p", [tiny, big])
        lock = profile.with_name("pylock.demo.toml")
        # A lock need not say sizes: then nobody can know beforehand.
        lock.write_text(lock.read_text().replace(f"size = {big.stat().st_size}, ", ""))
        where = ("--wheelhouse", str(small / "house"), *index.options)
        first = write_lock(tmp_path / "t", [tiny])
        assert 0 == run("fill", "--profile", first, *where).code

        done = run("fill", "--profile", profile, *where)

        assert 1 == done.code
        assert "venv-health: There is no room for the wheels: " in done.err
        assert 1 == done.err.count("\n"), done.err
        assert [tiny.name] == names_in(small / "house")
    finally:
        subprocess.run(["umount", str(small)], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("variable", [None, "CI", "NO_COLOR"])
def test_a_live_line_is_for_a_person_at_a_terminal(
    files: Path, tmp_path: Path, house: Path, variable: str | None
) -> None:
    data = random.Random(1).randbytes(200_000)
    profile = write_lock(tmp_path / "p", [make_wheel(files, "big", files={"big.bin": data})])
    variables = {**plain_pip(os.environ), "TERM": "xterm"}
    variables.pop("NO_COLOR", None)
    if variable is not None:
        variables[variable] = "1"
    with local_index(files, rate=100_000) as index:
        arguments = command("fill", "--profile", profile, "--wheelhouse", house, *index.options)
        main_end, their_end = pty.openpty()
        with subprocess.Popen(arguments, stdout=their_end, env=variables) as process:
            os.close(their_end)
            shown = b""
            while True:
                try:
                    shown += os.read(main_end, 4096)
                except OSError:
                    break  # everybody has closed it
            assert 0 == process.wait(30)
        os.close(main_end)

    assert b"fetched big-1.0-py3-none-any.whl (201 kB; 1 of 1, " in shown
    live = b"0 of 1 wheels, " in shown
    assert (variable is None) is live
    assert live is (b"\x1b[K" in shown)


@pytest.mark.slow
def test_the_wheels_of_another_python_come_from_a_real_index(house: Path, tmp_path: Path) -> None:
    """Killed at first, and with a wheel corrupted later."""
    host = "{}.{}".format(*sys.version_info)
    others = (each for each in ("3.9", "3.12", "3.13", "3.10") if each != host)
    found = next(((each, python) for each in others if (python := find_python(each))), None)
    if found is None:
        pytest.skip("there is one Python alone on this machine")
    version, python = found
    venv = tmp_path / "venv"
    subprocess.run([python, "-m", "venv", venv], check=True)
    pins = ["markupsafe==2.1.5", "pyyaml==6.0.2", "charset-normalizer==3.4.1", "click==8.1.7"]
    install = [str(venv / "bin" / "python"), "-m", "pip", "install", "-q", "--no-deps"]
    subprocess.run([*install, "--only-binary", ":all:", *pins], check=True)
    arguments = command("fill", "--venv", venv, "--wheelhouse", house)
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        wait_until(lambda: bool(processes_with(house / ".fetch-")))
        process.kill()

    first = subprocess.run(arguments, capture_output=True, text=True, check=False)

    assert 0 == first.returncode, first.stderr
    tag = f"cp{version.replace('.', '')}"
    for project in ("markupsafe-2.1.5-", "pyyaml-6.0.2-", "charset_normalizer-3.4.1-"):
        (wheel,) = (path for path in house.iterdir() if path.name.lower().startswith(project))
        assert f"-{tag}-{tag}-" in wheel.name
    wheel.write_bytes(flipped(wheel.read_bytes()))
    again = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert 0 == again.returncode, again.stderr
    assert "1 wheel fetched" in again.stdout
    verified = run("verify", "--venv", venv, "--wheelhouse", house)
    assert 0 == verified.code, verified.out
    assert "that are needed are there" in verified.out


# -- pip's words


@pytest.mark.parametrize(
    ("log", "kind", "subject"),
    [
        ("ERROR: No matching distribution found for Foo.Bar===1.0", Kind.NO_MATCH, "foo-bar"),
        ("Collecting a===1\nOSError: [Errno 28] No space left on device", Kind.DISK_FULL, "a"),
        ("ERROR: something that nobody knows", Kind.OTHER, None),
        ("ERROR: Exception:\nTraceback\nKeyError: 'x'\nRemoved it", Kind.OTHER, None),
        ("", Kind.OTHER, None),
    ],
)
def test_what_pip_says_is_understood_or_handed_on(
    log: str, kind: Kind, subject: str | None
) -> None:
    fault = read_fault(log)

    assert (kind, subject) == (fault.kind, fault.subject)
    assert "Exception:" != fault.text


def test_no_password_of_an_index_is_told() -> None:
    log = (
        "Could not fetch URL https://me:secret@index.example/simple/a/: connection error: "
        "HTTPSConnectionPool(host='index.example') at https://me:secret@index.example - skipping\n"
        "ERROR: No matching distribution found for a===1.0\n"
    )

    fault = read_fault(log)

    assert Kind.UNREACHABLE is fault.kind
    assert "secret" not in fault.text
