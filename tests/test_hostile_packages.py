"""Packages that do their worst when they are imported: each is named right, and nothing is left."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from conftest import RunHealth
from targets import make_target
from wheels import make_wheel

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="most of it needs POSIX"),
]

SLEEP = "import time\ntime.sleep(600)\n"
FORGED = '{"outcome": "passed", "token": ""}'
HOSTILE = {
    "aborts": ("import os\nos.abort()\n", "crash"),
    "asks": ("input('Your password? ')\n", "exception"),
    "closes-all": ("import os\nos.closerange(0, 256)\n", "exited"),
    "closes-output": ("import os\nos.close(1)\nos.close(2)\n", ""),
    "daemonises": (
        (
            "import os, time\n"
            "if not os.fork():\n    os.setsid()\n    if not os.fork():\n        time.sleep(600)\n"
            "    os._exit(0)\n"
        ),
        "",
    ),
    "deletes-its-folders": (
        (
            "import os, shutil\n"
            "shutil.rmtree(os.getcwd())\nshutil.rmtree(os.environ['HOME'])\n"
            "shutil.rmtree(os.environ['TMPDIR'])\n"
        ),
        "",
    ),
    "exits": ("raise SystemExit(0)\n", "exited"),
    "exits-at-once": ("import os\nprint('OK', flush=True)\nos._exit(0)\n", "exited"),
    "fakes-success": (
        (
            "import os\n"
            f"for number in range(3, 256):\n    try:\n        os.write(number, b'{FORGED}\\n')\n"
            "    except OSError:\n        pass\nos._exit(0)\n"
        ),
        "exited",
    ),
    "floods": ("for _ in range(2000):\n    print('x' * 100_000)\n", ""),
    "forks-fifty": (
        (
            f"import os\nfor _ in range(50):\n    if not os.fork():\n        {SLEEP[:11]}\n"
            "        time.sleep(600)\n"
        ),
        "",
    ),
    "hangs-in-c": ("import ctypes\nctypes.PyDLL(None).sleep(600)\n", "timeout"),
    "hangs-in-the-end": ("import atexit, time\natexit.register(time.sleep, 600)\n", "timeout"),
    "hoards": (f"much = bytearray(b'x' * 3_000_000_000)\n{SLEEP}", "out-of-memory"),
    "ignores-signals": (
        (
            "import signal\n"
            "for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:\n"
            f"    signal.signal(number, signal.SIG_IGN)\n{SLEEP}"
        ),
        "timeout",
    ),
    "kills-its-parent": (f"import os, signal\nos.kill(os.getppid(), 9)\n{SLEEP}", "crash"),
    "overflows": (
        (
            "import sys\nsys.setrecursionlimit(1 << 30)\n"
            "class Deep:\n    def __repr__(self):\n        return repr(self)\nrepr(Deep())\n"
        ),
        "crash",
    ),
    "raises-strangely": ("class Odd(BaseException):\n    pass\nraise Odd\n", "exception"),
    "replaces-exit": ("import os, sys\nsys.exit = os._exit = lambda *_: None\n", ""),
    "segfaults": ("import ctypes\nctypes.string_at(0)\n", "crash"),
    "stops-itself": ("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\n", "timeout"),
    "threads-on": (
        "import threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()\n",
        "timeout",
    ),
}
"""What a package does, and the code of its finding; empty where it passes."""


@pytest.fixture
def target(pytester: pytest.Pytester) -> Path:
    house = pytester.path / "wheels"
    wheels = [
        make_wheel(house, name, "1.0", {f"{name.replace('-', '_')}.py": code})
        for name, (code, _) in HOSTILE.items()
    ]
    return make_target(pytester.path / "target", wheels)


def of_the_target(root: Path) -> Iterator[psutil.Process]:
    """Yield the processes that run the target's interpreter."""
    for process in psutil.process_iter():
        try:
            if any(str(root) in part for part in process.cmdline()):
                yield process
        except psutil.Error:
            continue


@pytest.mark.parametrize("isolation", ["fork", "fresh"])
def test_each_is_named_right_and_nothing_is_left(
    target: Path, run_health: RunHealth, isolation: str
) -> None:
    started = time.monotonic()
    health = run_health(
        "--venv=target",
        "--venv-timeout=3",
        "--venv-memory=400M",
        "--venv-depth=import",
        "--venv-jobs=2",
        f"--venv-isolation={isolation}",
        subprocess=True,
    )
    seconds = time.monotonic() - started

    wanted = {name: [code] if code else [] for name, (_, code) in HOSTILE.items()}
    assert wanted == {name: health.codes(name) for name in HOSTILE}
    assert 1 == health.code
    assert [] == list(of_the_target(target))
    limits = sum(code == "timeout" for _, code in HOSTILE.values())
    assert seconds < 60 + limits * 5, "no limit is waited for twice"
