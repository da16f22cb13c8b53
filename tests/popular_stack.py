"""Venvs of the most-used distributions: their wheels, fetched once, installed from there by uv.

    python tests/popular_stack.py wheelhouses popular --venv popular

A file in `stacks/` is one stack: a requirements file that pins each wheel by version and hash.
`popular.txt` is for Python 3.11, `python-3.8.txt` and its like are small ones for other Pythons;
`oldest.txt` holds old releases for Python 3.11, and `oldest-needs.txt` what these need besides;
`extra.txt` is what goes into a venv of the LLM stack besides, for more of machine learning.
All are for Linux on x86-64. pip fetches the wheels from the index that it is configured for.
With no name, every wheelhouse of the tests is filled.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import packaging.tags
from filelock import FileLock
from pythons import find_python, find_tool
from real_stack import run

STACKS = Path(__file__).parent / "stacks"
POPULAR = STACKS / "popular.txt"
POPULAR_PYTHON = "3.11.5"
"""The oldest release of Python 3.11 that all of it is for."""
OLDEST = STACKS / "oldest.txt"
"""The oldest release that the probe of each of the most-used distributions is good for."""
OLDEST_NEEDS = STACKS / "oldest-needs.txt"
EXTRA = STACKS / "extra.txt"


def other_pythons() -> list[str]:
    """Return the versions that have a small stack of their own: `3.8` and so on."""
    names = (path.stem.removeprefix("python-") for path in STACKS.glob("python-*.txt"))
    return sorted(names, key=lambda name: [int(part) for part in name.split(".")])


@dataclass(frozen=True)
class House:
    """A wheelhouse: what goes into it, and for which Python."""

    stacks: tuple[Path, ...]
    python: str = POPULAR_PYTHON


HOUSES = {
    "popular": House((POPULAR,)),
    "oldest": House((OLDEST, OLDEST_NEEDS)),
    "extra": House((EXTRA,)),
    "pairs": House((STACKS / "pairs.txt", STACKS / "pairs-that-fit.txt")),
    "pairs-llm": House((STACKS / "pairs-llm.txt",)),
    **{
        f"python-{version}": House((STACKS / f"python-{version}.txt",), version)
        for version in other_pythons()
    },
}


def fill_house(folder: Path, name: str) -> Path:
    """Return a wheelhouse below `folder`, with all of its wheels.

    Raises:
        LookupError: its Python is not here.
    """
    house = HOUSES[name]
    python = find_python(house.python)
    if python is None:
        raise LookupError(f"no Python {house.python} here")
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / f"{name}.lock"):
        for stack in house.stacks:
            fill_wheelhouse(folder / name, stack, python)
    return folder / name


def read_pins(stack: Path) -> dict[str, str]:
    """Return the versions of a stack by normalized name."""
    lines = stack.read_text("utf-8").splitlines()
    pairs = (line.partition(" ")[0].partition("==") for line in lines)
    return {name: version for name, _, version in pairs}


def fill_wheelhouse(wheelhouse: Path, stack: Path, python: Path) -> None:
    """Fetch the stack's wheels that the wheelhouse lacks; a wheel is there if a file has its hash.

    Args:
        python: an interpreter of the stack's version.
    """
    wheelhouse.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor() as pool:
        present = set(pool.map(_sha256, wheelhouse.glob("*.whl")))
    lines = stack.read_text("utf-8").splitlines()
    missing = [line for line in lines if line.rpartition(":")[2] not in present]
    if not missing:
        return
    # Beside their final place: each move is one rename, and a half-fetched wheel never shows.
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=wheelhouse) as folder:
        wanted = Path(folder, "requirements.txt")
        wanted.write_text("\n".join(missing))
        fetched = Path(folder, "wheels")
        command = [*_pip_of_this_python(Path(folder, "fetcher")), "download", "-q", "--no-deps"]
        command += ["--disable-pip-version-check", "--only-binary", ":all:", "--require-hashes"]
        run([*command, "-r", wanted, "-d", fetched, *_as_for(python)])
        for wheel in fetched.iterdir():
            wheel.replace(wheelhouse / wheel.name)


def _pip_of_this_python(venv: Path) -> list[str | Path]:
    """Return this Python's own pip, else one of a venv: old ones take minutes for a large index."""
    if importlib.util.find_spec("pip") is None:
        run([sys.executable, "-m", "venv", venv])
        return [venv / "bin" / "python", "-m", "pip"]
    return [sys.executable, "-m", "pip"]


def _as_for(python: Path) -> list[str]:
    """Return the options with which pip takes wheels for another Python of this machine."""
    code = "import platform; print(platform.python_version())"
    version = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    platforms = [f"--platform={tag}" for tag in packaging.tags.platform_tags()]
    return ["--python-version", version.stdout.strip(), *platforms]


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def make_uv_venv(
    root: Path,
    wheelhouse: Path,
    python: Path,
    stack: Path = POPULAR,
    *,
    names: Iterable[str] = (),
    options: Sequence[str] = (),
    venv_options: Sequence[str] = (),
    with_dependencies: bool = False,
) -> Path:
    """Make a venv of a stack, offline.

    Args:
        names: only these; by default everything.
        options: for `uv pip install`.
        venv_options: for `uv venv`.
        with_dependencies: of `names`; by default nothing is there but what is named.
    """
    with tempfile.TemporaryDirectory(dir=root.parent) as cache:
        own = _offline_uv(Path(cache))
        run([*own, "venv", *venv_options, "--find-links", wheelhouse, "--python", python, root])
        install = [*own, "pip", "install", "--no-index", "--find-links", wheelhouse]
        if not with_dependencies:
            install.append("--no-deps")
        target: list[str | Path] = ["--python", root / "bin" / "python"]
        run([*install, *target, *options, *requirements(stack, names)])
        if "symlink" in options:
            # The files are links into the cache: it stays, beside the venv.
            kept = root.with_name(f"{root.name}-cache")
            shutil.copytree(cache, kept, symlinks=True)
            _lead_links(root, Path(cache), kept)
    return root


def make_pip_venv(
    root: Path,
    wheelhouse: Path,
    python: Path,
    stack: Path = POPULAR,
    *,
    names: Iterable[str] = (),
    options: Sequence[str] = (),
    venv_options: Sequence[str] = (),
) -> Path:
    """Make a venv of a stack with the pip that this Python brings, offline.

    Args:
        names: only these; by default everything.
        options: for `pip install`.
        venv_options: for `python -m venv`.
    """
    run([python, "-m", "venv", *venv_options, root])
    add_by_pip(root, wheelhouse, stack, names=names, options=options)
    return root


def add_by_pip(
    root: Path,
    wheelhouse: Path,
    stack: Path,
    *,
    names: Iterable[str] = (),
    options: Sequence[str] = (),
) -> None:
    """Install a stack into a venv with the pip that is there, offline.

    Args:
        names: only these; by default everything.
        options: for `pip install`.
    """
    own: list[str | Path] = [root / "bin" / "python", "-m", "pip", "--isolated"]
    own += ["install", "-q", "--disable-pip-version-check", "--no-deps", "--no-index"]
    run([*own, "--find-links", wheelhouse, *options, *requirements(stack, names)])


def requirements(stack: Path, names: Iterable[str] = ()) -> list[str]:
    """Return the arguments that ask pip or uv for these pins, or for the whole stack."""
    pins = read_pins(stack)
    return [f"{name}=={pins[name]}" for name in names] or ["--requirement", str(stack)]


def _offline_uv(cache: Path) -> list[str | Path]:
    uv = find_tool("uv")
    assert uv is not None, "uv is neither beside this Python nor on the PATH"
    return [uv, "--no-config", "--offline", "--cache-dir", cache]


def _lead_links(root: Path, old: Path, new: Path) -> None:
    """Lead every symbolic link below `root` from one folder to its copy."""
    for path in root.rglob("*"):
        if path.is_symlink() and path.readlink().is_relative_to(old):
            target = new / path.readlink().relative_to(old)
            path.unlink()
            path.symlink_to(target)


def main() -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="each wheelhouse is a folder in this one")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(HOUSES)}")
    parser.add_argument("--venv", type=Path, metavar="FOLDER", help="make this venv of one, too")
    options = parser.parse_args()
    names = options.names or list(HOUSES)
    if unknown := sorted({*names} - {*HOUSES}):
        parser.error(f"there is no {unknown[0]}")
    if options.venv and len(options.names) != 1:
        parser.error("--venv is for one NAME")
    try:
        for name in names:
            sys.stdout.write(f"{name}: {_do(options.folder.absolute(), name, options.venv)}\n")
    except AssertionError as error:
        sys.exit(str(error))


def _do(folder: Path, name: str, venv: Path | None) -> str:
    """Fill a wheelhouse and make a venv of it where one is wanted, and say how that went."""
    try:
        wheelhouse = fill_house(folder, name)
    except LookupError as error:
        return str(error)
    python = find_python(HOUSES[name].python)
    if venv is not None and python is not None:
        make_uv_venv(venv.absolute(), wheelhouse, python, HOUSES[name].stacks[0])
    return str(wheelhouse)


if __name__ == "__main__":
    main()
