"""What a repair does and refuses, beyond the stories."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from compare_trees import differences
from conftest import RunHealth
from targets import install_wheel, make_target, site_packages, snapshot
from wheels import make_wheel

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.examination import Examination, check
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.profile import Profile
from pytest_venvhealth.repair.plan import plan_repair
from pytest_venvhealth.repair.routine import carry_out
from pytest_venvhealth.wheelhouse import Wheelhouse

pytestmark = pytest.mark.sampled(2)

BLOOM = "library/models/bloom.py"


def metadata_folder(root: Path, name: str) -> Path:
    (found,) = site_packages(root).glob(f"{name}-*.dist-info")
    return found


def write_direct_url(root: Path, name: str, **content: object) -> None:
    (metadata_folder(root, name) / "direct_url.json").write_text(json.dumps(content))


def examine(root: Path) -> Examination:
    environment = Environment.at(root)
    wheelhouse = Wheelhouse.at([Path("wheelhouse").absolute()])
    return Examination(Facts.gather(environment, Profile.empty(environment.name), wheelhouse))


def test_the_plan_in_the_journal_is_the_plan_that_was_printed(story: Path) -> None:
    (site_packages(story) / BLOOM).unlink()
    facts = examine(story).facts
    plan = plan_repair(facts, ["library"], items=["venv-health::library[files]"])
    journalled: list[object] = []

    def look(step: str) -> None:
        if step == "prepared":
            (journal,) = story.glob(".venv-health/transactions/*/journal.jsonl")
            journalled.append(json.loads(journal.read_text().splitlines()[0])["plan"])

    carry_out(plan, facts, verify=lambda: None, on_step=look)

    assert [plan.to_dict()] == journalled
    assert (site_packages(story) / BLOOM).exists()


def test_a_program_of_its_own_asks_everything_without_pytest(story: Path) -> None:
    (site_packages(story) / BLOOM).unlink()

    findings = check(examine(story), depth="import")

    assert [
        ("library", "file-missing"),
        ("library", "import-error"),  # what its own entry point names
        ("adapter", "import-error"),
    ] == [(finding.distribution, str(finding.code)) for finding in findings]


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        pytest.param(
            lambda root: write_direct_url(
                root, "library", url="https://example.org/library.git", vcs_info={"vcs": "git"}
            ),
            "library 4.57.3 comes from https://example.org/library.git",
            id="from-a-vcs",
        ),
        pytest.param(
            lambda root: write_direct_url(
                root, "library", url="file:///src/library-4.57.3.tar.gz", archive_info={}
            ),
            "library 4.57.3 comes from file:///src/library-4.57.3.tar.gz",
            id="from-an-sdist",
        ),
        pytest.param(
            lambda root: (metadata_folder(root, "library") / "INSTALLER").write_text("conda\n"),
            "let conda reinstall it",
            id="conda",
        ),
    ],
)
def test_what_is_not_ours_to_reinstall_is_refused_with_the_reason(
    story: Path, prepare: Callable[[Path], object], reason: str
) -> None:
    prepare(story)
    (site_packages(story) / BLOOM).unlink()
    examination = examine(story)

    plan = plan_repair(examination.facts, ["library"])

    assert () == plan.steps
    assert reason in plan.refusals[0].reason


@pytest.mark.slow
def test_an_editable_is_healthy_and_is_never_replaced_by_a_wheel(
    story: Path, run_health: RunHealth, tmp_path: Path
) -> None:
    source = tmp_path / "src"
    source.mkdir()
    shutil.move(site_packages(story) / "bystander", source / "bystander")
    folder = metadata_folder(story, "bystander")
    (site_packages(story) / "bystander.pth").write_text(f"{source}\n")
    (folder / "RECORD").write_text(
        f"{folder.name}/METADATA,,\n{folder.name}/RECORD,,\nbystander.pth,,\n"
    )
    write_direct_url(story, "bystander", url=f"file://{source}", dir_info={"editable": True})

    healthy = run_health("--venv=target", "--repair")
    shutil.rmtree(source)
    lost = run_health("--venv=target", "--repair")

    assert healthy.code == 0, healthy.text
    assert lost.code == 1
    assert "editable-source-missing" in lost.codes("bystander")
    assert str(source) in lost.text
    assert not (site_packages(story) / "bystander").exists()


def test_a_wheel_at_another_hash_than_the_locks_is_refused(
    story: Path, run_health: RunHealth
) -> None:
    (site_packages(story) / BLOOM).unlink()
    Path("profiles/story.toml").write_text('lock = "pylock.story.toml"\n')
    Path("profiles/pylock.story.toml").write_text(
        'lock-version = "1.0"\ncreated-by = "a test"\n'
        '[[packages]]\nname = "library"\nversion = "4.57.3"\n'
        '[[packages.wheels]]\npath = "../wheelhouse/library-4.57.3-py3-none-any.whl"\n'
        f'hashes = {{ sha256 = "{"0" * 64}" }}\n'
    )
    before = snapshot(story)

    health = run_health("--venv=target", "--venv-profile=story", "--repair")

    assert health.code == 1
    assert before == snapshot(story)
    (repair,) = health.environment()["repairs"]
    assert repair["result"] == "refused"
    assert "library-4.57.3-py3-none-any.whl" in repair["reason"]


def test_who_shares_files_of_other_bytes_is_repaired_together(
    pytester: pytest.Pytester, run_health: RunHealth
) -> None:
    """Identical shared files do not widen: an empty `__init__` in several nvidia wheels."""
    house = pytester.path / "wheelhouse"
    shared = {"shared/__init__.py": ""}
    first = make_wheel(house, "first", "1.0", {**shared, "shared/one.py": "ONE = 1\n"})
    second = make_wheel(house, "second", "1.0", {**shared, "shared/two.py": "TWO = 2\n"})
    root = make_target(pytester.path / "target", [first])
    (site_packages(root) / "shared" / "__init__.py").unlink()
    install_wheel(root, second)
    clean = snapshot(root)
    (site_packages(root) / "shared" / "one.py").unlink()

    health = run_health("--venv=target", "--repair")

    assert health.code == 0, health.text
    assert ["first"] == [each["distribution"] for each in health.environment()["repairs"]]
    assert clean.keys() == snapshot(root).keys()


def test_a_shared_file_is_healed_whoever_is_blamed_for_it(
    pytester: pytest.Pytester, run_health: RunHealth
) -> None:
    house = pytester.path / "wheelhouse"
    shared = {"shared/__init__.py": "READY = True\n"}
    first = make_wheel(house, "first", "1.0", {**shared, "shared/one.py": "ONE = 1\n"})
    second = make_wheel(house, "second", "1.0", {**shared, "shared/two.py": "TWO = 2\n"})
    root = make_target(pytester.path / "target", [first])
    (site_packages(root) / "shared" / "__init__.py").unlink()
    install_wheel(root, second)
    broken = site_packages(root) / "shared" / "__init__.py"
    broken.write_text("READY =\n")
    broken.chmod(0o400)

    health = run_health("--venv=target", "--repair", "venv-health::second[import]")

    assert health.code == 0, health.text
    assert broken.read_text() == "READY = True\n"


def test_the_mode_of_a_shared_file_is_mended_too(pytester: pytest.Pytester) -> None:
    house = pytester.path / "wheelhouse"
    shared = {"shared/py.typed": ""}
    first = make_wheel(house, "first", "1.0", {**shared, "shared/one.py": ""})
    second = make_wheel(house, "second", "1.0", {**shared, "shared/two.py": ""})
    root = make_target(pytester.path / "target", [first])
    typed = site_packages(root) / "shared" / "py.typed"
    typed.unlink()
    install_wheel(root, second)
    facts = examine(root).facts
    mode = typed.stat().st_mode
    typed.chmod(0o400)

    carry_out(plan_repair(facts, ["first"]), facts, verify=lambda: None)

    assert typed.stat().st_mode == mode


def test_two_that_bring_one_file_with_different_contents_are_not_repaired(
    story: Path, run_health: RunHealth
) -> None:
    wheel = make_wheel(
        Path("wheelhouse").absolute(),
        "rival",
        "1.0",
        {"bystander/__init__.py": "RIVAL = 1\n", "bystander/more.py": ""},
    )
    (site_packages(story) / "bystander" / "__init__.py").unlink()
    install_wheel(story, wheel)
    (site_packages(story) / "bystander" / "more.py").unlink()
    before = snapshot(story)

    health = run_health("--venv=target", "--repair")

    assert health.code == 1
    assert before == snapshot(story)
    assert "uninstall the one that you don't need" in health.text


MOUNT_READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0"'


def can_mount(folder: Path) -> bool:
    command = ["unshare", "-rm", "sh", "-c", MOUNT_READ_ONLY, str(folder)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.slow
def test_a_read_only_environment_is_checked_and_its_repair_refused(story: Path) -> None:
    if not can_mount(story):
        pytest.skip("this system lets nobody mount a folder read-only")
    (site_packages(story) / BLOOM).unlink()
    options = "--venv-health --venv=target --repair -p no:cacheprovider"
    command = f"{MOUNT_READ_ONLY} && exec {sys.executable} -m pytest {options}"

    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", command, str(story)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1, done.stdout + done.stderr
    assert "library 4.57.3 is damaged: 1 file is missing." in done.stdout
    assert "cannot be repaired, for nothing can be written there" in done.stdout
    assert "Traceback" not in done.stderr


def test_metadata_that_is_lost_comes_back(
    story: Path, healthy_story: Path, run_health: RunHealth
) -> None:
    """The dist-info is gone while the files stay: the profile knows whose they are."""
    shutil.rmtree(metadata_folder(story, "library"))

    broken = run_health("--venv=target", "--venv-profile=story")
    healed = run_health("--venv=target", "--venv-profile=story", "--repair")

    assert broken.codes("library") == ["not-installed"]
    assert healed.code == 0, healed.text
    # What the wheel can give again is not kept.
    assert "quarantine keeps" not in healed.text
    assert [] == differences(story, healthy_story)


def test_three_distributions_are_healed_in_one_run(
    story: Path, healthy_story: Path, run_health: RunHealth
) -> None:
    for name in ("library", "adapter", "bystander"):
        (site_packages(story) / name / "__init__.py").write_text("broken =\n")

    health = run_health("--venv=target", "--repair")

    assert health.code == 0, health.text
    assert {"library": "healed", "adapter": "healed", "bystander": "healed"} == health.statuses()
    assert [] == differences(story, healthy_story)


def test_edited_files_stay_in_quarantine_and_are_named(story: Path, run_health: RunHealth) -> None:
    (site_packages(story) / "library" / "data.txt").write_text("my own notes\n")

    health = run_health("--venv=target", "--repair")
    kept = [path for path in story.glob(".venv-health/**/data.txt") if path.is_file()]

    assert health.code == 0
    assert ["my own notes\n"] == [path.read_text() for path in kept]
    assert "quarantine keeps 1 file of library" in health.text


def test_a_run_leaves_only_its_own_folder_in_the_target(story: Path, run_health: RunHealth) -> None:
    before = {path.name for path in story.iterdir()}
    (site_packages(story) / BLOOM).unlink()

    run_health("--venv=target", "--repair")

    assert {path.name for path in story.iterdir()} - before == {".venv-health"}
