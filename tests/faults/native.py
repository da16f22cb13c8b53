"""Native code that cannot be loaded, found without loading it."""

from __future__ import annotations

from functools import partial

from elf import MACHINE_AT, extensions, link
from elves import I386, make_elf
from house import EXTENSION_SUFFIX, LIBRARY, NATIVE, NO_NATIVE, QUEUE, native_tag

from faults.stage import NO_PACKAGES, NO_WHEEL, Damage, Fault, Repair, cut, flip, remove, with_wheel

_row = partial(Fault, family="binaries", hindered=NO_NATIVE)
_ELF = extensions()["mmap"].read_bytes() if NATIVE else b""


def _patched(at: int, value: bytes) -> bytes:
    return _ELF[:at] + value + _ELF[at + len(value) :]


def _linked(*needed: str) -> bytes:
    return link(_ELF, needed, "$ORIGIN") if NATIVE else b""


def _shipping(name: str, data: bytes, suffix: str = EXTENSION_SUFFIX) -> Damage:
    """Install a wheel that brings such an extension module; all is as its RECORD says."""
    files: dict[str, str | bytes] = {f"{name}/__init__.py": "", f"{name}/mmap{suffix}": data}
    return with_wheel(name, files, tag=native_tag())


NATIVE_FAULTS = (
    _row(
        name="an-extension-module-is-of-another-pythons-abi",
        inject=_shipping("outdated", _ELF, ".cpython-38-x86_64-linux-gnu.so"),
        code="extension-abi",
        distribution="outdated",
        paths=("@outdated/mmap.cpython-38-x86_64-linux-gnu.so",),
        repair=Repair.REFUSED,
        why=NO_WHEEL,
    ),
    _row(
        name="an-extension-module-is-of-another-machine",
        inject=_shipping("foreigner", _patched(MACHINE_AT, b"\x16\x00")),
        code="binary-platform",
        distribution="foreigner",
        paths=(f"@foreigner/mmap{EXTENSION_SUFFIX}",),
        repair=Repair.REFUSED,
        why=NO_WHEEL,
    ),
    _row(
        name="an-extension-module-is-of-32-bits",
        inject=_shipping("narrow", make_elf(bits=32, machine=I386, exports=["PyInit_mmap"])),
        code="binary-platform",
        distribution="narrow",
        paths=(f"@narrow/mmap{EXTENSION_SUFFIX}",),
        repair=Repair.REFUSED,
        why=NO_WHEEL,
    ),
    _row(
        name="an-extension-module-was-shipped-cut",
        # What follows may be there for debuggers alone.
        inject=_shipping("shortened", _ELF[:4096]),
        code="binary-damaged",
        distribution="shortened",
        paths=(f"@shortened/mmap{EXTENSION_SUFFIX}",),
        repair=Repair.REFUSED,
        why=NO_WHEEL,
    ),
    _row(
        name="an-extension-module-is-the-pointer-to-one",
        inject=_shipping("pointing", b"version https://git-lfs.github.com/spec/v1\nsize 12345\n"),
        code="binary-damaged",
        distribution="pointing",
        paths=(f"@pointing/mmap{EXTENSION_SUFFIX}",),
        repair=Repair.REFUSED,
        why=NO_WHEEL,
    ),
    _row(
        name="an-extension-module-needs-a-library-that-nothing-provides",
        inject=_shipping("unlinked", _linked("libnowhere-9.so.7")),
        code="library-missing",
        distribution="unlinked",
        paths=(f"@unlinked/mmap{EXTENSION_SUFFIX}",),
        repair=Repair.REFUSED,
        why=NO_WHEEL,
    ),
    _row(
        name="an-extension-module-needs-a-driver-that-is-not-there",
        inject=_shipping("graphical", _linked("libcuda.so.1")),
        code="driver-missing",
        distribution="graphical",
        paths=(f"@graphical/mmap{EXTENSION_SUFFIX}",),
        culprits=(),
        warning=True,
        repair=Repair.LEFT,
        why=NO_PACKAGES,
    ),
    _row(
        name="an-extension-module-is-cut",
        inject=cut(f"@tensorlet/{QUEUE}"),
        code="file-altered",
        distribution="tensorlet",
        paths=(f"@tensorlet/{QUEUE}",),
    ),
    _row(
        name="one-bit-of-a-bundled-library-is-flipped",
        inject=flip(f"@tensorlet.libs/{LIBRARY}"),
        code="file-altered",
        distribution="tensorlet",
        paths=(f"@tensorlet.libs/{LIBRARY}",),
    ),
    _row(
        name="the-folder-of-bundled-libraries-is-deleted",
        inject=remove("@tensorlet.libs"),
        code="file-missing",
        distribution="tensorlet",
        paths=(f"@tensorlet.libs/{LIBRARY}",),
    ),
)
