"""Fill a wheelhouse with the LLM stack's wheels, make a venv of them, and break it on request.

    python tests/llm_stack.py --wheelhouse wheelhouse --venv llm --break bloom

The wheels are those of `profiles/pylock.llm-cpu.toml`, to the byte; pip fetches them from the index
that it is configured for. The venv is then made offline. Only the standard library is needed.
"""

from __future__ import annotations

import argparse
import hashlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

LOCK = Path(__file__).parent.parent / "profiles" / "pylock.llm-cpu.toml"
PYTHON = (3, 11)
_PYTORCH_INDEX = "https://download.pytorch.org/whl/cpu"


class StackError(Exception):
    """The stack could not be made; the text is one sentence for a person."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LockedWheel:
    """One wheel of the lock."""

    name: str
    version: str
    file: str
    size: int
    sha256: str

    @property
    def requirement(self) -> str:
        """The line of a requirements file that admits these very bytes."""
        return f"{self.name}=={self.version} --hash=sha256:{self.sha256}"


def read_wheels(lock: Path = LOCK) -> list[LockedWheel]:
    """Return the wheels that the lock names."""
    document = tomllib.loads(lock.read_text("utf-8"))
    return [
        LockedWheel(
            name=package["name"],
            version=package["version"],
            file=wheel["path"].rpartition("/")[2],
            size=wheel["size"],
            sha256=wheel["hashes"]["sha256"],
        )
        for package in document["packages"]
        for wheel in package["wheels"]
    ]


def find_python() -> Path:
    """Return a Python of the lock's version: the running one, else `python3.11`.

    Raises:
        StackError: there is none, or this is no machine that the lock is for.
    """
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise StackError(
            f"The LLM stack is locked for Linux on x86_64, this is {platform.platform()}."
        )
    if sys.version_info[:2] == PYTHON:
        return Path(sys.executable)
    name = f"python{PYTHON[0]}.{PYTHON[1]}"
    found = shutil.which(name)
    # A version manager's shim may be there and start nothing.
    if found and _run([found, "-c", "import venv"]).returncode == 0:
        return Path(found)
    raise StackError(
        f"The LLM stack needs CPython {PYTHON[0]}.{PYTHON[1]}: put {name} on the PATH."
    )


def fill_wheelhouse(wheelhouse: Path, python: Path, wheels: Sequence[LockedWheel]) -> int:
    """Fetch the wheels that the wheelhouse lacks and return how many that were.

    A wheel is there when a file has its hash; other files are left alone, but one with a locked
    wheel's name and other bytes is replaced.

    Raises:
        StackError: pip could not fetch one.
    """
    wheelhouse.mkdir(parents=True, exist_ok=True)
    present = _present_hashes(wheelhouse, wheels)
    missing = [wheel for wheel in wheels if wheel.sha256 not in present]
    # PyTorch publishes its CPU build, a local version, on an index of its own.
    local = [wheel for wheel in missing if "+" in wheel.version]
    public = [wheel for wheel in missing if "+" not in wheel.version]
    _download(public, wheelhouse, python)
    try:
        _download(local, wheelhouse, python)
    except StackError as error:
        names = ", ".join(f"{wheel.name} {wheel.version}" for wheel in local)
        raise StackError(
            f"PyTorch's own CPU wheel ({names}) is needed, and pip's index has no such wheel: "
            f"add PyTorch's with PIP_EXTRA_INDEX_URL={_PYTORCH_INDEX} and run this again. ({error})"
        ) from error
    return len(missing)


def make_venv(venv: Path, wheelhouse: Path, python: Path, wheels: Sequence[LockedWheel]) -> bool:
    """Make a venv that holds exactly the locked wheels, without any index.

    Returns:
        False where the venv was there already, with those releases; nothing was done then.

    Raises:
        StackError: something else is at `venv`, or the installation failed.
    """
    expected = {wheel.name: wheel.version for wheel in wheels}
    if venv.exists():
        if installed_versions(venv) == expected:
            return False
        raise StackError(
            f"{venv} is there, but does not hold the LLM stack: remove it, or name another folder."
        )
    _succeed([python, "-m", "venv", venv])
    # The bundled pip replaces itself last, when nothing else is left for it to do.
    _install([wheel for wheel in wheels if wheel.name != "pip"], venv, wheelhouse)
    _install([wheel for wheel in wheels if wheel.name == "pip"], venv, wheelhouse)
    installed = installed_versions(venv)
    wrong = sorted(dict(installed.items() ^ expected.items()))
    if wrong:
        raise StackError(f"{venv} does not hold what the lock names: {', '.join(wrong)}.")
    return True


def installed_versions(venv: Path) -> dict[str, str]:
    """Return name and version of each distribution in the venv, by its dist-info folder."""
    folders = venv.glob("lib/python3.*/site-packages/*.dist-info")
    parts = (folder.name.removesuffix(".dist-info").split("-") for folder in folders)
    return {re.sub(r"[-_.]+", "-", part[0]).lower(): part[1] for part in parts if len(part) == 2}


def break_bloom(venv: Path) -> Path:
    """Delete transformers' `modeling_bloom.py`, where it is still there, and return its path.

    Raises:
        StackError: the venv holds no transformers.
    """
    for folder in venv.glob("lib/python3.*/site-packages/transformers/models/bloom"):
        file = folder / "modeling_bloom.py"
        file.unlink(missing_ok=True)
        return file
    raise StackError(f"{venv} holds no transformers/models/bloom to break.")


def _present_hashes(wheelhouse: Path, wheels: Iterable[LockedWheel]) -> set[str]:
    """Return the hashes of the files that may be one of the wheels, by their size."""
    sizes = {wheel.size for wheel in wheels}
    files = [file for file in wheelhouse.glob("*.whl") if file.stat().st_size in sizes]
    return {_sha256(file) for file in files}


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _download(wheels: Sequence[LockedWheel], wheelhouse: Path, python: Path) -> None:
    """Fetch the wheels into the wheelhouse, each under the lock's name for it."""
    if not wheels:
        return
    # Beside their final place: each move is one rename, and a half-fetched wheel never shows.
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=wheelhouse) as folder:
        requirements = Path(folder, "requirements.txt")
        requirements.write_text("".join(f"{wheel.requirement}\n" for wheel in wheels))
        command = [str(python), "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        command += ["--no-deps", "--only-binary", ":all:", "--require-hashes"]
        command += ["--dest", folder, "--requirement", str(requirements)]
        _succeed(command)
        # An index may spell a file's name otherwise than the lock does.
        files = {_sha256(file): file for file in Path(folder).glob("*.whl")}
        for wheel in wheels:
            files[wheel.sha256].replace(wheelhouse / wheel.file)


def _install(wheels: Sequence[LockedWheel], venv: Path, wheelhouse: Path) -> None:
    """Install the wheels with the venv's own pip, which may look into the wheelhouse only."""
    with tempfile.TemporaryDirectory() as folder:
        # By name and hash, not by path: a path would leave a `direct_url.json` behind.
        requirements = Path(folder, "requirements.txt")
        requirements.write_text("".join(f"{wheel.requirement}\n" for wheel in wheels))
        command = [str(venv / "bin" / "python"), "-m", "pip", "--isolated", "install", "--quiet"]
        command += ["--disable-pip-version-check", "--no-index", "--no-deps", "--require-hashes"]
        command += ["--find-links", str(wheelhouse.absolute()), "--requirement", str(requirements)]
        _succeed(command)


def _run(command: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)


def _succeed(command: Sequence[str | Path]) -> None:
    """Run a command; raise StackError with its own last words where it fails."""
    try:
        done = _run(command)
    except OSError as error:
        raise StackError(f"{command[0]} does not start: {error.strerror}.") from error
    if done.returncode:
        lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        errors = (
            [line for line in lines if line.startswith("ERROR")] or lines or ["it said nothing"]
        )
        what = " ".join(str(part) for part in command[1:4])
        raise StackError(f"{command[0]} {what} failed: {errors[-1]}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command line asks for, one line a step."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--wheelhouse", type=Path, default=Path("wheelhouse"), metavar="FOLDER")
    parser.add_argument("--venv", type=Path, metavar="FOLDER", help="make this venv, too")
    parser.add_argument("--break", choices=["bloom"], dest="damage", help="then damage the venv")
    options = parser.parse_args(arguments)
    if options.damage and options.venv is None:
        parser.error("--break needs --venv: the venv to damage")
    wheels = read_wheels()
    try:
        python = find_python()
        _say(f"Python: {python}")
        fetched = fill_wheelhouse(options.wheelhouse, python, wheels)
        _say(f"Wheelhouse: {options.wheelhouse}: {len(wheels)} wheels, {fetched} of them fetched")
        if options.venv is not None:
            made = make_venv(options.venv, options.wheelhouse, python, wheels)
            state = "made" if made else "was there already"
            _say(f"Environment: {options.venv}: {len(wheels)} distributions, {state}")
        if options.damage:
            _say(f"Broken: {break_bloom(options.venv)} is deleted")
    except StackError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
