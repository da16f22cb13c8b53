"""What follows from environment, inventory, profile and wheelhouse together."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from packaging.version import Version
from places import Place
from targets import make_venv
from wheels import make_wheel

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.facts import Facts, dependencies_first, relative_paths
from pytest_venvhealth.wheelhouse import NoWheelError


@pytest.fixture(scope="module")
def made_venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_venv(tmp_path_factory.mktemp("facts") / "venv")


@pytest.fixture
def place(made_venv: Path, tmp_path: Path) -> Place:
    shutil.copytree(made_venv, tmp_path / "venv", symlinks=True)
    return Place(tmp_path)


# -- the dependency graph


def test_dependencies_come_before_what_needs_them(place: Place) -> None:
    place.add("app", requires=["web", "tools"])
    place.add("web", requires=["zlib-ng"])
    place.add("tools", requires=["absent>=1"])
    place.add("zlib-ng")

    facts = place.facts()

    assert ("absent", "tools", "zlib-ng", "web", "app") == facts.names
    assert {"web", "tools", "zlib-ng", "absent"} == facts.closure("app")
    assert {"web", "app"} == facts.dependents("zlib-ng")
    assert {"tools", "app"} == facts.dependents("absent")


def test_a_cycle_has_an_order_too(place: Place) -> None:
    place.add("a", requires=["b"])
    place.add("b", requires=["c"])
    place.add("c", requires=["a", "base"])
    place.add("base")

    facts = place.facts()

    assert sorted(facts.names) == ["a", "b", "base", "c"]
    assert facts.names.index("base") < facts.names.index("c")
    assert {"b", "c", "base"} == facts.closure("a")
    assert {"a", "b", "c"} == facts.dependents("base")


def test_a_chain_deeper_than_pythons_stack_has_an_order() -> None:
    count = 3000
    edges = {f"d{n:04}": frozenset({f"d{n + 1:04}"}) for n in range(count)}

    ordered = list(dependencies_first({f"d{n:04}" for n in range(count)}, edges))

    assert [f"d{n:04}" for n in reversed(range(count))] == ordered


def test_markers_are_the_targets(place: Place) -> None:
    place.add(
        "app",
        requires=[
            "on-windows; sys_platform == 'win32'",
            "on-this; os_name == 'posix'",
            "old; python_version < '3'",
            "optional; extra == 'fast'",
        ],
    )

    facts = place.facts()

    assert {"on-this"} == facts.dependencies["app"]
    assert ["on-this"] == list(facts.missing)


def test_an_extra_that_a_requirer_asks_for_counts(place: Place) -> None:
    place.add("app", requires=["web[HTTP_2]"])
    place.add("web", requires=["h2; extra == 'http-2'", "h3; extra == 'http-3'"])

    assert {"h2"} == place.facts().dependencies["web"]


def test_an_extra_that_names_others_of_its_own_counts(place: Place) -> None:
    place.add("app", requires=["web[all]"])
    place.add("web", requires=["web[http2]; extra == 'all'", "h2; extra == 'http2'"])

    facts = place.facts()

    assert {"web", "h2"} == facts.dependencies["web"]
    assert ["h2"] == list(facts.missing)
    assert {"h2"} == facts.closure("web")


def test_an_extra_that_the_profile_asks_for_counts(place: Place) -> None:
    place.groups = {"core": ["web[http2]"]}
    place.add("web", requires=["h2; extra == 'http2'"])

    assert {"h2"} == place.facts().dependencies["web"]


def test_what_is_missing_names_all_who_need_it(place: Place) -> None:
    place.add("app", requires=["Absent.Thing>=2"])
    place.add("web", requires=["absent-thing<3"])

    (name, needs), *others = place.facts().missing.items()

    assert [] == others
    assert "absent-thing" == name
    assert [("app", ">=2"), ("web", "<3")] == [
        (need.requirer, str(need.requirement.specifier)) for need in needs
    ]


def test_what_the_base_gives_is_not_missing(place: Place, tmp_path: Path) -> None:
    """Under `--system-site-packages` a requirement may be met outside, where nothing is judged."""
    (tmp_path / "base" / "based-1.0.dist-info").mkdir(parents=True)
    (place.site / "base.pth").write_text(f"{tmp_path / 'base'}\n")
    place.add("app", requires=["based"])

    facts = place.facts()

    assert {} == facts.missing
    assert ("app",) == facts.names


# -- the profile


def test_the_profile_says_what_is_expected(place: Place) -> None:
    place.groups = {"core": ["app==1.0", "web>=2"], "more": ["app"]}
    place.add("app")
    place.add("stray")

    facts = place.facts()

    assert {"app", "stray", "web"} == set(facts.names)
    assert ("1.0", None, None) == tuple(map(facts.expected, ("app", "web", "stray")))
    assert (("core", "more"), ("core",), ()) == tuple(map(facts.groups, ("app", "web", "stray")))
    assert facts.admits("web", Version("2.1"))
    assert not facts.admits("web", Version("1.9"))


def test_without_a_profile_all_who_need_it_must_agree(place: Place) -> None:
    place.add("app", requires=["base>=1"])
    place.add("web", requires=["base<3"])
    place.add("base", "2.0")

    facts = place.facts()

    assert [False, True, False] == [
        facts.admits("base", Version(text)) for text in ("0.9", "2.5rc1", "3.0")
    ]


# -- which wheel gives what


def test_the_wheel_at_hand_gives_the_manifest(place: Place) -> None:
    place.add("demo")
    place.add("lonely", keep_wheel=False)

    facts = place.facts()

    sources = {name: facts.manifest(name) for name in facts.names}
    assert {"demo": "wheel", "lonely": "record"} == {
        name: manifest.source if manifest else None for name, manifest in sources.items()
    }
    assert not facts.other_build("demo")


def test_a_distribution_of_which_nothing_tells_has_no_manifest(place: Place) -> None:
    place.add("demo", keep_wheel=False)
    (place.site / "demo-1.0.dist-info" / "RECORD").unlink()

    facts = place.facts()

    assert None is facts.manifest("demo")
    assert set() == facts.owned_paths("demo")
    assert set() == facts.owned_paths("nobody")


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"metadata": "Summary: another\n"}, id="by-its-metadata"),
        pytest.param({"tag": "py2.py3-none-any"}, id="by-its-wheel-file"),
    ],
)
def test_an_equal_version_of_another_build_is_told_apart(
    place: Place, other: dict[str, str]
) -> None:
    """What is installed has metadata that its own RECORD confirms, and the wheel does not."""
    place.add("demo", keep_wheel=False)
    make_wheel(place.house, "demo", files={"demo/__init__.py": "OTHER = 1\n"}, **other)

    facts = place.facts()

    manifest = facts.manifest("demo")
    assert facts.other_build("demo")
    assert manifest is not None
    assert "record" == manifest.source


@pytest.mark.parametrize("name", ["WHEEL", "METADATA"])
@pytest.mark.parametrize("lost", [False, True], ids=["altered", "lost"])
def test_damaged_metadata_is_no_other_build(place: Place, name: str, lost: bool) -> None:
    place.add("demo")
    path = place.site / "demo-1.0.dist-info" / name
    path.unlink() if lost else path.write_text("Name: demo\nVersion: 1.0\nWheel-Version: 1.0\n")

    facts = place.facts()

    manifest = facts.manifest("demo")
    assert not facts.other_build("demo")
    assert manifest is not None
    assert "wheel" == manifest.source


def test_of_several_builds_the_one_that_is_installed_is_compared_with(place: Place) -> None:
    place.add("demo")
    other = place.folder / "other"
    make_wheel(other, "demo", files={"demo/__init__.py": "OTHER = 1\n"}, metadata="Summary: two\n")
    # A higher build number, so that it would be the one to install.
    shutil.copy(other / "demo-1.0-py3-none-any.whl", place.house / "demo-1.0-1-py3-none-any.whl")

    facts = place.facts()

    assert not facts.other_build("demo")
    manifest = facts.manifest("demo")
    assert manifest is not None
    assert "wheel" == manifest.source


@pytest.mark.parametrize(
    ("direct_url", "other"),
    [
        ({"url": "https://git.example/demo", "vcs_info": {"vcs": "git"}}, True),
        ({"url": "file:///src/demo", "dir_info": {}}, True),
        ({"url": "file:///x/demo-1.0-py3-none-any.whl", "archive_info": {}}, False),
    ],
    ids=["version-control", "folder", "this-very-wheel"],
)
def test_another_source_is_another_build(
    place: Place, direct_url: dict[str, object], other: bool
) -> None:
    place.add("demo")
    (place.site / "demo-1.0.dist-info" / "direct_url.json").write_text(json.dumps(direct_url))

    assert other == place.facts().other_build("demo")


def test_a_wheel_that_cannot_be_read_is_no_evidence(place: Place) -> None:
    place.add("demo").write_bytes(b"junk")

    manifest = place.facts().manifest("demo")

    assert manifest is not None
    assert "record" == manifest.source


# -- owners


def test_every_file_has_its_owners(place: Place) -> None:
    place.add("demo", files={"demo/__init__.py": "", "shared.py": ""})
    place.add("twin", files={"twin.py": ""}, keep_wheel=False)
    record = place.site / "twin-1.0.dist-info" / "RECORD"
    record.write_text(record.read_text() + "shared.py,,\n")

    owners = place.facts().owners

    assert ("demo",) == owners[str(place.site / "demo" / "__init__.py")]
    assert ("twin",) == owners[str(place.site / "twin.py")]
    assert ("demo", "twin") == owners[str(place.site / "shared.py")]


def test_a_file_that_only_record_names_has_an_owner_too(place: Place) -> None:
    """What an installer made, or what an older version of the wheel had."""
    place.add("demo")
    record = place.site / "demo-1.0.dist-info" / "RECORD"
    record.write_text(record.read_text() + "demo/generated.py,,\n../../../bin/python,,\n")

    facts = place.facts()

    assert ("demo",) == facts.owners[str(place.site / "demo" / "generated.py")]
    assert str(place.root / "bin" / "python") not in facts.owners


def test_a_file_is_found_through_a_link_to_its_folder(place: Place, tmp_path: Path) -> None:
    """A traceback may name the target's folders by another path."""
    place.add("demo")
    (tmp_path / "link").symlink_to(place.root)
    linked = tmp_path / "link" / (place.site / "demo" / "__init__.py").relative_to(place.root)

    facts = place.facts()

    assert ("demo",) == facts.owners_of_file(str(linked))


def test_a_foreign_file_belongs_to_the_folder_it_lies_in(place: Place) -> None:
    place.add("demo")
    place.add("one", files={"ns/one.py": ""})
    place.add("two", files={"ns/two.py": ""})

    facts = place.facts()

    assert ("demo",) == facts.owners_of_file(str(place.site / "demo" / "foreign.py"))
    assert () == facts.owners_of_file(str(place.site / "ns" / "foreign.py"))
    assert () == facts.owners_of_file(str(place.site / "foreign.py"))
    assert () == facts.owners_of_file("/usr/lib/python3/os.py")


# -- who gives a module


def test_the_provider_of_a_module_is_known_by_its_files(place: Place) -> None:
    place.groups = {"core": ["wanted==1.0"]}
    make_wheel(place.house, "wanted", files={"wanted_module/__init__.py": ""})
    place.add("PyYAML", files={"yaml/__init__.py": ""})
    place.add("proto", files={"google/protobuf/__init__.py": ""})
    place.add("storage", files={"google/storage/__init__.py": ""})

    facts = place.facts()

    expected = {
        "yaml": ("pyyaml",),
        "yaml.representer.x": ("pyyaml",),
        "google.protobuf.message": ("proto",),
        "google": ("proto", "storage"),
        "wanted_module.sub": ("wanted",),
        "nobody": (),
        "yam": (),
    }
    assert expected == {module: facts.providers(module) for module in expected}


def test_a_module_that_nobody_installed_is_known_by_the_wheels(place: Place) -> None:
    place.add("app", requires=["needed"])
    make_wheel(place.house, "needed", files={"module/__init__.py": ""})
    make_wheel(place.house, "idle", files={"module/__init__.py": "", "other.py": ""})

    facts = place.facts()

    assert (("needed",), ("idle",), ()) == tuple(map(facts.makers, ("module", "other", "app")))


# -- the wheel that a repair installs


def wheel_name(facts: Facts, name: str) -> str:
    return facts.wheel_to_install(name).filename


def test_the_profiles_version_is_installed(place: Place) -> None:
    place.groups = {"core": ["demo==1.0"]}
    place.add("demo", "1.1")
    make_wheel(place.house, "demo", "1.0")

    assert "demo-1.0-py3-none-any.whl" == wheel_name(place.facts(), "demo")


def test_without_a_profile_the_installed_version_is_installed(place: Place) -> None:
    place.add("demo", "1.0")
    make_wheel(place.house, "demo", "1.1")

    assert "demo-1.0-py3-none-any.whl" == wheel_name(place.facts(), "demo")


def test_what_is_missing_is_installed_as_all_who_need_it_admit(place: Place) -> None:
    place.add("app", requires=["base>=1"])
    place.add("web", requires=["base<2"])
    for version in ("0.9", "1.5", "1.9", "2.0"):
        make_wheel(place.house, "base", version)

    assert "base-1.9-py3-none-any.whl" == wheel_name(place.facts(), "base")


def test_no_wheel_for_what_is_missing_names_the_requirements(place: Place) -> None:
    place.add("app", requires=["base>=1"])
    place.add("web", requires=["base<2"])

    with pytest.raises(NoWheelError) as caught:
        place.facts().wheel_to_install("base")

    assert (
        f"No wheel of base<2 and base>=1: none of this name ({place.house}). "
        "Put one there, or name another folder with --venv-wheelhouse."
    ) == str(caught.value)


def test_facts_are_read_again_after_a_change(place: Place) -> None:
    place.add("demo")
    facts = place.facts()
    place.add("more")

    assert ("demo",) == facts.names
    assert ("demo", "more") == facts.refresh().names


def test_a_start_up_file_that_was_mended_is_seen_after_a_refresh(place: Place) -> None:
    (place.site / "bad.pth").write_text("import os; os._exit(1)\n")
    facts = place.facts()
    (place.site / "bad.pth").unlink()

    assert "exit status 1" == facts.environment.startup_error
    assert None is facts.refresh().environment.startup_error


def test_paths_are_shown_sorted_and_relative(place: Place) -> None:
    environment = Environment.at(place.root)

    assert ("a", "b/c", "bin/python") == relative_paths(
        environment, [place.root / "b/c", str(place.root / "bin/python"), place.root / "a"]
    )
