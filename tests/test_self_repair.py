"""pytest and this plugin, repaired by the very pytest that runs on them (needs a package index)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from compare_trees import differences
from targets import copy_venv, make_once, make_target, site_packages, snapshot
from wheels import make_wheel

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parent.parent
# It is about who repairs what: probes that build wheels take most of a run.
SHALLOW = "--venv-depth=import"
OUTSIDE = "OTHER-PYTHON -m pytest --venv-health --venv={root} --repair"


@pytest.fixture(scope="session")
def home(shared: Path) -> Path:
    """A folder with `wheelhouse` and a healthy `venv` that holds pytest, this plugin and pip."""
    folder = shared / "home"
    house = folder / "wheelhouse"
    pip = [sys.executable, "-m", "pip", "--quiet"]

    def make() -> None:
        # All that the plugin needs comes with it; pip is a patient as good as any.
        for command in (
            ["wheel", "--wheel-dir", str(house), str(PROJECT)],
            ["wheel", "--no-deps", "--wheel-dir", str(house), "pip"],
        ):
            subprocess.run([*pip, *command], check=True)
        make_target(folder / "venv", sorted(house.iterdir()))

    return make_once(folder, make)


def run(command: Sequence[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
    variables = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    return subprocess.run(
        list(map(str, command)),
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )


def run_own_pytest(root: Path, house: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run the pytest of the environment at `root` on that environment, in an empty folder."""
    folder = root.parent / "elsewhere"
    folder.mkdir(exist_ok=True)
    options = ["--venv-health", "--repair", f"--venv-wheelhouse={house}", SHALLOW]
    options += ["-p", "no:cacheprovider"]
    return run([root / "bin" / "python", "-m", "pytest", *options, *more], folder)


def delete(path: str) -> Callable[[Path], None]:
    return lambda site: (site / path).unlink()


def empty(path: str) -> Callable[[Path], None]:
    return garble(path, "")


def garble(path: str, text: str = "broken =\n") -> Callable[[Path], None]:
    def write(site: Path) -> None:
        (site / path).write_text(text)

    return write


INSIDE = [
    pytest.param("pytest", delete("_pytest/pytester_assertions.py"), id="pytest"),
    pytest.param("pytest", garble("_pytest/stepwise.py"), id="pytest-garbled"),
    pytest.param("pluggy", delete("pluggy/py.typed"), id="pluggy"),
    pytest.param("packaging", delete("packaging/licenses/__init__.py"), id="packaging"),
    pytest.param("installer", garble("installer/__main__.py"), id="installer"),
    pytest.param("filelock", delete("filelock/asyncio.py"), id="filelock"),
    pytest.param(
        "pytest-venvhealth",
        empty("pytest_venvhealth/reports/venv_health.schema.json"),
        id="its-own-schema",
    ),
    pytest.param(
        "pytest-venvhealth",
        garble("pytest_venvhealth/probes/catalogue/numpy.py"),
        id="its-own-probe",
    ),
    pytest.param("pip", delete("pip/_internal/cli/main.py"), id="pip"),
]
OUTSIDE_ONLY = [
    pytest.param(garble("packaging/_tokenizer.py"), id="packaging"),
    pytest.param(delete("installer/utils.py"), id="installer"),
    pytest.param(delete("pytest_venvhealth/target_bytecode.py"), id="a-script-of-its-own"),
    pytest.param(empty("pytest_venvhealth/repair/journal.py"), id="its-own-journal"),
    pytest.param(garble("pytest_venvhealth/startup.py"), id="its-own-start"),
]


@pytest.mark.parametrize(("name", "damage"), INSIDE)
def test_what_the_run_can_do_without_is_healed_from_inside(
    name: str, damage: Callable[[Path], None], home: Path, tmp_path: Path
) -> None:
    root = copy_venv(home / "venv", tmp_path / "venv")
    damage(site_packages(root))

    done = run_own_pytest(root, home / "wheelhouse")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 healed" in done.stdout
    note = f"This run has repaired what it runs on itself ({name}): run again"
    assert (name != "pip") == (note in done.stdout)
    assert [] == differences(root, home / "venv")


@pytest.mark.parametrize("damage", OUTSIDE_ONLY)
def test_what_the_plugin_starts_with_is_healed_from_outside_and_says_how(
    damage: Callable[[Path], None], home: Path, tmp_path: Path
) -> None:
    root = copy_venv(home / "venv", tmp_path / "venv")
    damage(site_packages(root))
    before = snapshot(root)

    inside = run_own_pytest(root, home / "wheelhouse")

    assert 4 == inside.returncode, inside.stdout + inside.stderr
    said = inside.stdout + inside.stderr
    assert "Traceback" not in said
    assert "INTERNALERROR" not in said
    assert OUTSIDE.format(root=root) in said
    assert before == snapshot(root)

    command = OUTSIDE.format(root=root).replace("OTHER-PYTHON", sys.executable).split()
    outside = run([*command, f"--venv-wheelhouse={home / 'wheelhouse'}", SHALLOW], root.parent)

    assert outside.returncode == 0, outside.stdout + outside.stderr
    assert [] == differences(root, home / "venv")


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(delete("_pytest/unraisableexception.py"), id="pytest"),
        pytest.param(empty("pluggy/_tracing.py"), id="pluggy"),
    ],
)
def test_what_pytest_starts_with_is_healed_from_outside(
    damage: Callable[[Path], None], home: Path, tmp_path: Path
) -> None:
    """No plugin has a say there: pytest ends with words of its own."""
    root = copy_venv(home / "venv", tmp_path / "venv")
    damage(site_packages(root))

    inside = run_own_pytest(root, home / "wheelhouse")
    command = OUTSIDE.format(root=root).replace("OTHER-PYTHON", sys.executable).split()
    outside = run([*command, f"--venv-wheelhouse={home / 'wheelhouse'}", SHALLOW], root.parent)

    assert inside.returncode != 0
    assert outside.returncode == 0, outside.stdout + outside.stderr
    assert [] == differences(root, home / "venv")


def test_what_the_run_stands_on_does_not_change_its_version_under_it(
    home: Path, tmp_path: Path
) -> None:
    root = copy_venv(home / "venv", tmp_path / "venv")
    make_wheel(tmp_path / "more", "iniconfig", "99.0")
    profile = tmp_path / "pinned.toml"
    profile.write_text('[dependency-groups]\ncore = ["iniconfig==99.0"]\n')
    before = snapshot(root)

    done = run_own_pytest(
        root, tmp_path / "more", f"--venv-profile={profile}", "venv-health::iniconfig[installed]"
    )

    assert 1 == done.returncode, done.stdout + done.stderr
    assert "cannot become 99.0 while it runs: heal it from another environment" in done.stdout
    assert OUTSIDE.format(root=root) in done.stdout
    assert before == snapshot(root)


def test_a_lost_part_of_the_repair_is_known_before_it_begins(home: Path, tmp_path: Path) -> None:
    """The module lies neither on the disk nor in memory: the manifest tells that it should."""
    root = copy_venv(home / "venv", tmp_path / "venv")
    (site_packages(root) / "pytest_venvhealth" / "repair" / "wheel_source.py").unlink()
    code = (
        "from pathlib import Path\n"
        "from pytest_venvhealth.environment import Environment\n"
        "from pytest_venvhealth.facts import Facts\n"
        "from pytest_venvhealth.profile import Profile\n"
        "from pytest_venvhealth.repair.self_repair import obstacle\n"
        "from pytest_venvhealth.wheelhouse import Wheelhouse\n"
        "environment = Environment.running()\n"
        "facts = Facts.gather(environment, Profile.empty('own'), Wheelhouse.at([]))\n"
        "print(obstacle(facts, []))\n"
    )

    done = run([root / "bin" / "python", "-c", code], tmp_path)

    assert "needs pytest_venvhealth.repair." in done.stdout, done.stderr
    assert "No module named 'pytest_venvhealth.repair.wheel_source'" in done.stdout
    assert OUTSIDE.format(root=root) in done.stdout


def test_without_pip_it_is_all_the_same(home: Path, tmp_path: Path) -> None:
    root = copy_venv(home / "venv", tmp_path / "venv")
    for path in site_packages(root).glob("pip*"):
        shutil.rmtree(path)
    for path in (root / "bin").glob("pip*"):
        path.unlink()
    clean = copy_venv(root, tmp_path / "clean")
    (site_packages(root) / "pluggy" / "py.typed").unlink()

    done = run_own_pytest(root, home / "wheelhouse")

    assert done.returncode == 0, done.stdout + done.stderr
    assert [] == differences(root, clean)
