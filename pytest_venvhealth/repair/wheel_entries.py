"""May an archive's entries be unpacked, as its directory and its local headers tell?

Nothing is unpacked here, so that a bomb costs no more than its directory. What unpacking alone can
show (contents, a size that was understated) is checked in `wheel_source`.
"""

from __future__ import annotations

import re
import stat
import struct
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

SCHEMES = frozenset({"purelib", "platlib", "headers", "scripts", "data"})
"""The folders that a wheel's data folder may have ("Binary distribution format")."""

# Measured on the 73 wheels of a stack with torch, scipy, pandas and pyarrow (624 MB): a whole wheel
# unpacks to at most 5.9 times its size (fastapi); one file to 235 times (a table of scipy's, 0.6
# MB), among files above 10 MB to 4.1 times (libarrow). Deflate ends at 1032. So small files may be
# as dense as they like, and a whole wheel has more than eight times what is usual.
_MOST_TIMES_LARGER = 50
_FREE_BYTES = 64 << 20
# The largest there unpacks to 0.7 GB, CUDA builds of torch to some 4 GB.
_MOST_BYTES = 32 << 30
# The longest there: 171 bytes a name, 106 a part. File systems take 255 bytes a part, macOS 1024 a
# path.
_LONGEST_PART = 255
_LONGEST_NAME = 1024
# Nearly all names are of this form, in which nothing leads elsewhere.
_ORDINARY = re.compile(r"(?=.{1,1024}$)(?:[A-Za-z0-9_+@-][A-Za-z0-9_.+@-]{0,254}(?:/(?!$)|/?$))+")
# Indexes take no other method, and zipfile would unpack a whole block of the others into memory.
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED, _SIZES_FOLLOW, _PATCH, _STRONGLY_ENCRYPTED, _UTF8 = 0x1, 0x8, 0x20, 0x40, 0x800
# PKZIP's APPNOTE.TXT, 4.3.7: signature, version, flags, method, time, date, CRC, packed size, size,
# lengths of name and extra field.
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_IN_ZIP64 = 0xFFFFFFFF


class EntryFault(NamedTuple):
    """Why an archive must not be unpacked."""

    entry: str
    """The entry's name as the archive has it; the wheel's own where it is about all of them."""
    reason: str
    """Continues a sentence that begins with the entry."""


def archive_fault(archive: zipfile.ZipFile, path: Path) -> EntryFault | None:
    """Return the first fault that the directory of an open archive shows; None without one.

    Args:
        path: of the archive.
    Raises:
        OSError: it is gone.
    """
    infos = archive.infolist()
    reason = size_fault(infos, path.stat().st_size)
    if reason is not None:
        return EntryFault(path.name, reason)
    for info in infos:
        reason = name_fault(info)
        if reason is not None:
            return EntryFault(info.orig_filename, reason)
    return next(clashes(info.filename for info in infos), None)


def size_fault(infos: Iterable[zipfile.ZipInfo], packed: int) -> str | None:
    """Return why an archive unpacks to too much; None where it does not.

    The sizes are those that its directory declares: a stream gives no byte more.

    Args:
        packed: bytes of the whole file.
    """
    unpacked = sum(info.file_size for info in infos)
    if unpacked > _MOST_BYTES:
        return f"unpacks to {unpacked} bytes, more than any wheel needs"
    if unpacked > _FREE_BYTES + _MOST_TIMES_LARGER * packed:
        times = unpacked // max(packed, 1)
        return f"unpacks to {unpacked} bytes, {times} times its size: a zip bomb"
    return None


def name_fault(info: zipfile.ZipInfo) -> str | None:
    """Return why an archive's entry must not be unpacked, as its name and kind tell; else None."""
    # `filename` is what zipfile makes of it; `orig_filename` is what the archive says.
    name = info.orig_filename
    reason = None if _ORDINARY.fullmatch(name) else _odd_name_fault(name)
    return reason or _kind_fault(info) or _packing_fault(info)


def clashes(names: Iterable[str]) -> Iterator[EntryFault]:
    """Yield a fault for each entry that would be put where another one is.

    Two names are one where a file system ignores case (Windows, macOS) or the form of accented
    letters (macOS); and a file cannot be where a folder of that name has to be.

    Args:
        names: of all entries; those of folders end in a slash.
    """
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    seen: set[str] = set()
    for name in names:
        plain = name.rstrip("/")
        if plain in seen:
            yield EntryFault(name, "is in the archive twice")
            continue
        seen.add(plain)
        place = _place(plain)
        parent = place
        while parent := parent.rpartition("/")[0]:
            if parent in folders:
                break
            folders[parent] = name
        if name.endswith("/"):
            folders.setdefault(place, name)
        elif place in files:
            yield EntryFault(name, _two_of_a_place(plain, files[place]))
        else:
            files[place] = plain
    for place in files.keys() & folders.keys():
        reason = f"is a file, and {folders[place]!r} needs a folder of this name"
        yield EntryFault(files[place], reason)


def layout_fault(archive: zipfile.ZipFile, path: Path) -> EntryFault | None:
    """Return the first entry whose own header and the archive's directory do not agree.

    Programs that read an archive from its start would unpack something else than those that read
    its directory; and entries that lie over each other are how a small bomb becomes a large one.
    `zipfile` looks at the names when it opens an entry, and at overlaps from Python 3.11.8 on.

    Args:
        path: of the archive.
    Raises:
        OSError: it cannot be read.
    """
    previous = ""
    end = 0
    # Unbuffered: headers lie far from each other, and a large wheel has twelve thousand.
    with path.open("rb", buffering=0) as file:
        for info in sorted(archive.infolist(), key=lambda info: info.header_offset):
            if info.header_offset < end:
                return EntryFault(info.orig_filename, f"lies over {previous!r}")
            file.seek(info.header_offset)
            header = file.read(_LOCAL_HEADER.size + _LONGEST_NAME) or b""
            reason, length = _header_fault(info, header)
            if reason is not None:
                return EntryFault(info.orig_filename, reason)
            end = info.header_offset + length + info.compress_size
            previous = info.orig_filename
    if end > archive.start_dir:
        return EntryFault(previous, "lies over the archive's directory")
    return None


def _odd_name_fault(name: str) -> str | None:
    """Return what is wrong with a name that is not as most are; None where it will do."""
    if "\0" in name or "\\" in name:
        return "has a name that is no plain path"
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        return "has an absolute name"
    parts = name.removesuffix("/").split("/")
    if any(part in ("", ".", "..") for part in parts):
        return "has a name that leads elsewhere"
    if any(unicodedata.category(letter) == "Cc" for letter in name):
        return "has control characters in its name"
    longest = max(len(part.encode("utf-8", "surrogatepass")) for part in parts)
    if longest > _LONGEST_PART or len(name.encode("utf-8", "surrogatepass")) > _LONGEST_NAME:
        return "has a name that is too long for a file system"
    return None


def _kind_fault(info: zipfile.ZipInfo) -> str | None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "is a symbolic link"
    if kind not in (0, stat.S_IFDIR if info.is_dir() else stat.S_IFREG):
        return "is no plain folder" if info.is_dir() else "is no plain file"
    return None


def _packing_fault(info: zipfile.ZipInfo) -> str | None:
    if info.flag_bits & (_ENCRYPTED | _STRONGLY_ENCRYPTED):
        return "is encrypted"
    if info.compress_type not in _METHODS or info.flag_bits & _PATCH:
        return f"is packed by method {info.compress_type}; in a wheel it is stored or deflated"
    if info.compress_type == zipfile.ZIP_STORED and info.compress_size != info.file_size:
        return "is stored, but has two sizes"
    if info.is_dir() and info.file_size:
        return "is a folder with contents"
    return None


def _place(name: str) -> str:
    """Return one text for all names that would become one file.

    Root, purelib and platlib are one folder in nearly every environment.
    """
    top, _, rest = name.partition("/")
    if top.endswith(".data"):
        scheme, _, inner = rest.partition("/")
        if inner and scheme in SCHEMES:
            site = scheme in ("purelib", "platlib")
            name = inner if site else f"{scheme}:/{inner}"
    if name.isascii():
        return name.lower()
    # Twice: the lower case of a composed letter may be a decomposed one.
    folded = unicodedata.normalize("NFC", name).casefold()
    return unicodedata.normalize("NFC", folded)


def _two_of_a_place(name: str, other: str) -> str:
    if name.rpartition("/")[2] == other.rpartition("/")[2] and _scheme(name) != _scheme(other):
        return f"is installed from two entries: {other!r} is the same file"
    return f"is the same file as {other!r} where case or the form of accents does not count"


def _scheme(name: str) -> str:
    top, _, rest = name.partition("/")
    return rest.partition("/")[0] if top.endswith(".data") else ""


def _header_fault(info: zipfile.ZipInfo, header: bytes) -> tuple[str | None, int]:
    """Return what is wrong with an entry's own header, if anything is, and its length in bytes.

    Args:
        header: at least as much of it as has the name.
    """
    if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\3\4"):
        return "has no header of its own in the archive", 0
    fields = _LOCAL_HEADER.unpack_from(header)
    _, _, flags, method, _, _, _, packed, size, name_length, extra_length = fields
    name = header[_LOCAL_HEADER.size :][:name_length]
    reason = None
    if not _is_name(name, flags, info.orig_filename):
        reason = f"is called {name!r} in its own header"
    elif method != info.compress_type or flags & _ENCRYPTED:
        reason = "is packed otherwise in its own header"
    elif not flags & _SIZES_FOLLOW and (
        packed not in (info.compress_size, _IN_ZIP64) or size not in (info.file_size, _IN_ZIP64)
    ):
        reason = "has another size in its own header"
    return reason, _LOCAL_HEADER.size + name_length + extra_length


def _is_name(data: bytes, flags: int, name: str) -> bool:
    """Tell whether the bytes of a local header are the name that the directory has."""
    try:
        # As `zipfile` decodes it.
        return data.decode("utf-8" if flags & _UTF8 else "cp437") == name
    except UnicodeDecodeError:
        return False
