"""Each damage is named once, and what is no damage stays quiet.

Only `installed`, `files` and the environment's own questions: nothing is imported.
"""

from __future__ import annotations

import compileall
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from places import Place
from pythons import NO_SITECUSTOMIZE
from targets import install_wheel, make_venv, site_packages
from wheels import make_wheel

from pytest_venvhealth.checks import Answer
from pytest_venvhealth.checks.environment import check_environment
from pytest_venvhealth.checks.files import check_files
from pytest_venvhealth.checks.installed import check_installed
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import ENVIRONMENT, Check, Code, Finding, Severity

QUESTIONS = (Check.INTERPRETER, Check.STARTUP, Check.SCRIPTS, Check.SITE_PACKAGES)
# As root, a file without any rights can be read all the same.
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def everything(facts: Facts, name: str) -> list[Finding]:
    """Return what `installed` and `files` say of a distribution."""
    return [*check_installed(facts, name).findings, *check_files(facts, name).findings]


def of_environment(facts: Facts) -> list[Finding]:
    return [each for check in QUESTIONS for each in check_environment(facts, check).findings]


def codes(findings: Iterable[Finding]) -> list[str]:
    return [str(finding.code) for finding in findings]


# -- one distribution: a row a damage


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("checks"))
    make_venv(place.root)
    place.add(
        "demo",
        files={
            "demo/__init__.py": "VALUE = 1\n",
            "demo/core.py": "def main():\n    return 0\n",
            "demo/data.txt": "data\n",
            "demo/tool": "#!/bin/sh\n",
            "demo-1.0.data/scripts/demo-run": "#!python\nprint('run')\n",
            "demo-1.0.data/scripts/demo-plain": "#!/bin/sh\necho\n",
            "demo-1.0.data/data/share/man/man1/demo.1": "manual\n",
            "demo-1.0.data/data/etc/demo/demo.conf": "colour = red\n",
        },
        entry_points="[console_scripts]\ndemo-cli = demo.core:main\n",
        executables=["demo/tool", "demo-1.0.data/scripts/demo-run"],
    )
    place.add("bystander")
    compileall.compile_dir(place.site, quiet=2)
    place.keep()
    return place


@pytest.fixture
def place(healthy: Place) -> Place:
    """The healthy environment in its own place, put back as it was before any damage."""
    return healthy.put_back()


@pytest.fixture
def anew(place: Place) -> Place:
    """The same, and its interpreter is asked once more whenever its facts are wanted."""
    place.described = None
    return place


def in_demo(name: str, change: Callable[[Path], object]) -> Callable[[Place], object]:
    return lambda place: change(place.site / "demo" / name)


def in_info(name: str, change: Callable[[Path], object]) -> Callable[[Place], object]:
    return lambda place: change(place.site / "demo-1.0.dist-info" / name)


def in_bin(name: str, change: Callable[[Path], object]) -> Callable[[Place], object]:
    return lambda place: change(place.root / "bin" / name)


def text(contents: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(contents)


def remove(path: Path) -> None:
    path.unlink()


def no_execution(path: Path) -> None:
    path.chmod(0o644)


def become_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def become_a_dead_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


def become_a_link_to_a_copy(path: Path) -> None:
    copy = path.with_name(f"{path.name}.copy.txt")
    shutil.copy(path, copy)
    path.unlink()
    path.symlink_to(copy)


def add_row(row: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(path.read_text() + row)


DAMAGES = [
    pytest.param(in_demo("core.py", remove), ["file-missing"], ["demo/core.py"], id="deleted"),
    pytest.param(in_demo("core.py", text("")), ["file-altered"], ["demo/core.py"], id="emptied"),
    pytest.param(
        in_demo("core.py", text("def main():\n    return 1\n")),
        ["file-altered"],
        ["demo/core.py"],
        id="altered-at-the-same-size",
    ),
    pytest.param(
        in_demo("core.py", lambda path: os.truncate(path, 5)),
        ["file-altered"],
        ["demo/core.py"],
        id="cut",
    ),
    pytest.param(
        in_demo("core.py", become_a_folder), ["file-type-changed"], ["demo/core.py"], id="a-folder"
    ),
    pytest.param(
        in_demo("data.txt", become_a_link_to_a_copy),
        ["file-type-changed"],
        ["demo/data.txt"],
        id="a-link-to-equal-bytes",
    ),
    pytest.param(
        in_demo("data.txt", become_a_dead_link),
        ["file-missing"],
        ["demo/data.txt"],
        id="a-link-that-leads-nowhere",
    ),
    pytest.param(
        lambda place: shutil.rmtree(place.site / "demo"),
        ["file-missing"],
        ["demo/__init__.py", "demo/core.py", "demo/data.txt", "demo/tool"],
        id="the-whole-package-deleted",
    ),
    pytest.param(
        lambda place: (place.root / "share/man/man1/demo.1").unlink(),
        ["file-missing"],
        ["@/share/man/man1/demo.1"],
        id="data-deleted",
    ),
    pytest.param(in_demo("tool", no_execution), ["file-mode"], ["demo/tool"], id="program-mode"),
    pytest.param(
        in_bin("demo-run", no_execution), ["file-mode"], ["@/bin/demo-run"], id="script-mode"
    ),
    pytest.param(
        in_bin("demo-cli", no_execution), ["file-mode"], ["@/bin/demo-cli"], id="launcher-mode"
    ),
    pytest.param(
        in_bin("demo-run", remove), ["file-missing"], ["@/bin/demo-run"], id="script-deleted"
    ),
    pytest.param(
        in_bin("demo-cli", remove), ["file-missing"], ["@/bin/demo-cli"], id="launcher-deleted"
    ),
    pytest.param(
        in_bin("demo-run", lambda path: path.write_text(path.read_text() + "more\n")),
        ["file-altered"],
        ["@/bin/demo-run"],
        id="script-altered",
    ),
    pytest.param(
        in_bin("demo-run", lambda path: path.write_text("\n" + path.read_text().split("\n", 1)[1])),
        ["file-altered"],
        ["@/bin/demo-run"],
        id="script-without-its-first-line",
    ),
    pytest.param(
        in_bin("demo-cli", lambda path: path.write_text(path.read_text().replace("main", "other"))),
        ["file-altered"],
        ["@/bin/demo-cli"],
        id="launcher-that-calls-something-else",
    ),
    pytest.param(
        in_bin("demo-cli", lambda path: os.truncate(path, path.stat().st_size - 12)),
        ["file-altered"],
        ["@/bin/demo-cli"],
        id="launcher-cut",
    ),
    pytest.param(
        in_bin("demo-cli", lambda path: path.write_bytes(bytes(200))),
        ["file-altered"],
        ["@/bin/demo-cli"],
        id="launcher-zeroed",
    ),
    pytest.param(
        in_bin("demo-cli", text("#!/bin/sh\nexec demo.core main\n")),
        ["file-altered"],
        ["@/bin/demo-cli"],
        id="launcher-that-is-no-python",
    ),
    pytest.param(
        in_demo("old.py", text("")), ["foreign-file"], ["demo/old.py"], id="foreign-module"
    ),
    pytest.param(
        in_demo("old.pyc", text("")), ["foreign-file"], ["demo/old.pyc"], id="foreign-bytecode"
    ),
    pytest.param(
        lambda place: (
            (place.site / "demo" / "sub").mkdir(),
            (place.site / "demo" / "sub" / "x.py").touch(),
        ),
        ["foreign-file"],
        ["demo/sub/x.py"],
        id="foreign-folder",
    ),
    pytest.param(
        in_info("METADATA", remove),
        ["metadata-missing", "file-missing"],
        ["demo-1.0.dist-info/METADATA"],
        id="metadata-deleted",
    ),
    pytest.param(
        in_info("METADATA", text("Name: demo\nVersion: 2.0\n")),
        ["metadata-invalid", "file-altered"],
        ["demo-1.0.dist-info/METADATA"],
        id="metadata-of-another-version",
    ),
    pytest.param(
        in_info("METADATA", text("Name: demo\nVersion: 1.0\nRequires-Dist: ?\n")),
        ["metadata-invalid", "file-altered"],
        ["demo-1.0.dist-info/METADATA"],
        id="metadata-with-a-bad-requirement",
    ),
    pytest.param(
        in_info("WHEEL", text("")),
        ["file-altered"],
        ["demo-1.0.dist-info/WHEEL"],
        id="wheel-file-emptied",
    ),
    pytest.param(
        in_info("WHEEL", text("Tag: cp27-cp27m-win32\n")),
        ["wheel-tags-unfit", "file-altered"],
        ["demo-1.0.dist-info/WHEEL"],
        id="wheel-file-of-another-platform",
    ),
    pytest.param(
        in_info("RECORD", remove),
        ["record-missing"],
        ["demo-1.0.dist-info/RECORD"],
        id="record-deleted",
    ),
    pytest.param(
        in_info("RECORD", add_row("x\n")),
        ["record-invalid"],
        ["demo-1.0.dist-info/RECORD"],
        id="record-with-a-bad-row",
    ),
    pytest.param(
        in_info("RECORD", lambda path: path.write_bytes(b"\xff,,\n")),
        ["record-invalid"],
        ["demo-1.0.dist-info/RECORD"],
        id="record-that-is-not-utf-8",
    ),
    pytest.param(
        in_info("entry_points.txt", text("[console_scripts]\n")),
        ["file-altered"],
        ["demo-1.0.dist-info/entry_points.txt"],
        id="entry-points-altered",
    ),
    pytest.param(
        lambda place: (place.site / "demo-0.9.dist-info").mkdir(),
        ["duplicate-metadata"],
        ["demo-0.9.dist-info"],
        id="two-dist-infos",
    ),
]


@pytest.mark.parametrize(("damage", "expected", "paths"), DAMAGES)
def test_damage_is_named(
    place: Place, damage: Callable[[Place], object], expected: list[str], paths: list[str]
) -> None:
    damage(place)

    facts = place.facts()
    findings = everything(facts, "demo")

    site = f"{place.site.relative_to(place.root)}/"
    whole = sorted(path[2:] if path.startswith("@/") else site + path for path in paths)
    assert expected == codes(findings)
    assert whole == sorted({path for finding in findings for path in finding.paths})
    assert {("demo",)} == {finding.root_causes for finding in findings}
    assert all(finding.repairable and finding.is_error for finding in findings)
    assert [] == everything(facts, "bystander")


def pips_launcher(path: Path) -> None:
    path.write_text(
        f"#!{path.parent}/python\n# -*- coding: utf-8 -*-\nimport re\nimport sys\n"
        "from demo.core import main\nif __name__ == '__main__':\n"
        "    sys.argv[0] = re.sub(r'(-script\\.pyw|\\.exe)?$', '', sys.argv[0])\n"
        "    sys.exit(main())\n"
    )


def uvs_launcher(path: Path) -> None:
    path.write_text(
        f"#!{path.parent}/python3\n# -*- coding: utf-8 -*-\nimport sys\n"
        'from demo.core import main\nif __name__ == "__main__":\n'
        '    if sys.argv[0].endswith("-script.pyw"):\n        sys.argv[0] = sys.argv[0][:-11]\n'
        "    sys.exit(main())\n"
    )


def launcher_for_a_long_path(path: Path) -> None:
    rest = path.read_text().partition("\n")[2]
    path.write_text(f"#!/bin/sh\n'''exec' {path.parent}/python \"$0\" \"$@\"\n' '''\n{rest}")


def setuptools_launcher(path: Path) -> None:
    path.write_text(
        f"#!{path.parent}/python\nimport sys\nfrom importlib.metadata import distribution\n"
        "def load(dist, group, name):\n    pass\n"
        "sys.exit(load('demo==1.0', 'console_scripts', 'demo-cli')())\n"
    )


QUIET = [
    pytest.param(lambda place: None, id="untouched"),
    pytest.param(in_demo("core.py", lambda path: os.utime(path, (0, 0))), id="time-changed"),
    pytest.param(in_demo("core.py", lambda path: path.chmod(0o755)), id="executable-module"),
    pytest.param(
        lambda place: shutil.rmtree(place.site / "demo" / "__pycache__"), id="bytecode-deleted"
    ),
    pytest.param(
        lambda place: (place.site / "demo" / "__pycache__" / "gone.cpython-38.pyc").touch(),
        id="bytecode-of-nothing",
    ),
    pytest.param(in_demo("notes.txt", text("mine")), id="foreign-file-that-is-no-module"),
    pytest.param(in_demo("not-a-module.py", text("mine")), id="foreign-script"),
    pytest.param(in_info("INSTALLER", text("uv\n")), id="installed-by-another-tool"),
    pytest.param(in_info("REQUESTED", remove), id="not-asked-for"),
    pytest.param(
        in_info(
            "direct_url.json",
            text('{"url": "file:///x/demo-1.0-py3-none-any.whl", "archive_info": {}}'),
        ),
        id="installed-from-this-wheels-path",
    ),
    pytest.param(
        in_info(
            "RECORD",
            lambda path: path.write_text("".join(sorted(path.read_text().splitlines(True)))),
        ),
        id="rows-in-another-order",
    ),
    pytest.param(in_bin("demo-cli", pips_launcher), id="launcher-of-pip"),
    pytest.param(in_bin("demo-cli", uvs_launcher), id="launcher-of-uv"),
    pytest.param(in_bin("demo-cli", launcher_for_a_long_path), id="launcher-for-a-long-path"),
    pytest.param(in_bin("demo-cli", setuptools_launcher), id="launcher-of-setuptools"),
    pytest.param(in_bin("demo-run", launcher_for_a_long_path), id="script-for-a-long-path"),
    pytest.param(
        in_bin("demo-cli", lambda path: path.write_text(path.read_text().replace("\n", "\r\n"))),
        id="launcher-with-line-ends-of-windows",
    ),
]


@pytest.mark.parametrize("change", QUIET)
def test_what_is_no_damage_stays_quiet(place: Place, change: Callable[[Place], object]) -> None:
    change(place)

    facts = place.facts()

    assert [] == everything(facts, "demo")
    assert None is check_files(facts, "demo").unchecked
    assert "wheel" == check_files(facts, "demo").verified_against
    assert [] == of_environment(facts)


# What a wheel alone can tell is left out: without one, RECORD has what was installed.
WITHOUT_A_WHEEL = {
    "program-mode": [],
    "script-mode": [],
    "metadata-deleted": ["metadata-missing", "file-missing"],
    "record-deleted": ["record-missing"],
    "record-that-is-not-utf-8": ["file-missing", "record-invalid"],
}


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        pytest.param(row.values[0], WITHOUT_A_WHEEL.get(str(row.id), row.values[1]), id=str(row.id))
        for row in DAMAGES
    ],
)
def test_without_a_wheel_record_tells(
    place: Place, damage: Callable[[Place], object], expected: list[str]
) -> None:
    shutil.rmtree(place.house)
    damage(place)

    findings = everything(place.facts(), "demo")

    assert expected == codes(findings)
    assert not any(finding.repairable for finding in findings)


@pytest.mark.parametrize(
    "change", [row for row in QUIET if row.id not in ("script-for-a-long-path",)]
)
def test_without_a_wheel_the_same_stays_quiet(
    place: Place, change: Callable[[Place], object]
) -> None:
    """A launcher that another tool wrote anew is judged by what it calls, here as well."""
    shutil.rmtree(place.house)
    change(place)

    facts = place.facts()

    assert [] == everything(facts, "demo")
    assert "record" == check_files(facts, "demo").verified_against


@pytest.mark.skipif(IS_ROOT, reason="root may read everything")
def test_a_file_that_cannot_be_read_is_told(place: Place) -> None:
    (place.site / "demo" / "core.py").chmod(0)

    assert ["file-unreadable"] == codes(everything(place.facts(), "demo"))


def test_a_file_that_the_system_cannot_read_is_told(place: Place) -> None:
    path = place.site / "demo" / "data.txt"
    path.unlink()
    path.symlink_to(path)

    assert ["file-unreadable"] == codes(everything(place.facts(), "demo"))


def test_threads_find_what_one_finds(place: Place) -> None:
    place.add("many", files={f"many/m{number:03}.py": f"{number}\n" for number in range(90)})
    for number in (3, 40, 89):
        (place.site / "many" / f"m{number:03}.py").write_text("x")
    facts = place.facts()

    assert check_files(facts, "many").findings == check_files(facts, "many", jobs=4).findings
    assert 3 == len(check_files(facts, "many", jobs=4).findings[0].paths)


def test_configuration_that_people_edit_is_a_warning(place: Place) -> None:
    (place.root / "etc/demo/demo.conf").write_text("colour = blue\n")

    (finding,) = everything(place.facts(), "demo")

    assert (Code.FILE_ALTERED, Severity.WARNING, ("etc/demo/demo.conf",)) == (
        finding.code,
        finding.severity,
        finding.paths,
    )


def test_a_program_without_the_bit_in_its_wheel_may_go_without(place: Place) -> None:
    (place.root / "bin" / "demo-plain").chmod(0o644)

    assert [] == everything(place.facts(), "demo")


# -- could not tell


def test_files_without_hashes_are_unchecked(place: Place) -> None:
    place.add("bare", files={"bare.py": "", "bare_too.py": ""}, keep_wheel=False)
    record = place.site / "bare-1.0.dist-info" / "RECORD"
    rows = [line.partition(",")[0] + ",," for line in record.read_text().splitlines()]
    record.write_text("\n".join(rows) + "\n")

    answer = check_files(place.facts(), "bare")

    assert (
        Answer(
            unchecked="4 of its files have no hash in RECORD, and no wheel of it is at hand",
            verified_against="stat",
        )
        == answer
    )


def test_an_old_distribution_is_looked_for_file_by_file(place: Place) -> None:
    folder = place.site / "old-1.0.egg-info"
    folder.mkdir()
    (folder / "PKG-INFO").write_text("Name: old\nVersion: 1.0\n")
    (folder / "installed-files.txt").write_text("../old.py\n../gone.py\n")
    (place.site / "old.py").write_text("")

    answer = check_files(place.facts(), "old")

    assert ["file-missing"] == codes(answer.findings)
    assert "stat" == answer.verified_against


def test_a_distribution_without_any_list_is_unchecked(place: Place) -> None:
    """As Debian installs: its own tools know the files."""
    place.add("packaged", installer="debian", keep_wheel=False)
    (place.site / "packaged-1.0.dist-info" / "RECORD").unlink()
    facts = place.facts()

    answer = check_files(facts, "packaged")

    assert ("packaged has no RECORD, and no wheel of it is at hand", None, ()) == (
        answer.unchecked,
        answer.verified_against,
        answer.findings,
    )
    assert [] == of_environment(facts)


def test_what_is_not_installed_has_no_files_to_check(place: Place) -> None:
    assert Answer(unchecked="nobody is not installed") == check_files(place.facts(), "nobody")


# -- presence, versions and requirements


def test_what_the_profile_wants_and_is_not_there_is_told(place: Place) -> None:
    place.groups = {"core": ["absent==2.0", "lost"]}
    make_wheel(place.house, "absent", "2.0")
    facts = place.facts()

    (absent,) = check_installed(facts, "absent").findings
    (lost,) = check_installed(facts, "lost").findings

    assert (
        Code.NOT_INSTALLED,
        "absent 2.0 is not installed; the profile profile wants it.",
        "Run again with --repair: it installs absent-2.0-py3-none-any.whl.",
        ("absent",),
        True,
    ) == (absent.code, absent.summary, absent.remedy, absent.root_causes, absent.repairable)
    assert "lost is not installed; the profile profile wants it." == lost.summary
    assert not lost.repairable
    assert lost.remedy.startswith("No wheel of lost : none of this name")


def test_a_missing_requirement_names_who_needs_it(place: Place) -> None:
    place.add("app", requires=["absent>=1"])
    place.add("web", requires=["absent"])
    facts = place.facts()

    (finding,) = check_installed(facts, "absent").findings

    assert (
        "absent is not installed; app requires absent>=1, web requires absent." == finding.summary
    )
    assert [] == everything(facts, "app")


@pytest.mark.parametrize(
    ("wanted", "drifts"),
    [
        ("demo==1.0", False),
        ("demo>=0.5,<2", False),
        ("demo==1.*", False),
        ("demo==1.1", True),
        ("demo>1.0", True),
    ],
)
def test_another_version_than_wanted_is_drift(place: Place, wanted: str, drifts: bool) -> None:
    place.groups = {"core": [wanted]}

    findings = everything(place.facts(), "demo")

    assert (["version-drift"] if drifts else []) == codes(findings)


def test_a_pin_admits_a_local_version(place: Place) -> None:
    place.groups = {"core": ["torch==2.13.0"]}
    place.add("torch", "2.13.0+cpu")

    assert [] == everything(place.facts(), "torch")


def test_a_distribution_for_another_python_is_told(place: Place) -> None:
    place.add("modern", metadata="Requires-Python: >=4\n")

    (finding,) = everything(place.facts(), "modern")

    assert Code.PYTHON_UNSUITABLE == finding.code
    assert f"this environment has {'.'.join(map(str, sys.version_info[:3]))}." in finding.summary


def test_a_wheel_for_another_platform_is_an_error_though_its_hashes_match(place: Place) -> None:
    place.add("native", tag="cp311-cp311-win_amd64")

    findings = everything(place.facts(), "native")

    assert [Code.WHEEL_TAGS_UNFIT] == [finding.code for finding in findings]
    assert findings[0].is_error
    assert not findings[0].repairable


def test_without_a_profile_two_that_do_not_fit_are_both_to_blame(place: Place) -> None:
    place.add("app", requires=["base>=2"])
    place.add("base", "1.0")

    (finding,) = everything(place.facts(), "app")

    assert (
        Code.DEPENDENCY_CONFLICT,
        "app 1.0 requires base>=2; base 1.0 is installed.",
        "Choose versions of app and base that fit, and pin them.",
        ("app", "base"),
        False,
        Severity.ERROR,
    ) == (
        finding.code,
        finding.summary,
        finding.remedy,
        finding.root_causes,
        finding.repairable,
        finding.severity,
    )


@pytest.mark.parametrize(
    ("groups", "causes", "severity", "repairable"),
    [
        pytest.param(["app==1.0", "base==2.0"], ("base",), Severity.ERROR, True, id="base-drifted"),
        pytest.param(["app==2.0", "base==1.0"], ("app",), Severity.ERROR, True, id="app-drifted"),
        pytest.param(
            ["app==1.0", "base==1.0"], ("app", "base"), Severity.WARNING, False, id="both"
        ),
        pytest.param(["base==1.0"], ("app",), Severity.ERROR, False, id="app-is-not-in-it"),
        pytest.param(["app==1.0"], ("base",), Severity.ERROR, False, id="base-is-not-in-it"),
    ],
)
def test_with_a_profile_what_is_on_its_pin_is_not_to_blame(
    place: Place, groups: list[str], causes: tuple[str, ...], severity: Severity, repairable: bool
) -> None:
    place.groups = {"core": groups}
    place.add("app", requires=["base>=2"])
    place.add("base", "1.0")
    make_wheel(place.house, "app", "2.0")
    make_wheel(place.house, "base", "2.0")

    (finding,) = (
        each for each in everything(place.facts(), "app") if each.code is Code.DEPENDENCY_CONFLICT
    )

    assert (causes, severity, repairable) == (
        finding.root_causes,
        finding.severity,
        finding.repairable,
    )


def test_of_two_claims_the_false_one_is_named(place: Place) -> None:
    shutil.copytree(place.site / "demo-1.0.dist-info", place.site / "demo-0.9.dist-info")

    (finding,) = everything(place.facts(), "demo")

    assert Code.DUPLICATE_METADATA == finding.code
    assert (
        "demo is there more than once: its files are those of 1.0, "
        "and demo-0.9.dist-info claims them too." == finding.summary
    )


# -- other sources


def editable(place: Place, source: Path) -> None:
    """Install as `pip install -e` does (PEP 660)."""
    wheel = make_wheel(
        place.folder / "built",
        "edited",
        files={"__editable__.edited-1.0.pth": f"{source}\n"},
    )
    install_wheel(place.root, wheel)
    (place.site / "edited-1.0.dist-info" / "direct_url.json").write_text(
        json.dumps({"url": source.as_uri(), "dir_info": {"editable": True}})
    )


def test_a_healthy_editable_is_healthy(place: Place, tmp_path: Path) -> None:
    source = tmp_path / "my source"
    (source / "edited").mkdir(parents=True)
    (source / "edited" / "__init__.py").write_text("")
    editable(place, source)
    facts = place.facts()

    assert [] == everything(facts, "edited")
    assert Answer(verified_against="record", intact=True) == check_files(facts, "edited")
    assert [] == of_environment(facts)


def test_an_editable_whose_source_is_gone_is_broken_and_names_it(
    place: Place, tmp_path: Path
) -> None:
    editable(place, tmp_path / "gone source")

    (finding,) = everything(place.facts(), "edited")

    assert (
        Code.EDITABLE_SOURCE_MISSING,
        f"edited is installed editable, and its source folder {tmp_path / 'gone source'} is gone.",
        False,
    ) == (finding.code, finding.summary, finding.repairable)


def test_an_editable_by_link_is_healthy(place: Place, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (place.site / "linked.egg-link").write_text(f"{tmp_path / 'src'}\n.")

    assert Answer() == check_files(place.facts(), "linked")


def test_another_build_is_a_warning_and_verified_by_its_own_record(place: Place) -> None:
    (place.site / "demo-1.0.dist-info" / "direct_url.json").write_text(
        '{"url": "https://git.example/demo", "vcs_info": {"vcs": "git"}}'
    )

    answer = check_files(place.facts(), "demo")

    other = next(each for each in answer.findings if each.code is Code.OTHER_BUILD)
    assert "record" == answer.verified_against
    assert (Severity.WARNING, (), False) == (other.severity, other.root_causes, other.repairable)
    assert (
        "demo 1.0 was installed from https://git.example/demo, not from the wheelhouse's wheel; "
        "its files were verified by its RECORD."
    ) == other.summary


def test_two_that_overwrite_each_other_are_both_named(place: Place) -> None:
    place.add("left", files={"both.py": "LEFT = 1\n", "left.py": ""})
    record = place.site / "right-1.0.dist-info"
    (place.site / "both.py").unlink()
    place.add("right", files={"both.py": "RIGHT = 1\n", "right.py": ""})
    assert record.is_dir()
    facts = place.facts()

    (finding,) = everything(facts, "left")

    assert (
        Code.FILE_CLOBBERED,
        "right has overwritten 1 file of left 1.0.",
        (
            "left and right bring the same files with other contents: "
            "uninstall the one that you don't need."
        ),
        ("left", "right"),
        False,
    ) == (finding.code, finding.summary, finding.remedy, finding.root_causes, finding.repairable)
    assert [] == everything(facts, "right")


def test_two_that_share_a_file_of_equal_bytes_are_healthy(place: Place) -> None:
    place.add("left", files={"both.py": "SAME = 1\n"})
    (place.site / "both.py").unlink()
    place.add("right", files={"both.py": "SAME = 1\n"})
    facts = place.facts()

    assert [] == everything(facts, "left") + everything(facts, "right")


# -- the environment itself


def environment_codes(anew: Place, check: Check) -> list[str]:
    return codes(check_environment(anew.facts(), check).findings)


def test_an_interpreter_that_does_not_start_is_told(anew: Place) -> None:
    (anew.root / "bin" / "python").unlink()
    (anew.root / "bin" / "python").symlink_to("/gone/python")
    facts = anew.facts()

    (finding,) = check_environment(facts, Check.INTERPRETER).findings

    assert (
        Code.INTERPRETER_BROKEN,
        ENVIRONMENT,
        "The interpreter does not start: No such file or directory.",
        ("bin/python",),
        False,
    ) == (
        finding.code,
        finding.distribution,
        finding.summary,
        finding.paths,
        finding.repairable,
    )
    assert Answer(unchecked="the interpreter does not start") == check_environment(
        facts, Check.STARTUP
    )
    # The files can be judged all the same.
    assert [] == everything(facts, "demo")


def test_a_lost_pyvenv_cfg_is_told_with_its_remedy(anew: Place) -> None:
    (anew.root / "pyvenv.cfg").unlink()
    facts = anew.facts()

    (finding,) = check_environment(facts, Check.INTERPRETER).findings

    major, minor = sys.version_info[:2]
    assert f"pyvenv.cfg is lost, so it starts as {sys.base_prefix}." in finding.summary
    assert (
        f"Make the interpreter anew: python{major}.{minor} -m venv --upgrade {anew.root} "
        "(the installed packages stay)."
    ) == finding.remedy
    assert [] == everything(facts, "demo")


def test_the_remedy_for_a_lost_pyvenv_cfg_works(anew: Place) -> None:
    (anew.root / "pyvenv.cfg").unlink()

    command = [sys.executable, "-m", "venv", "--upgrade", "--without-pip", str(anew.root)]
    subprocess.run(command, check=True)

    assert [] == of_environment(anew.facts())


@pytest.mark.parametrize("key", ["version = 3.7.1", "version_info = 3.7.1.final.0"])
def test_an_interpreter_of_another_version_is_told(anew: Place, key: str) -> None:
    config = anew.root / "pyvenv.cfg"
    kept = [line for line in config.read_text().splitlines() if not line.startswith("version")]
    config.write_text("\n".join([*kept, key]) + "\n")

    assert ["interpreter-changed"] == environment_codes(anew, Check.INTERPRETER)


@pytest.mark.parametrize(
    ("contents", "summary"),
    [
        pytest.param(
            "import os; os._exit(0)\n",
            "bad.pth keeps Python from starting: exit status 0.",
            id="ends-python",
        ),
        pytest.param(
            "import nothing_there\n",
            "bad.pth fails at every start of Python: "
            "ModuleNotFoundError: No module named 'nothing_there'.",
            id="raises",
        ),
    ],
)
def test_a_start_up_file_that_fails_is_named(anew: Place, contents: str, summary: str) -> None:
    bad = anew.site / "bad.pth"
    bad.write_text(contents)

    (finding,) = check_environment(anew.facts(), Check.STARTUP).findings

    assert (Code.STARTUP_FAILED, summary, (str(bad.relative_to(anew.root)),), (), False) == (
        finding.code,
        finding.summary,
        finding.paths,
        finding.root_causes,
        finding.repairable,
    )


@pytest.mark.skipif(bool(NO_SITECUSTOMIZE), reason=NO_SITECUSTOMIZE)
def test_a_start_up_module_that_fails_is_named(anew: Place) -> None:
    module = anew.site / "sitecustomize.py"
    module.write_text("raise OSError('no')\n")

    (finding,) = check_environment(anew.facts(), Check.STARTUP).findings

    assert "sitecustomize.py fails at every start of Python: OSError: no." == finding.summary
    assert (str(module.relative_to(anew.root)),) == finding.paths


@pytest.mark.parametrize("damaged", [True, False], ids=["damaged", "intact"])
def test_a_start_up_file_is_healed_with_its_owner_where_that_is_damaged(
    anew: Place, damaged: bool
) -> None:
    text_of_file = "import hooks\n" if damaged else "import nothing_there\n"
    anew.add("hooks", files={"hooks.py": "", "hooks.pth": text_of_file})
    if damaged:
        (anew.site / "hooks.py").unlink()

    (finding,) = check_environment(anew.facts(), Check.STARTUP).findings

    assert (("hooks",) if damaged else (), damaged) == (finding.root_causes, finding.repairable)


def test_scripts_of_a_moved_environment_are_told(place: Place, tmp_path: Path) -> None:
    shutil.copytree(place.root, tmp_path / "venv", symlinks=True)
    shutil.copytree(place.house, tmp_path / "wheelhouse")
    moved = Place(tmp_path)

    (finding,) = check_environment(moved.facts(), Check.SCRIPTS).findings

    assert (
        Code.SCRIPT_INTERPRETER,
        (
            f"2 scripts start another interpreter, {place.root}/bin/python: "
            "the environment was moved or copied, or another Python installed them."
        ),
        ("bin/demo-cli", "bin/demo-run"),
        ("demo",),
        True,
    ) == (
        finding.code,
        finding.summary,
        finding.paths,
        finding.root_causes,
        finding.repairable,
    )


@pytest.mark.parametrize(
    ("first_line", "told"),
    [
        ("#!/gone/bin/python3.11", True),
        ("#!/gone/bin/pypy3", True),
        ("#!/bin/sh\n'''exec' \"/gone/my envs/bin/python\" \"$0\" \"$@\"\n' '''", True),
        ("#!{bin}/python", False),
        ("#!{bin}/python3 -E", False),
        ("#!/bin/sh\n'''exec' '{bin}/python' \"$0\" \"$@\"\n' '''", False),
        ("#!/usr/bin/env python3", False),
    ],
)
def test_the_interpreter_of_a_script_is_read_from_its_first_lines(
    anew: Place, first_line: str, told: bool
) -> None:
    path = anew.root / "bin" / "demo-cli"
    rest = path.read_text().partition("\n")[2]
    path.write_text(first_line.replace("{bin}", str(path.parent)) + "\n" + rest)

    expected = ["script-interpreter"] if told else []
    assert expected == environment_codes(anew, Check.SCRIPTS)


def test_scripts_that_start_through_a_link_to_the_environment_are_its_own(
    anew: Place, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(anew.root)

    facts = Facts.gather(Environment.at(tmp_path / "link"), anew.profile(), anew.wheelhouse())

    assert [] == of_environment(facts)
    assert [] == everything(facts, "demo")


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        pytest.param(lambda site: (site / "~emo").mkdir(), ["leftover"], id="of-pip"),
        pytest.param(
            lambda site: (site / "x.egg-link").write_text("/gone\n."), ["leftover"], id="dead-link"
        ),
        pytest.param(
            lambda site: (site / "stray.py").touch(), ["orphan-package"], id="stray-module"
        ),
        pytest.param(
            lambda site: (site / "stray.abi3.so").touch(), ["orphan-package"], id="stray-extension"
        ),
        pytest.param(
            lambda site: ((site / "stray").mkdir(), (site / "stray" / "x.py").touch()),
            ["orphan-package"],
            id="stray-package",
        ),
        pytest.param(lambda site: (site / "README.txt").touch(), [], id="text-file"),
        pytest.param(lambda site: (site / "_virtualenv.py").touch(), [], id="what-virtualenv-adds"),
        pytest.param(lambda site: (site / "sitecustomize.py").touch(), [], id="sitecustomize"),
        pytest.param(
            lambda site: ((site / "hollow").mkdir(), (site / "hollow" / "x.txt").touch()),
            [],
            id="folder-without-modules",
        ),
        pytest.param(
            lambda site: (
                (site / "hollow" / "__pycache__").mkdir(parents=True),
                (site / "hollow" / "__pycache__" / "x.pyc").touch(),
            ),
            [],
            id="folder-of-old-bytecode",
        ),
        pytest.param(lambda site: (site / "not-a-module").mkdir(), [], id="no-module-name"),
    ],
)
def test_what_nobody_owns_is_told_if_python_would_import_it(
    place: Place, make: Callable[[Path], object], expected: list[str]
) -> None:
    make(place.site)

    findings = check_environment(place.facts(), Check.SITE_PACKAGES).findings

    assert expected == codes(findings)
    severities = {"leftover": Severity.WARNING, "orphan-package": Severity.WARNING}
    assert [severities[code] for code in expected] == [each.severity for each in findings]


@pytest.mark.parametrize(
    ("groups", "repairable", "remedy"),
    [
        pytest.param(
            {"core": ["bystander"]},
            True,
            "Run again with --repair: it installs bystander-1.0-py3-none-any.whl.",
            id="wanted",
        ),
        pytest.param({}, False, "Install bystander anew, or move it away.", id="only-a-wheel"),
    ],
)
def test_a_package_without_metadata_is_known_by_its_wheel(
    place: Place, groups: dict[str, list[str]], repairable: bool, remedy: str
) -> None:
    place.groups = groups
    shutil.rmtree(place.site / "bystander-1.0.dist-info")

    (finding,) = check_environment(place.facts(), Check.SITE_PACKAGES).findings

    assert (
        Code.ORPHAN_PACKAGE,
        (
            "bystander belongs to no installed distribution, and Python would import it. "
            "bystander would bring it."
        ),
        ("bystander",),
        repairable,
        remedy,
    ) == (
        finding.code,
        finding.summary,
        finding.root_causes,
        finding.repairable,
        finding.remedy,
    )


def test_what_has_lost_its_list_of_files_owns_what_bears_its_name(place: Place) -> None:
    place.add("Lost-Thing", files={"lost_thing/__init__.py": ""}, keep_wheel=False)
    (place.site / "Lost_Thing-1.0.dist-info" / "RECORD").unlink()
    place.add("other", files={"another_name.py": ""}, keep_wheel=False)
    (place.site / "other-1.0.dist-info" / "RECORD").unlink()
    (place.site / "other-1.0.dist-info" / "top_level.txt").write_text("another_name\n")

    facts = place.facts()

    assert [] == of_environment(facts)
    assert ["record-missing"] == codes(everything(facts, "lost-thing"))


def test_nothing_outside_the_targets_own_folders_is_judged(anew: Place, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    install_into = make_venv(tmp_path / "other")
    install_wheel(install_into, make_wheel(tmp_path / "w", "elsewhere"))
    shutil.copytree(site_packages(install_into), outside)
    (outside / "elsewhere" / "__init__.py").unlink()
    (anew.site / "outside.pth").write_text(f"{outside}\n")
    anew.add("app", requires=["elsewhere>=5"])

    facts = anew.facts()

    assert "elsewhere" not in facts.names
    assert [] == everything(facts, "app") + of_environment(facts)


def test_every_code_that_these_checks_can_give_has_a_test() -> None:
    """A code without a damage that yields it is a promise that nobody has seen kept."""
    source = "".join(path.read_text() for path in Path(__file__).parent.glob("*.py"))
    theirs = set(Code)
    theirs -= {
        # probes, and the profile's own
        Code.IMPORT_ERROR,
        Code.ASSERTION,
        Code.EXCEPTION,
        Code.CRASH,
        Code.TIMEOUT,
        Code.OUT_OF_MEMORY,
        Code.EXITED,
        Code.PROBE_ERROR,
        Code.NETWORK_ATTEMPTED,
        Code.WAIVER_EXPIRED,
    }

    assert [] == sorted(
        code for code in theirs if f'"{code}"' not in source and f"Code.{code.name}" not in source
    )


def test_a_finding_survives_its_way_through_json(place: Place) -> None:
    (place.site / "demo" / "core.py").unlink()
    (finding,) = everything(place.facts(), "demo")

    assert finding == Finding.from_dict(json.loads(json.dumps(finding.to_dict())))


def test_a_look_changes_nothing(place: Place) -> None:
    path = place.site / "demo" / "core.py"
    path.chmod(stat.S_IRUSR)
    before = path.stat()

    facts = place.facts()
    everything(facts, "demo")
    of_environment(facts)

    assert (before.st_mtime_ns, before.st_mode) == (path.stat().st_mtime_ns, path.stat().st_mode)
    assert not (place.root / ".venv-health").exists()
