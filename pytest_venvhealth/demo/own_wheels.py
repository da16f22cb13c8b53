"""Three small packages as wheels, for a demo without any network.

They fail as the packages of the story that this project comes from: `demo_models` loads its parts
only when they are asked for, so it imports although one is gone, and `demo_tuner` dies.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path

from pytest_venvhealth.record import encoded_hash

_VERSION = "1.0"
_LAZY = '''\
"""Models, each loaded when it is asked for."""

import importlib

_MODULE_OF = {"BertModel": "bert", "BloomModel": "bloom"}


def __getattr__(name):
    try:
        return getattr(importlib.import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    except (KeyError, ModuleNotFoundError):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
'''
_PACKAGES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "demo-models": (
        "",
        {
            "demo_models/__init__.py": _LAZY,
            "demo_models/bert.py": "class BertModel:\n    layers = 12\n",
            "demo_models/bloom.py": "class BloomModel:\n    layers = 24\n",
        },
    ),
    "demo-tuner": (
        "demo-models",
        {"demo_tuner/__init__.py": "from demo_models import BloomModel\n\nTUNES = [BloomModel]\n"},
    ),
    "demo-app": ("demo-tuner", {"demo_app.py": "import demo_tuner\n\nMODELS = demo_tuner.TUNES\n"}),
}


def build_own_wheels(folder: Path) -> None:
    """Write the three wheels into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (needs, files) in _PACKAGES.items():
        _build(folder, name, needs, files)


def _build(folder: Path, name: str, needs: str, files: Mapping[str, str]) -> None:
    """Write one wheel.

    Source: the PyPA specification "Binary distribution format".
    """
    stem = f"{name.replace('-', '_')}-{_VERSION}"
    info = f"{stem}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {_VERSION}\n"
    metadata += f"Requires-Dist: {needs}\n" if needs else ""
    wheel = "Wheel-Version: 1.0\nGenerator: venv-health demo\nRoot-Is-Purelib: true\n"
    contents = {
        **files,
        f"{info}/METADATA": metadata,
        f"{info}/WHEEL": wheel + "Tag: py3-none-any\n",
    }
    record = "".join(_row(path, text.encode()) for path, text in contents.items())
    contents[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n"
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as archive:
        for path, text in contents.items():
            archive.writestr(path, text)


def _row(path: str, data: bytes) -> str:
    return f"{path},{encoded_hash(hashlib.sha256(data))},{len(data)}\n"
