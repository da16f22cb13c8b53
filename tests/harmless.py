"""Changes to a venv that harm nothing: after each of them a check must stay silent."""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from targets import copy_venv, site_packages


def touch_everything(root: Path) -> None:
    """As a restore from a backup leaves it: every file has another time."""
    for number, path in enumerate(sorted(site_packages(root).rglob("*"))):
        os.utime(path, (1_500_000_000 + number, 1_500_000_000 + number), follow_symlinks=False)


def compile_optimized(root: Path) -> None:
    """Add what `python -O` and `python -OO` cache."""
    for option in ("-O", "-OO"):
        command = [root / "bin" / "python", option, "-m", "compileall", "-q", site_packages(root)]
        subprocess.run(command, check=True)


def drop_bytecode(root: Path) -> None:
    """As in most container images."""
    for folder in list(site_packages(root).rglob("__pycache__")):
        shutil.rmtree(folder)


def add_bytecode_folders(root: Path) -> None:
    """Other Pythons leave their own caches, in folders that nobody recorded."""
    folders = [path for path in site_packages(root).rglob("*") if path.is_dir()]
    for folder in [site_packages(root), *folders]:
        if folder.name != "__pycache__":
            (folder / "__pycache__").mkdir(exist_ok=True)
            (folder / "__pycache__" / "other.cpython-36.pyc").write_bytes(b"of another Python")


def name_another_installer(root: Path) -> None:
    for number, folder in enumerate(dist_infos(root)):
        if number % 2:
            (folder / "INSTALLER").write_text("conda")
        else:
            (folder / "INSTALLER").unlink(missing_ok=True)


def toggle_requested(root: Path) -> None:
    for folder in dist_infos(root):
        if (folder / "REQUESTED").exists():
            (folder / "REQUESTED").unlink()
        else:
            (folder / "REQUESTED").touch()


def add_direct_urls(root: Path) -> None:
    """What an installer writes for a wheel that was named by its path."""
    for folder in dist_infos(root):
        name = folder.name.removesuffix(".dist-info")
        url = {"url": f"file:///wheels/{name}-py3-none-any.whl", "archive_info": {}}
        (folder / "direct_url.json").write_text(json.dumps(url))


def reverse_records(root: Path) -> None:
    for file, rows in records(root):
        write_rows(file, rows[::-1], lineterminator="\n")


def quote_records(root: Path) -> None:
    """The same table, as another CSV writer puts it."""
    for file, rows in records(root):
        write_rows(file, rows, lineterminator="\r\n", quoting=csv.QUOTE_ALL)


def record_bytecode_that_is_gone(root: Path) -> None:
    """pip lists the bytecode that it compiled, and somebody cleans up."""
    for file, rows in records(root):
        extra = [[f"{file.parent.name}/__pycache__/gone.cpython-311.pyc", "", ""]]
        write_rows(file, [*rows, *extra], lineterminator="\n")


def lose_the_unused(root: Path) -> None:
    """Nobody needs the activation scripts, nor the second name of `lib`."""
    for path in (root / "bin").glob("[aA]ctivate*"):
        path.unlink()
    (root / "lib64").unlink(missing_ok=True)


def add_files_that_python_does_not_import(root: Path) -> None:
    for folder in [path for path in site_packages(root).iterdir() if path.is_dir()]:
        (folder / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
        (folder / "notes.txt").write_text("mine\n")
        (folder / "module.py~").write_text("an editor's copy\n")
        (folder / ".module.py.swp").write_text("an editor's copy\n")


def narrow_modes(root: Path) -> None:
    """As under `umask 077`."""
    for path in site_packages(root).rglob("*"):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & 0o700)


def make_everything_executable(root: Path) -> None:
    """As on file systems of Windows and macOS that are mounted."""
    for path in site_packages(root).rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.chmod(path.stat().st_mode | 0o111)


def copy_with_cp(root: Path) -> None:
    _replace(root, lambda old, new: ["cp", "-r", os.fspath(old), os.fspath(new)])


def copy_with_tar(root: Path) -> None:
    archive = root.with_suffix(".tar")
    command = ["tar", "-C", os.fspath(root.parent), "-cf", os.fspath(archive), root.name]
    subprocess.run(command, check=True)
    shutil.rmtree(root)
    subprocess.run(["tar", "-C", os.fspath(root.parent), "-xf", os.fspath(archive)], check=True)


def move_there_and_back(root: Path) -> None:
    """A moved venv whose launchers were led to its new place."""
    moved = copy_venv(root, root.with_name("moved"))
    shutil.rmtree(root)
    copy_venv(moved, root)
    shutil.rmtree(moved)


def link_files_elsewhere(root: Path) -> None:
    """As uv and Nix do it: each module is a link to a store."""
    store = root.with_name("store")
    store.mkdir()
    for number, path in enumerate(sorted(site_packages(root).rglob("*.py"))):
        kept = store / f"{number}.py"
        path.rename(kept)
        path.symlink_to(kept)


def write_the_configuration_anew(root: Path) -> None:
    """Tools add keys of their own to `pyvenv.cfg`, and editors of Windows other line ends."""
    config = root / "pyvenv.cfg"
    text = config.read_text().rstrip() + "\nprompt = 'mine'\nuv = 0.1\n"
    config.write_bytes(text.replace("\n", "\r\n").encode())


def list_bytecode_that_never_was(root: Path) -> None:
    """As virtualenv records its own pip: beside the sources, and folders."""
    for file, rows in records(root):
        name = file.parent.name.partition("-")[0]
        extra = [[f"{name}/__init__.cpython-311.pyc", "", ""], [f"{name}/__pycache__", "", ""]]
        write_rows(file, [*rows, *extra], lineterminator="\n")


def write_hashes_in_hex(root: Path) -> None:
    """As flit does."""
    for file, rows in records(root):
        for row in rows:
            algorithm, _, digest = row[1].partition("=")
            if digest:
                raw = base64.urlsafe_b64decode(digest + "=" * (-len(digest) % 4))
                row[1] = f"{algorithm}={raw.hex()}"
        write_rows(file, rows, lineterminator="\n")


HARMLESS: tuple[Callable[[Path], None], ...] = (
    touch_everything,
    compile_optimized,
    drop_bytecode,
    add_bytecode_folders,
    name_another_installer,
    toggle_requested,
    add_direct_urls,
    reverse_records,
    quote_records,
    record_bytecode_that_is_gone,
    lose_the_unused,
    add_files_that_python_does_not_import,
    narrow_modes,
    make_everything_executable,
    copy_with_cp,
    copy_with_tar,
    move_there_and_back,
    link_files_elsewhere,
    write_the_configuration_anew,
    list_bytecode_that_never_was,
    write_hashes_in_hex,
)
"""Each takes the root of a venv and changes it in place."""
"""False alarms of today, where no wheel is at hand: whoever mends one moves it up."""


def dist_infos(root: Path) -> list[Path]:
    return sorted(site_packages(root).glob("*.dist-info"))


def records(root: Path) -> Iterator[tuple[Path, list[list[str]]]]:
    """Yield each RECORD and its rows."""
    for folder in dist_infos(root):
        file = folder / "RECORD"
        yield file, list(csv.reader(io.StringIO(file.read_text("utf-8"), newline="")))


def write_rows(
    file: Path, rows: list[list[str]], *, lineterminator: str, quoting: int = csv.QUOTE_MINIMAL
) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator=lineterminator, quoting=quoting).writerows(rows)  # type: ignore[arg-type] # typeshed knows the constants only
    file.write_bytes(stream.getvalue().encode())


def _replace(root: Path, command: Callable[[Path, Path], list[str]]) -> None:
    """Copy the venv by a command, and put the copy in its place."""
    copy = root.with_name("copy")
    subprocess.run(command(root, copy), check=True)
    shutil.rmtree(root)
    copy.rename(root)
