"""Files that are gone, or are not what their wheel gave."""

from __future__ import annotations

import os
from functools import partial

from targets import install_wheel
from wheels import digest, make_wheel

from faults.stage import (
    NO_WHEEL,
    Damage,
    Fault,
    Repair,
    Stage,
    all_of,
    become_link,
    change,
    cut,
    edit,
    flip,
    remove,
    unnoticed,
    with_wheel,
    write,
)

_row = partial(Fault, family="files")


def _without_execution(path: str) -> Damage:
    return lambda stage: stage.path(path).chmod(0o644)


def _become_folder(stage: Stage) -> None:
    path = stage.path("@lumen/tokens.py")
    path.unlink()
    path.mkdir()
    (path / "left.txt").write_text("left\n")


def _become_pipe(stage: Stage) -> None:
    path = stage.path("@lumen/data/vocab.txt")
    path.unlink()
    os.mkfifo(path)


def _become_link_to_a_copy(stage: Stage) -> None:
    path = stage.path("@lumen/models/birch.py")
    path.rename(stage.folder / "elsewhere.py")
    path.symlink_to(stage.folder / "elsewhere.py")


def _change_case(stage: Stage) -> None:
    stage.path("@lumen/tokens.py").rename(stage.path("@lumen/Tokens.py"))


def _swap(stage: Stage) -> None:
    one, other = stage.path("@lumen/models/bloom.py"), stage.path("@lumen/models/birch.py")
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)


def _let_record_agree(stage: Stage) -> None:
    path = stage.path("@lumen/models/birch.py")
    old = path.read_bytes()
    new = old.replace(b"3", b"4")
    path.write_bytes(new)
    record = stage.info("lumen") / "RECORD"
    record.write_text(record.read_text().replace(digest(old), digest(new)))


def _other_build(stage: Stage) -> None:
    stage.uninstall("glossary")
    files = {
        "glossary.py": (
            "# built elsewhere\nWORDS = {'order': 'from least to most'}\n\n\n"
            "def define(word):\n    return WORDS[word]\n"
        )
    }
    wheel = make_wheel(
        stage.folder / "wheels", "glossary", "1.0.0", files, metadata="Summary: built elsewhere\n"
    )
    install_wheel(stage.root, wheel)


_CLOBBER = with_wheel("glossary-extra", {"glossary.py": "WORDS = {}\n", "glossary_extra.py": ""})

FILE_FAULTS = (
    _row(
        name="a-module-is-deleted",
        inject=remove("@lumen/models/birch.py"),
        code="file-missing",
        distribution="lumen",
        paths=("@lumen/models/birch.py",),
    ),
    _row(
        name="a-module-is-deleted-and-no-wheel-is-at-hand",
        inject=remove("@lumen/models/birch.py"),
        code="file-missing",
        distribution="lumen",
        paths=("@lumen/models/birch.py",),
        wheels=False,
        repair=Repair.REFUSED,
        why=NO_WHEEL,
    ),
    _row(
        name="a-sub-package-is-deleted",
        inject=remove("@lumen/nn"),
        code="file-missing",
        distribution="lumen",
        paths=("@lumen/nn/__init__.py", "@lumen/nn/layers.py"),
    ),
    _row(
        name="a-source-is-deleted-and-its-bytecode-stays",
        inject=remove("@lumen/hub.py"),
        code="file-missing",
        distribution="lumen",
        paths=("@lumen/hub.py",),
    ),
    _row(
        name="a-module-is-emptied",
        inject=write("@lumen/models/birch.py", ""),
        code="file-altered",
        distribution="lumen",
        paths=("@lumen/models/birch.py",),
    ),
    _row(
        name="a-module-is-cut",
        inject=cut("@lumen/tokens.py"),
        code="file-altered",
        distribution="lumen",
        paths=("@lumen/tokens.py",),
    ),
    _row(
        name="a-module-is-edited",
        inject=edit("@lumen/models/birch.py", "layers = 3", "layers = 12"),
        code="file-altered",
        distribution="lumen",
        paths=("@lumen/models/birch.py",),
    ),
    _row(
        name="a-module-is-edited-and-no-wheel-is-at-hand",
        inject=edit("@lumen/models/birch.py", "layers = 3", "layers = 12"),
        code="file-altered",
        distribution="lumen",
        paths=("@lumen/models/birch.py",),
        wheels=False,
        repair=Repair.REFUSED,
        why=NO_WHEEL,
    ),
    _row(
        name="a-module-is-edited-at-the-same-size-and-time",
        inject=unnoticed("@lumen/models/birch.py", lambda data: data.replace(b"3", b"4")),
        code="file-altered",
        distribution="lumen",
        paths=("@lumen/models/birch.py",),
    ),
    _row(
        name="a-module-gets-a-line-more",
        inject=change("@lumen/cli.py", lambda data: data + b"# mine\n"),
        code="file-altered",
        distribution="lumen",
        paths=("@lumen/cli.py",),
    ),
    _row(
        name="one-bit-of-a-data-file-is-flipped",
        inject=flip("@zonedata/zones/cet"),
        code="file-altered",
        distribution="zonedata",
        paths=("@zonedata/zones/cet",),
    ),
    _row(
        name="a-data-file-is-zeroed",
        inject=unnoticed("@zonedata/zones/cet", lambda data: bytes(len(data))),
        code="file-altered",
        distribution="zonedata",
        paths=("@zonedata/zones/cet",),
    ),
    _row(
        name="a-font-of-a-distribution-without-modules-is-cut",
        inject=cut("share/fonts/fontpack/plain.ttf"),
        code="file-altered",
        distribution="fontpack",
        paths=("share/fonts/fontpack/plain.ttf",),
    ),
    _row(
        name="two-modules-are-swapped",
        inject=_swap,
        code="file-altered",
        distribution="lumen",
        paths=("@lumen/models/birch.py", "@lumen/models/bloom.py"),
    ),
    _row(
        name="record-is-edited-to-agree-with-the-damage",
        inject=_let_record_agree,
        code="file-altered",
        distribution="lumen",
        paths=("@lumen/models/birch.py",),
    ),
    _row(
        name="a-folder-stands-where-a-module-was",
        inject=_become_folder,
        code="file-type-changed",
        distribution="lumen",
        paths=("@lumen/tokens.py",),
    ),
    _row(
        name="a-pipe-stands-where-a-data-file-was",
        inject=_become_pipe,
        code="file-type-changed",
        distribution="lumen",
        paths=("@lumen/data/vocab.txt",),
    ),
    _row(
        name="a-link-to-a-copy-stands-where-a-module-was",
        inject=_become_link_to_a_copy,
        code="file-type-changed",
        distribution="lumen",
        paths=("@lumen/models/birch.py",),
    ),
    _row(
        name="a-link-that-leads-nowhere-stands-where-a-module-was",
        inject=become_link("@lumen/models/birch.py", "/gone/birch.py"),
        code="file-missing",
        distribution="lumen",
        paths=("@lumen/models/birch.py",),
    ),
    _row(
        name="a-module-got-a-capital-letter",
        inject=_change_case,
        code="file-case-changed",
        distribution="lumen",
        paths=("@lumen/tokens.py",),
    ),
    _row(
        name="a-manual-page-is-deleted",
        inject=remove("share/man/man1/lumen.1"),
        code="file-missing",
        distribution="lumen",
        paths=("share/man/man1/lumen.1",),
    ),
    _row(
        name="a-theme-in-the-data-folder-is-edited",
        inject=write("share/reportly/theme.txt", "dark\n"),
        code="file-altered",
        distribution="reportly",
        paths=("share/reportly/theme.txt",),
    ),
    _row(
        name="a-configuration-file-is-edited-by-a-person",
        inject=write("etc/lumen/lumen.conf", "colour = blue\n"),
        code="file-altered",
        distribution="lumen",
        paths=("etc/lumen/lumen.conf",),
        culprits=(),
        warning=True,
        repair=Repair.LEFT,
        why="it is there to be edited",
    ),
    _row(
        name="a-header-is-deleted",
        inject=lambda stage: next(stage.root.glob("include/site/*/tensorlet/tensorlet.h")).unlink(),
        code="file-missing",
        distribution="tensorlet",
    ),
    _row(
        name="a-script-is-deleted",
        inject=remove("bin/reportly-run"),
        code="file-missing",
        distribution="reportly",
        paths=("bin/reportly-run",),
    ),
    _row(
        name="the-body-of-a-script-is-altered",
        inject=edit("bin/reportly-run", "render([2, 1])", "render([])"),
        code="file-altered",
        distribution="reportly",
        paths=("bin/reportly-run",),
    ),
    _row(
        name="a-script-cannot-be-executed-any-more",
        inject=_without_execution("bin/reportly-run"),
        code="file-mode",
        distribution="reportly",
        paths=("bin/reportly-run",),
    ),
    _row(
        name="a-launcher-is-deleted",
        inject=remove("bin/lumen-cli"),
        code="file-missing",
        distribution="lumen",
        paths=("bin/lumen-cli",),
    ),
    _row(
        name="a-launcher-cannot-be-executed-any-more",
        inject=_without_execution("bin/pipeflow"),
        code="file-mode",
        distribution="pipeflow",
        paths=("bin/pipeflow",),
    ),
    _row(
        name="a-launcher-calls-something-else",
        inject=edit("bin/pipeflow", "main", "other"),
        code="file-altered",
        distribution="pipeflow",
        paths=("bin/pipeflow",),
    ),
    _row(
        name="a-launcher-is-emptied",
        inject=write("bin/lumen-cli", ""),
        code="file-altered",
        distribution="lumen",
        paths=("bin/lumen-cli",),
    ),
    _row(
        name="a-module-is-overwritten-by-another-distribution",
        inject=_CLOBBER,
        code="file-clobbered",
        distribution="glossary",
        paths=("@glossary.py",),
        culprits=("glossary", "glossary-extra"),
        repair=Repair.REFUSED,
        why="the other one brings the same path with other bytes: one of the two has to go",
    ),
    _row(
        name="a-module-is-overwritten-by-another-distribution-and-no-wheel-is-at-hand",
        inject=_CLOBBER,
        code="file-clobbered",
        distribution="glossary",
        paths=("@glossary.py",),
        culprits=("glossary", "glossary-extra"),
        wheels=False,
        repair=Repair.REFUSED,
        why=NO_WHEEL,
    ),
    _row(
        name="another-build-of-the-same-version-is-installed",
        inject=_other_build,
        code="other-build",
        distribution="glossary",
        culprits=(),
        warning=True,
        repair=Repair.LEFT,
        why="it may be meant, and nothing of it is damaged",
    ),
    _row(
        name="an-installation-was-killed-half-way",
        inject=all_of(
            remove("@lumen/nn", "@lumen/tokens.py"),
            lambda stage: (stage.info("lumen") / "RECORD").unlink(),
        ),
        code="file-missing",
        distribution="lumen",
        paths=("@lumen/nn/__init__.py", "@lumen/nn/layers.py", "@lumen/tokens.py"),
    ),
)
