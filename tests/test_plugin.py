"""The plugin as pytest users meet it: node ids, selection, other plugins, exit statuses."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import RunHealth
from targets import copy_venv, install_wheel, site_packages, snapshot
from wheels import digest, make_wheel

pytestmark = pytest.mark.sampled(2)

BLOOM = "library/models/bloom.py"


@pytest.fixture
def broken_story(story: Path) -> Path:
    (site_packages(story) / BLOOM).unlink()
    return story


def collected(health_text: str) -> list[str]:
    return [line for line in health_text.splitlines() if line.startswith("venv-health::")]


# -- collection and selection


def test_items_come_stage_by_stage_and_dependencies_first(
    story: Path, run_health: RunHealth
) -> None:
    health = run_health("--venv=target", "--collect-only", "-q", reports=False)

    assert [
        "venv-health::environment[interpreter]",
        "venv-health::environment[startup]",
        "venv-health::environment[scripts]",
        "venv-health::environment[site-packages]",
        "venv-health::library[installed]",
        "venv-health::adapter[installed]",
        "venv-health::bystander[installed]",
        "venv-health::library[files]",
        "venv-health::adapter[files]",
        "venv-health::bystander[files]",
        "venv-health::library[import]",
        "venv-health::adapter[import]",
        "venv-health::bystander[import]",
    ] == collected(health.text)


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        pytest.param(["venv-health::adapter[import]"], ["adapter[import]"], id="node-id"),
        pytest.param(
            ["venv-health::adapter"],
            ["adapter[installed]", "adapter[files]", "adapter[import]"],
            id="name-alone",
        ),
        pytest.param(["-k", "bystander and files"], ["bystander[files]"], id="k"),
        pytest.param(
            ["-m", "venv_health", "-k", "adapter and import"], ["adapter[import]"], id="m"
        ),
        pytest.param(
            ["venv-health::adapter", "--deselect=venv-health::adapter[files]"],
            ["adapter[installed]", "adapter[import]"],
            id="deselect",
        ),
        pytest.param(
            ["-k", "adapter", "--venv-depth=files"],
            ["adapter[installed]", "adapter[files]"],
            id="depth",
        ),
    ],
)
def test_items_are_selected_as_tests_are(
    story: Path, run_health: RunHealth, selection: list[str], expected: list[str]
) -> None:
    health = run_health("--venv=target", "--collect-only", "-q", *selection, reports=False)

    assert [f"venv-health::{each}" for each in expected] == collected(health.text)


def test_a_node_id_that_does_not_exist_gets_a_suggestion(
    story: Path, run_health: RunHealth
) -> None:
    health = run_health("--venv=target", "venv-health::adaptr[import]", reports=False)

    assert health.code == 4
    health.result.stderr.fnmatch_lines(["*Did you mean venv-health::adapter?import??"])


def test_a_name_that_no_distribution_has_on_k_runs_nothing(
    story: Path, run_health: RunHealth
) -> None:
    health = run_health("--venv=target", "-k", "nobody")

    assert health.code == pytest.ExitCode.NO_TESTS_COLLECTED
    assert health.report["status"] == "unchecked"


def test_last_failed_runs_what_failed(broken_story: Path, run_health: RunHealth) -> None:
    run_health("--venv=target")

    again = run_health("--venv=target", "--lf")

    again.result.assert_outcomes(failed=3, deselected=10)


def test_x_stops_at_the_first_failure(broken_story: Path, run_health: RunHealth) -> None:
    health = run_health("--venv=target", "-x")

    assert health.code == 1
    health.result.assert_outcomes(passed=7, failed=1)


def test_without_paths_health_items_run_alone_and_with_paths_they_come_first(
    story: Path, run_health: RunHealth
) -> None:
    Path("test_mine.py").write_text("def test_mine():\n    pass\n")

    alone = run_health("--venv=target", "--collect-only", "-q", reports=False)
    both = run_health("--venv=target", "--collect-only", "-q", "test_mine.py", reports=False)
    lines = both.text.splitlines()

    assert "test_mine.py::test_mine" not in alone.text
    assert lines.index("test_mine.py::test_mine") == len(collected(both.text))


def test_a_plain_run_imports_the_option_declarations_alone(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_modules():
            ours = sorted(name for name in sys.modules if name.startswith("pytest_venvhealth"))
            assert ours == ["pytest_venvhealth", "pytest_venvhealth.plugin"]
            assert "installer" not in sys.modules
            assert "filelock" not in sys.modules
        """
    )

    result = pytester.runpytest_subprocess("-p", "no:randomly")

    result.assert_outcomes(passed=1)


# -- rootdir, caches, conftest


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    "form", [["--venv=../target"], ["--venv", "../target"]], ids=["=", "space"]
)
def test_nothing_of_pytest_lands_in_the_target(
    story: Path, pytester: pytest.Pytester, form: list[str]
) -> None:
    """Not its cache, and its ini file is not read, in whichever form `--venv` is given."""
    (story / "pytest.ini").write_text("[pytest]\naddopts = --this-option-is-unknown\n")
    before = snapshot(story)
    empty = pytester.mkdir("empty")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--venv-health", *form, "-p", "no:randomly"],
        cwd=empty,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"rootdir: {empty}" in done.stdout
    assert before == snapshot(story)


@pytest.mark.slow
def test_the_ini_file_beside_the_user_is_read_with_a_space_too(
    story: Path, pytester: pytest.Pytester
) -> None:
    pytester.makeini("[pytest]\naddopts = -k bystander\nvenv_health = true\nvenv_depth = files\n")

    result = pytester.runpytest_subprocess("--venv", "target", "-p", "no:randomly")

    result.assert_outcomes(passed=2, deselected=8)


@pytest.mark.slow
def test_paths_in_an_ini_file_are_relative_to_it(story: Path, pytester: pytest.Pytester) -> None:
    pytester.makeini(
        "[pytest]\nvenv_health = true\nvenv = sick=target\nvenv_wheelhouse = wheelhouse\n"
        "venv_profile = story\nvenv_json = out.json\n"
    )
    below = pytester.mkdir("below")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:randomly"], cwd=below, check=False
    )
    report = json.loads(Path("out.json").read_text())

    assert done.returncode == 0
    assert report["environments"][0]["name"] == "sick"
    assert report["environments"][0]["profile"] == "story"


@pytest.mark.slow
def test_called_inside_the_target_it_leaves_nothing_there(
    story: Path, monkeypatch: pytest.MonkeyPatch, pytester: pytest.Pytester
) -> None:
    before = snapshot(story)

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--venv-health", "--venv=.", "-p", "no:randomly"],
        cwd=story,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0
    assert before == snapshot(story)


@pytest.mark.parametrize(
    "workers",
    [
        pytest.param([], id="one-process"),
        pytest.param(["-n", "2"], id="two-workers", marks=pytest.mark.slow),
    ],
)
def test_a_conftest_that_the_damage_breaks_does_not_end_the_run(
    broken_story: Path, pytester: pytest.Pytester, workers: list[str]
) -> None:
    pytester.makeconftest("import library.models.bloom\n")
    environment = {**os.environ, "PYTHONPATH": str(site_packages(broken_story))}

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--venv-health", "--venv=target", *workers],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "conftest.py could not be imported (ModuleNotFoundError" in done.stdout
    assert "3 failed, 10 passed" in done.stdout


def test_with_paths_a_broken_conftest_is_pytests_own_error(
    story: Path, pytester: pytest.Pytester
) -> None:
    pytester.makeconftest("import nobody_has_this\n")
    pytester.makepyfile("def test_mine():\n    pass\n")

    result = pytester.runpytest_subprocess("--venv-health", "--venv=target", pytester.path)

    assert result.ret == 4


# -- what other plugins see


@pytest.mark.slow
def test_json_report_junit_and_html_agree(broken_story: Path, run_health: RunHealth) -> None:
    health = run_health(
        "--venv=target",
        "--json-report",
        "--json-report-file=report.json",
        "--junitxml=junit.xml",
        "-n",
        "2",
        subprocess=True,
    )
    report = json.loads(Path("report.json").read_text())
    cases = ElementTree.parse("junit.xml").iter("testcase")
    failed = sorted(case.get("name") or "" for case in cases if case.find("failure") is not None)
    tests = {test["nodeid"]: test for test in report["tests"]}
    metadata = tests["venv-health::adapter[import]"]["metadata"]["venv_health"]

    assert health.report == report["venv_health"]
    assert ["adapter[import]", "library[files]", "library[import]"] == failed
    assert {
        "environment": "target",
        "distribution": "adapter",
        "check": "import",
        "status": "broken",
        "codes": ["import-error"],
        "root_causes": ["library"],
    } == {key: value for key, value in metadata.items() if key != "seconds"}


def test_a_healed_item_says_so_in_json_report(broken_story: Path, run_health: RunHealth) -> None:
    run_health("--venv=target", "--repair", "--json-report", "--json-report-file=report.json")
    report = json.loads(Path("report.json").read_text())
    tests = {test["nodeid"]: test for test in report["tests"]}

    healed = tests["venv-health::library[files]"]
    assert healed["metadata"]["venv_health"]["status"] == "healed"
    assert healed["outcome"] == "passed"
    assert report["summary"]["passed"] == 13
    assert report["exitcode"] == 0
    assert report["venv_health"]["status"] == "healed"


@pytest.mark.slow
def test_a_random_order_blames_and_heals_the_same(
    broken_story: Path, pytester: pytest.Pytester
) -> None:
    arguments = ["--venv-health", "--venv=target", "--venv-json=out.json"]
    for seed in ("1", "7"):
        result = pytester.runpytest_subprocess(*arguments, f"--randomly-seed={seed}")
        assert result.ret == 1
        report = json.loads(Path("out.json").read_text())
        listed = report["environments"][0]["distributions"]
        causes = {
            each["name"]: sorted({c for f in each["findings"] for c in f["root_causes"]})
            for each in listed
        }
        assert {"adapter": ["library"], "bystander": [], "library": ["library"]} == causes


# -- options


def test_several_environments_are_told_apart(
    broken_story: Path, healthy_story: Path, run_health: RunHealth
) -> None:
    health = run_health("--venv=sick=target", f"--venv=well={healthy_story}", "-v")

    assert health.code == 1
    assert "venv-health::sick/library[files] FAILED" in health.text
    assert "venv-health::well/library[files] PASSED" in health.text
    assert health.environment("sick")["status"] == "broken"
    assert health.environment("well")["status"] == "healthy"
    assert health.report["status"] == "broken"


def test_a_group_runs_its_items_and_its_dependencies_stay_suspects(
    broken_story: Path, run_health: RunHealth
) -> None:
    Path("profiles/groups.toml").write_text(
        '[dependency-groups]\ntop = ["adapter==0.13.2"]\nbase = ["library==4.57.3"]\n'
    )

    health = run_health("--venv=target", "--venv-profile=groups", "--venv-group=top", "--repair")

    assert health.code == 0
    assert "healed" in health.text
    assert health.distribution("adapter")["groups"] == ["top"]
    assert [each["distribution"] for each in health.environment()["repairs"]] == ["library"]


@pytest.mark.parametrize(("style", "shown"), [("line", True), ("no", False)])
def test_tb_shortens_what_stands_in_place_of_a_traceback(
    broken_story: Path, run_health: RunHealth, style: str, shown: bool
) -> None:
    health = run_health(f"--venv={broken_story}", f"--tb={style}", "--venv-depth=files")

    assert health.code == 1
    said = [
        line for line in health.text.splitlines() if line.startswith("library 4.57.3 is damaged")
    ]
    assert bool(said) is shown
    assert "  lib/python" not in health.text


def test_strict_fails_on_warnings(story: Path, run_health: RunHealth) -> None:
    (site_packages(story) / "~ibrary").mkdir()

    lax = run_health("--venv=target")
    strict = run_health("--venv=target", "--venv-strict")

    assert lax.code == 0
    assert [each["code"] for each in lax.environment()["findings"]] == ["leftover"]
    assert strict.code == 1


def test_a_leftover_is_cleared_by_a_repair(story: Path, run_health: RunHealth) -> None:
    leftover = site_packages(story) / "~ibrary"
    leftover.mkdir()
    (leftover / "__init__.py").write_text("")

    health = run_health("--venv=target", "--repair")

    assert health.code == 0
    assert not leftover.exists()
    assert "environment" not in health.statuses()
    (repair,) = health.environment()["repairs"]
    assert repair["distribution"] == "environment"
    assert repair["actions"][0]["paths"][0].endswith("site-packages/~ibrary")
    assert "~ibrary" in health.text


def test_what_cannot_be_told_is_skipped_and_fails_under_strict(
    story: Path, run_health: RunHealth
) -> None:
    shutil.rmtree("wheelhouse")
    record = site_packages(story) / "bystander-1.0.dist-info" / "RECORD"
    rows = record.read_text().splitlines()
    record.write_text("\n".join(row.split(",")[0] + ",," for row in rows) + "\n")

    lax = run_health("--venv=target", "-rs")
    strict = run_health("--venv=target", "--venv-strict")

    assert lax.code == 0
    assert lax.distribution("bystander")["status"] == "unchecked"
    lax.result.stdout.fnmatch_lines(["SKIPPED*venv-health*have no hash in RECORD*"])
    assert strict.code == 1


WAIVER = """
[[waivers]]
distribution = "bystander"
code = "file-altered"
paths = ["*/bystander/__init__.py"]
reason = "patched on purpose"
expires = {expires}
"""


def test_a_waived_finding_is_xfailed_until_it_expires(story: Path, run_health: RunHealth) -> None:
    (site_packages(story) / "bystander" / "__init__.py").write_text("PATCHED = True\n")
    profile = Path("profiles/story.toml")
    text = profile.read_text()

    profile.write_text(text + WAIVER.format(expires="2999-01-01"))
    waived = run_health("--venv=target", "--venv-profile=story", "-rx")
    profile.write_text(text + WAIVER.format(expires="2001-01-01"))
    expired = run_health("--venv=target", "--venv-profile=story")

    assert waived.code == 0
    assert waived.distribution("bystander")["status"] == "waived"
    waived.result.stdout.fnmatch_lines(["XFAIL*bystander?files?*patched on purpose*"])
    assert expired.code == 1
    assert ["file-altered", "waiver-expired"] == expired.codes("bystander")


@pytest.mark.slow
def test_a_waived_file_outlives_a_repair(story: Path, run_health: RunHealth) -> None:
    patched = site_packages(story) / "library" / "data.txt"
    patched.write_text("our own weights\n")
    (site_packages(story) / BLOOM).unlink()
    profile = Path("profiles/story.toml")
    waiver = WAIVER.replace("bystander", "library").replace("__init__.py", "data.txt")
    profile.write_text(profile.read_text() + waiver.format(expires="2999-01-01"))

    health = run_health("--venv=target", "--venv-profile=story", "--repair")

    assert health.code == 0, health.text
    assert (site_packages(story) / BLOOM).exists()
    assert patched.read_text() == "our own weights\n"
    (record,) = site_packages(story).glob("library-*/RECORD")
    # The record is the wheel's, or an edit of tomorrow could not be told from this one.
    expected = digest(b"weights\n")
    assert f"library/data.txt,sha256={expected},8" in record.read_text().splitlines()


def test_a_probe_of_the_profile_is_run(story: Path, run_health: RunHealth) -> None:
    profile = Path("profiles/story.toml")
    code = "from library import BloomModel\\nassert BloomModel.layers == 2"
    profile.write_text(profile.read_text() + f'\n[probes.library]\ncode = "{code}"\n')

    health = run_health("--venv=target", "--venv-profile=story")

    assert health.code == 0
    assert health.distribution("library")["depth"] == "functional"


def test_a_probe_that_hangs_is_ended(story: Path, run_health: RunHealth) -> None:
    profile = Path("profiles/story.toml")
    probe = '\n[probes.library]\ncode = "import time; time.sleep(60)"\ntimeout = 0.5\n'
    profile.write_text(profile.read_text() + probe)

    health = run_health("--venv=target", "--venv-profile=story", "-k", "library")

    assert health.code == 1
    assert health.codes("library") == ["timeout"]


# -- the hook


@pytest.mark.slow
def test_a_conftest_may_replace_the_repair(broken_story: Path, run_health: RunHealth) -> None:
    Path("conftest.py").write_text(
        "from pathlib import Path\n"
        "from pytest_venvhealth.results import RepairRecord, RepairResult\n"
        "def pytest_venvhealth_repair(item, findings):\n"
        "    site = next(Path('target').glob('lib/python*/site-packages'))\n"
        "    text = 'class BloomModel:\\n    layers = 2\\n'\n"
        "    (site / 'library/models/bloom.py').write_text(text)\n"
        "    return [RepairRecord(distribution='library', version='4.57.3', wheel=None,\n"
        "        sha256=None, items=(item.nodeid,), result=RepairResult.VERIFIED,\n"
        "        reason=None, seconds=0.0)]\n"
    )

    health = run_health("--venv=target", "--repair", subprocess=True)

    assert health.code == 0, health.text
    assert health.environment()["repairs"][0]["wheel"] is None
    assert health.distribution("library")["status"] == "healed"


def test_a_conftest_may_watch_the_repair(broken_story: Path, run_health: RunHealth) -> None:
    Path("conftest.py").write_text(
        "import pytest\n"
        "@pytest.hookimpl(wrapper=True)\n"
        "def pytest_venvhealth_repair(item, findings):\n"
        "    records = yield\n"
        "    open('seen.txt', 'a').write(f'{item.name} {records[0].result}\\n')\n"
        "    return records\n"
    )

    health = run_health("--venv=target", "--repair", subprocess=True)

    assert health.code == 0
    assert Path("seen.txt").read_text() == "library[files] verified\n"


# -- usage errors: exit 4, one clear sentence


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        pytest.param(["--venv=nowhere"], "*nowhere: there is no such file or folder.*", id="venv"),
        pytest.param(["--venv=profiles"], "*this folder is no Python environment.*", id="folder"),
        pytest.param(
            ["--venv=a=target", "--venv=a=target"], "*Two environments are named a.*", id="names"
        ),
        pytest.param(["--venv=target", "--venv-profile=nope"], "*nope*", id="profile"),
        pytest.param(["--venv=target", "--venv-group=x"], "*no such group.*", id="group"),
        pytest.param(
            ["--venv=target", "--venv-wheelhouse=nope"], "*no such wheelhouse.*", id="wheelhouse"
        ),
        pytest.param(["--venv=target", "--venv-depth=deep"], "*expected one of*", id="depth"),
        pytest.param(["--venv=target", "--venv-timeout=0"], "*seconds above 0.", id="timeout"),
        pytest.param(["--venv=target", "--venv-memory=2 X"], "*size above 0, such*", id="memory"),
        pytest.param(
            ["--venv=target", "--repair", "--repair-plan"], "*exclude each other*", id="both"
        ),
    ],
)
def test_a_mistake_of_the_user_is_one_sentence(
    story: Path, run_health: RunHealth, arguments: list[str], sentence: str
) -> None:
    health = run_health(*arguments, reports=False)

    assert health.code == 4
    health.result.stderr.fnmatch_lines([f"ERROR: {sentence}"])
    assert "Traceback" not in health.result.stderr.str() + health.text


def test_repair_alone_is_a_usage_error(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_inprocess("--repair")

    assert result.ret == 4
    result.stderr.fnmatch_lines(["ERROR: --repair needs --venv-health: give both."])


def test_a_profile_naming_what_no_wheel_offers_is_told_with_the_wheels_there(
    story: Path, run_health: RunHealth
) -> None:
    Path("profiles/story.toml").write_text('[dependency-groups]\ncore = ["library==9.9"]\n')
    before = snapshot(story)

    health = run_health("--venv=target", "--venv-profile=story", "--repair")

    assert health.code == 1
    assert "No wheel of library 9.9: only version 4.57.3, 4.58.0" in health.text
    assert before == snapshot(story)


def test_junk_in_the_wheelhouse_disturbs_nothing(broken_story: Path, run_health: RunHealth) -> None:
    for name, data in {
        "notes.txt": b"hello",
        "nonsense.whl": b"no wheel",
        "bystander-1.0-py2-none-any.whl": b"",
        "other-1.0-py3-none-any.whl": b"PK\x03\x04 cut",
    }.items():
        Path("wheelhouse", name).write_bytes(data)

    health = run_health("--venv=target", "--repair")

    assert health.code == 0


# -- an environment that is damaged itself


def test_a_dangling_interpreter_is_a_finding_and_no_usage_error(
    story: Path, run_health: RunHealth
) -> None:
    for link in (story / "bin").glob("python*"):
        link.unlink()
    (story / "bin" / "python").symlink_to("/nowhere/python3")

    health = run_health("--venv=target")

    assert health.code == 1
    assert [each["code"] for each in health.environment()["findings"]] == ["interpreter-broken"]
    assert health.distribution("library")["status"] == "unchecked"
    assert health.distribution("library")["depth"] == "files"


@pytest.mark.slow
def test_a_moved_venv_gets_its_scripts_back(
    healthy_story: Path, story: Path, run_health: RunHealth
) -> None:
    shutil.copytree(healthy_story, "moved", symlinks=True)

    broken = run_health("--venv=moved")
    healed = run_health("--venv=moved", "--repair")

    assert broken.code == 1
    assert [each["code"] for each in broken.environment()["findings"]] == ["script-interpreter"]
    assert healed.code == 0, healed.text
    first = Path("moved/bin/library-cli").read_bytes().partition(b"\n")[0]
    assert first == b"#!" + os.fsencode(Path("moved/bin/python").absolute())


@pytest.mark.slow
def test_two_runs_of_a_repair_at_once_both_end_well(
    broken_story: Path, pytester: pytest.Pytester
) -> None:
    command = [sys.executable, "-m", "pytest", "--venv-health", "--venv=target", "--repair"]
    runs = [
        subprocess.Popen([*command, "-p", "no:cacheprovider"], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    outputs = [run.communicate()[0] for run in runs]

    assert [0, 0] == [run.returncode for run in runs], outputs
    assert (site_packages(broken_story) / BLOOM).exists()
    log = (broken_story / ".venv-health" / "audit.jsonl").read_text().splitlines()
    assert 1 == sum(json.loads(line)["action"] == "commit" for line in log)


def test_a_copy_of_a_venv_with_its_scripts_corrected_is_healthy(
    healthy_story: Path, tmp_path: Path, run_health: RunHealth
) -> None:
    copy = copy_venv(healthy_story, tmp_path / "with space" / "ünï")

    health = run_health(f"--venv={copy}")

    assert health.code == 0


def test_a_second_distribution_that_overwrites_files_is_named(
    story: Path, run_health: RunHealth
) -> None:
    wheel = make_wheel(
        Path("wheelhouse").absolute(), "rival", "1.0", {"bystander/__init__.py": "RIVAL = 1\n"}
    )
    (site_packages(story) / "bystander" / "__init__.py").unlink()
    install_wheel(story, wheel)

    health = run_health("--venv=target")

    assert health.code == 1
    assert health.codes("bystander") == ["file-clobbered"]
    assert health.distribution("bystander")["findings"][0]["root_causes"] == ["bystander", "rival"]
