"""What an ELF file says of itself: its machine, and the libraries that it needs.

The forms of the header, the segments and the symbols are `pyelftools`' own. Its iterators are not
used: they read section by section, and an environment has hundreds of files, some of which are
hundreds of megabytes large. Here only some kilobytes of each are read.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, BinaryIO, NamedTuple

from elftools.common.exceptions import ELFError
from elftools.construct import ConstructError
from elftools.elf.enums import ENUM_D_TAG
from elftools.elf.hash import ELFHashTable, GNUHashTable
from elftools.elf.structs import ELFStructs

_MAGIC = b"\x7fELF"
_HEAD_BYTES = 4096
_LONGEST_NAME = 1 << 16
_MOST_TAGS = 1 << 16
# A chain of a hash table has a few symbols; a forged one may have no end.
_LONGEST_CHAIN = 1 << 16
_FLAGS_1_NODEFLIB = 0x800
_TAG = {
    ENUM_D_TAG[name]: name
    for name in (
        "DT_NEEDED",
        "DT_SONAME",
        "DT_RPATH",
        "DT_RUNPATH",
        "DT_FLAGS_1",
        "DT_STRTAB",
        "DT_SYMTAB",
        "DT_HASH",
        "DT_GNU_HASH",
    )
}
_DAMAGE = (ELFError, ConstructError, struct.error, ValueError, ArithmeticError, IndexError)


class Target(NamedTuple):
    """What machine code is for; the loader takes only what is equal in all three."""

    machine: str
    """`EM_X86_64`, or a number that has no name."""
    bits: int
    little_endian: bool

    def __str__(self) -> str:
        order = "" if self.little_endian else ", big-endian"
        return f"{self.machine.removeprefix('EM_').lower()} ({self.bits}-bit{order})"


class _Tables(NamedTuple):
    """Where a file has what a symbol is looked up by, as offsets into the file."""

    strings: int
    symbols: int
    gnu_hash: int | None
    hash: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ElfFile:
    """What can be read of one file's header, segments and dynamic section."""

    path: str
    is_elf: bool = True
    """False for another kind of file, such as the text that a linker reads, or an empty one."""
    problem: str = ""
    """Why no loader can use it, the part of a sentence after the file's name; empty: it can."""
    cut: bool = False
    """The section headers, which stand at the end and no loader reads, lie beyond the end."""
    target: Target | None = None
    linux: bool = True
    """False where its header names another operating system."""
    type: str = ""
    """`ET_DYN` for a shared library, `ET_EXEC`, `ET_REL` …"""
    interpreter: str = ""
    """The loader that a program names; empty for a library."""
    soname: str = ""
    needed: tuple[str, ...] = ()
    rpath: tuple[str, ...] = ()
    """Empty where there is a RUNPATH: then no loader reads it."""
    runpath: tuple[str, ...] = ()
    no_default_folders: bool = False
    """Linked with `-z nodefaultlib`."""
    tables: _Tables | None = None


def read_elf(path: str) -> ElfFile:
    """Return what the file says; nothing is raised for what it holds, or for a file that is gone.

    Source: the "System V Application Binary Interface", chapters "Object Files" and "Program
    Loading and Dynamic Linking".
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return ElfFile(path=path, is_elf=False, problem="is no regular file")
        with open(path, "rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            head = file.read(_HEAD_BYTES)
            if not head.startswith(_MAGIC):
                problem = "is no ELF file" if head.strip(b"\0") else "holds zeros alone"
                return ElfFile(path=path, is_elf=False, problem=problem if head else "is empty")
            try:
                return _parse(path, file, head, size)
            except _DAMAGE:
                return ElfFile(path=path, problem="has a header that cannot be read")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return ElfFile(path=path, is_elf=False, problem=f"cannot be read ({reason})")


def exports(elf: ElfFile, symbol: str) -> bool:
    """Tell whether the file defines a symbol for others, by its hash table.

    Source: as for `read_elf`, "Hash Table"; GNU's own form is that of `pyelftools`' class.
    """
    if elf.tables is None or elf.target is None:
        return False
    name = symbol.encode()
    try:
        with open(elf.path, "rb", buffering=0) as file:
            for index in _candidates(file, elf.tables, elf.target, name):
                structs = _structs(elf.target.little_endian, elf.target.bits)
                form = structs.Elf_Sym
                entry = form.parse(_read_at(file, elf.tables.symbols + index * form.sizeof(), 24))
                start = elf.tables.strings + entry.st_name
                found = _read_at(file, start, len(name) + 1)
                if found == name + b"\0" and entry.st_shndx != "SHN_UNDEF":
                    return True
    except (OSError, *_DAMAGE):
        return False
    return False


def _parse(path: str, file: BinaryIO, head: bytes, size: int) -> ElfFile:
    bits = {1: 32, 2: 64}[head[4]] if head[4:5] in (b"\1", b"\2") else 0
    little_endian = head[5:6] == b"\1"
    if not bits or head[5:6] not in (b"\1", b"\2"):
        return ElfFile(path=path, problem="has a header that cannot be read")
    structs = _structs(little_endian, bits)
    if len(head) < structs.Elf_Ehdr.sizeof():
        return ElfFile(path=path, problem="is cut inside its header")
    header = structs.Elf_Ehdr.parse(head)
    target = Target(str(header.e_machine), bits, little_endian)
    form = structs.Elf_Phdr
    count = header.e_phnum
    if count and header.e_phentsize != form.sizeof():
        return ElfFile(path=path, problem="has a header that cannot be read", target=target)
    table = header.e_phoff + count * form.sizeof()
    if table > size:
        return ElfFile(path=path, problem="is cut before its program headers end", target=target)
    if table > len(head):
        head += _read_at(file, len(head), table - len(head))
    segments = [
        form.parse(head[header.e_phoff + number * form.sizeof() :][: form.sizeof()])
        for number in range(count)
    ]
    loaded = [segment for segment in segments if segment.p_type == "PT_LOAD"]
    end = max((segment.p_offset + segment.p_filesz for segment in loaded), default=0)
    problem = ""
    if end > size:
        problem = f"is cut: its program needs {end} bytes, and {size} are there"
    elif header.e_type == "ET_DYN" and not loaded:
        problem = "has nothing that could be loaded"
    values: dict[str, list[int]] = {}
    if not problem:
        for segment in segments:
            if segment.p_type == "PT_DYNAMIC":
                values = _dynamic(file, segment.p_offset, segment.p_filesz, target)
    addresses = [(segment.p_vaddr, segment.p_filesz, segment.p_offset) for segment in loaded]

    def offset(tag: str) -> int | None:
        address = values.get(tag, [-1])[0]
        return next((at + address - v for v, n, at in addresses if v <= address < v + n), None)

    strings, symbols = offset("DT_STRTAB"), offset("DT_SYMTAB")
    if values and strings is None:
        problem = "has a dynamic section that cannot be read"

    def texts(tag: str) -> list[str]:
        return [_text(file, (strings or 0) + at) for at in values.get(tag, ()) if strings]

    def folders(tag: str) -> tuple[str, ...]:
        return tuple(each for text in texts(tag) for each in text.split(":") if each)

    runpath = folders("DT_RUNPATH")
    tables = None
    if strings is not None and symbols is not None:
        tables = _Tables(strings, symbols, offset("DT_GNU_HASH"), offset("DT_HASH"))
    sections = header.e_shoff + header.e_shnum * header.e_shentsize
    return ElfFile(
        path=path,
        problem=problem,
        cut=bool(problem) or (header.e_shoff > 0 and sections > size),
        target=target,
        linux=header.e_ident.EI_OSABI in ("ELFOSABI_SYSV", "ELFOSABI_LINUX"),
        type=str(header.e_type),
        interpreter=_interpreter(file, segments),
        soname=next(iter(texts("DT_SONAME")), ""),
        needed=tuple(texts("DT_NEEDED")),
        rpath=() if "DT_RUNPATH" in values else folders("DT_RPATH"),
        runpath=runpath,
        no_default_folders=bool(values.get("DT_FLAGS_1", [0])[0] & _FLAGS_1_NODEFLIB),
        tables=tables,
    )


@cache
def _structs(little_endian: bool, bits: int) -> ELFStructs:
    structs = ELFStructs(little_endian=little_endian, elfclass=bits)
    structs.create_basic_structs()
    structs.create_advanced_structs()
    return structs


def _dynamic(file: BinaryIO, start: int, length: int, target: Target) -> dict[str, list[int]]:
    """Return the values of the tags that matter here, in their order."""
    form = struct.Struct(_order(target) + ("qQ" if target.bits == 64 else "iI"))
    data = _read_at(file, start, min(length, _MOST_TAGS * form.size))
    values: dict[str, list[int]] = {}
    for tag, value in form.iter_unpack(data[: len(data) - len(data) % form.size]):
        if tag == 0:
            break
        if tag in _TAG:
            values.setdefault(_TAG[tag], []).append(value)
    return values


def _interpreter(file: BinaryIO, segments: list[Any]) -> str:
    for segment in segments:
        if segment.p_type == "PT_INTERP":
            return _text(file, segment.p_offset)
    return ""


def _candidates(file: BinaryIO, tables: _Tables, target: Target, name: bytes) -> Iterator[int]:
    """Yield the indices of the symbols that share the name's hash."""
    order = _order(target)
    if tables.gnu_hash is not None:
        start = tables.gnu_hash
        buckets, first, bloom, _ = struct.unpack(order + "4I", _read_at(file, start, 16))
        wanted = GNUHashTable.gnu_hash(name)
        at = start + 16 + bloom * (target.bits // 8)
        (index,) = struct.unpack(order + "I", _read_at(file, at + wanted % buckets * 4, 4))
        chains = at + buckets * 4
        for step in range(_LONGEST_CHAIN if index >= first else 0):
            place = chains + (index - first + step) * 4
            (value,) = struct.unpack(order + "I", _read_at(file, place, 4))
            if value | 1 == wanted | 1:
                yield index + step
            if value & 1:
                return
    elif tables.hash is not None:
        start = tables.hash
        buckets, chains = struct.unpack(order + "2I", _read_at(file, start, 8))
        place = start + 8 + ELFHashTable.elf_hash(name) % buckets * 4
        for _ in range(min(chains, _LONGEST_CHAIN)):
            (index,) = struct.unpack(order + "I", _read_at(file, place, 4))
            if not index:
                return
            yield index
            place = start + 8 + (buckets + index) * 4


def _order(target: Target) -> str:
    return "<" if target.little_endian else ">"


def _read_at(file: BinaryIO, offset: int, length: int) -> bytes:
    file.seek(offset)
    return file.read(length)


def _text(file: BinaryIO, offset: int) -> str:
    data = b""
    file.seek(offset)
    while b"\0" not in data and len(data) < _LONGEST_NAME:
        more = file.read(512)
        if not more:
            break
        data += more
    return os.fsdecode(data.partition(b"\0")[0])
