"""Metadata that lead to nothing are told, and what a release is like is no fault of the target."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from elves import make_elf
from places import Place
from targets import install_wheel, make_venv
from wheels import make_wheel

from pytest_venvhealth.checks.files import check_files
from pytest_venvhealth.checks.installed import check_installed
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.findings import Code, Finding, Severity
from pytest_venvhealth.inventory import Inventory

SOUND = """\
[console_scripts]
demo-cli = demo.core:main
[some.plugins]
native = demo.fast
spaced = demo.core : main.inner [extra]
part = space.part
package = demo
standard = json.tool:main
absent = nowhere.at.all [extra]
"""


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("metadata"))
    make_venv(place.root)
    place.described = Environment.at(place.root)
    suffix = place.described.extension_suffixes[0]
    place.add(
        "demo",
        files={
            "demo/__init__.py": "",
            "demo/core.py": "",
            f"demo/fast{suffix}": make_elf(exports=["PyInit_fast"]),
        },
        entry_points=SOUND,
    )
    place.add("space-part", files={"space/part/__init__.py": ""})
    place.keep()
    return place


@pytest.fixture
def place(healthy: Place) -> Place:
    return healthy.put_back()


def findings(place: Place, name: str = "demo") -> list[Finding]:
    return list(check_installed(place.facts(), name).findings)


def entry_points(place: Place) -> Path:
    return place.site / "demo-1.0.dist-info" / "entry_points.txt"


def test_sound_entry_points_are_silent(place: Place) -> None:
    assert [] == findings(place)

    entry_points(place).write_text(SOUND + "more = demo.core:whatever\n# a remark\n")

    assert [] == findings(place)


@pytest.mark.parametrize("house", [True, False], ids=["wheel", "record"])
@pytest.mark.parametrize(
    ("contents", "said"),
    [
        pytest.param(b"demo-cli = demo.core:main\n", "it cannot be parsed", id="no-group"),
        pytest.param(b"[console_scripts]\nfoo\n", "it cannot be parsed", id="no-value"),
        pytest.param(b"\xff\xfe[\0c", "it cannot be parsed", id="no-utf-8"),
        pytest.param(bytes(50), "it cannot be parsed", id="zeroed"),
        pytest.param(
            b"[console_scripts]\nx = demo core\n",
            "console_scripts: x = demo core, which is no object reference",
            id="no-reference",
        ),
        pytest.param(
            b"[console_scripts]\nx = demo.gone:main\n",
            "console_scripts: x = demo.gone:main, and there is no module demo.gone",
            id="no-module",
        ),
        pytest.param(
            b"[some.plugins]\nx = nowhere\ny = demo.core.deeper\n",
            "some.plugins: x = nowhere, and there is no module nowhere (and 1 more)",
            id="of-any-group",
        ),
    ],
)
def test_bad_entry_points_are_told(place: Place, contents: bytes, said: str, house: bool) -> None:
    entry_points(place).write_bytes(contents)
    if not house:
        shutil.rmtree(place.house)

    (finding,) = findings(place)

    assert (
        Code.ENTRY_POINTS_INVALID,
        Severity.ERROR,
        f"demo 1.0 has a bad entry_points.txt: {said}.",
        ("demo",),
        (str(entry_points(place).relative_to(place.root)),),
    ) == (finding.code, finding.severity, finding.summary, finding.root_causes, finding.paths)


def test_a_lost_module_is_told_as_a_lost_file_alone(place: Place) -> None:
    (place.site / "demo" / "core.py").unlink()

    assert [] == findings(place)


@pytest.mark.parametrize("url", [True, False], ids=["direct-url", "no-direct-url"])
def test_a_module_that_another_editable_gives_is_beyond_what_is_known(
    place: Place, tmp_path: Path, url: bool
) -> None:
    install_editable(place, tmp_path, {"edited.pth": f"{tmp_path}\n"}, url=url)
    entry_points(place).write_text("[x]\ny = edited.module\n")

    assert [] == findings(place)


@pytest.mark.parametrize(
    ("text", "severities"),
    [
        pytest.param("[console_scripts]\nx = tools.x:main\n", [Severity.WARNING], id="script"),
        pytest.param("[some.plugins]\nx = tools.x:main\n", [], id="plugin"),
    ],
)
def test_a_release_that_names_no_module_of_its_own_is_no_fault_of_the_target(
    place: Place, text: str, severities: list[Severity]
) -> None:
    place.add("released", entry_points=text)

    assert severities == [each.severity for each in findings(place, "released")]


def test_a_lost_wheel_file_is_told_where_it_should_be(place: Place) -> None:
    wheel = place.site / "demo-1.0.dist-info" / "WHEEL"
    wheel.unlink()

    for _ in ("with the wheel", "with RECORD alone"):
        (finding,) = findings(place)

        assert (Code.METADATA_MISSING, "demo 1.0: WHEEL is lost.") == (
            finding.code,
            finding.summary,
        )
        assert (str(wheel.relative_to(place.root)),) == finding.paths
        shutil.rmtree(place.house, ignore_errors=True)


def test_an_emptied_dist_info_is_told_by_its_name(place: Place) -> None:
    folder = place.site / "demo-1.0.dist-info"
    shutil.rmtree(folder)
    folder.mkdir()

    facts = place.facts()
    found = [*check_installed(facts, "demo").findings, *check_files(facts, "demo").findings]

    assert [
        "demo 1.0: METADATA is lost.",
        "demo 1.0: WHEEL is lost.",
        "demo 1.0 is damaged: 3 files are missing.",
        "demo 1.0 has lost its RECORD. Tools cannot uninstall or upgrade it.",
    ] == [each.summary for each in found]
    assert {("demo",)} == {each.root_causes for each in found}


# -- editable installations


def install_editable(
    place: Place, source: Path, files: dict[str, str], *, url: bool = True
) -> None:
    wheel = make_wheel(place.folder / "built", "edited", files=files)
    install_wheel(place.root, wheel)
    if url:
        (place.site / "edited-1.0.dist-info" / "direct_url.json").write_text(
            json.dumps({"url": source.as_uri(), "dir_info": {"editable": True}})
        )


def finder(source: Path) -> str:
    return (
        "import sys\n"
        f"MAPPING: dict[str, str] = {{'edited': '{source}/edited', 'single': '{source}/single'}}\n"
        "NAMESPACES: dict[str, list[str]] = {}\n"
    )


@pytest.mark.parametrize("url", [True, False], ids=["direct-url", "no-direct-url"])
@pytest.mark.parametrize(
    ("files", "gone"),
    [
        pytest.param(
            lambda source: {"__editable__.edited-1.0.pth": f"{source}/src\n"}, "src", id="pth"
        ),
        pytest.param(lambda source: {"_edited.pth": f"# x\n{source}/src\n"}, "src", id="hatch"),
        pytest.param(
            lambda source: {
                "__editable__.edited-1.0.pth": "import __editable___edited_1_0_finder\n",
                "__editable___edited_1_0_finder.py": finder(source / "src"),
            },
            "src/edited",
            id="finder",
        ),
    ],
)
def test_an_editable_whose_source_is_gone_is_told_however_it_was_made(
    place: Place,
    tmp_path: Path,
    files: Callable[[Path], dict[str, str]],
    gone: str,
    url: bool,
) -> None:
    (tmp_path / "src" / "edited").mkdir(parents=True)
    (tmp_path / "src" / "single.py").touch()
    install_editable(place, tmp_path, files(tmp_path), url=url)
    assert [] == findings(place, "edited")

    shutil.rmtree(tmp_path / "src")
    (finding,) = findings(place, "edited")

    assert Code.EDITABLE_SOURCE_MISSING == finding.code
    assert f"its source folder {tmp_path / gone}" in finding.summary


@pytest.mark.parametrize("contents", ["import os\n", "relative\n", "\xff\0", "", "# /gone\n"])
def test_other_lines_of_start_up_files_name_no_source(place: Place, contents: str) -> None:
    place.add("hooks", files={"hooks.pth": contents, "hooks.py": ""})

    assert [] == findings(place, "hooks")


# -- what predates wheels


def make_egg(place: Place, name: str) -> Path:
    egg = place.site / name
    (egg / "EGG-INFO").mkdir(parents=True)
    (egg / "EGG-INFO" / "PKG-INFO").write_text("Name: Old-Thing\nVersion: 1.0\n")
    (egg / "EGG-INFO" / "top_level.txt").write_text("old_thing\n")
    (egg / "old_thing.py").write_text("")
    return egg


def test_an_egg_folder_on_the_path_is_a_distribution(place: Place) -> None:
    egg = make_egg(place, "Old_Thing-1.0-py3.8.egg")
    make_egg(place, "Old_Thing-0.9-py3.8.egg")
    (place.site / "easy-install.pth").write_text(f"./{egg.name}\n")

    inventory = Inventory.of(Environment.at(place.root))

    found = inventory.distributions["old-thing"]
    assert ("1.0", egg / "EGG-INFO", ("old_thing",)) == (found.version, found.path, found.top_level)
    assert ({}, ()) == (inventory.duplicates, inventory.leftovers)
    place.described = None
    assert [] == findings(place, "old-thing")
    assert (
        "old-thing has no RECORD, and no wheel of it is at hand"
        == check_files(place.facts(), "old-thing").unchecked
    )
