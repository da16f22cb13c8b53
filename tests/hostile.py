"""Wheels that nobody should install, each made of a good one and one hostile change."""

from __future__ import annotations

import csv
import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from wheels import digest, make_wheel

FILE = 0o100644
DIST_INFO = "victim-1.0.dist-info"
RECORD = f"{DIST_INFO}/RECORD"
METADATA = f"{DIST_INFO}/METADATA"
WHEEL = f"{DIST_INFO}/WHEEL"
FILES = {
    "victim/__init__.py": "from victim import lost\n",
    "victim/lost.py": "VALUE = 1\n",
    "victim/data.txt": "kept\n",
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of an archive to be."""

    name: str
    data: bytes = b""
    mode: int = FILE
    method: int = zipfile.ZIP_DEFLATED
    listed: bool = True
    """Whether RECORD has a row of it."""
    row_name: str | None = None
    row_hash: str | None = None
    row_size: str | None = None


class Archive:
    """The entries of `victim 1.0`, to be changed and written; RECORD comes last and is honest."""

    def __init__(self, folder: Path) -> None:
        self.path = make_wheel(folder, "victim", files=FILES)
        with zipfile.ZipFile(self.path) as archive:
            self.entries = [
                Entry(name=info.filename, data=archive.read(info))
                for info in archive.infolist()
                if info.filename != RECORD
            ]
        self.record: bytes | None = None
        """Replaces the RECORD that fits the entries."""

    def add(self, name: str, data: bytes = b"hostile\n", **fields: object) -> None:
        self.entries.append(Entry(name=name, data=data, **fields))  # type: ignore[arg-type]

    def change(self, name: str, **fields: object) -> None:
        self.entries = [
            replace(entry, **fields) if entry.name == name else entry  # type: ignore[arg-type]
            for entry in self.entries
        ]

    def remove(self, name: str) -> None:
        self.entries = [entry for entry in self.entries if entry.name != name]

    def rename(self, old: str, new: str) -> None:
        self.entries = [replace(entry, name=entry.name.replace(old, new)) for entry in self.entries]

    def honest_record(self) -> bytes:
        """Return the RECORD that lists the entries as they are."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        for entry in self.entries:
            if entry.listed and not entry.name.endswith("/"):
                found = f"sha256={digest(entry.data)}"
                size = str(len(entry.data)) if entry.row_size is None else entry.row_size
                hashed = found if entry.row_hash is None else entry.row_hash
                writer.writerow((entry.row_name or entry.name, hashed, size))
        writer.writerow((self._record_name(), "", ""))
        return text.getvalue().encode()

    def write(self, *, with_record: bool = True) -> Path:
        """Write the archive, just as the entries say."""
        entries = list(self.entries)
        if with_record:
            data = self.honest_record() if self.record is None else self.record
            entries.append(Entry(name=self._record_name(), data=data))
        with zipfile.ZipFile(self.path, "w") as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # a name that is there twice
            for number, entry in enumerate(entries):
                # Another name for the moment: zipfile would mend a hostile one.
                info = zipfile.ZipInfo(f"placeholder-{number}")
                info.filename = info.orig_filename = entry.name
                info.external_attr = entry.mode << 16
                info.compress_type = entry.method
                archive.writestr(info, entry.data)
        return self.path

    def _record_name(self) -> str:
        folders = [entry.name for entry in self.entries if entry.name.endswith("/METADATA")]
        return folders[0].replace("METADATA", "RECORD") if folders else RECORD


Change = Callable[[bytearray, int], object]
"""Changes an archive's bytes, given where a header starts."""


def patch_headers(
    path: Path, name: str, *, central: Change | None = None, local: Change | None = None
) -> None:
    """Change the two headers of an entry in place."""
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(name)
        start, place = archive.start_dir, info.header_offset
    data = bytearray(path.read_bytes())
    if local is not None:
        local(data, place)
    if central is not None:
        central(data, data.index(name.encode(), start) - 46)
    path.write_bytes(bytes(data))


def set_sizes(path: Path, name: str, *, unpacked: int, data: bytes | None = None) -> None:
    """Let both headers declare another unpacked size, and the CRC of `data` where it is given."""
    crc = None if data is None else zlib.crc32(data)

    def change(offset: int) -> Change:
        def write(archive: bytearray, header: int) -> None:
            struct.pack_into("<L", archive, header + offset + 8, unpacked)
            if crc is not None:
                struct.pack_into("<L", archive, header + offset, crc)

        return write

    patch_headers(path, name, central=change(16), local=change(14))


def set_local_size(path: Path, name: str, unpacked: int) -> None:
    """Let only an entry's own header declare another unpacked size."""

    def write(archive: bytearray, header: int) -> None:
        struct.pack_into("<L", archive, header + 22, unpacked)

    patch_headers(path, name, local=write)


def set_flag(path: Path, name: str, flag: int) -> None:
    """Set a bit of the general purpose flags in both headers."""

    def change(offset: int) -> Change:
        def write(archive: bytearray, header: int) -> None:
            archive[header + offset] |= flag

        return write

    patch_headers(path, name, central=change(8), local=change(6))


def rename_locally(path: Path, name: str, other: str) -> None:
    """Give an entry another name of the same length in its own header only."""
    assert len(name) == len(other)

    def write(archive: bytearray, header: int) -> None:
        archive[header + 30 : header + 30 + len(name)] = other.encode()

    patch_headers(path, name, local=write)


def share_contents(path: Path, name: str, other: str) -> None:
    """Let the directory lead to `other` where it says `name`: two entries over each other."""
    with zipfile.ZipFile(path) as archive:
        place = archive.getinfo(other).header_offset

    def write(archive: bytearray, header: int) -> None:
        struct.pack_into("<L", archive, header + 42, place)

    patch_headers(path, name, central=write)
