"""A RECORD that lies is found, and its owner is to blame: not whom it lies about."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from places import Place
from targets import make_venv
from wheels import digest

from pytest_venvhealth.checks.files import check_files
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import Check, Code, Finding
from pytest_venvhealth.repair.plan import plan_repair


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("recorded"))
    make_venv(place.root)
    place.add(
        "demo",
        files={
            "demo/__init__.py": "",
            "demo/core.py": "CORE = 1\n",
            "demo-1.0.data/scripts/demo-run": "#!python\nprint('run')\n",
            "demo-1.0.data/data/share/demo.txt": "data\n",
        },
        entry_points="[console_scripts]\ndemo-cli = demo.core:main\n",
    )
    place.add("other", files={"other/__init__.py": "", "other/core.py": "OTHER = 1\n"})
    place.keep()
    return place


@pytest.fixture
def place(healthy: Place) -> Place:
    return healthy.put_back()


def findings(place: Place, name: str = "demo") -> list[Finding]:
    return list(check_files(place.facts(), name).findings)


def record_of(place: Place, name: str = "demo") -> Path:
    return place.site / f"{name}-1.0.dist-info" / "RECORD"


def edit(record: Path, change: Callable[[list[str]], list[str]]) -> None:
    record.write_text("".join(change(record.read_text().splitlines(keepends=True))))


def without(part: str) -> Callable[[list[str]], list[str]]:
    return lambda rows: [row for row in rows if part not in row]


def adding(*rows: str) -> Callable[[list[str]], list[str]]:
    return lambda old: [*old, *(f"{row}\n" for row in rows)]


def with_hash_of(path: str, data: bytes) -> Callable[[list[str]], list[str]]:
    row = f"{path},sha256={digest(data)},{len(data)}\n"
    return lambda rows: [row if each.startswith(f"{path},") else each for each in rows]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(
            without("demo/core.py"), "it does not list {site}/demo/core.py", id="row-lost"
        ),
        pytest.param(
            with_hash_of("demo/core.py", b"else"),
            "it gives another hash than the wheel to {site}/demo/core.py",
            id="hash-changed",
        ),
        pytest.param(without("share/"), "it does not list share/demo.txt", id="data-row-lost"),
        pytest.param(lambda rows: [], "it lists no file (and 1 more)", id="emptied"),
        pytest.param(
            without("METADATA"), "it does not list its own METADATA (and 1 more)", id="no-metadata"
        ),
    ],
)
def test_a_record_that_the_wheel_contradicts_is_bad(
    place: Place, change: Callable[[list[str]], list[str]], said: str
) -> None:
    edit(record_of(place), change)

    (finding,) = findings(place)

    site = place.site.relative_to(place.root)
    assert (Code.RECORD_INVALID, ("demo",), True) == (
        finding.code,
        finding.root_causes,
        finding.repairable,
    )
    assert f"demo 1.0 has a bad RECORD: {said.format(site=site)}." == finding.summary
    assert (str(record_of(place).relative_to(place.root)),) == finding.paths


def test_without_a_wheel_an_empty_record_is_bad_all_the_same(place: Place) -> None:
    shutil.rmtree(place.house)
    record_of(place).write_text("")

    (finding,) = findings(place)

    assert "demo 1.0 has a bad RECORD: it lists no file." == finding.summary


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(with_hash_of("../../../bin/demo-run", b"else"), id="script-as-written"),
        pytest.param(
            lambda rows: [row.replace("demo/core.py,sha256=", "demo/core.py,md5=") for row in rows],
            id="hash-of-another-kind",
        ),
        pytest.param(
            lambda rows: [row.replace("demo/core.py", "./demo//core.py") for row in rows],
            id="path-written-otherwise",
        ),
        pytest.param(adding("demo/__pycache__/x.pyc,,"), id="bytecode"),
        pytest.param(adding("demo-1.0.dist-info/uv_cache.json,,"), id="what-uv-adds"),
    ],
)
def test_what_installers_write_otherwise_is_no_lie(
    place: Place, change: Callable[[list[str]], list[str]]
) -> None:
    edit(record_of(place), change)

    assert [] == findings(place)


@pytest.mark.parametrize(
    "data", [b"", b"CORE = 2\n", b"CORE = 1\n# more\n"], ids=["emptied", "altered", "longer"]
)
def test_a_record_edited_to_agree_does_not_hide_damage(place: Place, data: bytes) -> None:
    (place.site / "demo" / "core.py").write_bytes(data)
    edit(record_of(place), with_hash_of("demo/core.py", data))

    assert [Code.FILE_ALTERED, Code.RECORD_INVALID] == [each.code for each in findings(place)]


def test_a_deletion_whose_row_is_deleted_too_is_found(place: Place) -> None:
    (place.site / "demo" / "core.py").unlink()
    edit(record_of(place), without("demo/core.py"))

    assert [Code.FILE_MISSING, Code.RECORD_INVALID] == [each.code for each in findings(place)]


# -- rows that lead elsewhere


@pytest.mark.parametrize("house", [True, False], ids=["wheel", "record"])
@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../../../../outside.txt", "../../../../../x/y.py", "demo/../../../../../z"],
)
def test_a_row_that_leads_out_of_the_environment_is_told(
    place: Place, path: str, house: bool
) -> None:
    (place.root.parent / "outside.txt").write_text("mine")
    edit(record_of(place), adding(f"{path},,"))
    if not house:
        shutil.rmtree(place.house)

    (finding,) = findings(place)

    assert (
        Code.RECORD_PATH_OUTSIDE,
        f"demo 1.0 lists a file outside the environment in its RECORD: {path}.",
        ("demo",),
    ) == (finding.code, finding.summary, finding.root_causes)


@pytest.mark.parametrize("house", [True, False], ids=["wheel", "record"])
def test_rows_that_stay_inside_are_legal(place: Place, house: bool) -> None:
    """Launchers have such rows; an absolute one says the same."""
    script = place.root / "bin" / "demo-run"
    edit(
        record_of(place),
        lambda rows: [row.replace("../../../bin/demo-run", str(script)) for row in rows],
    )
    if not house:
        shutil.rmtree(place.house)

    assert [] == findings(place)


def test_rows_that_name_a_linked_environment_by_its_real_path_are_legal(
    place: Place, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(place.root)
    edit(record_of(place), adding(f"{place.root}/share/more.txt,,"))
    linked = Environment.at(tmp_path / "link")
    facts = Facts.gather(linked, place.profile(), place.wheelhouse())

    assert linked.root != place.root
    assert () == check_files(facts, "demo").findings


# -- rows that are another's


LIES = [
    pytest.param("other/core.py,,", True, id="module"),
    pytest.param("other-1.0.dist-info/METADATA,,", True, id="metadata"),
    pytest.param("other-1.0.dist-info/METADATA,,", False, id="metadata-without-wheels"),
    pytest.param("demo/../other-1.0.dist-info/WHEEL,,", False, id="metadata-by-a-detour"),
]


@pytest.mark.parametrize(("row", "house"), LIES)
def test_rows_of_another_are_told_and_own_nothing(place: Place, row: str, house: bool) -> None:
    edit(record_of(place), adding(row))
    if not house:
        shutil.rmtree(place.house)
    facts = place.facts()

    (finding,) = findings(place)

    path = str(place.site / row.removeprefix("demo/../").partition(",")[0])
    assert (Code.RECORD_LISTS_OTHERS, ("demo",)) == (finding.code, finding.root_causes)
    assert "demo 1.0 lists a file of other in its RECORD: " in finding.summary
    assert ("other",) == facts.owners[path]
    assert path not in facts.owned_paths("demo")
    assert [] == findings(place, "other")


@pytest.mark.parametrize(("row", "house"), LIES)
def test_damage_of_what_another_lists_is_not_blamed_on_the_liar(
    place: Place, row: str, house: bool
) -> None:
    edit(record_of(place), adding(row))
    if not house:
        shutil.rmtree(place.house)
    (place.site / row.removeprefix("demo/../").partition(",")[0]).write_text("")

    assert [Code.RECORD_LISTS_OTHERS] == [each.code for each in findings(place)]
    assert [Code.FILE_ALTERED] == [each.code for each in findings(place, "other")]


def test_a_repair_of_the_liar_leaves_the_other_alone(place: Place) -> None:
    edit(record_of(place), adding("other/core.py,,", "other-1.0.dist-info/METADATA,,"))

    plan = plan_repair(place.facts(), ["demo"])

    (step,) = plan.steps
    assert not [path for path in (*step.quarantine, *step.clean) if "other" in path]


def test_two_that_share_a_file_of_equal_bytes_tell_no_lies(place: Place) -> None:
    for name in ("left", "right"):
        (place.site / "shared.py").unlink(missing_ok=True)
        place.add(name, files={"shared.py": "", f"{name}.py": ""})
    assert [] == findings(place, "left") + findings(place, "right")

    shutil.rmtree(place.house)
    assert [] == findings(place, "left") + findings(place, "right")


def test_every_finding_of_a_record_is_one_of_its_files_check(place: Place) -> None:
    edit(record_of(place), adding("/etc/passwd,,", "other/core.py,,", "x"))

    found = findings(place)

    assert {Code.RECORD_INVALID, Code.RECORD_PATH_OUTSIDE, Code.RECORD_LISTS_OTHERS} == {
        each.code for each in found
    }
    assert {Check.FILES} == {each.check for each in found}
