"""The three stories on the LLM stack itself: torch, transformers, peft and what they need."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest
from compare_trees import differences
from conftest import Health, RunHealth
from llm_stack import PYTHON, find_python, installed_versions, read_wheels
from targets import copy_venv, install_wheel, site_packages

from pytest_venvhealth.probes.catalogue import catalogue_names
from pytest_venvhealth.reports.json_report import load_schema

pytestmark = pytest.mark.llm

PROFILE = Path(__file__).parent.parent / "profiles" / "llm-cpu.toml"
BLOOM = "transformers/models/bloom/modeling_bloom.py"
NO_NETWORK = ("unshare", "-rn")
# What one story is about; the whole set takes a minute and more.
CULPRIT = "venv-health::transformers[files]"
VICTIM = "venv-health::peft[import]"


@dataclass
class Stack:
    """The healthy venv, which no test may change, and one copy of it, which every test damages."""

    wheelhouse: Path
    clean: Path
    copy: Path
    is_clean: bool = False

    @property
    def site(self) -> Path:
        return site_packages(self.copy)

    @property
    def options(self) -> tuple[str, ...]:
        return (
            f"--venv={self.copy}",
            f"--venv-profile={PROFILE}",
            f"--venv-wheelhouse={self.wheelhouse}",
        )

    def make_clean(self) -> None:
        """Copy anew, where the last test did not prove that it left a clean install behind."""
        if not self.is_clean:
            shutil.rmtree(self.copy, ignore_errors=True)
            copy_venv(self.clean, self.copy)

    def differences(self) -> list[str]:
        found = differences(self.copy, self.clean)
        self.is_clean = not found
        return found


@pytest.fixture(scope="module")
def one_stack(llm_stack: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """1.7 GB: copied once, healed by every test, and deleted at the end."""
    copy = tmp_path_factory.mktemp("llm") / "venv"
    yield Stack(wheelhouse=llm_stack / "wheelhouse", clean=llm_stack / "venv", copy=copy)
    shutil.rmtree(copy, ignore_errors=True)


@pytest.fixture
def stack(one_stack: Stack) -> Stack:
    one_stack.make_clean()
    one_stack.is_clean = False
    return one_stack


def delete(module: Path) -> None:
    module.unlink()


def cut(module: Path) -> None:
    os.truncate(module, module.stat().st_size // 2)


def uninstall(stack: Stack, name: str) -> None:
    shutil.rmtree(stack.site / name)
    for folder in stack.site.glob(f"{name}-*.dist-info"):
        shutil.rmtree(folder)


def files_of(stack: Stack, name: str) -> dict[Path, tuple[int, int]]:
    """Return inode and mtime of each file of a distribution: no repair can leave these equal."""
    folders = [stack.site / name, *stack.site.glob(f"{name}-*.dist-info")]
    return {
        path: (path.stat().st_ino, path.stat().st_mtime_ns)
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }


def assert_transformers_is_blamed(health: Health, code: str) -> None:
    assert health.code == 1
    lost = f"lib/python{PYTHON[0]}.{PYTHON[1]}/site-packages/{BLOOM}"
    findings = health.distribution("transformers")["findings"]
    assert [(code, [lost])] == [
        (finding["code"], finding["paths"]) for finding in findings if finding["check"] == "files"
    ]
    failures = health.distribution("peft")["findings"]
    assert failures
    for finding in (*findings, *failures):
        assert finding["root_causes"] == ["transformers"]
    named = {name for name, status in health.statuses().items() if status == "broken"}
    assert named == {"peft", "transformers"}


def assert_healed(health: Health, name: str, version: str) -> None:
    assert health.code == 0, health.text
    assert health.environment()["status"] == "healed"
    assert health.distribution(name)["status"] == "healed"
    assert health.distribution(name)["version"] == version
    (repair,) = health.environment()["repairs"]
    assert (repair["distribution"], repair["version"]) == (name, version)
    assert (repair["result"], repair["reason"]) == ("verified", None)
    (wheel,) = [wheel for wheel in read_wheels() if wheel.name == name]
    assert repair["sha256"] == wheel.sha256


def assert_nothing_to_do(health: Health) -> None:
    assert health.code == 0, health.text
    assert health.environment()["status"] == "healthy"
    assert health.environment()["repairs"] == []


def assert_all_were_used(health: Health) -> None:
    expected = {wheel.name: wheel.version for wheel in read_wheels()}
    listed = health.environment()["distributions"]
    assert expected == {each["name"]: each["version"] for each in listed}
    for each in (health.environment(), *listed):
        errors = [finding for finding in each["findings"] if finding["severity"] == "error"]
        assert [] == [finding for finding in errors if not finding["healed"]]
    probed = set(catalogue_names()) & set(expected)
    assert probed == {each["name"] for each in listed if each["depth"] == "functional"}
    assert {"wheel"} == {each["verified_against"] for each in listed}


def test_the_healthy_stack_is_healthy(stack: Stack, run_health: RunHealth) -> None:
    """By its files: that all of it can be used is seen in the next test."""
    own_folder = stack.copy / ".venv-health"
    was_repaired = own_folder.exists()

    health = run_health(*stack.options, "--venv-depth=files")

    assert_nothing_to_do(health)
    expected = len(read_wheels())
    assert f"{expected} distributions: {expected} healthy" in health.text
    assert was_repaired == own_folder.exists()
    assert [] == stack.differences()


def test_a_deleted_module_of_transformers_is_found_and_healed(
    stack: Stack, run_health: RunHealth
) -> None:
    """The whole story: `import transformers` passes, `import peft` dies, peft is innocent."""
    delete(stack.site / BLOOM)
    peft = files_of(stack, "peft")

    broken = run_health(*stack.options, CULPRIT, VICTIM)
    healed = run_health(*stack.options, "--repair")
    again = run_health(*stack.options, "--repair", CULPRIT, VICTIM)

    assert_transformers_is_blamed(broken, "file-missing")
    errors = [each for each in broken.distribution("peft")["findings"] if each["check"] == "import"]
    assert [each["code"] for each in errors] == ["import-error"]
    assert "cannot import name 'BloomPreTrainedModel' from 'transformers'" in errors[0]["summary"]
    assert_healed(healed, "transformers", "4.57.3")
    assert {"transformers": "healed"} == {
        name: status for name, status in healed.statuses().items() if status != "healthy"
    }
    assert_all_were_used(healed)
    assert_nothing_to_do(again)
    assert peft == files_of(stack, "peft")
    assert [] == stack.differences()


def test_an_altered_module_of_transformers_is_found_and_healed(
    stack: Stack, run_health: RunHealth
) -> None:
    cut(stack.site / BLOOM)
    peft = files_of(stack, "peft")

    healed = run_health(*stack.options, CULPRIT, VICTIM, "--repair")

    assert_healed(healed, "transformers", "4.57.3")
    assert ["file-altered"] == healed.codes("transformers", healed=True)
    assert healed.distribution("peft")["status"] == "healthy"
    assert peft == files_of(stack, "peft")
    assert [] == stack.differences()


def test_two_workers_agree_who_is_to_blame(stack: Stack, run_health: RunHealth) -> None:
    """One worker gets the culprit's item, the other the victim's, at the same time."""
    delete(stack.site / BLOOM)
    peft = files_of(stack, "peft")
    run = (*stack.options, CULPRIT, VICTIM, "-n", "2")

    broken = run_health(*run, subprocess=True)
    healed = run_health(*run, "--repair", subprocess=True)

    assert_transformers_is_blamed(broken, "file-missing")
    assert_healed(healed, "transformers", "4.57.3")
    assert healed.distribution("peft")["status"] == "healthy"
    assert peft == files_of(stack, "peft")
    assert [] == stack.differences()


def test_peft_that_is_not_installed_is_installed(stack: Stack, run_health: RunHealth) -> None:
    uninstall(stack, "peft")

    broken = run_health(*stack.options, "-k", "peft")
    healed = run_health(*stack.options, "-k", "peft", "--repair")
    again = run_health(*stack.options, "-k", "peft", "--repair", "--venv-depth=files")

    assert broken.code == 1
    assert broken.codes("peft") == ["not-installed"]
    assert broken.distribution("peft")["status"] == "not-installed"
    assert broken.distribution("peft")["version"] is None
    assert broken.distribution("peft")["expected"] == "0.13.2"
    assert_healed(healed, "peft", "0.13.2")
    assert healed.distribution("peft")["depth"] == "functional"
    assert_nothing_to_do(again)
    assert [] == stack.differences()


@pytest.fixture
def older_peft(tmp_path: Path) -> Path:
    """A real wheel of a version that the profile does not pin, from pip's own index."""
    command = [str(find_python()), "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--only-binary", ":all:", "--dest", str(tmp_path), "peft==0.12.0"]
    subprocess.run(command, check=True)
    (wheel,) = tmp_path.glob("peft-0.12.0-*.whl")
    return wheel


def test_peft_at_another_version_than_the_pin_is_repaired_to_the_pin(
    stack: Stack, run_health: RunHealth, older_peft: Path
) -> None:
    uninstall(stack, "peft")
    install_wheel(stack.copy, older_peft)
    options = (*stack.options, f"--venv-wheelhouse={older_peft.parent}", "-k", "peft")

    broken = run_health(*options, "--venv-depth=files")
    healed = run_health(*options, "--repair")
    again = run_health(*options, "--repair", "--venv-depth=files")

    assert broken.code == 1
    assert broken.codes("peft") == ["version-drift"]
    assert broken.distribution("peft")["version"] == "0.12.0"
    assert broken.distribution("peft")["expected"] == "0.13.2"
    assert_healed(healed, "peft", "0.13.2")
    assert healed.codes("peft", healed=True) == ["version-drift"]
    assert_nothing_to_do(again)
    assert "0.13.2" == installed_versions(stack.copy)["peft"]
    assert [] == stack.differences()


@pytest.mark.skipif(
    subprocess.run([*NO_NETWORK, "true"], capture_output=True, check=False).returncode != 0,
    reason="this system gives no network namespace",
)
def test_the_victim_alone_heals_the_culprit_without_any_network(
    stack: Stack, pytester: pytest.Pytester
) -> None:
    delete(stack.site / BLOOM)
    pytest_there = (*NO_NETWORK, sys.executable, "-m", "pytest", "--venv-health", "--repair")

    done = subprocess.run(
        [*pytest_there, *stack.options, VICTIM, "--venv-json=health.json"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    report = json.loads(Path("health.json").read_text())
    jsonschema.validate(report, load_schema())
    (repair,) = report["environments"][0]["repairs"]
    assert (repair["distribution"], repair["result"]) == ("transformers", "verified")
    assert repair["for"] == [VICTIM]
    assert [] == stack.differences()


def test_the_repair_needs_no_pip_in_the_target(
    stack: Stack, run_health: RunHealth, tmp_path: Path
) -> None:
    delete(stack.site / BLOOM)
    pip = [stack.site / "pip", *stack.site.glob("pip-*.dist-info"), *stack.copy.glob("bin/pip*")]
    aside = {path: tmp_path / f"{number}-{path.name}" for number, path in enumerate(pip)}
    for path, kept in aside.items():
        shutil.move(path, kept)

    healed = run_health(*stack.options, CULPRIT, "--repair")

    assert_healed(healed, "transformers", "4.57.3")
    assert not (stack.site / "pip").exists()
    for path, kept in aside.items():
        shutil.move(kept, path)
    assert [] == stack.differences()
