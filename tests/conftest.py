"""Fixtures for tests on real environments."""

from __future__ import annotations

import contextlib
import functools
import importlib
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from targets import copy_venv, link_venv, make_once, make_target, make_venv, site_packages
from wheels import make_wheel

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.reports.json_report import load_schema

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

pytest_plugins = ["pytester"]
SHARED = "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--slow", action="store_true", help="run what takes long, or needs a package index"
    )
    parser.addoption(
        "--kills",
        type=int,
        default=16,
        metavar="N",
        help="how many repairs are killed at a random moment (with --slow; default: 16)",
    )
    parser.addoption(
        "--llm",
        metavar="FOLDER",
        help="run the story on the LLM stack; FOLDER holds, or gets, its wheelhouse and venv",
    )


def pytest_configure() -> None:
    # A shell's job in the background is deaf to Ctrl-C, and so would be the runs under test.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_report_header(config: pytest.Config) -> list[str]:
    left_out = [option for option in ("--slow", "--llm") if not config.getoption(option)]
    return [f"left out without {' and '.join(left_out)}: what takes long"] if left_out else []


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    _make_slow_what_is_no_sample(items)
    left_out = [
        item
        for item in items
        if any(
            item.get_closest_marker(marker) and not config.getoption(option)
            for marker, option in (("slow", "--slow"), ("llm", "--llm"))
        )
    ]
    if left_out:
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]
        config.hook.pytest_deselected(items=left_out)


def _make_slow_what_is_no_sample(items: list[pytest.Item]) -> None:
    """Of what a mark `sampled(n)` is for, a test or a module, every n-th case is fast.

    Whatever the order they come in; a test's own mark counts before its module's.
    """
    cases: dict[int, list[tuple[str, pytest.Item]]] = {}
    for item in items:
        marker = item.get_closest_marker("sampled")
        if marker is not None and not item.get_closest_marker("slow"):
            cases.setdefault(id(marker), []).append((item.nodeid, item))
    for listed in cases.values():
        for place, (_, item) in enumerate(sorted(listed, key=lambda case: case[0])):
            marker = item.get_closest_marker("sampled")
            if marker is not None and place % marker.args[0]:
                item.add_marker("slow")


@pytest.fixture(autouse=True, scope="session")
def _loaded_once() -> None:
    """Import what the runs under test need: pytester drops what a run is the first to import."""
    ours = ["run", "protocol", "reporting", "cli", "commands.freeze", "commands.quarantine"]
    theirs = ["hypothesis", "jsonschema", "psutil", "xdist.plugin", "zoneinfo"]
    for name in [*(f"pytest_venvhealth.{each}" for each in ours), *theirs]:
        with contextlib.suppress(ImportError):  # README's main job has the plugin alone
            importlib.import_module(name)


@pytest.fixture(autouse=True)
def _quiet_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the options of whoever runs these tests out of the runs under test."""
    for name in (
        "PYTEST_XDIST_WORKER",
        "PYTEST_XDIST_WORKER_COUNT",
        "PYTHONPATH",
        "PYTHONHOME",
        "PYTHONUSERBASE",
        # Where one of these is set, pytest shortens no line of its summary.
        "CI",
        "BUILD_NUMBER",
    ):
        monkeypatch.delenv(name, raising=False)
    # Hypothesis' own plugin takes a second to load, and no run under test needs it.
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:hypothesispytest")


@dataclass
class Health:
    """How a run of `pytest --venv-health` ended."""

    result: pytest.RunResult
    report: dict[str, Any]
    """The object of `--venv-json`, valid against the schema."""

    @property
    def code(self) -> int:
        return int(self.result.ret)

    @property
    def text(self) -> str:
        return self.result.stdout.str()

    def environment(self, name: str | None = None) -> dict[str, Any]:
        found = [each for each in self.report["environments"] if name in (None, each["name"])]
        return dict(found[0])

    def distribution(self, name: str, environment: str | None = None) -> dict[str, Any]:
        listed = self.environment(environment)["distributions"]
        return dict(next(each for each in listed if each["name"] == name))

    def codes(self, name: str, *, healed: bool = False) -> list[str]:
        findings = self.distribution(name)["findings"]
        return sorted({each["code"] for each in findings if each["healed"] is healed})

    def statuses(self) -> dict[str, str]:
        return {each["name"]: each["status"] for each in self.environment()["distributions"]}


@functools.cache
def _report_validator() -> Validator:
    """Return what checks a report; made once, for it takes ten times as long as a check."""
    # Not above: README's main job reads this file with nothing but the plugin there.
    import jsonschema

    jsonschema.Draft202012Validator.check_schema(load_schema())
    return jsonschema.Draft202012Validator(load_schema())


class RunHealth:
    """Runs the plugin, and checks every report against the published schema."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester

    def __call__(
        self, *arguments: str | os.PathLike[str], subprocess: bool = False, reports: bool = True
    ) -> Health:
        json_file = self.pytester.path / "health.json"
        json_file.unlink(missing_ok=True)
        given = ["--venv-health", *(os.fspath(argument) for argument in arguments)]
        if reports:
            given.append(f"--venv-json={json_file}")
        # Plugins that only some tests use stay out.
        given += ["-p", "no:randomly", "-p", "no:html"]
        if subprocess:
            result = self.pytester.runpytest_subprocess(*given)
        else:
            result = self.pytester.runpytest_inprocess(*given)
        report: dict[str, Any] = {}
        if json_file.exists():
            report = json.loads(json_file.read_text())
            _report_validator().validate(report)
        output = result.stdout.str() + result.stderr.str()
        assert "pytest_venvhealth/" not in output, f"a traceback of ours:\n{output}"
        assert "INTERNALERROR" not in output
        return Health(result, report)


@pytest.fixture
def run_health(pytester: pytest.Pytester) -> RunHealth:
    return RunHealth(pytester)


@pytest.fixture(scope="session")
def story_wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny wheelhouse with the shape of the real story.

    `library` is lazy: it imports although a module of its own is gone. `adapter` asks it for a name
    that lives in that module. `bystander` has nothing to do with either.
    """
    folder = tmp_path_factory.mktemp("story") / "wheelhouse"
    lazy = (
        "def __getattr__(name):\n"
        "    import importlib\n"
        "    try:\n"
        "        return getattr(importlib.import_module('library.models.bloom'), name)\n"
        "    except ModuleNotFoundError:\n"
        "        raise AttributeError(name)\n"
    )
    for version in ("4.57.3", "4.58.0"):
        make_wheel(
            folder,
            "library",
            version,
            {
                "library/__init__.py": lazy,
                "library/models/__init__.py": "",
                "library/models/bloom.py": "class BloomModel:\n    layers = 2\n",
                "library/data.txt": "weights\n",
            },
            entry_points="[console_scripts]\nlibrary-cli = library.models.bloom:BloomModel\n",
        )
    for version in ("0.13.2", "0.12.0"):
        make_wheel(
            folder,
            "adapter",
            version,
            {"adapter/__init__.py": f"from library import BloomModel\n__version__ = {version!r}\n"},
            requires=["library>=4"],
        )
    make_wheel(folder, "bystander", "1.0")
    return folder


STORY = ("library-4.57.3", "adapter-0.13.2", "bystander-1.0")


@pytest.fixture(scope="session")
def healthy_story(story_wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("healthy") / "venv"
    return make_target(root, [story_wheels / f"{stem}-py3-none-any.whl" for stem in STORY])


@pytest.fixture
def story(healthy_story: Path, story_wheels: Path, pytester: pytest.Pytester) -> Path:
    """A healthy venv of its own for one test, with `wheelhouse/` and `profiles/` beside it."""
    shutil.copytree(story_wheels, pytester.path / "wheelhouse")
    profile = '[dependency-groups]\ncore = ["library==4.57.3", "adapter==0.13.2"]\n'
    (pytester.path / "profiles").mkdir()
    (pytester.path / "profiles" / "story.toml").write_text(profile)
    return copy_venv(healthy_story, pytester.path / "target")


@pytest.fixture
def empty_venv(tmp_path: Path) -> Path:
    return make_venv(tmp_path / "venv")


@pytest.fixture(scope="session")
def popular_python() -> Path:
    """A Python that the stack of the most-used distributions is for."""
    from popular_stack import POPULAR_PYTHON
    from pythons import find_python, find_tool

    if sys.platform != "linux" or platform.machine() != "x86_64":
        pytest.skip("the popular stacks are pinned for Linux on x86-64")
    if find_tool("uv") is None:
        pytest.skip("uv is neither beside this Python nor on the PATH")
    found = find_python(POPULAR_PYTHON)
    if found is None:
        pytest.skip(f"no Python {POPULAR_PYTHON} here")
    return found


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Delete what the workers had in common: it is large."""
    factory = getattr(session.config, "_tmp_path_factory", None)
    if factory is not None and not hasattr(session.config, "workerinput"):
        shutil.rmtree(factory.getbasetemp() / SHARED, ignore_errors=True)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the workers of a run have in common; it goes with the run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / SHARED
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def popular_houses(shared: Path) -> Path:
    """A folder of wheelhouses; in the folder VENVHEALTH_POPULAR nothing is fetched twice."""
    kept = os.environ.get("VENVHEALTH_POPULAR")
    return Path(kept).absolute() if kept else shared


@pytest.fixture(scope="session")
def popular_wheelhouse(popular_houses: Path, popular_python: Path) -> Path:
    from popular_stack import fill_house

    return fill_house(popular_houses, "popular")


@pytest.fixture(scope="session")
def popular(shared: Path, popular_wheelhouse: Path, popular_python: Path) -> Path:
    """A venv of the most-used distributions, which no test may change."""
    from popular_stack import make_uv_venv

    root = shared / "popular-venv"

    def make() -> None:
        make_uv_venv(root, popular_wheelhouse, popular_python)
        # Each of them is imported many times, and no probe writes bytecode; but no tests.
        compiling = ["-m", "compileall", "-q", "-j", "2", "-x", "[/]tests?[/]"]
        # It fails for templates, and for what is for other releases of Python.
        command = [str(root / "bin" / "python"), *compiling, str(site_packages(root))]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=False)

    return make_once(root, make)


@pytest.fixture(scope="session")
def oldest(shared: Path, popular_houses: Path, popular_python: Path) -> Environment:
    """A venv of the most-used distributions in old releases, which no test may change."""
    from popular_stack import OLDEST, OLDEST_NEEDS, fill_house, make_uv_venv

    root = shared / "oldest-venv"

    def make() -> None:
        wheelhouse = fill_house(popular_houses, "oldest")
        options = ["--requirement", str(OLDEST_NEEDS)]
        make_uv_venv(root, wheelhouse, popular_python, OLDEST, options=options)

    return Environment.at(make_once(root, make))


@pytest.fixture(scope="session")
def llm_stack(request: pytest.FixtureRequest) -> Path:
    """A folder with the LLM stack's `wheelhouse` and a healthy `venv`, which no test may change."""
    import llm_stack as stack

    folder = Path(request.config.getoption("--llm")).absolute()
    wheels = stack.read_wheels()
    python = stack.find_python()
    folder.mkdir(parents=True, exist_ok=True)
    stack.fill_wheelhouse(folder / "wheelhouse", python, wheels)
    stack.make_venv(folder / "venv", folder / "wheelhouse", python, wheels)
    return folder


@pytest.fixture(scope="session")
def llm_target(llm_stack: Path) -> Environment:
    """The healthy venv of the LLM stack, which no test may change."""
    return Environment.at(llm_stack / "venv")


@pytest.fixture(scope="session")
def extra(shared: Path, popular_houses: Path, llm_target: Environment) -> Environment:
    """A copy of the LLM stack's venv with more of machine learning, which no test may change."""
    from popular_stack import EXTRA, add_by_pip, fill_house

    root = shared / "extra-venv"

    def make() -> None:
        wheelhouse = fill_house(popular_houses, "extra")
        # pip writes new files only, as nothing is replaced: what is linked stays as it was.
        link_venv(llm_target.root, root)
        add_by_pip(root, wheelhouse, EXTRA)

    return Environment.at(make_once(root, make))
