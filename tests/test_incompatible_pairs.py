"""Releases whose files are all right and that do not fit are caught by use, and named as a pair.

Real wheels in real venvs. `stacks/pairs.txt` has what does not fit, `stacks/pairs-that-fit.txt` the
release of the second one with which all is well; `stacks/pairs-llm.txt` is laid over the LLM stack.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import Health, RunHealth
from popular_stack import STACKS, fill_house, make_uv_venv, read_pins
from pythons import find_tool
from real_stack import pip, run

MISFITS = STACKS / "pairs.txt"
FITS = STACKS / "pairs-that-fit.txt"
LLM_MISFITS = STACKS / "pairs-llm.txt"
IN_USE = ("import", "functional")

_CLIENT = """
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

app = Starlette(routes=[Route("/", lambda request: PlainTextResponse("hi"))])
assert TestClient(app).get("/").text == "hi"
"""
_RIDGE = """
import numpy as np
from sklearn.linear_model import Ridge

points = np.array([[0.0], [1.0], [2.0], [3.0]])
line = Ridge(alpha=1e-9, solver="sparse_cg").fit(points, 3 * points[:, 0] + 1)
assert abs(line.coef_[0] - 3) < 1e-3, line.coef_
"""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two releases that do not fit, and how that comes out."""

    one: str
    """Who asks, by normalized name."""
    other: str
    """Who refuses, or lacks what is asked of it."""
    beside: tuple[str, ...] = ()
    """What both need."""
    older: tuple[str, ...] = ()
    """Of these, those that are of the release in `pairs-that-fit.txt`."""
    fails: tuple[str, ...] = IN_USE
    """The checks that find it."""
    code: str
    says: str
    """A part of what Python says."""
    excludes: str = ""
    """The requirement of `one` that says that they do not fit; most have none."""
    probe: str = ""
    """A probe of its own, where the catalogue's does not come that way."""
    imports: tuple[str, ...] = ()
    """The modules that its own probe is about."""

    among: Path = MISFITS
    """The stack that has both."""
    release: str = ""
    """Of `one`, where that is not in the stack."""

    def pins(self, stack: Path) -> list[str]:
        """Return the requirements of the venv, `other` as in one of the two stacks."""
        misfits, fits = read_pins(MISFITS), read_pins(FITS)
        chosen = {name: misfits[name] for name in (self.one, *self.beside)}
        chosen |= {name: fits[name] for name in self.older}
        chosen[self.other] = read_pins(stack)[self.other]
        return [f"{name}=={version}" for name, version in chosen.items()]

    def named(self) -> str:
        """Return `a 1.0 and b 2.0`."""
        pins = read_pins(self.among)
        release = self.release or pins[self.one]
        return f"{self.one} {release} and {self.other} {pins[self.other]}"


PAIRS = (
    Pair(
        one="pydantic",
        other="pydantic-core",
        beside=("annotated-types", "typing-extensions", "typing-inspection"),
        code="exception",
        says="SystemError: The installed pydantic-core version (2.41.1) is incompatible",
        excludes="pydantic-core==2.50.4",
    ),
    Pair(
        one="flask",
        other="werkzeug",
        beside=("click", "itsdangerous", "jinja2", "markupsafe"),
        code="import-error",
        says="cannot import name 'url_quote' from 'werkzeug.urls'",
    ),
    Pair(
        one="environs",
        other="marshmallow",
        beside=("packaging", "python-dotenv"),
        fails=("import",),  # the catalogue has no probe of it
        code="exception",
        says="AttributeError: module 'marshmallow' has no attribute '__version_info__'",
    ),
    Pair(
        one="h5py",
        other="numpy",
        code="exception",
        says="ValueError: numpy.dtype size changed, may indicate binary incompatibility",
    ),
    Pair(
        one="bottleneck",
        other="numpy",
        fails=("import",),
        code="import-error",
        says="numpy.core.multiarray failed to import",
    ),
    Pair(
        one="pyopenssl",
        other="cryptography",
        beside=("cffi", "pycparser"),
        code="exception",
        says="AttributeError: module 'lib' has no attribute 'GEN_EMAIL'",
        excludes="cryptography<42,>=41.0.5",
    ),
    Pair(
        one="starlette",
        other="httpx",
        beside=("anyio", "certifi", "h11", "httpcore", "idna", "sniffio", "typing-extensions"),
        fails=("functional",),
        code="exception",
        says="TypeError: Client.__init__() got an unexpected keyword argument 'app'",
        probe=_CLIENT,
        imports=("starlette.testclient",),
    ),
    Pair(
        one="scikit-learn",
        other="scipy",
        beside=("cloudpickle", "joblib", "numpy", "threadpoolctl"),
        older=("numpy",),
        fails=("functional",),
        code="exception",
        says="TypeError: cg() got an unexpected keyword argument 'tol'",
        probe=_RIDGE,
        imports=("sklearn.linear_model",),
    ),
)
LLM_PAIRS = (
    Pair(
        one="peft",
        other="transformers",
        beside=("tokenizers",),
        code="import-error",
        says="cannot import name 'EncoderDecoderCache' from 'transformers'",
        among=LLM_MISFITS,
    ),
    Pair(
        one="transformers",
        release="4.57.3",
        other="huggingface-hub",
        code="import-error",
        says="huggingface-hub>=0.34.0,<1.0 is required for a normal functioning of this module",
        excludes="huggingface-hub<1.0,>=0.34.0",
        among=LLM_MISFITS,
    ),
)
BY_TRACEBACK_ALONE = (
    Pair(
        one="googleapis-common-protos",
        other="protobuf",
        fails=("functional",),
        code="exception",
        says="TypeError: Descriptors cannot be created directly",
    ),
    Pair(
        one="typer",
        other="click",
        beside=(
            "markdown-it-py",
            "mdurl",
            "pygments",
            "rich",
            "shellingham",
            "typing-extensions",
        ),
        fails=("functional",),
        code="exception",
        says="TypeError: Secondary flag is not valid for non-boolean flag",
    ),
)


@pytest.fixture(scope="session")
def wheelhouse(popular_houses: Path) -> Path:
    """Every wheel of both stacks, fetched once."""
    return fill_house(popular_houses, "pairs")


def make_venv(folder: Path, wheelhouse: Path, python: Path, pair: Pair) -> Path:
    wanted = folder / "wanted.txt"
    wanted.write_text("\n".join(pair.pins(MISFITS)))
    return make_uv_venv(folder / "target", wheelhouse, python, wanted)


def exchange(venv: Path, wheelhouse: Path, pair: Pair) -> None:
    """Put the release of the second one there with which all is well."""
    own: list[str | Path] = [str(find_tool("uv")), "--no-config", "--offline", "--no-cache"]
    install = [*own, "pip", "install", "-q", "--no-deps", "--no-index", "--find-links", wheelhouse]
    run([*install, "--python", venv / "bin" / "python", *pair.pins(FITS)])


def look(run_health: RunHealth, venv: Path, pair: Pair, *options: str) -> Health:
    """Ask all of the first one, and of the second one whether its files are right."""
    if pair.probe:
        profile = run_health.pytester.path / "own.toml"
        imports = f"imports = {list(pair.imports)}\n"
        profile.write_text(f"[probes.{pair.one}]\n{imports}code = '''{pair.probe}'''\n")
        options = (f"--venv-profile={profile}", *options)
    asked = [f"venv-health::{name}[{check}]" for name, check in questions(pair)]
    return run_health(f"--venv={venv}", "--venv-timeout=300", "-v", *options, *asked)


def questions(pair: Pair) -> list[tuple[str, str]]:
    files = [(pair.one, "files"), (pair.other, "files"), (pair.other, "installed")]
    return [*files, *((pair.one, check) for check in dict.fromkeys(("import", *pair.fails)))]


def failures(health: Health, name: str) -> Mapping[str, dict[str, Any]]:
    """Return what is held against a distribution, by the check that found it."""
    found = health.distribution(name)["findings"]
    return {each["check"]: each for each in found if each["severity"] == "error"}


def passed(health: Health, pair: Pair) -> set[tuple[str, str]]:
    return {
        (name, check)
        for name, check in questions(pair)
        if f"venv-health::{name}[{check}] PASSED" in health.text
    }


def check_that_the_pair_is_named(health: Health, pair: Pair) -> None:
    assert 1 == health.code, health.text
    fail = {(pair.one, check) for check in pair.fails}
    assert {*questions(pair)} - fail == passed(health, pair), health.text
    found = failures(health, pair.one)
    assert {*pair.fails} == found.keys() - {"installed"}, health.text
    for check in pair.fails:
        finding = found[check]
        assert pair.code == finding["code"]
        assert {pair.one, pair.other} == {*finding["root_causes"]}
        assert pair.says in finding["summary"]
        because = f": {pair.one} requires {pair.excludes}" if pair.excludes else ""
        assert finding["summary"].endswith(f"; {pair.named()} do not fit together{because}"), (
            finding["summary"]
        )
        assert not finding["repairable"]
    assert f"{pair.named()} do not fit together" in health.text


@pytest.mark.slow
@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.one}-{pair.other}")
def test_two_intact_releases_that_do_not_fit_are_caught_by_use(
    run_health: RunHealth, wheelhouse: Path, popular_python: Path, pair: Pair
) -> None:
    venv = make_venv(run_health.pytester.path, wheelhouse, popular_python, pair)

    check_that_the_pair_is_named(look(run_health, venv, pair), pair)

    exchange(venv, wheelhouse, pair)
    health = look(run_health, venv, pair)

    assert 0 == health.code, health.text
    assert {*questions(pair)} == passed(health, pair), health.text


@pytest.mark.slow
@pytest.mark.parametrize("pair", BY_TRACEBACK_ALONE, ids=lambda pair: f"{pair.one}-{pair.other}")
def test_where_the_traceback_alone_says_so_nobody_is_blamed(
    run_health: RunHealth, wheelhouse: Path, popular_python: Path, pair: Pair
) -> None:
    """The first one calls the second, which raises: that may have other reasons. Both are told."""
    venv = make_venv(run_health.pytester.path, wheelhouse, popular_python, pair)

    health = look(run_health, venv, pair)

    finding = failures(health, pair.one)["functional"]
    assert (1, pair.code, []) == (health.code, finding["code"], finding["root_causes"])
    assert pair.says in finding["summary"]
    assert finding["remedy"] == (
        "Unexplained: every file involved is as it was installed. It failed where "
        f"{pair.one} calls {pair.other}: look whether {pair.named()} fit together."
    )

    exchange(venv, wheelhouse, pair)

    assert 0 == look(run_health, venv, pair).code


@pytest.mark.slow
def test_under_a_profile_the_one_that_is_off_its_pin_is_to_blame_and_healed(
    run_health: RunHealth, wheelhouse: Path, popular_python: Path
) -> None:
    pair = next(each for each in PAIRS if each.one == "flask")
    venv = make_venv(run_health.pytester.path, wheelhouse, popular_python, pair)
    profile = run_health.pytester.path / "web.toml"
    profile.write_text(f"[dependency-groups]\nweb = {pair.pins(FITS)}\n")
    options = (f"--venv-profile={profile}", f"--venv-wheelhouse={wheelhouse}")

    health = look(run_health, venv, pair, *options)

    finding = failures(health, "flask")["import"]
    assert ["werkzeug"] == finding["root_causes"]
    assert f"{pair.named()} do not fit together" in finding["summary"]
    assert "Run again with --repair: it reinstalls werkzeug." == finding["remedy"]
    assert "version-drift" in health.codes("werkzeug")

    health = look(run_health, venv, pair, *options, "--repair")

    assert 0 == health.code, health.text
    assert "healed" == health.distribution("werkzeug")["status"]
    assert 0 == look(run_health, venv, pair, *options).code


@pytest.fixture
def llm_copy(llm_stack: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the healthy venv; pip takes files away and adds others, and changes none."""
    copy = tmp_path / "venv"
    run(["cp", "--archive", "--link", llm_stack / "venv", copy])
    yield copy
    shutil.rmtree(copy)


@pytest.mark.llm
@pytest.mark.parametrize("pair", LLM_PAIRS, ids=lambda pair: f"{pair.one}-{pair.other}")
def test_two_of_the_llm_stack_that_do_not_fit_are_caught_by_use(
    run_health: RunHealth, llm_copy: Path, popular_houses: Path, pair: Pair
) -> None:
    """That they all fit as they are locked, the story of the LLM stack tells."""
    house = fill_house(popular_houses, "pairs-llm")
    python = llm_copy / "bin" / "python"
    misfits = read_pins(LLM_MISFITS)
    exchanged = (pair.other, *pair.beside)
    taken = exchanged if pair.release else (pair.one, *exchanged)
    install = ["install", "--no-deps", "--no-index", "--find-links"]
    pip(python, *install, str(house), *(f"{name}=={misfits[name]}" for name in taken))

    check_that_the_pair_is_named(look(run_health, llm_copy, pair), pair)
