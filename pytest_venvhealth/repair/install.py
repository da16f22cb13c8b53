"""Unpack a wheel beside the environment, so that moving its files in is all that is left to do.

PyPA's `installer` knows the format; what it leaves to its caller is done here and in
`wheel_source`: every entry is compared with the wheel's own RECORD while it is unpacked, names that
would lead elsewhere are refused before anything is written, and the target's interpreter compiles
bytecode.
"""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import shutil
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO, Literal, NamedTuple, cast

from installer import install
from installer.destinations import SchemeDictionaryDestination
from installer.exceptions import InstallerError
from installer.records import Hash, RecordEntry
from installer.scripts import Script
from installer.utils import Scheme, copyfileobj_with_hashing, make_file_executable

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.errors import VenvHealthError
from pytest_venvhealth.record import Row, write_record
from pytest_venvhealth.repair.failures import advice_for
from pytest_venvhealth.repair.wheel_errors import WheelDamagedError, WheelRefusedError
from pytest_venvhealth.repair.wheel_source import (
    CheckedWheel,
    EntryStream,
    open_wheel,
    verified_wheel,
    verify_wheel,
)

__all__ = [
    "StagedFile",
    "StagedWheel",
    "StagingError",
    "WheelDamagedError",
    "WheelRefusedError",
    "stage_wheel",
    "verified_wheel",
    "verify_wheel",
]

LauncherKind = Literal["posix", "win-ia32", "win-amd64", "win-arm", "win-arm64"]

# Linux cuts a longer first line of a script off.
_SHEBANG_BYTES = 127
_WINDOWS_LAUNCHERS: dict[str, LauncherKind] = {
    "win32": "win-ia32",
    "win-amd64": "win-amd64",
    "win-arm32": "win-arm",
    "win-arm64": "win-arm64",
}
_BLOCK = 1 << 18


class StagingError(VenvHealthError):
    """A wheel could not be unpacked, for a reason that is not the wheel's."""

    def __init__(self, wheel: Path, path: str, reason: str, advice: str) -> None:
        super().__init__(wheel, path, reason, advice)
        self.wheel, self.path, self.reason, self.advice = wheel, path, reason, advice

    def __str__(self) -> str:
        return f"Could not unpack {self.wheel} to {self.path}: {self.reason}. {self.advice}"


class StagedFile(NamedTuple):
    """One new file; plain strings, for a wheel may have ten thousand."""

    staged: str
    """Where it lies now."""
    final: str
    """Where it belongs."""
    hash: str
    """As in RECORD."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StagedWheel:
    """The files of one wheel, ready to be moved to where they belong."""

    files: tuple[StagedFile, ...]
    """RECORD and launchers included; without those that are present already."""


def stage_wheel(
    wheel: Path,
    environment: Environment,
    stage: Path,
    *,
    requested: bool,
    direct_url: bytes | None = None,
    installer_name: str = "pytest-venvhealth",
    present: Mapping[str, str] = MappingProxyType({}),
    opened: CheckedWheel | None = None,
    on_module: Callable[[str, str], None] | None = None,
) -> StagedWheel:
    """Unpack `wheel` below `stage` as it will lie in `environment`, which is not touched.

    Args:
        stage: a folder of this wheel's own, on the environment's file system; made here.
        requested: whether a person asked for this distribution (an empty REQUESTED says so).
        direct_url: contents of `direct_url.json`; None where there shall be none.
        present: the files that lie at their final places already and stay there, by absolute path,
            and their hashes: they are listed in RECORD and not unpacked.
        opened: the same wheel, where it is open already: what was verified is what is unpacked.
        on_module: called with the present and the final path of each module that has been unpacked.
    Raises:
        WheelDamagedError: an entry is not what the wheel's RECORD says.
        WheelRefusedError: the wheel holds what must not be installed.
        StagingError: the files could not be written.
    """
    extra = {"INSTALLER": f"{installer_name}\n".encode()}
    if requested:
        extra["REQUESTED"] = b""
    if direct_url is not None:
        extra["direct_url.json"] = direct_url
    try:
        with contextlib.nullcontext(opened) if opened else open_wheel(wheel) as source:
            schemes = _schemes(environment, source.dist_info_dir)
            source.leave_out = {f"{source.dist_info_dir}/{name}" for name in extra}
            if present:
                source.leave_out |= _archived_as(source, schemes, present)
            destination = _Stage(
                present=present,
                sites=tuple(str(folder) + os.sep for folder in environment.site_folders),
                on_module=on_module,
                scheme_dict=schemes,
                interpreter=str(environment.interpreter),
                script_kind=launcher_kind(environment),
                destdir=str(stage),
            )
            install(source, destination, extra)
    except FileExistsError as error:
        name = os.path.basename(error.filename or "")
        raise WheelRefusedError(wheel, name, "is installed from two entries") from error
    except OSError as error:
        reason = error.strerror or str(error)
        path = os.fsdecode(error.filename or stage)
        raise StagingError(wheel, path, reason, advice_for(error)) from error
    except (InstallerError, ValueError) as error:
        raise WheelRefusedError(wheel, wheel.name, f"cannot be installed ({error})") from error
    return StagedWheel(files=tuple(destination.written))


def launcher_kind(environment: Environment) -> LauncherKind:
    """Return which kind of launcher scripts need in `environment`."""
    if environment.markers.get("os_name") != "nt":
        return "posix"
    return _WINDOWS_LAUNCHERS.get(environment.platform, "win-amd64")


def shebang(interpreter: str) -> bytes:
    """Return the first line or lines of a Python script that `interpreter` shall run.

    Source: distlib's `ScriptMaker._build_shebang`, whose form for long paths and for spaces pip and
    `installer` use for their launchers, too: a line for the shell that Python reads as a text.
    """
    plain = b"#!" + os.fsencode(interpreter)
    if b" " not in plain and len(plain) < _SHEBANG_BYTES:
        return plain + b"\n"
    quoted = os.fsencode(shlex.quote(interpreter))
    return b"#!/bin/sh\n'''exec' " + quoted + b' "$0" "$@"\n' + b"' '''\n"


class _Stage(SchemeDictionaryDestination):
    """Write below a folder, and note where each file belongs."""

    def __init__(
        self,
        *,
        present: Mapping[str, str],
        sites: tuple[str, ...],
        on_module: Callable[[str, str], None] | None,
        **fields: Any,
    ) -> None:
        super().__init__(**fields)
        self.present, self.sites, self.on_module = present, sites, on_module
        self.written: list[StagedFile] = []
        self.folders: set[str] = set()

    def write_file(
        self,
        scheme: Scheme,
        path: str | os.PathLike[str],
        stream: BinaryIO,
        is_executable: bool,
    ) -> RecordEntry:
        """Write an entry of the wheel; a script gets the target's interpreter."""
        if scheme == "scripts":
            # Read whole, and so verified, before its first line is replaced.
            stream = io.BytesIO(self._with_interpreter(stream.read()))
        return self.write_to_fs(scheme, os.fspath(path), stream, is_executable)

    def write_script(
        self, name: str, module: str, attr: str, section: Literal["console", "gui"]
    ) -> RecordEntry:
        """Write the launcher of an entry point."""
        script = Script(name, module, attr, section)
        script_name, data = script.generate(self.interpreter, self.script_kind)
        return self.write_to_fs(Scheme("scripts"), script_name, io.BytesIO(data), True)

    def write_to_fs(
        self, scheme: Scheme, path: str, stream: BinaryIO, is_executable: bool
    ) -> RecordEntry:
        """Write one file and return its row of RECORD.

        Raises:
            WheelDamagedError: the stream is not what the wheel's RECORD says.
            FileExistsError: another entry has become the same file.
            OSError: it could not be written.
        """
        folder = os.path.abspath(self.scheme_dict[scheme])
        final = os.path.normpath(os.path.join(folder, path))
        if not final.startswith(folder + os.sep):
            raise ValueError(f"{path} leads out of {folder}")
        inside = os.path.splitdrive(final)[1].lstrip(os.sep)
        staged = os.path.join(cast("str", self.destdir), inside)
        parent = os.path.dirname(staged)
        if parent not in self.folders:
            os.makedirs(parent, exist_ok=True)
            self.folders.add(parent)
        # Never over another file: modes as pip sets them, those of a new file.
        with open(staged, "xb") as file:
            if isinstance(stream, EntryStream) and stream.algorithm == self.hash_algorithm:
                # It hashes anyhow: a gigabyte is not hashed twice.
                shutil.copyfileobj(stream, file, _BLOCK)
                digest, size = stream.digest, file.tell()
            else:
                digest, size = copyfileobj_with_hashing(stream, file, self.hash_algorithm)
        if is_executable:
            make_file_executable(Path(staged))
        self.written.append(StagedFile(staged, final, f"{self.hash_algorithm}={digest}"))
        if self.on_module and final.endswith(".py") and final.startswith(self.sites):
            self.on_module(staged, final)
        return RecordEntry(path, Hash(self.hash_algorithm, digest), size)

    def finalize_installation(
        self,
        scheme: Scheme,
        record_file_path: str,
        records: Iterable[tuple[Scheme, RecordEntry]],
    ) -> None:
        """Write RECORD, as `installer` does but with plain paths: it would write `./demo/x.py`."""
        top = self.scheme_dict[scheme]
        rows = [
            Row(
                _relative(os.path.join(self.scheme_dict[where], entry.path), top),
                str(entry.hash_ or ""),
                entry.size,
            )
            for where, entry in records
        ]
        rows += [
            Row(_relative(path, top), digest, os.stat(path).st_size)
            for path, digest in self.present.items()
        ]
        data = write_record(sorted(rows, key=lambda row: row.path))
        self.write_to_fs(scheme, record_file_path, io.BytesIO(data), False)

    def _with_interpreter(self, data: bytes) -> bytes:
        """Return a script's bytes with its `#!python` line replaced, other bytes as they are."""
        if not data.startswith(b"#!python"):
            return data
        _, _, rest = data.partition(b"\n")
        if self.script_kind != "posix":
            return b"#!" + os.fsencode(self.interpreter) + b"\n" + rest
        return shebang(self.interpreter) + rest


def _relative(path: str, top: str) -> str:
    """Return a path as RECORD writes it; the short way for what lies in site-packages."""
    if path.startswith(top + os.sep) and ".." not in path:
        return path[len(top) + 1 :].replace(os.sep, "/")
    return os.path.relpath(path, top).replace(os.sep, "/")


def _archived_as(
    source: CheckedWheel, schemes: Mapping[str, str], present: Container[str]
) -> set[str]:
    """Return the names in the archive of the files that lie at their final places already."""
    root = schemes["purelib" if source.root_is_purelib else "platlib"]
    data = source.data_dir + "/"
    found: set[str] = set()
    for name in source.names:
        folder, inner = root, name
        if name.startswith(data):
            scheme, _, inner = name[len(data) :].partition("/")
            folder = schemes.get(scheme, "")
        if folder + os.sep + inner.replace("/", os.sep) in present:
            found.add(name)
    return found


def _schemes(environment: Environment, dist_info: str) -> dict[str, str]:
    """Return the final folder of each scheme; headers have one of the distribution's own."""
    folders = {
        name: str(environment.scheme_folder(name))
        for name in ("purelib", "platlib", "scripts", "data")
    }
    folders["headers"] = os.path.join(environment.headers, dist_info.split("-")[0])
    return folders
