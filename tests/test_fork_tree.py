"""Processes that have imported something, and what is forked from them; real ones."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from processes import wait_until_ended
from targets import make_target
from wheels import make_wheel

from pytest_venvhealth.child_process import Cancellation
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.probes.fork_tree import ForkTree, can_fork
from pytest_venvhealth.probes.process import CancelledError
from pytest_venvhealth.probes.runner import Outcome, Probe

pytestmark = pytest.mark.skipif(not can_fork(), reason="this system cannot watch a grandchild")

PACKAGES = {
    "slow": "import time\ntime.sleep(0.3)\nstarted = time.time()\n",
    "user": "import slow\n",
    "gone": "raise ImportError('damaged')\n",
    "crashes": "import os\nos.abort()\n",
    "hangs": "import time\ntime.sleep(60)\n",
    "threaded": "import threading, time\n"
    "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n",
    "online": "import socket\ntry:\n    socket.create_connection(('192.0.2.1', 9), 1)\n"
    "except OSError:\n    pass\n",
    "home": "import os, tempfile\nwhere = os.environ['HOME'], tempfile.gettempdir()\n",
}


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    folder = tmp_path_factory.mktemp("forks")
    wheels = [
        make_wheel(folder, name, "1.0", {f"{name}.py": code}) for name, code in PACKAGES.items()
    ]
    return Environment.at(make_target(folder / "target", wheels))


@pytest.fixture
def tree(target: Environment) -> Iterator[ForkTree]:
    tree = ForkTree(target.interpreter, timeout=30, memory=300_000_000)
    assert tree.start()
    yield tree
    tree.close()


def importing(*names: str) -> Probe:
    return Probe(name=names[0], imports=names)


def using(name: str, code: str) -> Probe:
    return Probe(name=name, imports=(name,), code=code)


def test_what_stays_is_imported_once(tree: ForkTree, tmp_path: Path) -> None:
    assert tree.grow(importing("slow"), None)
    seen = tmp_path / "seen"
    code = f"import slow\nopen({str(seen)!r}, 'a').write(f'{{slow.started}}\\n')\n"

    for _ in range(2):
        result = tree.run(using("user", code), "slow")
        assert result is not None
        assert result.outcome is Outcome.PASSED
        assert result.import_seconds > 0.3, "as if it had imported all by itself"
        assert "slow" in result.loaded
        assert "slow" == result.forked_from
    assert 1 == len(set(seen.read_text().splitlines()))


def test_branches_grow_from_branches(tree: ForkTree) -> None:
    assert tree.grow(importing("slow"), None)
    assert tree.grow(importing("user"), "slow")
    tree.dismiss("slow")

    assert tree.run(importing("user"), "user") is not None
    assert tree.run(importing("slow"), "slow") is None, "it was let go"


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", ["gone", "crashes", "threaded"])
def test_what_cannot_be_forked_from_does_not_stay(tree: ForkTree, name: str) -> None:
    assert not tree.grow(importing(name), None)

    assert tree.run(importing("slow"), None) is not None, "the first process goes on"


@pytest.mark.slow
def test_only_a_clean_pass_counts(tree: ForkTree) -> None:
    codes = (
        "assert 1 == 2",
        "import os\nos._exit(0)",
        "import sys\nsys.exit(0)",
        "import atexit, os\natexit.register(os._exit, 3)",
        "import ctypes\nctypes.string_at(0)",
        "x = bytearray(b'x' * 600_000_000)\nimport time\ntime.sleep(20)",
    )
    for code in codes:
        assert tree.run(using("slow", code), None) is None


def test_what_was_only_tried_is_told(tree: ForkTree) -> None:
    result = tree.run(Probe(name="slow", imports=("slow",), optional=("json", "gone")), None)

    assert result is not None
    assert ["gone"] == [each.importing for each in result.failures]


@pytest.mark.slow
def test_a_fork_that_waits_for_nothing_is_given_up_early(tree: ForkTree) -> None:
    before = time.monotonic()

    assert tree.run(importing("hangs"), None) is None
    assert not tree.grow(importing("hangs"), None)
    assert time.monotonic() - before < 20


def test_a_probe_that_kills_its_parent_costs_what_was_forked_from_that(tree: ForkTree) -> None:
    assert tree.grow(importing("slow"), None)

    assert tree.run(using("slow", "import os\nos.kill(os.getppid(), 9)"), "slow") is None
    assert tree.run(importing("slow"), "slow") is None
    assert tree.run(importing("slow"), None) is not None


@pytest.mark.slow
def test_a_probe_that_stops_its_parent_is_found_out(tree: ForkTree) -> None:
    assert tree.grow(importing("slow"), None)

    code = "import os, signal\nos.kill(os.getppid(), signal.SIGSTOP)"
    assert tree.run(using("slow", code), "slow") is None


def test_each_has_a_place_of_its_own(tree: ForkTree, tmp_path: Path) -> None:
    assert tree.grow(importing("home"), None)
    seen = tmp_path / "seen"
    code = (
        "import home, os, sys, tempfile\n"
        "here = os.environ['HOME'], tempfile.gettempdir(), os.getcwd()\n"
        "assert home.where[0] != here[0] and home.where[1] != here[1]\n"
        "assert os.getsid(0) == os.getpid() and not sys.stdin.read()\n"
        "open('left-behind', 'w').close()\n"
        f"print(*here, file=open({str(seen)!r}, 'a'))\nprint('said')\n"
    )

    for _ in range(2):
        result = tree.run(using("home", code), "home")
        assert result is not None
        assert ("said",) == result.output
    first, second = (set(line.split()) for line in seen.read_text().splitlines())
    assert not first & second
    assert not any(Path(folder).exists() for folder in first | second)


def test_what_an_import_remembers_of_its_folder_is_no_finding(tree: ForkTree) -> None:
    assert tree.grow(importing("home"), None)
    code = "import home, os\nopen(os.path.join(home.where[0], 'cache'), 'w').close()\n"

    result = tree.run(using("home", code), "home")

    assert result is not None
    assert () == result.written


def test_the_network_that_an_import_wanted_is_told_of_all_that_follows(tree: ForkTree) -> None:
    assert tree.grow(importing("online"), None)

    result = tree.run(importing("online"), "online")

    assert result is not None
    assert ("192.0.2.1:9",) == result.network


def test_a_daemon_is_ended_and_nobody_else(tree: ForkTree, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    code = (
        "import os, time\n"
        "if not os.fork():\n"
        "    os.setsid()\n"
        "    if os.fork():\n"
        "        os._exit(0)\n"
        f"    open({str(pid)!r}, 'w').write(str(os.getpid()))\n"
        "    time.sleep(60)\n"
        f"while not os.path.exists({str(pid)!r}):\n"
        "    time.sleep(0.01)\n"
    )
    assert tree.grow(importing("slow"), None)

    assert tree.run(using("slow", code), "slow") is not None
    assert wait_until_ended(int(pid.read_text()))
    assert tree.run(importing("slow"), "slow") is not None


def test_nobody_wants_it_any_more(tree: ForkTree) -> None:
    cancellation = Cancellation()
    cancellation.set()

    with pytest.raises(CancelledError):
        tree.run(importing("hangs"), None, cancellation)
    with pytest.raises(CancelledError):
        tree.grow(importing("hangs"), None, cancellation)


def test_the_end_leaves_nothing(target: Environment, tmp_path: Path) -> None:
    tree = ForkTree(target.interpreter, timeout=30, memory=None)
    assert tree.start()
    pids = [tmp_path / "one", tmp_path / "two"]
    assert tree.grow(importing("slow"), None)
    assert tree.grow(importing("user"), "slow")
    for file, name in zip(pids, ("slow", "user"), strict=True):
        code = f"import os\nopen({str(file)!r}, 'w').write(str(os.getppid()))\n"
        assert tree.run(using(name, code), name) is not None

    tree.close()

    assert all(wait_until_ended(int(file.read_text())) for file in pids)
    assert tree.run(importing("slow"), None) is None
    assert tree.start(), "and can begin again"
    assert tree.run(importing("slow"), None) is not None
    tree.close()


def test_who_is_killed_takes_all_with_it(target: Environment, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    code = f"import os\nopen({str(pid)!r}, 'w').write(f'{{os.getppid()}} {{os.getpid()}}')\n"
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from pytest_venvhealth.probes.fork_tree import ForkTree\n"
        "from pytest_venvhealth.probes.runner import Probe\n"
        "tree = ForkTree(Path(sys.argv[1]), timeout=30, memory=None)\n"
        "assert tree.start() and tree.grow(Probe(name='slow', imports=('slow',)), None)\n"
        f"tree.run(Probe(name='slow', imports=(), code={code + 'while True: pass'!r}), 'slow')\n"
    )
    host = subprocess.Popen([sys.executable, "-c", script, target.interpreter])
    deadline = time.monotonic() + 30
    while not (pid.exists() and " " in pid.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    holder, leaf = map(int, pid.read_text().split())

    host.kill()
    host.wait()

    assert wait_until_ended(holder)
    assert wait_until_ended(leaf)


def test_without_an_interpreter_there_is_no_tree(tmp_path: Path) -> None:
    tree = ForkTree(tmp_path / "python", timeout=30, memory=None)

    assert not tree.start()
    assert tree.run(importing("slow"), None) is None
