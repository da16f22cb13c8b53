"""Metadata that is lost, unreadable, or says what is not so."""

from __future__ import annotations

import csv
import shutil
from functools import partial

from house import native_tag
from wheels import digest

from faults.stage import NO_WHEEL, Damage, Fault, Repair, Stage, with_wheel, write

_row = partial(Fault, family="metadata")


def _in_info(name: str, file: str, contents: str | bytes | None) -> Damage:
    """Give a file of a dist-info other contents; None deletes it."""

    def damage(stage: Stage) -> None:
        path = stage.info(name) / file
        if contents is None:
            path.unlink()
        else:
            path.write_bytes(contents.encode() if isinstance(contents, str) else contents)

    return damage


def _said(old: str, new: str) -> Damage:
    """Let METADATA of lumen say something else."""

    def damage(stage: Stage) -> None:
        path = stage.info("lumen") / "METADATA"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    return damage


def _row_more(row: str) -> Damage:
    def damage(stage: Stage) -> None:
        with (stage.info("lumen") / "RECORD").open("a") as file:
            file.write(row + "\n")

    return damage


def _row_of_another(stage: Stage) -> None:
    data = stage.path("@configgy/parser.py").read_bytes()
    _row_more(f"configgy/parser.py,sha256={digest(data)},{len(data)}")(stage)


def _emptied_info(stage: Stage) -> None:
    folder = stage.info("glossary")
    shutil.rmtree(folder)
    folder.mkdir()


def _cut_record(stage: Stage) -> None:
    path = stage.info("lumen") / "RECORD"
    path.write_bytes(path.read_bytes()[:-40])
    with path.open(newline="") as file:
        assert len(list(csv.reader(file))) > 3


def _editable(stage: Stage) -> None:
    stage.add("studio", {"_studio.pth": "/gone/studio\n"})
    path = stage.info("studio") / "direct_url.json"
    path.write_text('{"url": "file:///gone/studio", "dir_info": {"editable": true}}')


def _old_egg_info(stage: Stage) -> None:
    """Install as `setup.py install --single-version-externally-managed` did, then lose a file."""
    folder = stage.path("@oldie-0.4-py3.11.egg-info")
    folder.mkdir()
    (folder / "PKG-INFO").write_text("Metadata-Version: 1.1\nName: oldie\nVersion: 0.4\n")
    (folder / "top_level.txt").write_text("oldie\n")
    (folder / "installed-files.txt").write_text(
        "../oldie/__init__.py\n../oldie/core.py\nPKG-INFO\n"
    )
    write("@oldie/__init__.py", "")(stage)


METADATA_FAULTS = (
    _row(
        name="metadata-is-deleted",
        inject=_in_info("lumen", "METADATA", None),
        code="metadata-missing",
        distribution="lumen",
        paths=("@lumen-2.1.0.dist-info/METADATA",),
    ),
    _row(
        name="metadata-is-emptied",
        inject=_in_info("lumen", "METADATA", ""),
        code="metadata-missing",
        distribution="lumen",
        paths=("@lumen-2.1.0.dist-info/METADATA",),
    ),
    _row(
        name="metadata-is-no-text",
        inject=_in_info("glossary", "METADATA", bytes(range(256))),
        code="metadata-missing",
        distribution="glossary",
        paths=("@glossary-1.0.0.dist-info/METADATA",),
    ),
    _row(
        name="metadata-says-another-version",
        inject=_said("Version: 2.1.0", "Version: 2.2.0"),
        code="metadata-invalid",
        distribution="lumen",
        paths=("@lumen-2.1.0.dist-info/METADATA",),
    ),
    _row(
        name="metadata-says-another-name",
        inject=_said("Name: lumen", "Name: luxury"),
        code="metadata-invalid",
        distribution="lumen",
        paths=("@lumen-2.1.0.dist-info/METADATA",),
    ),
    _row(
        name="metadata-holds-a-requirement-that-is-none",
        inject=_said("tensorlet>=1.2", "tensorlet>>1.2"),
        code="metadata-invalid",
        distribution="lumen",
        paths=("@lumen-2.1.0.dist-info/METADATA",),
    ),
    _row(
        name="a-dist-info-is-emptied",
        inject=_emptied_info,
        code="metadata-missing",
        distribution="glossary",
        paths=("@glossary-1.0.0.dist-info/METADATA",),
    ),
    _row(
        name="record-is-deleted",
        inject=_in_info("lumen", "RECORD", None),
        code="record-missing",
        distribution="lumen",
        paths=("@lumen-2.1.0.dist-info/RECORD",),
    ),
    _row(
        name="record-is-deleted-and-no-wheel-is-at-hand",
        inject=_in_info("lumen", "RECORD", None),
        code="record-missing",
        distribution="lumen",
        paths=("@lumen-2.1.0.dist-info/RECORD",),
        wheels=False,
        repair=Repair.REFUSED,
        why=NO_WHEEL,
    ),
    _row(
        name="record-is-emptied",
        inject=_in_info("lumen", "RECORD", ""),
        code="record-invalid",
        distribution="lumen",
        paths=("@lumen-2.1.0.dist-info/RECORD",),
    ),
    _row(
        name="record-is-no-text",
        inject=_in_info("lumen", "RECORD", b"\xff\xfe\x00,,\n"),
        code="record-invalid",
        distribution="lumen",
        paths=("@lumen-2.1.0.dist-info/RECORD",),
    ),
    _row(
        name="record-ends-in-the-middle-of-a-row",
        inject=_cut_record,
        code="record-invalid",
        distribution="lumen",
        paths=("@lumen-2.1.0.dist-info/RECORD",),
    ),
    _row(
        name="record-holds-a-row-that-is-none",
        inject=_row_more('"lumen/x.py'),
        code="record-invalid",
        distribution="lumen",
        paths=("@lumen-2.1.0.dist-info/RECORD",),
    ),
    _row(
        name="record-lists-an-absolute-path",
        inject=_row_more("/etc/hostname,,"),
        code="record-path-outside",
        distribution="lumen",
        paths=("@lumen-2.1.0.dist-info/RECORD",),
    ),
    _row(
        name="record-leads-out-of-the-environment",
        inject=_row_more("../../../../../../etc/hostname,,"),
        code="record-path-outside",
        distribution="lumen",
        paths=("@lumen-2.1.0.dist-info/RECORD",),
    ),
    _row(
        name="record-lists-a-file-of-another-distribution",
        inject=_row_of_another,
        code="record-lists-others",
        distribution="lumen",
        paths=("@lumen-2.1.0.dist-info/RECORD",),
    ),
    _row(
        name="the-wheel-file-is-deleted",
        inject=_in_info("lumen", "WHEEL", None),
        code="file-missing",
        distribution="lumen",
        paths=("@lumen-2.1.0.dist-info/WHEEL",),
    ),
    _row(
        name="a-wheel-of-another-system-is-installed",
        inject=with_wheel("gaspedal", tag="cp311-cp311-win_amd64"),
        code="wheel-tags-unfit",
        distribution="gaspedal",
        paths=("@gaspedal-1.0.dist-info/WHEEL",),
        repair=Repair.REFUSED,
        why=NO_WHEEL,
    ),
    _row(
        name="a-distribution-needs-another-python",
        inject=with_wheel("futuristic", metadata="Requires-Python: >=3.99\n"),
        code="python-unsuitable",
        distribution="futuristic",
        repair=Repair.REFUSED,
        why=NO_WHEEL,
    ),
    _row(
        name="entry-points-are-no-ini-file",
        inject=_in_info("lumen", "entry_points.txt", "lumen-cli = lumen.cli:main\n[console"),
        code="entry-points-invalid",
        distribution="lumen",
        paths=("@lumen-2.1.0.dist-info/entry_points.txt",),
    ),
    _row(
        name="an-entry-point-names-a-module-that-never-was-there",
        inject=with_wheel("dashing", entry_points="[console_scripts]\ndash = dashing.cli:main\n"),
        code="entry-points-invalid",
        distribution="dashing",
        paths=("@dashing-1.0.dist-info/entry_points.txt",),
        culprits=(),
        warning=True,
        repair=Repair.LEFT,
        why="every file is as it was released",
    ),
    _row(
        name="the-source-of-an-editable-is-gone",
        inject=_editable,
        code="editable-source-missing",
        distribution="studio",
        paths=("@studio-1.0.dist-info",),
        repair=Repair.REFUSED,
        why="the source of an editable is not in a wheel",
    ),
    _row(
        name="an-egg-info-lists-a-module-that-is-gone",
        inject=_old_egg_info,
        code="file-missing",
        distribution="oldie",
        paths=("@oldie/core.py",),
        repair=Repair.REFUSED,
        why=NO_WHEEL,
    ),
    _row(
        name="a-wheel-of-another-python-is-installed",
        inject=with_wheel("ancient", tag=native_tag().replace("cp3", "cp2", 1)),
        code="wheel-tags-unfit",
        distribution="ancient",
        paths=("@ancient-1.0.dist-info/WHEEL",),
        repair=Repair.REFUSED,
        why=NO_WHEEL,
    ),
)
