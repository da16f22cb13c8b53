"""The environment under test, as its own interpreter describes it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from packaging.tags import Tag, compatible_tags, cpython_tags, generic_tags, mac_platforms

from pytest_venvhealth.errors import UsageError

_FACTS_SCRIPT = Path(__file__).with_name("target_facts.py")
_STARTUP_SECONDS = 20.0

# The glibc versions that PEP 600 gives an older name.
_LEGACY_MANYLINUX = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}


class NotAnEnvironmentError(UsageError):
    """What the user named is no Python environment."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return (
            f"{self.path}: {self.reason}. "
            "Give --venv the folder of a virtual environment, or an interpreter inside one."
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment:
    """A target: where it is, what its interpreter is, and where its distributions live."""

    name: str
    """As in `--venv=NAME=PATH`, else the folder's own name."""
    root: Path
    """The target's `sys.prefix`; links in it are kept."""
    interpreter: Path
    """As a person would start it; never resolved, a venv's link leads to its base."""
    version: tuple[int, int, int]
    implementation: str
    """`sys.implementation.name`, such as `cpython`."""
    platform: str
    """`sysconfig.get_platform()`, such as `linux-x86_64`."""
    base_prefix: Path
    purelib: Path
    platlib: Path
    scripts: Path
    data: Path
    headers: Path
    """Where a wheel's `headers` go: `include/site/pythonX.Y` in the root, as pip does it."""
    stdlib: Path
    markers: Mapping[str, str]
    """All keys of PEP 508's marker environment."""
    tags: tuple[Tag, ...]
    """The wheel tags that fit, best first."""
    cache_tag: str | None
    extension_suffixes: tuple[str, ...]
    stdlib_names: frozenset[str]
    sys_path: tuple[str, ...] = ()
    interpreter_error: str | None = None
    """Why the interpreter could not be started: then all other facts are read off the folders."""
    startup_error: str | None = None
    """Why it starts only without its start-up files (`.pth`, `sitecustomize`)."""

    @classmethod
    def at(cls, path: Path, *, name: str | None = None) -> Environment:
        """Return the environment at `path`, a folder or an interpreter.

        Raises:
            NotAnEnvironmentError: nothing is there, or what is there is no environment.
        """
        path = Path(os.path.abspath(path))
        root, interpreter = _locate(path)
        name = name or root.name or "root"
        if interpreter is None:
            reason = f"no interpreter in {_relative(root, _scripts_folder(root))}"
            return _environment_from_folders(name, root, root / "bin" / "python", reason)
        facts, problem = _ask(interpreter, None)
        if facts is not None:
            return environment_from_facts(name, interpreter, facts)
        # Start-up files may hang, raise or end the interpreter: ask again without them.
        facts, worse_problem = _ask(interpreter, root)
        if facts is not None:
            return environment_from_facts(name, interpreter, facts, startup_error=problem)
        if not _looks_like_environment(root):
            raise NotAnEnvironmentError(path, f"this interpreter does not start ({worse_problem})")
        return _environment_from_folders(name, root, interpreter, worse_problem or "no answer")

    @classmethod
    def running(cls) -> Environment:
        """Return the environment of the interpreter that runs this very code."""
        return cls.at(Path(sys.executable))

    @property
    def site_folders(self) -> tuple[Path, ...]:
        """Return purelib and platlib, each real folder once."""
        if os.path.realpath(self.purelib) == os.path.realpath(self.platlib):
            return (self.purelib,)
        return (self.purelib, self.platlib)

    @property
    def python_version(self) -> str:
        """The version as text: `3.11.7`."""
        return ".".join(map(str, self.version))

    def scheme_folder(self, scheme: str) -> Path:
        """Return the folder of one of a wheel's schemes.

        Raises:
            KeyError: `scheme` is none of purelib, platlib, scripts, data, headers.
        """
        folders = {
            "purelib": self.purelib,
            "platlib": self.platlib,
            "scripts": self.scripts,
            "data": self.data,
            "headers": self.headers,
        }
        return folders[scheme]

    def relative(self, path: str | os.PathLike[str]) -> str:
        """Return `path` as the report shows it: relative to the root where it lies inside."""
        return _relative(self.root, path)


def environment_from_facts(
    name: str, interpreter: Path, facts: Mapping[str, Any], *, startup_error: str | None = None
) -> Environment:
    """Return the environment that the answer of `target_facts.py` describes.

    A function of its own so that a target of another platform can be described in a test.
    """
    root = Path(facts["prefix"])
    paths = facts["paths"]
    major, minor, micro = facts["version"]
    if facts["markers"]["os_name"] == "nt":
        headers = root / "Include"
    else:
        headers = root / "include" / "site" / f"python{major}.{minor}"
    return Environment(
        name=name,
        root=root,
        interpreter=interpreter,
        version=(major, minor, micro),
        implementation=facts["implementation"],
        platform=facts["platform"],
        base_prefix=Path(facts["base_prefix"]),
        purelib=Path(paths["purelib"]),
        platlib=Path(paths["platlib"]),
        scripts=Path(paths["scripts"]),
        data=Path(paths["data"]),
        headers=headers,
        stdlib=Path(paths["stdlib"]),
        markers=dict(facts["markers"]),
        tags=tuple(target_tags(facts)),
        cache_tag=facts["cache_tag"],
        extension_suffixes=tuple(facts["extension_suffixes"]),
        stdlib_names=frozenset(facts["stdlib_names"]),
        sys_path=tuple(facts["sys_path"]),
        startup_error=startup_error,
    )


def target_tags(facts: Mapping[str, Any]) -> Iterable[Tag]:
    """Yield the wheel tags that the target accepts, best first.

    Source: the PyPA specification "Platform compatibility tags" (PEP 425, 600 and 656). Only the
    platforms are worked out here; `packaging` would ask the host for them.
    """
    version = tuple(facts["version"][:2])
    nodot = f"{version[0]}{version[1]}"
    platforms = list(_platforms(facts))
    if facts["implementation"] == "cpython":
        abi = f"cp{nodot}"
        if facts["free_threaded"]:
            abi += "t"
        abis = [abi + "d", abi] if facts["debug"] else [abi]
        yield from cpython_tags(python_version=version, abis=abis, platforms=platforms)
        interpreter = f"cp{nodot}"
    else:
        short = {"pypy": "pp"}.get(facts["implementation"], facts["implementation"])
        interpreter = f"{short}{nodot}"
        abi = re.sub(r"[.-]", "_", "-".join((facts["soabi"] or "none").split("-")[:2]))
        yield from generic_tags(interpreter=interpreter, abis=[abi], platforms=platforms)
    yield from compatible_tags(python_version=version, interpreter=interpreter, platforms=platforms)


def _platforms(facts: Mapping[str, Any]) -> Iterable[str]:
    """Yield the platform tags of the target, best first."""
    plain = re.sub(r"[.-]", "_", facts["platform"])
    if facts["platform"].startswith("macosx"):
        _, release, arch = facts["platform"].split("-", 2)
        text = facts["mac_version"] or release
        numbers = [int(part) for part in text.split(".")[:2]] + [0]
        yield from mac_platforms((numbers[0], numbers[1]), arch)
        return
    if not facts["platform"].startswith("linux"):
        yield plain
        return
    machine = plain.removeprefix("linux_")
    if facts["pointer_bits"] == 32:
        # A 32-bit interpreter on a 64-bit kernel reports the kernel's machine.
        machine = {"x86_64": "i686", "aarch64": "armv7l"}.get(machine, machine)
    libc = facts["libc"]
    if libc and libc[0] == "glibc" and libc[1] == 2:
        oldest = 5 if machine in ("x86_64", "i686") else 17
        for minor in range(libc[2], oldest - 1, -1):
            yield f"manylinux_2_{minor}_{machine}"
            if minor in _LEGACY_MANYLINUX:
                yield f"{_LEGACY_MANYLINUX[minor]}_{machine}"
    elif libc and libc[0] == "musl":
        for minor in range(libc[2], -1, -1):
            yield f"musllinux_{libc[1]}_{minor}_{machine}"
    yield f"linux_{machine}"


def _ask(interpreter: Path, root_without_site: Path | None) -> tuple[dict[str, Any] | None, str]:
    """Return the target's facts, or None and why there are none.

    With `root_without_site` the interpreter starts without `site`, so that no `.pth` file runs.
    """
    # The answer comes back in a file: a `.pth` file may print, and the pipe would be its own.
    with tempfile.TemporaryDirectory(prefix="venvhealth-") as folder:
        answer = Path(folder) / "facts.json"
        command = [str(interpreter), "-I", str(_FACTS_SCRIPT), str(answer)]
        if root_without_site is not None:
            command[2:2] = ["-S", "-B"]
            command.append(str(root_without_site))
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=_STARTUP_SECONDS,
                cwd=folder,
                start_new_session=True,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None, f"it did not answer within {_STARTUP_SECONDS:g} seconds"
        except OSError as error:
            return None, error.strerror or str(error)
        try:
            facts: dict[str, Any] = json.loads(answer.read_text())
        except (OSError, ValueError):
            lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
            return None, lines[-1] if lines else f"it ended with exit status {done.returncode}"
        return facts, ""


def _locate(path: Path) -> tuple[Path, Path | None]:
    """Return the environment's folder, and its interpreter where there is one.

    Raises:
        NotAnEnvironmentError: nothing is there, or what is there is no environment.
    """
    if path.is_dir():
        if not _looks_like_environment(path):
            raise NotAnEnvironmentError(path, "this folder is no Python environment")
        return path, _find_interpreter(path)
    if not path.exists() and not path.is_symlink():
        raise NotAnEnvironmentError(path, "there is no such file or folder")
    if path.exists() and not os.access(path, os.X_OK):
        raise NotAnEnvironmentError(path, "this file is no interpreter")
    root = path.parent.parent
    if path.is_symlink() and not path.exists() and not _looks_like_environment(root):
        raise NotAnEnvironmentError(path, "this link leads nowhere")
    return root, path


def _looks_like_environment(folder: Path) -> bool:
    """Tell whether `folder` has an interpreter, a `pyvenv.cfg`, or site-packages."""
    return (
        (folder / "pyvenv.cfg").is_file()
        or _find_interpreter(folder) is not None
        or _site_packages(folder) is not None
    )


def _scripts_folder(root: Path) -> Path:
    return root / "Scripts" if (root / "Scripts").is_dir() else root / "bin"


def _find_interpreter(root: Path) -> Path | None:
    """Return the interpreter in the environment's folder; a dangling link counts."""
    for name in ("bin/python", "bin/python3", "Scripts/python.exe", "python.exe"):
        candidate = root / name
        if candidate.is_file() or candidate.is_symlink():
            return candidate
    return None


def _site_packages(root: Path) -> Path | None:
    """Return the environment's site-packages folder by its place alone."""
    if (root / "Lib" / "site-packages").is_dir():
        return root / "Lib" / "site-packages"
    found = sorted(root.glob("lib/p*/site-packages"))
    return found[-1] if found else None


def read_pyvenv_cfg(root: Path) -> dict[str, str]:
    """Return the keys of `pyvenv.cfg` in lower case; empty where there is none (PEP 405)."""
    try:
        text = (root / "pyvenv.cfg").read_text("utf-8", "replace")
    except OSError:
        return {}
    rows = (line.partition("=") for line in text.splitlines())
    return {key.strip().lower(): value.strip() for key, sign, value in rows if sign}


def _environment_from_folders(
    name: str, root: Path, interpreter: Path, problem: str
) -> Environment:
    """Return what the folders alone tell of an environment whose interpreter does not start.

    The markers and the platform are the host's: it is the same machine. Nothing is run with them.
    """
    site = _site_packages(root) or root / "lib" / "python3" / "site-packages"
    config = read_pyvenv_cfg(root)
    text = config.get("version", config.get("version_info", ""))
    match = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", text) or re.match(
        r"python(\d+)\.(\d+)(?:\.(\d+))?", site.parent.name
    )
    version = tuple(int(part or 0) for part in match.groups()) if match else (3, 0, 0)
    host, _ = _ask(Path(sys.executable), None)
    facts = dict(host or {})
    facts.update(
        prefix=str(root),
        base_prefix=config.get("home", str(root)),
        version=list(version),
        paths={
            "purelib": str(site),
            "platlib": str(site),
            "scripts": str(_scripts_folder(root)),
            "data": str(root),
            "stdlib": str(site.parent),
        },
        sys_path=[],
    )
    facts["cache_tag"] = f"cpython-{version[0]}{version[1]}"
    facts["markers"] = dict(
        facts["markers"],
        python_version=f"{version[0]}.{version[1]}",
        python_full_version=".".join(map(str, version)),
        implementation_version=".".join(map(str, version)),
    )
    return replace(environment_from_facts(name, interpreter, facts), interpreter_error=problem)


def _relative(root: Path, path: str | os.PathLike[str]) -> str:
    text, folder = os.fspath(path), os.fspath(root)
    if text.startswith(folder + os.sep):
        text = text[len(folder) + 1 :]
    return text.replace(os.sep, "/")
