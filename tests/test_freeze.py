"""`venv-health freeze`: what is written of an environment, and what is refused."""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
import tomllib
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from conftest import RunHealth
from packaging.pylock import Pylock
from packaging.version import Version
from places import Place
from pythons import find_tool
from real_stack import run
from targets import make_venv, site_packages, snapshot
from wheels import digest, make_wheel

from pytest_venvhealth.cli import main
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.errors import UsageError, VenvHealthError
from pytest_venvhealth.freezing.files import (
    Change,
    FolderError,
    changes,
    expect_writable,
    write_all,
)
from pytest_venvhealth.freezing.groups import GroupsConflictError
from pytest_venvhealth.freezing.health import read_health
from pytest_venvhealth.freezing.index import IndexNotAskedError
from pytest_venvhealth.freezing.plan import (
    LackingError,
    Plan,
    expect_frozen_name,
    frozen_name,
    plan_freeze,
)
from pytest_venvhealth.profile import load_profile

pytestmark = pytest.mark.sampled(2)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """`app` needs `base`; `tool` stands alone, and has a start-up file of either kind."""
    place = Place(tmp_path_factory.mktemp("frozen"))
    make_venv(place.root)
    place.add("base", "2.1")
    place.add("app", "1.0", requires=["base>=2", "absent; python_version < '3'"])
    starts = {"tool.py": "", "tool-runs.pth": "import sys\n", "tool-adds.pth": "tool-more\n"}
    place.add("tool", "0.3", starts)
    (place.site / "tool-more").mkdir()
    place.keep()
    return place


@pytest.fixture
def place(kept: Place) -> Place:
    return kept.put_back()


def frozen(place: Place, name: str = "story", **options: Any) -> Plan:
    return plan_freeze(place.facts(), name, place.folder / "profiles", **options)


def locked(plan: Plan) -> dict[str, dict[str, Any]]:
    document = tomllib.loads(plan.texts[plan.lock])
    Pylock.from_dict(document)
    return {package["name"]: package for package in document["packages"]}


def profile_of(plan: Plan) -> dict[str, Any]:
    return tomllib.loads(plan.texts[plan.profile])


# -- what is written


def test_the_lock_names_each_wheel_by_its_place_size_and_hash(place: Place) -> None:
    packages = locked(frozen(place))

    wheels = {wheel.name.split("-")[0]: wheel for wheel in place.house.iterdir()}
    assert list(packages) == ["app", "base", "tool"]
    assert packages == {
        name: {
            "name": name,
            "version": wheel.name.split("-")[1],
            "wheels": [
                {
                    "path": f"../wheelhouse/{wheel.name}",
                    "size": wheel.stat().st_size,
                    "hashes": {"sha256": sha256(wheel.read_bytes()).hexdigest()},
                }
            ],
        }
        for name, wheel in wheels.items()
    }


OLD = "python_version < '99'"
NOWHERE = "sys_platform != 'nowhere'"


def add_needed(place: Place) -> Path:
    """Install `needed` as a dependency is; return the file that would say it was asked for."""
    place.add("needed")
    requested = place.site / "needed-1.0.dist-info" / "REQUESTED"
    requested.unlink()
    return requested


@pytest.mark.parametrize(
    ("first", "second", "marker"),
    [
        pytest.param([f"needed; {OLD}"], [], 'python_version < "99"', id="one"),
        pytest.param(
            [f"needed; {OLD}"],
            [f"needed>=1; {NOWHERE}"],
            'python_version < "99" or sys_platform != "nowhere"',
            id="two",
        ),
        pytest.param([f"needed; {OLD}"], [f"needed; {OLD}"], 'python_version < "99"', id="same"),
        pytest.param([f"needed; {OLD}"], ["needed"], None, id="by-one-always"),
        pytest.param(
            [f"needed; {OLD}", "needed>=2; python_version >= '99'"],
            [],
            'python_version < "99" or python_version >= "99"',
            id="by-one-in-another-release-elsewhere",
        ),
        pytest.param(
            [f"needed; {OLD}"],
            ["needed; sys_platform == 'nowhere'"],
            'python_version < "99" or sys_platform == "nowhere"',
            id="by-another-elsewhere",
        ),
        pytest.param(
            ["second[more]"], [f"needed; {OLD} and extra == 'more'"], None, id="by-an-extra"
        ),
    ],
)
def test_a_row_has_the_marker_under_which_it_is_required(
    place: Place, first: list[str], second: list[str], marker: str | None
) -> None:
    add_needed(place)
    place.add("first", requires=first)
    place.add("second", requires=second, metadata="Provides-Extra: more\n")

    assert marker == locked(frozen(place))["needed"].get("marker")


def test_what_somebody_has_asked_for_has_no_marker(place: Place, tmp_path: Path) -> None:
    requested = add_needed(place)
    place.add("first", requires=[f"needed; {OLD}"])
    groups = tmp_path / "groups.toml"
    groups.write_text('[dependency-groups]\nrun = ["Needed"]\nall = [{include-group = "run"}]\n')

    assert "marker" not in locked(frozen(place, groups_from=groups))["needed"]

    assert "marker" in locked(frozen(place))["needed"]
    requested.touch()
    # Where all have that file, as uv leaves it, it tells nothing.
    assert "marker" in locked(frozen(place))["needed"]
    (place.site / "tool-0.3.dist-info" / "REQUESTED").unlink()
    assert "marker" not in locked(frozen(place))["needed"]


def test_lock_and_profile_are_for_this_python_and_platform(place: Place) -> None:
    plan = frozen(place)

    assert place.described is not None
    major, minor, _ = place.described.version
    lock = tomllib.loads(plan.texts[plan.lock])
    assert [f"=={major}.{minor}.*"] * 2 == [
        lock["requires-python"],
        profile_of(plan)["requires-python"],
    ]
    (marker,) = lock["environments"]
    for key in ("implementation_name", "sys_platform", "platform_machine"):
        assert f'{key} == "{place.described.markers[key]}"' in marker


def test_without_groups_what_nobody_requires_is_one_group(place: Place) -> None:
    assert {"main": ["app==1.0", "tool==0.3"]} == profile_of(frozen(place))["dependency-groups"]


def test_a_circle_that_nobody_enters_is_represented_once(place: Place) -> None:
    place.add("chick", requires=["hen"])
    place.add("egg", requires=["chick"])
    place.add("hen", requires=["egg"])

    groups = profile_of(frozen(place))["dependency-groups"]

    assert {"main": ["app==1.0", "chick==1.0", "tool==0.3"]} == groups


def test_start_up_files_that_only_run_are_known_to_be_good(place: Place) -> None:
    (place.site / "nobodys.pth").write_text("import os\n")

    # One that names a folder is not: nobody would hear of it when that is gone.
    assert ["tool-runs.pth"] == profile_of(frozen(place))["pth"]


def test_the_same_environment_gives_the_same_bytes(place: Place) -> None:
    assert frozen(place).texts == frozen(place).texts


def test_a_wheelhouse_elsewhere_is_named_from_where_the_lock_is(
    place: Place, tmp_path: Path
) -> None:
    real = tmp_path / "real" / "deep"
    real.mkdir(parents=True)
    (tmp_path / "link").symlink_to(real)

    plan = plan_freeze(place.facts(), "story", tmp_path / "link")

    path = locked(plan)["base"]["wheels"][0]["path"]
    assert (real / path).resolve() == (place.house / "base-2.1-py3-none-any.whl").resolve()


def test_the_written_pair_wants_exactly_what_is_installed(place: Place) -> None:
    plan = frozen(place)
    write_all(changes(plan.texts))

    assert place.described is not None
    wanted = load_profile(plan.profile).wanted(place.described)

    assert {"app": "1.0", "base": "2.1", "tool": "0.3"} == {
        name: want.expected for name, want in wanted.items()
    }
    assert {"app": ("main",), "base": (), "tool": ("main",)} == {
        name: want.groups for name, want in wanted.items()
    }


# -- groups of somebody's own


def test_groups_are_kept_as_they_are_written(place: Place) -> None:
    given = place.folder / "pyproject.toml"
    given.write_text(
        "[dependency-groups]\n"
        'run = ["app >= 1", "later; python_version < \'3\'", "base[fast]"]\n'
        'dev = [{include-group = "run"}, "tool~=0.3"]\n'
    )

    plan = frozen(place, groups_from=given)

    assert {
        "dev": [{"include-group": "run"}, "tool~=0.3"],
        "run": ["app >= 1", "later; python_version < '3'", "base[fast]"],
    } == profile_of(plan)["dependency-groups"]


def test_every_conflict_with_kept_groups_is_told_at_once(place: Place) -> None:
    given = place.folder / "wish.toml"
    given.write_text('[dependency-groups]\nrun = ["app==2", "tool"]\ndev = ["linter>=1"]\n')

    with pytest.raises(GroupsConflictError) as error:
        frozen(place, groups_from=given)

    assert (
        f"{given} asks for what this environment is not: run has app==2, and 1.0 is installed; "
        "dev has linter>=1, which is not installed. Change the groups or the environment, or "
        "freeze without --groups-from."
    ) == str(error.value)


def test_a_group_that_cannot_be_judged_here_is_a_conflict_too(place: Place) -> None:
    (place.site / "odd-nightly.egg-info").write_text("Name: odd\nVersion: nightly\n")
    given = place.folder / "wish.toml"
    given.write_text('[dependency-groups]\nrun = ["odd>=1", "app; sys_platform ~= \'1\'"]\n')

    with pytest.raises(GroupsConflictError) as error:
        frozen(place, groups_from=given)

    odd, app = error.value.faults
    assert "run has odd>=1, and nightly is installed" == odd
    assert app.startswith("run has app; sys_platform ~= ")
    assert "whose marker has no value here" in app


def test_a_file_without_groups_has_none_to_keep(place: Place) -> None:
    given = place.folder / "none.toml"
    given.write_text('description = "no groups"\n')

    with pytest.raises(UsageError, match=r"no \[dependency-groups\] in it to keep"):
        frozen(place, groups_from=given)


# -- what no lock can name


def reasons(error: LackingError) -> dict[str, str]:
    return {each.name: each.reason for each in error.lacking}


def test_what_has_no_wheel_is_counted_with_both_ways_out(place: Place) -> None:
    (place.house / "base-2.1-py3-none-any.whl").unlink()

    with pytest.raises(LackingError) as error:
        frozen(place)

    assert (
        "1 of 3 distributions has no wheel that the lock could name (base 2.1): first run "
        f"venv-health wheelhouse fill --venv={place.root}, or give --from-index, which takes "
        "their hashes from the index."
    ) == str(error.value)


def test_a_wheel_of_another_build_does_not_count(place: Place) -> None:
    make_wheel(place.house, "base", "2.1", metadata="Summary: built elsewhere\n")

    with pytest.raises(LackingError) as error:
        frozen(place)

    assert "another build of this version" in reasons(error.value)["base"]


def test_a_wheel_for_another_platform_does_not_count(place: Place) -> None:
    wheel = place.house / "base-2.1-py3-none-any.whl"
    wheel.rename(place.house / "base-2.1-cp38-cp38-win_amd64.whl")

    with pytest.raises(LackingError) as error:
        frozen(place)

    assert {"base": "no wheel of it is in the wheelhouse"} == reasons(error.value)


def test_a_damaged_wheel_does_not_count(place: Place) -> None:
    wheel = place.house / "base-2.1-py3-none-any.whl"
    data = bytearray(wheel.read_bytes())
    at = data.index(b"base/__init__.py") + len("base/__init__.py")
    data[at] ^= 0xFF
    wheel.write_bytes(data)

    with pytest.raises(LackingError) as error:
        frozen(place)

    assert str(wheel) in reasons(error.value)["base"]


def set_direct_url(place: Place, name: str, url: Mapping[str, Any]) -> None:
    """Leave what an installer writes of an origin (PEP 610), RECORD's row of it too."""
    (dist_info,) = place.site.glob(f"{name}-*.dist-info")
    data = json.dumps(url).encode()
    (dist_info / "direct_url.json").write_bytes(data)
    with (dist_info / "RECORD").open("a") as record:
        record.write(f"{dist_info.name}/direct_url.json,sha256={digest(data)},{len(data)}\n")


COMMIT = "0123456789abcdef0123456789abcdef01234567"
VCS = {"vcs": "git", "commit_id": COMMIT, "requested_revision": "main"}
ADDRESS = "https://example.org/base"


@pytest.mark.parametrize(
    ("url", "row", "built"),
    [
        pytest.param(
            {"url": ADDRESS, "vcs_info": VCS, "subdirectory": "py"},
            {
                "vcs": {
                    "type": "git",
                    "url": ADDRESS,
                    "requested-revision": "main",
                    "commit-id": COMMIT,
                    "subdirectory": "py",
                }
            },
            f"git+{ADDRESS}@{COMMIT}#subdirectory=py",
            id="vcs",
        ),
        pytest.param(
            {"url": f"{ADDRESS}.tar.gz", "archive_info": {"hash": "sha256=ab12"}},
            {"archive": {"url": f"{ADDRESS}.tar.gz", "hashes": {"sha256": "ab12"}}},
            f"{ADDRESS}.tar.gz",
            id="sdist",
        ),
        pytest.param(
            {"url": "file://FOLDER/source", "dir_info": {"editable": True}},
            {"directory": {"path": "../source", "editable": True}},
            "FOLDER/source",
            id="editable",
        ),
        pytest.param(
            {"url": "file://FOLDER/source", "dir_info": {}},
            {"directory": {"path": "../source"}},
            "FOLDER/source",
            id="folder",
        ),
    ],
)
def test_what_came_from_elsewhere_is_locked_as_that_and_told(
    place: Place, url: dict[str, Any], row: dict[str, Any], built: str
) -> None:
    (place.folder / "source").mkdir(exist_ok=True)
    set_direct_url(place, "base", json.loads(json.dumps(url).replace("FOLDER", str(place.folder))))

    plan = frozen(place)

    assert {"name": "base", **row} == locked(plan)["base"]
    (caveat,) = (each.caveat for each in plan.frozen if each.caveat)
    built = built.replace("FOLDER", str(place.folder))
    assert f"pip wheel --no-deps --wheel-dir=wheelhouse {built}, install" in caveat


@pytest.mark.parametrize(
    "url",
    [
        pytest.param({"url": ADDRESS, "vcs_info": {"vcs": "git"}}, id="no revision"),
        pytest.param({"url": f"{ADDRESS}.tar.gz", "archive_info": {}}, id="no hash"),
        pytest.param({"url": "file:///gone", "dir_info": {"editable": True}}, id="gone"),
    ],
)
def test_an_origin_of_which_too_little_is_recorded_is_refused(
    place: Place, url: dict[str, Any]
) -> None:
    set_direct_url(place, "base", url)

    with pytest.raises(LackingError) as error:
        frozen(place, from_index=True)

    assert "too little is recorded: pip wheel" in reasons(error.value)["base"]
    assert "the lines above say what to do" in str(error.value)


def test_a_folder_that_nobody_requires_is_not_pinned(place: Place) -> None:
    # Its version is whatever its sources say next.
    set_direct_url(place, "tool", {"url": place.folder.as_uri(), "dir_info": {"editable": True}})

    assert ["app==1.0", "tool"] == profile_of(frozen(place))["dependency-groups"]["main"]


def test_metadata_of_before_wheels_is_refused(place: Place) -> None:
    (place.site / "old-1.0.egg-info").write_text("Metadata-Version: 1.0\nName: old\nVersion: 1.0\n")

    with pytest.raises(LackingError) as error:
        frozen(place)

    assert "old-1.0.egg-info" in reasons(error.value)["old"]


def test_a_version_that_is_none_is_refused(place: Place) -> None:
    (place.site / "odd-nightly.egg-info").write_text("Name: odd\nVersion: nightly\n")

    with pytest.raises(LackingError, match=r"no wheel that the lock could name \(odd\)"):
        frozen(place)


def test_without_an_interpreter_nobody_can_say_what_the_lock_is_for(place: Place) -> None:
    shutil.rmtree(place.root / "bin")
    place.described = Environment.at(place.root)

    with pytest.raises(VenvHealthError, match="its interpreter does not start"):
        frozen(place)


def test_an_empty_environment_has_nothing_to_freeze(tmp_path: Path) -> None:
    place = Place(tmp_path)
    make_venv(place.root)

    with pytest.raises(UsageError, match="nothing to freeze"):
        frozen(place)


# -- names


@pytest.mark.parametrize("name", ["a/b", "..", "a.b", "story.toml", ".venv", "pylock", "", "a b"])
def test_a_name_that_no_lock_can_bear_is_a_mistake(name: str) -> None:
    with pytest.raises(UsageError, match="is no name for a profile"):
        expect_frozen_name(name)


def test_a_name_with_a_dot_gets_the_one_that_was_meant() -> None:
    with pytest.raises(UsageError, match='Did you mean "py3-11"'):
        expect_frozen_name("py3.11")


@pytest.mark.parametrize(
    ("name", "expected"), [(".venv", "venv"), ("my env", "my-env"), ("..", "environment")]
)
def test_an_environments_own_name_becomes_one_that_a_lock_can_bear(
    name: str, expected: str
) -> None:
    assert expected == frozen_name(name)
    expect_frozen_name(expected)


# -- files


def test_either_all_files_are_written_or_none(tmp_path: Path) -> None:
    old, new, blocked = tmp_path / "old", tmp_path / "new", tmp_path / "blocked"
    old.write_text("before")
    (blocked / "in the way").mkdir(parents=True)
    wanted = [
        Change(path=old, old=b"before", new=b"after"),
        Change(path=new, old=None, new=b"after"),
        Change(path=blocked, old=None, new=b"after"),
    ]

    with pytest.raises(FolderError, match="blocked"):
        write_all(wanted)

    assert "before" == old.read_text()
    assert ["blocked", "old"] == sorted(path.name for path in tmp_path.iterdir())


def test_a_link_is_written_through_and_modes_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("before")
    real.chmod(0o600)
    link.symlink_to(real)

    write_all(changes({link: "after\n"}))

    assert (True, "after\n", 0o600) == (
        link.is_symlink(),
        real.read_text(),
        real.stat().st_mode & 0o777,
    )


def test_trying_a_folder_leaves_no_trace(tmp_path: Path) -> None:
    expect_writable(tmp_path / "a" / "b")

    assert [] == list(tmp_path.iterdir())


# -- the verdict of the check


def report(*distributions: tuple[str, str, list[tuple[str, list[str]]]]) -> dict[str, Any]:
    return {
        "environments": [
            {
                "status": "broken",
                "findings": [],
                "distributions": [
                    {
                        "name": name,
                        "status": status,
                        "findings": [
                            {"severity": "error", "code": code, "root_causes": causes}
                            for code, causes in findings
                        ],
                    }
                    for name, status, findings in distributions
                ],
            }
        ]
    }


def test_who_is_at_fault_is_told_apart_from_those_it_takes_down() -> None:
    health = read_health(
        report(
            ("library", "broken", [("file-missing", ["library"])]),
            ("adapter", "broken", [("import-error", ["library"])]),
            ("alone", "broken", [("crash", [])]),
            ("old", "unchecked", []),
            ("good", "healthy", []),
        )
    )

    assert ("alone (crash)", "library (file-missing)") == health.broken
    assert (("adapter",), ("old",)) == (health.followers, health.unchecked)


def test_a_broken_environment_is_never_taken_for_healthy() -> None:
    assert ("the environment",) == read_health(report()).broken


# -- the command


@pytest.fixture
def here(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.chdir(place.folder)
    for name in ("profiles", "pyproject.toml"):
        path = place.folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    return place


def freeze(*arguments: str, venv: str = "venv") -> int:
    return main(["freeze", *arguments, f"--venv={venv}"])


MISTAKES = [
    pytest.param(["a/b"], '"a/b" is no name for a profile', 2, id="slash"),
    pytest.param(["--venv=nowhere"], "there is no such file or folder", 2, id="no venv"),
    pytest.param(["--wheelhouse=nowhere"], "there is no such wheelhouse", 2, id="no wheelhouse"),
    pytest.param(["--folder=/proc/here"], "/proc/here cannot be written", 1, id="unwritable"),
    pytest.param(["--folder=file/in"], "file/in cannot be written", 1, id="file in the way"),
    pytest.param(["--groups-from=wihs"], 'Did you mean "wish"?', 2, id="nearly right"),
    pytest.param(["--groups-from=bad.toml"], "it is no TOML", 2, id="bad groups"),
]


@pytest.mark.parametrize(("arguments", "reason", "status"), MISTAKES)
def test_a_mistake_is_one_sentence_and_nothing_is_written(
    here: Place,
    capfd: pytest.CaptureFixture[str],
    arguments: list[str],
    reason: str,
    status: int,
) -> None:
    (here.folder / "file").touch()
    (here.folder / "bad.toml").write_text("= no\n")
    (here.folder / "profiles").mkdir()
    (here.folder / "profiles" / "wish.toml").write_text("")

    ended = main(["freeze", "--venv=venv", *arguments])

    out, err = capfd.readouterr()
    assert (status, "", 1) == (ended, out, err.count("\n"))
    assert reason in err
    assert ["wish.toml"] == os.listdir(here.folder / "profiles")


def test_an_existing_file_is_shown_as_a_difference_and_stays(
    here: Place, capfd: pytest.CaptureFixture[str]
) -> None:
    mine = here.folder / "profiles" / "story.toml"
    mine.parent.mkdir()
    mine.write_text('description = "mine"\n')

    assert 1 == freeze("story")

    out, err = capfd.readouterr()
    assert "--- profiles/story.toml\n+++ profiles/story.toml (frozen now)\n" in out
    assert '-description = "mine"' in out
    assert "test session starts" not in out, "what a check cannot change is told before it"
    assert "Give --force to overwrite, or freeze under another NAME." in err
    assert ('description = "mine"\n', [mine.name]) == (mine.read_text(), os.listdir(mine.parent))


def test_one_sentence_counts_what_has_no_wheel_and_others_have_a_line_each(
    here: Place, capfd: pytest.CaptureFixture[str]
) -> None:
    for wheel in here.house.iterdir():
        wheel.unlink()
    make_wheel(here.house, "app", "1.0", metadata="Summary: built elsewhere\n")

    assert 1 == freeze("story")

    other, last = capfd.readouterr().err.splitlines()
    assert other.startswith("venv-health: app 1.0: the wheelhouse has another build of this ")
    assert "3 of 3 distributions have no wheel" in last
    assert not (here.folder / "profiles").exists()


# -- the whole way


@pytest.fixture
def cli(story: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The story's environment is `target` here, its wheelhouse and profiles lie beside it."""
    monkeypatch.chdir(story.parent)
    return story


def pair(root: Path, name: str) -> dict[str, bytes]:
    folder = root.parent / "profiles"
    return {file: (folder / file).read_bytes() for file in (f"{name}.toml", f"pylock.{name}.toml")}


@pytest.mark.slow
def test_what_was_frozen_is_healthy_and_heals_after_damage(
    cli: Path, run_health: RunHealth, capfd: pytest.CaptureFixture[str]
) -> None:
    before, files = snapshot(cli), set(os.listdir())

    assert 0 == freeze("frozen", "--groups-from=story", venv="target")

    out, err = capfd.readouterr()
    assert ("3 distributions: 3 healthy" in out, "") == (True, err)
    assert out.endswith(
        "wrote profiles/frozen.toml\nwrote profiles/pylock.frozen.toml\n3 distributions frozen\n"
    )
    assert (before, files) == (snapshot(cli), set(os.listdir()))
    first = pair(cli, "frozen")
    healthy = run_health("--venv=target", "--venv-profile=frozen")
    assert (0, "healthy") == (healthy.code, healthy.report["status"])
    assert ["core"] == healthy.distribution("library")["groups"]

    shutil.rmtree(site_packages(cli) / "library")
    shutil.rmtree(site_packages(cli) / "adapter-0.13.2.dist-info")
    healed = run_health("--venv=target", "--venv-profile=frozen", "--repair")

    assert (0, "healed") == (healed.code, healed.report["status"])
    capfd.readouterr()
    assert 0 == freeze("frozen", "--groups-from=frozen", venv="target")
    assert "unchanged profiles/frozen.toml\nunchanged profiles/pylock" in capfd.readouterr().out
    assert first == pair(cli, "frozen")


@pytest.mark.slow
def test_a_broken_environment_is_refused_unless_that_is_meant(
    cli: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (site_packages(cli) / "library" / "models" / "bloom.py").unlink()

    assert 1 == freeze("frozen", "--wheelhouse=wheelhouse", venv="target")

    house = cli.parent / "wheelhouse"
    assert (
        f"venv-health: {cli} is broken: library (file-missing, import-error), which takes "
        "down adapter. Heal it first (pytest --venv-health --repair "
        f"--venv={cli} --venv-wheelhouse={house}), or freeze it as it is with --broken-too.\n"
    ) == capfd.readouterr().err
    assert ["story.toml"] == os.listdir("profiles")

    assert 0 == freeze("frozen", "--broken-too", venv="target")

    assert "Frozen all the same (--broken-too)." in capfd.readouterr().err
    assert pair(cli, "frozen")


@pytest.mark.slow
def test_force_overwrites_and_shows_what_changes(
    cli: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert 0 == freeze("story", "--force", venv="target")

    out = capfd.readouterr().out
    assert '-core = ["library==4.57.3", "adapter==0.13.2"]' in out
    assert '+    "adapter==0.13.2",' in out
    assert "wrote profiles/story.toml\nwrote profiles/pylock.story.toml\n" in out


@pytest.mark.slow
def test_what_the_caller_has_set_for_pytest_leaves_nothing_out(
    cli: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (site_packages(cli) / "library" / "data.txt").unlink()
    Path("pytest.ini").write_text("[pytest]\naddopts = -k bystander\n")
    Path("conftest.py").write_text("raise SystemExit(9)\n")
    Path("pytest.py").write_text("raise SystemExit(9)\n")
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k bystander")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    assert 1 == freeze("frozen", venv="target")

    assert "library (file-missing)" in capfd.readouterr().err


@pytest.mark.slow
def test_an_environment_that_uv_made_is_frozen_too(
    cli: Path, run_health: RunHealth, capfd: pytest.CaptureFixture[str]
) -> None:
    uv = find_tool("uv")
    if uv is None:
        pytest.skip("uv is neither beside this Python nor on the PATH")
    offline = ("--offline", "--no-config", "--no-cache")
    run([uv, "venv", *offline, "--python", sys.executable, ".venv"])
    install = [uv, "pip", "install", *offline, "--no-index", "--find-links", "wheelhouse"]
    run([*install, "--python", ".venv", "library==4.57.3", "adapter==0.13.2"])

    assert 0 == freeze(venv=".venv")

    assert "" == capfd.readouterr().err
    # A name that begins with a dot is none that a lock can bear.
    (site_packages(cli.parent / ".venv") / "library" / "data.txt").unlink()
    healed = run_health("--venv=.venv", "--venv-profile=venv", "--repair")
    assert (0, {"library": "healed", "adapter": "healthy"}) == (healed.code, healed.statuses())


# -- the index


class Index:
    """A package index on this machine that serves metadata apart from its wheels (PEP 658)."""

    def __init__(self, wheels: Iterable[Path]) -> None:
        self.asked: list[str] = []
        self.pages: dict[str, bytes] = {}
        for wheel in wheels:
            name = wheel.name.split("-")[0]
            with zipfile.ZipFile(wheel) as archive:
                inside = next(each for each in archive.namelist() if each.endswith("/METADATA"))
                metadata = archive.read(inside)
            row = (
                f'<a href="/files/{wheel.name}#sha256={sha256(wheel.read_bytes()).hexdigest()}"'
                f' data-core-metadata="sha256={sha256(metadata).hexdigest()}">{wheel.name}</a>'
            )
            page = f"/simple/{name.replace('_', '-')}/"
            self.pages[page] = self.pages.get(page, b"<!DOCTYPE html>") + row.encode()
            self.pages[f"/files/{wheel.name}.metadata"] = metadata
            self.pages[f"/files/{wheel.name}"] = wheel.read_bytes()
        index = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                index.asked.append(self.path)
                page = index.pages.get(self.path)
                self.send_response(404 if page is None else 200)
                kind = "text/html" if self.path.endswith("/") else "application/octet-stream"
                self.send_header("Content-Type", kind)
                self.end_headers()
                self.wfile.write(page or b"")

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/simple/"


@pytest.fixture
def index(
    here: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], Index]]:
    """Serves the wheels that lie in the wheelhouse when it is called, which is empty then."""
    started: list[Index] = []
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)

    def start() -> Index:
        moved = [Path(shutil.move(wheel, tmp_path)) for wheel in here.house.iterdir()]
        found = Index(moved)
        threading.Thread(target=found.server.serve_forever, daemon=True).start()
        monkeypatch.setenv("PIP_INDEX_URL", found.url)
        started.append(found)
        return found

    yield start
    for each in started:
        each.server.shutdown()
        each.server.server_close()


@pytest.mark.slow
def test_hashes_come_from_the_index_without_a_wheel(
    here: Place, index: Callable[[], Index]
) -> None:
    at_hand = locked(frozen(here))
    served = index()

    plan = frozen(here, from_index=True)

    for package in at_hand.values():
        del package["wheels"][0]["size"]  # which this index does not state
    assert at_hand == locked(plan)
    pip = Version(version("pip"))
    if pip >= Version("23.2"):
        assert any(path.endswith(".metadata") for path in served.asked)
    if pip >= Version("25.3"):
        assert [] == [path for path in served.asked if path.endswith(".whl")]
    assert served.url not in "".join(plan.texts.values())


@pytest.mark.slow
def test_everything_that_the_index_lacks_is_told_at_once(
    here: Place, index: Callable[[], Index]
) -> None:
    # Another build, one for another platform, one that is not there at all.
    make_wheel(here.house, "app", "1.0", requires=["base>=3"])
    (here.house / "base-2.1-py3-none-any.whl").rename(here.house / "base-2.1-cp38-cp38-win32.whl")
    (here.house / "tool-0.3-py3-none-any.whl").unlink()
    index()

    with pytest.raises(LackingError) as error:
        frozen(here, from_index=True)

    told = reasons(error.value)
    assert ["app", "base", "tool"] == list(told)
    assert "app-1.0-py3-none-any.whl is another build than what is installed" in told["app"]
    for name, pin in (("base", "base==2.1"), ("tool", "tool==0.3")):
        assert f"pip wheel --no-deps --wheel-dir=wheelhouse {pin}" in told[name]


@pytest.mark.slow
def test_an_index_that_pip_cannot_ask_ends_in_one_sentence(
    here: Place, index: Callable[[], Index], monkeypatch: pytest.MonkeyPatch
) -> None:
    served = index()
    monkeypatch.setenv("PIP_INDEX_URL", served.url.replace("http://127.0.0.1", "http://127.9.9.9"))
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(IndexNotAskedError, match=r"[Cc]onnection refused"):
        frozen(here, from_index=True)

    monkeypatch.setenv("PIP_CONFIG_FILE", str(here.folder / "pip.conf"))
    (here.folder / "pip.conf").write_text("no section\n")

    with pytest.raises(IndexNotAskedError, match=r"could not be asked: .*no section"):
        frozen(here, from_index=True)
