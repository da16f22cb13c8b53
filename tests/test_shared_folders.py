"""Two distributions that own one folder: healed, or told as a conflict; never a loop.

Each test has a venv of its own with real wheels, and beside it `clean`, a venv in which the same
wheels were just installed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark import ParameterSet
from compare_trees import differences
from conftest import Health, RunHealth
from targets import install_wheel, make_venv, site_packages, snapshot
from wheels import digest, make_wheel

pytestmark = pytest.mark.sampled(2)

Files = Mapping[str, str | bytes]
TWO_WORKERS = ("-n", "2")
WORKERS = [
    pytest.param((), id="alone"),
    pytest.param(TWO_WORKERS, id="two-workers", marks=pytest.mark.slow),
]

SAME = {"shared/__init__.py": "READY = True\n"}
FIRST: Files = {**SAME, "shared/one.py": "ONE = 1\n", "shared/both.py": "NAME = 'both'\n"}
SECOND: Files = {**SAME, "shared/two.py": "TWO = 2\n", "shared/both.py": "NAME = 'both'\n"}
RIVAL: Files = {**SECOND, "shared/both.py": "NAME = 'rival'\n"}
HOST: Files = {"host/__init__.py": "OPEN = True\n", "host/core.py": "CORE = 1\n"}
PLUGIN: Files = {"host/extra.py": "from host.core import CORE\n", "plugin.py": "import host\n"}


@dataclass
class Neighbours:
    """A venv, its clean twin, and the wheels of both."""

    folder: Path
    run_health: RunHealth

    @property
    def root(self) -> Path:
        return self.folder / "target"

    @property
    def site(self) -> Path:
        return site_packages(self.root)

    @property
    def clean(self) -> Path:
        return self.folder / "clean"

    def install(
        self, name: str, files: Files, *, keep_wheel: bool = True, entry_points: str | None = None
    ) -> None:
        """Install a distribution in both venvs, over what is there, as pip does."""
        wheel = make_wheel(
            self.folder / "wheelhouse", name, "1.0", files, entry_points=entry_points
        )
        scripts = [part.partition(" =")[0] for part in (entry_points or "").splitlines()[1:]]
        for root in (self.root, self.clean):
            for path in files:
                if ".data/" not in path:
                    (site_packages(root) / path).unlink(missing_ok=True)
                elif "/data/" in path:
                    (root / path.partition("/data/")[2]).unlink(missing_ok=True)
            for script in scripts:
                (root / "bin" / script).unlink(missing_ok=True)
            install_wheel(root, wheel)
        if not keep_wheel:
            wheel.unlink()

    def want(self, *names: str) -> None:
        """Write the profile that the runs below use."""
        wanted = [f"{name}==1.0" for name in names]
        (self.folder / "profile.toml").write_text(f"[dependency-groups]\nall = {wanted!r}\n")

    def run(self, *options: str) -> Health:
        profile = self.folder / "profile.toml"
        given = [f"--venv-profile={profile}"] if profile.exists() else []
        return self.run_health("--venv=target", "--venv-depth=files", *given, *options)

    def stamps(self, paths: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Return the inode and time of files: whoever only looks at them changes neither."""
        found = {path: (self.site / path).lstat() for path in paths}
        return {path: (status.st_ino, status.st_mtime_ns) for path, status in found.items()}


@pytest.fixture
def neighbours(pytester: pytest.Pytester, run_health: RunHealth) -> Neighbours:
    found = Neighbours(pytester.path, run_health)
    for root in (found.root, found.clean):
        make_venv(root)
    return found


def repaired(health: Health, result: str = "verified") -> list[str]:
    return sorted(
        repair["distribution"]
        for repair in health.environment()["repairs"]
        if repair["result"] == result
    )


def found(health: Health) -> list[dict[str, Any]]:
    """Return every finding of a run that is not healed."""
    report = health.environment()
    listed = [report, *report["distributions"]]
    return [each for bearer in listed for each in bearer["findings"] if not each["healed"]]


def conflicts(health: Health) -> list[dict[str, Any]]:
    return [finding for finding in found(health) if finding["code"] == "conflict"]


def assert_idle(neighbours: Neighbours) -> None:
    """A second run with `--repair` finds nothing, and so does nothing."""
    again = neighbours.run("--repair")

    assert [] == found(again), again.text
    assert 0 == again.code
    assert [] == again.environment()["repairs"]


def slow(*values: object, name: str | None = None) -> ParameterSet:
    return pytest.param(*values, id=name, marks=pytest.mark.slow)


@pytest.mark.slow
@pytest.mark.parametrize("options", WORKERS)
@pytest.mark.parametrize("lost", ["one.py", slow("two.py"), "both.py", slow("__init__.py")])
def test_a_file_lost_in_a_shared_folder_comes_back(
    neighbours: Neighbours, lost: str, options: tuple[str, ...]
) -> None:
    neighbours.install("first", FIRST)
    neighbours.install("second", SECOND)
    neighbours.want("first", "second")
    (neighbours.site / "shared" / lost).unlink()

    health = neighbours.run("--repair", *options)

    assert 0 == health.code, health.text
    assert [] == differences(neighbours.root, neighbours.clean)
    assert_idle(neighbours)


@pytest.mark.parametrize(
    ("wanted", "damaged"),
    [
        pytest.param(("first", "rival"), False, id="both-wanted"),
        pytest.param(("first", "rival"), True, id="both-wanted-and-a-third-file-lost"),
        pytest.param(("first",), False, id="the-overwritten-one-wanted"),
        slow(("first",), True, name="the-overwritten-one-wanted-and-a-third-file-lost"),
        slow(("rival",), False, name="the-other-one-wanted"),
        slow(("rival",), True, name="the-other-one-wanted-and-a-third-file-lost"),
        slow((), False, name="no-profile"),
        slow((), True, name="no-profile-and-a-third-file-lost"),
    ],
)
def test_one_path_with_other_bytes_in_each_wheel_is_a_conflict(
    neighbours: Neighbours, wanted: tuple[str, ...], damaged: bool
) -> None:
    neighbours.install("first", FIRST)
    neighbours.install("rival", RIVAL)
    if wanted:
        neighbours.want(*wanted)
    if damaged:
        (neighbours.site / "shared" / "one.py").unlink()
    before = snapshot(neighbours.root)

    health = neighbours.run("--repair")
    after = snapshot(neighbours.root)
    again = neighbours.run("--repair")

    assert 1 == health.code, health.text
    assert conflicts(health), health.text
    shared = (neighbours.site / "shared" / "both.py").relative_to(neighbours.root).as_posix()
    for finding in conflicts(health):
        assert ["first", "rival"] == sorted(finding["root_causes"])
        assert shared in finding["paths"]
        assert "first" in finding["summary"]
        assert "rival" in finding["summary"]
    assert [] == repaired(health) + repaired(health, "rolled-back")
    assert before == after
    assert found(health) == found(again)
    assert before == snapshot(neighbours.root)


@pytest.mark.slow
def test_two_workers_tell_the_same_conflict(neighbours: Neighbours) -> None:
    neighbours.install("first", FIRST)
    neighbours.install("rival", RIVAL)
    neighbours.want("first", "rival")
    before = snapshot(neighbours.root)

    alone, together = neighbours.run("--repair"), neighbours.run("--repair", *TWO_WORKERS)

    assert conflicts(alone)
    assert conflicts(alone) == conflicts(together)
    assert alone.statuses() == together.statuses()
    assert before == snapshot(neighbours.root)


@pytest.mark.slow
@pytest.mark.parametrize("damaged", [False, True], ids=["else-sound", "one-has-lost-a-file"])
def test_what_a_third_left_in_a_shared_package_is_named_and_left(
    neighbours: Neighbours, damaged: bool
) -> None:
    """Nobody can tell a leftover from a module that somebody put into a common folder on purpose.

    In a package that is one distribution's alone, the same file is set aside.
    """
    neighbours.install("first", FIRST)
    neighbours.install("second", SECOND)
    left = neighbours.site / "shared" / "three.py"
    left.write_text("THREE = 3\n")
    if damaged:
        (neighbours.site / "shared" / "one.py").unlink()

    health = neighbours.run("--repair")

    assert 0 == health.code, health.text
    assert "THREE = 3\n" == left.read_text()
    (finding,) = health.environment()["findings"]
    assert ("orphan-package", "warning") == (finding["code"], finding["severity"])
    assert [left.relative_to(neighbours.root).as_posix()] == finding["paths"]
    left.unlink()
    assert [] == differences(neighbours.root, neighbours.clean)
    assert_idle(neighbours)


@pytest.mark.slow
@pytest.mark.parametrize("options", WORKERS)
@pytest.mark.parametrize("damaged", ["host/__init__.py", "host/extra.py"])
def test_who_puts_a_module_into_anothers_package_is_repaired_with_it(
    neighbours: Neighbours, damaged: str, options: tuple[str, ...]
) -> None:
    neighbours.install("host", HOST)
    neighbours.install("plugin", PLUGIN)
    (neighbours.site / damaged).write_text("broken =\n")

    health = neighbours.run("--repair", *options)

    assert 0 == health.code, health.text
    assert ["host", "plugin"] == repaired(health)
    assert [] == differences(neighbours.root, neighbours.clean)
    assert_idle(neighbours)


def test_a_package_is_healed_alone_where_its_sound_guest_has_no_wheel(
    neighbours: Neighbours,
) -> None:
    neighbours.install("host", HOST)
    neighbours.install("plugin", PLUGIN, keep_wheel=False)
    (neighbours.site / "host" / "__init__.py").write_text("broken =\n")
    before = neighbours.stamps(list(PLUGIN))

    health = neighbours.run("--repair")

    assert 0 == health.code, health.text
    assert ["host"] == repaired(health)
    assert before == neighbours.stamps(list(PLUGIN))
    assert [] == differences(neighbours.root, neighbours.clean)
    assert_idle(neighbours)


@pytest.mark.slow
def test_a_damaged_guest_without_a_wheel_does_not_hold_its_host_up(neighbours: Neighbours) -> None:
    """The host comes back; what the guest lost cannot, and is still told."""
    neighbours.install("host", HOST)
    neighbours.install("plugin", PLUGIN, keep_wheel=False)
    (neighbours.site / "host" / "__init__.py").write_text("broken =\n")
    (neighbours.site / "plugin.py").unlink()

    health = neighbours.run("--repair")

    assert 1 == health.code
    assert {"host": "healed", "plugin": "broken"} == health.statuses(), health.text
    assert HOST["host/__init__.py"] == (neighbours.site / "host" / "__init__.py").read_text()
    assert (neighbours.site / "host" / "extra.py").exists()


TOOL = "[console_scripts]\ntool = shared.both:NAME.upper\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first", "second", "entry_points"),
    [
        pytest.param(
            {"group/__init__.py": "", "group/one.py": "ONE = 1\n"},
            {"group/__init__.py": "", "group/two.py": "TWO = 2\n"},
            None,
            id="an-empty-package-file-in-both",
        ),
        pytest.param(
            {"group/one/__init__.py": "ONE = 1\n"},
            {"group/two/__init__.py": "TWO = 2\n"},
            None,
            id="a-namespace-package",
        ),
        pytest.param(
            {"one/__init__.py": "ONE = 1\n", "shared/both.py": "NAME = 'both'\n"},
            {"two/__init__.py": "TWO = 2\n", "shared/both.py": "NAME = 'both'\n"},
            TOOL,
            id="a-launcher-of-one-name",
        ),
        pytest.param(
            {"one.py": "ONE = 1\n", "first-1.0.data/data/share/man/man1/one.1": ".TH ONE 1\n"},
            {"two.py": "TWO = 2\n", "second-1.0.data/data/share/man/man1/two.1": ".TH TWO 1\n"},
            None,
            id="manual-pages",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            {"one.py": "ONE = 1\n", "first-1.0.data/data/etc/server/one.json": "{}\n"},
            {"two.py": "TWO = 2\n", "second-1.0.data/data/etc/server/two.json": "{ }\n"},
            None,
            id="configuration",
        ),
        pytest.param(
            {"one.py": "ONE = 1\n", "first-1.0.data/data/etc/server/base.json": "{}\n"},
            {"two.py": "TWO = 2\n", "second-1.0.data/data/etc/server/base.json": "{}\n"},
            None,
            id="one-configuration-of-both",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            {"one.py": "ONE = 1\n", "LICENSE.txt": "Do.\n"},
            {"two.py": "TWO = 2\n", "LICENSE.txt": "Do.\n"},
            None,
            id="one-licence-of-both",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_what_is_not_really_shared_never_widens_a_repair(
    neighbours: Neighbours, first: Files, second: Files, entry_points: str | None
) -> None:
    neighbours.install("first", first, entry_points=entry_points)
    neighbours.install("second", second, entry_points=entry_points)
    own = next(path for path in first if path not in second)
    (neighbours.site / own).unlink()
    theirs = [path for path in second if ".data/" not in path and path not in first]
    before = neighbours.stamps(theirs)

    health = neighbours.run("--repair")

    assert 0 == health.code, health.text
    assert ["first"] == repaired(health)
    assert before == neighbours.stamps(theirs)
    assert [] == differences(neighbours.root, neighbours.clean)
    assert_idle(neighbours)


def test_a_record_that_lists_anothers_files_never_widens_a_repair(neighbours: Neighbours) -> None:
    mine: Files = {"first/__init__.py": "ONE = 1\n", "first/core.py": ""}
    theirs: Files = {"second/__init__.py": "TWO = 2\n", "second/core.py": "CORE = 2\n"}
    neighbours.install("first", mine)
    neighbours.install("second", theirs)
    metadata = [f"second-1.0.dist-info/{name}" for name in ("METADATA", "WHEEL", "RECORD")]
    listed = [*theirs, *metadata]
    with (neighbours.site / "first-1.0.dist-info" / "RECORD").open("a") as record:
        for path in listed:
            data = (neighbours.site / path).read_bytes()
            record.write(f"{path},sha256={digest(data)},{len(data)}\n")
    (neighbours.site / "first" / "core.py").unlink()
    before = neighbours.stamps(listed)

    health = neighbours.run("--repair")

    assert 0 == health.code, health.text
    assert ["first"] == repaired(health)
    assert before == neighbours.stamps(listed)
    assert [] == differences(neighbours.root, neighbours.clean)
    assert_idle(neighbours)


@pytest.mark.slow
def test_a_record_that_lists_anothers_files_does_not_take_them_without_its_wheel(
    neighbours: Neighbours,
) -> None:
    """No wheel says what is whose: nothing is touched, and the reason is told."""
    neighbours.install("first", {"first/__init__.py": "ONE = 1\n"}, keep_wheel=False)
    neighbours.install("second", {"second/__init__.py": "TWO = 2\n"}, keep_wheel=False)
    data = (neighbours.site / "second" / "__init__.py").read_bytes()
    with (neighbours.site / "first-1.0.dist-info" / "RECORD").open("a") as record:
        record.write(f"second/__init__.py,sha256={digest(data)},{len(data)}\n")
    os.unlink(neighbours.site / "first" / "__init__.py")
    before = snapshot(neighbours.root)

    health = neighbours.run("--repair")

    assert 1 == health.code
    assert before == snapshot(neighbours.root)
    assert ["file-missing"] == health.codes("first")
    assert [] == health.codes("second")
    assert "no wheel" in health.text.lower(), health.text
