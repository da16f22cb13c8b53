"""A healthy environment in small: distributions that lean on each other as real ones do.

| distribution | what it stands for |
|---|---|
| `lumen` | a lazy library: it imports whatever it has lost; with an extra, a launcher, data |
| `lumen-adapter` | takes a name from `lumen` at import, asks for its version when used |
| `tensorlet` | a native extension, with a library of its own in `tensorlet.libs`, and a header |
| `tensorlet-optim` | built against the layout of `tensorlet` |
| `configgy` | small, pure, and needed by three |
| `pipeflow`, `pipeflow-csv` | a host and its plug-in, found by entry point |
| `acme-core`, `acme-store` | two that share the namespace package `acme` |
| `hubclient` | what an extra brings |
| `glossary` | a single module |
| `zonedata`, `timekit` | data, and one that uses it without saying so in its metadata |
| `warmup` | brings a `.pth` file |
| `fontpack` | data alone: nothing to import |
| `reportly` | the application: a `#!python` script, a launcher into another's module, data |
"""

from __future__ import annotations

import importlib.machinery
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from elf import extensions, link
from packaging.tags import sys_tags
from targets import make_target
from wheels import make_wheel

EXTENSION_SUFFIX = importlib.machinery.EXTENSION_SUFFIXES[0]
QUEUE = f"_queue{EXTENSION_SUFFIX}"
LIBRARY = "libordering-1f2e.so.1"
NATIVE = {"_queue", "mmap"} <= extensions().keys()
"""Whether the running Python ships the extension modules that `tensorlet` is made of."""
NO_NATIVE = "" if NATIVE else "this Python ships no extension modules as files"
"""Why what is about them cannot be shown; empty where it can."""

_LUMEN = """\
import importlib

_PLACES = {
    "BloomModel": "lumen.models.bloom",
    "BirchModel": "lumen.models.birch",
    "Tokenizer": "lumen.tokens",
}


def __getattr__(name):
    try:
        return getattr(importlib.import_module(_PLACES[name]), name)
    except (KeyError, ModuleNotFoundError):
        raise AttributeError(f"module 'lumen' has no attribute {name!r}") from None
"""
_BLOOM = """\
import tensorlet


class BloomModel:
    layers = 2

    def forward(self, values):
        return tensorlet.order(values)

    def score(self, left, right):
        return tensorlet.einsum(left, right)


def demo():
    return 0
"""
_BIRCH = """\
class BirchModel:
    layers = 3
"""
_TOKENS = """\
import pathlib


class Tokenizer:
    def __init__(self):
        path = pathlib.Path(__file__).with_name("data") / "vocab.txt"
        self.words = path.read_text().split()

    def encode(self, text):
        return [self.words.index(word) for word in text.split()]
"""
_OPS = """\
from tensorlet._queue import SimpleQueue

LAYOUT = 72


def order(values):
    queue = SimpleQueue()
    for value in sorted(values):
        queue.put(value)
    return [queue.get() for _ in values]


def einsum(left, right):
    return sum(one * other for one, other in zip(left, right))
"""
_OPTIM = """\
import tensorlet.ops

if tensorlet.ops.LAYOUT != 72:
    raise ValueError(
        "tensorlet.ops.Tensor size changed, may indicate binary incompatibility. "
        f"Expected 72 from C header, got {tensorlet.ops.LAYOUT} from PyObject"
    )


def step(values):
    return tensorlet.ops.order(values)[0]
"""
_ADAPTER = """\
from importlib.metadata import version

from lumen import BloomModel


class Adapter(BloomModel):
    rank = 8


def backend():
    return tuple(int(part) for part in version("lumen").split("."))
"""
_REGISTRY = """\
from importlib.metadata import entry_points


def load_steps():
    return {point.name: point.load() for point in entry_points(group="pipeflow.steps")}
"""
_REPORTLY = """\
from importlib.metadata import entry_points

import glossary
import hubclient
from acme.store import Store
from lumen_adapter import Adapter


def render(values):
    from lumen import Tokenizer

    store = Store()
    store.put("words", Tokenizer().encode("three one"))
    ordered = Adapter().forward(values)
    return f"{glossary.define('order')}: {ordered} {store.get('words')} {hubclient.ADDRESS}"


def commands():
    return [
        point.load()
        for point in entry_points(group="console_scripts")
        if point.name.startswith("reportly-")
    ]
"""


def other_tensorlet(version: str) -> dict[str, str]:
    """Return `ops.py` of a release that `lumen` and `tensorlet-optim` have not met."""
    if version == "1.9.0":
        return {"tensorlet/ops.py": _OPS.replace("LAYOUT = 72", "LAYOUT = 96")}
    return {"tensorlet/ops.py": _OPS.partition("\n\ndef einsum")[0] + "\n"}


def native_tag() -> str:
    """Return the tag of a wheel with native code for the running Python."""
    return str(next(iter(sys_tags())))


def _tensorlet() -> dict[str, str | bytes]:
    found = extensions()
    files: dict[str, str | bytes] = {
        "tensorlet/__init__.py": "from tensorlet.ops import *  # order, einsum, LAYOUT\n",
        "tensorlet/ops.py": _OPS,
        "tensorlet/testing.py": "def close(left, right):\n    return abs(left - right) < 1e-9\n",
        "tensorlet-{version}.data/headers/tensorlet.h": "#define TENSORLET_LAYOUT 72\n",
    }
    if NATIVE:
        extension = found["_queue"].read_bytes()
        files[f"tensorlet/{QUEUE}"] = link(extension, [LIBRARY], "$ORIGIN/../tensorlet.libs")
        files[f"tensorlet.libs/{LIBRARY}"] = found["mmap"].read_bytes()
    else:
        files["tensorlet/_queue.py"] = "from queue import SimpleQueue\n"
    return files


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What one wheel of the house holds; `{version}` in a path stands for its version."""

    name: str
    versions: tuple[str, ...]
    """The installed one first; the others are at hand in the wheelhouse."""
    files: Mapping[str, str | bytes]
    changed: Mapping[str, Mapping[str, str | bytes]] = field(default_factory=dict)
    """By version: files that differ in the other ones."""
    requires: tuple[str, ...] = ()
    entry_points: str | None = None
    executables: tuple[str, ...] = ()
    metadata: str = ""
    native: bool = False


def parts() -> tuple[Parts, ...]:
    """Return all distributions of the house, dependencies first."""
    return (
        Parts(
            name="configgy",
            versions=("1.2.0", "0.9.0"),
            files={
                "configgy/__init__.py": "from configgy.parser import load\n",
                "configgy/parser.py": (
                    "def load(text):\n"
                    "    return dict(line.split('=', 1) for line in text.splitlines())\n"
                ),
            },
            changed={
                "0.9.0": {"configgy/__init__.py": "from configgy.parser import load as read\n"}
            },
        ),
        Parts(
            name="glossary",
            versions=("1.0.0", "1.1.0"),
            files={
                "glossary.py": (
                    "WORDS = {'order': 'from least to most'}\n\n\n"
                    "def define(word):\n    return WORDS[word]\n"
                )
            },
            changed={
                "1.1.0": {
                    "glossary.py": (
                        "WORDS = {'order': 'a rank'}\n\n\n"
                        "def define(word):\n    return WORDS[word]\n"
                    )
                }
            },
        ),
        Parts(
            name="zonedata",
            versions=("2024.2",),
            files={
                "zonedata/__init__.py": (
                    "import pathlib\n\n\ndef zone(name):\n"
                    "    return (pathlib.Path(__file__).parent / 'zones' / name).read_bytes()\n"
                ),
                "zonedata/zones/utc": b"TZif2" + bytes(range(64)),
                "zonedata/zones/cet": b"TZif2" + bytes(range(64, 128)),
            },
        ),
        Parts(
            name="tensorlet",
            versions=("1.4.2", "1.9.0", "1.10.0"),
            files=_tensorlet(),
            changed={version: other_tensorlet(version) for version in ("1.9.0", "1.10.0")},
            native=NATIVE,
        ),
        Parts(
            name="tensorlet-optim",
            versions=("0.5.0",),
            files={"tensorlet_optim/__init__.py": _OPTIM},
            requires=("tensorlet>=1.3",),
        ),
        Parts(
            name="hubclient",
            versions=("0.3.1",),
            files={
                "hubclient/__init__.py": (
                    "import configgy\n\nADDRESS = configgy.load('address=hub')['address']\n"
                )
            },
            requires=("configgy>=1",),
        ),
        Parts(
            name="lumen",
            versions=("2.1.0", "2.5.0", "3.0.0"),
            files={
                "lumen/__init__.py": _LUMEN,
                "lumen/models/__init__.py": "",
                "lumen/models/bloom.py": _BLOOM,
                "lumen/models/birch.py": _BIRCH,
                "lumen/nn/__init__.py": "from lumen.nn.layers import Dense\n",
                "lumen/nn/layers.py": (
                    "from configgy import load\n\n\nclass Dense:\n    defaults = load('bias=1')\n"
                ),
                "lumen/tokens.py": _TOKENS,
                "lumen/hub.py": "import hubclient\n",
                "lumen/cli.py": "def main():\n    return 0\n",
                "lumen/data/vocab.txt": "one two three\n",
                "lumen-{version}.data/data/share/man/man1/lumen.1": ".TH LUMEN 1\n",
                "lumen-{version}.data/data/etc/lumen/lumen.conf": "colour = red\n",
            },
            changed={
                version: {
                    "lumen/__init__.py": _LUMEN.replace('"BloomModel"', '"BloomForText"'),
                    "lumen/models/bloom.py": _BLOOM.replace("BloomModel", "BloomForText"),
                }
                for version in ("2.5.0", "3.0.0")
            },
            requires=("tensorlet>=1.2", "configgy>=1", "hubclient>=0.3; extra == 'hub'"),
            metadata="Requires-Python: >=3.8\nProvides-Extra: hub\n",
            entry_points="[console_scripts]\nlumen-cli = lumen.cli:main\n",
        ),
        Parts(
            name="lumen-adapter",
            versions=("0.9.1",),
            files={
                "lumen_adapter/__init__.py": _ADAPTER,
                "lumen_adapter/tuners/__init__.py": "",
                "lumen_adapter/tuners/lora.py": "RANK = 8\n",
            },
            requires=("lumen>=2,<3",),
        ),
        Parts(
            name="pipeflow",
            versions=("3.0.0",),
            files={
                "pipeflow/__init__.py": (
                    "import configgy\n\nfrom pipeflow.registry import load_steps\n\n\n"
                    "def run(text):\n"
                    "    settings = configgy.load(text)\n"
                    "    return [step(settings) for step in load_steps().values()]\n"
                ),
                "pipeflow/registry.py": _REGISTRY,
                "pipeflow/cli.py": "def main():\n    return 0\n",
            },
            requires=("configgy>=1; python_version >= '3'",),
            entry_points="[console_scripts]\npipeflow = pipeflow.cli:main\n",
        ),
        Parts(
            name="pipeflow-csv",
            versions=("1.1.0",),
            files={
                "pipeflow_csv/__init__.py": "",
                "pipeflow_csv/plugin.py": (
                    "import csv\n\n\ndef step(settings):\n"
                    "    return next(csv.reader([settings['row']]))\n"
                ),
            },
            requires=("pipeflow>=3",),
            entry_points="[pipeflow.steps]\ncsv = pipeflow_csv.plugin:step\n",
        ),
        Parts(
            name="acme-core",
            versions=("1.0.0", "2.0.0"),
            files={
                "acme/core/__init__.py": "",
                "acme/core/keys.py": "def make_key(name):\n    return f'acme:{name}'\n",
            },
            changed={"2.0.0": {"acme/core/keys.py": "def build_key(name):\n    return name\n"}},
        ),
        Parts(
            name="acme-store",
            versions=("1.0.0",),
            files={
                "acme/store/__init__.py": (
                    "from acme.core.keys import make_key\n\n\nclass Store(dict):\n"
                    "    def put(self, name, value):\n        self[make_key(name)] = value\n\n"
                    "    def get(self, name):\n        return self[make_key(name)]\n"
                )
            },
            requires=("acme-core>=1",),
        ),
        Parts(
            name="timekit",
            versions=("1.0.0",),
            files={
                "timekit/__init__.py": (
                    "import sched\n\nfrom zonedata import zone\n\n\n"
                    "def agenda():\n    return sched.scheduler()\n"
                )
            },
        ),
        Parts(
            name="warmup",
            versions=("1.0.0",),
            files={
                "warmup.pth": "import warmup_hook\n",
                "warmup_hook.py": "import sys\n\nsys.warm = True\n",
            },
        ),
        Parts(
            name="fontpack",
            versions=("2024.1",),
            files={
                "fontpack-{version}.data/data/share/fonts/fontpack/plain.ttf": bytes(range(256)),
                "fontpack-{version}.data/data/share/fonts/fontpack/bold.ttf": bytes(range(255)),
            },
        ),
        Parts(
            name="reportly",
            versions=("2.0.0",),
            files={
                "reportly/__init__.py": _REPORTLY,
                "reportly/charts.py": "import plotlet  # of the extra `charts`\n",
                "reportly-{version}.data/scripts/reportly-run": (
                    "#!python\nimport reportly\n\nprint(reportly.render([2, 1]))\n"
                ),
                "reportly-{version}.data/data/etc/reportly/reportly.conf": "paper = a4\n",
                "reportly-{version}.data/data/share/reportly/theme.txt": "plain\n",
            },
            requires=(
                "lumen-adapter>=0.9",
                "lumen[hub]>=2",
                "glossary>=1",
                "fontpack",
                "acme-store>=1",
                "plotlet; extra == 'charts'",
            ),
            metadata="Provides-Extra: charts\n",
            entry_points="[console_scripts]\nreportly-bloom = lumen.models.bloom:demo\n",
            executables=("reportly-{version}.data/scripts/reportly-run",),
        ),
    )


_PROBES = {
    "configgy": "import configgy\nassert configgy.load('a=1') == {'a': '1'}",
    "glossary": "import glossary\nassert glossary.define('order').startswith('from')",
    "zonedata": "import zonedata\nassert zonedata.zone('cet').startswith(b'TZif2')",
    "tensorlet": "import tensorlet\nassert tensorlet.order([2, 1]) == [1, 2]",
    "tensorlet-optim": "import tensorlet_optim\nassert tensorlet_optim.step([2, 1]) == 1",
    "hubclient": "import hubclient\nassert hubclient.ADDRESS == 'hub'",
    "lumen": (
        "import lumen.nn\n"
        "assert lumen.BirchModel.layers == 3\n"
        "assert lumen.Tokenizer().encode('two') == [1]"
    ),
    "lumen-adapter": (
        "import lumen_adapter\n"
        "assert lumen_adapter.backend() >= (2, 0)\n"
        "assert lumen_adapter.Adapter().score([1, 2], [3, 4]) == 11"
    ),
    "pipeflow": "import pipeflow\nassert pipeflow.run('row=a,b') == [['a', 'b']]",
    "acme-store": "from acme.store import Store\nstore = Store()\nstore.put('a', 1)",
    "timekit": "import timekit\nassert timekit.agenda().empty()\nassert timekit.zone('utc')",
    "reportly": (
        "import reportly\n"
        "assert reportly.render([2, 1]) == 'from least to most: [1, 2] [2, 0] hub'\n"
        "assert [command() for command in reportly.commands()] == [0]"
    ),
}


def fill_wheelhouse(folder: Path) -> list[Path]:
    """Write every wheel of the house to `folder` and return those to install."""
    chosen: list[Path] = []
    for each in parts():
        for version in each.versions:
            files = {**each.files, **each.changed.get(version, {})}
            wheel = make_wheel(
                folder,
                each.name,
                version,
                {path.format(version=version): data for path, data in files.items()},
                requires=each.requires,
                entry_points=each.entry_points,
                executables=[path.format(version=version) for path in each.executables],
                metadata=each.metadata,
                tag=native_tag() if each.native else "py3-none-any",
            )
            if version == each.versions[0]:
                chosen.append(wheel)
    return chosen


@dataclass(frozen=True, kw_only=True)
class House:
    """The healthy environment with all that belongs to it; nothing of it may be changed."""

    root: Path
    """The venv."""
    wheelhouse: Path
    probes: Path
    """A profile of probes, which wants nothing."""
    pins: Path
    """A profile of the same probes, which wants every distribution at its version."""


def build_house(folder: Path) -> House:
    """Build the wheels, the venv and the profiles below `folder`."""
    wheels = fill_wheelhouse(folder / "wheelhouse")
    root = make_target(folder / "venv", wheels)
    probes, pins = folder / "probes.toml", folder / "pins.toml"
    probes.write_text(
        "".join(f'[probes.{name}]\ncode = """\n{code}\n"""\n' for name, code in _PROBES.items())
    )
    # What nobody lists is found all the same: configgy is not among the pins.
    pinned = [f"{each.name}=={each.versions[0]}" for each in parts() if each.name != "configgy"]
    pins.write_text(f'extends = "probes"\n[dependency-groups]\nall = {pinned!r}\n')
    return House(root=root, wheelhouse=folder / "wheelhouse", probes=probes, pins=pins)
