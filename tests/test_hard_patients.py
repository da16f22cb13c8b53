"""Patients that make a repair hard: who uses them, where they lie, and who else manages them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from compare_trees import differences
from conftest import STORY, Health, RunHealth
from targets import bundled_pip, copy_venv, install_wheel, make_venv, site_packages, snapshot
from wheels import make_wheel

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.manifest import Entry
from pytest_venvhealth.profile import Profile
from pytest_venvhealth.repair.managers import manager_of, outside
from pytest_venvhealth.repair.plan import plan_repair
from pytest_venvhealth.repair.preflight import (
    is_locked,
    missing_room,
    obstacles,
    open_files,
)
from pytest_venvhealth.repair.users import shown_command, users_of
from pytest_venvhealth.wheelhouse import Wheelhouse

pytestmark = pytest.mark.sampled(2)

BLOOM = "library/models/bloom.py"
LIBRARY = "venv-health::library[files]"
NOBODY = 2**30
"""No process has this number, so nothing descends from it."""
SLEEP = "import library, time; print('ready', flush=True); time.sleep(60)"


def run_in_namespace(script: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a shell script where it may mount file systems; `$0` and on are the arguments."""
    command = ["unshare", "-rm", "sh", "-ec", script, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def _mounts(tmp_path: Path) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("this system has no unshare")
    if run_in_namespace('mount -t tmpfs -o size=1m none "$0"', tmp_path).returncode:
        pytest.skip("this system lets nobody mount a file system")


def start(
    *command: str | Path,
    executable: Path | None = None,
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
) -> subprocess.Popen[str]:
    """Start a program and return once it says that it is ready."""
    process = subprocess.Popen(
        list(map(str, command)),
        executable=executable,
        cwd=cwd,
        env=env,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert "ready\n" == process.stdout.readline()
    return process


def stop(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def refusals(health: Health) -> list[str]:
    return [each["reason"] for each in health.environment()["repairs"]]


def described(root: Path) -> tuple[Environment, Facts]:
    environment = Environment.at(root)
    wheelhouse = Wheelhouse.at([root.parent / "wheelhouse"])
    return environment, Facts.gather(environment, Profile.empty("target"), wheelhouse)


# -- who uses it


@pytest.mark.slow
def test_a_running_program_is_named_and_lives_on(
    story: Path, healthy_story: Path, run_health: RunHealth
) -> None:
    (site_packages(story) / BLOOM).unlink()
    program = start(story / "bin" / "python", "-c", SLEEP)
    try:
        health = run_health("--venv=target", "--repair", LIBRARY, subprocess=True)

        assert health.code == 0, health.text
        said = f"Process {program.pid} (python -c …) uses this environment and goes on with the old"
        assert said in health.text
        assert program.poll() is None
    finally:
        stop(program)
    assert [] == differences(story, healthy_story)


@pytest.mark.slow
def test_probes_and_workers_of_the_same_run_are_not_named(
    story: Path, run_health: RunHealth
) -> None:
    (site_packages(story) / BLOOM).unlink()

    health = run_health("--venv=target", "--repair", "-n", "2", subprocess=True)

    assert health.code == 0, health.text
    assert "goes on with the old files" not in health.text


@pytest.mark.parametrize("how", ["absolute", "relative", "on-the-path", "through-a-link"])
def test_a_program_is_known_by_what_started_it(how: str, story: Path, tmp_path: Path) -> None:
    """A venv's interpreter is a link: the system's own record leads to its base."""
    python = story / "bin" / "python"
    (tmp_path / "link").symlink_to(story)
    if how == "absolute":
        program = start(python, "-c", SLEEP)
    elif how == "relative":
        program = start("bin/python", "-c", SLEEP, cwd=story)
    elif how == "on-the-path":
        # As a shell does it after `activate`.
        search = {**os.environ, "PATH": f"{story / 'bin'}{os.pathsep}{os.defpath}"}
        program = start("python", "-c", SLEEP, executable=python, env=search)
    else:
        program = start(tmp_path / "link" / "bin" / "python", "-c", SLEEP)
    try:
        found = users_of(story, run=NOBODY, seconds=10)
        own = users_of(story, seconds=10)
    finally:
        stop(program)

    assert [program.pid] == [user.pid for user in found]
    assert () == own  # started by this process: it belongs to this run


def test_a_program_that_has_mapped_a_file_of_it_is_named(story: Path, tmp_path: Path) -> None:
    """As one that loads a native extension does, whatever started it."""
    library = site_packages(story) / "library" / "data.txt"
    code = (
        f"import mmap, time; file = open({str(library)!r}, 'rb'); "
        "kept = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ); "
        "print('ready', flush=True); time.sleep(60)"
    )
    program = start(sys.executable, "-c", code)
    try:
        found = users_of(story, run=NOBODY, seconds=10)
    finally:
        stop(program)

    assert [program.pid] == [user.pid for user in found]


def test_the_search_for_users_ends_in_time(story: Path) -> None:
    started = time.monotonic()

    assert () == users_of(story, seconds=0)
    assert time.monotonic() - started < 0.3


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["/venv/bin/python", "app.py", "--password", "secret"], "python app.py"),
        (["/venv/bin/python", "-u", "-X", "dev", "-m", "uvicorn", "app:app"], "python -m uvicorn"),
        (["/venv/bin/python", "-c", "import time\ntime.sleep(1)"], "python -c …"),
        (["/venv/bin/python"], "python"),
        (
            ["/venv/bin/python", "/srv/" + "long/" * 30 + "app.py"],
            "python /srv/long/long/long/lon…ng/long/long/long/long/app.py",
        ),
        (["python", "a\x1b[31mb.py"], "python a?[31mb.py"),
    ],
)
def test_a_command_line_is_told_without_its_arguments(arguments: list[str], shown: str) -> None:
    assert shown == shown_command(arguments)


# -- where it lies


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder on another file system than the temporary one."""
    folder = Path("/dev/shm")
    if (
        not os.access(folder, os.W_OK)
        or folder.stat().st_dev == Path(tempfile.gettempdir()).stat().st_dev
    ):
        pytest.skip("this system has no second file system at hand")
    made = Path(tempfile.mkdtemp(dir=folder))
    yield made
    shutil.rmtree(made)


def _story_at(root: Path, wheels: Path) -> Path:
    make_venv(root)
    for stem in STORY:
        install_wheel(root, wheels / f"{stem}-py3-none-any.whl")
    return root


def _break(root: Path) -> None:
    (site_packages(root) / BLOOM).unlink()
    (root / "bin" / "library-cli").unlink()


def _heal(run_health: RunHealth, venv: Path, wheels: Path) -> Health:
    house = f"--venv-wheelhouse={wheels}"
    return run_health(f"--venv=venv={venv}", "--repair", house, LIBRARY)


@pytest.mark.slow
@pytest.mark.parametrize(
    "place",
    [
        pytest.param(
            f"my work/Umgebung für Ärzte/環境/{'/'.join(['d' * 60] * 4)}", id="everything"
        ),
        pytest.param("with some spaces/my venv", id="spaces", marks=pytest.mark.slow),
        pytest.param("Umgebung-für-Ärzte/環境", id="non-ascii", marks=pytest.mark.slow),
        pytest.param("/".join(["d" * 60] * 4), id="long", marks=pytest.mark.slow),
    ],
)
def test_a_path_of_any_kind(
    place: str,
    tmp_path: Path,
    story_wheels: Path,
    healthy_story: Path,
    run_health: RunHealth,
) -> None:
    root = _story_at(tmp_path / place, story_wheels)
    _break(root)

    health = _heal(run_health, root, story_wheels)

    assert health.code == 0, health.text
    assert [] == differences(root, healthy_story)
    launched = subprocess.run([root / "bin" / "library-cli"], check=False, capture_output=True)
    assert b"Traceback" not in launched.stderr
    assert b"not found" not in launched.stderr


@pytest.mark.slow
def test_another_file_system_than_the_temporary_folder(
    memory: Path, story_wheels: Path, healthy_story: Path, run_health: RunHealth
) -> None:
    root = _story_at(memory / "venv", story_wheels)
    _break(root)

    health = _heal(run_health, root, story_wheels)

    assert health.code == 0, health.text
    assert [] == differences(root, healthy_story)


@pytest.mark.slow
def test_a_link_to_the_environment(
    story: Path, story_wheels: Path, healthy_story: Path, run_health: RunHealth, tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(story)
    _break(story)

    health = _heal(run_health, link, story_wheels)

    assert health.code == 0, health.text
    assert link.is_symlink()
    # Launchers start what the user named, as those of an installation through the link would.
    assert [] == differences(link, healthy_story)
    assert (story / ".venv-health").is_dir()


@pytest.mark.slow
def test_a_chain_of_links_to_the_interpreter(
    story: Path, story_wheels: Path, healthy_story: Path, run_health: RunHealth, tmp_path: Path
) -> None:
    python = story / "bin" / "python"
    base = python.resolve()
    (tmp_path / "one").symlink_to(base)
    (tmp_path / "two").symlink_to(tmp_path / "one")
    python.unlink()
    python.symlink_to(tmp_path / "two")
    _break(story)

    health = _heal(run_health, story, story_wheels)

    assert health.code == 0, health.text
    assert [] == differences(story, healthy_story)
    assert str(tmp_path / "two") == os.readlink(python)


# -- pip


@pytest.mark.slow
def test_a_broken_pip_is_a_patient_like_any_other(
    story: Path, healthy_story: Path, run_health: RunHealth, tmp_path: Path
) -> None:
    """Without pip it is all the same: no other environment of these tests has one."""
    wheel = bundled_pip()
    if wheel is None:
        pytest.skip("this Python brings no wheel of pip")
    shutil.copy(wheel, "wheelhouse")
    install_wheel(story, wheel)
    clean = copy_venv(story, tmp_path / "clean")
    (site_packages(story) / "pip" / "_internal" / "__init__.py").write_text("broken =\n")
    (site_packages(story) / BLOOM).unlink()

    health = run_health("--venv=target", "--repair", "venv-health::pip[files]", LIBRARY)

    assert health.code == 0, health.text
    assert {"pip", "library"} == {each["distribution"] for each in health.environment()["repairs"]}
    assert [] == differences(story, clean)


# -- what can be written


@pytest.mark.slow
@pytest.mark.usefixtures("_mounts")
def test_site_packages_that_alone_are_read_only_are_checked_and_not_repaired(story: Path) -> None:
    (site_packages(story) / BLOOM).unlink()
    before = snapshot(story)
    script = (
        'mount --bind "$0" "$0"; mount -o remount,ro,bind "$0"; shift 0; '
        f"exec {sys.executable} -m pytest --venv-health --venv=target --repair {LIBRARY} "
        "-p no:cacheprovider"
    )

    done = run_in_namespace(script, site_packages(story))

    assert done.returncode == 1, done.stdout + done.stderr
    assert "library 4.57.3 is damaged: 1 file is missing." in done.stdout
    assert "Nothing can be written to lib/" in done.stdout
    assert "its file system is mounted read-only; mount it writable" in done.stdout
    assert before == snapshot(story)
    assert not (story / ".venv-health" / "transactions").exists()


AS_ANOTHER = """
import json, os, sys
from pathlib import Path
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.repair.preflight import closed_folders
environment = Environment.at(Path(sys.argv[1]))
if os.geteuid() == 0:
    os.seteuid(65534)
moved, placed = json.loads(sys.argv[2])
print(json.dumps(list(closed_folders(environment, moved, placed))))
"""


@pytest.fixture
def open_venv() -> Iterator[Path]:
    """A venv in which every user may write."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    root = make_venv(folder / "venv")
    for parent, _, _ in os.walk(root):
        os.chmod(parent, 0o777)
    yield root
    for parent, _, _ in os.walk(root):
        os.chmod(parent, 0o777)
    shutil.rmtree(folder)


def closed_to_another(root: Path, moved: list[Path], placed: list[Path]) -> list[str]:
    """Return what keeps a user who is not root from moving and placing files."""
    asked = json.dumps([list(map(str, moved)), list(map(str, placed))])
    command = [sys.executable, "-c", AS_ANOTHER, str(root), asked]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return list(json.loads(done.stdout))


@pytest.mark.slow
def test_a_folder_for_scripts_that_is_read_only(open_venv: Path) -> None:
    placed = [open_venv / "bin" / "tool", site_packages(open_venv) / "tool" / "__init__.py"]

    assert [] == closed_to_another(open_venv, [], placed)

    (open_venv / "bin").chmod(0o555)

    assert [
        (
            "Nothing can be written to bin: this user may not; "
            "give this user write access there, or run as the environment's owner."
        )
    ] == closed_to_another(open_venv, [], placed)


@pytest.mark.slow
def test_a_folder_that_becomes_empty_must_be_removable(open_venv: Path) -> None:
    """It is taken away with its last file, and made again: both are a matter of the one above."""
    site = site_packages(open_venv)
    package = site / "tool"
    package.mkdir()
    package.chmod(0o777)
    for name in ("one.py", "two.py"):
        (package / name).touch()
    site.chmod(0o555)

    some = closed_to_another(open_venv, [package / "one.py"], [package / "one.py"])
    everything = closed_to_another(open_venv, [package / "one.py", package / "two.py"], [])

    assert [] == some
    assert ["Nothing can be written to lib/"] == [each[:30] for each in everything]


def test_the_sticky_bit_keeps_what_belongs_to_others(open_venv: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("this user cannot become another")
    site = site_packages(open_venv)
    (site / "tool.py").touch()
    site.chmod(0o1777)

    (said,) = closed_to_another(open_venv, [site / "tool.py"], [site / "tool.py"])

    assert said.startswith("Nothing but its owner can move lib/")
    assert said.endswith("/tool.py, for the folder has the sticky bit: run as that owner.")


# -- room

IN_LITTLE_ROOM = """
import subprocess, sys
from pathlib import Path
from targets import copy_venv, site_packages, snapshot
source, folder, *command = sys.argv[1:]
root = copy_venv(Path(source), Path(folder) / "target")
before = snapshot(root)
done = subprocess.run([sys.executable, "-m", "pytest", *command, f"--venv={root}"])
print("unchanged:", before == snapshot(root))
print("begun:", (root / ".venv-health" / "transactions").exists())
sys.exit(done.returncode)
"""


@pytest.mark.usefixtures("_mounts")
@pytest.mark.parametrize(
    ("files", "options", "said"),
    [
        pytest.param(
            {"heavy/data.bin": b"\x00" * 6_000_000},
            "size=8m",
            "The repair needs 10.2 MB, and 8.",
            id="bytes",
        ),
        pytest.param(
            {f"heavy/part_{number}.txt": "" for number in range(300)},
            "nr_inodes=200",
            " inodes, and 1",
            id="inodes",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_too_little_room_is_known_beforehand(
    files: dict[str, str | bytes], options: str, said: str, pytester: pytest.Pytester
) -> None:
    house = pytester.path / "wheelhouse"
    root = make_venv(pytester.path / "venv")
    wheel = make_wheel(house, "heavy", "1.0", {"heavy/__init__.py": "", **files})
    install_wheel(root, wheel)
    for path in files:
        (site_packages(root) / path).unlink()
    folder = pytester.mkdir("small")
    script = f'mount -t tmpfs -o {options} none "$0"; exec "$@"'
    pytest_options = [
        "--venv-health",
        "--repair",
        "venv-health::heavy[files]",
        "-p",
        "no:cacheprovider",
    ]

    command: list[str | Path] = [sys.executable, "-c", IN_LITTLE_ROOM, root, folder]

    done = run_in_namespace(
        f"export PYTHONPATH={Path(__file__).parent}; {script}",
        *(folder, *command, *pytest_options),
    )

    assert done.returncode == 1, done.stdout + done.stderr
    assert said in done.stdout
    assert "free on the file system of" in done.stdout
    assert "unchanged: True" in done.stdout
    assert "begun: False" in done.stdout


def test_files_that_stay_need_no_room(story: Path) -> None:
    """What is not unpacked is not counted: one file of a distribution of gigabytes."""
    environment, facts = described(story)
    huge = Entry(str(environment.purelib / "huge.bin"), "sha256=x", 10**15)
    (site_packages(story) / BLOOM).unlink()
    plan = plan_repair(facts, ["library"])
    (step,) = plan.steps
    manifest = replace(step.manifest, entries={**step.manifest.entries, huge.path: huge})
    unpacked = replace(step, manifest=manifest)
    stays = replace(unpacked, reuse={**step.reuse, huge.path: huge.hash})

    (said,) = obstacles(replace(plan, steps=(unpacked,)), facts)

    assert said.startswith("The repair needs 1,000,000.1 GB, and ")
    assert [] == list(obstacles(plan, facts))
    assert [] == list(obstacles(replace(plan, steps=(stays,)), facts))


def test_a_second_file_system_inside_is_counted_by_itself(story: Path, memory: Path) -> None:
    environment, _ = described(story)

    said = list(missing_room(environment, [], [Entry(str(memory / "x.py"), "", 10**15)]))

    assert [str(story), str(memory)] == [
        each.partition(" of ")[2].partition(":")[0] for each in said
    ]


# -- files that are kept open (Windows; what of it can be run here)


def test_the_question_leaves_a_file_as_it_was(tmp_path: Path) -> None:
    for name in ("module.py", "extension.pyd"):
        path = tmp_path / name
        path.write_bytes(b"content")
        path.chmod(0o644)
        before = path.stat()

        assert not is_locked(str(path))

        after = path.stat()
        assert b"content" == path.read_bytes()
        assert [before.st_ino, before.st_mtime_ns, before.st_ctime_ns, before.st_mode] == [
            after.st_ino,
            after.st_mtime_ns,
            after.st_ctime_ns,
            after.st_mode,
        ]


def test_what_is_no_file_is_not_locked(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")

    assert [False] * 3 == [is_locked(str(tmp_path / name)) for name in ("", "link", "lost")]


def test_a_program_that_runs_cannot_be_replaced_everywhere(tmp_path: Path) -> None:
    copy = tmp_path / "sleep.exe"
    shutil.copy(str(shutil.which("sleep")), copy)
    process = subprocess.Popen([copy, "60"])
    try:
        try:
            os.close(os.open(copy, os.O_RDWR))
        except OSError:
            assert is_locked(str(copy))
        else:
            pytest.skip("this kernel lets programs be written while they run")
    finally:
        process.kill()
        process.wait()


def test_open_files_are_named(story: Path) -> None:
    environment, _ = described(story)
    site = environment.purelib
    paths = [str(site / f"part_{number}.pyd") for number in range(5)]

    (said,) = open_files(environment, paths, lambda path: not path.endswith("_0.pyd"))

    assert said.startswith("A running program keeps lib/")
    assert said.endswith("part_3.pyd and 1 more open: end whatever uses it, then run again.")


# -- who else manages it


def test_nothing_of_a_conda_environment_is_reinstalled(story: Path, run_health: RunHealth) -> None:
    (story / "conda-meta").mkdir()
    (story / "conda-meta" / "history").write_text("==> 2026-01-01 00:00:00 <==\n")
    (site_packages(story) / BLOOM).unlink()
    before = snapshot(story)

    health = run_health("--venv=target", "--repair", LIBRARY)

    assert health.code == 1
    (reason,) = refusals(health)
    assert reason.startswith(f"{story} is a conda environment, and conda would not know")
    assert "conda install --force-reinstall" in reason
    assert before == snapshot(story)


MARKER = """\
[externally-managed]
Error=To install Python packages system-wide, try apt install
 python3-xyz, where xyz is the package you are trying to
 install.

 If you wish to install a package that is no part of the system, make a virtual environment.
"""


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        (
            MARKER,
            (
                ' ("To install Python packages system-wide, try apt install python3-xyz, '
                'where xyz is the package you are trying to install.")'
            ),
        ),
        ("", ""),
        ("[externally-managed]\nError-de=Nein.\n", ""),
        ("no ini file at all", ""),
    ],
)
def test_an_externally_managed_python_is_left_to_its_manager(
    text: str, quoted: str, story: Path, tmp_path: Path
) -> None:
    marker = tmp_path / "EXTERNALLY-MANAGED"
    marker.write_text(text)
    environment = replace(Environment.at(story), stdlib=tmp_path)
    base = replace(environment, base_prefix=environment.root)

    assert manager_of(environment) is None, "the marker says nothing of venvs made from it"
    assert (
        f"{marker} says that another tool manages this Python{quoted}: reinstall with that tool, "
        "or install what you need in a virtual environment and give that to --venv."
    ) == manager_of(base)


def test_a_distribution_in_another_folder_is_refused_with_that_folder(
    story: Path, tmp_path: Path
) -> None:
    """As those of the base are under `--system-site-packages`; a `.pth` file is another way."""
    other = make_venv(tmp_path / "other")
    install_wheel(other, make_wheel(tmp_path / "more", "neighbour", "1.0"))
    (site_packages(story) / "other.pth").write_text(f"{site_packages(other)}\n")
    environment, facts = described(story)

    plan = plan_repair(facts, ["neighbour"])

    assert outside(environment, "library") is None
    assert (
        f"neighbour lies in {site_packages(other)}, outside of this environment's own folders: "
        "reinstall it there with the tool that brought it, or install it into this environment, "
        "whose copy then comes first."
    ) == plan.refusals[0].reason
