"""A file that is not as it was installed is told with what has happened to it, and who did it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from places import Place
from pythons import find_tool
from targets import install_wheel, make_venv
from wheels import make_wheel

from pytest_venvhealth.checks.environment import check_environment
from pytest_venvhealth.checks.files import check_files
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.findings import Check, Code, Finding

CORE = "def main():\n    return 0\n" * 40


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("damage"))
    make_venv(place.root)
    place.add(
        "demo",
        files={
            "demo/__init__.py": "VALUE = 1\n",
            "demo/core.py": CORE,
            "demo/data.txt": "data\n",
            "demo/more.txt": "more data\n",
            "demo/sub/__init__.py": "",
            "demo/sub/deep.py": "DEEP = 1\n",
            "demo-1.0.data/headers/demo.h": "#define DEMO 1\n",
            "demo-1.0.data/data/share/demo/notes.txt": "notes\n",
            "demo-1.0.data/scripts/demo-plain": "#!/bin/sh\necho\n",
        },
        entry_points="[console_scripts]\ndemo-cli = demo.core:main\n",
    )
    place.keep()
    return place


@pytest.fixture
def place(healthy: Place) -> Place:
    return healthy.put_back()


def findings(place: Place, name: str = "demo") -> list[Finding]:
    return list(check_files(place.facts(), name).findings)


def only(place: Place, name: str = "demo") -> Finding:
    (finding,) = findings(place, name)
    return finding


def replace_by(make: Callable[[Path], object]) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        path.unlink()
        make(path)

    return change


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(path.parent)  # a socket's name may not be long
        try:
            listener.bind(path.name)
        finally:
            os.chdir(here)


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        pytest.param(Path.unlink, "file-missing", "1 file is missing", id="gone"),
        pytest.param(
            replace_by(lambda path: path.symlink_to("nowhere")),
            "file-missing",
            "1 file is missing (a link that leads nowhere)",
            id="dangling-link",
        ),
        pytest.param(
            lambda path: path.write_bytes(b""),
            "file-altered",
            "1 file is altered (emptied)",
            id="emptied",
        ),
        pytest.param(
            lambda path: path.write_bytes(bytes(len(CORE))),
            "file-altered",
            "1 file is altered (zeroed)",
            id="zeroed",
        ),
        pytest.param(
            lambda path: os.truncate(path, 400),
            "file-altered",
            "1 file is altered (shortened from 1,000 to 400 bytes)",
            id="cut",
        ),
        pytest.param(
            lambda path: path.write_text(CORE + "# more\n"),
            "file-altered",
            "1 file is altered (lengthened from 1,000 to 1,007 bytes)",
            id="appended",
        ),
        pytest.param(
            lambda path: path.write_text(CORE.replace("0", "1", 1)),
            "file-altered",
            "1 file is altered (other bytes of the same size)",
            id="one-byte",
        ),
        pytest.param(
            replace_by(Path.mkdir),
            "file-type-changed",
            "1 file is something else now (a folder)",
            id="folder",
        ),
        pytest.param(
            replace_by(os.mkfifo),
            "file-type-changed",
            "1 file is something else now (a pipe)",
            id="pipe",
        ),
        pytest.param(
            replace_by(make_socket),
            "file-type-changed",
            "1 file is something else now (a socket)",
            id="socket",
        ),
        pytest.param(
            replace_by(lambda path: path.symlink_to("data.txt")),
            "file-type-changed",
            "1 file is something else now (a link to another file)",
            id="link-to-other-bytes",
        ),
        pytest.param(
            replace_by(lambda path: path.symlink_to("sub")),
            "file-type-changed",
            "1 file is something else now (a link to something else)",
            id="link-to-a-folder",
        ),
        pytest.param(
            replace_by(lambda path: path.symlink_to("/dev/null")),
            "file-type-changed",
            "1 file is something else now (a link to something else)",
            id="link-to-a-device",
        ),
    ],
)
def test_what_has_happened_to_a_file_is_said(
    place: Place, change: Callable[[Path], object], code: str, words: str
) -> None:
    path = place.site / "demo" / "core.py"
    change(path)

    finding = only(place)

    assert (code, f"demo 1.0 is damaged: {words}.") == (finding.code, finding.summary)
    assert (str(path.relative_to(place.root)),) == finding.paths
    assert ("demo",) == finding.root_causes


def test_many_files_are_counted_by_what_has_happened(place: Place) -> None:
    for name in ("core.py", "data.txt"):
        (place.site / "demo" / name).write_text("")
    (place.site / "demo" / "more.txt").write_text("x")

    assert "3 files are altered (emptied: 2, shortened: 1)." in only(place).summary

    (place.site / "demo" / "more.txt").write_text("")

    assert "3 files are altered (each emptied)." in only(place).summary


@pytest.mark.parametrize("name", ["headers", "data", "scripts"])
def test_every_scheme_of_a_wheel_is_verified(place: Place, name: str) -> None:
    path = {
        "headers": place.root / "include" / "site" / place.site.parent.name / "demo" / "demo.h",
        "data": place.root / "share" / "demo" / "notes.txt",
        "scripts": place.root / "bin" / "demo-plain",
    }[name]
    path.write_text(path.read_text() + "more\n")

    finding = only(place)

    assert (Code.FILE_ALTERED, (str(path.relative_to(place.root)),)) == (
        finding.code,
        finding.paths,
    )


def test_a_distribution_whose_metadata_alone_are_left_is_told_as_that(place: Place) -> None:
    for path in (
        place.site / "demo",
        place.root / "share" / "demo",
        place.root / "include" / "site" / place.site.parent.name / "demo",
    ):
        shutil.rmtree(path)
    for script in ("demo-cli", "demo-plain"):
        (place.root / "bin" / script).unlink()

    assert (
        "demo 1.0 is there by its metadata alone: 10 files are missing, "
        "all that it had beside them."
    ) == only(place).summary


@pytest.mark.parametrize("kind", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
@pytest.mark.parametrize("name", ["METADATA", "WHEEL", "RECORD", "entry_points.txt"])
def test_metadata_that_are_no_files_do_not_stop_the_look(
    place: Place, name: str, kind: Callable[[Path], object]
) -> None:
    replace_by(kind)(place.site / "demo-1.0.dist-info" / name)

    (finding,) = findings(place)

    assert finding.code == ("record-missing" if name == "RECORD" else "file-type-changed")


@pytest.mark.parametrize("kind", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_a_launcher_that_is_no_file_is_told(place: Place, kind: Callable[[Path], object]) -> None:
    replace_by(kind)(place.root / "bin" / "demo-cli")

    assert (Code.FILE_TYPE_CHANGED, ("bin/demo-cli",)) == (only(place).code, only(place).paths)


# -- links


def link_all(place: Place, store: Path) -> None:
    """Replace every file of demo by a link to a copy, as an installer with a cache may do."""
    for folder in ("demo", "demo-1.0.dist-info"):
        for path in sorted((place.site / folder).rglob("*")):
            if path.is_file() and path.name != "RECORD":
                copy = store / path.relative_to(place.site)
                copy.parent.mkdir(parents=True, exist_ok=True)
                path.rename(copy)
                path.symlink_to(copy)


def test_links_that_an_installer_made_of_all_files_are_silent(place: Place, tmp_path: Path) -> None:
    link_all(place, tmp_path)

    assert [] == findings(place)


def test_damage_behind_such_a_link_is_told(place: Place, tmp_path: Path) -> None:
    link_all(place, tmp_path)
    (tmp_path / "demo" / "core.py").write_text("")
    (tmp_path / "demo" / "data.txt").unlink()
    (place.site / "demo" / "more.txt").unlink()
    (place.site / "demo" / "more.txt").write_text("mine")

    assert {
        "demo 1.0 is damaged: 2 files are altered (emptied: 1, shortened: 1).",
        "demo 1.0 is damaged: 1 file is missing (a link that leads nowhere).",
    } == {finding.summary for finding in findings(place)}


def test_what_uv_installs_by_links_is_healthy(tmp_path: Path) -> None:
    place = Place(tmp_path)
    make_venv(place.root)
    make_wheel(
        place.house,
        "demo",
        files={
            "demo/__init__.py": "",
            "demo/core.py": CORE,
            "demo-1.0.data/scripts/demo-run": "#!python\nprint()\n",
            "demo-1.0.data/scripts/demo-plain": "#!/bin/sh\necho\n",
            "demo-1.0.data/headers/demo.h": "#define DEMO 1\n",
        },
        entry_points="[console_scripts]\ndemo-cli = demo.core:main\n",
        executables=["demo-1.0.data/scripts/demo-run", "demo-1.0.data/scripts/demo-plain"],
    )
    uv = find_tool("uv")
    if uv is None:
        pytest.skip("uv is not there")
    command = [uv, "pip", "install", "-q", "--offline", "--no-index", "--link-mode", "symlink"]
    command += ["--find-links", str(place.house), "--cache-dir", str(tmp_path / "cache")]
    subprocess.run([*command, "--python", str(place.root / "bin" / "python"), "demo"], check=True)
    assert (place.site / "demo" / "core.py").is_symlink()

    for house in ("with a wheel", "without"):
        if house == "without":
            shutil.rmtree(place.house)
        facts = place.facts()

        assert [] == list(check_files(facts, "demo").findings)
        assert [] == list(check_environment(facts, Check.SITE_PACKAGES).findings)


# -- the case of names


@pytest.mark.parametrize("house", [True, False], ids=["wheel", "record"])
@pytest.mark.parametrize(
    ("old", "new", "lost"),
    [
        pytest.param("demo/core.py", "demo/Core.py", ["demo/core.py"], id="file"),
        pytest.param("demo/data.txt", "demo/DATA.txt", ["demo/data.txt"], id="data-file"),
        pytest.param(
            "demo/sub", "demo/Sub", ["demo/sub/__init__.py", "demo/sub/deep.py"], id="folder"
        ),
        pytest.param(
            "demo",
            "Demo",
            [
                *("demo/__init__.py", "demo/core.py", "demo/data.txt", "demo/more.txt"),
                *("demo/sub/__init__.py", "demo/sub/deep.py"),
            ],
            id="whole-package",
        ),
    ],
)
def test_a_name_of_another_case_is_one_finding(
    place: Place, old: str, new: str, lost: list[str], house: bool
) -> None:
    (place.site / old).rename(place.site / new)
    if not house:
        shutil.rmtree(place.house)

    finding = only(place)

    site = place.site.relative_to(place.root)
    assert Code.FILE_CASE_CHANGED == finding.code
    assert tuple(f"{site}/{path}" for path in lost) == finding.paths
    assert [] == list(check_environment(place.facts(), Check.SITE_PACKAGES).findings)
    if len(lost) == 1:
        assert f"the case of 1 file's name has changed (it is {new[5:]} now)" in finding.summary


def test_other_bytes_under_a_name_of_another_case_are_no_such_file(place: Place) -> None:
    (place.site / "demo" / "core.py").unlink()
    (place.site / "demo" / "Core.py").write_text("mine")

    assert [Code.FILE_MISSING, Code.FOREIGN_FILE] == [each.code for each in findings(place)]


def test_two_own_files_of_one_name_in_two_cases_are_two(place: Place) -> None:
    place.add("cased", files={"cased/__init__.py": "", "cased/a.py": "", "cased/A.py": ""})
    (place.site / "cased" / "a.py").unlink()

    assert Code.FILE_MISSING == only(place, "cased").code


# -- another distribution's bytes


def add_over(place: Place, name: str, files: dict[str, str], *, keep_wheel: bool = True) -> None:
    """Install a distribution over what is there, as pip does."""
    for path in files:
        (place.site / path).unlink()
    place.add(name, files={**files, f"{name}.py": ""}, keep_wheel=keep_wheel)


@pytest.mark.parametrize("keep_wheel", [True, False], ids=["wheel", "record"])
def test_a_file_that_another_has_overwritten_names_both(place: Place, keep_wheel: bool) -> None:
    add_over(place, "other", {"demo/data.txt": "of other\n"}, keep_wheel=keep_wheel)

    finding = only(place)

    assert (
        Code.FILE_CLOBBERED,
        "other has overwritten 1 file of demo 1.0.",
        ("demo", "other"),
    ) == (finding.code, finding.summary, finding.root_causes)
    assert [] == findings(place, "other")


def test_the_one_that_was_installed_again_is_the_one_that_overwrote(place: Place) -> None:
    add_over(place, "other", {"demo/data.txt": "of other\n"})
    wheel = place.house / "demo-1.0-py3-none-any.whl"
    for path in ("demo", "demo-1.0.dist-info"):
        shutil.rmtree(place.site / path)
    for path in ("bin/demo-cli", "bin/demo-plain", "share/demo", "include"):
        full = place.root / path
        shutil.rmtree(full) if full.is_dir() else full.unlink()
    install_wheel(place.root, wheel)

    assert [] == findings(place)
    assert "demo has overwritten 1 file of other 1.0." == only(place, "other").summary


def test_a_damaged_file_that_two_claim_is_altered_for_both(place: Place) -> None:
    add_over(place, "other", {"demo/data.txt": "of other\n"})
    (place.site / "demo" / "data.txt").write_text("of nobody\n")

    assert [Code.FILE_ALTERED] * 2 == [only(place, name).code for name in ("demo", "other")]


def test_a_launcher_that_another_has_overwritten_names_both(place: Place) -> None:
    launcher = place.root / "bin" / "demo-cli"
    launcher.unlink()
    place.add("other", entry_points="[console_scripts]\ndemo-cli = other:main\n")

    finding = only(place)

    assert (Code.FILE_CLOBBERED, ("bin/demo-cli",), ("demo", "other")) == (
        finding.code,
        finding.paths,
        finding.root_causes,
    )


def test_a_lying_record_does_not_make_an_altered_file_anothers(place: Place) -> None:
    place.add("other")
    (place.site / "demo" / "data.txt").write_text("")
    record = place.site / "other-1.0.dist-info" / "RECORD"
    empty = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
    record.write_text(record.read_text() + f"demo/data.txt,sha256={empty},0\n")

    finding = only(place)

    assert (Code.FILE_ALTERED, ("demo",)) == (finding.code, finding.root_causes)
    assert [Code.RECORD_LISTS_OTHERS] == [each.code for each in findings(place, "other")]


@pytest.mark.parametrize("evidence", ["wheel", "dist-info"])
def test_a_file_of_another_version_is_said_to_be_that(place: Place, evidence: str) -> None:
    old = make_wheel(
        place.folder / "old", "demo", "0.9", {"demo/__init__.py": "VALUE = 0\n", "demo/x.py": ""}
    )
    if evidence == "wheel":
        shutil.copy(old, place.house)
    else:
        other = make_venv(place.folder / "venv-of-old")
        install_wheel(other, old)
        (site,) = other.glob("lib/python*/site-packages")
        shutil.copytree(site / "demo-0.9.dist-info", place.site / "demo-0.9.dist-info")
        shutil.rmtree(other)
    (place.site / "demo" / "__init__.py").write_text("VALUE = 0\n")

    assert "demo 1.0 is damaged: 1 file is altered (as in version 0.9)." == only(place).summary


def test_headers_of_a_python_that_is_no_venv_stand_where_pip_puts_them() -> None:
    environment = Environment.at(Path(sys.base_prefix) / "bin" / "python3")

    assert environment.base_prefix == environment.root
    assert "site" not in environment.headers.relative_to(environment.root).parts


def test_an_option_in_a_script_s_first_line_is_the_wheel_s_own(tmp_path: Path) -> None:
    """Installers replace the whole line, `#!python -u` too."""
    place = Place(tmp_path)
    make_venv(place.root)
    script = "demo-1.0.data/scripts/demo-run"
    place.add("demo", files={script: "#!python -u\nprint('run')\n"}, executables=[script])

    assert () == check_files(place.facts(), "demo").findings

    (place.root / "bin" / "demo-run").write_text("#!/usr/bin/python3\nprint('other')\n")

    assert [Code.FILE_ALTERED] == [
        finding.code for finding in check_files(place.facts(), "demo").findings
    ]
