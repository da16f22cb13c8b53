"""The environment under test, as its own interpreter describes it."""

from __future__ import annotations

import difflib
import functools
import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from packaging.tags import (
    INTERPRETER_SHORT_NAMES,
    Tag,
    compatible_tags,
    cpython_tags,
    generic_tags,
    mac_platforms,
)

from pytest_venvhealth import target_facts
from pytest_venvhealth.ask import StartupComplaint, ask, watch_startup
from pytest_venvhealth.errors import UsageError

STARTUP_SECONDS = 20.0
"""How long a target's interpreter may take to start and to tell its facts."""

# The glibc versions that PEP 600 gives an older name.
_LEGACY_MANYLINUX = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}


class NotAnEnvironmentError(UsageError):
    """What the user named is no Python environment."""

    def __init__(self, path: Path, reason: str, meant: Path | None = None) -> None:
        super().__init__(path, reason, meant)
        self.path, self.reason, self.meant = path, reason, meant

    def __str__(self) -> str:
        advice = "Give --venv the folder of a virtual environment, or an interpreter inside one."
        if self.meant is not None:
            advice = f"Did you mean {self.meant}?"
        return f"{self.path}: {self.reason}. {advice}"


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
    """Where a wheel's `headers` go, as pip does it: `include/site/pythonX.Y` in a venv's root."""
    stdlib: Path
    markers: Mapping[str, str]
    """All keys of PEP 508's marker environment."""
    tags: tuple[Tag, ...] = field(repr=False)
    """The wheel tags that fit, best first."""
    cache_tag: str | None
    magic: bytes | None
    """What its bytecode files begin with; None where its interpreter does not start."""
    extension_suffixes: tuple[str, ...]
    stdlib_names: frozenset[str] = field(repr=False)
    fixed_names: frozenset[str] = frozenset()
    """Standard modules that no file can hide, for they are part of the interpreter."""
    sys_path: tuple[str, ...] = ()
    """Without what variables and the user's own site-packages add."""
    path_sources: Mapping[str, str] = field(default_factory=dict)
    """Which start-up file put a folder in front of `sys.path`, by that folder."""
    user_site: tuple[str, str] | None = None
    """The user's base folder below HOME, and the site-packages below that; None where a plain start
    leaves them out."""
    interpreter_error: str | None = None
    """Why the interpreter could not be started: then all other facts are read off the folders."""
    startup_error: str | None = None
    """Why it starts only without its start-up files (`.pth`, `sitecustomize`)."""
    startup_culprits: tuple[str, ...] = ()
    """Absolute paths of the start-up files that are the reason; empty where that stays open."""
    startup_complaints: tuple[StartupComplaint, ...] = ()
    """What Python says of its start-up files at every start."""

    @classmethod
    def at(
        cls, path: Path, *, name: str | None = None, startup_seconds: float | None = None
    ) -> Environment:
        """Return the environment at `path`, a folder or an interpreter.

        Args:
            name: by default the folder's own.
            startup_seconds: how long the interpreter may take to tell its facts; None for
                `STARTUP_SECONDS`.
        Raises:
            NotAnEnvironmentError: nothing is there, or what is there is no environment.
        """
        if startup_seconds is None:
            startup_seconds = STARTUP_SECONDS
        path = Path(os.path.abspath(path))
        root, interpreter = _locate(path)
        if interpreter is None:
            scripts = _scripts_folder(root)
            reason = f"no interpreter in {_relative(root, scripts)}"
            return _environment_from_folders(name, root, scripts / "python", reason)
        answer = ask(interpreter, startup_seconds)
        startup_error = None
        if answer.facts is None:
            unreadable = _unreadable_config(root)
            if unreadable is not None:
                return _environment_from_folders(name, root, interpreter, unreadable)
            # Start-up files may hang or end the interpreter: ask again without them.
            startup_error = answer.problem
            answer = ask(interpreter, startup_seconds, without_site_in=root)
        if answer.facts is None:
            if not path.is_dir() and not _is_named_as_interpreter(path):
                reason = f"this is no interpreter ({answer.problem})"
                raise NotAnEnvironmentError(path, reason, _meant(path))
            if not _looks_like_environment(root):
                reason = f"this interpreter does not start ({answer.problem})"
                raise NotAnEnvironmentError(path, reason)
            return _environment_from_folders(name, root, interpreter, answer.problem)
        prefix = Path(answer.facts["prefix"])
        if _same_folder(prefix, root):
            pass
        elif _was_venv(root, path):
            # It starts, and as its base: what is installed here is not what it would import, and
            # a repair of what it does import would hit the base.
            state = "is damaged" if (root / "pyvenv.cfg").exists() else "is lost"
            reason = f"pyvenv.cfg {state}, so it starts as {prefix}"
            return _environment_from_folders(name, root, interpreter, reason)
        elif path.is_dir():
            reason = "this folder is no Python environment, its interpreter belongs to another"
            raise NotAnEnvironmentError(path, reason, prefix)
        else:
            # A shim, or a link from elsewhere: scripts name the interpreter that it starts.
            interpreter = Path(answer.facts["executable"] or interpreter)
        environment = environment_from_facts(
            name or prefix.name or "root", interpreter, answer.facts, startup_error=startup_error
        )
        if startup_error is not None:
            # Half the time: what hangs has had all of it once.
            seen = watch_startup(interpreter, startup_seconds / 2)
            return replace(environment, startup_culprits=seen.culprits)
        if foreign_entries(environment):
            seen = watch_startup(interpreter, startup_seconds)
            environment = replace(environment, path_sources=seen.added)
        return replace(environment, startup_complaints=answer.complaints)

    @classmethod
    def running(cls) -> Environment:
        """Return the environment of the interpreter that runs this very code."""
        return cls.at(Path(sys.executable))

    @property
    def site_folders(self) -> tuple[Path, ...]:
        """Return purelib and platlib, each real folder once."""
        return _each_once(self.purelib, self.platlib)

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


@functools.lru_cache(maxsize=64)
def _each_once(one: Path, other: Path) -> tuple[Path, ...]:
    """Return two folders, or one where they are the same; asked thousands of times in a run."""
    return (one,) if os.path.realpath(one) == os.path.realpath(other) else (one, other)


def foreign_entries(environment: Environment) -> list[tuple[int, str]]:
    """Return the place and folder of what stands on `sys.path` before the last site folder.

    Left out are the folders of the standard library, and the site folders themselves.
    """
    own = {os.path.realpath(folder) for folder in environment.site_folders}
    real = [os.path.realpath(folder) for folder in environment.sys_path]
    last = max((place for place, folder in enumerate(real) if folder in own), default=0)
    return [
        (place, environment.sys_path[place])
        for place, folder in enumerate(real[:last])
        # `site` goes through a venv's folders twice, and a `.pth` file may add its own each time.
        if real.index(folder) == place
        and folder not in own
        and not is_standard(environment, folder)
    ]


def is_standard(environment: Environment, folder: str) -> bool:
    """Tell whether a real folder of `sys.path` is one of the standard library's."""
    name = os.path.basename(folder)
    if name == "lib-dynload" or re.fullmatch(r"python\d+t?\.zip", name):
        return True
    if environment.markers.get("os_name") == "nt" and name in ("DLLs", "Lib"):
        return True
    return folder in map(os.path.realpath, (environment.stdlib, environment.base_prefix))


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
    elif Path(facts["base_prefix"]) == root:
        headers = root / "include" / f"python{major}.{minor}"
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
        magic=bytes.fromhex(facts["magic"]),
        extension_suffixes=tuple(facts["extension_suffixes"]),
        stdlib_names=frozenset(facts["stdlib_names"]),
        fixed_names=frozenset(facts["fixed_names"]),
        sys_path=tuple(facts["sys_path"]),
        user_site=tuple(facts["user_site"]) if facts["user_site"] else None,
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
        name = INTERPRETER_SHORT_NAMES.get(facts["implementation"], facts["implementation"])
        interpreter = f"{name}{nodot}"
        abi = re.sub(r"[.-]", "_", "-".join((facts["soabi"] or "none").split("-")[:2]))
        yield from generic_tags(interpreter=interpreter, abis=[abi], platforms=platforms)
        interpreter = "pp3" if name == "pp" else interpreter
    yield from compatible_tags(python_version=version, interpreter=interpreter, platforms=platforms)


def _platforms(facts: Mapping[str, Any]) -> Iterable[str]:
    """Yield the platform tags of the target, best first."""
    plain = re.sub(r"[.-]", "_", facts["platform"])
    if facts["platform"].startswith("macosx"):
        _, release, build = facts["platform"].split("-", 2)
        text = facts["mac_version"] or release
        numbers = [int(part) for part in text.split(".")[:2]] + [0]
        # A universal2 build runs as what the machine is, and says so nowhere but there.
        machine = facts["markers"]["platform_machine"] or build
        yield from mac_platforms((numbers[0], numbers[1]), machine)
        return
    if not facts["platform"].startswith("linux"):
        yield plain
        return
    machine = plain.removeprefix("linux_")
    if facts["pointer_bits"] == 32:
        # A 32-bit interpreter on a 64-bit kernel reports the kernel's machine.
        machine = {"x86_64": "i686", "aarch64": "armv7l"}.get(machine, machine)
    yield f"linux_{machine}"
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


def _locate(path: Path) -> tuple[Path, Path | None]:
    """Return the environment's folder, and its interpreter where there is one.

    Raises:
        NotAnEnvironmentError: nothing is there, or what is there is no environment.
    """
    if path.is_dir():
        if not _looks_like_environment(path):
            raise NotAnEnvironmentError(path, "this folder is no Python environment", _meant(path))
        return path, _find_interpreter(path)
    if not path.exists() and not path.is_symlink():
        raise NotAnEnvironmentError(path, "there is no such file or folder", _near(path))
    if path.exists() and not os.access(path, os.X_OK):
        raise NotAnEnvironmentError(path, "this file is no interpreter", _meant(path))
    in_scripts = path.parent.name.lower() in ("bin", "scripts")
    # conda on Windows puts `python.exe` at the top.
    root = path.parent if path.name == "python.exe" and not in_scripts else path.parent.parent
    if path.is_symlink() and not path.exists() and not _looks_like_environment(root):
        raise NotAnEnvironmentError(path, "this link leads nowhere")
    return root, path


def _meant(path: Path) -> Path | None:
    """Return the environment that lies in the folder that the user named, or around it."""
    for name in (".venv", "venv", "env"):
        if (path / name / "pyvenv.cfg").is_file():
            return path / name
    return next((folder for folder in path.parents if (folder / "pyvenv.cfg").is_file()), None)


def _near(path: Path) -> Path | None:
    """Return the environment whose name is nearly that of what is not there."""
    missing = next(each for each in (path, *path.parents) if each.parent.is_dir())
    try:
        folders = [each for each in missing.parent.iterdir() if (each / "pyvenv.cfg").is_file()]
    except OSError:
        return None
    names = difflib.get_close_matches(missing.name, [each.name for each in folders], n=1)
    return missing.parent / names[0] if names else None


def _is_named_as_interpreter(path: Path) -> bool:
    """Tell whether a file that does not start was meant to be Python, and no other program."""
    return re.match(r"(python|pypy)[\d.t]*(\.exe)?$", path.name.lower()) is not None


def _same_folder(one: Path, other: Path) -> bool:
    return one == other or os.path.realpath(one) == os.path.realpath(other)


def _was_venv(root: Path, path: Path) -> bool:
    """Tell whether `root`, whose interpreter says another prefix, was made to be an environment.

    Args:
        path: what the user named: an interpreter may be linked from any folder.
    """
    marks = ("pyvenv.cfg", "bin/activate", "Scripts/activate")
    if any((root / mark).is_file() for mark in marks):
        return True
    return path.is_dir() and _site_packages(root) is not None


def _looks_like_environment(folder: Path) -> bool:
    """Tell whether `folder` has an interpreter, a `pyvenv.cfg`, or site-packages."""
    return (
        (folder / "pyvenv.cfg").is_file()
        or _find_interpreter(folder) is not None
        or _site_packages(folder) is not None
    )


def _scripts_folder(root: Path) -> Path:
    windows = (root / "Scripts").is_dir() or _is_windows_layout(root)
    return root / "Scripts" if windows else root / "bin"


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


def _unreadable_config(root: Path) -> str | None:
    """Return why Python cannot read `pyvenv.cfg`, which ends it at every start; None if it can."""
    try:
        (root / "pyvenv.cfg").read_text("utf-8")
    except UnicodeError:
        return "pyvenv.cfg is no text in UTF-8"
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        return None if missing else f"pyvenv.cfg cannot be read ({error.strerror})"
    return None


def _environment_from_folders(
    name: str | None, root: Path, interpreter: Path, problem: str
) -> Environment:
    """Return what the folders alone tell of an environment whose interpreter does not start.

    The markers and the platform are the host's: it is the same machine. Nothing is run with them.
    Folders in the layout of Windows were brought from one.
    """
    site = _site_packages(root) or root / "lib" / "python3" / "site-packages"
    config = read_pyvenv_cfg(root)
    text = config.get("version", config.get("version_info", ""))
    match = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", text) or re.match(
        r"(?:python|pypy)(\d+)\.(\d+)(?:\.(\d+))?", site.parent.name
    )
    version = tuple(int(part or 0) for part in match.groups()) if match else (3, 0, 0)
    facts = target_facts.describe()
    markers = facts["markers"]
    if _is_windows_layout(root) and os.name != "nt":
        facts.update(platform="win-amd64", extension_suffixes=[".pyd"], libc=None)
        markers.update(
            os_name="nt",
            sys_platform="win32",
            platform_system="Windows",
            platform_machine="AMD64",
            platform_release="",
            platform_version="",
        )
    else:
        own, other = "cpython-{}{}".format(*facts["version"]), f"cpython-{version[0]}{version[1]}"
        suffixes = [suffix.replace(own, other) for suffix in facts["extension_suffixes"]]
        facts["extension_suffixes"] = suffixes
    if site.parent.name.startswith("pypy"):
        facts.update(implementation="pypy", soabi=None, extension_suffixes=[".so"])
        markers.update(implementation_name="pypy", platform_python_implementation="PyPy")
    facts.update(
        prefix=str(root),
        base_prefix=config.get("home") or _base_prefix(root, site, facts["base_prefix"]),
        version=list(version),
        paths={
            "purelib": str(site),
            "platlib": str(site),
            "scripts": str(_scripts_folder(root)),
            "data": str(root),
            "stdlib": str(site.parent),
        },
        sys_path=[],
        cache_tag=f"{facts['implementation']}-{version[0]}{version[1]}",
    )
    markers.update(
        python_version=f"{version[0]}.{version[1]}",
        python_full_version=".".join(map(str, version)),
        implementation_version=".".join(map(str, version)),
    )
    name = name or root.name or "root"
    described = environment_from_facts(name, interpreter, facts)
    return replace(described, magic=None, interpreter_error=problem)


def _base_prefix(root: Path, site: Path, other: str) -> str:
    """Return the environment's own folder where the standard library lies in it, else `other`."""
    return str(root) if (site.parent / "os.py").exists() else other


def _is_windows_layout(root: Path) -> bool:
    return (root / "Lib" / "site-packages").is_dir() and not (root / "bin").is_dir()


def _relative(root: Path, path: str | os.PathLike[str]) -> str:
    text, folder = os.fspath(path), os.fspath(root)
    if text.startswith(folder + os.sep):
        text = text[len(folder) + 1 :]
    return text.replace(os.sep, "/")
