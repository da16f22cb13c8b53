"""The one wheel that fits name, version and target, out of folders that may hold anything."""

from __future__ import annotations

import contextlib
import pickle
import random
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.version import Version
from targets import make_venv
from wheels import make_wheel

from pytest_venvhealth.environment import Environment, environment_from_facts
from pytest_venvhealth.target_facts import describe
from pytest_venvhealth.wheelhouse import (
    NoWheelError,
    Wheelhouse,
    WheelhouseNotFoundError,
    WheelUnreadableError,
)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """A target of CPython 3.11 with glibc 2.31, whatever runs these tests."""
    root = make_venv(tmp_path_factory.mktemp("wheelhouse") / "venv")
    facts = describe()
    facts.update(
        prefix=str(root),
        version=[3, 11, 7],
        implementation="cpython",
        free_threaded=False,
        debug=False,
        platform="linux-x86_64",
        pointer_bits=64,
        libc=["glibc", 2, 31],
        mac_version="",
        paths={
            "purelib": str(root / "lib" / "python3.11" / "site-packages"),
            "platlib": str(root / "lib" / "python3.11" / "site-packages"),
            "scripts": str(root / "bin"),
            "data": str(root),
            "stdlib": "/usr/lib/python3.11",
        },
    )
    return environment_from_facts("venv", root / "bin" / "python", facts)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    folder = tmp_path / "wheelhouse"
    folder.mkdir()
    return folder


def found(
    house: Path, environment: Environment, name: str = "demo", version: str | None = None
) -> str:
    def admits(candidate: Version) -> bool:
        return version is None or candidate == Version(version)

    wheelhouse = Wheelhouse.at([house])
    return wheelhouse.find(name, environment, admits, described=f"{name} {version}").filename


# -- which wheel


@pytest.mark.parametrize(
    ("tags", "best"),
    [
        pytest.param(["py2.py3-none-any"], "py2.py3-none-any", id="of-both-pythons"),
        pytest.param(
            ["py3-none-any", "cp311-cp311-manylinux_2_17_x86_64"],
            "cp311-cp311-manylinux_2_17_x86_64",
            id="native-before-pure",
        ),
        pytest.param(
            ["cp311-cp311-manylinux_2_17_x86_64", "cp311-cp311-manylinux_2_28_x86_64"],
            "cp311-cp311-manylinux_2_28_x86_64",
            id="the-newest-libc-that-fits",
        ),
        pytest.param(
            ["cp311-cp311-manylinux_2_17_x86_64", "cp311-cp311-manylinux_2_34_x86_64"],
            "cp311-cp311-manylinux_2_17_x86_64",
            id="no-newer-libc",
        ),
        pytest.param(
            ["cp312-cp312-manylinux_2_17_x86_64", "cp37-abi3-manylinux2014_x86_64"],
            "cp37-abi3-manylinux2014_x86_64",
            id="stable-abi",
        ),
        pytest.param(
            ["cp311-cp311-win_amd64", "cp311-cp311-macosx_11_0_arm64", "py3-none-any"],
            "py3-none-any",
            id="no-other-system",
        ),
        pytest.param(
            ["cp311-cp311-musllinux_1_2_x86_64", "cp311-cp311-manylinux1_x86_64"],
            "cp311-cp311-manylinux1_x86_64",
            id="no-musl",
        ),
        pytest.param(
            ["cp311-cp311-linux_x86_64", "cp311-cp311-manylinux_2_17_aarch64"],
            "cp311-cp311-linux_x86_64",
            id="a-local-build",
        ),
        pytest.param(
            ["cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64", "py3-none-any"],
            "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64",
            id="compressed-tags",
        ),
    ],
)
def test_the_targets_tags_choose(
    house: Path, environment: Environment, tags: list[str], best: str
) -> None:
    for tag in tags:
        make_wheel(house, "demo", tag=tag)

    assert f"demo-1.0-{best}.whl" == found(house, environment)


def test_the_highest_version_comes_before_better_tags(
    house: Path, environment: Environment
) -> None:
    make_wheel(house, "demo", "1.9", tag="cp311-cp311-manylinux_2_17_x86_64")
    make_wheel(house, "demo", "1.10")

    assert "demo-1.10-py3-none-any.whl" == found(house, environment)


def test_a_version_is_compared_and_not_spelled(house: Path, environment: Environment) -> None:
    make_wheel(house, "demo", "1.0.0")

    assert "demo-1.0.0-py3-none-any.whl" == found(house, environment, version="1.0")


def test_the_highest_build_number_wins(house: Path, environment: Environment) -> None:
    plain = make_wheel(house, "demo")
    for build in ("2", "10", "9a"):
        shutil.copy(plain, house / f"demo-1.0-{build}-py3-none-any.whl")

    assert "demo-1.0-10-py3-none-any.whl" == found(house, environment)


def test_a_local_version_is_another_version(house: Path, environment: Environment) -> None:
    make_wheel(house, "torch", "2.13.0")
    make_wheel(house, "torch", "2.13.0+cpu")

    assert "torch-2.13.0+cpu-py3-none-any.whl" == found(
        house, environment, "torch", version="2.13.0+cpu"
    )
    assert "torch-2.13.0-py3-none-any.whl" == found(house, environment, "torch", version="2.13.0")


def test_a_wheel_of_a_local_version_can_be_read(house: Path, environment: Environment) -> None:
    make_wheel(house, "torch", "2.13.0+cpu")
    (wheel,) = Wheelhouse.at([house]).wheels

    assert ("torch",) == wheel.manifest(environment).import_names


def test_names_are_compared_normalized(house: Path, environment: Environment) -> None:
    make_wheel(house, "Foo.Bar")

    assert "Foo.Bar-1.0-py3-none-any.whl" == found(house, environment, "foo-bar")


def test_of_equal_wheels_the_first_folders_wins(tmp_path: Path, environment: Environment) -> None:
    first = make_wheel(tmp_path / "first", "demo")
    make_wheel(tmp_path / "second", "demo")
    newer = make_wheel(tmp_path / "second", "demo", "1.1")
    wheelhouse = Wheelhouse.at([tmp_path / "first", tmp_path / "second"])

    def find(version: str) -> Path:
        wheel = wheelhouse.find(
            "demo", environment, Version(version).__eq__, described=f"demo {version}"
        )
        return wheel.path

    assert first == find("1.0")
    assert newer == find("1.1")


def test_a_broken_wheel_gives_way_to_its_copy_in_a_later_folder(
    tmp_path: Path, environment: Environment
) -> None:
    broken = make_wheel(tmp_path / "first", "demo")
    broken.write_bytes(broken.read_bytes()[:100])
    whole = make_wheel(tmp_path / "second", "demo")
    wheelhouse = Wheelhouse.at([tmp_path / "first", tmp_path / "second"])

    wheel = wheelhouse.find("demo", environment, lambda version: True, described="demo")

    assert whole == wheel.path


def test_a_broken_wheel_gives_not_way_to_another_build(
    house: Path, environment: Environment
) -> None:
    """The fault must be told: silently another build would be installed."""
    make_wheel(house, "demo")
    native = make_wheel(house, "demo", tag="cp311-cp311-manylinux_2_17_x86_64")
    native.write_bytes(b"")

    assert native.name == found(house, environment)


@pytest.mark.parametrize(
    "filename",
    [
        "demo-1.0-py3-none-any.whl",
        "Demo-1.0-py3-none-any.whl",
        "demo-1.0.0-py3-none-any.whl",
        "folder/demo-1.0-py3-none-any.whl",
    ],
)
def test_the_wheel_that_a_lock_names_is_taken_however_it_is_spelled(
    house: Path, environment: Environment, filename: str
) -> None:
    make_wheel(house, "demo", tag="cp311-cp311-manylinux_2_17_x86_64")
    wanted = make_wheel(house, "demo")

    wheel = Wheelhouse.at([house]).find(
        "demo", environment, lambda version: True, described="demo", filename=filename
    )

    assert wanted == wheel.path


# -- no wheel


def why_none(
    house: Path, environment: Environment, version: str = "1.0", filename: str | None = None
) -> str:
    with pytest.raises(NoWheelError) as caught:
        Wheelhouse.at([house]).find(
            "demo",
            environment,
            Version(version).__eq__,
            described=f"demo {version}",
            filename=filename,
        )
    assert str(caught.value) == str(pickle.loads(pickle.dumps(caught.value)))
    return str(caught.value)


def sentence(house: Path, reason: str) -> str:
    return (
        f"No wheel of demo 1.0: {reason} ({house}). "
        "Put one there, or name another folder with --venv-wheelhouse."
    )


def test_no_wheel_of_the_name_is_said(house: Path, environment: Environment) -> None:
    make_wheel(house, "demo-tools")

    assert sentence(house, "none of this name") == why_none(house, environment)


def test_no_wheel_of_the_version_is_said(house: Path, environment: Environment) -> None:
    for version in ("0.10", "0.9", "1.1"):
        make_wheel(house, "demo", version)

    assert sentence(house, "only version 0.9, 0.10, 1.1") == why_none(house, environment)


def test_no_wheel_for_the_target_is_said(house: Path, environment: Environment) -> None:
    make_wheel(house, "demo", tag="cp312-cp312-win_amd64")

    assert sentence(
        house,
        "demo-1.0-cp312-cp312-win_amd64.whl does not fit the target (cp311-cp311-linux_x86_64)",
    ) == why_none(house, environment)


def test_no_wheel_that_the_lock_names_is_said(house: Path, environment: Environment) -> None:
    make_wheel(house, "demo")
    locked = "demo-1.0-cp311-cp311-linux_x86_64.whl"

    assert sentence(
        house, f"the lock names {locked}, here is demo-1.0-py3-none-any.whl"
    ) == why_none(house, environment, filename=locked)


def test_no_wheelhouse_at_all_is_said(environment: Environment) -> None:
    with pytest.raises(NoWheelError) as caught:
        Wheelhouse.at([]).find("demo", environment, lambda version: True, described="demo")

    assert (
        "No wheel of demo: none of this name (no wheelhouse was found). "
        "Put one there, or name another folder with --venv-wheelhouse."
    ) == str(caught.value)


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.write_text("")])
def test_a_folder_that_is_not_there_is_a_usage_error(
    tmp_path: Path, make: Callable[[Path], object]
) -> None:
    make(tmp_path / "house")

    with pytest.raises(WheelhouseNotFoundError) as caught:
        Wheelhouse.at([tmp_path / "house"])

    assert (f"{tmp_path / 'house'}: there is no such wheelhouse. Name a folder of wheels.") == str(
        caught.value
    )
    assert str(caught.value) == str(pickle.loads(pickle.dumps(caught.value)))


# -- junk


def test_what_bears_no_wheels_name_is_set_apart(house: Path) -> None:
    good = make_wheel(house, "demo")
    junk = ["x.whl", "demo-1.0.whl", "demo-one-py3-none-any.whl", "de mo-1.0-py3-none-any.whl"]
    for name in (*junk, "README.md", "demo-1.0.tar.gz"):
        (house / name).write_text("junk\n")

    wheelhouse = Wheelhouse.at([house])

    assert [good] == [wheel.path for wheel in wheelhouse.wheels]
    assert sorted(house / name for name in junk) == sorted(wheelhouse.junk)


def rezip(path: Path, change: Callable[[dict[str, bytes]], object]) -> None:
    """Change an archive's entries, and nothing of RECORD."""
    with zipfile.ZipFile(path) as archive:
        entries = {info.filename: archive.read(info) for info in archive.infolist()}
    change(entries)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)


INFO = "demo-1.0.dist-info"


def damage_compressed_record(path: Path) -> None:
    """Overwrite the deflated bytes of RECORD, and nothing of the archive's structure."""
    rezip(path, lambda entries: None)
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(f"{INFO}/RECORD")
    data = bytearray(path.read_bytes())
    start = info.header_offset + 30 + len(info.filename)
    data[start : start + info.compress_size] = b"\xff" * info.compress_size
    path.write_bytes(bytes(data))


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        pytest.param(
            lambda path: path.write_bytes(b""),
            "it is no good archive (File is not a zip file)",
            id="emptied",
        ),
        pytest.param(
            lambda path: path.write_bytes(path.read_bytes()[:-30]),
            "it is no good archive (File is not a zip file)",
            id="cut",
        ),
        pytest.param(
            damage_compressed_record,
            "it is no good archive (Error -3 while decompressing data: invalid block type)",
            id="damaged-inside",
        ),
        pytest.param(
            lambda path: path.write_text("<html>404</html>"),
            "it is no good archive (File is not a zip file)",
            id="a-page-that-was-downloaded",
        ),
        pytest.param(
            lambda path: (path.unlink(), path.mkdir()),
            "it is no good archive ([Errno 21] Is a directory: 'PATH')",
            id="a-folder",
        ),
        pytest.param(
            lambda path: (path.unlink(), path.symlink_to("nowhere")),
            "it is no good archive ([Errno 2] No such file or directory: 'PATH')",
            id="a-dangling-link",
        ),
        pytest.param(
            lambda path: rezip(path, lambda entries: entries.pop(f"{INFO}/RECORD")),
            f"There is no item named '{INFO}/RECORD' in the archive",
            id="no-record",
        ),
        pytest.param(
            lambda path: rezip(path, lambda entries: entries.pop(f"{INFO}/WHEEL")),
            f"There is no item named '{INFO}/WHEEL' in the archive",
            id="no-wheel-file",
        ),
        pytest.param(
            lambda path: rezip(path, lambda entries: entries.update({f"{INFO}/RECORD": b"a\n"})),
            "its RECORD is bad: row 1 has 1 column, not 3",
            id="bad-record",
        ),
        pytest.param(
            lambda path: rezip(path, lambda entries: entries.update({"x-1.dist-info/A": b""})),
            f"it should have one dist-info folder of its own, it has ['{INFO}', 'x-1.dist-info']",
            id="two-dist-infos",
        ),
        pytest.param(
            lambda path: rezip(path, lambda entries: entries.clear()),
            "it should have one dist-info folder of its own, it has []",
            id="no-dist-info",
        ),
        pytest.param(
            lambda path: shutil.copy(make_wheel(path.parent / "x", "other"), path),
            "it should have one dist-info folder of its own, it has ['other-1.0.dist-info']",
            id="another-distributions-wheel",
        ),
        pytest.param(
            lambda path: shutil.copy(make_wheel(path.parent / "x", "demo", "2.0"), path),
            "it should have one dist-info folder of its own, it has ['demo-2.0.dist-info']",
            id="another-versions-wheel",
        ),
    ],
)
def test_a_wheel_that_cannot_be_used_says_why(
    house: Path, environment: Environment, damage: Callable[[Path], object], reason: str
) -> None:
    path = make_wheel(house, "demo")
    damage(path)
    wheelhouse = Wheelhouse.at([house])
    (wheel,) = wheelhouse.wheels

    with pytest.raises(WheelUnreadableError) as caught:
        wheelhouse.manifest(wheel, environment)

    expected = reason.replace("PATH", str(path))
    assert f"{path} cannot be used: {expected}. Put a good copy of this wheel there." == str(
        caught.value
    )
    assert str(caught.value) == str(pickle.loads(pickle.dumps(caught.value)))


@pytest.fixture(scope="module")
def wheel_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = make_wheel(tmp_path_factory.mktemp("fuzz"), "demo")
    rezip(path, lambda entries: None)  # deflated, as real wheels are
    return path.read_bytes()


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_no_damage_of_an_archive_is_a_traceback(
    environment: Environment,
    wheel_bytes: bytes,
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
) -> None:
    chance = random.Random(seed)
    data = bytearray(wheel_bytes)
    for _ in range(chance.randint(1, 8)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    folder = tmp_path_factory.getbasetemp() / "fuzzed"
    folder.mkdir(exist_ok=True)
    path = folder / "demo-1.0-py3-none-any.whl"
    path.write_bytes(bytes(data))
    (wheel,) = Wheelhouse.at([folder]).wheels

    # Any other error is a traceback, and fails this test.
    with contextlib.suppress(WheelUnreadableError):
        assert "demo" == wheel.manifest(environment).name


def test_a_manifest_is_read_once_and_so_is_a_fault(house: Path, environment: Environment) -> None:
    make_wheel(house, "demo")
    wheelhouse = Wheelhouse.at([house])
    (wheel,) = wheelhouse.wheels
    first = wheelhouse.manifest(wheel, environment)
    wheel.path.unlink()

    assert first is wheelhouse.manifest(wheel, environment)


def test_the_hash_of_a_wheel_that_cannot_be_read_says_so(house: Path) -> None:
    path = make_wheel(house, "demo")
    (wheel,) = Wheelhouse.at([house]).wheels
    path.unlink()

    with pytest.raises(WheelUnreadableError) as caught:
        _ = wheel.sha256

    assert (
        f"{path} cannot be used: No such file or directory. Put a good copy of this wheel there."
    ) == str(caught.value)
