"""Real packages from a package index, in venvs as pip and uv make them, damaged and healed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest
from compare_trees import differences
from conftest import Health, RunHealth
from pythons import find_tool
from real_stack import (
    VERSIONS,
    WANTED,
    build_plugin,
    fill_wheelhouse,
    make_pip_venv,
    make_uv_venv,
    pip,
    run,
)
from targets import copy_venv, install_wheel, make_once, make_venv, site_packages, snapshot
from wheels import make_wheel

from pytest_venvhealth.probes.catalogue import catalogue_names
from pytest_venvhealth.reports.json_report import load_schema

pytestmark = pytest.mark.slow

PROBED = sorted(set(VERSIONS) & set(catalogue_names()))
# Where it is about files or who repairs them: probes that build wheels take most of a run's time.
SHALLOW = "--venv-depth=import"
NO_NETWORK = ("unshare", "-rn")


@dataclass(frozen=True, kw_only=True)
class RealStack:
    """The stack's folder, and a healthy venv of it that no test may change."""

    folder: Path
    healthy: Path

    @property
    def wheelhouse(self) -> Path:
        return self.folder / "wheelhouse"


@pytest.fixture(scope="session")
def stack(shared: Path) -> RealStack:
    """Made once a run; in the folder VENVHEALTH_REAL_STACK nothing is fetched twice."""
    made = shared / "real"
    folder = Path(os.environ.get("VENVHEALTH_REAL_STACK") or made / "stack").absolute()

    def make() -> None:
        # This interpreter may have no pip of its own: uv makes such venvs.
        run([sys.executable, "-m", "venv", made / "fetcher"])
        fill_wheelhouse(folder / "wheelhouse", made / "fetcher" / "bin" / "python")
        make_pip_venv(made / "healthy", folder / "wheelhouse")

    make_once(made, make)
    return RealStack(folder=folder, healthy=made / "healthy")


@pytest.fixture
def real(stack: RealStack, pytester: pytest.Pytester) -> Iterator[Path]:
    """A healthy venv of its own for one test, with `wheelhouse/` and `profiles/` beside it."""
    (pytester.path / "wheelhouse").symlink_to(stack.wheelhouse)
    pins = [f"{name}=={VERSIONS[name]}" for name in WANTED]
    (pytester.path / "profiles").mkdir()
    profile = f"[dependency-groups]\ncore = {json.dumps(pins)}\n"
    (pytester.path / "profiles" / "real.toml").write_text(profile)
    target = copy_venv(stack.healthy, pytester.path / "target")
    yield target
    # pytest would keep it for three sessions, and there are some thirty of 40 MB.
    shutil.rmtree(target, ignore_errors=True)


def errors(health: Health) -> list[str]:
    """Return the summaries of every error finding, of the environment and its distributions."""
    environment = health.environment()
    holders = [environment, *environment["distributions"]]
    findings = [finding for holder in holders for finding in holder["findings"]]
    return [each["summary"] for each in findings if each["severity"] == "error"]


def broken_names(health: Health) -> list[str]:
    return sorted(name for name, status in health.statuses().items() if status != "healthy")


def repaired_names(health: Health) -> list[str]:
    return sorted(
        repair["distribution"]
        for repair in health.environment()["repairs"]
        if repair["result"] == "verified"
    )


def assert_healthy(
    health: Health, *, verified_against: str = "wheel", names: Collection[str] = VERSIONS
) -> None:
    assert health.code == 0, health.text
    assert errors(health) == []
    assert health.environment()["status"] == "healthy"
    for name in names:
        distribution = health.distribution(name)
        assert (distribution["version"], distribution["status"]) == (VERSIONS[name], "healthy")
        assert distribution["depth"] == ("functional" if name in PROBED else "import")
        assert distribution["verified_against"] == verified_against


# -- healthy


@pytest.mark.parametrize("profile", [("--venv-profile=real",), ()], ids=["profile", "no-profile"])
def test_a_venv_made_by_pip_is_healthy_and_left_as_it_was(
    real: Path, run_health: RunHealth, profile: tuple[str, ...]
) -> None:
    before = snapshot(real, bytecode=True)

    health = run_health("--venv=target", *profile)

    assert_healthy(health)
    assert len(PROBED) >= 6
    assert before == snapshot(real, bytecode=True)


def test_without_a_wheelhouse_the_records_are_believed(
    stack: RealStack, run_health: RunHealth
) -> None:
    health = run_health(f"--venv={stack.healthy}")

    assert_healthy(health, verified_against="record")
    assert health.environment()["wheelhouses"] == []


def test_a_venv_with_system_site_packages_is_healthy(
    stack: RealStack, pytester: pytest.Pytester, run_health: RunHealth
) -> None:
    # A start-up file of the system may add a company's CA to any certifi that it sees.
    without = {"certifi", "requests"}
    make_pip_venv(
        pytester.path / "target", stack.wheelhouse, "--system-site-packages", without=without
    )

    health = run_health("--venv=target", f"--venv-wheelhouse={stack.wheelhouse}")

    assert_healthy(health, names=VERSIONS.keys() - without)


@pytest.mark.skipif(
    not Path(sysconfig.get_path("purelib", vars={"base": sys.base_prefix}), "pip").is_dir(),
    reason="the system's Python has no pip to require",
)
def test_what_the_system_site_packages_give_is_not_missing(
    pytester: pytest.Pytester, run_health: RunHealth
) -> None:
    root = pytester.path / "target"
    run([sys.executable, "-m", "venv", "--system-site-packages", "--without-pip", root])
    install_wheel(root, make_wheel(pytester.path / "wheelhouse", "needy", requires=["pip>=1"]))

    health = run_health("--venv=target")

    assert health.code == 0, health.text
    assert health.statuses() == {"needy": "healthy"}


@pytest.fixture
def uv_venv(stack: RealStack, pytester: pytest.Pytester) -> Path:
    uv = find_tool("uv")
    if uv is None:
        pytest.skip("uv is neither beside this Python nor on the PATH")
    cache = pytester.path / "uv-cache"
    return make_uv_venv(pytester.path / "target", stack.wheelhouse, cache, uv)


def test_a_venv_made_by_uv_is_healthy(
    stack: RealStack, uv_venv: Path, run_health: RunHealth
) -> None:
    health = run_health("--venv=target", f"--venv-wheelhouse={stack.wheelhouse}")

    assert_healthy(health)


def test_a_venv_made_by_uv_is_healed_and_its_cache_left_alone(
    stack: RealStack, uv_venv: Path, run_health: RunHealth
) -> None:
    """uv may link a venv's files into its cache: what is written through such a link harms both."""
    package = site_packages(uv_venv) / "jinja2"
    clean = snapshot(package)
    cached = snapshot(uv_venv.parent / "uv-cache")
    # As an editor saves it: a new file in the old one's place, so that the cache stays whole.
    (package / "filters.py").unlink()
    (package / "filters.py").write_bytes(b"")
    arguments = ("--venv=target", f"--venv-wheelhouse={stack.wheelhouse}")

    broken = run_health(*arguments, SHALLOW)
    healed = run_health(*arguments, SHALLOW, "--repair")
    again = run_health(*arguments, "--repair")

    assert broken.code == 1
    assert broken_names(broken) == ["jinja2"]
    assert healed.code == 0, healed.text
    assert repaired_names(healed) == ["jinja2"]
    assert clean == snapshot(package)
    assert {path.stat().st_nlink for path in package.glob("*.py")} == {1}
    assert cached == snapshot(uv_venv.parent / "uv-cache")
    assert_healthy(again)
    assert again.environment()["repairs"] == []


# -- damaged, one distribution each


def cut_native_extension(site: Path) -> None:
    (extension,) = site.glob("zmq/backend/cython/_zmq.*.so")
    os.truncate(extension, extension.stat().st_size // 2)


def lose_dist_info(site: Path, name: str) -> None:
    (folder,) = site.glob(f"{name}-*.dist-info")
    shutil.rmtree(folder)


def dist_info(site: Path, name: str) -> Path:
    (folder,) = site.glob(f"{name}-*.dist-info")
    return folder


def lose_files(site: Path) -> None:
    shutil.rmtree(site / "yaml")
    shutil.rmtree(site / "_yaml")


DAMAGES = [
    pytest.param(
        "requests",
        "file-missing",
        lambda site: (site / "requests" / "sessions.py").unlink(),
        id="module-deleted",
    ),
    pytest.param("pyzmq", "file-altered", cut_native_extension, id="native-extension-cut-to-half"),
    pytest.param(
        "click",
        "metadata-missing",
        lambda site: (dist_info(site, "click") / "METADATA").write_bytes(b""),
        id="metadata-emptied",
    ),
    pytest.param(
        "pydantic",
        "record-missing",
        lambda site: (dist_info(site, "pydantic") / "RECORD").unlink(),
        id="record-deleted",
    ),
    pytest.param(
        "pyyaml",
        "record-invalid",
        lambda site: (dist_info(site, "pyyaml") / "RECORD").write_bytes(b"\xff\xfe\x00,\x80\n"),
        id="record-not-utf-8",
    ),
    pytest.param(
        "idna",
        "file-missing",
        lambda site: (site.parents[2] / "bin" / "idna").unlink(),
        id="console-script-deleted",
    ),
    pytest.param(
        "jinja2",
        "foreign-file",
        lambda site: (site / "jinja2" / "old_filters.py").write_text("import jinja2\n"),
        id="foreign-module",
    ),
    pytest.param("pyyaml", "file-missing", lose_files, id="all-files-gone-dist-info-stays"),
]


@pytest.mark.parametrize(("name", "code", "damage"), DAMAGES)
def test_damage_is_named_healed_and_then_gone(
    real: Path,
    stack: RealStack,
    run_health: RunHealth,
    name: str,
    code: str,
    damage: Callable[[Path], object],
) -> None:
    damage(site_packages(real))

    broken = run_health("--venv=target", "--venv-profile=real", SHALLOW)
    healed = run_health("--venv=target", "--venv-profile=real", SHALLOW, "--repair")
    again = run_health("--venv=target", "--venv-profile=real", "--repair", "--venv-depth=files")

    assert broken.code == 1
    assert code in broken.codes(name)
    assert {name} == {
        cause
        for distribution in broken.environment()["distributions"]
        for finding in distribution["findings"]
        for cause in finding["root_causes"]
    }
    assert healed.code == 0, healed.text
    assert healed.environment()["status"] == "healed"
    assert repaired_names(healed) == [name]
    assert code in healed.codes(name, healed=True)
    assert [] == differences(real, stack.healthy)
    assert again.code == 0, again.text
    assert {"healthy"} == set(again.statuses().values())
    assert again.environment()["repairs"] == []


@pytest.mark.parametrize(("name", "code", "damage"), DAMAGES[:1])
def test_two_workers_name_and_heal_the_same(
    real: Path,
    stack: RealStack,
    run_health: RunHealth,
    name: str,
    code: str,
    damage: Callable[[Path], object],
) -> None:
    damage(site_packages(real))
    arguments = ("--venv=target", "--venv-profile=real", SHALLOW, "-n", "2")

    broken = run_health(*arguments, subprocess=True)
    healed = run_health(*arguments, "--repair", subprocess=True)

    assert broken.code == 1
    assert code in broken.codes(name)
    assert healed.code == 0, healed.text
    assert repaired_names(healed) == [name]
    assert [] == differences(real, stack.healthy)


def test_files_without_their_dist_info_are_installed_anew(
    real: Path, stack: RealStack, run_health: RunHealth
) -> None:
    lose_dist_info(site_packages(real), "idna")

    broken = run_health("--venv=target", "--venv-profile=real", SHALLOW)
    healed = run_health("--venv=target", "--venv-profile=real", SHALLOW, "--repair")
    again = run_health("--venv=target", "--venv-profile=real", "--repair")

    assert broken.code == 1
    assert broken.distribution("idna")["status"] == "not-installed"
    assert broken.codes("idna") == ["not-installed"]
    assert healed.code == 0, healed.text
    assert healed.distribution("idna")["status"] == "healed"
    assert repaired_names(healed) == ["idna"]
    assert [] == differences(real, stack.healthy)
    assert_healthy(again)


def test_a_package_without_dist_info_and_without_profile_is_the_wheelhouses(
    real: Path, stack: RealStack, run_health: RunHealth
) -> None:
    """Nobody requires click here: only the wheel tells whose files they are."""
    lose_dist_info(site_packages(real), "click")

    broken = run_health("--venv=target", SHALLOW)

    assert broken.code == 1
    (summary,) = errors(broken)
    assert "click" in summary


def test_three_distributions_are_healed_in_one_run(
    real: Path, stack: RealStack, run_health: RunHealth
) -> None:
    site = site_packages(real)
    (site / "certifi" / "cacert.pem").write_bytes(b"-----BEGIN\n")
    (site / "markupsafe" / "__init__.py").unlink()
    cut_native_extension(site)

    broken = run_health("--venv=target", "--venv-profile=real")
    healed = run_health("--venv=target", "--venv-profile=real", "--repair")

    assert broken.code == 1
    assert broken.codes("certifi") == ["assertion", "file-altered"]
    assert "file-missing" in broken.codes("markupsafe")
    assert "file-altered" in broken.codes("pyzmq")
    jinja2 = broken.distribution("jinja2")["findings"]
    assert {"markupsafe"} == {cause for finding in jinja2 for cause in finding["root_causes"]}
    assert healed.code == 0, healed.text
    assert repaired_names(healed) == ["certifi", "markupsafe", "pyzmq"]
    assert [] == differences(real, stack.healthy)


# -- pip is a distribution like any other, and no tool of the repair


def uninstall_pip(root: Path) -> None:
    pip(root / "bin" / "python", "uninstall", "--yes", "pip")


def test_a_repair_needs_no_pip_in_the_target(
    real: Path, stack: RealStack, run_health: RunHealth, tmp_path: Path
) -> None:
    clean = copy_venv(stack.healthy, tmp_path / "clean")
    for root in (real, clean):
        uninstall_pip(root)
    (site_packages(real) / "requests" / "sessions.py").unlink()

    health = run_health("--venv=target", "--repair", SHALLOW)

    assert health.code == 0, health.text
    assert repaired_names(health) == ["requests"]
    assert "pip" not in health.statuses()
    assert [] == differences(real, clean)


def test_a_damaged_pip_is_healed_and_works(
    real: Path, stack: RealStack, run_health: RunHealth
) -> None:
    shutil.rmtree(site_packages(real) / "pip" / "_internal" / "cli")
    (real / "bin" / "pip3").unlink()

    broken = run_health("--venv=target", SHALLOW)
    healed = run_health("--venv=target", "--repair")

    assert broken.code == 1
    assert broken_names(broken) == ["pip"]
    assert healed.code == 0, healed.text
    assert repaired_names(healed) == ["pip"]
    # pip writes itself one launcher more, `pip3.11`, that its wheel does not name.
    assert snapshot(site_packages(stack.healthy) / "pip") == snapshot(site_packages(real) / "pip")
    assert f"pip {VERSIONS['pip']}" in run([real / "bin" / "pip3", "--version"])


def test_one_pip_installed_over_another_is_told_and_healed(
    stack: RealStack, pytester: pytest.Pytester, run_health: RunHealth
) -> None:
    """`pip install --ignore-installed pip` leaves two dist-infos, and modules of both."""
    root = pytester.path / "target"
    run([sys.executable, "-m", "venv", root])
    offline = ("--no-index", "--find-links", str(stack.wheelhouse))
    pin = f"pip=={VERSIONS['pip']}"
    pip(root / "bin" / "python", "install", *offline, "--ignore-installed", pin)
    arguments = ("--venv=target", f"--venv-wheelhouse={stack.wheelhouse}")

    broken = run_health(*arguments, SHALLOW)
    healed = run_health(*arguments, "--repair")

    assert broken.code == 1
    assert broken_names(broken) == ["pip"]
    assert broken.codes("pip") == ["duplicate-metadata", "foreign-file"]
    assert healed.code == 0, healed.text
    assert healed.distribution("pip")["version"] == VERSIONS["pip"]
    assert [f"pip-{VERSIONS['pip']}.dist-info"] == [
        folder.name for folder in site_packages(root).glob("pip-*.dist-info")
    ]
    assert f"pip {VERSIONS['pip']}" in run([root / "bin" / "pip", "--version"])


# -- reports, network, and the running environment itself


def test_every_report_of_one_repair_is_valid(real: Path, run_health: RunHealth) -> None:
    (site_packages(real) / "requests" / "sessions.py").unlink()

    health = run_health(
        "--venv=target",
        "--repair",
        "--junitxml=junit.xml",
        "--json-report",
        "--json-report-file=report.json",
    )

    assert health.code == 0, health.text
    (suite,) = ElementTree.parse("junit.xml").getroot().iter("testsuite")
    assert (suite.get("failures"), suite.get("errors")) == ("0", "0")
    cases = {case.get("name") for case in suite.iter("testcase")}
    assert {"requests[files]", "requests[import]", "requests[functional]"} <= cases
    report = json.loads(Path("report.json").read_text())
    assert report["venv_health"] == health.report
    jsonschema.validate(report["venv_health"], load_schema())
    assert len(report["tests"]) == len(cases)
    healed = [
        test["nodeid"]
        for test in report["tests"]
        if test["metadata"]["venv_health"]["status"] == "healed"
    ]
    assert healed == ["venv-health::requests[files]"]
    assert {test["call"]["outcome"] for test in report["tests"]} == {"passed"}


@pytest.mark.skipif(
    subprocess.run([*NO_NETWORK, "true"], capture_output=True, check=False).returncode != 0,
    reason="this system gives no network namespace",
)
def test_a_repair_without_any_network_interface(real: Path, stack: RealStack) -> None:
    cut_native_extension(site_packages(real))

    out = run(
        [
            *NO_NETWORK,
            *(sys.executable, "-m", "pytest", "-p", "no:randomly", "--venv-health", "--repair"),
            *("--venv=target", "--venv-profile=real", SHALLOW),
        ]
    )

    assert "1 healed" in out
    assert [] == differences(real, stack.healthy)


def test_without_a_target_the_running_environment_is_checked_and_healed(
    stack: RealStack, pytester: pytest.Pytester
) -> None:
    """The plugin lives in the target, as after `pip install pytest-venvhealth`, and heals there."""
    root = make_venv(pytester.path / "own")
    python = root / "bin" / "python"
    plugin = stack.folder / "plugin"
    build_plugin(plugin, stack.healthy / "bin" / "python")
    finder = ("--no-index", "--find-links", str(plugin), "--find-links", str(stack.wheelhouse))
    run(
        [
            *(stack.healthy / "bin" / "python", "-m", "pip", "--isolated", "--python", python),
            *("install", "-q", *finder, "pytest-venvhealth", "requests", "click"),
        ]
    )
    folder = pytester.mkdir("elsewhere")
    command: list[str | Path] = [python, "-m", "pytest", "--venv-health", "--venv-json=health.json"]
    command += [f"--venv-wheelhouse={stack.wheelhouse}", f"--rootdir={folder}"]

    def check(*options: str) -> tuple[subprocess.CompletedProcess[str], Health]:
        done = subprocess.run(
            [*command, *options], cwd=folder, capture_output=True, text=True, check=False
        )
        report = json.loads((folder / "health.json").read_text())
        jsonschema.validate(report, load_schema())
        return done, Health(pytest.RunResult(0, [], [], 0), report)

    healthy, first = check(SHALLOW)
    (site_packages(root) / "requests" / "sessions.py").unlink()
    broken, second = check(SHALLOW)
    healed, third = check("--repair")

    assert healthy.returncode == 0, healthy.stdout
    assert first.environment()["path"] == str(root)
    assert first.statuses()["pytest-venvhealth"] == "healthy"
    assert errors(first) == []
    assert broken.returncode == 1
    assert broken_names(second) == ["requests"]
    assert healed.returncode == 0, healed.stdout
    assert repaired_names(third) == ["requests"]
