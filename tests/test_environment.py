"""A target is what its own interpreter says, whatever its layout, its Python and its damage."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import packaging
import pytest
from packaging.tags import Tag, sys_tags
from pythons import NAMED, NO_SITECUSTOMIZE, VERSIONS, find_python
from targets import make_venv, site_packages, snapshot
from wheels import make_wheel

from pytest_venvhealth.environment import (
    Environment,
    NotAnEnvironmentError,
    environment_from_facts,
    target_tags,
)
from pytest_venvhealth.inventory import Inventory
from pytest_venvhealth.target_facts import describe
from pytest_venvhealth.wheelhouse import Wheelhouse

pytestmark = pytest.mark.sampled(2)

SHORT = 1.0
"""Seconds after which these tests take an interpreter for hanging."""


@pytest.fixture(scope="session")
def made_venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_venv(tmp_path_factory.mktemp("made") / "venv")


@pytest.fixture
def venv(made_venv: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made_venv, tmp_path / "venv", symlinks=True)


# -- what the user may name


def test_a_folder_is_asked_through_its_own_interpreter(venv: Path) -> None:
    environment = Environment.at(venv)

    assert ("venv", venv, venv / "bin" / "python") == (
        environment.name,
        environment.root,
        environment.interpreter,
    )
    assert sys.version_info[:3] == environment.version
    assert sys.implementation.name == environment.implementation
    assert (site_packages(venv),) == environment.site_folders
    assert (venv / "bin", venv) == (environment.scripts, environment.data)
    assert environment.base_prefix == Path(sys.base_prefix)
    assert (None, None, ()) == (
        environment.interpreter_error,
        environment.startup_error,
        environment.startup_complaints,
    )


@pytest.mark.parametrize("name", ["python", "python3"])
def test_an_interpreter_stands_for_its_environment(venv: Path, name: str) -> None:
    environment = Environment.at(venv / "bin" / name)

    assert venv == environment.root
    assert venv / "bin" / name == environment.interpreter
    assert "venv" == environment.name


def test_a_name_may_be_given(venv: Path) -> None:
    assert "mine" == Environment.at(venv, name="mine").name


def test_a_relative_path_is_taken_from_here(venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(venv.parent)

    assert venv == Environment.at(Path("venv")).root


def test_a_link_to_an_environment_is_kept(venv: Path, tmp_path: Path) -> None:
    """To follow the links of the interpreter would lead to its base."""
    link = tmp_path / "link"
    link.symlink_to(venv)

    environment = Environment.at(link)

    assert (link, link / "bin" / "python") == (environment.root, environment.interpreter)
    assert site_packages(link) == environment.purelib
    assert environment.interpreter_error is None


@pytest.mark.parametrize("name", ["with space", "größe", "ключ 漢字", "quo'te", "$HOME", "a%20b"])
def test_any_name_of_a_folder_will_do(made_venv: Path, tmp_path: Path, name: str) -> None:
    root = shutil.copytree(made_venv, tmp_path / name, symlinks=True)

    environment = Environment.at(root)

    assert (root, name, None) == (environment.root, environment.name, environment.interpreter_error)
    assert environment.purelib.is_dir()


def test_the_running_environment_is_where_this_test_runs() -> None:
    environment = Environment.running()

    assert Path(sys.prefix) == environment.root
    assert sys.version_info[:3] == environment.version


def test_an_interpreter_that_is_no_venvs_is_its_prefix() -> None:
    """As with pyenv, conda, Debian and containers: packages lie beside the base itself."""
    base = Path(sys.base_prefix)
    interpreter = base / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    if not interpreter.exists():
        pytest.skip(f"no interpreter at {interpreter}")

    environment = Environment.at(interpreter)

    assert (base, base.name, interpreter) == (
        environment.root,
        environment.name,
        environment.interpreter,
    )
    assert environment.purelib.is_relative_to(base)
    assert environment.interpreter_error is None


def test_a_shim_stands_for_the_interpreter_that_it_starts(venv: Path, tmp_path: Path) -> None:
    """Scripts name that one: the shim's own folder would make all of them look foreign."""
    shim = tmp_path / "shims" / "python3"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nexec "{venv}/bin/python" "$@"\n')
    shim.chmod(0o755)

    environment = Environment.at(shim)

    assert (venv, venv / "bin" / "python", "venv") == (
        environment.root,
        environment.interpreter,
        environment.name,
    )


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        pytest.param(lambda path: None, "there is no such file or folder", id="missing"),
        pytest.param(
            lambda path: path.mkdir(), "this folder is no Python environment", id="plain-folder"
        ),
        pytest.param(
            lambda path: path.write_text("text\n"), "this file is no interpreter", id="text-file"
        ),
        pytest.param(
            lambda path: path.symlink_to("nowhere"), "this link leads nowhere", id="dangling-link"
        ),
    ],
)
def test_what_is_no_environment_gets_one_sentence(tmp_path: Path, make: Any, reason: str) -> None:
    path = tmp_path / "named"
    make(path)

    with pytest.raises(NotAnEnvironmentError) as caught:
        Environment.at(path)

    assert (
        f"{path}: {reason}. "
        "Give --venv the folder of a virtual environment, or an interpreter inside one."
    ) == str(caught.value)
    assert str(caught.value) == str(pickle.loads(pickle.dumps(caught.value)))


@pytest.mark.parametrize("named", [".vnev", ".vnev/bin/python"])
def test_a_name_that_is_nearly_right_is_corrected(venv: Path, tmp_path: Path, named: str) -> None:
    (tmp_path / ".venv").symlink_to(venv)

    with pytest.raises(NotAnEnvironmentError) as caught:
        Environment.at(tmp_path / named)

    assert str(caught.value) == (
        f"{tmp_path / named}: there is no such file or folder. Did you mean {tmp_path / '.venv'}?"
    )


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        ("project", "project/.venv"),
        ("project/.venv/lib", "project/.venv"),
        ("project/.venv/bin", "project/.venv"),
    ],
)
def test_the_environment_that_was_meant_is_named(
    made_venv: Path, tmp_path: Path, named: str, meant: str
) -> None:
    shutil.copytree(made_venv, tmp_path / "project" / ".venv", symlinks=True)

    with pytest.raises(NotAnEnvironmentError) as caught:
        Environment.at(tmp_path / named)

    assert (
        f"{tmp_path / named}: this folder is no Python environment. "
        f"Did you mean {tmp_path / meant}?"
    ) == str(caught.value)


def test_another_program_is_no_interpreter(venv: Path) -> None:
    """A script of a venv runs, and says nothing of itself: the venv is not to blame."""
    script = venv / "bin" / "tool"
    script.write_text("#!/bin/sh\necho 'unknown option' >&2\nexit 2\n")
    script.chmod(0o755)

    with pytest.raises(NotAnEnvironmentError) as caught:
        Environment.at(script)

    assert (f"{script}: this is no interpreter (unknown option). Did you mean {venv}?") == str(
        caught.value
    )


def test_an_interpreter_without_environment_that_does_not_start_is_a_wrong_path(
    tmp_path: Path,
) -> None:
    fake = tmp_path / "tools" / "python3"
    fake.parent.mkdir()
    fake.write_text("no program\n")
    fake.chmod(0o755)

    with pytest.raises(NotAnEnvironmentError) as caught:
        Environment.at(fake)

    assert f"{fake}: this interpreter does not start (Exec format error)." in str(caught.value)


# -- a damaged environment is one


@pytest.mark.parametrize("named", [".", "bin/python"])
def test_a_dangling_interpreter_is_damage_and_no_wrong_path(venv: Path, named: str) -> None:
    (venv / "bin" / "python").unlink()
    (venv / "bin" / "python").symlink_to("/gone/bin/python3.9")
    make_wheel(venv, "demo")

    environment = Environment.at(venv / named)

    assert "No such file or directory" == environment.interpreter_error
    assert venv == environment.root
    assert site_packages(venv) == environment.purelib
    assert sys.version_info[:2] == environment.version[:2]


def test_an_environment_without_any_interpreter_is_damage(venv: Path) -> None:
    for path in (venv / "bin").glob("python*"):
        path.unlink()

    environment = Environment.at(venv)

    assert "no interpreter in bin" == environment.interpreter_error
    assert site_packages(venv) == environment.purelib


def test_an_interpreter_that_crashes_is_damage(venv: Path) -> None:
    (venv / "bin" / "python").unlink()
    (venv / "bin" / "python").write_text("#!/bin/sh\nkill -SEGV $$\n")
    (venv / "bin" / "python").chmod(0o755)

    assert "it was ended by signal 11" == Environment.at(venv).interpreter_error


@pytest.mark.parametrize("named", [".", "bin/python"])
def test_without_pyvenv_cfg_the_base_is_not_taken_for_the_target(venv: Path, named: str) -> None:
    """Its interpreter starts as its base: a repair would hit the base's packages."""
    (venv / "pyvenv.cfg").unlink()

    environment = Environment.at(venv / named)

    assert f"pyvenv.cfg is lost, so it starts as {sys.base_prefix}" == environment.interpreter_error
    assert (venv, site_packages(venv)) == (environment.root, environment.purelib)


def test_a_folder_with_the_interpreter_of_another_is_no_environment(
    venv: Path, tmp_path: Path
) -> None:
    (tmp_path / "local" / "bin").mkdir(parents=True)
    (tmp_path / "local" / "bin" / "python").symlink_to(sys.base_prefix + "/bin/python3")

    with pytest.raises(NotAnEnvironmentError) as caught:
        Environment.at(tmp_path / "local")

    assert f"Did you mean {sys.base_prefix}?" in str(caught.value)


# -- start-up files

CHILD = f"61.{os.getpid()}"
"""Seconds that a child sleeps: no other worker's child sleeps as long."""


def ends(command: str) -> bool:
    """Tell whether no such process is left: a killed one may be listed a moment longer."""
    until = time.monotonic() + 5
    while command in running():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def running() -> str:
    return subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=False).stdout


def test_what_a_start_up_file_prints_does_no_harm(venv: Path) -> None:
    (site_packages(venv) / "loud.pth").write_text(
        "import sys; print('{}'); sys.stderr.write('x')\n"
    )

    environment = Environment.at(venv)

    assert (None, None, ()) == (
        environment.interpreter_error,
        environment.startup_error,
        environment.startup_complaints,
    )


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("import os; os._exit(0)\n", "exit status 0", id="ends-it"),
        pytest.param("import os; os.abort()\n", "it was ended by signal 6", id="aborts"),
        pytest.param("import sys; sys.exit('bye')\n", "SystemExit: bye", id="exits"),
        pytest.param("import time; time.sleep(60)\n", "it did not answer within 1 s", id="hangs"),
        pytest.param(
            f"import time, subprocess; subprocess.Popen(['sleep', '{CHILD}']); time.sleep(60)\n",
            "it did not answer within 1 s",
            id="hangs-with-a-child",
        ),
    ],
)
def test_a_start_up_file_that_ends_python_is_told_and_the_rest_is_read(
    venv: Path, text: str, problem: str
) -> None:
    (site_packages(venv) / "bad.pth").write_text(text)
    started = time.monotonic()

    environment = Environment.at(venv, startup_seconds=SHORT)

    assert problem == environment.startup_error
    assert environment.interpreter_error is None
    assert (venv, site_packages(venv)) == (environment.root, environment.purelib)
    assert (venv / "bin", venv) == (environment.scripts, environment.data)
    assert time.monotonic() - started < 10 * SHORT
    assert ends(f"sleep {CHILD}")


def test_a_process_that_a_start_up_file_leaves_behind_holds_nobody_up(venv: Path) -> None:
    """It inherits the pipes of the interpreter; whoever reads these to their end waits for it."""
    (site_packages(venv) / "daemon.pth").write_text(
        f"import subprocess; subprocess.Popen(['sleep', '{CHILD}'])\n"
    )

    environment = Environment.at(venv, startup_seconds=30)

    assert environment.startup_error is None
    assert ends(f"sleep {CHILD}")


def test_a_start_up_file_that_raises_is_told(venv: Path) -> None:
    """Python prints it at every start, and goes on without what the file was to do."""
    bad = site_packages(venv) / "bad.pth"
    bad.write_text("import nothing_of_that_name\n")
    (site_packages(venv) / "sitecustomize.py").write_text("raise RuntimeError('boom')\n")
    expected = [(str(bad), "ModuleNotFoundError: No module named 'nothing_of_that_name'")]
    if not NO_SITECUSTOMIZE:
        expected.append(("sitecustomize", "RuntimeError: boom"))

    environment = Environment.at(venv)

    assert environment.startup_error is None
    assert expected == [tuple(complaint) for complaint in environment.startup_complaints]


def test_a_look_leaves_nothing_in_the_target(venv: Path) -> None:
    """A start-up file imports modules of the target, which would leave bytecode there."""
    (site_packages(venv) / "hook.py").write_text("VALUE = 1\n")
    (site_packages(venv) / "hook.pth").write_text("import hook\n")
    before = snapshot(venv, bytecode=True)

    Environment.at(venv)

    assert before == snapshot(venv, bytecode=True)


def test_variables_of_the_caller_do_not_reach_the_target(
    venv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONHOME", str(tmp_path))

    environment = Environment.at(venv)

    assert environment.startup_error is None
    assert str(tmp_path) not in environment.sys_path


# -- targets of every Python


@pytest.fixture(scope="module", params=VERSIONS)
def other_python(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A venv of another Python."""
    python = find_python(request.param)
    if python is None:
        pytest.skip(f"no Python {request.param} here: name one in {NAMED}")
    return make_venv(tmp_path_factory.mktemp("other") / "venv", python=str(python))


def test_a_target_of_another_python_is_described_by_itself(other_python: Path) -> None:
    environment = Environment.at(other_python)

    (site,) = other_python.glob("lib/python3.*/site-packages")
    minor = int(site.parent.name.removeprefix("python3."))
    assert (3, minor) == environment.version[:2]
    assert f"3.{minor}" == environment.markers["python_version"]
    assert (other_python, site, other_python / "bin") == (
        environment.root,
        environment.purelib,
        environment.scripts,
    )
    assert f"cpython-3{minor}" == environment.cache_tag
    assert Tag(f"cp3{minor}", f"cp3{minor}", f"linux_{os.uname().machine}") in environment.tags


def test_a_target_of_another_python_is_read_without_its_start_up_files(other_python: Path) -> None:
    bad = next(other_python.glob("lib/python3.*/site-packages")) / "bad.pth"
    bad.write_text("import os; os._exit(3)\n")
    try:
        environment = Environment.at(other_python)
    finally:
        bad.unlink()

    assert "exit status 3" == environment.startup_error
    assert (other_python, bad.parent, other_python) == (
        environment.root,
        environment.purelib,
        environment.data,
    )


# -- tags


def in_one_place(tags: Iterator[Tag] | tuple[Tag, ...]) -> list[Tag]:
    """Return the tags in their order, each once, native ones last: packaging 26.3 moved them."""
    once = list(dict.fromkeys(tags))
    return sorted(once, key=lambda tag: tag.platform.startswith("linux_"))


def test_the_tags_of_the_running_interpreter_are_those_of_packaging() -> None:
    environment = Environment.running()

    assert set(sys_tags()) == set(environment.tags)
    assert in_one_place(sys_tags()) == in_one_place(environment.tags)


def test_the_tags_of_another_python_are_those_of_packaging_inside_it(other_python: Path) -> None:
    """packaging runs in the target here, and nowhere else: it asks the interpreter it runs in."""
    code = (
        "import sys, json; sys.path.insert(0, sys.argv[1]); from packaging.tags import sys_tags;"
        "print(json.dumps([str(tag) for tag in sys_tags()]))"
    )
    host = str(Path(packaging.__file__).parent.parent)
    done = subprocess.run(
        [other_python / "bin" / "python", "-I", "-B", "-c", code, host],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"packaging itself does not run there: {done.stderr.splitlines()[-1]}")

    assert set(json.loads(done.stdout)) == {str(tag) for tag in Environment.at(other_python).tags}


def facts(**changes: Any) -> dict[str, Any]:
    """Return the facts of the running interpreter with some of them changed."""
    described: dict[str, Any] = json.loads(json.dumps(describe()))
    markers = changes.pop("markers", {})
    described.update(changes)
    described["markers"].update(markers)
    return described


def tag_names(**changes: Any) -> list[str]:
    return [str(tag) for tag in target_tags(facts(**changes))]


CPYTHON_311: dict[str, Any] = {"version": [3, 11, 7], "implementation": "cpython", "debug": False}


def test_glibc_decides_which_manylinux_wheels_fit() -> None:
    tags = tag_names(**CPYTHON_311, platform="linux-x86_64", libc=["glibc", 2, 17], pointer_bits=64)

    assert "cp311-cp311-manylinux_2_17_x86_64" in tags
    assert "cp311-abi3-manylinux2014_x86_64" in tags
    assert "cp37-abi3-manylinux1_x86_64" in tags
    assert not [tag for tag in tags if "manylinux_2_18" in tag or "musl" in tag]


def test_musl_takes_musllinux_wheels_alone() -> None:
    tags = tag_names(**CPYTHON_311, platform="linux-aarch64", libc=["musl", 1, 2], pointer_bits=64)

    assert [
        "cp311-cp311-linux_aarch64",
        "cp311-cp311-musllinux_1_2_aarch64",
        "cp311-cp311-musllinux_1_1_aarch64",
        "cp311-cp311-musllinux_1_0_aarch64",
    ] == [tag for tag in tags if tag.startswith("cp311-cp311-")]
    assert not [tag for tag in tags if "manylinux" in tag]


def test_a_32_bit_python_on_a_64_bit_kernel_takes_32_bit_wheels() -> None:
    tags = tag_names(**CPYTHON_311, platform="linux-x86_64", libc=["glibc", 2, 31], pointer_bits=32)

    assert "cp311-cp311-manylinux_2_31_i686" in tags
    assert not [tag for tag in tags if "x86_64" in tag]


@pytest.mark.parametrize(
    ("platform", "machine", "fits", "unfit"),
    [
        pytest.param(
            "macosx-11.0-universal2",
            "arm64",
            ["macosx_14_0_arm64", "macosx_11_0_arm64", "macosx_11_0_universal2"],
            ["macosx_15_0_arm64", "macosx_11_0_x86_64"],
            id="universal2-on-arm",
        ),
        pytest.param(
            "macosx-10.9-universal2",
            "x86_64",
            ["macosx_11_0_x86_64", "macosx_10_9_x86_64", "macosx_10_9_universal2"],
            ["macosx_11_0_arm64"],
            id="universal2-on-intel",
        ),
        pytest.param(
            "macosx-14.0-arm64", "arm64", ["macosx_12_0_arm64"], ["macosx_11_0_x86_64"], id="arm"
        ),
    ],
)
def test_macos_takes_the_wheels_of_its_machine(
    platform: str, machine: str, fits: list[str], unfit: list[str]
) -> None:
    tags = tag_names(
        **CPYTHON_311,
        platform=platform,
        mac_version="14.5",
        libc=None,
        markers={"platform_machine": machine},
    )

    assert fits == [each for each in fits if f"cp311-cp311-{each}" in tags]
    assert [] == [each for each in unfit if f"cp311-cp311-{each}" in tags]


def test_a_free_threaded_python_takes_wheels_of_its_own_abi() -> None:
    tags = tag_names(
        version=[3, 13, 0],
        implementation="cpython",
        free_threaded=True,
        debug=False,
        platform="linux-x86_64",
        libc=["glibc", 2, 36],
    )

    assert "cp313-cp313t-manylinux_2_17_x86_64" in tags
    assert "py3-none-any" in tags
    assert not [tag for tag in tags if tag.startswith(("cp313-cp313-", "cp313-abi3-"))]


def test_a_debug_build_takes_plain_wheels_too() -> None:
    tags = tag_names(version=[3, 11, 7], implementation="cpython", debug=True, free_threaded=False)

    assert {"cp311d", "cp311"} <= {tag.split("-")[1] for tag in tags}


def test_pypy_takes_the_wheels_of_its_own_abi() -> None:
    tags = tag_names(
        version=[3, 10, 14],
        implementation="pypy",
        soabi="pypy310-pp73-x86_64-linux-gnu",
        platform="linux-x86_64",
        libc=["glibc", 2, 36],
        pointer_bits=64,
    )

    assert "pp310-pypy310_pp73-manylinux_2_17_x86_64" in tags
    assert "pp3-none-any" in tags
    assert not [tag for tag in tags if tag.startswith("cp")]


# -- Windows, described and never run


def windows_facts(root: Path) -> dict[str, Any]:
    """Return what an interpreter of Windows says, with folders that this system can read."""
    return facts(
        **CPYTHON_311,
        executable=str(root / "Scripts" / "python.exe"),
        prefix=str(root),
        base_prefix="C:\\Python311",
        platform="win-amd64",
        libc=None,
        soabi=None,
        extension_suffixes=[".cp311-win_amd64.pyd", ".pyd"],
        sys_path=[str(root / "Lib" / "site-packages")],
        paths={
            "purelib": str(root / "Lib" / "site-packages"),
            "platlib": str(root / "Lib" / "site-packages"),
            "scripts": str(root / "Scripts"),
            "data": str(root),
            "stdlib": "C:\\Python311\\Lib",
        },
        markers={
            "os_name": "nt",
            "sys_platform": "win32",
            "platform_system": "Windows",
            "platform_machine": "AMD64",
        },
    )


@pytest.fixture
def windows_tree(tmp_path: Path) -> Path:
    """What `py -m venv` and a `pip install demo` leave on Windows."""
    root = tmp_path / "winvenv"
    site = root / "Lib" / "site-packages"
    (site / "demo").mkdir(parents=True)
    (site / "demo" / "__init__.py").write_text("from demo import fast\n")
    (site / "demo" / "fast.cp311-win_amd64.pyd").write_bytes(b"MZ code")
    info = site / "demo-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n")
    (info / "WHEEL").write_text("Wheel-Version: 1.0\nTag: cp311-cp311-win_amd64\n")
    (info / "RECORD").write_text(
        "..\\..\\Scripts\\demo.exe,,\ndemo\\__init__.py,,\n"
        "demo/fast.cp311-win_amd64.pyd,,\ndemo-1.0.dist-info/RECORD,,\n"
    )
    (root / "Scripts").mkdir()
    (root / "Scripts" / "python.exe").write_bytes(b"MZ python")
    (root / "Scripts" / "demo.exe").write_bytes(b"MZ launcher")
    (root / "pyvenv.cfg").write_text("home = C:\\Python311\nversion = 3.11.7\n")
    return root


@pytest.fixture
def windows(windows_tree: Path) -> Environment:
    interpreter = windows_tree / "Scripts" / "python.exe"
    return environment_from_facts("winvenv", interpreter, windows_facts(windows_tree))


def test_windows_keeps_headers_beside_the_packages(windows: Environment) -> None:
    assert windows.root / "Include" == windows.headers
    assert (windows.root / "Lib" / "site-packages",) == windows.site_folders


def test_windows_takes_its_own_wheel_and_not_that_of_linux(
    windows: Environment, tmp_path: Path
) -> None:
    files = {"demo/__init__.py": "", "demo/fast.cp311-win_amd64.pyd": "MZ"}
    house = tmp_path / "wheelhouse"
    make_wheel(house, "demo", "1.0", files, tag="cp311-cp311-manylinux_2_17_x86_64")
    ours = make_wheel(
        house,
        "demo",
        "1.0",
        files,
        tag="cp311-cp311-win_amd64",
        entry_points="[console_scripts]\ndemo = demo.cli:main\n",
    )
    wheelhouse = Wheelhouse.at([house])

    wheel = wheelhouse.find("demo", windows, lambda version: True, described="demo")
    manifest = wheelhouse.manifest(wheel, windows)

    site = windows.root / "Lib" / "site-packages"
    assert ours == wheel.path
    assert [str(windows.root / "Scripts" / "demo.exe")] == [
        launcher.path for launcher in manifest.launchers
    ]
    assert str(site / "demo" / "fast.cp311-win_amd64.pyd") in manifest.entries
    assert ("demo",) == manifest.import_names
    assert (str(site / "demo"),) == manifest.packages


def test_the_packages_of_windows_are_found(windows: Environment) -> None:
    inventory = Inventory.of(windows)

    (demo,) = inventory.distributions.values()
    assert ("demo", "1.0") == (demo.name, demo.version)
    assert demo.record is not None
    assert "../../Scripts/demo.exe" in [row.path for row in demo.record.rows]


def test_an_environment_of_windows_on_another_system_is_damage_and_readable(
    windows_tree: Path,
) -> None:
    """As on a disk of another machine: its interpreter cannot start here, its files are there."""
    environment = Environment.at(windows_tree)

    assert environment.interpreter_error is not None
    assert (windows_tree / "Lib" / "site-packages", windows_tree / "Scripts") == (
        environment.purelib,
        environment.scripts,
    )
    assert ((3, 11, 7), "win-amd64", "nt") == (
        environment.version,
        environment.platform,
        environment.markers["os_name"],
    )
    assert Tag("cp311", "cp311", "win_amd64") in environment.tags
    assert ["demo"] == list(Inventory.of(environment).distributions)


def test_site_packages_alone_are_recognised_as_an_environment(windows_tree: Path) -> None:
    (windows_tree / "pyvenv.cfg").unlink()
    shutil.rmtree(windows_tree / "Scripts")

    environment = Environment.at(windows_tree)

    assert "no interpreter in Scripts" == environment.interpreter_error
    assert ["demo"] == list(Inventory.of(environment).distributions)


# -- small questions


def test_paths_inside_are_shown_relative_to_the_root(venv: Path) -> None:
    environment = Environment.at(venv)

    assert "lib/x.py" == environment.relative(venv / "lib" / "x.py")
    assert "/elsewhere/x.py" == environment.relative("/elsewhere/x.py")
    assert f"{venv}-2/x.py" == environment.relative(f"{venv}-2/x.py")


def test_each_scheme_of_a_wheel_has_its_folder(venv: Path) -> None:
    environment = Environment.at(venv)
    schemes = ("purelib", "platlib", "scripts", "data", "headers")

    folders = [environment.scheme_folder(scheme) for scheme in schemes]

    site = site_packages(venv)
    headers = venv / "include" / "site" / site.parent.name
    assert [site, site, venv / "bin", venv, headers] == folders
    with pytest.raises(KeyError):
        environment.scheme_folder("include")


def test_two_site_folders_are_one_where_a_link_joins_them(venv: Path) -> None:
    """As `lib64` does on Fedora."""
    environment = Environment.at(venv)
    (venv / "other").symlink_to(venv / "lib")
    joined = venv / "other" / site_packages(venv).relative_to(venv / "lib")

    assert (environment.purelib,) == replace(environment, platlib=joined).site_folders
    apart = venv / "lib64" / "apart"
    assert (environment.purelib, apart) == replace(environment, platlib=apart).site_folders
