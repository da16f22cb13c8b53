"""What should not be there, and what Python would import of it."""

from __future__ import annotations

import compileall
import shutil
from functools import partial

from house import EXTENSION_SUFFIX

from faults.stage import ENVIRONMENT, NO_WHEEL, NOBODYS, Damage, Fault, Repair, Stage, all_of, write

_row = partial(Fault, family="foreign files")


def _compiled_alone(path: str) -> Damage:
    """Leave a module as bytecode beside where its source would be."""

    def damage(stage: Stage) -> None:
        source = stage.path(path)
        source.write_text("LEFT = True\n")
        compileall.compile_file(str(source), quiet=2, legacy=True)
        source.unlink()

    return damage


def _old_dist_info(stage: Stage) -> None:
    stage.add_old_dist_info("lumen", "2.0.0", {"lumen/__init__.py": "OLD = 2\n"})


def _interrupted_uninstallation(stage: Stage) -> None:
    for path in (stage.path("@glossary.py"), stage.info("glossary")):
        copy = path.with_name("~" + path.name[1:])
        if path.is_dir():
            shutil.copytree(path, copy)
        else:
            shutil.copy(path, copy)


def _files_without_metadata(stage: Stage) -> None:
    shutil.rmtree(stage.info("glossary"))


def _editable_gone(stage: Stage) -> None:
    stage.path("@studio.egg-link").write_text("/gone/studio\n.")


FOREIGN_FAULTS = (
    _row(
        name="an-older-version-left-a-module",
        inject=write("@lumen/models/bert.py", "class BertModel:\n    pass\n"),
        code="foreign-file",
        distribution="lumen",
        paths=("@lumen/models/bert.py",),
    ),
    _row(
        name="an-older-version-left-a-module-and-no-wheel-is-at-hand",
        inject=write("@lumen/models/bert.py", "class BertModel:\n    pass\n"),
        code="foreign-file",
        distribution="lumen",
        paths=("@lumen/models/bert.py",),
        wheels=False,
        repair=Repair.REFUSED,
        why=NO_WHEEL,
    ),
    _row(
        name="an-older-version-left-a-sub-package",
        inject=all_of(
            write("@lumen/legacy/__init__.py", ""), write("@lumen/legacy/old.py", "OLD = 1\n")
        ),
        code="foreign-file",
        distribution="lumen",
        paths=("@lumen/legacy/__init__.py", "@lumen/legacy/old.py"),
    ),
    _row(
        name="a-stale-folder-lies-beside-a-module",
        inject=write("@lumen/tokens/__init__.py", "class Tokenizer:\n    pass\n"),
        code="foreign-file",
        distribution="lumen",
        paths=("@lumen/tokens/__init__.py",),
    ),
    _row(
        name="bytecode-without-source-lies-in-a-package",
        inject=_compiled_alone("@lumen/models/ghost.py"),
        code="foreign-file",
        distribution="lumen",
        paths=("@lumen/models/ghost.pyc",),
    ),
    _row(
        name="an-extension-module-lies-in-a-package",
        inject=write(f"@lumen/tokens{EXTENSION_SUFFIX}", b"\x7fELF"),
        code="foreign-file",
        distribution="lumen",
        paths=(f"@lumen/tokens{EXTENSION_SUFFIX}",),
    ),
    _row(
        name="a-module-lies-in-the-part-of-a-namespace-package",
        inject=write("@acme/core/old_keys.py", "OLD = 1\n"),
        code="foreign-file",
        distribution="acme-core",
        paths=("@acme/core/old_keys.py",),
    ),
    _row(
        name="a-package-of-nobody-hides-a-distributions-module",
        inject=write("@glossary/__init__.py", "WORDS = {}\n"),
        code="shadowing-module",
        distribution=ENVIRONMENT,
        paths=("@glossary",),
        repair=Repair.REFUSED,
        why=NOBODYS,
    ),
    _row(
        name="an-extension-of-nobody-hides-a-distributions-module",
        inject=write(f"@glossary{EXTENSION_SUFFIX}", b"\x7fELF"),
        code="shadowing-module",
        distribution=ENVIRONMENT,
        paths=(f"@glossary{EXTENSION_SUFFIX}",),
        repair=Repair.REFUSED,
        why=NOBODYS,
    ),
    _row(
        name="a-module-of-nobody-is-named-like-one-of-the-standard-library",
        inject=write("@sched.py", "scheduler = None\n"),
        code="shadowing-module",
        distribution=ENVIRONMENT,
        paths=("@sched.py",),
        repair=Repair.REFUSED,
        why=NOBODYS,
    ),
    _row(
        name="a-package-of-nobody-lies-in-site-packages",
        inject=write("@stray/__init__.py", "STRAY = 1\n"),
        code="orphan-package",
        distribution=ENVIRONMENT,
        paths=("@stray",),
        warning=True,
        repair=Repair.LEFT,
        why=NOBODYS,
    ),
    _row(
        name="bytecode-of-nobody-lies-in-site-packages",
        inject=_compiled_alone("@stray.py"),
        code="orphan-package",
        distribution=ENVIRONMENT,
        paths=("@stray.pyc",),
        warning=True,
        repair=Repair.LEFT,
        why=NOBODYS,
    ),
    _row(
        name="the-metadata-is-gone-and-the-files-stay",
        inject=_files_without_metadata,
        code="orphan-package",
        distribution=ENVIRONMENT,
        paths=("@glossary.py",),
        culprits=("glossary",),
    ),
    _row(
        name="an-interrupted-uninstallation-left-names-with-a-tilde",
        inject=_interrupted_uninstallation,
        code="leftover",
        distribution=ENVIRONMENT,
        paths=("@~lossary.py", "@~lossary-1.0.0.dist-info"),
        warning=True,
    ),
    _row(
        # importlib.metadata cannot list entry points any more: each has to name its distribution.
        name="a-dist-info-of-no-name-is-left",
        inject=write("@-1.0.dist-info/METADATA", ""),
        code="leftover",
        distribution=ENVIRONMENT,
        paths=("@-1.0.dist-info",),
        takes_down=("pipeflow", "reportly"),
    ),
    _row(
        name="an-egg-link-leads-nowhere",
        inject=_editable_gone,
        code="leftover",
        distribution=ENVIRONMENT,
        paths=("@studio.egg-link",),
        warning=True,
    ),
    _row(
        name="an-interrupted-upgrade-left-two-dist-infos",
        inject=_old_dist_info,
        code="duplicate-metadata",
        distribution="lumen",
        paths=("@lumen-2.0.0.dist-info",),
    ),
    _row(
        name="an-empty-dist-info-of-another-version-is-left",
        inject=lambda stage: stage.path("@configgy-1.1.0.dist-info").mkdir(),
        code="duplicate-metadata",
        distribution="configgy",
        paths=("@configgy-1.1.0.dist-info",),
    ),
)
