"""The search for a library, judged by the loader of this very machine."""

from __future__ import annotations

import ctypes.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from elves import AARCH64, make_elf

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.libraries import Loader

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/maps").exists(), reason="asks Linux which files a process has loaded"
)


@pytest.fixture(scope="module")
def environment() -> Environment:
    return Environment.running()


def loaded_really(path: Path, libraries: set[str]) -> dict[str, str] | None:
    """Load a file in a Python of its own; say which of `libraries` were loaded, and from where."""
    code = (
        "import ctypes, sys\n"
        "try:\n    ctypes.CDLL(sys.argv[1])\n"
        "except OSError as error:\n    sys.exit('not found: ' + str(error))\n"
        "print(open('/proc/self/maps').read())\n"
    )
    result = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(path)], capture_output=True, text=True
    )
    if result.returncode:
        assert "cannot open shared object file" in result.stderr
        return None
    files = {line.split(None, 5)[-1] for line in result.stdout.splitlines() if "/" in line}
    return {os.path.basename(file): file for file in files if os.path.basename(file) in libraries}


A, B, C = "liba-venvhealth.so.1", "libb-venvhealth.so.1", "libc-venvhealth.so.1"
CASES: dict[str, Mapping[str, bytes]] = {
    "rpath": {
        "m.so": make_elf(needed=[A], rpath="$ORIGIN/own"),
        f"own/{A}": make_elf(soname=A),
    },
    "runpath": {
        "m.so": make_elf(needed=[A], runpath="${ORIGIN}/own"),
        f"own/{A}": make_elf(soname=A),
    },
    "a-folder-above": {
        "pkg/m.so": make_elf(needed=[A], runpath="$ORIGIN/../pkg.libs"),
        f"pkg.libs/{A}": make_elf(soname=A),
    },
    "several-folders-in-order": {
        "m.so": make_elf(needed=[A], runpath="$ORIGIN/none:$ORIGIN/first:$ORIGIN/second"),
        f"first/{A}": make_elf(soname=A),
        f"second/{A}": make_elf(soname=A),
    },
    "rpath-is-inherited": {
        "m.so": make_elf(needed=[A], rpath="$ORIGIN/own"),
        f"own/{A}": make_elf(soname=A, needed=[B]),
        f"own/{B}": make_elf(soname=B),
    },
    "runpath-is-not-inherited": {
        "m.so": make_elf(needed=[A], runpath="$ORIGIN/own"),
        f"own/{A}": make_elf(soname=A, needed=[B]),
        f"own/{B}": make_elf(soname=B),
    },
    "a-runpath-hides-inherited-rpaths": {
        "m.so": make_elf(needed=[A], rpath="$ORIGIN/own"),
        f"own/{A}": make_elf(soname=A, needed=[B], runpath="$ORIGIN/none"),
        f"own/{B}": make_elf(soname=B),
    },
    "a-runpath-hides-its-own-rpath": {
        "m.so": make_elf(needed=[A], rpath="$ORIGIN/own", runpath="$ORIGIN/none"),
        f"own/{A}": make_elf(soname=A),
    },
    "found-because-it-is-loaded-already": {
        "m.so": make_elf(needed=[B, A], runpath="$ORIGIN/own"),
        f"own/{A}": make_elf(soname=A, needed=[B]),
        f"own/{B}": make_elf(soname=B),
    },
    "loaded-under-another-file-name": {
        "m.so": make_elf(needed=[B, A], runpath="$ORIGIN/own"),
        f"own/{B}": make_elf(soname=C),
        f"own/{A}": make_elf(soname=A, needed=[C]),
    },
    "loaded-too-late": {
        "m.so": make_elf(needed=[A, B], runpath="$ORIGIN/own"),
        f"own/{A}": make_elf(soname=A, needed=[C]),
        f"own/{B}": make_elf(soname=B, needed=[C], runpath="$ORIGIN"),
        f"own/{C}": make_elf(soname=C),
    },
    "another-machines-is-passed-over": {
        "m.so": make_elf(needed=[A], runpath="$ORIGIN/other:$ORIGIN/own"),
        f"other/{A}": make_elf(soname=A, bits=32, machine=3),
        f"own/{A}": make_elf(soname=A),
    },
    "in-a-circle": {
        "m.so": make_elf(needed=[A], runpath="$ORIGIN"),
        A: make_elf(soname=A, needed=[B], runpath="$ORIGIN"),
        B: make_elf(soname=B, needed=[A], runpath="$ORIGIN"),
    },
    "no-folder-at-all": {"m.so": make_elf(needed=[A]), A: make_elf(soname=A)},
    "the-systems-own": {"m.so": make_elf(needed=["libc.so.6", "libm.so.6"])},
}


@pytest.mark.parametrize("case", CASES)
def test_the_search_ends_as_the_loaders_own(
    case: str, environment: Environment, tmp_path: Path
) -> None:
    for name, data in CASES[case].items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    path = next(tmp_path / name for name in CASES[case] if name.endswith("m.so"))
    loader = Loader.of(environment)
    assert loader is not None

    links = list(loader.trace(str(path)))

    really = loaded_really(path, {A, B})
    if really is None:
        assert [link for link in links if link.search.path is None]
    else:
        found = {link.search.path for link in links if link.search.path is not None}
        ours = {os.path.basename(each): each for each in found}
        assert really == {name: each for name, each in ours.items() if name in {A, B}}
        assert not [link for link in links if link.search.path is None]


def test_ld_library_path_stands_between_rpath_and_runpath(
    environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("own", "variable"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / A).write_bytes(make_elf(soname=A))
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path / "variable"))
    for tag, expected in (("rpath", "own"), ("runpath", "variable")):
        path = tmp_path / f"{tag}.so"
        folder = "$ORIGIN/own"
        path.write_bytes(make_elf(needed=[A], **{tag: folder}))  # type: ignore[arg-type]
        loader = Loader.of(environment)
        assert loader is not None

        (link,) = loader.trace(str(path))

        assert str(tmp_path / expected / A) == link.search.path
        assert {A: link.search.path} == loaded_really(path, {A})


def test_what_was_looked_for_in_vain_is_told(environment: Environment, tmp_path: Path) -> None:
    path = tmp_path / "m.so"
    path.write_bytes(make_elf(needed=[A], rpath="$ORIGIN/x", machine=None))
    (tmp_path / "x").mkdir()
    other = tmp_path / "x" / A
    other.write_bytes(make_elf(soname=A, machine=AARCH64 if _is_x86() else 62))
    loader = Loader.of(environment)
    assert loader is not None

    (link,) = loader.trace(str(path))

    assert link.search.path is None
    assert str(other) == link.search.unfit
    assert str(tmp_path / "x") in link.search.folders


def _is_x86() -> bool:
    return os.uname().machine == "x86_64"


@pytest.mark.skipif(not shutil.which("ldconfig"), reason="no ldconfig to compare with")
def test_the_systems_cache_is_read_as_ldconfig_reads_it(environment: Environment) -> None:
    printed = subprocess.run(["ldconfig", "-p"], capture_output=True, text=True).stdout
    listed: dict[str, list[str]] = {}
    for name, path in re.findall(r"^\s+(\S+) \([^)]*\) => (.+)$", printed, re.MULTILINE):
        listed.setdefault(name, []).append(path)
    loader = Loader.of(environment)
    assert loader is not None

    assert listed
    assert listed == {name: list(paths) for name, paths in loader.cache.items()}


def test_what_python_finds_by_name_is_found(environment: Environment) -> None:
    name = ctypes.util.find_library("m")
    assert name
    loader = Loader.of(environment)
    assert loader is not None

    assert loader.find(name, loader.program).path
