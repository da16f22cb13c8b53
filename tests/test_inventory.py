"""What is installed is read from dist-info on disk, whoever wrote it and however it was damaged."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.version import Version
from targets import install_wheel, make_target, make_venv, site_packages
from wheels import digest, make_wheel

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.findings import Code
from pytest_venvhealth.inventory import Distribution, Inventory, read_dist_info


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inventory")
    wheel = make_wheel(
        folder,
        "demo",
        requires=["library[fast]>=2", "winlib; sys_platform == 'win32'"],
        metadata="Requires-Python: >=3.8\n",
    )
    return make_target(folder / "venv", [wheel])


@pytest.fixture
def venv(healthy: Path, tmp_path: Path) -> Path:
    return shutil.copytree(healthy, tmp_path / "venv", symlinks=True)


def inventory(root: Path, *, keep: dict[str, Version] | None = None) -> Inventory:
    return Inventory.of(Environment.at(root), keep=keep)


def only(root: Path) -> Distribution:
    (found,) = inventory(root).distributions.values()
    return found


def problems(found: Distribution) -> list[tuple[Code, str]]:
    return [(problem.code, problem.text) for problem in found.problems]


# -- what tools write


def test_a_distribution_is_what_its_metadata_say(venv: Path) -> None:
    demo = only(venv)

    assert ("demo", "1.0", "pip", True) == (
        demo.name,
        demo.version,
        demo.installer,
        demo.requested,
    )
    assert ["library[fast]>=2", 'winlib; sys_platform == "win32"'] == [
        str(requirement) for requirement in demo.requires
    ]
    assert ">=3.8" == str(demo.requires_python)
    assert ["py3-none-any"] == [str(tag) for tag in demo.tags]
    assert demo.record is not None
    assert () == demo.record.problems
    assert (None, None, True) == (demo.editable_source, demo.other_source, demo.is_dist_info)
    assert [] == problems(demo)


@pytest.mark.parametrize("installer", ["pip", "uv", "conda", "debian"])
def test_who_installed_it_is_told(empty_venv: Path, tmp_path: Path, installer: str) -> None:
    install_wheel(empty_venv, make_wheel(tmp_path, "demo"), installer=installer, requested=False)

    assert (installer, False) == (only(empty_venv).installer, only(empty_venv).requested)


def test_names_are_normalized(empty_venv: Path, tmp_path: Path) -> None:
    install_wheel(empty_venv, make_wheel(tmp_path, "Foo.Bar-baz"))

    assert "foo-bar-baz" == only(empty_venv).name
    assert [] == problems(only(empty_venv))


@pytest.mark.parametrize(
    ("direct_url", "editable", "other"),
    [
        pytest.param(
            {"url": "file:///home/me/my%20code", "dir_info": {"editable": True}},
            "/home/me/my code",
            "file:///home/me/my%20code",
            id="editable",
        ),
        pytest.param(
            {"url": "file:///src/demo", "dir_info": {}}, None, "file:///src/demo", id="folder"
        ),
        pytest.param(
            {"url": "https://git.example/demo", "vcs_info": {"vcs": "git", "commit_id": "abc"}},
            None,
            "https://git.example/demo",
            id="version-control",
        ),
        pytest.param(
            {"url": "file:///x/demo-1.0.tar.gz", "archive_info": {}},
            None,
            "file:///x/demo-1.0.tar.gz",
            id="sdist",
        ),
        pytest.param(
            {"url": "file:///x/demo-1.0-py3-none-any.whl", "archive_info": {}},
            None,
            None,
            id="wheel",
        ),
        pytest.param(
            {"url": "https://h/demo-1.0-py3-none-any.whl?x=1#sha256=0", "archive_info": {}},
            None,
            None,
            id="wheel-with-a-query",
        ),
        pytest.param([], None, None, id="no-object"),
        pytest.param({"url": 7, "dir_info": "x"}, None, "7", id="odd-types"),
    ],
)
def test_where_it_came_from_is_told(
    venv: Path, direct_url: object, editable: str | None, other: str | None
) -> None:
    path = site_packages(venv) / "demo-1.0.dist-info" / "direct_url.json"
    path.write_text(json.dumps(direct_url))

    demo = only(venv)

    assert (None if editable is None else Path(editable)) == demo.editable_source
    assert other == demo.other_source


def test_a_direct_url_that_is_no_json_tells_nothing(venv: Path) -> None:
    (site_packages(venv) / "demo-1.0.dist-info" / "direct_url.json").write_bytes(b"\xff{")

    assert None is only(venv).direct_url


# -- damage becomes problems, never an error


def metadata(text: str) -> Callable[[Path], object]:
    return lambda info: (info / "METADATA").write_text(text)


@pytest.mark.parametrize(
    ("damage", "version", "told"),
    [
        pytest.param(
            lambda info: (info / "METADATA").unlink(),
            "1.0",
            [(Code.METADATA_MISSING, "METADATA is lost")],
            id="lost",
        ),
        pytest.param(
            metadata(""), "1.0", [(Code.METADATA_MISSING, "METADATA cannot be read")], id="emptied"
        ),
        pytest.param(
            lambda info: (info / "METADATA").write_bytes(bytes(200)),
            "1.0",
            [(Code.METADATA_MISSING, "METADATA cannot be read")],
            id="zeroed",
        ),
        pytest.param(
            lambda info: ((info / "METADATA").unlink(), (info / "METADATA").mkdir()),
            "1.0",
            [(Code.METADATA_MISSING, "METADATA cannot be read")],
            id="a-folder",
        ),
        pytest.param(
            lambda info: [path.unlink() for path in info.iterdir()],
            "1.0",
            [(Code.METADATA_MISSING, "METADATA is lost")],
            id="all-of-dist-info-emptied",
        ),
        pytest.param(
            metadata("Name: demo\nVersion: 2.0\n"),
            "1.0",
            [(Code.METADATA_INVALID, "METADATA says demo 2.0, its folder says demo-1.0.dist-info")],
            id="another-version",
        ),
        pytest.param(
            metadata("Name: other\nVersion: 1.0\n"),
            "1.0",
            [
                (
                    Code.METADATA_INVALID,
                    "METADATA says other 1.0, its folder says demo-1.0.dist-info",
                )
            ],
            id="another-name",
        ),
        pytest.param(
            metadata("Name: demo\n"),
            "1.0",
            [(Code.METADATA_INVALID, "METADATA says demo , its folder says demo-1.0.dist-info")],
            id="no-version",
        ),
        pytest.param(
            metadata("Name: demo\nVersion: 1.0\nRequires-Dist: ???\nRequires-Dist: fine>=1\n"),
            "1.0",
            [(Code.METADATA_INVALID, "METADATA holds a bad requirement, '???'")],
            id="bad-requirement",
        ),
        pytest.param(
            metadata("Name: demo\nVersion: 1.0.0\nRequires-Python: what\n"), "1.0.0", [], id="quiet"
        ),
        pytest.param(
            lambda info: (info / "METADATA").write_bytes(b"Name: demo\nVersion: 1.0\nA: \xff\n"),
            "1.0",
            [],
            id="not-utf-8",
        ),
    ],
)
def test_damaged_metadata_is_told(
    venv: Path,
    damage: Callable[[Path], object],
    version: str,
    told: list[tuple[Code, str]],
) -> None:
    damage(site_packages(venv) / "demo-1.0.dist-info")

    demo = only(venv)

    assert ("demo", version) == (demo.name, demo.version)
    assert told == problems(demo)


def test_a_renamed_folder_does_not_change_the_version(venv: Path) -> None:
    """RECORD still has the folder's first name, and METADATA agrees with it."""
    site = site_packages(venv)
    (site / "demo-1.0.dist-info").rename(site / "demo-9.9.dist-info")

    demo = only(venv)

    assert ("demo", "1.0") == (demo.name, demo.version)
    assert [Code.METADATA_INVALID] == [code for code, _ in problems(demo)]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        pytest.param(b"demo/\xff.py,,\n", "it is not UTF-8", id="not-utf-8"),
        pytest.param(b'"demo', "unexpected end of data", id="bad-csv"),
        pytest.param(bytes(50), "it holds NUL bytes", id="zeroed"),
    ],
)
def test_a_bad_record_is_read_as_far_as_it_goes(venv: Path, data: bytes, problem: str) -> None:
    path = site_packages(venv) / "demo-1.0.dist-info" / "RECORD"
    rows = path.read_bytes().count(b"\n")
    path.write_bytes(path.read_bytes() + b"\n" + data)

    record = only(venv).record

    assert record is not None
    assert problem in record.problems[0]
    assert rows <= len(record.rows)


def test_a_lost_record_is_none(venv: Path) -> None:
    (site_packages(venv) / "demo-1.0.dist-info" / "RECORD").unlink()

    assert None is only(venv).record


def test_a_dist_info_of_no_name_is_a_leftover(venv: Path) -> None:
    site = site_packages(venv)
    for name in ("-1.0.dist-info", "???.dist-info", "-emo.egg-info"):
        (site / name).mkdir()

    found = inventory(venv)

    assert ["demo"] == list(found.distributions)
    assert sorted(
        str(site / name) for name in ("-1.0.dist-info", "???.dist-info", "-emo.egg-info")
    ) == sorted(found.leftovers)


def test_a_file_that_is_named_like_a_dist_info_is_no_distribution(venv: Path) -> None:
    (site_packages(venv) / "other-1.0.dist-info").write_text("")

    assert ["demo"] == list(inventory(venv).distributions)


def test_what_an_interrupted_pip_left_is_no_distribution(venv: Path) -> None:
    site = site_packages(venv)
    shutil.copytree(site / "demo-1.0.dist-info", site / "~emo-1.0.dist-info")
    shutil.copytree(site / "demo", site / "~emo")

    found = inventory(venv)

    assert ["demo"] == list(found.distributions)
    assert (str(site / "~emo"), str(site / "~emo-1.0.dist-info")) == found.leftovers


def test_site_packages_that_are_gone_hold_nothing(venv: Path) -> None:
    environment = Environment.at(venv)
    shutil.rmtree(site_packages(venv))

    assert {} == Inventory.of(environment).distributions


# -- two claims to one name


def claim(root: Path, folder: Path, version: str, text: str) -> None:
    install_wheel(root, make_wheel(folder, "demo", version, {"demo/__init__.py": text}))


@pytest.mark.parametrize(("first", "second"), [("1.0", "2.0"), ("2.0", "1.0")])
def test_of_two_claims_the_one_whose_files_are_there_wins(
    empty_venv: Path, tmp_path: Path, first: str, second: str
) -> None:
    """Of equal sizes, too: only hashes tell the two apart."""
    claim(empty_venv, tmp_path, first, f"VALUE = '{first}'\n")
    shutil.rmtree(site_packages(empty_venv) / "demo")
    claim(empty_venv, tmp_path, second, f"VALUE = '{second}'\n")

    found = inventory(empty_venv, keep={"demo": Version(first)})

    assert second == found.distributions["demo"].version
    assert [first] == [other.version for other in found.duplicates["demo"]]


def test_of_two_claims_that_fit_alike_the_wanted_one_wins(empty_venv: Path, tmp_path: Path) -> None:
    for version in ("1.0", "2.0"):
        shutil.rmtree(site_packages(empty_venv) / "demo", ignore_errors=True)
        claim(empty_venv, tmp_path, version, "SAME = True\n")

    assert "2.0" == inventory(empty_venv).distributions["demo"].version
    wanted = inventory(empty_venv, keep={"demo": Version("1.0")})
    assert "1.0" == wanted.distributions["demo"].version


# -- what is older than wheels


def egg_info(site: Path, name: str, text: str = "Name: old\nVersion: 0.9\n") -> Path:
    folder = site / name
    folder.mkdir()
    (folder / "PKG-INFO").write_text(text + "Requires-Dist: library>=1\n")
    (folder / "top_level.txt").write_text("old\n_old_fast\n")
    return folder


def test_an_egg_info_folder_is_a_distribution(empty_venv: Path) -> None:
    folder = egg_info(site_packages(empty_venv), "old-0.9-py3.11.egg-info")
    (folder / "installed-files.txt").write_text('../old/__init__.py\n../o,"d.py\nPKG-INFO\n')

    old = only(empty_venv)

    assert ("old", "0.9", ("old", "_old_fast")) == (old.name, old.version, old.top_level)
    assert ["library>=1"] == [str(requirement) for requirement in old.requires]
    assert not old.is_dist_info
    assert old.record is not None
    assert ["old/__init__.py", 'o,"d.py'] == [row.path for row in old.record.rows]


def test_an_egg_info_file_is_a_distribution(empty_venv: Path) -> None:
    """As distutils and Debian write it."""
    path = site_packages(empty_venv) / "old_name-0.9.egg-info"
    path.write_text("Name: old-name\nVersion: 0.9\n")

    old = only(empty_venv)

    assert ("old-name", "0.9", None) == (old.name, old.version, old.record)


@pytest.mark.parametrize("name", ["old-0.9.egg-info", "old-0.9-py3.11.egg-info"])
def test_an_emptied_egg_info_keeps_its_folders_name(empty_venv: Path, name: str) -> None:
    (site_packages(empty_venv) / name).mkdir()

    assert ("old", "0.9") == (only(empty_venv).name, only(empty_venv).version)


def test_an_egg_link_is_an_editable_install(empty_venv: Path, tmp_path: Path) -> None:
    source = tmp_path / "my source"
    source.mkdir()
    egg_info(source, "my_old.egg-info", "Name: my-old\nVersion: 0.9\n")
    (site_packages(empty_venv) / "my-old.egg-link").write_text(f"{source}\n.")

    old = only(empty_venv)

    assert ("my-old", "0.9", source) == (old.name, old.version, old.editable_source)


@pytest.mark.parametrize("text", ["/gone/source\n.", "", "relative\n."])
def test_a_dead_egg_link_is_a_leftover(empty_venv: Path, text: str) -> None:
    """Nothing can be imported by it: it changes nothing at run time."""
    path = site_packages(empty_venv) / "old.egg-link"
    path.write_text(text)

    found = inventory(empty_venv)

    assert {} == found.distributions
    assert (str(path),) == found.leftovers


# -- the target's own folders alone


def test_what_the_base_has_is_not_the_targets(empty_venv: Path, tmp_path: Path) -> None:
    """Under `--system-site-packages` it can be imported all the same."""
    root = tmp_path / "open"
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", "--system-site-packages", str(root)],
        check=True,
    )
    base = tmp_path / "base-packages"
    (base / "based-1.0.dist-info").mkdir(parents=True)
    (site_packages(root) / "base.pth").write_text(f"{base}\n")
    install_wheel(root, make_wheel(tmp_path, "demo"))

    found = inventory(root)

    assert ["demo"] == list(found.distributions)
    assert "based" in found.elsewhere
    assert "demo" not in found.elsewhere
    assert frozenset() == inventory(empty_venv).elsewhere


def test_purelib_and_platlib_are_both_read(venv: Path, tmp_path: Path) -> None:
    apart = tmp_path / "platlib"
    shutil.copytree(site_packages(make_other(tmp_path)), apart)
    environment = replace(Environment.at(venv), platlib=apart)

    found = Inventory.of(environment)

    assert ["demo", "native"] == list(found.distributions)
    assert str(apart) == found.distributions["native"].site
    assert str(apart / "native") in found.top_level_entries


def make_other(folder: Path) -> Path:
    root = make_venv(folder / "other")
    install_wheel(root, make_wheel(folder, "native"))
    return root


def test_a_dist_info_can_be_read_alone(venv: Path) -> None:
    path = site_packages(venv) / "demo-1.0.dist-info"
    (path / "top_level.txt").write_text("demo\n")

    demo = read_dist_info(path)

    assert ("demo", str(site_packages(venv)), ("demo",)) == (demo.name, demo.site, demo.top_level)
    assert demo.record is not None
    row = next(row for row in demo.record.rows if row.path == "demo/__init__.py")
    assert (
        f"sha256={digest((site_packages(venv) / 'demo' / '__init__.py').read_bytes())}" == row.hash
    )
