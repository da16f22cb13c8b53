"""The examples of docs/probes.md do what the page says: they are read from it, and run."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from conftest import RunHealth
from targets import install_wheel, make_venv
from wheels import make_wheel

pytestmark = pytest.mark.sampled(2)

GUIDE = Path(__file__).parents[1] / "docs" / "probes.md"
DEMO = "def double(value):\n    return value * 2\n"
SPOILT = "def double(value):\n    return value + value if value != 21 else 41\n"


def examples(heading: str) -> list[str]:
    """Return the code of a section's examples, in their order."""
    section = re.split(r"^##+ ", GUIDE.read_text("utf-8"), flags=re.MULTILINE)
    (text,) = [each for each in section if each.startswith(f"{heading}\n")]
    found = re.findall(r"^```\w+\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    assert found, f"no example below {heading}"
    return found


def install(
    pytester: pytest.Pytester, code: str, *, probe: str = "", entry_points: str | None = None
) -> None:
    root = make_venv(pytester.path / "target")
    files: dict[str, str | bytes] = {"demo/__init__.py": code}
    if probe:
        files["demo/_health.py"] = probe
    house = pytester.path / "made"
    install_wheel(root, make_wheel(house, "demo", files=files, entry_points=entry_points))
    for name in ("demo-extra", "demo-slow"):
        install_wheel(root, make_wheel(house, name))


@pytest.fixture(params=[(DEMO, 0), (SPOILT, 1)], ids=["right", "wrong"])
def demo(request: pytest.FixtureRequest) -> tuple[str, int]:
    """A `demo` that is right or wrong, and the exit status that follows from it."""
    code, status = request.param
    return str(code), int(status)


def test_the_example_of_a_profile(
    demo: tuple[str, int], pytester: pytest.Pytester, run_health: RunHealth
) -> None:
    install(pytester, demo[0])
    (profile,) = examples("In a profile")
    pytester.path.joinpath("mine.toml").write_text(profile)

    health = run_health("--venv=target", "--venv-profile=mine.toml")

    assert health.code == demo[1]
    assert health.distribution("demo")["depth"] == ("import" if demo[1] else "functional")


def test_the_example_of_a_conftest(
    demo: tuple[str, int], pytester: pytest.Pytester, run_health: RunHealth
) -> None:
    install(pytester, demo[0])
    (conftest,) = examples("From a `conftest.py` or a plugin")
    pytester.makeconftest(conftest)
    pytester.mkdir("probes").joinpath("demo_extra.py").write_text("import demo_extra\n")

    health = run_health("--venv=target")

    assert health.code == demo[1]
    assert health.distribution("demo")["depth"] == ("import" if demo[1] else "functional")
    for name in ("demo-extra", "demo-slow"):
        assert health.distribution(name)["depth"] == "functional"


def test_the_example_of_a_package(
    demo: tuple[str, int], pytester: pytest.Pytester, run_health: RunHealth
) -> None:
    project, probe = examples("Shipped by a package")
    groups = tomllib.loads(project)["project"]["entry-points"]
    # As a build backend writes it.
    lines = [
        line
        for group, rows in groups.items()
        for line in (f"[{group}]", *(f"{name} = {value}" for name, value in rows.items()))
    ]
    install(pytester, demo[0], probe=probe, entry_points="\n".join(lines) + "\n")

    health = run_health("--venv=target")

    assert health.code == demo[1]
    assert health.distribution("demo")["depth"] == ("import" if demo[1] else "functional")
    assert health.distribution("demo-extra")["depth"] == "import"
