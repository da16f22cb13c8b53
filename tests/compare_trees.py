"""Is one environment equal to another, a clean install? `python tests/compare_trees.py ONE OTHER`.

Equal means: every file of the wheels' payload has the same bytes and mode; launchers start their
own environment's interpreter and call the same object; RECORD lists the same files. Bytecode,
INSTALLER, REQUESTED, direct_url.json, uv_cache.json, row order and mtimes do not count.
"""

from __future__ import annotations

import csv
import hashlib
import os
import re
import sys
import time
from pathlib import Path

_SETTLED = 2.0
"""Seconds after which a file's times tell a change: their clock has a coarse tick."""
_digests: dict[tuple[int, ...], str] = {}

_NOT_COUNTED = {"INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"}
_VENVS_OWN = ("bin/python", "bin/activate", "bin/Activate")
_CALL = re.compile(rb"^from ([\w.]+) import (\w+)", re.MULTILINE)


def differences(one: Path, other: Path) -> list[str]:
    """Return what differs between two environments, a line each; empty where they are equal."""
    left, right = _describe(one), _describe(other)
    lines = [f"only in {one}: {path}" for path in sorted(left.keys() - right.keys())]
    lines += [f"only in {other}: {path}" for path in sorted(right.keys() - left.keys())]
    lines += [
        f"differs: {path}: {_shown(left[path], right[path])}"
        for path in sorted(left.keys() & right.keys())
        if left[path] != right[path]
    ]
    return lines


def _shown(left: object, right: object) -> str:
    if isinstance(left, frozenset) and isinstance(right, frozenset):
        return f"rows {sorted(left ^ right)[:6]}"
    return f"{left} and {right}"


def _describe(root: Path) -> dict[str, object]:
    found: dict[str, object] = {}
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in ("__pycache__", ".venv-health")]
        for name in names:
            path = Path(folder, name)
            shown = path.relative_to(root).as_posix()
            if name in _NOT_COUNTED or shown == "pyvenv.cfg" or shown.startswith(_VENVS_OWN):
                continue
            if path.is_symlink():
                found[shown] = str(path.readlink())
            elif not path.is_file():
                found[shown] = "a pipe, a socket or a device"
            elif name == "RECORD":
                found[shown] = _rows(path)
            else:
                mode = path.stat().st_mode & 0o777
                found[shown] = (_content(root, path), mode)
    return found


def _content(root: Path, path: Path) -> object:
    if path.parent.name != "bin":
        return _digest(path)
    data = path.read_bytes()
    if data.startswith(b"#!") and os.fsencode(root) in data[:512]:
        call = _CALL.search(data)
        body = data.replace(os.fsencode(root), b"ROOT")
        return ("launcher", *call.groups()) if call else hashlib.sha256(body).hexdigest()
    return hashlib.sha256(data).hexdigest()


def _digest(path: Path) -> str:
    """Return the hash of a file; one that nothing has touched since is not read again.

    No write and no rename leaves a ctime as it was, and nobody can set one.
    """
    status = path.stat()
    key = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    if key not in _digests:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if time.time() - status.st_ctime < _SETTLED:
            return digest
        _digests[key] = digest
    return _digests[key]


def _rows(path: Path) -> object:
    rows: set[tuple[str, ...]] = set()
    with path.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
        try:
            listed = list(csv.reader(file))
        except csv.Error:
            return "no RECORD"
        for row in listed:
            if len(row) != 3:
                rows.add(("bad", *row))
                continue
            name, digest, size = row
            if name.endswith(".pyc") or Path(name).name in _NOT_COUNTED:
                continue
            # A launcher's bytes are the installer's own.
            rows.add((name,) if "/bin/" in name else (name, digest, size))
    return frozenset(rows)


if __name__ == "__main__":
    found = differences(Path(sys.argv[1]).absolute(), Path(sys.argv[2]).absolute())
    sys.stdout.write("\n".join(found or ["equal"]) + "\n")
    sys.exit(bool(found))
