"""Every probe of the catalogue passes on the real package, and notices what is spoiled in it.

The packages come from the stack of the most-used distributions, from the LLM stack and from what
goes into that one besides; the fast tests take a few of those that these tests themselves run on.
The probes of the most-used ones pass on the oldest release that they name, too.
"""

from __future__ import annotations

import shutil
import sysconfig
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import distribution
from pathlib import Path

import pytest
from conftest import RunHealth
from llm_stack import read_wheels
from packaging.specifiers import SpecifierSet
from popular_stack import EXTRA, OLDEST, POPULAR, read_pins
from sabotaging import FOLDER, Sabotage, sabotaged, sabotages
from targets import link_venv, make_venv, site_packages

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.probes.catalogue import catalogue_names, catalogue_probe, read_header
from pytest_venvhealth.probes.runner import Outcome, Probe, ProbeResult, run_probe

SAMPLE = ("attrs", "filelock", "iniconfig", "packaging", "pluggy", "psutil")
"""Distributions without dependencies that these tests run on."""
PINS = read_pins(POPULAR)
OLDEST_PINS = read_pins(OLDEST)
LLM_PINS = {wheel.name: wheel.version for wheel in read_wheels()}
EXTRA_PINS = read_pins(EXTRA)


def probe_of(name: str) -> Probe:
    probe = catalogue_probe(name)
    assert probe is not None
    return probe


def story(result: ProbeResult) -> str:
    return "\n".join((str(result.outcome), result.message, *result.traceback, *result.output))


def passes(name: str, environment: Environment) -> None:
    healthy = run_probe(probe_of(name), environment, timeout=120)
    assert healthy.outcome is Outcome.PASSED, story(healthy)


def assert_used(run_health: RunHealth, environment: Environment, names: Sequence[str]) -> None:
    """Have the plugin run the probes, forked as it does by default."""
    asked = [f"venv-health::{name}[functional]" for name in names]

    health = run_health(f"--venv={environment.root}", "--venv-timeout=120", *asked)

    assert health.code == 0, health.text
    assert {"functional"} == {health.distribution(name)["depth"] for name in names}


def assert_noticed(
    name: str, environment: Environment, listed: Iterable[Sabotage]
) -> list[Outcome]:
    """Run a probe after each sabotage of its package, and return what it ended in."""
    outcomes = []
    for sabotage in listed:
        with sabotaged(environment.purelib, sabotage):
            result = run_probe(probe_of(name), environment, timeout=60)
        unnoticed = result.outcome in (Outcome.PASSED, Outcome.PROBE_ERROR)
        assert not unnoticed, f"{sabotage.what}: {story(result)}"
        outcomes.append(result.outcome)
    return outcomes


def notices(name: str, environment: Environment, record: Callable[[str, object], None]) -> None:
    outcomes = assert_noticed(name, environment, sabotages(name))
    for sabotage, outcome in zip(sabotages(name), outcomes, strict=True):
        record(sabotage.what, str(outcome))  # xdist carries plain values only
    # Else every sabotage might be one that a bare import notices.
    assert Outcome.ASSERTION in outcomes


Copies = Callable[[Path], Environment]


@pytest.fixture(scope="session")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copies]:
    """Return this worker's own copy of a venv, made once: a sabotage may spoil it."""
    folder = tmp_path_factory.mktemp("copies")

    def copy_of(root: Path) -> Environment:
        copy = folder / root.parent.name / root.name
        return Environment.at(copy if copy.exists() else link_venv(root, copy))

    yield copy_of
    shutil.rmtree(folder)


@pytest.mark.parametrize("name", catalogue_names())
def test_every_probe_has_its_sabotages(name: str) -> None:
    listed = sabotages(name)

    assert len(listed) >= 2
    for each in listed:
        assert each.what[0].islower() or each.what[0].isupper()
        ways = [bool(each.append), bool(each.find), each.empty, each.garbage]
        assert 1 == sum(ways)


def test_every_sabotage_has_its_probe() -> None:
    assert set(catalogue_names()) == {
        path.stem.removeprefix("of_").replace("_", "-") for path in FOLDER.iterdir()
    }


# -- the sample


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """A venv with copies of some of the packages that these tests run on."""
    root = make_venv(tmp_path_factory.mktemp("few") / "venv")
    for name in SAMPLE:
        for file in distribution(name).files or ():
            if ".." not in file.parts and "__pycache__" not in file.parts:
                path = site_packages(root) / file
                path.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file.locate(), path)
    return Environment.at(root)


@pytest.mark.skipif(
    sysconfig.get_platform() != "linux-x86_64", reason="the names of native modules differ"
)
@pytest.mark.parametrize("name", SAMPLE)
def test_a_probe_passes_and_notices_what_is_spoiled(name: str, few: Environment) -> None:
    passes(name, few)
    # These releases are whatever is the newest, the sabotages are for pinned ones.
    fitting = [each for each in sabotages(name) if each.fits(few.purelib)]
    if not fitting:
        pytest.skip("this release has nothing of what would be spoiled")
    assert_noticed(name, few, fitting)


def test_every_probe_is_for_a_distribution_of_a_stack() -> None:
    assert set(catalogue_names()) <= {*PINS, *LLM_PINS, *EXTRA_PINS}


def test_what_goes_into_the_llm_stack_besides_replaces_nothing() -> None:
    assert not set(EXTRA_PINS) & set(LLM_PINS)
    # Else the same distribution would be fetched in two releases.
    assert {name: PINS[name] for name in EXTRA_PINS if name in PINS}.items() <= EXTRA_PINS.items()


# -- the oldest releases


def test_the_forty_most_used_have_an_oldest_release() -> None:
    assert len(OLDEST_PINS) >= 40
    assert set(OLDEST_PINS) <= set(PINS)


@pytest.mark.parametrize("name", OLDEST_PINS)
def test_the_versions_of_a_probe_begin_with_its_oldest_release(name: str) -> None:
    versions = SpecifierSet(read_header(probe_of(name).code)["versions"])

    floors = [each.version for each in versions if each.operator == ">="]
    assert floors == [OLDEST_PINS[name]]
    assert versions.contains(PINS[name], prereleases=True)


@pytest.mark.slow
def test_the_probes_pass_on_their_oldest_releases(
    oldest: Environment, run_health: RunHealth
) -> None:
    assert_used(run_health, oldest, list(OLDEST_PINS))


# -- all of them: that they pass on the first two stacks is seen where these are checked as a whole


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in catalogue_names() if name in PINS])
def test_a_probe_of_the_most_used_notices_what_is_spoiled(
    name: str, popular: Path, copies: Copies, record_property: Callable[[str, object], None]
) -> None:
    notices(name, copies(popular), record_property)


@pytest.mark.llm
@pytest.mark.parametrize(
    "name", [name for name in catalogue_names() if name in LLM_PINS and name not in PINS]
)
def test_a_probe_of_the_llm_stack_notices_what_is_spoiled(
    name: str,
    llm_target: Environment,
    copies: Copies,
    record_property: Callable[[str, object], None],
) -> None:
    notices(name, copies(llm_target.root), record_property)


MORE = [name for name in catalogue_names() if name in EXTRA_PINS and name not in PINS]


@pytest.mark.llm
def test_the_probes_of_more_of_machine_learning_pass(
    extra: Environment, run_health: RunHealth
) -> None:
    assert_used(run_health, extra, MORE)


@pytest.mark.llm
@pytest.mark.parametrize("name", MORE)
def test_a_probe_of_more_of_machine_learning_notices_what_is_spoiled(
    name: str,
    extra: Environment,
    copies: Copies,
    record_property: Callable[[str, object], None],
) -> None:
    notices(name, copies(extra.root), record_property)
