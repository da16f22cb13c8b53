"""Is a wheel what it says it is, and may it be unpacked?"""

from __future__ import annotations

import base64
import configparser
import contextlib
import copy
import hashlib
import re
import stat
import zipfile
import zlib
from collections.abc import Collection, Iterator
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, cast

from installer.exceptions import InstallerError
from installer.sources import WheelContentElement, WheelFile
from installer.utils import parse_metadata_file

from pytest_venvhealth.record import Row, parse_record
from pytest_venvhealth.repair.wheel_entries import SCHEMES, EntryFault, archive_fault, layout_fault
from pytest_venvhealth.repair.wheel_errors import WheelDamagedError, WheelRefusedError
from pytest_venvhealth.repair.wheel_identity import check_identity

# The PyPA specification "Binary distribution format": sha256 or better, never md5 and sha1.
_HASHES = {"sha256", "sha384", "sha512"}
_SIGNATURES = {"RECORD.jws", "RECORD.p7s"}
_BLOCK = 1 << 18
# For what is read whole: the largest RECORD among 73 wheels has 1.3 MB (torch), METADATA 0.14 MB.
_LONGEST_TEXT = 64 << 20
# As `installer.utils` has it, where a value that does not match is an AssertionError.
_ENTRY_POINT = re.compile(r"[\w.]+\s*:\s*[\w.]+\s*(\[.*\])?\s*")
_BROKEN_ARCHIVE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


class EntryStream:
    """One entry of a wheel while it is read; says at the end whether it was the one of RECORD."""

    def __init__(self, stream: BinaryIO, wheel: Path, name: str, *, wanted: str, size: int) -> None:
        """Take an open entry.

        Args:
            wanted: its hash as RECORD has it; empty for a signature, the one entry without.
            size: in bytes, as the archive's directory declares it.
        """
        self._stream = stream
        self._wheel = wheel
        self._name = name
        self._size = size
        self._read = 0
        self.algorithm, _, self._wanted = (wanted or "sha256=").partition("=")
        self._hasher = hashlib.new(self.algorithm)

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, as a file does.

        Raises:
            WheelDamagedError: the archive is broken here, or what was read is not what RECORD says.
            WheelRefusedError: there is more than the archive declares.
        """
        try:
            block = self._stream.read(size)
        except _BROKEN_ARCHIVE as error:
            # The one byte more may be what makes the CRC differ.
            if self._stream.tell() > self._size:
                raise self._too_long() from error
            raise WheelDamagedError(self._wheel, f"{self._name} ({error})") from error
        self._read += len(block)
        if self._read > self._size:
            raise self._too_long()
        self._hasher.update(block)
        at_end = size < 0 or (size > 0 and not block)
        if at_end and self._wanted and self.digest != self._wanted.rstrip("="):
            reason = f"{self._name} is not what the wheel's own RECORD says"
            raise WheelDamagedError(self._wheel, reason)
        return block

    def _too_long(self) -> WheelRefusedError:
        reason = "unpacks to more bytes than the archive declares"
        return WheelRefusedError(self._wheel, self._name, reason)

    @property
    def digest(self) -> str:
        """The hash of what was read so far, in RECORD's form without the algorithm."""
        return base64.urlsafe_b64encode(self._hasher.digest()).decode().rstrip("=")


class CheckedWheel(WheelFile):
    """A wheel whose every name was checked when it was opened, and whose entries are as they come.

    `__pycache__` entries are left out, for bytecode belongs to the interpreter that compiles it.
    """

    def __init__(self, archive: zipfile.ZipFile, path: Path) -> None:
        super().__init__(archive)
        self._archive = archive
        self._path = path
        self.leave_out: set[str] = set()
        """Entries that the installer writes itself, or that need not be unpacked."""
        self.sha256 = ""
        """Of the whole file, in hex, once it was verified."""
        self._hashes = self._checked_hashes()
        self.scripts = self._checked_scripts()
        """Names of the scripts that entry points ask for."""
        check_identity(self, path)

    @property
    def data_dir(self) -> str:
        """The data folder: named as the dist-info is, which an index's file name may not be."""
        return self.dist_info_dir.removesuffix(".dist-info") + ".data"

    @property
    def names(self) -> Collection[str]:
        """The names of all files in the archive, RECORD itself left out."""
        return self._hashes.keys()

    @property
    def root_is_purelib(self) -> bool:
        """Whether the archive's root goes to purelib, as WHEEL says."""
        header = parse_metadata_file(self.read_dist_info("WHEEL"))
        return header["Root-Is-Purelib"] == "true"

    @property
    def dist_info_filenames(self) -> list[str]:
        """The names of the files in the dist-info folder; `installer`'s own compares every path."""
        start = self.dist_info_dir + "/"
        names = self._archive.namelist()
        return [name[len(start) :] for name in names if name.startswith(start) and name != start]

    def read_dist_info(self, filename: str) -> str:
        """Return the text of a dist-info file.

        Raises:
            WheelDamagedError: it cannot be unpacked.
            WheelRefusedError: it is not there, or is no text.
        """
        name = f"{self.dist_info_dir}/{filename}"
        try:
            if self._archive.getinfo(name).file_size > _LONGEST_TEXT:
                raise WheelRefusedError(self._path, name, "is too large")
            data = self._archive.read(name)
            # Old wheels have METADATA in other encodings, and pip takes them.
            text = data.decode("utf-8", "replace" if filename == "METADATA" else "strict")
        except KeyError as error:
            raise WheelRefusedError(self._path, name, "is missing") from error
        except UnicodeDecodeError as error:
            raise WheelRefusedError(self._path, name, "is not UTF-8") from error
        except _BROKEN_ARCHIVE as error:
            raise WheelDamagedError(self._path, f"{name} ({error})") from error
        if filename == "WHEEL":
            # `installer` knows the value in lower case only; pip and real wheels are less strict.
            text = re.sub(r"(?mi)^(root-is-purelib:)\s*true\s*$", r"\1 true", text)
        return text

    def get_contents(self) -> Iterator[WheelContentElement]:
        """Yield each entry with a stream that raises `WheelDamagedError` at its end."""
        for info in self._archive.infolist():
            name = info.filename
            if info.is_dir() or name not in self._hashes or name in self.leave_out:
                continue
            if "__pycache__" in name.split("/")[:-1]:
                continue
            # As pip has it: the launcher of an entry point stands for a script of the same name.
            if name.startswith(f"{self.data_dir}/scripts/"):
                script = name.rpartition("/")[2].removesuffix(".exe").removesuffix("-script.py")
                if script in self.scripts:
                    continue
            mode = info.external_attr >> 16
            with self._open(info) as stream:
                yield (name, "", ""), cast("BinaryIO", stream), bool(mode & 0o111)

    def check_layout(self) -> None:
        """Compare each entry's own header with the archive's directory.

        Raises:
            WheelDamagedError: the archive is gone.
            WheelRefusedError: one differs, or two lie over each other.
        """
        try:
            fault = layout_fault(self._archive, self._path)
        except OSError as error:
            raise WheelDamagedError(self._path, error.strerror or str(error)) from error
        _refuse(self._path, fault)

    def check_contents(self) -> None:
        """Compare every entry, bytecode too, with RECORD.

        Raises:
            WheelDamagedError: one differs, or cannot be unpacked.
        """
        for info in self._archive.infolist():
            if info.filename in self._hashes:
                with self._open(info) as stream:
                    while stream.read(_BLOCK):
                        pass

    @contextlib.contextmanager
    def _open(self, info: zipfile.ZipInfo) -> Iterator[EntryStream]:
        # `zipfile` stops at the declared size without a word: with room for one byte more, what is
        # larger than it says gives that byte, and never another.
        roomy = copy.copy(info)
        roomy.file_size += 1
        try:
            stream = cast("BinaryIO", self._archive.open(roomy))
        except _BROKEN_ARCHIVE as error:
            raise WheelDamagedError(self._path, f"{info.filename} ({error})") from error
        with stream:
            wanted = self._hashes[info.filename]
            yield EntryStream(stream, self._path, info.filename, wanted=wanted, size=info.file_size)

    def _checked_hashes(self) -> dict[str, str]:
        """Return the hash of each file in the archive, RECORD itself left out.

        Raises:
            WheelRefusedError: a name leads elsewhere, or archive and RECORD do not list the same.
        """
        record_name = f"{self.dist_info_dir}/RECORD"
        record = parse_record(self.read_dist_info("RECORD").encode())
        if record.problems:
            raise WheelRefusedError(self._path, record_name, f"is bad: {record.problems[0]}")
        listed: dict[str, Row] = {}
        for row in record.rows:
            if listed.setdefault(row.path, row).hash != row.hash:
                raise WheelRefusedError(self._path, row.path, "has two hashes in RECORD")
        hashes: dict[str, str] = {}
        for info in self._archive.infolist():
            name = info.filename
            fault = self._place_fault(name)
            if fault is None and not info.is_dir() and name != record_name:
                fault = _row_fault(info, listed.get(name), self.dist_info_dir)
                hashes[name] = listed[name].hash if name in listed else ""
            if fault is not None:
                raise WheelRefusedError(self._path, info.orig_filename, fault)
        for name in listed:
            if name not in hashes and name != record_name:
                raise WheelRefusedError(
                    self._path, name, "is in the wheel's RECORD but not in the archive"
                )
        return hashes

    def _place_fault(self, name: str) -> str | None:
        """Return why an entry belongs in no folder of an environment; None where it does."""
        top, _, rest = name.partition("/")
        if not top.endswith(".data"):
            return None
        if top != self.data_dir:
            return f"is in another data folder than this wheel's own, {self.data_dir}"
        scheme, _, inner = rest.partition("/")
        is_folder = name.endswith("/")
        if (scheme and scheme not in SCHEMES) or not (inner or is_folder):
            return "is in no valid .data subdirectory"
        return None

    def _checked_scripts(self) -> frozenset[str]:
        """Return the names of the scripts in `entry_points.txt`.

        Raises:
            WheelRefusedError: it cannot be read, or one leads elsewhere or names no function.
        """
        name = f"{self.dist_info_dir}/entry_points.txt"
        if name not in self._hashes:
            return frozenset()
        parser = configparser.ConfigParser(delimiters="=")
        parser.optionxform = str  # type: ignore[assignment,method-assign] # names keep their case
        found: set[str] = set()
        try:
            parser.read_string(self.read_dist_info("entry_points.txt"))
            for section in ("console_scripts", "gui_scripts"):
                found.update(_scripts(parser.items(section) if section in parser else ()))
        except (configparser.Error, ValueError) as error:
            reason = f"is no list of entry points ({' '.join(str(error).split())})"
            raise WheelRefusedError(self._path, name, reason) from error
        return frozenset(found)


@contextlib.contextmanager
def open_wheel(path: Path) -> Iterator[CheckedWheel]:
    """Open a wheel whose names have been checked; nothing is unpacked by this.

    Raises:
        WheelDamagedError: it is no archive, or cannot be read.
        WheelRefusedError: it holds what must not be installed.
    """
    with _open_file(path) as file, _open_archive(path, file) as source:
        yield source


@contextlib.contextmanager
def verified_wheel(path: Path, *, sha256: str | None) -> Iterator[CheckedWheel]:
    """Open a wheel that is what it should be; all is read through one open file.

    So what was verified is what is unpacked, even where the name leads to another file by then.

    Args:
        sha256: of the whole file, as a lock has it: then the names are checked, and each entry when
            it is unpacked. None: all contents are compared with the wheel's own RECORD.
    Raises:
        WheelDamagedError: a hash differs, or the archive is broken.
        WheelRefusedError: it holds what must not be installed.
    """
    with _open_file(path) as file:
        found = None
        if sha256 is not None:
            found = _sha256_of(path, file)
            if found != sha256.lower():
                raise WheelDamagedError(path, f"its sha256 is {found}, the lock says {sha256}")
        with _open_archive(path, file) as source:
            source.check_layout()
            if found is None:
                source.check_contents()
                # Last where it decides nothing: what is refused need not be read whole.
                found = _sha256_of(path, file)
            source.sha256 = found
            yield source


def verify_wheel(wheel: Path, *, sha256: str | None) -> str:
    """Return the hex sha256 of a wheel that is what it should be, as `verified_wheel` has it.

    Raises:
        WheelDamagedError: a hash differs, or the archive is broken.
        WheelRefusedError: it holds what must not be installed.
    """
    with verified_wheel(wheel, sha256=sha256) as source:
        return source.sha256


@contextlib.contextmanager
def _open_file(path: Path) -> Iterator[BufferedReader]:
    """Open a file that ends: reading a pipe or a device might not.

    Raises:
        WheelDamagedError: it cannot be opened.
        WheelRefusedError: it is no plain file.
    """
    try:
        kind = stat.S_IFMT(path.stat().st_mode)
        if kind not in (stat.S_IFREG, stat.S_IFDIR):
            raise WheelRefusedError(path, path.name, "is no plain file")
        file = path.open("rb")
    except OSError as error:
        raise WheelDamagedError(path, error.strerror or str(error)) from error
    with file:
        yield file


@contextlib.contextmanager
def _open_archive(path: Path, file: BufferedReader) -> Iterator[CheckedWheel]:
    """Open the archive in a file, and check its names.

    Raises:
        WheelDamagedError: it is no archive, or cannot be read.
        WheelRefusedError: it holds what must not be installed.
    """
    try:
        archive = zipfile.ZipFile(file)
    except OSError as error:
        raise WheelDamagedError(path, error.strerror or str(error)) from error
    except (*_BROKEN_ARCHIVE, ValueError) as error:
        raise WheelDamagedError(path, f"it is no good archive ({error})") from error
    with archive:
        _refuse(path, archive_fault(archive, path))
        try:
            wheel = CheckedWheel(archive, path)
        except (InstallerError, ValueError) as error:
            raise WheelRefusedError(path, path.name, f"is no wheel ({error})") from error
        yield wheel


def _sha256_of(wheel: Path, file: BufferedReader) -> str:
    """Return the hex sha256 of a whole open file.

    Raises:
        WheelDamagedError: it cannot be read.
    """
    try:
        file.seek(0)
        return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise WheelDamagedError(wheel, error.strerror or str(error)) from error


def _refuse(wheel: Path, fault: EntryFault | None) -> None:
    """Raise `WheelRefusedError` where there is a fault."""
    if fault is not None:
        raise WheelRefusedError(wheel, fault.entry, fault.reason)


def _row_fault(info: zipfile.ZipInfo, row: Row | None, dist_info: str) -> str | None:
    """Return why RECORD does not vouch for an entry; None where it does."""
    if info.filename in {f"{dist_info}/{signature}" for signature in _SIGNATURES}:
        return None  # signs RECORD, so RECORD cannot list it
    if row is None:
        return "is not in the wheel's RECORD"
    algorithm, _, _ = row.hash.partition("=")
    if algorithm not in _HASHES:
        return "has no sha256 or better in the wheel's RECORD"
    # The hash decides: some real wheels list a wrong size beside it.
    return None


def _scripts(rows: Collection[tuple[str, str]]) -> Iterator[str]:
    """Yield the script names of one section.

    Raises:
        ValueError: a row is no script.
    """
    for script, value in rows:
        if not _ENTRY_POINT.fullmatch(value):
            raise ValueError(f"{script} = {value} names no function")
        if script in ("", ".", "..") or re.search(r"[/\\\0]", script):
            raise ValueError(f"{script!r} is no name of a script")
        yield script
