"""Probes that others give: by the hook, and shipped by a package for itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Health, RunHealth
from targets import install_wheel, make_venv, site_packages
from wheels import make_wheel

pytestmark = pytest.mark.sampled(2)

OK = "import demo\nassert demo.VALUE == 42\n"
WRONG = "import demo\nassert demo.VALUE == 41, '{}'\n"


@pytest.fixture
def target(pytester: pytest.Pytester) -> Path:
    """An environment with `demo`, which has no probe, and `bystander`."""
    root = make_venv(pytester.path / "target")
    house = pytester.path / "wheelhouse"
    install_wheel(root, make_wheel(house, "demo", "1.0", {"demo/__init__.py": "VALUE = 42\n"}))
    install_wheel(root, make_wheel(house, "bystander"))
    return root


@pytest.fixture
def ship(pytester: pytest.Pytester) -> Callable[..., Path]:
    """Returns a function that makes an environment whose `demo` ships a probe of that text."""

    def make(
        probe: str | bytes,
        *,
        entry: str = "demo = demo._health",
        file: str = "demo/_health.py",
        bystander: str | None = None,
    ) -> Path:
        root = make_venv(pytester.path / "target")
        house = pytester.path / "wheelhouse"
        files: dict[str, str | bytes] = {"demo/__init__.py": "VALUE = 42\n", file: probe}
        points = f"[pytest_venvhealth.probes]\n{entry}\n"
        install_wheel(root, make_wheel(house, "demo", "1.0", files, entry_points=points))
        install_wheel(root, make_wheel(house, "bystander", entry_points=bystander))
        return root

    return make


def probed(health: Health, name: str = "demo") -> tuple[str, str]:
    """Return how deep a distribution was looked into, and what its use said."""
    found = health.distribution(name)
    said = [each["summary"] for each in found["findings"] if each["check"] == "functional"]
    return found["depth"], "; ".join(said)


# -- the hook


def test_a_conftest_gives_probes_as_text_as_file_and_as_object(
    target: Path, run_health: RunHealth, pytester: pytest.Pytester
) -> None:
    (pytester.path / "checks").mkdir()
    (pytester.path / "checks/bystander.py").write_text(
        "# imports: bystander\nimport bystander\nassert bystander.VALUE == '1.0'\n"
    )
    pytester.makeconftest(
        "from pathlib import Path\n"
        "from pytest_venvhealth.probes.given import OwnProbe\n"
        "def pytest_venvhealth_probes(environment):\n"
        "    assert environment.root.name == 'target'\n"
        "    return {\n"
        f"        'Demo': OwnProbe(code={OK!r}, imports=('demo',), timeout=50),\n"
        "        'bystander': Path('checks/bystander.py'),\n"
        "    }\n"
    )

    health = run_health("--venv=target")

    assert health.code == 0
    assert probed(health) == ("functional", "")
    assert probed(health, "bystander") == ("functional", "")


def test_a_probe_of_the_hook_really_judges(
    target: Path, run_health: RunHealth, pytester: pytest.Pytester
) -> None:
    pytester.makeconftest(
        f"def pytest_venvhealth_probes():\n    return {{'demo': {WRONG.format('by-hook')!r}}}\n"
    )

    health = run_health("--venv=target")

    assert health.code == 1
    assert probed(health) == ("import", "the probe of demo got a wrong result: by-hook")
    assert health.distribution("bystander")["status"] == "healthy"


def test_the_nearest_probe_counts(
    ship: Callable[..., Path], run_health: RunHealth, pytester: pytest.Pytester
) -> None:
    """The profile's before the hook's before the package's own."""
    ship(WRONG.format("by-package"))
    health = run_health("--venv=target", "-k", "demo")
    assert probed(health)[1].endswith("by-package")

    pytester.makeconftest(
        f"def pytest_venvhealth_probes():\n    return {{'demo': {WRONG.format('by-hook')!r}}}\n"
    )
    health = run_health("--venv=target", "-k", "demo")
    assert probed(health)[1].endswith("by-hook")

    own = "[probes.demo]\ncode = \"assert 0, 'by-profile'\"\n"
    pytester.path.joinpath("own.toml").write_text(own)
    health = run_health("--venv=target", "--venv-profile=own.toml", "-k", "demo")
    assert probed(health)[1].endswith("by-profile")


def test_a_profile_that_only_lists_imports_leaves_the_hooks_probe(
    target: Path, run_health: RunHealth, pytester: pytest.Pytester
) -> None:
    pytester.makeconftest(
        f"def pytest_venvhealth_probes():\n    return {{'demo': {WRONG.format('by-hook')!r}}}\n"
    )
    pytester.path.joinpath("own.toml").write_text('[probes.demo]\nimports = ["demo"]\n')

    health = run_health("--venv=target", "--venv-profile=own.toml", "-k", "demo")

    assert probed(health)[1].endswith("by-hook")


def test_of_two_plugins_the_one_called_first_counts(
    target: Path, run_health: RunHealth, pytester: pytest.Pytester
) -> None:
    hook = "import pytest\n@pytest.hookimpl({})\ndef pytest_venvhealth_probes():\n    return {}\n"
    pytester.makeconftest(hook.format("", {"demo": WRONG.format("by-conftest")}))
    pytester.makepyfile(firstplugin=hook.format("tryfirst=True", {"demo": OK}))
    pytester.makepyfile(lastplugin=hook.format("trylast=True", {"demo": WRONG.format("by-last")}))
    pytester.syspathinsert()

    last = run_health("--venv=target", "-k", "demo", "-p", "lastplugin")
    first = run_health("--venv=target", "-k", "demo", "-p", "firstplugin")

    assert probed(last)[1].endswith("by-conftest")
    assert probed(first) == ("functional", "")


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        pytest.param(
            "return ['demo']",
            "expected a mapping of distributions to probes, found list.",
            id="no-mapping",
        ),
        pytest.param("return {5: ''}", "expected a distribution's name, found 5.", id="no-name"),
        pytest.param(
            "return {'demo': 5}",
            "the probe of demo cannot be used: expected text, a path or an OwnProbe, found int.",
            id="no-probe",
        ),
        pytest.param(
            "return {'demo': ' '}",
            "the probe of demo cannot be used: its code is no text, or an empty one.",
            id="empty",
        ),
        pytest.param(
            "return {'a_b': 'pass', 'a-b': 'pass'}",
            "two probes are for a-b, if spelling is normalized.",
            id="twice",
        ),
        pytest.param(
            "import pathlib; return {'demo': pathlib.Path('nowhere.py')}",
            "the probe of demo cannot be used: *nowhere.py cannot be read (No such file or*).",
            id="no-file",
        ),
        pytest.param(
            "return {'demo': '# timeout: 0\\npass'}",
            "*its timeout is 0.0; expected a number of seconds above 0.",
            id="no-time",
        ),
        pytest.param(
            "return {'demo': '# timeout: long\\npass'}",
            "*its header's timeout is long; expected a number of seconds above 0.",
            id="no-number",
        ),
        pytest.param(
            "return {'demo': '# imports: demo/sub\\npass'}",
            "*its imports name 'demo/sub', which is no module's name.",
            id="no-module",
        ),
        pytest.param(
            "1 / 0", "fails: ZeroDivisionError: division by zero (*, line 2).", id="fails"
        ),
    ],
)
def test_what_a_hook_returns_wrongly_is_told_with_its_place(
    target: Path, run_health: RunHealth, pytester: pytest.Pytester, body: str, sentence: str
) -> None:
    conftest = pytester.makeconftest(f"def pytest_venvhealth_probes():\n    {body}\n")

    health = run_health("--venv=target", reports=False)

    assert health.code == 4
    escaped = sentence.replace("[", "[[]")
    health.result.stderr.fnmatch_lines([f"*{conftest}: pytest_venvhealth_probes*{escaped}"])


@pytest.mark.slow
def test_the_hook_gives_probes_under_xdist_too(
    target: Path, run_health: RunHealth, pytester: pytest.Pytester
) -> None:
    pytest.importorskip("xdist")
    pytester.makeconftest(
        f"def pytest_venvhealth_probes():\n    return {{'demo': {WRONG.format('by-hook')!r}}}\n"
    )

    health = run_health("--venv=target", "-n", "1", "-k", "demo", subprocess=True)

    assert probed(health)[1].endswith("by-hook")


# -- shipped by the package


def test_a_package_ships_its_own_probe(ship: Callable[..., Path], run_health: RunHealth) -> None:
    """Without a header its own import names are imported first."""
    ship(OK)

    health = run_health("--venv=target")

    assert health.code == 0
    assert probed(health) == ("functional", "")
    assert health.distribution("bystander")["depth"] == "import"


def test_the_probe_of_a_package_runs_in_the_target_alone(
    ship: Callable[..., Path], run_health: RunHealth
) -> None:
    root = ship(
        "# exercises: where it runs\n"
        "import sys\n"
        "assert 'pytest' not in sys.modules\n"
        f"assert False, (sys.prefix, __name__, {'demo._health'!r} in sys.modules)\n"
    )

    _, said = probed(run_health("--venv=target", "-k", "demo"))

    assert said.endswith(f"('{root}', '__main__', False)")


def test_the_header_of_a_shipped_probe_is_read_as_the_catalogues(
    ship: Callable[..., Path], run_health: RunHealth
) -> None:
    ship("# imports: demo.lost\n# timeout: 30\npass\n")

    _, said = probed(run_health("--venv=target", "-k", "demo"))

    assert said == "the probe of demo fails: No module named 'demo.lost'"


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        pytest.param(
            {"entry": "demo = demo._other"},
            "its entry point names demo._other, which is no Python module among its files",
            id="no-module",
        ),
        pytest.param(
            {"entry": "demo = demo._health:run"},
            "its entry point names demo._health:run, which is no Python module among its files",
            id="an-attribute",
        ),
        pytest.param(
            {"entry": "demo = json"},
            "its entry point names json, which is no Python module among its files",
            id="of-another",
        ),
        pytest.param(
            {"file": "demo/_health.txt"},
            "its entry point names demo._health, which is no Python module among its files",
            id="no-python",
        ),
        pytest.param(
            {"file": "demo-1.0.data/data/share/demo/_health.py"},
            "its entry point names demo._health, which is no Python module among its files",
            id="outside-site-packages",
        ),
        pytest.param(
            {"probe": b"# \xff\n"}, "demo/_health.py is no UTF-8 text (byte 2)", id="utf-8"
        ),
        pytest.param(
            {"probe": "# timeout: 0\n"},
            "demo/_health.py: its timeout is 0.0; expected a number of seconds above 0",
            id="no-time",
        ),
    ],
)
def test_a_shipped_probe_that_cannot_be_run_says_why(
    ship: Callable[..., Path],
    run_health: RunHealth,
    options: dict[str, str],
    sentence: str,
) -> None:
    ship(options.pop("probe", OK), **options)

    health = run_health("--venv=target")

    assert health.code == 1
    depth, said = probed(health)
    assert depth == "import"
    assert said.startswith("the probe that demo ships cannot be run: ")
    assert said.endswith(sentence)
    assert health.codes("demo") == ["probe-error"]
    assert health.distribution("bystander")["status"] == "healthy"


def test_a_shipped_probe_that_was_lost_is_healed(
    ship: Callable[..., Path], run_health: RunHealth
) -> None:
    root = ship(OK)
    (site_packages(root) / "demo/_health.py").unlink()

    broken = run_health("--venv=target", "venv-health::demo[functional]")
    (finding,) = (
        each for each in broken.distribution("demo")["findings"] if each["code"] == "probe-error"
    )
    healed = run_health("--venv=target", "--repair", "venv-health::demo[functional]")

    assert finding["summary"].endswith("demo/_health.py cannot be read (no regular file)")
    assert finding["root_causes"] == ["demo"]
    assert healed.code == 0
    assert healed.distribution("demo")["status"] == "healed"


def test_a_shipped_probe_that_came_wrong_is_not_reinstalled(
    ship: Callable[..., Path], run_health: RunHealth
) -> None:
    ship("# timeout: 0\n")

    health = run_health("--venv=target", "--repair", "-k", "demo")

    assert health.code == 1
    assert health.environment()["repairs"] == []
    assert "Mend the probe; the package has not been judged." in health.text


def test_a_shipped_probe_that_was_spoilt_is_the_packages_damage(
    ship: Callable[..., Path], run_health: RunHealth
) -> None:
    root = ship(OK)
    (site_packages(root) / "demo/_health.py").write_text("assert (\n")

    health = run_health("--venv=target", "venv-health::demo[functional]")

    assert health.codes("demo") == ["file-altered", "probe-error"]
    assert "reinstalls demo" in health.text


def test_a_package_may_judge_nothing_but_itself(
    ship: Callable[..., Path], run_health: RunHealth
) -> None:
    """What it ships for another is told, and not run."""
    ship(OK, bystander="[pytest_venvhealth.probes]\ndemo = bystander\nother = bystander\n")

    health = run_health("--venv=target")

    assert health.code == 0
    assert health.codes("bystander") == ["entry-points-invalid"]
    (finding,) = health.distribution("bystander")["findings"]
    assert finding["severity"] == "warning"
    assert "ships a probe for demo and 1 more, which is not its own name" in finding["summary"]
    assert health.distribution("bystander")["depth"] == "import"


def test_an_editable_package_ships_its_probe_from_its_source(
    pytester: pytest.Pytester, run_health: RunHealth
) -> None:
    source = pytester.path / "src of demo"
    (source / "src/demo").mkdir(parents=True)
    (source / "src/demo/__init__.py").write_text("VALUE = 42\n")
    (source / "src/demo/_health.py").write_text(WRONG.format("editable"))
    root = make_venv(pytester.path / "target")
    wheel = make_wheel(
        pytester.path / "made",
        "demo",
        files={"demo.pth": f"{source}/src\n"},
        entry_points="[pytest_venvhealth.probes]\ndemo = demo._health\n",
    )
    install_wheel(root, wheel)
    url = {"url": source.as_uri(), "dir_info": {"editable": True}}
    (site_packages(root) / "demo-1.0.dist-info/direct_url.json").write_text(json.dumps(url))

    _, said = probed(run_health("--venv=target", "-k", "demo"))

    assert said.endswith("got a wrong result: editable")
