"""What a wheel's files become in a target, and which modules a user imports from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from targets import make_venv, site_packages
from wheels import digest, make_wheel

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.manifest import (
    Launcher,
    Manifest,
    manifest_from_record,
    parse_entry_points,
)
from pytest_venvhealth.record import Row
from pytest_venvhealth.wheelhouse import Wheelhouse


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return Environment.at(make_venv(tmp_path_factory.mktemp("manifest") / "venv"))


def manifest_of(environment: Environment, wheel: Path) -> Manifest:
    (found,) = Wheelhouse.at([wheel.parent]).wheels
    return found.manifest(environment)


def shown(environment: Environment, paths: Iterable[str]) -> list[str]:
    """Return paths relative to site-packages, or to the root as `@/…`."""
    site = f"{environment.purelib}/"
    root = f"{environment.root}/"
    return sorted(path.removeprefix(site).replace(root, "@/") for path in paths)


# -- import names


@pytest.mark.parametrize(
    ("files", "names", "packages"),
    [
        pytest.param(["demo/__init__.py", "demo/sub.py"], ["demo"], ["demo"], id="package"),
        pytest.param(["demo.py"], ["demo"], [], id="module"),
        pytest.param(
            ["demo.py", "demo_tools/__init__.py"],
            ["demo", "demo_tools"],
            ["demo_tools"],
            id="module-and-package",
        ),
        pytest.param(
            ["google/protobuf/__init__.py", "google/protobuf/message.py"],
            ["google.protobuf"],
            ["google/protobuf"],
            id="inside-a-namespace",
        ),
        pytest.param(
            ["google/cloud/storage/__init__.py", "google/cloud/storage_types.py"],
            ["google.cloud.storage", "google.cloud.storage_types"],
            ["google/cloud/storage"],
            id="inside-a-nested-namespace",
        ),
        pytest.param(
            ["demo/sub/__init__.py", "demo/__init__.py"], ["demo"], ["demo"], id="nested-package"
        ),
        pytest.param(
            ["demo/plugins/extra.py", "demo/__init__.py"],
            ["demo"],
            ["demo"],
            id="namespace-inside-a-package",
        ),
        pytest.param(["fast.SUFFIX"], ["fast"], [], id="extension-module"),
        pytest.param(["fast.abi3.so"], ["fast"], [], id="extension-of-the-stable-abi"),
        pytest.param(["fast.so"], ["fast"], [], id="extension-without-abi"),
        pytest.param(["demo/__init__.SUFFIX"], ["demo"], ["demo"], id="compiled-package"),
        pytest.param(["demo/__init__.pyc"], ["demo"], ["demo"], id="bytecode-alone"),
        pytest.param(
            ["3204bda914b7f2c6f497__mypyc.SUFFIX", "tomli/__init__.py", "tomli/_re.SUFFIX"],
            ["tomli"],
            ["tomli"],
            id="mypyc",
        ),
        pytest.param(
            ["_yaml/__init__.py", "yaml/__init__.py"],
            ["yaml"],
            ["_yaml", "yaml"],
            id="private-beside-public",
        ),
        pytest.param(["_cffi_backend.SUFFIX"], ["_cffi_backend"], [], id="private-alone"),
        pytest.param(
            ["demo.libs/libz-1234.so.1", "demo/__init__.py"], ["demo"], ["demo"], id="libs"
        ),
        pytest.param(
            ["nvidia/nvshmem/lib/nvshmem_bootstrap.so", "nvidia/nvshmem/include/x.h"],
            [],
            [],
            id="native-libraries-alone",
        ),
        pytest.param(["libdemo.so"], [], [], id="library-at-the-top"),
        pytest.param(["fast.cpython-27-other.so"], [], [], id="extension-of-another-abi"),
        pytest.param(["__main__.py"], [], [], id="program"),
        pytest.param(["demo.pth", "demo.pyi", "share/x.txt"], [], [], id="no-modules"),
        pytest.param(["NAME-1.0.data/purelib/demo/__init__.py"], ["demo"], ["demo"], id="data"),
        pytest.param(["NAME-1.0.data/platlib/fast.SUFFIX"], ["fast"], [], id="data-platlib"),
        pytest.param(["NAME-1.0.data/data/demo.py"], [], [], id="data-elsewhere"),
        pytest.param(["NAME-1.0.data/scripts/demo.py"], [], [], id="script-that-ends-in-py"),
    ],
)
def test_the_names_to_import_come_from_the_files(
    environment: Environment,
    tmp_path: Path,
    files: list[str],
    names: list[str],
    packages: list[str],
) -> None:
    suffix = environment.extension_suffixes[0].removeprefix(".")
    contents = {
        name.replace("SUFFIX", suffix).replace("NAME", "shape"): f"{name}\n" for name in files
    }

    manifest = manifest_of(environment, make_wheel(tmp_path, "shape", "1.0", contents))

    assert tuple(names) == manifest.import_names
    assert packages == shown(environment, manifest.packages)


def test_the_names_of_what_is_installed_come_from_its_record(environment: Environment) -> None:
    rows = [Row("google/protobuf/__init__.py", "", None), Row("demo.py", "", None)]

    manifest = recorded(environment, rows)

    assert ("demo", "google.protobuf") == manifest.import_names


# -- where a wheel's files go


def test_each_scheme_of_a_wheel_goes_to_its_folder(
    environment: Environment, tmp_path: Path
) -> None:
    files = {
        "demo/__init__.py": "",
        "demo-1.0.data/purelib/pure.py": "1",
        "demo-1.0.data/platlib/plat.py": "2",
        "demo-1.0.data/scripts/run": "#!python\n",
        "demo-1.0.data/data/share/man/man1/demo.1": "3",
        "demo-1.0.data/headers/demo.h": "4",
    }

    manifest = manifest_of(environment, make_wheel(tmp_path, "demo", "1.0", files))

    python = site_packages(environment.root).parent.name
    assert [
        "@/bin/run",
        f"@/include/site/{python}/demo/demo.h",
        "@/share/man/man1/demo.1",
        "demo-1.0.dist-info/METADATA",
        "demo-1.0.dist-info/WHEEL",
        "demo/__init__.py",
        "plat.py",
        "pure.py",
    ] == shown(environment, manifest.entries)


def test_a_wheel_of_native_code_goes_to_platlib(environment: Environment, tmp_path: Path) -> None:
    apart = replace(environment, platlib=environment.root / "lib64" / "site-packages")
    wheel = make_wheel(tmp_path, "demo", tag="cp311-cp311-linux_x86_64")

    manifest = manifest_of(apart, wheel)

    assert str(apart.platlib / "demo-1.0.dist-info") == manifest.dist_info
    assert str(apart.platlib / "demo" / "__init__.py") in manifest.entries
    assert ("demo",) == manifest.import_names


def test_an_entry_has_the_wheels_hash_size_and_mode(
    environment: Environment, tmp_path: Path
) -> None:
    files = {"demo/__init__.py": "VALUE = 1\n", "demo/tool": "#!/bin/sh\n"}
    wheel = make_wheel(tmp_path, "demo", "1.0", files, executables=["demo/tool"])

    entries = manifest_of(environment, wheel).entries

    module = entries[str(environment.purelib / "demo" / "__init__.py")]
    assert (f"sha256={digest(b'VALUE = 1' + bytes([10]))}", 10, False, False) == module[1:5]
    assert entries[str(environment.purelib / "demo" / "tool")].executable


def test_a_script_is_known_to_be_rewritten(environment: Environment, tmp_path: Path) -> None:
    """Its first line becomes the target's interpreter, so its size is not the wheel's."""
    script = "demo-1.0.data/scripts/run"
    wheel = make_wheel(tmp_path, "demo", "1.0", {script: "#!python\n"}, executables=[script])

    (entry,) = (
        entry for entry in manifest_of(environment, wheel).entries.values() if "bin" in entry.path
    )

    assert (str(environment.scripts / "run"), None, True, True) == (
        entry.path,
        entry.size,
        entry.executable,
        entry.rewritten,
    )


def test_an_entry_point_becomes_a_launcher(environment: Environment, tmp_path: Path) -> None:
    text = "[console_scripts]\ndemo = demo.cli:main\n[gui_scripts]\nDemo-GUI = demo.gui:App.run\n"
    wheel = make_wheel(tmp_path, "demo", entry_points=text)

    manifest = manifest_of(environment, wheel)

    assert (
        Launcher(str(environment.scripts / "demo"), "demo.cli", "main"),
        Launcher(str(environment.scripts / "Demo-GUI"), "demo.gui", "App.run"),
    ) == manifest.launchers
    assert {launcher.path for launcher in manifest.launchers} < manifest.paths


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("demo/__pycache__/__init__.cpython-311.pyc", id="bytecode-in-a-package"),
        pytest.param("__pycache__/demo.cpython-311.pyc", id="bytecode-at-the-top"),
        pytest.param("../outside.py", id="above-site-packages"),
        pytest.param("demo/../../../../../../outside.py", id="far-above"),
        pytest.param("/etc/outside", id="absolute"),
        pytest.param("demo-1.0.data/scripts/../../outside", id="above-its-scheme"),
        pytest.param("demo-1.0.data/data//etc/outside", id="absolute-in-its-scheme"),
        pytest.param("demo/", id="folder"),
        pytest.param("demo-1.0.dist-info/INSTALLER", id="installers-own"),
    ],
)
def test_what_no_installer_writes_from_a_wheel_is_not_expected(
    environment: Environment, tmp_path: Path, path: str
) -> None:
    wheel = make_wheel(tmp_path, "demo", "1.0", {"demo/__init__.py": "", path: "data"})

    manifest = manifest_of(environment, wheel)

    assert [
        "demo-1.0.dist-info/METADATA",
        "demo-1.0.dist-info/WHEEL",
        "demo/__init__.py",
    ] == shown(environment, manifest.entries)


# -- what an installed RECORD says


def recorded(environment: Environment, rows: Iterable[Row], *, entry_points: str = "") -> Manifest:
    return manifest_from_record(
        environment,
        name="demo",
        version="1.0",
        rows=rows,
        dist_info=str(environment.purelib / "demo-1.0.dist-info"),
        entry_points=entry_points,
    )


@pytest.mark.parametrize(
    ("path", "paths"),
    [
        pytest.param("demo/a.py", ["demo/a.py"], id="plain"),
        pytest.param("./demo/a.py", ["demo/a.py"], id="dotted"),
        pytest.param("demo//a.py", ["demo/a.py"], id="two-slashes"),
        pytest.param("demo/../demo/a.py", ["demo/a.py"], id="there-and-back"),
        pytest.param("demo/a..b.py", ["demo/a..b.py"], id="dots-in-a-name"),
        pytest.param("../../../bin/demo", ["@/bin/demo"], id="script"),
        pytest.param("../../../share/demo.1", ["@/share/demo.1"], id="data"),
        pytest.param("ROOT/bin/demo", ["@/bin/demo"], id="absolute-inside"),
        pytest.param("demo/plain.pyc", ["demo/plain.pyc"], id="bytecode-that-is-the-module"),
        pytest.param("demo/__pycache__/a.cpython-311.pyc", [], id="bytecode"),
        pytest.param("__pycache__/a.cpython-311.pyc", [], id="bytecode-at-the-top"),
        pytest.param("demo-1.0.dist-info/RECORD", [], id="record-itself"),
        pytest.param("demo-1.0.dist-info/direct_url.json", [], id="direct-url"),
        pytest.param(
            "demo-1.0.dist-info/licenses/INSTALLER",
            ["demo-1.0.dist-info/licenses/INSTALLER"],
            id="a-licence-of-that-name",
        ),
        pytest.param("/etc/passwd", [], id="absolute-outside"),
        pytest.param("../../../../outside.py", [], id="above-the-root"),
        pytest.param("../../../../venv-2/x.py", [], id="beside-the-root"),
        pytest.param("../../../pyvenv.cfg", [], id="what-makes-the-environment"),
        pytest.param("../../../bin/python", [], id="the-interpreter"),
        pytest.param("../../../.venv-health/journal", [], id="our-own-folder"),
        pytest.param("..", [], id="folder-above"),
        pytest.param("demo/", [], id="folder"),
        pytest.param("demo/a\0.py", [], id="nul"),
    ],
)
def test_a_row_is_followed_inside_the_environment_alone(
    environment: Environment, path: str, paths: list[str]
) -> None:
    row = Row(path.replace("ROOT", str(environment.root)), "", None)

    assert paths == shown(environment, recorded(environment, [row]).paths)


def test_the_standard_library_is_no_distributions(environment: Environment) -> None:
    """In an environment that is its own base, site-packages lie inside the standard library."""
    stdlib = environment.purelib.parent
    base = replace(environment, stdlib=stdlib)
    rows = [Row("../os.py", "", None), Row("demo.py", "", None), Row("..", "", None)]

    assert ["demo.py"] == shown(environment, recorded(base, rows).paths)


def test_a_recorded_launcher_is_judged_by_its_entry_point(environment: Environment) -> None:
    """Another tool may have written it anew since; its bytes prove nothing."""
    rows = [Row("../../../bin/demo", "sha256=AAAA", 5), Row("../../../bin/tool", "sha256=BBBB", 5)]
    text = "[console_scripts]\ndemo = demo:main\nabsent = demo:gone\n"

    manifest = recorded(environment, rows, entry_points=text)

    assert (Launcher(str(environment.scripts / "demo"), "demo", "main"),) == manifest.launchers
    (entry,) = manifest.entries.values()
    assert (str(environment.scripts / "tool"), True) == (entry.path, entry.rewritten)


# -- entry points


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("", [], id="empty"),
        pytest.param("[console_scripts]\nx = a.b:c\n", [("x", "a.b", "c")], id="plain"),
        pytest.param("[console_scripts]\nx=a:b.c\n", [("x", "a", "b.c")], id="attribute-of-one"),
        pytest.param("[console_scripts]\nx = a:b [extra]\n", [("x", "a", "b")], id="extra"),
        pytest.param("[gui_scripts]\nX.y-Z = a:b\n", [("X.y-Z", "a", "b")], id="odd-name"),
        pytest.param("[console_scripts]\nx = a:b%(c)s\n", [("x", "a", "b%(c)s")], id="percent"),
        pytest.param("[pytest11]\nx = a:b\n", [], id="other-group"),
        pytest.param("[console_scripts]\nx = a\n", [], id="no-attribute"),
        pytest.param("[console_scripts]\nx\n", [], id="no-value"),
        pytest.param("no ini file", [], id="not-ini"),
        pytest.param("\0\0\0", [], id="zeroed"),
        pytest.param(
            "[console_scripts]\nx = a:b\nx = a:c\n", [("x", "a", "c")], id="the-last-of-two"
        ),
    ],
)
def test_entry_points_are_read_and_never_raise(
    text: str, found: list[tuple[str, str, str]]
) -> None:
    assert found == parse_entry_points(text)


def test_a_manifest_lists_each_path_once(environment: Environment, tmp_path: Path) -> None:
    files: Mapping[str, str] = {"a.py": "", "demo-1.0.data/purelib/b.py": ""}

    manifest = manifest_of(environment, make_wheel(tmp_path, "demo", "1.0", files))

    assert set(manifest.entries) == manifest.paths
    assert all(path == entry.path for path, entry in manifest.entries.items())
