"""Real environments for the tests: made in milliseconds, filled by PyPA's own installer."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable
from pathlib import Path

from filelock import FileLock
from installer import install
from installer.destinations import SchemeDictionaryDestination
from installer.sources import WheelFile
from wheels import digest


def make_venv(root: Path, *, python: str = sys.executable) -> Path:
    """Make a venv without pip at `root` and return it."""
    subprocess.run([python, "-m", "venv", "--without-pip", str(root)], check=True)
    return root


def make_once(folder: Path, make: Callable[[], object]) -> Path:
    """Have the first of a run's workers make a folder that all of them read; the others wait."""
    with FileLock(folder.with_name(f"{folder.name}.lock")):
        if not folder.exists():
            make()
    return folder


def bundled_pip() -> Path | None:
    """Return the wheel of pip that this Python makes its venvs with, where it has one."""
    # Distributions take it out, into a package of its own, and the whole of ensurepip, too.
    folders = (
        Path(sysconfig.get_path("stdlib"), "ensurepip", "_bundled"),
        sysconfig.get_config_var("WHEEL_PKG_DIR"),
    )
    found = (wheel for folder in folders if folder for wheel in Path(folder).glob("pip-*.whl"))
    return max(found, default=None)


def site_packages(root: Path) -> Path:
    """Return the environment's site-packages folder."""
    (found,) = root.glob("lib/python*/site-packages")
    return found


def install_wheel(
    root: Path, wheel: Path, *, installer: str = "pip", requested: bool = True
) -> None:
    """Install a wheel as pip would: none of this project's code takes part."""
    site = site_packages(root)
    version = site.parent.name
    destination = SchemeDictionaryDestination(
        {
            "purelib": str(site),
            "platlib": str(site),
            "scripts": str(root / "bin"),
            "data": str(root),
            "headers": str(root / "include" / "site" / version / wheel.name.split("-")[0]),
        },
        interpreter=str(root / "bin" / "python"),
        script_kind="posix",
    )
    extra = {"INSTALLER": installer.encode() + b"\n"}
    if requested:
        extra["REQUESTED"] = b""
    with WheelFile.open(wheel) as source:
        install(source, destination, extra)


def make_target(root: Path, wheels: Iterable[Path], *, python: str = sys.executable) -> Path:
    """Make a venv at `root` with the given wheels installed and return it."""
    make_venv(root, python=python)
    for wheel in wheels:
        install_wheel(root, wheel)
    # As pip leaves it: stale bytecode is half of what goes wrong in the real world.
    subprocess.run(
        [str(root / "bin" / "python"), "-m", "compileall", "-q", str(site_packages(root))],
        check=True,
    )
    return root


def link_venv(source: Path, target: Path) -> Path:
    """Copy a venv by hard links: fit for probes, and for whoever puts new files in files' places.

    Its scripts start the interpreter of the original.
    """
    shutil.copytree(source, target, symlinks=True, copy_function=os.link)
    return target


def copy_venv(source: Path, target: Path) -> Path:
    """Copy a venv, and lead its scripts to the copy's own interpreter, as if installed there."""
    shutil.copytree(source, target, symlinks=True)
    rows: dict[str, str] = {}
    for script in (target / "bin").iterdir():
        if script.is_symlink() or script.is_dir():
            continue
        old = script.read_bytes()
        new = old.replace(os.fsencode(source), os.fsencode(target))
        if new != old:
            script.write_bytes(new)
            rows[_row_end(old)] = _row_end(new)
    for record in site_packages(target).glob("*.dist-info/RECORD"):
        text = record.read_text()
        for old_end, new_end in rows.items():
            text = text.replace(old_end, new_end)
        record.write_text(text)
    config = target / "pyvenv.cfg"
    config.write_text(config.read_text().replace(str(source), str(target)))
    return target


def _row_end(data: bytes) -> str:
    """Return what RECORD says of a file after its path."""
    return f"sha256={digest(data)},{len(data)}"


def snapshot(root: Path, *, bytecode: bool = False) -> dict[str, tuple[str, int, str]]:
    """Return path → (kind, mode, hash or link) of everything under `root`, `.venv-health` apart."""
    seen: dict[str, tuple[str, int, str]] = {}
    for folder, folders, names in os.walk(root):
        folders[:] = [
            name
            for name in folders
            if name != ".venv-health" and (bytecode or name != "__pycache__")
        ]
        for name in (*folders, *names):
            path = Path(folder, name)
            status = path.lstat()
            shown = str(path.relative_to(root))
            if path.is_symlink():
                seen[shown] = ("link", 0, str(path.readlink()))
            elif path.is_dir():
                seen[shown] = ("folder", status.st_mode & 0o777, "")
            elif not path.is_file():
                seen[shown] = ("special", status.st_mode, "")  # to read a pipe is to wait
            else:
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                seen[shown] = ("file", status.st_mode & 0o777, digest)
    return seen
