"""Give a real extension module needs of its own, as a linker would, for tests of native code.

Only for 64-bit little-endian ELF files. What a linker leaves spare is used: some empty entries at
the end of `.dynamic`, and the header of the build note, which becomes that of a new segment with
the longer string table.
"""

from __future__ import annotations

import struct
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

_PAGE = 0x1000
_LOAD, _DYNAMIC, _NOTE = 1, 2, 4
_NEEDED, _STRTAB, _STRSZ, _RUNPATH = 1, 5, 10, 29
_PROGRAM_HEADER = struct.Struct("<IIQQQQQQ")
_SECTION_HEADER = struct.Struct("<IIQQQQIIQQ")
_ENTRY = struct.Struct("<qQ")

MACHINE_AT = 18
"""Offset of `e_machine`, two bytes."""


def extensions() -> dict[str, Path]:
    """Return the extension modules that the running Python ships as files, by module name."""
    folder = Path(sysconfig.get_config_var("DESTSHARED") or "/nowhere")
    found = {path.name.partition(".")[0]: path for path in sorted(folder.glob("*.so"))}
    return {name: path for name, path in found.items() if _is_elf64(path)}


def _is_elf64(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(6) == b"\x7fELF\x02\x01"


def of_32_bits(module: str) -> bytes:
    """Return an extension module of an i386 machine that defines its `PyInit_` alone."""
    strings = b"\0PyInit_" + module.encode() + b"\0"
    symbols = bytes(16) + struct.pack("<IIIBBH", 1, 0x40, 1, 0x12, 0, 1)
    hashes = struct.pack("<5I", 1, 2, 1, 0, 0)
    dynamic_at = 52 + 2 * 32
    hash_at = dynamic_at + 6 * 8
    symbols_at = hash_at + len(hashes)
    strings_at = symbols_at + len(symbols)
    tags = {4: hash_at, _STRTAB: strings_at, 6: symbols_at, _STRSZ: len(strings), 11: 16, 0: 0}
    dynamic = b"".join(struct.pack("<II", *row) for row in tags.items())
    size = strings_at + len(strings)
    header = struct.pack("<HHIIIIIHHHHHH", 3, 3, 1, 0, 52, 0, 0, 52, 32, 2, 40, 0, 0)
    load = struct.pack("<8I", _LOAD, 0, 0, 0, size, size, 5, _PAGE)
    span = len(dynamic)
    where = struct.pack("<8I", _DYNAMIC, *[dynamic_at] * 3, span, span, 4, 4)
    ident = b"\x7fELF\x01\x01\x01".ljust(16, b"\0")
    return ident + header + load + where + dynamic + hashes + symbols + strings


def link(data: bytes, needed: Iterable[str], runpath: str) -> bytes:
    """Return an ELF file that also needs the libraries `needed`, looked for in `runpath`.

    Raises:
        ValueError: the file has no room for it.
    """
    image = bytearray(data)
    headers = list(_program_headers(image))
    (dynamic,) = (row for _, row in headers if row[0] == _DYNAMIC)
    note = next((at for at, row in headers if row[0] == _NOTE), None)
    if note is None:
        raise ValueError("no note whose header could be used")
    entries = list(_ENTRY.iter_unpack(bytes(image[dynamic[2] : dynamic[2] + dynamic[5]])))
    used = [entry for entry in entries if entry[0]]
    old = dict(used)
    strings = bytearray(
        image[old[_STRTAB] : old[_STRTAB] + old[_STRSZ]]
    )  # the first segment is flat

    def added(text: str) -> int:
        strings.extend(text.encode() + b"\0")
        return len(strings) - len(text) - 1

    new = [(_NEEDED, added(name)) for name in needed] + [(_RUNPATH, added(runpath))]
    kept = [entry for entry in used if entry[0] != _RUNPATH]
    if len(new) + len(kept) >= len(entries):
        raise ValueError("no spare entries in .dynamic")
    # Behind everything that is mapped: the loader wants segments in the order of their addresses.
    address = _up(max(row[3] + row[6] for _, row in headers if row[0] == _LOAD))
    offset = _up(len(image))
    image.extend(bytes(offset - len(image)) + strings)
    replaced = {_STRTAB: address, _STRSZ: len(strings)}
    rows = [(tag, replaced.get(tag, value)) for tag, value in new + kept]
    rows += [(0, 0)] * (len(entries) - len(rows))
    image[dynamic[2] : dynamic[2] + dynamic[5]] = b"".join(_ENTRY.pack(*row) for row in rows)
    size = len(strings)
    _PROGRAM_HEADER.pack_into(image, note, _LOAD, 4, offset, address, address, size, size, _PAGE)
    _move_section(image, old[_STRTAB], (address, offset, size))
    return bytes(image)


def _program_headers(image: bytearray) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield the place and the fields of each: type, flags, offset, address, …, sizes, alignment."""
    (start,) = struct.unpack_from("<Q", image, 32)
    size, count = struct.unpack_from("<HH", image, 54)
    for index in range(count):
        at = start + index * size
        yield at, _PROGRAM_HEADER.unpack_from(image, at)


def _move_section(image: bytearray, old: int, new: tuple[int, int, int]) -> None:
    """Let the section header of the string table say where it is now, for tools that read those."""
    (start,) = struct.unpack_from("<Q", image, 40)
    size, count = struct.unpack_from("<HH", image, 58)
    for index in range(count):
        at = start + index * size
        row = list(_SECTION_HEADER.unpack_from(image, at))
        if row[1] == 3 and row[3] == old:  # a string table
            row[3:6] = new
            _SECTION_HEADER.pack_into(image, at, *row)


def _up(number: int) -> int:
    return -(-number // _PAGE) * _PAGE
