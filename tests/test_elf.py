"""What is read of an ELF file, whole or not."""

from __future__ import annotations

import importlib.machinery
import os
import random
import struct
import sys
import sysconfig
from pathlib import Path

import pytest
from elves import AARCH64, I386, S390, X86_64, make_elf

from pytest_venvhealth.elf import exports, read_elf


def written(folder: Path, data: bytes) -> str:
    path = folder / "m.so"
    path.write_bytes(data)
    return str(path)


def an_extension_of_this_python() -> Path:
    suffix = importlib.machinery.EXTENSION_SUFFIXES[0]
    return Path(sysconfig.get_config_var("DESTSHARED") or "") / f"_queue{suffix}"


@pytest.mark.parametrize(
    ("machine", "bits", "little_endian", "shown"),
    [
        (X86_64, 64, True, "x86_64 (64-bit)"),
        (X86_64, 32, True, "x86_64 (32-bit)"),
        (I386, 32, True, "386 (32-bit)"),
        (AARCH64, 64, True, "aarch64 (64-bit)"),
        (S390, 64, False, "s390 (64-bit, big-endian)"),
    ],
)
def test_every_kind_of_machine_is_read(
    tmp_path: Path, machine: int, bits: int, little_endian: bool, shown: str
) -> None:
    long = ":".join(f"/a/rather/long/folder/{number}" for number in range(100))
    data = make_elf(
        needed=["liba.so.1", "libb.so"],
        soname="libm.so.6",
        rpath=long,
        exports=["PyInit_a", "PyInit_m", "b"],
        undefined=["PyInit_u"],
        machine=machine,
        bits=bits,
        little_endian=little_endian,
    )

    elf = read_elf(written(tmp_path, data))

    assert (elf.problem, elf.cut, elf.linux, elf.type) == ("", False, True, "ET_DYN")
    assert str(elf.target) == shown
    assert elf.needed == ("liba.so.1", "libb.so")
    assert elf.soname == "libm.so.6"
    assert elf.rpath == tuple(long.split(":"))
    assert [exports(elf, name) for name in ("PyInit_m", "PyInit_u", "PyInit_")] == [
        True,
        False,
        False,
    ]


def test_a_runpath_takes_the_place_of_the_rpath(tmp_path: Path) -> None:
    elf = read_elf(written(tmp_path, make_elf(rpath="/one", runpath="/two:/three")))

    assert ((), ("/two", "/three")) == (elf.rpath, elf.runpath)


@pytest.mark.skipif(
    not an_extension_of_this_python().is_file(), reason="this Python's modules are built in"
)
def test_a_real_extension_module_is_known_by_its_hook() -> None:
    """A linker writes GNU's hash table, the tiny ones have System V's."""
    elf = read_elf(str(an_extension_of_this_python()))

    assert elf.tables is not None
    assert elf.tables.gnu_hash is not None
    assert read_elf(os.path.realpath(sys.executable)).target == elf.target
    assert exports(elf, "PyInit__queue")
    assert not exports(elf, "PyInit__bisect")


@pytest.mark.skipif(
    not an_extension_of_this_python().is_file(), reason="this Python's modules are built in"
)
def test_a_lost_end_is_seen_in_its_section_headers(tmp_path: Path) -> None:
    data = an_extension_of_this_python().read_bytes()

    elf = read_elf(written(tmp_path, data[:-1]))

    assert (elf.problem, elf.cut) == ("", True)


def test_a_file_that_is_cut_anywhere_is_no_whole_one(tmp_path: Path) -> None:
    data = make_elf(needed=["liba.so.1"], exports=["PyInit_m"])

    for length in range(0, len(data), 5):
        elf = read_elf(written(tmp_path, data[:length]))

        assert elf.problem, length
        assert not exports(elf, "PyInit_m")


def test_forged_bytes_raise_nothing_and_come_to_an_end(tmp_path: Path) -> None:
    draw = random.Random(5)
    whole = make_elf(needed=["liba.so.1"], rpath="$ORIGIN", exports=["PyInit_m"])
    for _ in range(250):
        data = bytearray(whole)
        for _ in range(draw.choice((1, 1, 2, 8))):
            at = draw.randrange(4, len(data) - 4)
            number = draw.choice((0, 1, 0x7F, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, draw.getrandbits(32)))
            data[at : at + 4] = struct.pack("<I", number)

        exports(read_elf(written(tmp_path, bytes(data))), "PyInit_m")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "is empty"),
        (b"\0" * 5000, "holds zeros alone"),
        (b"/* GNU ld script */\nINPUT(libz.so.1)\n", "is no ELF file"),
        (b"\x7fELF", "has a header that cannot be read"),
    ],
)
def test_what_is_no_elf_file_is_said_so(tmp_path: Path, data: bytes, problem: str) -> None:
    assert read_elf(written(tmp_path, data)).problem == problem


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert read_elf(str(tmp_path / "pipe")).problem == "is no regular file"
    assert read_elf(str(tmp_path)).problem == "is no regular file"
    assert "cannot be read" in read_elf(str(tmp_path / "gone")).problem
