"""What nobody brought is found where Python would import it, and blamed on nobody who did not."""

from __future__ import annotations

import importlib.machinery
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from elves import make_elf
from places import Place
from targets import make_venv

from pytest_venvhealth.checks.environment import check_environment
from pytest_venvhealth.checks.files import check_files
from pytest_venvhealth.findings import Check, Finding, Severity
from pytest_venvhealth.repair.plan import plan_repair

EXTENSION = importlib.machinery.EXTENSION_SUFFIXES[0]


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("site"))
    make_venv(place.root)
    place.add(
        "demo",
        files={
            "demo/__init__.py": "",
            "demo/language.py": "",
            f"demo/fast{EXTENSION}": make_elf(exports=["PyInit_fast"]),
            "demo/sub/__init__.py": "",
        },
    )
    place.add("six", files={"six.py": ""})
    place.add(
        "big", files={"big/__init__.py": "BIG = 1\n", "big/core.py": "", "big/plugins/own.py": ""}
    )
    place.add("cloud", files={"space/cloud/__init__.py": "", "space/cloud/x.py": ""})
    place.add("auth", files={"space/auth/__init__.py": "", "space/single.py": ""})
    place.add("old-one", files={"pile/__init__.py": "", "pile/one/__init__.py": ""})
    (place.site / "pile" / "__init__.py").unlink()
    place.add("old-two", files={"pile/__init__.py": "", "pile/two/__init__.py": ""})
    place.add(
        "graft",
        files={"big/graft/__init__.py": "", "graft.py": "", "big/plugins/graft_plugin.py": ""},
    )
    place.add("backport", files={"dataclasses.py": "", "enum/__init__.py": ""})
    place.keep()
    return place


@pytest.fixture
def place(healthy: Place) -> Place:
    return healthy.put_back()


def told(place: Place) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return distribution, code and paths (in site-packages) of every finding."""
    facts = place.facts()
    found: list[Finding] = [*check_environment(facts, Check.SITE_PACKAGES).findings]
    for name in facts.names:
        found += check_files(facts, name).findings
    start = f"{place.site.relative_to(place.root)}/"
    return [
        (each.distribution, str(each.code), tuple(path.removeprefix(start) for path in each.paths))
        for each in found
    ]


def make(*names: str) -> Callable[[Path], None]:
    def change(site: Path) -> None:
        for name in names:
            path = site / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()

    return change


def test_what_was_installed_is_silent(place: Place) -> None:
    assert [] == told(place)


FOREIGN = "foreign-file"
ORPHAN = "orphan-package"
SHADOW = "shadowing-module"


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param(
            ["demo/language/__init__.py"],
            [("demo", FOREIGN, ("demo/language/__init__.py",))],
            id="folder-beside-its-module",
        ),
        pytest.param(
            [f"demo/language{EXTENSION}"],
            [("demo", FOREIGN, (f"demo/language{EXTENSION}",))],
            id="extension-beside-its-module",
        ),
        pytest.param(["demo/old.pyc"], [("demo", FOREIGN, ("demo/old.pyc",))], id="sourceless"),
        pytest.param(["demo/lextab.py"], [("demo", FOREIGN, ("demo/lextab.py",))], id="generated"),
        pytest.param(
            ["demo/rest/of/it.py"], [("demo", FOREIGN, ("demo/rest/of/it.py",))], id="remnant"
        ),
        pytest.param(["demo/language/part.py"], [], id="folder-that-its-module-hides"),
        pytest.param(["demo/language.pyc"], [], id="bytecode-that-its-source-hides"),
        pytest.param(["demo/fast.py"], [], id="source-that-its-extension-hides"),
        pytest.param(["big/extra.py"], [("big", FOREIGN, ("big/extra.py",))], id="grafted-package"),
        pytest.param(
            ["big/plugins/extra.py"], [("big", FOREIGN, ("big/plugins/extra.py",))], id="plugins"
        ),
        pytest.param(
            ["big/graft/extra.py"], [("graft", FOREIGN, ("big/graft/extra.py",))], id="graft"
        ),
        pytest.param(
            ["space/cloud/new.py"], [("cloud", FOREIGN, ("space/cloud/new.py",))], id="in-a-part"
        ),
        pytest.param(
            ["space/stray.py"], [("environment", ORPHAN, ("space/stray.py",))], id="in-a-namespace"
        ),
        pytest.param(
            ["space/stray/__init__.py"],
            [("environment", ORPHAN, ("space/stray",))],
            id="package-in-a-namespace",
        ),
        pytest.param(
            ["pile/stray.py"],
            [("environment", ORPHAN, ("pile/stray.py",))],
            id="in-a-namespace-of-old-style",
        ),
        pytest.param(
            ["pile/stray/deep/x.py"],
            [("environment", ORPHAN, ("pile/stray",))],
            id="folder-in-a-namespace-of-old-style",
        ),
        pytest.param(
            ["pile/one/new.py"], [("old-one", FOREIGN, ("pile/one/new.py",))], id="in-an-old-part"
        ),
        pytest.param(
            ["space/single/__init__.py"],
            [("environment", SHADOW, ("space/single",))],
            id="instead-of-a-module-in-a-namespace",
        ),
        pytest.param(["space/notes.txt", "space/data/x.txt"], [], id="data-in-a-namespace"),
        pytest.param(
            ["six/__init__.py"], [("environment", SHADOW, ("six",))], id="package-beside-a-module"
        ),
        pytest.param(
            [f"six{EXTENSION}"],
            [("environment", SHADOW, (f"six{EXTENSION}",))],
            id="top-level-extension-beside-a-module",
        ),
        pytest.param(["big.py"], [], id="module-that-a-package-hides"),
        pytest.param(["six/part.py"], [], id="folder-that-a-module-hides"),
        pytest.param(
            ["json.py"], [("environment", SHADOW, ("json.py",))], id="name-of-the-standard-library"
        ),
        pytest.param(
            ["email/__init__.py"],
            [("environment", SHADOW, ("email",))],
            id="package-of-that-name",
        ),
        pytest.param(["json.txt", "email/x.txt"], [], id="no-modules"),
        pytest.param(["stray.py"], [("environment", ORPHAN, ("stray.py",))], id="orphan"),
    ],
)
def test_what_nobody_brought(
    place: Place, names: list[str], expected: list[tuple[str, str, tuple[str, ...]]]
) -> None:
    make(*names)(place.site)

    assert expected == told(place)


def test_a_shadow_says_what_it_hides(place: Place) -> None:
    make("six/__init__.py", "json.py")(place.site)

    said = {
        each.summary: (each.severity, each.root_causes, each.repairable)
        for each in check_environment(place.facts(), Check.SITE_PACKAGES).findings
    }

    site = place.site.relative_to(place.root)
    assert {
        f"{site}/six belongs to no installed distribution, "
        f"and is imported instead of {site}/six.py of six.": (Severity.ERROR, (), False),
        f"{site}/json.py belongs to no installed distribution, "
        "and bears the name of a module of the standard library.": (Severity.ERROR, (), False),
    } == said


def test_python_imports_what_is_called_the_shadow(place: Place) -> None:
    """The order in which files of one name are taken is Python's own."""
    make("six/__init__.py", "big.py", "demo/language/part.py", "demo/language.pyc")(place.site)
    code = (
        "import six, big, demo.language\n"
        "print(six.__file__, big.__file__, demo.language.__file__, sep='\\n')"
    )

    done = subprocess.run(
        [place.root / "bin" / "python", "-I", "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )

    expected = ["six/__init__.py", "big/__init__.py", "demo/language.py"]
    assert [str(place.site / path) for path in expected] == done.stdout.split()


@pytest.mark.parametrize(
    ("files", "winner", "loser"),
    [
        pytest.param({"six/__init__.py": ""}, "six", "six.py", id="package-over-module"),
        pytest.param({"big.py": ""}, "big", "big.py", id="module-under-package"),
        pytest.param({"space.py": ""}, "space.py", "space", id="module-over-namespace"),
    ],
)
def test_two_distributions_whose_modules_hide_each_other_are_both_named(
    place: Place, files: dict[str, str], winner: str, loser: str
) -> None:
    place.add("rival", files={**files, "rival.py": ""})

    (finding,) = check_environment(place.facts(), Check.SITE_PACKAGES).findings

    site = place.site.relative_to(place.root)
    assert (SHADOW, Severity.ERROR) == (finding.code, finding.severity)
    assert tuple(sorted((f"{site}/{winner}", f"{site}/{loser}"))) == finding.paths
    assert f"{site}/{winner} of " in finding.summary.partition(" is imported instead of ")[0]
    assert "rival" in finding.root_causes
    assert len(finding.root_causes) > 1


def test_one_distribution_may_bring_a_module_and_a_package_of_one_name(place: Place) -> None:
    place.add("both", files={"both.py": "", "both/__init__.py": ""})
    place.add("data-only", files={"six/table.csv": "1\n", "data_only.py": ""})

    assert [] == told(place)


@pytest.mark.parametrize("first", ["purelib", "platlib"])
def test_of_two_site_folders_the_first_on_the_path_wins(place: Place, first: str) -> None:
    """As on systems that keep extension modules in `lib64`."""
    environment = place.described
    assert environment is not None
    platlib = place.root / "lib64-own" / "site-packages"
    make("six.py")(platlib)
    sites = [str(place.site), str(platlib)]
    place.described = replace(
        environment, platlib=platlib, sys_path=tuple(sites if first == "purelib" else sites[::-1])
    )

    expected = [("environment", SHADOW, ("lib64-own/site-packages/six.py",))]
    assert ([] if first == "purelib" else expected) == told(place)


def test_before_3_10_the_standard_library_is_read_from_its_folder(place: Place) -> None:
    environment = place.described
    assert environment is not None
    place.described = replace(environment, version=(3, 8, 18), stdlib_names=frozenset({"sys"}))
    make("json.py", "colorsys.py")(place.site)

    assert [("environment", SHADOW, ("colorsys.py",)), ("environment", SHADOW, ("json.py",))] == (
        told(place)
    )


def test_a_repair_moves_away_what_bears_a_name_of_another_case(place: Place) -> None:
    (place.site / "big").rename(place.site / "Big")
    facts = place.facts()

    (step, *_) = plan_repair(facts, ["big"]).steps

    assert {str(place.site / "Big" / name) for name in ("__init__.py", "core.py")} <= set(
        step.clean
    )


def test_what_lost_its_metadata_in_a_namespace_is_known_by_its_wheel(place: Place) -> None:
    shutil.rmtree(place.site / "cloud-1.0.dist-info")

    (finding,) = check_environment(place.facts(), Check.SITE_PACKAGES).findings

    assert (ORPHAN, Severity.ERROR, ("cloud",)) == (
        finding.code,
        finding.severity,
        finding.root_causes,
    )
