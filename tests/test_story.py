"""The three stories on tiny wheels: a damaged library, a missing adapter, a drifted one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from compare_trees import differences
from conftest import RunHealth
from targets import install_wheel, site_packages, snapshot
from wheels import make_wheel

WITH_PROFILE = ("--venv=target", "--venv-profile=story")
BLOOM = "library/models/bloom.py"


def damage_deleted(module: Path) -> None:
    module.unlink()


def damage_cut(module: Path) -> None:
    module.write_bytes(module.read_bytes()[:10])


def damage_zeroed(module: Path) -> None:
    made = module.stat()
    module.write_bytes(bytes(made.st_size))
    # In the second in which it was compiled, Python would go on with the bytecode.
    os.utime(module, (made.st_mtime + 10, made.st_mtime + 10))


TWO_WORKERS = ("-n", "2")
DAMAGES = [
    pytest.param(damage_deleted, "file-missing", (), id="deleted"),
    pytest.param(damage_cut, "file-altered", (), id="cut"),
    pytest.param(damage_zeroed, "file-altered", (), id="zeroed"),
    pytest.param(
        damage_deleted,
        "file-missing",
        TWO_WORKERS,
        id="deleted-two-workers",
        marks=pytest.mark.slow,
    ),
]


def uninstall(root: Path, name: str) -> None:
    site = site_packages(root)
    shutil.rmtree(site / name)
    for folder in site.glob(f"{name}-*.dist-info"):
        shutil.rmtree(folder)


def test_a_healthy_venv_passes_and_is_left_as_it_was(story: Path, run_health: RunHealth) -> None:
    before = snapshot(story, bytecode=True)

    health = run_health(*WITH_PROFILE)

    assert health.code == 0
    assert health.environment()["status"] == "healthy"
    assert health.statuses() == {
        "adapter": "healthy",
        "bystander": "healthy",
        "library": "healthy",
    }
    assert health.distribution("library")["verified_against"] == "wheel"
    assert health.distribution("library")["depth"] == "import"
    assert before == snapshot(story, bytecode=True)
    assert not (story / ".venv-health").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("damage", "code", "workers"), DAMAGES)
def test_the_library_is_blamed_for_what_breaks_its_adapter(
    story: Path,
    run_health: RunHealth,
    damage: Callable[[Path], None],
    code: str,
    workers: tuple[str, ...],
) -> None:
    damage(site_packages(story) / BLOOM)

    health = run_health(*WITH_PROFILE, *workers, subprocess=bool(workers))

    assert health.code == 1
    assert health.statuses() == {"adapter": "broken", "bystander": "healthy", "library": "broken"}
    findings = health.distribution("library")["findings"]
    # Its import item fails, too: an entry point names what is lost.
    assert {"files", "import"} == {each["check"] for each in findings}
    (finding,) = (each for each in findings if each["check"] == "files")
    assert code == finding["code"]
    assert finding["paths"] == [f"{site_packages(story).relative_to(story)}/{BLOOM}"]
    assert all(each["root_causes"] == ["library"] for each in findings)
    (fault,) = health.distribution("adapter")["findings"]
    assert fault["root_causes"] == ["library"]
    assert fault["code"] in ("import-error", "exception")


@pytest.mark.parametrize(("damage", "code", "workers"), DAMAGES)
def test_the_library_is_healed_and_the_adapter_never_touched(
    story: Path,
    healthy_story: Path,
    run_health: RunHealth,
    damage: Callable[[Path], None],
    code: str,
    workers: tuple[str, ...],
) -> None:
    adapter = site_packages(story) / "adapter" / "__init__.py"
    inode = adapter.stat().st_ino
    damage(site_packages(story) / BLOOM)

    health = run_health(*WITH_PROFILE, "--repair", *workers, subprocess=bool(workers))

    assert health.code == 0, health.text
    assert health.environment()["status"] == "healed"
    assert health.statuses() == {"adapter": "healthy", "bystander": "healthy", "library": "healed"}
    # Another worker may have run its import item before the repair.
    met = {code, "import-error"} if workers else {code}
    assert {code} <= set(health.codes("library", healed=True)) <= met
    (repair,) = health.environment()["repairs"]
    assert (repair["distribution"], repair["version"]) == ("library", "4.57.3")
    assert repair["result"] == "verified"
    assert repair["reason"] is None
    assert [] == differences(story, healthy_story)
    assert inode == adapter.stat().st_ino
    assert (site_packages(story) / "library-4.57.3.dist-info" / "REQUESTED").exists()

    again = run_health(*WITH_PROFILE, "--repair")

    assert again.code == 0
    assert again.environment()["status"] == "healthy"
    assert again.environment()["repairs"] == []


def test_a_probe_alone_finds_the_culprit_and_heals_it(story: Path, run_health: RunHealth) -> None:
    """Under `-k` or `--lf` the culprit's own item may not run at all."""
    (site_packages(story) / BLOOM).unlink()

    broken = run_health(*WITH_PROFILE, "venv-health::adapter[import]")
    healed = run_health(*WITH_PROFILE, "venv-health::adapter[import]", "--repair")

    assert broken.code == 1
    assert broken.codes("adapter") == ["import-error"]
    assert broken.distribution("adapter")["findings"][0]["root_causes"] == ["library"]
    assert healed.code == 0
    assert [each["distribution"] for each in healed.environment()["repairs"]] == ["library"]
    healed.result.stdout.fnmatch_lines(["*1 healed*"])


def test_what_is_not_installed_is_told_apart_and_installed(
    story: Path, healthy_story: Path, run_health: RunHealth
) -> None:
    uninstall(story, "adapter")

    broken = run_health(*WITH_PROFILE)
    healed = run_health(*WITH_PROFILE, "--repair")

    assert broken.code == 1
    assert broken.distribution("adapter")["status"] == "not-installed"
    assert broken.distribution("adapter")["version"] is None
    assert broken.codes("adapter") == ["not-installed"]
    assert healed.code == 0
    assert healed.distribution("adapter")["status"] == "healed"
    assert healed.distribution("adapter")["version"] == "0.13.2"
    assert healed.distribution("adapter")["depth"] == "import"
    assert [] == differences(story, healthy_story)


@pytest.mark.slow
def test_another_version_than_the_pin_is_drift_and_repaired_to_the_pin(
    story: Path, healthy_story: Path, run_health: RunHealth
) -> None:
    uninstall(story, "adapter")
    install_wheel(story, Path("wheelhouse/adapter-0.12.0-py3-none-any.whl").absolute())

    broken = run_health(*WITH_PROFILE)
    healed = run_health(*WITH_PROFILE, "--repair")

    assert broken.code == 1
    assert broken.codes("adapter") == ["version-drift"]
    assert broken.distribution("adapter")["version"] == "0.12.0"
    assert broken.distribution("adapter")["expected"] == "0.13.2"
    assert healed.code == 0
    assert healed.distribution("adapter")["version"] == "0.13.2"
    assert [] == differences(story, healthy_story)


def test_without_a_profile_the_installed_version_is_healed(
    story: Path, healthy_story: Path, run_health: RunHealth
) -> None:
    (site_packages(story) / BLOOM).unlink()

    health = run_health("--venv=target", "--repair")

    assert health.code == 0
    assert health.distribution("library")["version"] == "4.57.3"
    assert health.environment()["profile"] is None
    assert [] == differences(story, healthy_story)


def test_a_missing_dependency_that_nobody_listed_is_installed(
    story: Path, run_health: RunHealth
) -> None:
    uninstall(story, "library")

    broken = run_health("--venv=target")
    healed = run_health("--venv=target", "--repair")

    assert broken.statuses()["library"] == "not-installed"
    assert broken.distribution("adapter")["findings"][0]["root_causes"] == ["library"]
    assert "adapter requires library>=4" in broken.text
    assert healed.code == 0
    # The best wheel that every requirer admits, for no pin says otherwise.
    assert healed.distribution("library")["version"] == "4.58.0"


def test_the_plan_says_what_the_repair_then_does_and_changes_nothing(
    story: Path, run_health: RunHealth
) -> None:
    (site_packages(story) / BLOOM).unlink()
    before = snapshot(story)

    planned = run_health(*WITH_PROFILE, "--repair-plan")

    assert planned.code == 1
    assert before == snapshot(story)
    assert not (story / ".venv-health").exists()
    planned.result.stdout.fnmatch_lines(["Repair plan for target: 1 distribution to install.*"])
    planned.result.stdout.fnmatch_lines(["*library*4.57.3*"])


def test_what_a_person_put_into_the_package_is_set_aside_and_named(
    story: Path, healthy_story: Path, run_health: RunHealth
) -> None:
    foreign = site_packages(story) / "library" / "models" / "bloom_old.py"
    foreign.write_text("LEFT = 'by an older version'\n")
    notes = site_packages(story) / "library" / ".env"
    notes.write_text("TOKEN=1\n")

    broken = run_health(*WITH_PROFILE)
    healed = run_health(*WITH_PROFILE, "--repair")

    assert broken.codes("library") == ["foreign-file"]
    assert healed.code == 0
    assert [] == differences(story, healthy_story)
    kept = [
        path for path in (story / ".venv-health").rglob("*") if path.name in (".env", foreign.name)
    ]
    assert ["TOKEN=1\n"] == [path.read_text() for path in kept if path.name == ".env"]
    assert "bloom_old.py" in healed.text


def test_without_a_wheel_nothing_is_touched_and_the_reason_said(
    story: Path, run_health: RunHealth
) -> None:
    Path("wheelhouse/library-4.57.3-py3-none-any.whl").unlink()
    (site_packages(story) / BLOOM).unlink()
    before = snapshot(story)

    health = run_health(*WITH_PROFILE, "--repair")

    assert health.code == 1
    assert before == snapshot(story)
    assert health.distribution("library")["verified_against"] == "record"
    assert "only version 4.58.0" in health.text


def test_a_bad_wheel_is_refused_and_nothing_touched(story: Path, run_health: RunHealth) -> None:
    wheel = Path("wheelhouse/library-4.57.3-py3-none-any.whl")
    data = bytearray(wheel.read_bytes())
    at = data.index(b"library/data.txt") + len(b"library/data.txt") + 2
    data[at] ^= 0xFF
    wheel.write_bytes(bytes(data))
    (site_packages(story) / BLOOM).unlink()
    before = snapshot(story)

    health = run_health(*WITH_PROFILE, "--repair")

    assert health.code == 1
    assert before == snapshot(story)
    (repair,) = health.environment()["repairs"]
    assert repair["result"] == "refused"
    assert "library-4.57.3-py3-none-any.whl" in repair["reason"]


def test_a_repair_that_does_not_help_is_taken_back(story: Path, run_health: RunHealth) -> None:
    """The wheel itself is broken: to install it again heals the missing file and not the import."""
    uninstall(story, "adapter")
    broken = make_wheel(
        Path("wheelhouse").absolute(),
        "adapter",
        "0.13.2",
        {"adapter/__init__.py": "raise RuntimeError('at the source')\n", "adapter/data.txt": ""},
        requires=["library>=4"],
    )
    install_wheel(story, broken)
    (site_packages(story) / "adapter" / "data.txt").unlink()
    before = snapshot(story)

    health = run_health(*WITH_PROFILE, "--repair", "venv-health::adapter[import]")

    assert health.code == 1
    assert before == snapshot(story)
    assert health.distribution("adapter")["status"] == "broken"
    repairs = health.environment()["repairs"]
    assert {each["result"] for each in repairs} == {"rolled-back"}
    reason = "It fails as before: import adapter fails: RuntimeError: at the source"
    # Once by itself, and once with all that it depends on.
    assert [(each["distribution"], each["reason"]) for each in repairs] == [
        ("adapter", f"A wider repair does not help either. {reason}"),
        ("adapter", reason),
        ("library", f"A wider repair does not help either. {reason}"),
    ]


@pytest.mark.skipif(
    subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode != 0,
    reason="this system gives no network namespace",
)
def test_the_repair_needs_no_network(story: Path, run_health: RunHealth) -> None:
    (site_packages(story) / BLOOM).unlink()

    done = subprocess.run(
        [
            "unshare",
            "-rn",
            sys.executable,
            "-m",
            "pytest",
            "--venv-health",
            "--repair",
            *WITH_PROFILE,
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    assert "1 healed" in done.stdout


def test_fail_on_heal_makes_a_healed_run_fail(story: Path, run_health: RunHealth) -> None:
    (site_packages(story) / BLOOM).unlink()

    health = run_health(*WITH_PROFILE, "--repair", "--venv-fail-on-heal")

    assert health.code == 1
    assert health.environment()["status"] == "healed"


@pytest.mark.slow
def test_a_run_that_was_killed_in_its_repair_is_rolled_back_by_the_next(
    story: Path, healthy_story: Path, run_health: RunHealth
) -> None:
    (site_packages(story) / BLOOM).unlink()
    conftest = Path("conftest.py")
    conftest.write_text(
        "import os, signal\n"
        "from pytest_venvhealth.repair import transaction\n"
        "old = transaction.Transaction.install\n"
        "def install(self, moves):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "transaction.Transaction.install = install\n"
    )
    killed = run_health(*WITH_PROFILE, "--repair", subprocess=True)
    conftest.unlink()
    assert killed.code == -signal.SIGKILL
    assert not list(site_packages(story).glob("library-*/RECORD"))

    healed = run_health(*WITH_PROFILE, "--repair")

    assert healed.code == 0, healed.text
    assert [] == differences(story, healthy_story)
    assert os.path.exists(story / ".venv-health" / "audit.jsonl")
