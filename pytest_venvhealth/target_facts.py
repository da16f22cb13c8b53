"""Run inside the target: write what only the target's own interpreter knows to a JSON file.

Standard library only, Python 3.8 and later. Called as `python -I target_facts.py OUTPUT`, or, when
start-up files keep that from ending, as `python -I -S target_facts.py OUTPUT ROOT`, where ROOT
stands for the prefix that the skipped `site` module would have set.
"""

from __future__ import annotations

import os
import sys

_PATH = list(sys.path)
if __name__ == "__main__":
    # What a start-up file has put in front may hide modules that are needed here.
    _STANDARD = (os.path.dirname(os.__file__), "lib-dynload", "DLLs")
    sys.path.sort(key=lambda folder: not folder.endswith(_STANDARD))

import _imp
import importlib.machinery
import importlib.util
import json
import platform
import site
import struct
import sysconfig

TYPE_CHECKING = False  # `typing` takes a tenth of the time of all this
if TYPE_CHECKING:
    from typing import Any


def marker_environment() -> dict[str, str]:
    """Return the values of PEP 508's environment markers for this interpreter."""
    info = sys.implementation.version
    version = "{0.major}.{0.minor}.{0.micro}".format(info)
    if info.releaselevel != "final":
        version += info.releaselevel[0] + str(info.serial)
    return {
        "implementation_name": sys.implementation.name,
        "implementation_version": version,
        "os_name": os.name,
        "platform_machine": platform.machine(),
        "platform_python_implementation": platform.python_implementation(),
        "platform_release": platform.release(),
        "platform_system": platform.system(),
        "platform_version": platform.version(),
        "python_full_version": platform.python_version(),
        "python_version": ".".join(platform.python_version_tuple()[:2]),
        "sys_platform": sys.platform,
    }


def libc() -> list[Any] | None:
    """Return the C library as `["glibc", major, minor]` or `["musl", …]`; None elsewhere."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        name, _, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
        if name == "glibc":
            return ["glibc"] + [int(part) for part in version.split(".")[:2]]
    except (AttributeError, OSError, ValueError):
        pass
    # musl has no such constant; its loader, named in the interpreter's header, prints a version.
    try:
        with open(sys.executable, "rb") as file:
            start = file.read(4096)
    except OSError:
        return None
    at = start.find(b"/ld-musl")
    if at < 0:
        return None
    loader = start[start.rfind(b"\0", 0, at) + 1 : start.index(b"\0", at)].decode()
    import subprocess  # takes long, and is needed on musl alone

    text = subprocess.run([loader], stderr=subprocess.PIPE, universal_newlines=True).stderr
    for line in text.splitlines():
        if line.startswith("Version "):
            return ["musl"] + [int(part) for part in line.split()[1].split(".")[:2]]
    return None


def scheme_paths(root: str | None) -> dict[str, str]:
    """Return the folders that a distribution is installed into, by scheme key."""
    variables = {}
    if root is not None:
        variables = {"base": root, "platbase": root, "installed_base": root}
    names = sysconfig.get_scheme_names()
    if root is not None and "venv" in names:
        paths = sysconfig.get_paths("venv", vars=variables)
    elif root is not None and os.name != "nt" and "posix_prefix" in names:
        paths = sysconfig.get_paths("posix_prefix", vars=variables)
    else:
        paths = sysconfig.get_paths(vars=variables)
    return {key: paths[key] for key in ("purelib", "platlib", "scripts", "data", "stdlib")}


def stdlib_names() -> set[str]:
    """Return the names of the standard library's top-level modules."""
    names = set(getattr(sys, "stdlib_module_names", sys.builtin_module_names))
    if sys.version_info >= (3, 10):
        return names
    # Before 3.10 only its folders tell.
    for folder in (sysconfig.get_path("stdlib"), sysconfig.get_path("stdlib") + "/lib-dynload"):
        for name in os.listdir(folder) if os.path.isdir(folder) else ():
            stem, dot, _ = name.partition(".")
            if dot or os.path.isfile(os.path.join(folder, name, "__init__.py")):
                names.add(stem)
    return {name for name in names if name.isidentifier()}


def fixed_names(names: set[str]) -> set[str]:
    """Return those standard modules that no file can hide: they are part of the interpreter."""
    return {name for name in names if name in sys.builtin_module_names or _imp.is_frozen(name)}


def sees_user_site(root: str | None) -> bool:
    """Tell whether a plain start adds the user's own site-packages.

    Source: `venv` and `check_enableusersite` in CPython's `Lib/site.py`.
    """
    prefix = root or sys.prefix
    if prefix == sys.base_prefix:
        return True
    try:
        with open(os.path.join(prefix, "pyvenv.cfg"), encoding="utf-8") as file:
            rows = [line.partition("=") for line in file]
    except (OSError, ValueError):
        return False
    said = [
        value.strip().lower()
        for key, _, value in rows
        if key.strip().lower() == "include-system-site-packages"
    ]
    return not said or said[-1] == "true"


def user_site() -> list[str]:
    """Return the user's base folder below HOME, and the user's site-packages below that folder."""
    major, minor = sys.version_info[:2]
    framework = getattr(sys, "_framework", "")
    base, scheme = ".local", "posix_user"
    if sys.platform == "darwin" and framework:
        base = "Library/{}/{}.{}".format(framework, major, minor)
        scheme = "osx_framework_user"
    elif os.name == "nt":
        scheme = "nt_user"
    path = sysconfig.get_path("purelib", scheme, {"userbase": "BASE"})
    return [base, os.path.relpath(path, "BASE")]


def describe(root: str | None = None) -> dict[str, Any]:
    """Return all facts of the running interpreter, its folders as if its prefix were `root`."""
    version = sys.version_info
    standard = stdlib_names()
    return {
        "executable": sys.executable,
        "prefix": root or sys.prefix,
        "base_prefix": sys.base_prefix,
        "version": list(version[:3]),
        "implementation": sys.implementation.name,
        "cache_tag": sys.implementation.cache_tag,
        "magic": importlib.util.MAGIC_NUMBER.hex(),
        "platform": sysconfig.get_platform(),
        "pointer_bits": struct.calcsize("P") * 8,
        "soabi": sysconfig.get_config_var("SOABI"),
        "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
        "debug": bool(sysconfig.get_config_var("Py_DEBUG")),
        "mac_version": platform.mac_ver()[0],
        "libc": libc(),
        "paths": scheme_paths(root),
        "extension_suffixes": importlib.machinery.EXTENSION_SUFFIXES,
        "stdlib_names": sorted(standard),
        "fixed_names": sorted(fixed_names(standard)),
        "user_site": user_site() if sees_user_site(root) else None,
        "sys_path": _PATH,
        "markers": marker_environment(),
    }


def main() -> None:
    """Write the facts to the file named first on the command line."""
    facts = describe(sys.argv[2] if len(sys.argv) > 2 else None)
    with open(sys.argv[1], "w") as file:
        json.dump(facts, file)
    # A plain start runs it too; `-I` leaves it out.
    if facts["user_site"] is not None and not sys.flags.no_site:
        site.execusercustomize()


if __name__ == "__main__":
    main()
