"""Native code that cannot be loaded is named, and what lies there for others stays quiet.

The wheels are real and hold real ELF files; Python's own import is the judge.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import struct
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from elves import AARCH64, I386, X86_64, make_elf
from places import Place
from targets import make_venv

from pytest_venvhealth.checks import Answer
from pytest_venvhealth.checks.drivers import DRIVERS, driver_of
from pytest_venvhealth.checks.files import check_files
from pytest_venvhealth.checks.linkage import library_owners
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.findings import Code, Severity

SUFFIX = str(sysconfig.get_config_var("EXT_SUFFIX"))
FOREIGN = ".cpython-36m-x86_64-linux-gnu.so"
REAL = Path(sysconfig.get_config_var("DESTSHARED") or "") / f"_queue{SUFFIX}"
OTHER_MACHINE = AARCH64 if os.uname().machine == "x86_64" else X86_64
LIB = "libvenvhealth-test.so.1"
PYTHON = "cp{}{}".format(*sys.version_info)
TAG = f"{PYTHON}-{PYTHON}-linux_{os.uname().machine}"

pytestmark = pytest.mark.skipif(
    not SUFFIX.endswith("-linux-gnu.so") or not REAL.is_file(),
    reason="needs a Python for glibc that has extension modules of its own",
)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("binaries"))
    make_venv(place.root)
    place.described = Environment.at(place.root)
    return place


@pytest.fixture
def place(bare: Place) -> Place:
    """The same environment for every test: what the last one installed is taken out."""
    site = bare.site
    shutil.rmtree(site)
    site.mkdir()
    shutil.rmtree(bare.house, ignore_errors=True)
    return bare


def real() -> bytes:
    return REAL.read_bytes()


def for_another_machine(data: bytes) -> bytes:
    order = "<" if data[5] == 1 else ">"
    return data[:18] + struct.pack(order + "H", OTHER_MACHINE) + data[20:]


def module(name: str, **fields: object) -> bytes:
    return make_elf(exports=[f"PyInit_{name}"], **fields)  # type: ignore[arg-type]


def ask(place: Place, name: str = "demo") -> Answer:
    return check_files(place.facts(), name)


def imports(place: Place, name: str) -> bool:
    python = str(place.root / "bin" / "python")
    return subprocess.run([python, "-I", "-c", f"import {name}"], stderr=-3).returncode == 0


NEEDS_IT = "from demo._queue import SimpleQueue\n"
GUARDED = (
    "try:\n    from demo._queue import SimpleQueue\nexcept ImportError:\n    SimpleQueue = None\n"
)


def demo(**files: str | bytes) -> Mapping[str, str | bytes]:
    return {"demo/__init__.py": NEEDS_IT, **files}


# Wheels whose own files are at fault: (files, code, path)
FAULTS: dict[str, tuple[Mapping[str, Callable[[], bytes]], Code, str]] = {
    "suffix-of-another-python": (
        {f"demo/_queue{FOREIGN}": real},
        Code.EXTENSION_ABI,
        f"demo/_queue{FOREIGN}",
    ),
    "another-machine": (
        {f"demo/_queue{SUFFIX}": lambda: for_another_machine(real())},
        Code.BINARY_PLATFORM,
        f"demo/_queue{SUFFIX}",
    ),
    "another-machine-and-a-plain-suffix": (
        {"demo/_queue.so": lambda: for_another_machine(real())},
        Code.BINARY_PLATFORM,
        "demo/_queue.so",
    ),
    "another-class": (
        {f"demo/_queue{SUFFIX}": lambda: module("_queue", bits=32, machine=I386)},
        Code.BINARY_PLATFORM,
        f"demo/_queue{SUFFIX}",
    ),
    "another-system": (
        {f"demo/_queue{SUFFIX}": lambda: module("_queue", os_abi=9)},
        Code.BINARY_PLATFORM,
        f"demo/_queue{SUFFIX}",
    ),
    "cut": (
        {f"demo/_queue{SUFFIX}": lambda: real()[:3000]},
        Code.BINARY_DAMAGED,
        f"demo/_queue{SUFFIX}",
    ),
    "zeroed": (
        {f"demo/_queue{SUFFIX}": lambda: bytes(4096)},
        Code.BINARY_DAMAGED,
        f"demo/_queue{SUFFIX}",
    ),
    "empty": (
        {f"demo/_queue{SUFFIX}": bytes},
        Code.BINARY_DAMAGED,
        f"demo/_queue{SUFFIX}",
    ),
    "a-library-that-nothing-provides": (
        {f"demo/_queue{SUFFIX}": lambda: module("_queue", needed=[LIB])},
        Code.LIBRARY_MISSING,
        f"demo/_queue{SUFFIX}",
    ),
}


@pytest.mark.parametrize("case", FAULTS)
@pytest.mark.parametrize("keep_wheel", [True, False], ids=["wheel", "record"])
def test_what_python_must_import_and_cannot_is_an_error(
    place: Place, case: str, keep_wheel: bool
) -> None:
    files, code, path = FAULTS[case]
    place.add(
        "demo",
        files=demo(**{name: make() for name, make in files.items()}),
        keep_wheel=keep_wheel,
    )

    (finding,) = ask(place).findings

    assert code is finding.code
    assert finding.is_error
    assert ("demo",) == finding.root_causes
    assert [path] == [each.split("site-packages/")[1] for each in finding.paths]
    assert os.path.basename(path) in finding.summary
    # A wheel cannot bring what belongs to the system.
    assert finding.repairable is (keep_wheel and code is not Code.LIBRARY_MISSING)
    assert not imports(place, "demo")


@pytest.mark.parametrize("case", [case for case in FAULTS if case != "cut"])
def test_what_the_package_can_do_without_is_no_error(place: Place, case: str) -> None:
    files, code, _ = FAULTS[case]
    made = {name: make() for name, make in files.items()}
    place.add("demo", files={**made, "demo/__init__.py": GUARDED})

    (finding,) = ask(place).findings

    assert (code, Severity.WARNING) == (finding.code, finding.severity)
    assert () == finding.root_causes
    assert imports(place, "demo")


def test_a_cut_one_is_an_error_even_in_a_try(place: Place) -> None:
    """Python would be ended by a signal: the loader maps what is not there."""
    place.add("demo", files={f"demo/_queue{SUFFIX}": real()[:3000], "demo/__init__.py": GUARDED})

    (finding,) = ask(place).findings

    assert (Code.BINARY_DAMAGED, Severity.ERROR) == (finding.code, finding.severity)
    assert not imports(place, "demo")


def test_a_real_extension_module_is_healthy(place: Place) -> None:
    place.add("demo", files=demo(**{f"demo/_queue{SUFFIX}": real()}))

    assert () == ask(place).findings
    assert imports(place, "demo")


HEALTHY: dict[str, Mapping[str, str | bytes]] = {
    "several-pythons-and-a-form-in-python": {
        "demo/_x.cpython-38-x86_64-linux-gnu.so": b"38",
        "demo/_x.cpython-39-x86_64-linux-gnu.so": b"39",
    },
    "another-python-beside-a-source": {f"demo/_x{FOREIGN}": b"36", "demo/_x.py": ""},
    "another-python-beside-a-package": {f"demo/_x{FOREIGN}": b"36", "demo/_x/__init__.py": ""},
    "attached-by-a-debugger": {
        "demo/attach_linux_amd64.so": make_elf(),
        "demo/attach_linux_x86.so": make_elf(bits=32, machine=I386),
        "demo/attach_linux_arm64.so": make_elf(machine=AARCH64),
    },
    "a-module-for-each-machine": {
        "demo/x86_64/runtime.so": module("runtime", machine=X86_64),
        "demo/aarch64/runtime.so": module("runtime", machine=AARCH64),
    },
    "firmware": {"demo/firmware.so": make_elf(machine=94, bits=32)},
    "examples-for-a-parser": {
        f"demo/tests/data/cut{SUFFIX}": make_elf()[:100],
        "demo/tests/data/lost.so": make_elf(needed=[LIB]),
        "demo/tests/data/odd.so": make_elf(machine=8, bits=32, little_endian=False),
        f"demo/tests/zeros{SUFFIX}": bytes(100),
    },
    "a-linkers-script": {"demo/libz.so": "INPUT(libz.so.1)\n", "demo/libz.a": b"!<arch>\n"},
    "an-empty-library": {"demo/libempty.so": b""},
    "a-cut-library-as-in-its-wheel": {"demo/libcut.so.1.2": make_elf()[:150]},
    "a-library-in-its-own-folder": {
        f"demo/_x{SUFFIX}": module("_x", needed=[LIB], runpath="$ORIGIN/../demo.libs"),
        f"demo.libs/{LIB}": make_elf(soname=LIB),
    },
    "a-library-that-it-loads-before": {
        f"demo/_x{SUFFIX}": module("_x", needed=[LIB]),
        f"demo/deep/folder/{LIB}": make_elf(soname=LIB),
    },
    "a-library-known-by-its-soname": {
        f"demo/_x{SUFFIX}": module("_x", needed=[LIB]),
        "demo/lib/libanother.so": make_elf(soname=LIB),
    },
    "no-importable-name": {f"demo/not-a-name{SUFFIX}": make_elf(bits=32, machine=I386)},
}


@pytest.mark.parametrize("case", HEALTHY)
def test_what_wheels_bring_on_purpose_stays_quiet(place: Place, case: str) -> None:
    place.add("demo", files={"demo/__init__.py": "", **HEALTHY[case]})

    assert () == ask(place).findings


def test_damage_that_the_hash_shows_is_told_once(place: Place) -> None:
    path = f"demo/_queue{SUFFIX}"
    place.add("demo", files=demo(**{path: real()}))
    os.truncate(place.site / path, 2000)

    assert [Code.FILE_ALTERED] == [finding.code for finding in ask(place).findings]


def test_without_a_hash_the_file_itself_shows_the_damage(place: Place) -> None:
    path = f"demo/_queue{SUFFIX}"
    place.add("demo", files=demo(**{path: real()}), keep_wheel=False)
    record = place.site / "demo-1.0.dist-info" / "RECORD"
    rows = record.read_text().splitlines()
    record.write_text(
        "".join(f"{path},,\n" if row.startswith(path) else f"{row}\n" for row in rows)
    )
    assert () == ask(place).findings
    os.truncate(place.site / path, 2000)

    (finding,) = ask(place).findings

    assert Code.BINARY_DAMAGED is finding.code
    assert ("demo",) == finding.root_causes
    assert "is cut" in finding.evidence[0]


def test_its_own_lost_library_is_told_once(place: Place) -> None:
    files = {
        f"demo/_x{SUFFIX}": module("_x", needed=[LIB], runpath="$ORIGIN/../demo.libs"),
        f"demo.libs/{LIB}": make_elf(soname=LIB),
    }
    place.add("demo", files={"demo/__init__.py": "", **files})
    (place.site / "demo.libs" / LIB).unlink()

    assert [Code.FILE_MISSING] == [finding.code for finding in ask(place).findings]


def test_a_library_that_its_wheel_must_have_brought_is_its_own_fault(place: Place) -> None:
    """RECORD has forgotten it too, and no system has a library of such a name."""
    library = "libssl-0cf96a72.so.3"
    files = {f"demo/_x{SUFFIX}": module("_x", needed=[library], runpath="$ORIGIN/../demo.libs")}
    place.add("demo", files={"demo/__init__.py": "", **files}, keep_wheel=False)

    (finding,) = ask(place).findings

    assert (Code.LIBRARY_MISSING, ("demo",)) == (finding.code, finding.root_causes)
    assert "which came in the wheel of demo" in finding.summary


def add_pair(place: Place, **fields: Sequence[str]) -> Path:
    """Install `demo`, whose extension module needs a library of `base`; return the library.

    Args:
        fields: of the library.
    """
    library = make_elf(soname=LIB, **fields)  # type: ignore[arg-type]
    place.add("base", files={"base/__init__.py": "", f"base/lib/{LIB}": library})
    place.add(
        "demo",
        files={
            "demo/__init__.py": "",
            f"demo/_x{SUFFIX}": module("_x", needed=[LIB], runpath="$ORIGIN/../base/lib"),
        },
        requires=["base"],
        tag=TAG,
    )
    return place.site / "base" / "lib" / LIB


DAMAGES: dict[str, tuple[Callable[[Path], object], Code]] = {
    "gone": (lambda path: path.unlink(), Code.LIBRARY_MISSING),
    "cut": (lambda path: os.truncate(path, 200), Code.BINARY_DAMAGED),
    "another-machines": (
        lambda path: path.write_bytes(make_elf(soname=LIB, machine=OTHER_MACHINE)),
        Code.BINARY_PLATFORM,
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_dependencys_library_is_the_dependencys_fault(place: Place, damage: str) -> None:
    change, code = DAMAGES[damage]
    library = add_pair(place)
    assert () == ask(place).findings
    change(library)

    (finding,) = ask(place).findings

    assert (code, Severity.ERROR) == (finding.code, finding.severity)
    assert ("base",) == finding.root_causes
    assert finding.repairable
    assert "base-1.0" in finding.remedy
    assert ask(place, "base").findings[0].root_causes == ("base",)


def test_a_library_of_a_dependencys_library_is_followed(place: Place) -> None:
    add_pair(place, needed=["libq.so"])

    (finding,) = ask(place).findings

    assert (Code.LIBRARY_MISSING, ("base",)) == (finding.code, finding.root_causes)
    assert f"needs libq.so, by way of base/lib/{LIB}" in finding.summary
    assert not finding.repairable


@pytest.mark.parametrize(
    ("folder", "requires", "severities"),
    [
        pytest.param("base/lib", ["base"], [], id="a-dependency-loads-it"),
        pytest.param("nvidia/toolkit/lib", [], [], id="nvidias-shared-folder"),
        pytest.param("base/lib", [], ["warning"], id="a-stranger-has-it"),
    ],
)
def test_a_library_may_be_loaded_before(
    place: Place, folder: str, requires: list[str], severities: list[str]
) -> None:
    place.add("base", files={"base/__init__.py": "", f"{folder}/{LIB}": make_elf(soname=LIB)})
    place.add(
        "demo",
        files={"demo/__init__.py": "", f"demo/_x{SUFFIX}": module("_x", needed=[LIB])},
        requires=requires,
    )

    assert severities == [str(finding.severity) for finding in ask(place).findings]


@pytest.mark.parametrize("name", [f"demo/_x{SUFFIX}", "demo/libplug.so"])
def test_a_missing_driver_is_a_warning_with_its_reason(place: Place, name: str) -> None:
    library = "libnvcuvid.so.99"  # no driver has ever had that version
    place.add("demo", files={"demo/__init__.py": "", name: module("_x", needed=[library])})

    (finding,) = ask(place).findings

    assert (Code.DRIVER_MISSING, Severity.WARNING) == (finding.code, finding.severity)
    assert f"{library}, which is not here: it comes with NVIDIA's driver" in finding.summary
    assert "Install the driver" in finding.remedy


def test_plug_ins_are_one_warning_together(place: Place) -> None:
    files: dict[str, str | bytes] = {"demo/__init__.py": ""}
    files |= {f"demo/plugins/lib{name}.so": make_elf(needed=[f"{name}.so.1"]) for name in "abc"}
    place.add("demo", files=files)

    (finding,) = ask(place).findings

    assert (Code.LIBRARY_MISSING, Severity.WARNING) == (finding.code, finding.severity)
    assert 3 == len(finding.paths)
    assert "demo/plugins/liba.so and 2 more need libraries" in finding.summary
    assert "demo/plugins/libb.so needs b.so.1" in finding.evidence


def test_what_a_module_lacks_by_way_of_a_library_is_told_once(place: Place) -> None:
    files: dict[str, str | bytes] = {
        "demo/__init__.py": "",
        f"demo/_x{SUFFIX}": module("_x", needed=[LIB], rpath="$ORIGIN"),
        f"demo/{LIB}": make_elf(soname=LIB, needed=["libq.so"]),
    }
    place.add("demo", files=files, tag=TAG)

    (finding,) = ask(place).findings

    assert f"needs libq.so, by way of demo/{LIB}, and nothing provides it" in finding.summary
    assert ("searched: demo, the system's folders",) == finding.evidence


def test_the_one_extension_that_cannot_be_loaded_of_many_is_a_warning(place: Place) -> None:
    """As numba's for a threading library that few have: nothing imports it by its name."""
    place.add(
        "demo",
        files={
            "demo/__init__.py": "",
            f"demo/_queue{SUFFIX}": real(),
            f"demo/_x{SUFFIX}": module("_x", needed=[LIB]),
        },
        tag=TAG,
    )

    assert [Severity.WARNING] == [finding.severity for finding in ask(place).findings]


def test_where_no_extension_can_be_loaded_it_is_an_error(place: Place) -> None:
    """As OpenCV's only one, which it imports by a name that it puts together."""
    extension = module("_x", needed=[LIB])
    place.add("demo", files={"demo/__init__.py": "", f"demo/_x{SUFFIX}": extension}, tag=TAG)

    assert [Severity.ERROR] == [finding.severity for finding in ask(place).findings]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("from demo.sub import core", Severity.ERROR),
        ("import demo.sub.core as core", Severity.ERROR),
        ("from .sub.core import name", Severity.ERROR),
        ("class A:\n    from . import sub", Severity.ERROR),
        ("try:\n    from . import sub\nexcept ImportError:\n    raise OSError", Severity.ERROR),
        ("try:\n    from . import sub\nfinally:\n    pass", Severity.ERROR),
        ("def late():\n    from . import sub", Severity.WARNING),
        ("if not __name__:\n    from . import sub", Severity.WARNING),
        ("try:\n    from . import sub\nexcept ImportError:\n    pass", Severity.WARNING),
        ("# from demo.sub import core", Severity.WARNING),
    ],
)
def test_a_chain_of_imports_is_followed_to_the_package(
    place: Place, line: str, expected: Severity
) -> None:
    place.add(
        "demo",
        files={
            "demo/__init__.py": line + "\n",
            "demo/sub/__init__.py": "from . import core\n",
            "demo/sub/core.py": "from ._x import (\n    name,\n)\n",
            f"demo/sub/_x{SUFFIX}": module("_x", needed=[LIB]),
        },
    )

    (finding,) = ask(place).findings

    assert expected is finding.severity
    assert imports(place, "demo") is (expected is Severity.WARNING)


@pytest.mark.parametrize(
    ("platform", "name", "said"),
    [("darwin", "macosx-14.0-arm64", "macOS"), ("win32", "win-amd64", "Windows")],
)
def test_other_systems_files_are_compared_by_hash_and_it_is_said(
    place: Place, platform: str, name: str, said: str
) -> None:
    place.add("demo", files={"demo/__init__.py": "", "demo/_x.so": b"\xcf\xfa\xed\xfe"})
    place.add("plain")
    environment = place.described
    assert environment is not None
    markers = {**environment.markers, "sys_platform": platform}
    other = dataclasses.replace(environment, platform=name, markers=markers)
    there = Place(place.folder, described=other)

    answer = ask(there)

    assert () == answer.findings
    assert said in answer.notes[0]
    assert "by hash alone" in answer.notes[0]
    assert () == ask(there, "plain").notes
    assert () == ask(place).notes


def test_of_an_interpreter_that_does_not_start_nothing_is_guessed(place: Place) -> None:
    place.add("demo", files=demo(**{f"demo/_queue{SUFFIX}": for_another_machine(real())}))
    environment = place.described
    assert environment is not None
    broken = dataclasses.replace(environment, interpreter_error="gone")

    answer = ask(Place(place.folder, described=broken))

    assert ((), ()) == (answer.findings, answer.notes)


def test_the_owners_of_linked_libraries_are_told(place: Place) -> None:
    add_pair(place)
    extension = str(place.site / "demo" / f"_x{SUFFIX}")

    assert ("base",) == library_owners(place.facts(), extension)
    assert () == library_owners(place.facts(), str(place.site / "base" / "lib" / LIB))


def test_drivers_are_no_packages() -> None:
    assert driver_of("libcuda.so.1") is DRIVERS[0]
    assert driver_of("libnvidia-ml.so.1") is DRIVERS[0]
    for library in ("libcudart.so.12", "libcublas.so.12", "libnvrtc.so.12", "libz.so.1"):
        assert driver_of(library) is None
