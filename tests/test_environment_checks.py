"""What is wrong with the environment itself is found, told once, and blamed on who did it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from places import Place
from pythons import NAMED, NO_SITECUSTOMIZE, VERSIONS, find_python, find_tool
from targets import copy_venv, install_wheel, make_venv

from pytest_venvhealth.checks.environment import check_environment
from pytest_venvhealth.checks.files import check_files
from pytest_venvhealth.checks.scripts import started_interpreter
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import Check, Code, Finding, Severity
from pytest_venvhealth.profile import Profile
from pytest_venvhealth.surroundings import Surroundings
from pytest_venvhealth.wheelhouse import Wheelhouse

pytestmark = pytest.mark.sampled(2)

QUESTIONS = (Check.INTERPRETER, Check.STARTUP, Check.SCRIPTS, Check.SITE_PACKAGES)
SHORT = 1.0
"""Seconds after which these tests take an interpreter for hanging."""
MAJOR, MINOR = sys.version_info[:2]


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("environment"))
    make_venv(place.root)
    place.add(
        "demo",
        files={"demo/__init__.py": "VALUE = 1\n", "demo/core.py": "def main():\n    return 0\n"},
        entry_points="[console_scripts]\ndemo-cli = demo.core:main\n",
    )
    place.described = Environment.at(place.root)
    return place


@pytest.fixture
def place(healthy: Place, tmp_path: Path) -> Place:
    """A copy of the healthy environment and its wheelhouse; its interpreter is asked anew."""
    copy_venv(healthy.root, tmp_path / "venv")
    shutil.copytree(healthy.house, tmp_path / "wheelhouse")
    return Place(tmp_path)


def findings(place: Place, check: Check | None = None, **around: object) -> list[Finding]:
    """Return what the environment's own questions say, with `around` as the surroundings."""
    place.described = place.described or Environment.at(place.root)
    facts = replace(place.facts(), surroundings=Surroundings(**around))  # type: ignore[arg-type]
    asked = QUESTIONS if check is None else (check,)
    return [each for one in asked for each in check_environment(facts, one).findings]


def unasked(place: Place, healthy: Place) -> Place:
    """Spare the question: nothing of what the interpreter says has changed but its place."""
    assert healthy.described is not None
    old, new = str(healthy.root), str(place.root)

    def moved(path: Path | str) -> Path:
        return Path(str(path).replace(old, new, 1))

    told = healthy.described
    place.described = replace(
        told,
        root=place.root,
        interpreter=moved(told.interpreter),
        purelib=moved(told.purelib),
        platlib=moved(told.platlib),
        scripts=moved(told.scripts),
        data=moved(told.data),
        headers=moved(told.headers),
        sys_path=tuple(str(moved(path)) for path in told.sys_path),
    )
    return place


def test_a_healthy_environment_has_no_finding(place: Place) -> None:
    assert [] == findings(place)


# -- the interpreter


def config(place: Place, change: Callable[[str], str]) -> None:
    path = place.root / "pyvenv.cfg"
    path.write_text(change(path.read_text()))


def with_home(home: str) -> Callable[[str], str]:
    return lambda text: "\n".join(
        f"home = {home}" if line.startswith("home") else line for line in text.splitlines()
    )


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        pytest.param(
            with_home("/gone/bin"), Code.HOME_MISSING, "pyvenv.cfg names /gone/bin", id="home-gone"
        ),
        pytest.param(
            with_home("/proc"), Code.HOME_MISSING, "folder holds no Python", id="home-no-python"
        ),
        pytest.param(lambda text: "", Code.HOME_MISSING, "names no home", id="emptied"),
        pytest.param(
            lambda text: text.replace("home =", "house ="),
            Code.HOME_MISSING,
            "names no home",
            id="without-home",
        ),
    ],
)
def test_a_base_that_pyvenv_cfg_does_not_lead_to_is_told_once(
    place: Place, change: Callable[[str], str], code: Code, says: str
) -> None:
    """Python starts all the same: each of 3.8 to 3.13 takes the folder that it was built for."""
    config(place, change)

    (finding,) = findings(place)

    assert (code, ("pyvenv.cfg",), True) == (finding.code, finding.paths, finding.is_error)
    assert says in finding.summary
    assert f"python{MAJOR}.{MINOR} -m venv --upgrade {place.root}" in finding.remedy


def test_a_pyvenv_cfg_that_is_no_text_keeps_python_from_starting(place: Place) -> None:
    (place.root / "pyvenv.cfg").write_bytes(b"\xff\xfe\x00home")

    (finding,) = findings(place)

    assert Code.INTERPRETER_BROKEN == finding.code
    assert "The interpreter does not start: pyvenv.cfg is no text in UTF-8." == finding.summary
    assert ("pyvenv.cfg",) == finding.paths


def test_a_dead_interpreter_and_its_dead_home_are_one_finding(place: Place) -> None:
    for path in (place.root / "bin").glob("python*"):
        path.unlink()
        path.symlink_to("/gone/bin/python3")
    config(place, with_home("/gone/bin"))

    (finding,) = findings(place)

    assert Code.INTERPRETER_BROKEN == finding.code
    assert "its base Python was in /gone/bin, which is gone" in finding.summary


@pytest.mark.parametrize("told", [True, False], ids=["version-told", "version-not-told"])
def test_packages_in_the_folder_of_another_python_are_told(place: Place, told: bool) -> None:
    """As after the link to the base was changed: Python looks into a folder that is not there."""
    shutil.rmtree(place.root / "lib64", ignore_errors=True)
    (place.root / "lib" / f"python{MAJOR}.{MINOR}").rename(place.root / "lib" / "python3.7")
    lines = (place.root / "pyvenv.cfg").read_text().splitlines()
    lines = [line for line in lines if not line.startswith("version")]
    (place.root / "pyvenv.cfg").write_text(
        "\n".join([*lines, *(["version = 3.7.9"] if told else [])]) + "\n"
    )

    (finding,) = findings(place, Check.INTERPRETER)

    assert Code.INTERPRETER_CHANGED == finding.code
    expected = {"bin/python", "lib/python3.7/site-packages", *(["pyvenv.cfg"] if told else [])}
    assert expected == set(finding.paths)
    assert f"python3.7 -m venv --upgrade {place.root}" in finding.remedy


def test_folders_of_two_pythons_are_no_fault(place: Place) -> None:
    """So `venv --upgrade` leaves them."""
    (place.root / "lib" / "python3.7" / "site-packages").mkdir(parents=True)

    assert [] == findings(place)


# -- start-up files

LATE = (
    "import sys; sys.meta_path.insert(0, type('F', (), {'find_spec': staticmethod("
    "lambda n, p=None, t=None: __import__('os')._exit(7) if n == 'sysconfig' else None)}))\n"
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("contents", "says"),
    [
        pytest.param("import os; os._exit(0)\n", "exit status 0", id="exits"),
        pytest.param("import sys; sys.exit('bye')\n", "SystemExit: bye", id="exits-in-good-order"),
        pytest.param("import time; time.sleep(60)\n", "did not answer within 1 s", id="hangs"),
        pytest.param(LATE, "exit status 7", id="harms-later"),
        pytest.param(b"/\xff\xfe\n", "UnicodeDecodeError", id="undecodable"),
    ],
)
def test_the_one_start_up_file_that_keeps_python_from_starting_is_named(
    place: Place, contents: str | bytes, says: str
) -> None:
    for name in ("a.pth", "z.pth"):
        (place.site / name).write_text("import os\n")
    bad = place.site / "m.pth"
    bad.write_bytes(contents.encode() if isinstance(contents, str) else contents)
    if "within" in says:
        place.described = Environment.at(place.root, startup_seconds=SHORT)

    (finding,) = findings(place)

    assert (Code.STARTUP_FAILED, (str(bad.relative_to(place.root)),)) == (
        finding.code,
        finding.paths,
    )
    assert finding.summary.startswith("m.pth keeps Python from starting: ")
    assert says in finding.summary


@pytest.mark.skipif(bool(NO_SITECUSTOMIZE), reason=NO_SITECUSTOMIZE)
def test_a_start_up_module_that_ends_python_is_named(place: Place) -> None:
    (place.site / "a.pth").write_text("import os\n")
    (place.site / "sitecustomize.py").write_text("import os\nos._exit(3)\n")

    (finding,) = findings(place)

    assert (str((place.site / "sitecustomize.py").relative_to(place.root)),) == finding.paths


def test_usercustomize_runs_where_the_users_packages_are_seen(place: Place) -> None:
    config(place, lambda text: text.replace("site-packages = false", "site-packages = true"))
    (place.site / "usercustomize.py").write_text("raise OSError('no')\n")

    (finding,) = findings(place)

    assert "usercustomize.py fails at every start of Python: OSError: no." == finding.summary


def test_a_start_up_file_that_prints_or_is_a_folder_is_no_fault(place: Place) -> None:
    (place.site / "loud.pth").write_text("import sys; print('x'); sys.stderr.write('Error: x')\n")
    (place.site / "folder.pth").mkdir()

    assert [] == findings(place)


SETUPTOOLS = {
    "_distutils_hack/__init__.py": "def add_shim():\n    pass\n",
    "distutils-precedence.pth": (
        "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; "
        "enabled = os.environ.get(var, 'local') == 'local'; "
        "enabled and __import__('_distutils_hack').add_shim();"
    ),
    "setuptools/__init__.py": "",
}


@pytest.mark.parametrize("keep_wheel", [True, False], ids=["wheel", "no-wheel"])
def test_setuptools_without_its_hack_is_blamed(place: Place, keep_wheel: bool) -> None:
    place.add("setuptools", files=SETUPTOOLS, keep_wheel=keep_wheel)
    shutil.rmtree(place.site / "_distutils_hack")

    (finding,) = findings(place)

    assert (Code.STARTUP_FAILED, ("setuptools",), keep_wheel) == (
        finding.code,
        finding.root_causes,
        finding.repairable,
    )


def test_who_lost_the_module_is_blamed_and_not_who_imports_it(place: Place) -> None:
    place.add("hook", files={"hook.py": ""})
    place.add("user", files={"user.pth": "import hook\n", "user.py": ""})
    (place.site / "hook.py").unlink()

    (finding,) = findings(place)

    assert ("hook",) == finding.root_causes


# -- paths in .pth files


def test_a_path_that_is_gone_is_a_warning(place: Place, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (place.site / "beside").mkdir()
    (place.site / "paths.pth").write_text(
        f"# /gone/comment\n\nimport sys; sys.__plen = len(sys.path)\n./beside\n{tmp_path}/there\n"
        f"/gone/source\n./gone.egg\n"
    )

    (finding,) = findings(place)

    assert (Code.PTH_PATH_MISSING, Severity.WARNING) == (finding.code, finding.severity)
    assert f"paths.pth puts /gone/source, {place.site}/gone.egg on sys.path" in finding.summary


def test_a_pth_file_that_the_profile_knows_is_not_told(place: Place) -> None:
    (place.site / "known.pth").write_text("/mounted/later\n")
    profile = replace(place.profile(), pth=("known.pth",))

    facts = Facts.gather(Environment.at(place.root), profile, place.wheelhouse())

    assert () == check_environment(facts, Check.STARTUP).findings


def test_the_lost_source_of_an_editable_is_not_told_twice(place: Place, tmp_path: Path) -> None:
    place.add("mine", files={"__editable__.mine-1.0.pth": f"{tmp_path}/gone/src\n"})
    (place.site / "mine-1.0.dist-info" / "direct_url.json").write_text(
        f'{{"url": "file://{tmp_path}/gone", "dir_info": {{"editable": true}}}}'
    )

    assert [] == findings(place)


def test_the_lost_source_of_an_egg_link_is_not_told_twice(place: Place) -> None:
    (place.site / "easy-install.pth").write_text("/gone/old\n")
    (place.site / "old.egg-link").write_text("/gone/old\n.")

    assert ["leftover"] == [str(finding.code) for finding in findings(place)]


# -- folders in front


def in_front(place: Place, folder: Path, name: str = "front.pth") -> Path:
    pth = place.site / name
    pth.write_text(f"import sys; sys.path.insert(0, {str(folder)!r})\n")
    return pth


@pytest.mark.parametrize(
    ("module", "whose"), [("json.py", "standard library"), ("demo/__init__.py", "demo")]
)
def test_a_folder_that_hides_modules_is_told_with_who_put_it_there(
    place: Place, tmp_path: Path, module: str, whose: str
) -> None:
    (tmp_path / "front" / module).parent.mkdir(parents=True)
    (tmp_path / "front" / module).write_text("")
    (place.site / "other.pth").write_text("import os\n")
    pth = in_front(place, tmp_path / "front")

    (finding,) = findings(place)

    shown = str(pth.relative_to(place.root))
    stem = module.partition("/")[0].removesuffix(".py")
    assert (Code.PATH_SHADOWING, True) == (finding.code, finding.is_error)
    assert (
        f"{shown} puts {tmp_path}/front in front of the environment's own folders; "
        f"it hides {stem} ({whose})."
    ) == finding.summary
    assert (shown,) == finding.paths
    assert (f"{tmp_path}/front/{module} hides {stem} ({whose})",) == finding.evidence


def test_a_distribution_whose_pth_hides_others_is_blamed(place: Place, tmp_path: Path) -> None:
    (tmp_path / "front").mkdir()
    (tmp_path / "front" / "demo.py").write_text("")
    line = f"import sys; sys.path.insert(0, {str(tmp_path / 'front')!r})\n"
    place.add("pushy", files={"pushy.pth": line, "pushy.py": ""})

    (finding,) = findings(place)

    assert ("pushy",) == finding.root_causes


def test_what_hides_nothing_is_no_shadow(place: Place, tmp_path: Path) -> None:
    """Folders without `__init__`, built-in modules, and tests of the same name hide nothing."""
    front = tmp_path / "front"
    for folder in ("demo", "json", "test"):
        (front / folder).mkdir(parents=True)
    (front / "demo" / "part.py").write_text("")
    (front / "test" / "__init__.py").write_text("")
    (front / "sys.py").write_text("")
    (front / "other.py").write_text("")
    in_front(place, front)

    assert [] == findings(place)


def test_a_folder_behind_the_environments_own_hides_nothing(place: Place, tmp_path: Path) -> None:
    (tmp_path / "behind").mkdir()
    (tmp_path / "behind" / "demo.py").write_text("")
    (tmp_path / "behind" / "json.py").write_text("")
    (place.site / "behind.pth").write_text(f"{tmp_path / 'behind'}\n")

    assert [] == findings(place)


def test_an_editables_own_source_is_no_shadow_of_itself(place: Place, tmp_path: Path) -> None:
    source = tmp_path / "project" / "src"
    (source / "mine").mkdir(parents=True)
    (source / "mine" / "__init__.py").write_text("")
    line = f"import sys; sys.path.insert(0, {str(source)!r})\n"
    place.add("mine", files={"__editable__.mine-1.0.pth": line})
    info = place.site / "mine-1.0.dist-info"
    (info / "top_level.txt").write_text("mine\n")
    (info / "direct_url.json").write_text(
        f'{{"url": "file://{source.parent}", "dir_info": {{"editable": true}}}}'
    )

    assert [] == findings(place)


# -- what leaks in


@pytest.fixture
def described(place: Place, healthy: Place) -> Place:
    return unasked(place, healthy)


@pytest.mark.parametrize("module", ["json.py", "demo.py"])
def test_a_python_path_that_hides_modules_is_an_error(
    described: Place, tmp_path: Path, module: str
) -> None:
    (tmp_path / "leak").mkdir()
    (tmp_path / "leak" / module).write_text("")

    (finding,) = findings(described, python_path=f"{tmp_path}/leak", folder=tmp_path)

    assert (Code.PATH_SHADOWING, True) == (finding.code, finding.is_error)
    assert finding.summary.startswith(f"PYTHONPATH puts {tmp_path}/leak in front")


def test_other_folders_of_python_path_are_one_warning(described: Place, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"module_{name}.py").write_text("")
    text = os.pathsep.join(["one", "", str(tmp_path / "two"), "/gone"])

    (finding,) = findings(described, python_path=text, folder=tmp_path)

    assert (Code.PATH_LEAK, Severity.WARNING) == (finding.code, finding.severity)
    assert (
        f"PYTHONPATH adds to what Python imports here: {tmp_path}/one, "
        f"the current folder, by an empty entry, {tmp_path}/two."
    ) == finding.summary


def test_a_python_path_that_adds_nothing_is_no_finding(described: Place, tmp_path: Path) -> None:
    """Its own folders, those without modules, and those with nothing but tests."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_one.py").write_text("")
    (tmp_path / "tests" / "conftest.py").write_text("")
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(described.site)
    folders = [described.site, tmp_path / "tests", tmp_path / "empty", tmp_path / "link"]
    text = os.pathsep.join(map(str, folders))

    assert [] == findings(described, python_path=text, folder=tmp_path)


def test_the_home_of_another_python_is_an_error(described: Place) -> None:
    """Python itself is the witness: it does not start, and with its own home it does."""
    command = [str(described.root / "bin" / "python"), "-c", ""]
    environment = {**os.environ, "PYTHONHOME": "/gone"}
    own = {**os.environ, "PYTHONHOME": sys.base_prefix}
    assert subprocess.run(command, env=environment, capture_output=True, check=False).returncode
    assert not subprocess.run(command, env=own, capture_output=True, check=False).returncode

    (error,) = findings(described, python_home="/gone")
    (warning,) = findings(described, python_home=sys.base_prefix)

    assert (Code.PATH_LEAK, True) == (error.code, error.is_error)
    assert (Code.PATH_LEAK, False) == (warning.code, warning.is_error)


@pytest.mark.parametrize("variable", ["HOME", "PYTHONUSERBASE"])
def test_the_users_own_packages_leak_exactly_where_python_sees_them(
    place: Place, tmp_path: Path, variable: str
) -> None:
    config(place, lambda text: text.replace("site-packages = false", "site-packages = true"))
    base = tmp_path / "user" / (".local" if variable == "HOME" else "")
    folder = base / "lib" / f"python{MAJOR}.{MINOR}" / "site-packages"
    (folder / "theirs").mkdir(parents=True)
    (folder / "theirs" / "__init__.py").write_text("")
    (folder / "demo.py").write_text("raise OSError\n")
    variables = {**os.environ, variable: str(tmp_path / "user")}
    variables.pop("PYTHONNOUSERSITE", None)
    # Python itself is the witness: it sees the folder, after the environment's own.
    command = [str(place.root / "bin" / "python"), "-c", "import theirs, demo"]
    subprocess.run(command, env=variables, check=True)
    surroundings = Surroundings.of(variables, tmp_path)
    facts = replace(place.facts(), surroundings=surroundings)

    (finding,) = check_environment(facts, Check.STARTUP).findings
    without = replace(facts, surroundings=replace(surroundings, no_user_site=True))

    assert (Code.PATH_LEAK, Severity.WARNING) == (finding.code, finding.severity)
    assert f"{folder}, are importable here: demo, theirs." in finding.summary
    assert () == check_environment(without, Check.STARTUP).findings


def test_the_users_own_packages_stay_out_of_a_plain_venv(place: Place, tmp_path: Path) -> None:
    folder = tmp_path / ".local" / "lib" / f"python{MAJOR}.{MINOR}" / "site-packages"
    folder.mkdir(parents=True)
    (folder / "theirs.py").write_text("")

    assert [] == findings(place, home=tmp_path)


# -- scripts


@pytest.mark.parametrize(
    ("head", "started"),
    [
        ("#!{bin}/python", "{bin}/python"),
        ("#!{bin}/python3.11 -sE", "{bin}/python3.11"),
        ("#! /usr/bin/python3", "/usr/bin/python3"),
        ('#!"{bin}/my python/python"', "{bin}/my python/python"),
        ("#!/usr/bin/env python3", None),
        ("#!/usr/bin/env -S /opt/env/bin/python -I", "/opt/env/bin/python"),
        ("#!/bin/sh\n'''exec' {bin}/python \"$0\" \"$@\"\n' '''", "{bin}/python"),
        ('#!/bin/sh\n\'\'\'exec\' "/my envs/bin/python" "$0" "$@"', "/my envs/bin/python"),
        ("#!/bin/sh\n'''exec' '/my envs/bin/python' \"$0\" \"$@\"", "/my envs/bin/python"),
        ("#!/bin/sh\n'''exec' /env/bin/python3.11 \"$0\" \"$@\" #'''", "/env/bin/python3.11"),
        (
            '#!/bin/sh\n\'\'\'exec\' "$(dirname -- "$(realpath -- "$0")")"/\'python\' "$0" "$@"',
            "{bin}/python",
        ),
        (
            (
                '#!/bin/sh\n\'\'\'exec\' "$(CDPATH= cd -- "$(dirname -- "$0")" && echo "$PWD")"'
                '/\'python3\' "$0" "$@"'
            ),
            "{bin}/python3",
        ),
        ("#!/bin/sh\necho", None),
        ("#!/usr/bin/perl", None),
        ("#!", None),
        ("\x7fELF", None),
        ("#!/bin/sh\n'''exec' 'never closed", None),
    ],
)
def test_each_form_of_launcher_is_judged_by_what_it_starts(
    tmp_path: Path, head: str, started: str | None
) -> None:
    script = tmp_path / "script"
    script.write_text(head.replace("{bin}", str(tmp_path)) + "\nimport sys\n")

    expected = started.replace("{bin}", str(tmp_path)) if started else None
    assert expected == started_interpreter(str(script))


def test_a_folder_or_pipe_in_place_of_a_script_holds_nobody_up(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")

    assert [None, None] == [started_interpreter(str(tmp_path / n)) for n in ("folder", "pipe")]


def start_with(place: Place, name: str, interpreter: str) -> None:
    script = place.root / "bin" / name
    rest = script.read_text().partition("\n")[2] if script.exists() else "import sys\n"
    script.write_text(f"#!{interpreter}\n{rest}")
    script.chmod(0o755)


@pytest.mark.parametrize(
    ("interpreter", "says"),
    [
        pytest.param("{base}", "another interpreter", id="the-base-that-it-links-to"),
        pytest.param("/gone/env/bin/python", "one that is gone", id="gone"),
        pytest.param("{bin}/python3.6", "one that is gone", id="gone-from-its-own-folder"),
        pytest.param("{bin}/python2.7", "another interpreter", id="another-python-beside"),
    ],
)
def test_a_launcher_that_starts_another_interpreter_is_told(
    described: Place, interpreter: str, says: str
) -> None:
    own = described.root / "bin"
    (own / "python2.7").symlink_to("/bin/sh")
    base = os.path.realpath(own / "python")
    start_with(described, "demo-cli", interpreter.replace("{base}", base).format(bin=own))

    (finding,) = findings(described)

    assert (Code.SCRIPT_INTERPRETER, True, ("demo",), ("bin/demo-cli",), True) == (
        finding.code,
        finding.is_error,
        finding.root_causes,
        finding.paths,
        finding.repairable,
    )
    assert f"1 script starts {says}, " in finding.summary


def test_without_a_wheel_scripts_are_told_and_cannot_be_repaired(described: Place) -> None:
    shutil.rmtree(described.house)
    start_with(described, "demo-cli", "/gone/env/bin/python")

    (finding,) = findings(described)

    assert (("demo",), False) == (finding.root_causes, finding.repairable)
    assert "No wheel of demo 1.0" in finding.remedy


def test_a_script_that_only_record_knows_is_the_distributions(described: Place) -> None:
    """pip writes `pip3.11` into RECORD, and no wheel has it."""
    start_with(described, "demo3.11", "/gone/env/bin/python")
    with (described.site / "demo-1.0.dist-info" / "RECORD").open("a") as record:
        record.write("../../../bin/demo3.11,,\n")

    (finding,) = findings(described)

    assert (("demo",), ("bin/demo3.11",)) == (finding.root_causes, finding.paths)


def test_a_script_that_a_wheel_ships_with_another_interpreter_is_its_own_affair(
    described: Place,
) -> None:
    described.add("tool", files={"tool-1.0.data/scripts/tool": "#!/usr/bin/python2\nprint(1)\n"})

    assert [] == findings(described)


@pytest.mark.parametrize(
    ("interpreter", "told"), [("/gone/bin/python3", True), (sys.executable, False)]
)
def test_a_script_of_nobody_is_a_warning_where_it_is_dead(
    described: Place, interpreter: str, told: bool
) -> None:
    start_with(described, "by-hand", interpreter)

    found = findings(described)

    expected = [(Code.SCRIPT_INTERPRETER, Severity.WARNING, ("bin/by-hand",))] if told else []
    assert expected == [(each.code, each.severity, each.paths) for each in found]


def test_a_moved_environment_is_told_once(healthy: Place, tmp_path: Path) -> None:
    """By its launchers; scripts of nobody and `activate` name the same folder."""
    shutil.copytree(healthy.root, tmp_path / "venv", symlinks=True)
    shutil.copytree(healthy.house, tmp_path / "wheelhouse")
    moved = Place(tmp_path)
    start_with(moved, "by-hand", str(healthy.root / "bin" / "python"))

    (finding,) = findings(moved)

    assert (Code.SCRIPT_INTERPRETER, ("demo",)) == (finding.code, finding.root_causes)


def test_a_moved_environment_without_launchers_is_told_by_its_activate(
    healthy: Place, tmp_path: Path
) -> None:
    shutil.copytree(healthy.root, tmp_path / "venv", symlinks=True)
    (tmp_path / "venv" / "bin" / "demo-cli").unlink()

    (finding,) = findings(Place(tmp_path))

    assert (Severity.WARNING, ("bin/activate",)) == (finding.severity, finding.paths)
    assert f"activates another environment, {healthy.root}:" in finding.summary


# -- room for a repair


def in_namespace(script: str) -> subprocess.CompletedProcess[str] | None:
    """Run a script as root of a mount namespace of its own; None where the machine refuses."""
    try:
        allowed = subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False)
    except OSError:
        return None
    if allowed.returncode:
        return None
    return subprocess.run(
        ["unshare", "-rm", "sh", "-ec", script], capture_output=True, text=True, check=False
    )


ASK = """
import sys
from pathlib import Path
from pytest_venvhealth.checks.environment import check_environment
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import Check
from pytest_venvhealth.profile import Profile
from pytest_venvhealth.wheelhouse import Wheelhouse
environment = Environment.at(Path(sys.argv[1]))
facts = Facts.gather(environment, Profile.empty("x"), Wheelhouse.at([]))
for finding in check_environment(facts, Check.SITE_PACKAGES).findings:
    print(finding.severity, finding.code, finding.summary)
"""


def asked_in_namespace(place: Place, mounts: str) -> str:
    script = place.folder / "ask.py"
    script.write_text(ASK)
    done = in_namespace(f"{mounts}\n'{sys.executable}' '{script}' '{place.root}'")
    if done is None or done.returncode == 32:
        pytest.skip("this machine lets nobody mount anything")
    assert "" == done.stderr
    return done.stdout


def test_site_packages_on_a_read_only_mount_are_a_warning(place: Place) -> None:
    """Root, too, is denied there."""
    mounts = f"mount --bind '{place.root}' '{place.root}'; mount -o remount,ro,bind '{place.root}'"

    told = asked_in_namespace(place, mounts)

    assert "warning site-packages-read-only Nothing can be written to site-packages" in told


@pytest.mark.parametrize(("size", "told"), [("17m", True), ("60m", False)])
def test_a_disk_without_room_for_the_largest_distribution_is_a_warning(
    place: Place, size: str, told: bool
) -> None:
    place.add("large", files={"large/__init__.py": "", "large/data.bin": "x" * 2**21})
    # The copy leaves the bulk behind: sizes are those that RECORD has.
    (place.site / "large" / "data.bin").unlink()
    kept = place.folder / "kept"
    mounts = (
        f"mv '{place.root}' '{kept}'; mkdir '{place.root}'; "
        f"mount -t tmpfs -o size={size} none '{place.root}'; cp -a '{kept}/.' '{place.root}/'"
    )

    answer = asked_in_namespace(place, mounts)

    assert told == (f"warning {Code.DISK_NEARLY_FULL} The disk has" in answer)
    assert told == ("a repair of large needs 18 MiB" in answer)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_site_packages_without_the_right_to_write_are_a_warning(place: Place) -> None:
    place.site.chmod(0o555)
    try:
        (finding,) = findings(place)
    finally:
        place.site.chmod(0o755)

    assert (Code.SITE_PACKAGES_READ_ONLY, Severity.WARNING) == (finding.code, finding.severity)


# -- silence


def made_by_uv(*options: str) -> Callable[[str, Path, Path], None]:
    def make(python: str, root: Path, house: Path) -> None:
        program = find_tool("uv")
        if program is None:
            pytest.skip("no uv here")
        quiet = [program, "--quiet", "--offline", "--no-config"]
        subprocess.run([*quiet, "venv", "--python", python, *options, str(root)], check=True)
        install = [*quiet, "pip", "install", "--no-index", "--find-links", str(house), "demo"]
        subprocess.run([*install, "--python", str(root / "bin" / "python")], check=True)

    return make


def made_by_venv(*options: str, pip: bool = False) -> Callable[[str, Path, Path], None]:
    def make(python: str, root: Path, house: Path) -> None:
        more = options if pip else ("--without-pip", *options)
        subprocess.run([python, "-m", "venv", *more, str(root)], check=True)
        if pip:
            install_by_pip(root, house)
        else:
            install_wheel(root, next(house.glob("demo-*.whl")))

    return make


def made_by_virtualenv(python: str, root: Path, house: Path) -> None:
    program = find_tool("virtualenv")
    if program is None:
        pytest.skip("no virtualenv here")
    command = [program, "-q", "--no-download", "-p", python, str(root)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip(f"this virtualenv makes none for {python}")
    install_by_pip(root, house)


def install_by_pip(root: Path, house: Path) -> None:
    command = [str(root / "bin" / "python"), "-m", "pip", "install", "-q", "--no-index"]
    command += ["--disable-pip-version-check", "--find-links", str(house), "demo"]
    subprocess.run(command, check=True)


def assert_silent(root: Path) -> None:
    """Look from here, and through a link: a folder may have two names."""
    link = root.parent / "link"
    link.symlink_to(root)
    around = Surroundings.of({"HOME": str(root.parent / "nobody")}, root.parent)
    for named in (root, link):
        place = Place(root.parent, described=Environment.at(named))
        facts = replace(place.facts(), surroundings=around)
        told = [each for check in QUESTIONS for each in check_environment(facts, check).findings]
        assert [] == told
    assert (root / "bin" / "demo-cli").exists()


LONG = "long " + "x" * 130
"""Too long for a first line, and with a space in it: launchers take to the shell."""
QUICK = {
    "venv": made_by_venv(),
    "venv-copies": made_by_venv("--copies"),
    "venv-system": made_by_venv("--system-site-packages"),
    "uv": made_by_uv(),
    "uv-relocatable": made_by_uv("--relocatable"),
}
EDGES = (VERSIONS[0], VERSIONS[-1])
SWEPT = {**QUICK, "venv-pip": made_by_venv(pip=True), "virtualenv": made_by_virtualenv}


@pytest.mark.sampled(2)
@pytest.mark.parametrize("maker", QUICK)
def test_a_healthy_environment_of_any_maker_has_no_finding(
    healthy: Place, tmp_path: Path, maker: str
) -> None:
    QUICK[maker](sys.executable, tmp_path / LONG, healthy.house)

    assert_silent(tmp_path / LONG)


@pytest.mark.slow
def test_a_base_python_has_no_finding() -> None:
    base = Path(sys.base_prefix) / "bin" / f"python{MAJOR}.{MINOR}"
    if not base.exists():
        pytest.skip(f"no interpreter at {base}")
    environment = Environment.at(base)
    facts = Facts.gather(environment, Profile.empty("base"), Wheelhouse.at([]))

    for check in (Check.INTERPRETER, Check.STARTUP, Check.SCRIPTS):
        assert () == check_environment(facts, check).findings


@pytest.fixture(params=VERSIONS)
def any_python(request: pytest.FixtureRequest) -> str:
    python = find_python(request.param)
    if python is None:
        pytest.skip(f"no Python {request.param} here: name one in {NAMED}")
    return str(python)


@pytest.mark.slow
@pytest.mark.parametrize("maker", SWEPT)
def test_every_python_and_maker_is_healthy(
    healthy: Place, tmp_path: Path, any_python: str, maker: str
) -> None:
    SWEPT[maker](any_python, tmp_path / LONG, healthy.house)

    assert_silent(tmp_path / LONG)


@pytest.mark.slow
@pytest.mark.parametrize("any_python", EDGES, indirect=True)
@pytest.mark.parametrize("maker", SWEPT)
def test_a_path_that_fits_a_first_line_is_healthy(
    healthy: Place, tmp_path: Path, any_python: str, maker: str
) -> None:
    SWEPT[maker](any_python, tmp_path / "venv", healthy.house)

    assert_silent(tmp_path / "venv")


@pytest.mark.slow
@pytest.mark.parametrize("any_python", EDGES, indirect=True)
def test_a_broken_pip_is_blamed(healthy: Place, tmp_path: Path, any_python: str) -> None:
    """It is a distribution as any other, its launchers included."""
    made_by_venv(pip=True)(any_python, tmp_path / "venv", healthy.house)
    place = Place(tmp_path)
    (place.site / "pip" / "_internal" / "main.py").unlink()
    start_with(place, "pip", "/gone/bin/python")

    (script,) = findings(place)
    (files,) = check_files(place.facts(), "pip").findings

    assert (Code.SCRIPT_INTERPRETER, ("pip",), ("bin/pip",)) == (
        script.code,
        script.root_causes,
        script.paths,
    )
    assert (Code.FILE_MISSING, ("pip",)) == (files.code, files.root_causes)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("home", "code"),
    [("/gone/bin", Code.HOME_MISSING), (None, Code.HOME_MISSING), ("", Code.INTERPRETER_BROKEN)],
    ids=["gone", "emptied", "undecodable"],
)
def test_every_python_does_the_same_without_its_home(
    tmp_path: Path, any_python: str, home: str | None, code: Code
) -> None:
    place = Place(tmp_path)
    make_venv(place.root, python=any_python)
    if home == "":
        (place.root / "pyvenv.cfg").write_bytes(b"\xff\xfe")
    else:
        config(place, with_home(home) if home else lambda text: "")

    assert [code] == [finding.code for finding in findings(place)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "contents",
    [
        "import os; os._exit(0)\n",
        "import sys; sys.exit(1)\n",
        "import time; time.sleep(60)\n",
        LATE,
    ],
    ids=["exits", "exits-in-good-order", "hangs", "harms-later"],
)
def test_every_python_names_the_one_start_up_file(
    tmp_path: Path, any_python: str, contents: str
) -> None:
    place = Place(tmp_path)
    make_venv(place.root, python=any_python)
    for name, text in (("a.pth", "import os\n"), ("m.pth", contents), ("z.pth", "import os\n")):
        (place.site / name).write_text(text)
    if "sleep" in contents:
        place.described = Environment.at(place.root, startup_seconds=2 * SHORT)

    (finding,) = findings(place)

    assert (str((place.site / "m.pth").relative_to(place.root)),) == finding.paths
