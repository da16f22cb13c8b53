"""Build tiny shared libraries without a compiler: some hundred bytes that a real loader takes."""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterable

X86_64, I386, AARCH64, S390 = 62, 3, 183, 22
MACHINES = {"x86_64": X86_64, "aarch64": AARCH64, "s390x": S390}
_NULL, _NEEDED, _HASH, _STRTAB, _SYMTAB, _STRSZ, _SYMENT = 0, 1, 4, 5, 6, 10, 11
_SONAME, _RPATH, _RUNPATH, _FLAGS_1 = 14, 15, 29, 0x6FFFFFFB


def make_elf(
    *,
    needed: Iterable[str] = (),
    soname: str = "",
    rpath: str = "",
    runpath: str = "",
    exports: Iterable[str] = (),
    undefined: Iterable[str] = (),
    machine: int | None = None,
    bits: int = 64,
    little_endian: bool = sys.byteorder == "little",
    os_abi: int = 0,
    no_default_folders: bool = False,
) -> bytes:
    """Return a shared library: one segment with its symbols, its strings and its dynamic section.

    Args:
        exports: symbols that it defines.
        undefined: symbols that it only asks for.
        machine: by default that of this very machine.
        os_abi: 0 for System V, 3 for Linux, 9 for FreeBSD.
    """
    if machine is None:
        import platform

        machine = MACHINES[platform.machine()]
    order, wide = ("<" if little_endian else ">"), bits == 64
    word = "Q" if wide else "I"
    strings = b"\0"

    def string(text: str) -> int:
        nonlocal strings
        at = len(strings)
        strings += text.encode() + b"\0"
        return at

    dynamic = [(_NEEDED, string(name)) for name in needed]
    dynamic += [(tag, string(text)) for tag, text in _named(soname, rpath, runpath)]
    if no_default_folders:
        dynamic.append((_FLAGS_1, 0x800))
    named = [(string(name), 1) for name in exports] + [(string(name), 0) for name in undefined]
    form = "IBBHQQ" if wide else "IIIBBH"
    symbols = struct.pack(order + form, 0, 0, 0, 0, 0, 0)
    for at, section in named:
        row = (at, 0x12, 0, section, 0, 0) if wide else (at, 0, 0, 0x12, 0, section)
        symbols += struct.pack(order + form, *row)
    count = len(named) + 1
    # One bucket, whose chain goes through all of them.
    chain = [*range(2, count), 0][: count - 1]
    first = 1 if named else 0
    table = struct.pack(f"{order}3I{count}I", 1, count, first, 0, *chain)
    head = (64 + 2 * 56) if wide else (52 + 2 * 32)
    symbols_at = _aligned(head)
    table_at = _aligned(symbols_at + len(symbols))
    strings_at = _aligned(table_at + len(table))
    dynamic_at = _aligned(strings_at + len(strings))
    dynamic += [(_HASH, table_at), (_STRTAB, strings_at), (_SYMTAB, symbols_at)]
    dynamic += [(_STRSZ, len(strings)), (_SYMENT, 24 if wide else 16), (_NULL, 0)]
    tags = b"".join(struct.pack(order + 2 * word, *row) for row in dynamic)
    end = dynamic_at + len(tags)
    ident = bytes([0x7F, *b"ELF", 2 if wide else 1, 1 if little_endian else 2, 1, os_abi])
    sizes = (64, 56, 2, 64, 0, 0) if wide else (52, 32, 2, 40, 0, 0)
    header = ident.ljust(16, b"\0") + struct.pack(
        f"{order}HHI3{word}I6H", 3, machine, 1, 0, 64 if wide else 52, 0, 0, *sizes
    )
    segments = _segment(order, wide, 1, 0, end, 0x1000)
    segments += _segment(order, wide, 2, dynamic_at, len(tags), 8)
    data = bytearray(end)
    for at, part in (
        (0, header + segments),
        (symbols_at, symbols),
        (table_at, table),
        (strings_at, strings),
        (dynamic_at, tags),
    ):
        data[at : at + len(part)] = part
    return bytes(data)


def _named(soname: str, rpath: str, runpath: str) -> Iterable[tuple[int, str]]:
    pairs = ((_SONAME, soname), (_RPATH, rpath), (_RUNPATH, runpath))
    return [(tag, text) for tag, text in pairs if text]


def _segment(order: str, wide: bool, kind: int, at: int, size: int, align: int) -> bytes:
    # Readable and writable: a loader writes into the dynamic section.
    if wide:
        return struct.pack(order + "2I6Q", kind, 6, at, at, at, size, size, align)
    return struct.pack(order + "8I", kind, at, at, at, size, size, 6, align)


def _aligned(offset: int) -> int:
    return -(-offset // 16) * 16
