"""Where the target's dynamic loader finds a shared library, asked without loading anything."""

from __future__ import annotations

import os
import re
import struct
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pytest_venvhealth.elf import ElfFile, Target, read_elf
from pytest_venvhealth.environment import Environment

_CACHE = "/etc/ld.so.cache"
_CACHE_MAGIC = b"glibc-ld.so.cache1.1"
# What `$PLATFORM` and a distribution's own folders are called after, where that is not the machine.
_PLATFORMS = {"EM_386": "i686", "EM_ARM": "v7l"}
_MACHINES = {
    "EM_X86_64": "x86_64",
    "EM_386": "i386",
    "EM_AARCH64": "aarch64",
    "EM_ARM": "arm",
    "EM_PPC64": "powerpc64le",
    "EM_S390": "s390x",
    "EM_RISCV": "riscv64",
    "EM_LOONGARCH": "loongarch64",
}
_VARIABLE = re.compile(r"\$(?:\{(ORIGIN|LIB|PLATFORM)\}|(ORIGIN|LIB|PLATFORM)(?![A-Za-z0-9_]))")


def is_named_as_library(name: str) -> bool:
    """Tell whether a file is named as shared libraries are: `libz.so`, `libz.so.1.2`."""
    return name.endswith(".so") or ".so." in name


class Search(NamedTuple):
    """How the search for one library ended."""

    path: str | None
    """The file that the loader takes; None where there is none."""
    unfit: str | None
    """A file of that name for another machine, or a damaged one, which the loader passed over."""
    folders: tuple[str, ...]
    """The folders that the files themselves name, and the loader looked in."""


class Link(NamedTuple):
    """One entry of a file's list of needed libraries, and what stands behind it."""

    needer: str
    """Absolute path of the file that has the entry."""
    name: str
    """As the entry says: `libz.so.1`."""
    search: Search


@dataclass(frozen=True, kw_only=True)
class Loader:
    """The dynamic loader of one target, and the files that were read for it."""

    program: ElfFile
    """The target's interpreter, links resolved, as the kernel starts it."""
    target: Target
    musl: bool
    cache: Mapping[str, tuple[str, ...]]
    """The system's cache: paths by the library's name. musl has none."""
    variable_folders: tuple[str, ...]
    """From `LD_LIBRARY_PATH`."""
    _read: dict[str, ElfFile] = field(default_factory=dict)
    _loaded: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, environment: Environment) -> Loader | None:
        """Return the target's loader.

        None where nobody can know it: the target is not of Linux, its interpreter does not start,
        or it is no ELF file, such as a script that starts another.
        """
        if environment.interpreter_error or not environment.platform.startswith("linux"):
            return None
        program = read_elf(os.path.realpath(environment.interpreter))
        if program.problem or program.target is None:
            return None
        musl = "ld-musl" in program.interpreter
        variable = os.environ.get("LD_LIBRARY_PATH", "")
        loader = cls(
            program=program,
            target=program.target,
            musl=musl,
            cache={} if musl else _system_cache(),
            variable_folders=tuple(each for each in re.split("[:;]", variable) if each),
        )
        loader._loaded[os.path.basename(program.interpreter)] = program.interpreter
        for link in loader.trace(program.path, chain=()):
            if link.search.path is not None:
                loader._loaded[link.name] = link.search.path
        return loader

    def read(self, path: str) -> ElfFile:
        """Return what the file says of itself; each file is read once."""
        if path not in self._read:
            self._read[path] = read_elf(path)
        return self._read[path]

    def takes(self, path: str) -> bool:
        """Tell whether the loader would take the file: it is there, whole, and for this machine."""
        found = self.read(path)
        return not found.problem and found.target == self.target and found.linux

    def trace(
        self,
        path: str,
        *,
        chain: tuple[ElfFile, ...] | None = None,
        otherwise: Callable[[str], str | None] = lambda name: None,
    ) -> Iterator[Link]:
        """Yield every library that the file needs, and what those need, in the loader's order.

        What lies in the system's own folders is taken as it is: it is not followed any further.

        Args:
            chain: who loads the file, the nearest first; by default the interpreter.
            otherwise: gives the file that is loaded under that name by the time, where the loader
                would find none.
        Source: glibc's manual page ld.so(8); `_dl_map_object` in its elf/dl-load.c.
        """
        first = (self.program,) if chain is None else chain
        start = self.read(path)
        loaded = dict(self._loaded)
        loaded.setdefault(start.soname or os.path.basename(path), path)
        pending = deque([(start, first)])
        seen = {path}
        while pending:
            needer, loaders = pending.popleft()
            for name in needer.needed:
                if name in loaded:
                    yield Link(needer.path, name, Search(loaded[name], None, ()))
                    continue
                search = self.find(name, needer, loaders)
                after = (needer, *loaders)
                if search.path is None:
                    search = search._replace(path=otherwise(name))
                    after = (self.program,)  # it was loaded by itself, not by who needs it
                yield Link(needer.path, name, search)
                if search.path is None:
                    continue
                found = self.read(search.path)
                loaded[name] = search.path
                loaded.setdefault(found.soname or name, search.path)
                if search.path not in seen:
                    seen.add(search.path)
                    pending.append((found, after))

    def find(self, name: str, needer: ElfFile, loaders: tuple[ElfFile, ...] = ()) -> Search:
        """Look for one library as the loader does.

        Args:
            loaders: who loaded the needer, the nearest first.
        """
        own = list(dict.fromkeys(self._named_folders(needer, loaders)))
        unfit = None
        for candidate in self._candidates(name, needer, own):
            if self.takes(candidate):
                return Search(candidate, None, ())
            if unfit is None and self.read(candidate).is_elf:
                unfit = candidate
        return Search(None, unfit, tuple(own))

    def _candidates(self, name: str, needer: ElfFile, own: list[str]) -> Iterator[str]:
        if "/" in name:
            yield self._expanded(name, needer)
            return
        for folder in own:
            yield os.path.join(folder, name)
        if not needer.no_default_folders:
            yield from self.cache.get(name, ())
            for folder in self.default_folders():
                yield os.path.join(folder, name)

    def _named_folders(self, needer: ElfFile, loaders: tuple[ElfFile, ...]) -> Iterator[str]:
        """Yield the folders that come before the system's, in the loader's order."""
        everyone = (needer, *loaders)
        if self.musl:
            yield from self.variable_folders
            for elf in everyone:
                yield from self._folders(elf.runpath or elf.rpath, elf)
            return
        if not needer.runpath:
            for elf in everyone:
                yield from self._folders(elf.rpath, elf)
        yield from self.variable_folders
        yield from self._folders(needer.runpath, needer)

    def _folders(self, texts: Iterable[str], elf: ElfFile) -> Iterator[str]:
        for text in texts:
            if "$LIB" in text or "${LIB}" in text:
                # Which of them a loader was built with stands nowhere but in itself.
                for lib in self._lib_names():
                    yield self._expanded(text, elf, lib)
            else:
                yield self._expanded(text, elf)

    def _expanded(self, text: str, elf: ElfFile, lib: str = "lib") -> str:
        machine = self.target.machine
        values = {
            "ORIGIN": os.path.dirname(elf.path),
            "LIB": lib,
            "PLATFORM": _PLATFORMS.get(machine, _MACHINES.get(machine, "")),
        }
        return os.path.normpath(_VARIABLE.sub(lambda match: values[match[1] or match[2]], text))

    def _lib_names(self) -> tuple[str, ...]:
        multiarch = f"lib/{_MACHINES.get(self.target.machine, '')}-linux-gnu"
        return (multiarch, f"lib{self.target.bits}", "lib")

    def default_folders(self) -> tuple[str, ...]:
        """Return where the loader looks in the end; distributions of Linux differ in them."""
        if self.musl:
            return _musl_folders(self.program.interpreter)
        return tuple(f"{root}/{lib}" for root in ("", "/usr") for lib in self._lib_names())


def _musl_folders(interpreter: str) -> tuple[str, ...]:
    """Return the folders of musl's path file, else musl's own.

    Source: musl's manual, "Shared library search path"; `/lib/ld-musl-ARCH.so.1` reads
    `/etc/ld-musl-ARCH.path`.
    """
    stem = os.path.basename(interpreter).partition(".so")[0]
    try:
        with open(f"/etc/{stem}.path", encoding="utf-8", errors="surrogateescape") as file:
            folders = tuple(re.split(r"[:\n]+", file.read().strip()))
    except OSError:
        folders = ()
    return tuple(filter(None, folders)) or ("/lib", "/usr/local/lib", "/usr/lib")


def _system_cache() -> Mapping[str, tuple[str, ...]]:
    """Return what `ldconfig` found, by name; empty where there is no cache or it is damaged.

    Source: `struct cache_file_new` in glibc's sysdeps/generic/dl-cache.h: 48 bytes of header, then
    entries of 24 bytes, whose strings are counted from the header.
    """
    try:
        with open(_CACHE, "rb") as file:
            data = file.read()
    except OSError:
        return {}
    # An older form may stand before it, for older loaders.
    start = data.find(_CACHE_MAGIC)
    if start < 0:
        return {}
    order = "<" if sys.byteorder == "little" else ">"
    found: dict[str, list[str]] = {}
    try:
        (count,) = struct.unpack_from(order + "I", data, start + 20)
        for number in range(min(count, len(data) // 24)):
            _, key, value = struct.unpack_from(order + "iII", data, start + 48 + number * 24)
            name, path = (_text(data, start + at) for at in (key, value))
            found.setdefault(name, []).append(path)
    except (struct.error, ValueError):
        return {}
    return {name: tuple(paths) for name, paths in found.items()}


def _text(data: bytes, start: int) -> str:
    return os.fsdecode(data[start : data.index(b"\0", start)])
