"""Build real wheels on the fly: RECORD is computed, nobody types a hash."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path


def make_wheel(
    folder: Path,
    name: str,
    version: str = "1.0",
    files: Mapping[str, str | bytes] | None = None,
    *,
    requires: Iterable[str] = (),
    tag: str = "py3-none-any",
    entry_points: str | None = None,
    executables: Iterable[str] = (),
    metadata: str = "",
) -> Path:
    """Write a wheel and return its path.

    Args:
        files: archive path to contents; by default one import package named like the
            distribution. `NAME-VERSION.data/scripts/x` works as in any wheel.
        requires: `Requires-Dist` values.
        executables: archive paths that get the executable bit.
        metadata: further lines for METADATA.
    """
    module = name.replace("-", "_")
    contents = {
        path: data.encode() if isinstance(data, str) else data
        for path, data in (files or {f"{module}/__init__.py": f"VALUE = {version!r}\n"}).items()
    }
    dist_info = f"{module}-{version}.dist-info"
    head = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{metadata}"
    head += "".join(f"Requires-Dist: {requirement}\n" for requirement in requires)
    contents[f"{dist_info}/METADATA"] = head.encode()
    purelib = "true" if tag.endswith("-any") else "false"
    wheel = f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: {purelib}\n"
    wheel += "".join(f"Tag: {part}\n" for part in _expand(tag))
    contents[f"{dist_info}/WHEEL"] = wheel.encode()
    if entry_points is not None:
        contents[f"{dist_info}/entry_points.txt"] = entry_points.encode()
    rows = [_row(path, data) for path, data in contents.items()] + [f"{dist_info}/RECORD,,"]
    contents[f"{dist_info}/RECORD"] = ("\n".join(rows) + "\n").encode()
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{module}-{version}-{tag}.whl"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in contents.items():
            info = zipfile.ZipInfo(path, (2024, 1, 1, 0, 0, 0))
            mode = 0o755 if path in set(executables) else 0o644
            info.external_attr = (0o100000 | mode) << 16
            archive.writestr(info, data)
    return target


def digest(data: bytes) -> str:
    """Return the sha256 as RECORD writes it: URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")


def _row(path: str, data: bytes) -> str:
    quoted = f'"{path}"' if "," in path else path
    return f"{quoted},sha256={digest(data)},{len(data)}"


def _expand(tag: str) -> Iterable[str]:
    pythons, abis, platforms = tag.split("-")
    return [
        f"{python}-{abi}-{platform}"
        for python in pythons.split(".")
        for abi in abis.split(".")
        for platform in platforms.split(".")
    ]
