"""Bad input: a clear sentence each, and the other items go on."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import pytest
from conftest import Health, RunHealth
from targets import install_wheel, make_venv
from wheels import make_wheel

pytestmark = pytest.mark.sampled(2)


@pytest.fixture
def target(pytester: pytest.Pytester) -> Path:
    """An environment with `demo` and `bystander`."""
    root = make_venv(pytester.path / "target")
    for name in ("demo", "bystander"):
        install_wheel(root, make_wheel(pytester.path / "made", name))
    return root


@pytest.fixture
def profile(pytester: pytest.Pytester) -> Path:
    return pytester.path / "own.toml"


def said(health: Health, name: str = "demo") -> list[tuple[str, str, str]]:
    return [
        (each["severity"], each["code"], each["summary"])
        for each in health.distribution(name)["findings"]
    ]


# -- the probe's own text


def test_a_probe_file_with_a_syntax_error(
    target: Path, profile: Path, run_health: RunHealth
) -> None:
    profile.write_text('[probes.demo]\nfile = "demo_probe.py"\n')
    profile.with_name("demo_probe.py").write_text("import demo\nassert (\n")

    health = run_health("--venv=target", f"--venv-profile={profile}")

    assert health.code == 1
    (finding,) = said(health)
    assert finding[:2] == ("error", "probe-error")
    assert finding[2].startswith("the probe of demo itself is wrong: SyntaxError: ")
    assert "demo_probe.py" in finding[2]
    assert health.distribution("demo")["depth"] == "import"
    assert health.distribution("bystander")["status"] == "healthy"


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    "probe",
    [
        pytest.param('code = "import demo\\nimport plotlet.lines"', id="in-its-text"),
        pytest.param('code = "pass"\nimports = ["demo", "plotlet.lines"]', id="in-its-imports"),
    ],
)
def test_a_probe_that_needs_what_is_not_installed(
    target: Path, profile: Path, run_health: RunHealth, probe: str
) -> None:
    """It is the probe that asks for it: nobody is to blame, and nothing is to be installed."""
    profile.write_text(f"[probes.demo]\n{probe}\n")

    health = run_health("--venv=target", f"--venv-profile={profile}", "-k", "functional")

    assert health.code == 1
    (finding,) = health.distribution("demo")["findings"]
    assert (finding["code"], finding["root_causes"]) == ("probe-error", [])
    assert finding["summary"] == (
        "the probe of demo itself needs plotlet, which is not installed: demo does not ask for it"
    )
    assert finding["remedy"].startswith("Write the probe without plotlet")


def test_a_module_that_the_distribution_should_have_is_its_own_fault(
    target: Path, profile: Path, run_health: RunHealth
) -> None:
    profile.write_text('[probes.demo]\ncode = "import demo.lost"\n')

    health = run_health("--venv=target", f"--venv-profile={profile}", "-k", "functional")

    ((_, code, summary),) = said(health)
    assert code == "import-error"
    assert summary == "the probe of demo fails: No module named 'demo.lost'"


def test_a_module_that_a_missing_requirement_should_bring_is_no_fault_of_the_probe(
    target: Path, profile: Path, run_health: RunHealth
) -> None:
    install_wheel(target, make_wheel(profile.parent / "made", "needy", requires=["plotlet"]))
    profile.write_text('[probes.needy]\ncode = "import needy\\nimport plotlet"\n')

    health = run_health("--venv=target", f"--venv-profile={profile}", "-k", "needy and functional")

    assert "import-error" in health.codes("needy")


# -- whom it is for


def test_a_probe_for_a_distribution_that_nobody_has_is_a_warning(
    target: Path, profile: Path, run_health: RunHealth
) -> None:
    profile.write_text('[probes.demmo]\ncode = "pass"\n[probes.demo]\ncode = "import demo"\n')

    health = run_health("--venv=target", f"--venv-profile={profile}", "-q")

    assert health.code == 0
    assert health.distribution("demo")["depth"] == "functional"
    sentence = (
        f"{profile}: probes.demmo is run by nothing, for demmo is neither installed nor wanted "
        'here. Did you mean "demo"?'
    )
    assert health.text.count(sentence) == 1


def test_under_strict_such_a_probe_fails_the_run_and_not_the_items(
    target: Path, profile: Path, run_health: RunHealth
) -> None:
    profile.write_text('[probes.other-thing]\ncode = "pass"\n')

    health = run_health("--venv=target", f"--venv-profile={profile}", "--venv-strict")

    assert health.code == 1
    assert health.report["status"] == "healthy"
    assert "probes.other-thing is run by nothing" in health.text


def test_a_probe_for_what_one_of_several_environments_has_is_none(
    target: Path, profile: Path, run_health: RunHealth
) -> None:
    second = make_venv(profile.parent / "second")
    install_wheel(second, make_wheel(profile.parent / "made", "other-thing"))
    profile.write_text('[probes.other-thing]\ncode = "import other_thing"\n')

    health = run_health("--venv=target", "--venv=second", f"--venv-profile={profile}")

    assert health.code == 0
    assert "run by nothing" not in health.text


# -- limits


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "soon"])
def test_a_time_limit_that_is_none(target: Path, run_health: RunHealth, seconds: str) -> None:
    health = run_health("--venv=target", f"--venv-timeout={seconds}", reports=False)

    assert health.code == 4
    health.result.stderr.fnmatch_lines(
        [f"ERROR: --venv-timeout={seconds}: expected a number of seconds above 0."]
    )


def test_a_time_limit_of_zero_in_a_profile(
    target: Path, profile: Path, run_health: RunHealth
) -> None:
    profile.write_text('[probes.demo]\ncode = "pass"\ntimeout = 0\n')

    health = run_health("--venv=target", f"--venv-profile={profile}", reports=False)

    assert health.code == 4
    health.result.stderr.fnmatch_lines(
        ["*own.toml: probes.demo.timeout: expected a number of seconds above 0, found 0."]
    )


def test_more_jobs_than_cores_are_allowed(target: Path, run_health: RunHealth) -> None:
    jobs = 8 * (os.cpu_count() or 1)

    health = run_health("--venv=target", f"--venv-jobs={jobs}")

    assert health.code == 0
    assert health.statuses() == {"bystander": "healthy", "demo": "healthy"}


# -- the scratch folder

LOSES_IT = """\
import pytest, shutil, tempfile


@pytest.hookimpl(wrapper=True)
def pytest_collection_finish(session):
    yield
    tempfile.tempdir = {folder!r}
"""


@pytest.mark.parametrize("strict", [False, True], ids=["plain", "strict"])
def test_a_scratch_folder_that_is_lost_leaves_the_probes_unchecked(
    target: Path,
    run_health: RunHealth,
    pytester: pytest.Pytester,
    strict: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What needs none goes on; the reason stands there once."""
    monkeypatch.setattr(tempfile, "tempdir", tempfile.tempdir)
    for number in range(5):
        install_wheel(target, make_wheel(pytester.path / "made", f"more{number}"))
    gone = pytester.path / "gone"
    pytester.makeconftest(LOSES_IT.format(folder=str(gone)))

    health = run_health("--venv=target", *(["--venv-strict"] if strict else []))

    reason = f"No scratch folder can be made (No such file or directory: {gone}). Make room there"
    assert health.code == int(strict)
    assert set(health.statuses().values()) == {"unchecked"}
    assert health.distribution("demo")["depth"] == "files"
    summary = health.text.partition("= venv-health =")[2]
    assert summary.count(reason) == 1
    assert "bystander, demo, more0 and 4 more  unchecked" in summary


def test_no_scratch_folder_from_the_start_is_said_in_one_sentence(
    target: Path, run_health: RunHealth, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even the interpreter can be asked then, and nobody may call it broken."""
    monkeypatch.setattr(tempfile, "tempdir", tempfile.tempdir)
    gone = pytester.path / "gone"
    pytester.makeconftest(f"import tempfile\ntempfile.tempdir = {str(gone)!r}\n")

    health = run_health("--venv=target", reports=False)

    assert health.code == 4
    sentence = (
        f"ERROR: No scratch folder can be made (No such file or directory: {gone}). Make room "
        "there, or name a folder that can be written with TMPDIR."
    )
    health.result.stderr.fnmatch_lines([sentence])


# -- the network

REACHES = (
    "import socket\ntry:\n    socket.getaddrinfo('hub.example', 80)\nexcept OSError:\n    pass\n"
)


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("text", "code", "severity"),
    [
        pytest.param("", 0, "warning", id="default"),
        pytest.param('network = "warning"\n', 0, "warning", id="warning"),
        pytest.param('network = "error"\n', 1, "error", id="error"),
        pytest.param('extends = "base"\n', 1, "error", id="extended"),
        pytest.param('extends = "base"\nnetwork = "warning"\n', 0, "warning", id="extended-away"),
        pytest.param(
            'network = "error"\n[[waivers]]\ndistribution = "demo"\ncode = "network-attempted"\n'
            'reason = "known"\n',
            0,
            "error",
            id="waived",
        ),
    ],
)
def test_the_profile_says_what_an_attempt_to_reach_the_network_is(
    target: Path,
    profile: Path,
    run_health: RunHealth,
    text: str,
    code: int,
    severity: str,
) -> None:
    probe = f"[probes.demo]\ncode = {json.dumps(REACHES)}\n"
    profile.write_text(text + probe)
    profile.with_name("base.toml").write_text('network = "error"\n')

    health = run_health("--venv=target", f"--venv-profile={profile}")

    assert health.code == code
    ((found, kind, summary),) = said(health)
    assert (found, kind) == (severity, "network-attempted")
    assert summary == "the probe of demo tries to reach hub.example"
    assert health.distribution("bystander")["status"] == "healthy"
