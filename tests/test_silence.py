"""Never cry wolf: healthy environments of every maker, and harmless changes, yield no finding."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import Health, RunHealth
from harmless import HARMLESS
from places import Place
from popular_stack import (
    POPULAR,
    STACKS,
    fill_house,
    make_pip_venv,
    make_uv_venv,
    other_pythons,
    read_pins,
)
from pythons import find_python, find_tool
from real_stack import run
from targets import copy_venv, make_once, make_venv

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.examination import Examination, check
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.wheelhouse import Wheelhouse

pytestmark = pytest.mark.sampled(2)

SAMPLE = (
    *("black", "click", "mypy-extensions", "packaging", "pathspec", "platformdirs", "pytokens"),
    *("bcrypt", "cffi", "pycparser"),  # an extension module for ABI 3, one at the top
    *("charset-normalizer", "idna", "urllib3"),
    *("dill", "jmespath", "jsonpointer", "xlrd", "xlsxwriter"),  # scripts that are files
    "fonttools",  # a manual page
    *("googleapis-common-protos", "protobuf"),  # a namespace package without `__init__`
    *("greenlet", "pybind11"),  # headers
    *("jaraco-functools", "more-itertools"),
    *("jupyterlab-widgets", "widgetsnbextension"),  # data in `share` and `etc`
    "ninja",  # a script that is a program
    "pyzmq",  # libraries in a folder beside it
    *("pyyaml", "six"),
    *("zope-event", "zope-hookable", "zope-interface"),
)
"""Distributions of the popular stack that are made in unusual ways, and what these require."""
FEW = SAMPLE[:18]
"""No large ones, but scripts of three kinds: for what is about the place, not about the files."""


def healthy_names(health: Health) -> set[str]:
    return {name for name, status in health.statuses().items() if status == "healthy"}


def findings(health: Health) -> list[str]:
    environment = health.environment()
    holders = [environment, *environment["distributions"]]
    return [each["summary"] for holder in holders for each in holder["findings"]]


# -- tiny


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A venv of tiny wheels that have something of everything."""
    place = Place(tmp_path_factory.mktemp("tiny"))
    make_venv(place.root)
    place.add(
        "everything",
        files={
            "everything/__init__.py": "from everything import sub\n",
            "everything/sub/__init__.py": "",
            "everything/sub/data.json": "{}",
            "everything-1.0.data/scripts/everything-tool": "#!python\nprint('tool')\n",
            "everything-1.0.data/scripts/everything.sh": "#!/bin/sh\necho tool\n",
            "everything-1.0.data/data/etc/everything/settings.json": "{}",
            "everything-1.0.data/data/share/man/man1/everything.1": "",
            "everything-1.0.data/headers/everything.h": "",
        },
        executables=["everything-1.0.data/scripts/everything.sh"],
        entry_points="[console_scripts]\neverything = everything.sub:main\n",
        requires=["part-one", "part-two; extra == 'more'"],
    )
    place.add("part-one", files={"shared/one.py": ""})
    place.add("part-two", files={"shared/two.py": ""})
    return place


@pytest.fixture
def healthy(tiny: Place) -> Iterator[Place]:
    """The tiny venv, at its own place: RECORD has the hashes of scripts that name their venv."""
    with kept(tiny.root):
        yield tiny


@contextmanager
def kept(root: Path) -> Iterator[None]:
    """Put a venv back as it was, whatever happens to it meanwhile."""
    shutil.copytree(root, root.with_name("kept"), symlinks=True)
    yield
    for name in (root.name, "moved", "copy", "store"):
        shutil.rmtree(root.with_name(name), ignore_errors=True)
    root.with_name("kept").rename(root)


@pytest.mark.sampled(4)
@pytest.mark.parametrize("harmless", HARMLESS, ids=lambda change: change.__name__)
def test_a_harmless_change_is_no_finding(healthy: Place, harmless: Callable[[Path], None]) -> None:
    harmless(healthy.root)

    assert_silent(healthy)


def assert_silent(place: Place) -> None:
    environment = Environment.at(place.root)
    for wheelhouse in (place.wheelhouse(), Wheelhouse.at([])):
        facts = Facts.gather(environment, place.profile(), wheelhouse)
        assert check(Examination(facts), depth="files") == []
        assert set(facts.names) == {"everything", "part-one", "part-two"}


def test_a_moved_venv_is_silent_once_its_scripts_are_led_to_it(tiny: Place, tmp_path: Path) -> None:
    """Only the wheel tells what a script was before an installer wrote its first line."""
    copy_venv(tiny.root, tmp_path / "venv")
    facts = Facts.gather(
        Environment.at(tmp_path / "venv"), Place(tmp_path).profile(), tiny.wheelhouse()
    )

    assert check(Examination(facts), depth="files") == []


# -- the most-used distributions, all in one venv


@pytest.fixture(scope="session")
def python(popular_python: Path) -> Path:
    return popular_python


@pytest.fixture(scope="session")
def wheelhouse(popular_wheelhouse: Path) -> Path:
    return popular_wheelhouse


@pytest.mark.slow
def test_the_most_used_distributions_are_silent(
    popular: Path, wheelhouse: Path, run_health: RunHealth
) -> None:
    health = run_health(f"--venv={popular}", f"--venv-wheelhouse={wheelhouse}")

    assert len(health.statuses()) == len(read_pins(POPULAR)) > 150
    assert set(health.statuses()) - healthy_names(health) == set()
    assert health.environment()["findings"] == []
    assert health.code == 0
    verified = {each["verified_against"] for each in health.environment()["distributions"]}
    assert verified == {"wheel"}


@pytest.mark.slow
def test_the_most_used_distributions_are_silent_by_their_records(
    popular: Path, run_health: RunHealth
) -> None:
    health = run_health(f"--venv={popular}", "--venv-depth=files")

    assert health.code == 0, health.text
    assert len(healthy_names(health)) == len(read_pins(POPULAR))


# -- a few distributions and what they require: nothing optional happens to be there

ALONE = (
    *("black", "google-api-core", "ipykernel", "jupyter-server-terminals", "jupyterlab-pygments"),
    *("pandas", "pylint", "pyzmq", "requests", "setuptools", "soupsieve", "sphinx"),
)
ALONE_AND_BROKEN = {
    "soupsieve": "imports Beautiful Soup, and does not require it",
    "jupyterlab-pygments": "imports Pygments, and does not require it",
}
"""What cannot be imported where nothing else is installed: that is true, and found."""


@pytest.mark.slow
@pytest.mark.parametrize("name", ALONE)
def test_an_optional_dependency_is_not_missed(
    name: str, wheelhouse: Path, python: Path, pytester: pytest.Pytester, run_health: RunHealth
) -> None:
    make_uv_venv(pytester.path / "target", wheelhouse, python, names=[name], with_dependencies=True)

    health = run_health("--venv=target", f"--venv-wheelhouse={wheelhouse}", "--venv-depth=import")

    broken = {name} & ALONE_AND_BROKEN.keys()
    assert set(health.statuses()) - healthy_names(health) == broken
    assert health.code == (1 if broken else 0), health.text
    shutil.rmtree(pytester.path / "target")


# -- made by every maker

MAKERS: dict[str, tuple[Callable[..., Path], dict[str, Sequence[str]]]] = {
    "pip --no-compile": (make_pip_venv, {"options": ["--no-compile"]}),
    # The interpreter differs, and no package does.
    "venv --copies": (make_pip_venv, {"venv_options": ["--copies"], "names": FEW}),
    "uv --compile-bytecode": (make_uv_venv, {"options": ["--compile-bytecode"]}),
    "uv --link-mode copy": (make_uv_venv, {"options": ["--link-mode", "copy"]}),
    "uv --link-mode hardlink": (make_uv_venv, {"options": ["--link-mode", "hardlink"]}),
    "uv --link-mode symlink": (make_uv_venv, {"options": ["--link-mode", "symlink"]}),
    "uv --relocatable": (make_uv_venv, {"venv_options": ["--relocatable"]}),
    "uv --seed": (make_uv_venv, {"venv_options": ["--seed"]}),
}


@pytest.fixture(scope="session")
def made_by_pip(shared: Path, wheelhouse: Path, python: Path) -> Path:
    """A venv of the sample, which no test may change."""
    root = shared / "sample-venv"
    return make_once(root, lambda: make_pip_venv(root, wheelhouse, python, names=SAMPLE))


@pytest.mark.slow
@pytest.mark.parametrize("maker", MAKERS)
def test_the_maker_makes_no_difference(
    maker: str, wheelhouse: Path, python: Path, pytester: pytest.Pytester, run_health: RunHealth
) -> None:
    make, options = MAKERS[maker]
    names = options.get("names", SAMPLE)
    make(pytester.path / "target", wheelhouse, python, **{"names": names, **options})

    assert_all_silent(pytester.path / "target", wheelhouse, run_health, names)
    shutil.rmtree(pytester.path / "target")


@pytest.mark.slow
def test_pip_makes_no_difference(
    made_by_pip: Path, wheelhouse: Path, run_health: RunHealth
) -> None:
    assert_all_silent(made_by_pip, wheelhouse, run_health, SAMPLE)


def assert_all_silent(
    root: Path, wheelhouse: Path, run_health: RunHealth, names: Sequence[str]
) -> None:
    for house in ([f"--venv-wheelhouse={wheelhouse}"], []):
        health = run_health(f"--venv={root}", "--venv-depth=files", "--venv-strict", *house)

        assert health.code == 0, health.text
        assert findings(health) == []
        assert healthy_names(health) >= set(names)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a folder with é", "long" * 40], ids=["blanks", "long"])
def test_the_path_of_a_venv_makes_no_difference(
    name: str, wheelhouse: Path, python: Path, pytester: pytest.Pytester, run_health: RunHealth
) -> None:
    """Where no `#!` line can name the interpreter, launchers and scripts start through a shell."""
    make_pip_venv(pytester.path / name, wheelhouse, python, names=FEW)

    health = run_health(f"--venv={name}", f"--venv-wheelhouse={wheelhouse}", "--venv-depth=files")

    assert health.code == 0, health.text
    assert findings(health) == []
    shutil.rmtree(pytester.path / name)


@pytest.mark.slow
def test_system_site_packages_make_no_difference(
    wheelhouse: Path, python: Path, pytester: pytest.Pytester, run_health: RunHealth
) -> None:
    target = pytester.path / "target"
    make_pip_venv(
        target,
        wheelhouse,
        python,
        names=FEW,
        options=["--ignore-installed"],
        venv_options=["--system-site-packages"],
    )

    health = run_health("--venv=target", f"--venv-wheelhouse={wheelhouse}", "--venv-depth=files")

    assert health.code == 0, health.text
    assert findings(health) == []
    assert healthy_names(health) >= set(FEW)


# -- changed in ways that harm nothing


@pytest.fixture(scope="module")
def sample(made_by_pip: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A worker's own copy, which a test may change for a while."""
    root = copy_venv(made_by_pip, tmp_path_factory.mktemp("sample") / "venv")
    yield root
    shutil.rmtree(root)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(4))
def test_harmless_changes_of_real_packages_are_no_finding(
    sample: Path, wheelhouse: Path, first: int, run_health: RunHealth
) -> None:
    """Several at a time: each has been alone in the tiny venv."""
    with kept(sample):
        for harmless in HARMLESS[first::4]:
            harmless(sample)

        for house in ([f"--venv-wheelhouse={wheelhouse}"], []):
            health = run_health(f"--venv={sample}", "--venv-depth=files", *house)
            assert health.code == 0, health.text
            assert findings(health) == []
            assert healthy_names(health) >= set(SAMPLE)


@pytest.mark.slow
def test_a_moved_venv_of_real_packages_is_silent(
    sample: Path, wheelhouse: Path, pytester: pytest.Pytester, run_health: RunHealth
) -> None:
    target = copy_venv(sample, pytester.path / "target")

    health = run_health("--venv=target", f"--venv-wheelhouse={wheelhouse}")

    assert health.code == 0, health.text
    assert findings(health) == []
    shutil.rmtree(target)


@pytest.mark.slow
def test_a_reinstallation_by_another_tool_is_no_finding(
    sample: Path, wheelhouse: Path, run_health: RunHealth
) -> None:
    """pip's files and launchers are replaced by uv's, of the same versions."""
    own: list[str | Path] = [
        str(find_tool("uv")),
        "--no-config",
        "--offline",
        "--cache-dir",
        "cache",
        "pip",
        "install",
    ]
    own += ["--no-deps", "--no-index", "--find-links", str(wheelhouse), "--reinstall"]
    again = [f"{name}=={read_pins(POPULAR)[name]}" for name in SAMPLE[::2]]
    with kept(sample):
        run([*own, "--python", str(sample / "bin" / "python"), *again])

        for house in ([f"--venv-wheelhouse={wheelhouse}"], []):
            health = run_health(f"--venv={sample}", "--venv-depth=files", "--venv-strict", *house)
            assert health.code == 0, health.text
            assert findings(health) == []


# -- from sources


BACKENDS = {
    "setuptools": ('requires = ["setuptools"]', 'build-backend = "setuptools.build_meta"', ""),
    "hatchling": (
        'requires = ["hatchling"]',
        'build-backend = "hatchling.build"',
        '[tool.hatch.build.targets.wheel]\npackages = ["src/{module}"]',
    ),
    "flit": (
        'requires = ["flit_core"]',
        'build-backend = "flit_core.buildapi"',
        '[tool.flit.module]\nname = "{module}"',
    ),
    "poetry": (
        'requires = ["poetry-core"]',
        'build-backend = "poetry.core.masonry.api"',
        '[tool.poetry]\npackages = [{{ include = "{module}", from = "src" }}]',
    ),
}
BUILDERS = (
    *("editables", "flit-core", "hatchling", "packaging", "pathspec", "pluggy", "poetry-core"),
    *("setuptools", "six", "tomlkit", "trove-classifiers"),
)


def write_project(folder: Path, name: str, backend: str) -> Path:
    """Write a source tree and return its folder."""
    module = name.replace("-", "_")
    requires, build, rest = BACKENDS[backend]
    lines = ["[build-system]", requires, build, "[project]", f'name = "{name}"']
    lines += ['version = "1.0"', 'description = "A project."', 'dependencies = ["six"]']
    lines += ["[project.optional-dependencies]", 'more = ["not-there"]']
    lines += ["[project.scripts]", f'{name} = "{module}:main"', rest.format(module=module)]
    package = folder / name / "src" / module
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("def main():\n    return 0\n")
    (folder / name / "pyproject.toml").write_text("\n".join(lines) + "\n")
    return folder / name


@pytest.mark.slow
@pytest.mark.parametrize("tool", ["pip", "uv"])
def test_installations_from_sources_are_silent(
    tool: str, wheelhouse: Path, python: Path, pytester: pytest.Pytester, run_health: RunHealth
) -> None:
    """Editable ones of every build backend, one of a folder, one of a repository."""
    target = pytester.path / "target"
    make = make_pip_venv if tool == "pip" else make_uv_venv
    make(target, wheelhouse, python, names=BUILDERS)
    install: list[str | Path] = [target / "bin" / "python", "-m", "pip", "--isolated", "install"]
    if tool == "uv":
        install = [str(find_tool("uv")), "--no-config", "--offline", "--cache-dir", "cache", "pip"]
        install += ["install", "--python", target / "bin" / "python"]
    install += ["--no-index", "--no-deps", "--no-build-isolation"]
    names = {f"editable-{backend}": backend for backend in BACKENDS}
    for name, backend in names.items():
        run([*install, "--editable", write_project(pytester.path, name, backend)])
    run([*install, write_project(pytester.path, "of-a-folder", "hatchling")])
    repository = write_project(pytester.path, "of-a-repository", "setuptools")
    me = ["-c", "user.name=me", "-c", "user.email=me@example.org"]
    git = ["git", "-C", str(repository), *me]
    run([*git, "init", "-q"])
    run([*git, "add", "."])
    run([*git, "commit", "-q", "-m", "All of it"])
    run([*install, f"git+{repository.as_uri()}"])

    for house in ([f"--venv-wheelhouse={wheelhouse}"], []):
        health = run_health("--venv=target", "--venv-depth=import", "--venv-strict", *house)
        assert health.code == 0, health.text
        assert findings(health) == []
        assert healthy_names(health) >= {*names, "of-a-folder", "of-a-repository"}


# -- of every Python


@pytest.mark.slow
@pytest.mark.parametrize("version", other_pythons())
def test_the_most_used_distributions_are_silent_on_every_python(
    version: str, popular_houses: Path, pytester: pytest.Pytester, run_health: RunHealth
) -> None:
    other = find_python(version)
    if other is None or find_tool("uv") is None or platform.machine() != "x86_64":
        pytest.skip(f"no Python {version} here, or no uv, or another machine than x86-64")
    stack = STACKS / f"python-{version}.txt"
    house = fill_house(popular_houses, f"python-{version}")
    make_uv_venv(pytester.path / "target", house, other, stack)

    health = run_health("--venv=target", f"--venv-wheelhouse={house}", "--venv-depth=files")

    assert health.code == 0, health.text
    assert findings(health) == []
    assert len(healthy_names(health)) == len(read_pins(stack)) >= 45
    command: list[str | Path] = [pytester.path / "target" / "bin" / "python", "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.startswith(f"Python {version}.")
