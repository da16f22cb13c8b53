"""Without a probe: the objects of entry points and every extension module are loaded, too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from conftest import Health, RunHealth
from elf import extensions
from house import EXTENSION_SUFFIX, NO_NATIVE, QUEUE, native_tag
from targets import install_wheel, make_venv, site_packages
from wheels import make_wheel

pytestmark = pytest.mark.sampled(2)

needs_native = pytest.mark.skipif(bool(NO_NATIVE), reason=NO_NATIVE)


@pytest.fixture
def target(pytester: pytest.Pytester) -> Path:
    return make_venv(pytester.path / "target")


def install(
    target: Path,
    name: str,
    files: Mapping[str, str | bytes],
    *,
    points: str | None = None,
    requires: Iterable[str] = (),
    metadata: str = "",
    tag: str = "py3-none-any",
) -> None:
    house = target.parent / "wheelhouse"
    wheel = make_wheel(
        house,
        name,
        "1.0",
        files,
        entry_points=points,
        requires=requires,
        metadata=metadata,
        tag=tag,
    )
    install_wheel(target, wheel)


def said(health: Health, name: str = "demo") -> list[tuple[str, str, str]]:
    """Return severity, code and summary of what the import of a distribution found."""
    return [
        (each["severity"], each["code"], each["summary"])
        for each in health.distribution(name)["findings"]
        if each["check"] == "import"
    ]


# -- entry points


POINTS = "[console_scripts]\ndemo = demo.cli:main\n[some.group]\nplug = demo.plug:Plug.load\n"


def test_objects_of_entry_points_are_resolved(target: Path, run_health: RunHealth) -> None:
    """All of them were really got: each says so; and the depth stays `import`."""
    files = {
        "demo/__init__.py": "",
        "demo/cli.py": "import socket\ndef __getattr__(name):\n"
        "    socket.getaddrinfo(f'{name}.example', 80)\n",
        "demo/plug.py": "import socket\nclass Meta(type):\n"
        "    def __getattr__(cls, name):\n        socket.getaddrinfo(f'{name}.example', 80)\n"
        "class Plug(metaclass=Meta):\n    pass\n",
    }
    install(target, "demo", files, points=POINTS)

    health = run_health("--venv=target", "-k", "demo and import")

    assert health.code == 0
    (finding,) = health.distribution("demo")["findings"]
    assert finding["code"] == "network-attempted"
    assert finding["summary"].endswith("tries to reach main.example and 1 more")
    assert health.distribution("demo")["depth"] == "import"


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    "cli",
    [
        pytest.param("import paste\ndef main(): pass\n", id="wants-what-nobody-requires"),
        pytest.param("import sys\nsys.exit(3)\n", id="exits"),
        pytest.param("raise RuntimeError('no display')\n", id="no-display"),
        pytest.param("import os\nos._exit(0)\n", id="ends-the-process"),
    ],
)
def test_an_entry_point_that_nothing_explains_is_not_held_against_it(
    target: Path, run_health: RunHealth, cli: str
) -> None:
    install(target, "demo", {"demo/__init__.py": "", "demo/cli.py": cli}, points=POINTS)

    health = run_health("--venv=target", "-k", "demo")

    assert (health.code, said(health)) == (0, [])
    assert health.distribution("demo")["status"] == "healthy"


@pytest.mark.slow
@pytest.mark.parametrize(
    "cli",
    [
        pytest.param("import time\ntime.sleep(600)\n", id="never-ends"),
        pytest.param(
            "import threading, time\nthreading.Thread(target=time.sleep, args=[600]).start()\n",
            id="leaves-a-thread",
        ),
        pytest.param(
            "import atexit, os, signal\natexit.register(os.kill, os.getpid(), signal.SIGKILL)\n",
            id="dies-at-its-end",
        ),
    ],
)
def test_an_entry_point_that_does_not_come_to_its_end_holds_nobody_up(
    target: Path, run_health: RunHealth, cli: str
) -> None:
    install(target, "demo", {"demo/__init__.py": "", "demo/cli.py": cli}, points=POINTS)

    health = run_health("--venv=target", "-k", "demo and import", "--venv-timeout=5")

    assert (health.code, said(health)) == (0, [])


@pytest.mark.slow
def test_a_package_that_leaves_a_thread_itself_is_still_told(
    target: Path, run_health: RunHealth
) -> None:
    init = "import threading, time\nthreading.Thread(target=time.sleep, args=[600]).start()\n"
    install(target, "demo", {"demo/__init__.py": init, "demo/cli.py": ""}, points=POINTS)

    health = run_health("--venv=target", "-k", "demo and import", "--venv-timeout=5")

    assert [(severity, code) for severity, code, _ in said(health)] == [("error", "timeout")]


def test_a_script_whose_function_does_not_exist_cannot_run(
    target: Path, run_health: RunHealth
) -> None:
    """It was released like that: a warning, as for a script whose module does not exist."""
    install(target, "demo", {"demo/__init__.py": "", "demo/cli.py": "MAIN = 1\n"}, points=POINTS)

    health = run_health("--venv=target", "-k", "demo and import")

    assert health.code == 0
    (finding,) = said(health)
    assert finding[:2] == ("warning", "exception")
    assert finding[2] == (
        "getting demo.cli:main, which an entry point names, fails: AttributeError: module "
        "'demo.cli' has no attribute 'main'"
    )


def test_damage_behind_an_entry_point_explains_it(target: Path, run_health: RunHealth) -> None:
    files = {"demo/__init__.py": "", "demo/cli.py": "def main():\n    pass\n"}
    install(target, "demo", files, points="[console_scripts]\ndemo = demo.cli:main\n")
    (site_packages(target) / "demo/cli.py").write_text("")

    broken = run_health("--venv=target", "venv-health::demo[import]")
    healed = run_health("--venv=target", "--repair", "venv-health::demo[import]")

    assert broken.code == 1
    assert broken.codes("demo") == ["exception", "file-altered"]
    (finding,) = said(broken)
    assert finding[:2] == ("error", "exception")
    assert healed.distribution("demo")["status"] == "healed"


def test_what_a_required_release_lacks_is_a_pair_that_does_not_fit(
    target: Path, run_health: RunHealth
) -> None:
    install(target, "other", {"other/__init__.py": "", "other/run.py": ""})
    files = {"demo/__init__.py": "", "demo/cli.py": "from other.run import start as main\n"}
    install(target, "demo", files, points=POINTS, requires=["other"])

    health = run_health("--venv=target", "-k", "demo and import")

    assert health.code == 1
    (finding,) = said(health)
    assert finding[0] == "error"
    assert finding[2].endswith("demo 1.0 and other 1.0 do not fit together")


@pytest.mark.parametrize("asked", [False, True], ids=["not-asked", "asked"])
def test_what_an_extra_is_for_is_demanded_of_those_who_ask(
    target: Path, run_health: RunHealth, asked: bool
) -> None:
    files = {"demo/__init__.py": "", "demo/cli.py": "MAIN = 1\n"}
    install(
        target,
        "demo",
        files,
        points="[console_scripts]\ndemo = demo.cli:main [fast]\n",
        metadata="Provides-Extra: fast\n",
    )
    install(target, "user", {"user.py": ""}, requires=["demo[fast]" if asked else "demo"])

    health = run_health("--venv=target", "-k", "demo and import")

    assert [severity for severity, _, _ in said(health)] == (["warning"] if asked else [])


# -- extension modules


def broken_queue() -> bytes:
    """Return an extension module that asks for a symbol which no library has."""
    data = extensions()["_queue"].read_bytes()
    assert b"PyErr_SetNone\0" in data
    return data.replace(b"PyErr_SetNone\0", b"PyErr_SetNonX\0")


@needs_native
def test_an_extension_module_that_nobody_names_is_loaded(
    target: Path, run_health: RunHealth
) -> None:
    install(
        target,
        "demo",
        {"demo/__init__.py": "", f"demo/{QUEUE}": broken_queue()},
        tag=native_tag(),
    )

    health = run_health("--venv=target", "-k", "demo")

    assert health.code == 1
    (finding,) = said(health)
    assert finding[:2] == ("error", "import-error")
    assert finding[2].startswith("import demo._queue fails: ")
    assert finding[2].endswith("undefined symbol: PyErr_SetNonX")


@needs_native
def test_one_beside_others_that_load_deserves_a_look(target: Path, run_health: RunHealth) -> None:
    files: dict[str, str | bytes] = {
        "demo/__init__.py": "",
        f"demo/{QUEUE}": broken_queue(),
        f"demo/mmap{EXTENSION_SUFFIX}": extensions()["mmap"].read_bytes(),
    }
    install(target, "demo", files, tag=native_tag())

    health = run_health("--venv=target", "-k", "demo")

    assert health.code == 0
    assert [severity for severity, _, _ in said(health)] == ["warning"]


@needs_native
def test_one_that_its_package_can_do_without_is_not_told(
    target: Path, run_health: RunHealth
) -> None:
    files: dict[str, str | bytes] = {
        "demo/__init__.py": "try:\n    from demo import _queue\nexcept ImportError:\n    pass\n",
        f"demo/{QUEUE}": broken_queue(),
    }
    install(target, "demo", files, tag=native_tag())

    health = run_health("--venv=target", "-k", "demo")

    assert (health.code, said(health)) == (0, [])


@needs_native
def test_a_damaged_one_that_nobody_names_is_blamed_on_the_damage(
    target: Path, run_health: RunHealth
) -> None:
    whole = extensions()["_queue"].read_bytes()
    install(target, "demo", {"demo/__init__.py": "", f"demo/{QUEUE}": whole}, tag=native_tag())
    (site_packages(target) / "demo" / QUEUE).write_bytes(broken_queue())

    health = run_health("--venv=target", "venv-health::demo[import]")

    assert health.codes("demo") == ["file-altered", "import-error"]
    assert health.distribution("demo")["findings"][0]["root_causes"] == ["demo"]


@needs_native
def test_tests_and_plain_libraries_are_left_alone(target: Path, run_health: RunHealth) -> None:
    library = extensions()["mmap"].read_bytes()  # has the hook of another name
    files: dict[str, str | bytes] = {
        "demo/__init__.py": "",
        f"demo/tests/{QUEUE}": broken_queue(),
        "demo/lib/libdemo.so": library,
        f"demo/_other{EXTENSION_SUFFIX}": library,
    }
    install(target, "demo", files, tag=native_tag())

    health = run_health("--venv=target", "-k", "demo")

    assert (health.code, said(health)) == (0, [])
