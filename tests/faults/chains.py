"""Faults of one distribution that make others fail: who is to blame, and who is not."""

from __future__ import annotations

import os
import shutil
from functools import partial

from house import EXTENSION_SUFFIX, LIBRARY, NO_NATIVE, QUEUE, native_tag

from faults.bytecode import cache, compiled_from
from faults.environment import in_front
from faults.stage import (
    ENVIRONMENT,
    NO_WHEEL,
    NOBODYS,
    UNFIT,
    Damage,
    Fault,
    Repair,
    Stage,
    all_of,
    become_link,
    cut,
    edit,
    instead,
    remove,
    with_wheel,
    without,
    write,
)

_row = partial(Fault, family="root causes")
_BLOOM = "@lumen/models/bloom.py"
_ABOVE_TENSORLET = ("lumen-adapter", "reportly", "tensorlet-optim")


def _missing_metadata(stage: Stage) -> None:
    (stage.info("lumen") / "METADATA").unlink()


def _older_metadata_beside(stage: Stage) -> None:
    """Leave a dist-info of an older version, and let the newer one lose its METADATA."""
    (stage.info("lumen") / "METADATA").unlink()
    stage.add_old_dist_info("lumen", "1.0.0", {"lumen/__init__.py": "OLD = 1\n"})


def _capital_letter(stage: Stage) -> None:
    stage.path("@acme/core/keys.py").rename(stage.path("@acme/core/Keys.py"))


def _other_abi(stage: Stage) -> None:
    """Install `tensorlet` from a wheel whose extension module is of another Python."""
    extension = stage.path(f"@tensorlet/{QUEUE}").read_bytes()
    library = stage.path(f"@tensorlet.libs/{LIBRARY}").read_bytes()
    modules = {f"tensorlet/{name}.py": "" for name in ("__init__", "ops", "testing")}
    sources = {path: stage.path(f"@{path}").read_bytes() for path in modules}
    stage.uninstall("tensorlet")
    files = {
        **sources,
        "tensorlet/_queue.cpython-38-x86_64-linux-gnu.so": extension,
        f"tensorlet.libs/{LIBRARY}": library,
    }
    stage.add("tensorlet", files, version="1.4.2", tag=native_tag())


def _dist_info_gone(stage: Stage) -> None:
    shutil.rmtree(stage.info("lumen"))


def _shortcut(stage: Stage) -> None:
    points = "[console_scripts]\nshort = lumen.hub:main\n"
    stage.add("shortcuts", entry_points=points, requires=["lumen"])
    os.unlink(stage.path("@lumen/hub.py"))


def _plug_in(module: str) -> Damage:
    points = f"[pipeflow.steps]\nxml = {module}:step\n"
    return with_wheel("pipeflow-xml", entry_points=points, requires=["pipeflow"])


CHAIN_FAULTS = (
    # a file of one is gone or altered
    _row(
        name="a-lazy-library-has-lost-a-module-that-another-asks-for",
        inject=remove(_BLOOM),
        code="file-missing",
        distribution="lumen",
        paths=(_BLOOM,),
        takes_down=("lumen-adapter", "reportly"),
    ),
    _row(
        name="a-lazy-library-has-lost-it-and-no-wheel-is-at-hand",
        inject=remove(_BLOOM),
        code="file-missing",
        distribution="lumen",
        paths=(_BLOOM,),
        takes_down=("lumen-adapter", "reportly"),
        wheels=False,
        repair=Repair.REFUSED,
        why=NO_WHEEL,
    ),
    _row(
        name="a-module-that-another-asks-for-is-emptied",
        inject=write(_BLOOM, ""),
        code="file-altered",
        distribution="lumen",
        paths=(_BLOOM,),
        takes_down=("lumen-adapter", "reportly"),
    ),
    _row(
        name="a-module-at-the-bottom-has-a-mistake-in-its-syntax",
        inject=edit("@tensorlet/ops.py", "def order(values):", "def order(values:"),
        code="file-altered",
        distribution="tensorlet",
        paths=("@tensorlet/ops.py",),
        takes_down=_ABOVE_TENSORLET,
    ),
    _row(
        name="a-module-that-three-use-raises",
        inject=write("@configgy/parser.py", "raise RuntimeError('edited')\n"),
        code="file-altered",
        distribution="configgy",
        paths=("@configgy/parser.py",),
        takes_down=("hubclient", "lumen", "pipeflow", "reportly"),
    ),
    _row(
        name="a-module-computes-something-else",
        inject=edit("@configgy/parser.py", "line.split", "line.upper().split"),
        code="file-altered",
        distribution="configgy",
        paths=("@configgy/parser.py",),
        takes_down=("hubclient", "pipeflow", "reportly"),
    ),
    _row(
        name="an-edited-module-crashes-python",
        inject=write("@tensorlet/ops.py", "import ctypes\n\nctypes.string_at(0)\n"),
        code="file-altered",
        distribution="tensorlet",
        paths=("@tensorlet/ops.py",),
        takes_down=_ABOVE_TENSORLET,
    ),
    _row(
        name="an-edited-module-hangs",
        inject=write("@glossary.py", "import time\n\ntime.sleep(3600)\n"),
        code="file-altered",
        distribution="glossary",
        paths=("@glossary.py",),
        takes_down=("reportly",),
        options=("--venv-timeout=3",),
    ),
    _row(
        name="an-edited-module-ends-the-process",
        inject=write("@glossary.py", "import os\n\nos._exit(0)\n"),
        code="file-altered",
        distribution="glossary",
        paths=("@glossary.py",),
        takes_down=("reportly",),
    ),
    _row(
        name="the-adapter-has-lost-its-package-file",
        inject=remove("@lumen_adapter/__init__.py"),
        code="file-missing",
        distribution="lumen-adapter",
        paths=("@lumen_adapter/__init__.py",),
        takes_down=("reportly",),
    ),
    _row(
        name="a-data-file-that-another-reads-is-deleted",
        inject=remove("@lumen/data/vocab.txt"),
        code="file-missing",
        distribution="lumen",
        paths=("@lumen/data/vocab.txt",),
        takes_down=("reportly",),
    ),
    _row(
        name="a-data-file-of-an-undeclared-dependency-is-deleted",
        inject=remove("@zonedata/zones/utc"),
        code="file-missing",
        distribution="zonedata",
        paths=("@zonedata/zones/utc",),
        takes_down=("timekit",),
    ),
    _row(
        name="one-part-of-a-shared-namespace-package-is-deleted",
        inject=remove("@acme/core"),
        code="file-missing",
        distribution="acme-core",
        paths=("@acme/core/__init__.py", "@acme/core/keys.py"),
        takes_down=("acme-store", "reportly"),
    ),
    _row(
        name="a-module-that-another-imports-is-a-link-that-leads-nowhere",
        inject=become_link("@acme/core/keys.py", "/gone/keys.py"),
        code="file-missing",
        distribution="acme-core",
        paths=("@acme/core/keys.py",),
        takes_down=("acme-store", "reportly"),
    ),
    _row(
        name="a-module-that-another-imports-got-a-capital-letter",
        inject=_capital_letter,
        code="file-case-changed",
        distribution="acme-core",
        paths=("@acme/core/keys.py",),
        takes_down=("acme-store", "reportly"),
    ),
    _row(
        name="a-module-that-another-imports-was-overwritten-by-a-third",
        inject=with_wheel("glossary-extra", {"glossary.py": "WORDS = {}\n"}),
        code="file-clobbered",
        distribution="glossary",
        paths=("@glossary.py",),
        culprits=("glossary", "glossary-extra"),
        takes_down=("reportly",),
        repair=Repair.REFUSED,
        why="the other one brings the same path with other bytes: one of the two has to go",
    ),
    # something that should not be there
    _row(
        name="a-foreign-folder-hides-a-module-that-another-asks-for",
        inject=write("@lumen/models/bloom/__init__.py", ""),
        code="foreign-file",
        distribution="lumen",
        paths=("@lumen/models/bloom/__init__.py",),
        takes_down=("lumen-adapter", "reportly"),
    ),
    _row(
        name="a-foreign-extension-hides-a-module-that-another-asks-for",
        inject=write(f"@lumen/tokens{EXTENSION_SUFFIX}", b"\x7fELF"),
        code="foreign-file",
        distribution="lumen",
        paths=(f"@lumen/tokens{EXTENSION_SUFFIX}",),
        takes_down=("reportly",),
    ),
    _row(
        name="a-package-of-nobody-hides-what-another-imports",
        inject=write("@glossary/__init__.py", "WORDS = {}\n"),
        code="shadowing-module",
        distribution=ENVIRONMENT,
        paths=("@glossary",),
        takes_down=("glossary", "reportly"),
        repair=Repair.REFUSED,
        why=NOBODYS,
    ),
    _row(
        name="a-package-file-of-nobody-ends-a-namespace-package",
        inject=write("@acme/__init__.py", "raise ImportError('of another time')\n"),
        code="shadowing-module",
        distribution=ENVIRONMENT,
        paths=("@acme/__init__.py",),
        takes_down=("acme-core", "acme-store", "reportly"),
        repair=Repair.REFUSED,
        why=NOBODYS,
    ),
    _row(
        name="a-folder-in-front-hides-the-standard-librarys-module",
        inject=in_front,
        code="path-shadowing",
        distribution=ENVIRONMENT,
        paths=("@front.pth",),
        takes_down=("timekit",),
        repair=Repair.REFUSED,
        why=NOBODYS,
    ),
    _row(
        name="stale-bytecode-of-one-breaks-another",
        inject=compiled_from(_BLOOM, "class BertModel:\n    pass\n"),
        code="bytecode-stale",
        distribution="lumen",
        paths=(cache(_BLOOM),),
        takes_down=("lumen-adapter", "reportly"),
    ),
    # native code
    _row(
        name="a-bundled-library-is-deleted",
        inject=remove(f"@tensorlet.libs/{LIBRARY}"),
        code="file-missing",
        distribution="tensorlet",
        paths=(f"@tensorlet.libs/{LIBRARY}",),
        takes_down=_ABOVE_TENSORLET,
        hindered=NO_NATIVE,
    ),
    _row(
        name="a-bundled-library-is-cut",
        inject=cut(f"@tensorlet.libs/{LIBRARY}", 0.01),
        code="file-altered",
        distribution="tensorlet",
        paths=(f"@tensorlet.libs/{LIBRARY}",),
        takes_down=_ABOVE_TENSORLET,
        hindered=NO_NATIVE,
    ),
    _row(
        name="an-extension-module-that-others-use-is-deleted",
        inject=remove(f"@tensorlet/{QUEUE}"),
        code="file-missing",
        distribution="tensorlet",
        paths=(f"@tensorlet/{QUEUE}",),
        takes_down=_ABOVE_TENSORLET,
        hindered=NO_NATIVE,
    ),
    _row(
        name="an-extension-module-that-others-use-is-emptied",
        inject=write(f"@tensorlet/{QUEUE}", b""),
        code="file-altered",
        distribution="tensorlet",
        paths=(f"@tensorlet/{QUEUE}",),
        takes_down=_ABOVE_TENSORLET,
        hindered=NO_NATIVE,
    ),
    _row(
        name="an-extension-module-that-others-use-is-of-another-abi",
        inject=_other_abi,
        code="extension-abi",
        distribution="tensorlet",
        paths=("@tensorlet/_queue.cpython-38-x86_64-linux-gnu.so",),
        takes_down=_ABOVE_TENSORLET,
        wheels=False,
        hindered=NO_NATIVE,
        repair=Repair.REFUSED,
        why=NO_WHEEL,
    ),
    # one that is missing
    _row(
        name="a-declared-dependency-is-uninstalled",
        inject=without("acme-core"),
        code="not-installed",
        distribution="acme-core",
        takes_down=("acme-store", "reportly"),
        version_unknown=True,
    ),
    _row(
        name="a-dependency-that-nobody-listed-and-three-need-is-uninstalled",
        inject=without("configgy"),
        code="not-installed",
        distribution="configgy",
        takes_down=("hubclient", "lumen", "pipeflow", "reportly"),
        pinned=True,
    ),
    _row(
        name="what-an-extra-needs-is-uninstalled",
        inject=without("hubclient"),
        code="not-installed",
        distribution="hubclient",
        takes_down=("reportly",),
    ),
    _row(
        name="a-lazy-library-hides-that-its-dependency-is-uninstalled",
        inject=without("tensorlet"),
        code="not-installed",
        distribution="tensorlet",
        takes_down=_ABOVE_TENSORLET,
        version_unknown=True,
    ),
    _row(
        name="an-undeclared-dependency-is-uninstalled",
        inject=without("zonedata"),
        code="import-error",
        distribution="timekit",
        paths=("@timekit/__init__.py",),
        culprits=("zonedata",),
        used=True,
        repair=Repair.REFUSED,
        why="neither the profile nor any metadata asks for it",
    ),
    # metadata of one that another reads
    _row(
        name="the-version-that-another-asks-for-is-lost-with-metadata",
        inject=_missing_metadata,
        code="metadata-missing",
        distribution="lumen",
        paths=("@lumen-2.1.0.dist-info/METADATA",),
        takes_down=("lumen-adapter",),
    ),
    _row(
        name="the-version-that-another-asks-for-is-that-of-an-older-dist-info",
        inject=_older_metadata_beside,
        code="duplicate-metadata",
        distribution="lumen",
        paths=("@lumen-1.0.0.dist-info",),
        takes_down=("lumen-adapter",),
    ),
    _row(
        name="the-dist-info-that-another-asks-is-gone",
        inject=_dist_info_gone,
        code="not-installed",
        distribution="lumen",
        takes_down=("lumen-adapter", ENVIRONMENT),
    ),
    # what is found by name: start-up files, launchers, plug-ins
    _row(
        name="a-pth-file-imports-a-module-that-is-lost",
        inject=remove("@warmup_hook.py"),
        code="file-missing",
        distribution="warmup",
        paths=("@warmup_hook.py",),
        takes_down=(ENVIRONMENT,),
    ),
    _row(
        name="a-launcher-leads-into-a-lost-module-of-another",
        inject=_shortcut,
        code="entry-points-invalid",
        distribution="shortcuts",
        paths=("@shortcuts-1.0.dist-info/entry_points.txt",),
        culprits=("lumen",),
        remains=("bin/short", "@shortcuts"),
        why="the distribution whose launcher it is was installed by the fault, and is sound",
    ),
    _row(
        name="a-plug-in-that-has-lost-its-module-breaks-its-host",
        inject=remove("@pipeflow_csv/plugin.py"),
        code="file-missing",
        distribution="pipeflow-csv",
        paths=("@pipeflow_csv/plugin.py",),
        takes_down=("pipeflow",),
    ),
    _row(
        name="a-plug-in-that-names-what-never-was-breaks-its-host",
        inject=_plug_in("pipeflow_xml.steps"),
        code="import-error",
        distribution="pipeflow",
        culprits=("pipeflow-xml",),
        used=True,
        repair=Repair.REFUSED,
        why=NO_WHEEL,
    ),
    # every file is right, and the versions do not fit
    _row(
        name="a-dependency-is-out-of-range-and-has-lost-a-name",
        inject=instead("lumen", "3.0.0"),
        code="dependency-conflict",
        distribution="lumen-adapter",
        culprits=("lumen", "lumen-adapter"),
        takes_down=("reportly",),
        repair=Repair.REFUSED,
        why=UNFIT,
    ),
    _row(
        name="a-dependency-that-nobody-listed-is-out-of-range",
        inject=instead("configgy", "0.9.0"),
        code="dependency-conflict",
        distribution="hubclient",
        culprits=("configgy",),
        takes_down=("lumen", "pipeflow", "reportly"),
        pinned=True,
        repair=Repair.REFUSED,
        why=UNFIT,
    ),
    _row(
        name="a-name-is-gone-from-a-version-that-fits-by-its-metadata",
        inject=instead("lumen", "2.5.0"),
        code="import-error",
        distribution="lumen-adapter",
        paths=("@lumen_adapter/__init__.py",),
        culprits=("lumen", "lumen-adapter"),
        takes_down=("reportly",),
        repair=Repair.REFUSED,
        why=UNFIT,
    ),
    _row(
        name="a-name-is-gone-from-a-version-that-is-off-its-pin",
        inject=instead("lumen", "2.5.0"),
        code="version-drift",
        distribution="lumen",
        takes_down=("lumen-adapter", "reportly"),
        pinned=True,
    ),
    _row(
        name="an-attribute-is-gone-that-is-only-asked-for-in-use",
        inject=instead("tensorlet", "1.10.0"),
        code="exception",
        distribution="lumen-adapter",
        paths=(_BLOOM,),
        culprits=("lumen", "tensorlet"),
        used=True,
        repair=Repair.REFUSED,
        why=UNFIT,
    ),
    _row(
        name="an-attribute-is-gone-from-a-version-that-is-off-its-pin",
        inject=instead("tensorlet", "1.10.0"),
        code="version-drift",
        distribution="tensorlet",
        takes_down=("lumen-adapter",),
        pinned=True,
    ),
    _row(
        name="a-size-has-changed-since-another-was-built-against-it",
        inject=instead("tensorlet", "1.9.0"),
        code="exception",
        distribution="tensorlet-optim",
        paths=("@tensorlet_optim/__init__.py",),
        culprits=("tensorlet", "tensorlet-optim"),
        used=True,
        repair=Repair.REFUSED,
        why=UNFIT,
    ),
    _row(
        name="a-size-has-changed-in-a-version-that-is-off-its-pin",
        inject=instead("tensorlet", "1.9.0"),
        code="version-drift",
        distribution="tensorlet",
        takes_down=("tensorlet-optim",),
        pinned=True,
    ),
    _row(
        name="a-namespace-packages-other-part-is-of-another-generation",
        inject=instead("acme-core", "2.0.0"),
        code="import-error",
        distribution="acme-store",
        paths=("@acme/store/__init__.py",),
        culprits=("acme-core", "acme-store"),
        takes_down=("reportly",),
        repair=Repair.REFUSED,
        why=UNFIT,
    ),
    _row(
        name="a-probe-gets-another-result-from-a-version-off-its-pin",
        inject=all_of(instead("glossary", "1.1.0")),
        code="version-drift",
        distribution="glossary",
        takes_down=("reportly",),
        pinned=True,
    ),
)
