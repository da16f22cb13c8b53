"""Probes run in real children of real interpreters; what they do to themselves is real too."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from importlib.util import MAGIC_NUMBER
from pathlib import Path

import pytest
from processes import wait_until_ended
from pythons import NAMED, VERSIONS, find_python
from targets import make_target, site_packages, snapshot
from wheels import make_wheel

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.probes.runner import Outcome, Probe, ProbeResult, TargetError, run_probe

pytestmark = pytest.mark.sampled(2)

ORIGIN = "profile.toml"
NATIVE_MODULES = [
    path
    for path in sorted(Path(sysconfig.get_config_var("DESTSHARED") or "/nowhere").glob("*.so"))
    if path.stat().st_size > 20000
]
NATIVE_CRASH = "import ctypes\nctypes.string_at(0)\n"

needs_signals = pytest.mark.skipif(
    not hasattr(os, "killpg"), reason="this system has no signals and process groups"
)


@pytest.fixture(scope="module")
def running() -> Environment:
    return Environment.running()


@pytest.fixture(autouse=True)
def _nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every test of this file checks that its probes leave no file behind."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    assert list(folder.iterdir()) == []


def run(
    code: str, environment: Environment, *, imports: tuple[str, ...] = (), timeout: float = 30
) -> ProbeResult:
    probe = Probe(name="demo", imports=imports, code=code, origin=ORIGIN)
    return run_probe(probe, environment, timeout=timeout)


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        pytest.param("assert 6 * 7 == 42", Outcome.PASSED, id="healthy"),
        pytest.param("assert 6 * 7 == 41", Outcome.ASSERTION, id="wrong-answer"),
        pytest.param("import not_there", Outcome.IMPORT_ERROR, id="module-missing"),
        pytest.param("from json import not_there", Outcome.IMPORT_ERROR, id="name-missing"),
        pytest.param("1 / 0", Outcome.EXCEPTION, id="exception"),
        pytest.param("raise KeyboardInterrupt", Outcome.EXCEPTION, id="base-exception"),
        pytest.param("def f(): f()\nf()", Outcome.EXCEPTION, id="endless-recursion"),
        pytest.param(
            "class Mute(Exception):\n def __str__(self): 1 / 0\nraise Mute",
            Outcome.EXCEPTION,
            id="exception-without-text",
        ),
        pytest.param("raise SystemExit(0)", Outcome.EXITED, id="system-exit"),
        pytest.param("import os; os._exit(0)", Outcome.EXITED, id="os-exit"),
        pytest.param("import os; print('passed'); os._exit(0)", Outcome.EXITED, id="says-passed"),
        pytest.param("def f(:", Outcome.PROBE_ERROR, id="syntax-error-in-the-probe"),
        pytest.param("'\0'", Outcome.PROBE_ERROR, id="null-byte-in-the-probe"),
        pytest.param("nowhere_defined + 1", Outcome.PROBE_ERROR, id="name-error-in-the-probe"),
        pytest.param("eval('1 +')", Outcome.EXCEPTION, id="syntax-error-of-an-argument"),
        # What a probe may do to its own process and still be healthy.
        pytest.param(
            "import sys; sys.stdout.close(); sys.stderr = None", Outcome.PASSED, id="mute"
        ),
        pytest.param("import os; os.close(1); os.close(2)", Outcome.PASSED, id="closes-output"),
        pytest.param("import sys; sys.exit = None", Outcome.PASSED, id="replaces-exit"),
        pytest.param("import os; os._exit = os.write = None", Outcome.PASSED, id="replaces-os"),
        pytest.param("import sys; assert sys.stdin.read() == ''", Outcome.PASSED, id="reads-stdin"),
        pytest.param("import os; os.chdir('/')", Outcome.PASSED, id="changes-folder"),
        pytest.param("import os; os.fork() and os.wait()", Outcome.PASSED, id="forks"),
        pytest.param(
            "import os, shutil; shutil.rmtree(os.path.dirname(os.getcwd()))",
            Outcome.PASSED,
            id="deletes-its-folders",
        ),
        pytest.param("import pickle\nclass A: pass\npickle.dumps(A())", Outcome.PASSED, id="main"),
    ],
)
def test_each_end_has_its_own_outcome(code: str, outcome: Outcome, running: Environment) -> None:
    assert outcome is run(code, running).outcome


def test_a_replaced_exit_does_not_hide_a_failure(running: Environment) -> None:
    result = run("import os, sys\nos._exit = sys.exit = lambda *a: None\nassert False", running)

    assert result.outcome is Outcome.ASSERTION


def test_frames_and_modules_come_from_the_whole_chain(running: Environment) -> None:
    code = (
        "def load():\n"
        "    import not_there.part\n"
        "def use():\n"
        "    try:\n"
        "        load()\n"
        "    except ImportError as error:\n"
        "        raise RuntimeError('no backend') from error\n"
        "use()\n"
    )
    result = run(code, running)

    assert result.outcome is Outcome.EXCEPTION
    assert (result.exception, result.message) == ("RuntimeError", "no backend")
    assert result.modules == ("not_there",)
    steps = [(frame.file, frame.line, frame.function) for frame in result.frames]
    assert steps == [
        (ORIGIN, 5, "use"),
        (ORIGIN, 2, "load"),
        (ORIGIN, 8, "<module>"),
        (ORIGIN, 7, "use"),
    ]
    assert result.traceback[0] == "Traceback (most recent call last):"
    assert "    import not_there.part" in result.traceback  # the source line, though not on disk
    assert result.traceback[-1] == "RuntimeError: no backend"
    assert "child.py" not in "".join(result.traceback)


def test_a_context_that_the_package_hides_is_evidence_still(running: Environment) -> None:
    code = "try:\n import not_there\nexcept ImportError:\n raise ValueError('x') from None\n"
    result = run(code, running)

    assert result.exception == "ValueError"
    assert result.modules == ("not_there",)


def test_an_import_that_fails_names_what_is_missing(running: Environment) -> None:
    result = run("", running, imports=("json", "not_there.part"))

    assert result.outcome is Outcome.IMPORT_ERROR
    assert result.exception == "ModuleNotFoundError"
    assert result.modules == ("not_there",)
    assert result.frames == ()


@needs_signals
def test_a_crash_is_named_with_the_stack_it_happened_in(running: Environment) -> None:
    result = run(f"def deep():\n    {NATIVE_CRASH.replace(chr(10), ';')}\ndeep()\n", running)

    assert (result.outcome, result.signal) == (Outcome.CRASH, "SIGSEGV")
    assert [frame.function for frame in result.frames] == ["<module>", "deep", "string_at"]
    assert any(f'File "{ORIGIN}", line 2 in deep' in line for line in result.output)
    assert result.importing is None


@needs_signals
def test_what_was_printed_before_a_crash_is_kept(running: Environment) -> None:
    result = run("import os\nprint('almost there')\nos.abort()\n", running)

    assert (result.outcome, result.signal) == (Outcome.CRASH, "SIGABRT")
    assert result.output[0] == "almost there"


@needs_signals
@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        pytest.param("atexit.register(os.abort)", Outcome.CRASH, id="exit-handler-crashes"),
        pytest.param("atexit.register(os._exit, 3)", Outcome.EXITED, id="exit-handler-exits"),
        pytest.param("atexit.register(time.sleep, 60)", Outcome.TIMEOUT, id="exit-handler-hangs"),
        pytest.param(
            "threading.Thread(target=time.sleep, args=(60,)).start()",
            Outcome.TIMEOUT,
            id="thread-hangs",
        ),
    ],
)
def test_success_counts_only_if_the_process_then_ends_well(
    code: str, outcome: Outcome, running: Environment
) -> None:
    result = run(f"import atexit, os, threading, time\n{code}\n", running, timeout=1)

    assert result.outcome is outcome
    assert "after the probe had passed" in result.message


@needs_signals
def test_a_hang_ends_at_the_limit_with_all_its_processes(running: Environment) -> None:
    code = (
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(os.getpid(), child.pid)\n"
        "time.sleep(60)\n"
    )
    result = run(code, running, timeout=1)

    assert result.outcome is Outcome.TIMEOUT
    assert 1 <= result.seconds < 5
    assert [(frame.file, frame.line) for frame in result.frames] == [(ORIGIN, 4)]
    assert all(wait_until_ended(int(pid)) for pid in result.output[0].split())


GREEDY = "import time\nmuch = bytearray(b'x' * (300 * 1024 * 1024))\ntime.sleep(60)\n"


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(GREEDY, id="itself"),
        pytest.param(
            f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {GREEDY!r}])\n",
            id="its-child",
        ),
    ],
)
def test_who_takes_too_much_memory_is_ended(code: str, running: Environment) -> None:
    probe = Probe(name="demo", imports=(), code=code, origin=ORIGIN)
    result = run_probe(probe, running, timeout=30, memory=150 * 1024 * 1024)

    assert result.outcome is Outcome.OUT_OF_MEMORY
    assert result.seconds < 20
    assert "used more memory than it may" == result.message


def test_memory_that_python_is_refused_is_told(running: Environment) -> None:
    result = run("much = bytearray(1 << 60)\n", running)

    assert Outcome.OUT_OF_MEMORY is result.outcome
    assert "MemoryError" == result.exception


@pytest.mark.slow
@needs_signals
def test_a_hang_that_ignores_polite_signals_ends_too(running: Environment) -> None:
    code = (
        "import signal, time\n"
        "for number in (signal.SIGTERM, signal.SIGINT, signal.SIGABRT):\n"
        "    signal.signal(number, signal.SIG_IGN)\n"
        "time.sleep(60)\n"
    )
    result = run(code, running, timeout=0.5)

    assert result.outcome is Outcome.TIMEOUT
    assert result.seconds < 5


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="no /proc to find it in")
def test_a_daemon_that_leaves_its_session_is_found(running: Environment) -> None:
    code = (
        "import subprocess, sys\n"
        "quiet = subprocess.DEVNULL\n"
        "command = [sys.executable, '-c', 'import time; time.sleep(60)']\n"
        "child = subprocess.Popen(command, start_new_session=True, stdout=quiet, stderr=quiet)\n"
        "print(child.pid)\n"
    )
    result = run(code, running)

    assert result.outcome is Outcome.PASSED
    assert wait_until_ended(int(result.output[0]))


def test_the_probe_s_own_limit_wins(running: Environment) -> None:
    probe = Probe(name="demo", imports=(), code="import time; time.sleep(60)", timeout=0.3)

    assert run_probe(probe, running, timeout=60).outcome is Outcome.TIMEOUT


def test_a_hanging_import_is_named(running: Environment, tmp_path: Path) -> None:
    site = make_site(tmp_path, {"slow/__init__.py": "import slow.body", "slow/body.py": HANG})
    result = run("", site, imports=("json", "slow"), timeout=1)

    assert (result.outcome, result.importing) == (Outcome.TIMEOUT, "slow.body")


HANG = "import time\ntime.sleep(60)\n"


def make_site(tmp_path: Path, files: dict[str, str | bytes], python: str = "") -> Environment:
    """Return a venv of its own that has one distribution with these files."""
    wheel = make_wheel(tmp_path / "wheels", "demo", files=files)
    root = make_target(tmp_path / "venv", [], python=python or sys.executable)
    # Not by installer: it would compile, and a damaged file is what these tests need.
    shutil.unpack_archive(wheel, site_packages(root), "zip")
    return Environment.at(root)


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("files", "damaged"),
    [
        pytest.param({"demo.py": bytes(300)}, "demo.py", id="source-zeroed"),
        pytest.param({"demo.py": "def f(:\n"}, "demo.py", id="source-cut"),
        pytest.param({"demo.py": b"x = '\xff'\n"}, "demo.py", id="source-not-utf8"),
        pytest.param({"demo.pyc": b""}, "demo.pyc", id="bytecode-emptied"),
        pytest.param(
            {"demo.pyc": MAGIC_NUMBER + bytes(12) + b"\xe3"}, "demo.pyc", id="bytecode-cut"
        ),
        pytest.param({"demo.abi3.so": b""}, "demo.abi3.so", id="native-emptied"),
    ],
)
def test_a_file_that_cannot_be_loaded_is_the_last_frame(
    files: dict[str, str | bytes], damaged: str, tmp_path: Path
) -> None:
    files = {**files, "outer.py": "import demo\n"}
    site = make_site(tmp_path, files)
    result = run("", site, imports=("outer",))

    assert result.outcome in (Outcome.IMPORT_ERROR, Outcome.EXCEPTION)
    assert [Path(frame.file).name for frame in result.frames if frame.file[0] != "<"] == [
        "outer.py",
        damaged,
    ]


@needs_signals
@pytest.mark.skipif(not NATIVE_MODULES, reason="this Python has no extension module in a file")
def test_native_code_that_kills_the_import_is_named(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"demo.abi3.so": NATIVE_MODULES[0].read_bytes()[:8192]})
    result = run("", site, imports=("demo",))

    if result.outcome is Outcome.IMPORT_ERROR:
        assert result.modules == ("demo",)  # this system's loader looks before it maps
    else:
        assert (result.outcome, result.importing) == (Outcome.CRASH, "demo")
    assert Path(result.frames[-1].file).name == "demo.abi3.so"


@pytest.mark.slow
def test_a_flood_of_output_neither_blocks_nor_fills_anything(running: Environment) -> None:
    code = "for number in range(200000):\n    print('x' * 100, number)\nprint('end')\n"
    result = run(code, running)

    assert result.outcome is Outcome.PASSED
    assert result.output[-1] == "end"
    assert len(result.output) == 20


def test_output_that_is_no_text_is_no_problem(running: Environment) -> None:
    result = run("import os; os.write(1, b'\\xff\\xfe\\n'); print('\\udc80')", running)

    assert result.outcome is Outcome.PASSED
    assert "\n".join(result.output).encode("utf-8")


@pytest.mark.parametrize(
    ("says", "ends", "outcome"),
    [
        ('{"token": "guessed", "outcome": "passed"}', "os._exit(0)", Outcome.EXITED),
        ('{"outcome": "passed"}', "os._exit(0)", Outcome.EXITED),
        ('{"token": "', "os._exit(0)", Outcome.EXITED),
        ("[1]\\n\\xff\\x00\\n{", "assert False", Outcome.ASSERTION),
        ("null", "os.abort()", Outcome.CRASH),
    ],
    ids=["forged", "without-token", "torn", "garbage", "crash"],
)
def test_what_a_probe_writes_to_the_channel_is_not_believed(
    says: str, ends: str, outcome: Outcome, running: Environment
) -> None:
    code = (
        "import os\n"
        "for number in range(3, 30):\n"
        "    try:\n"
        f"        os.write(number, '\\n{says}\\n'.encode('latin-1'))\n"
        "    except OSError:\n"
        "        pass\n"
        f"{ends}\n"
    )

    assert run(code, running).outcome is outcome


def test_the_token_is_nowhere_in_sight(running: Environment) -> None:
    code = (
        "import os, re, sys, __main__\n"
        "seen = [str(sys.argv), str(dict(os.environ)), str(vars(__main__)), sys.stdin.read()]\n"
        "seen += [open('/proc/self/cmdline').read()] if os.path.exists('/proc') else []\n"
        "assert not re.search(r'[0-9a-f]{32}', str(seen))\n"
        "assert os.listdir(os.curdir) == []\n"
        "assert sorted(os.listdir(os.pardir)) == ['home', 'tmp', 'work']\n"
    )

    assert run(code, running).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("s.connect(('192.0.2.1', 80))", "Network is unreachable"),
        ("s.connect_ex(('192.0.2.1', 80))", "Network is unreachable"),
        ("socket.create_connection(('192.0.2.1', 80))", "Network is unreachable"),
        ("socket.create_connection(('example.org', 80))", "name resolution"),
        ("socket.gethostbyname('example.org')", "name resolution"),
        ("udp.sendto(b'x', ('192.0.2.1', 53))", "Network is unreachable"),
        ("six.connect(('2001:db8::1', 80))", "Network is unreachable"),
    ],
)
def test_the_network_is_out_of_reach(code: str, text: str, running: Environment) -> None:
    prelude = (
        "import socket\n"
        "s = socket.socket()\n"
        "udp = socket.socket(type=socket.SOCK_DGRAM)\n"
        "six = socket.socket(socket.AF_INET6)\n"
    )
    result = run(prelude + code, running)

    assert result.outcome is Outcome.EXCEPTION
    assert text in result.message
    (host,) = result.network
    assert host in ("192.0.2.1:80", "192.0.2.1:53", "2001:db8::1:80", "example.org")
    assert "child.py" not in "".join(frame.file for frame in result.frames)


def test_asking_for_ones_own_address_reaches_nobody(running: Environment) -> None:
    code = (
        "import socket\n"
        "try:\n    socket.socket(type=socket.SOCK_DGRAM).connect(('192.0.2.1', 53))\n"
        "except OSError:\n    pass\n"
    )
    result = run(code, running)

    assert (Outcome.PASSED, ()) == (result.outcome, result.network)


@pytest.mark.parametrize("name", ["ctypes", "fcntl", "struct", "socket"])
def test_what_cuts_off_the_network_leaves_nothing_imported(name: str, running: Environment) -> None:
    assert (
        run(f"import sys\nassert {name!r} not in sys.modules\n", running).outcome is Outcome.PASSED
    )


def test_native_code_reaches_nobody_either(running: Environment) -> None:
    # A program of its own: the audit hook does not see what it does.
    code = (
        "import subprocess, sys\n"
        "code = \"import socket; socket.create_connection(('192.0.2.1', 9), 5)\"\n"
        "done = subprocess.run([sys.executable, '-I', '-c', code], stderr=-1, timeout=20)\n"
        "assert b'unreachable' in done.stderr, done.stderr\n"
    )
    result = run("pass", running)
    if not result.offline:
        pytest.skip("this system gives this user no network of its own")

    assert run(code, running).outcome is Outcome.PASSED


def test_what_is_written_outside_is_told(running: Environment, tmp_path: Path) -> None:
    new, old, gone, locked = (tmp_path / name for name in ("new", "old", "gone", "locked"))
    old.write_text("old")
    gone.write_text("gone")
    code = (
        "import os, tempfile\n"
        f"open({str(new)!r}, 'w').close()\n"
        f"os.chmod({str(old)!r}, 0o600)\n"
        f"os.remove({str(gone)!r})\n"
        f"for path in {str(locked / 'below')!r}, {str(tmp_path)!r}:\n"
        "    try:\n"
        "        open(path, 'w').close()\n"
        "    except OSError:\n"
        "        pass\n"
        "open('here', 'w').close()\n"
        "os.makedirs(os.path.expanduser('~/.cache/demo'), exist_ok=True)\n"
        "tempfile.mkdtemp()\n"
        "open(os.devnull, 'w').close()\n"
        f"open({str(old)!r}).close()\n"
    )

    result = run(code, running)

    assert result.outcome is Outcome.PASSED
    assert tuple(map(str, (new, old, gone))) == result.written


def test_the_loopback_interface_is_open(running: Environment) -> None:
    code = (
        "import socket\n"
        "for name in ('127.0.0.1', 'localhost', '192.0.2.1', None):\n"
        "    assert socket.getaddrinfo(name, 80)\n"
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "client = socket.create_connection(server.getsockname(), timeout=5)\n"
        "client.sendall(b'hello')\n"
        "assert server.accept()[0].recv(5) == b'hello'\n"
        "if hasattr(socket, 'AF_UNIX'):\n"
        "    local = socket.socket(socket.AF_UNIX)\n"
        "    local.bind('local')\n"
        "    local.listen()\n"
        "    socket.socket(socket.AF_UNIX).connect('local')\n"
    )

    assert run(code, running).outcome is Outcome.PASSED


def test_home_and_caches_are_scratch_folders(
    running: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HOME", "/the/users/own")
    monkeypatch.setenv("SECRET_KEY", "of the user")
    monkeypatch.setenv("PYTHONPATH", "/somewhere/else")
    monkeypatch.setenv("LC_TIME", "C")
    code = (
        "import os, sys, tempfile\n"
        "outer = os.path.dirname(os.getcwd())\n"
        "names = ['HOME', 'HF_HOME', 'XDG_CACHE_HOME', 'TMPDIR', 'MPLCONFIGDIR', 'TORCH_HOME']\n"
        "for name in names:\n"
        "    assert os.environ[name].startswith(outer), name\n"
        "assert os.path.expanduser('~').startswith(outer)\n"
        "assert tempfile.gettempdir().startswith(outer)\n"
        "os.makedirs(os.path.join(os.environ['XDG_CACHE_HOME'], 'deep'))\n"
        "open(os.path.join(os.path.expanduser('~'), 'left'), 'w').close()\n"
        "assert os.environ['HF_HUB_OFFLINE'] == '1'\n"
        "assert os.environ['LC_TIME'] == 'C'\n"
        "assert 'SECRET_KEY' not in os.environ\n"
        "assert not [p for p in sys.path if not p or 'else' in p or p == os.getcwd()]\n"
    )
    result = run(code, running)

    assert result.outcome is Outcome.PASSED, result.traceback


def test_folders_without_write_permission_are_deleted_too(running: Environment) -> None:
    code = "import os\nos.makedirs('a/b')\nos.chmod('a/b', 0o500)\nos.chmod('a', 0o000)\n"

    assert run(code, running).outcome is Outcome.PASSED


def test_the_environment_is_left_as_it_was(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"demo.py": "x = 1\n", "user.py": "import demo\n"})
    before = snapshot(site.root, bytecode=True)

    assert run("import user, sys; sys.path", site).outcome is Outcome.PASSED
    assert run("import demo; demo.nothing", site).outcome is Outcome.EXCEPTION
    assert before == snapshot(site.root, bytecode=True)


def test_an_interpreter_that_is_gone_is_an_error_of_its_own(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"demo.py": ""})
    interpreter = site.interpreter
    interpreter.unlink()

    with pytest.raises(TargetError, match="No such file"):
        run("", site)

    interpreter.write_text("#!/bin/sh\necho no library >&2\nexit 127\n")
    interpreter.chmod(interpreter.stat().st_mode | stat.S_IXUSR)
    with pytest.raises(TargetError, match="exit status 127 before the probe began: no library"):
        run("", site)


@pytest.mark.parametrize(
    "version", [VERSIONS[0], *(pytest.param(each, marks=pytest.mark.slow) for each in VERSIONS[1:])]
)
def test_other_pythons_run_probes_alike(version: str, tmp_path: Path) -> None:
    found = find_python(version)
    if found is None:
        pytest.skip(f"no Python {version} here: name one in {NAMED}")
    python = str(found)
    files: dict[str, str | bytes] = {"demo.py": bytes(300), "user.py": "import demo\n"}
    site = make_site(tmp_path, files, python)

    assert run("assert 6 * 7 == 42", site).outcome is Outcome.PASSED
    assert run("assert 6 * 7 == 41", site).outcome is Outcome.ASSERTION
    assert run("def f(:", site).outcome is Outcome.PROBE_ERROR
    assert run("import os; os._exit(0)", site).outcome is Outcome.EXITED
    damaged = run("import user", site)
    assert [Path(frame.file).name for frame in damaged.frames] == [ORIGIN, "user.py", "demo.py"]
    crashed = run(NATIVE_CRASH, site)
    assert (crashed.outcome, crashed.signal) == (Outcome.CRASH, "SIGSEGV")
    assert crashed.frames[0].file == ORIGIN
    hung = run(HANG, site, timeout=1)
    assert (hung.outcome, hung.frames[-1].line) == (Outcome.TIMEOUT, 2)
    missing = run("", site, imports=("not_there",))
    assert (missing.outcome, missing.modules) == (Outcome.IMPORT_ERROR, ("not_there",))
