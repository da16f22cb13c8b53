"""One repair alone, or any number of probes together; and whoever waits is told why."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_venvhealth.environment_files import HEALTH_FOLDER
from pytest_venvhealth.repair.lock import (
    LockTimeoutError,
    LockUnusableError,
    ReadOnlyEnvironmentError,
    current_holder,
    environment_lock,
)

# Holds the lock until its standard input ends, and says when it has it.
HOLD = """
import sys
from pathlib import Path
from pytest_venvhealth.repair.lock import environment_lock

exclusive = sys.argv[2] == "exclusive"
with environment_lock(Path(sys.argv[1]), exclusive=exclusive, timeout=20, create=True):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextlib.contextmanager
def other_process(root: Path, mode: str) -> Iterator[subprocess.Popen[str]]:
    """Run a process that holds the lock on `root` until it is killed or the block ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(root), mode],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        yield child


def take(root: Path, *, exclusive: bool, timeout: float = 0) -> None:
    with environment_lock(root, exclusive=exclusive, timeout=timeout, create=True):
        pass


def test_two_repairs_exclude_each_other_and_the_second_learns_who_is_first(tmp_path: Path) -> None:
    with (
        other_process(tmp_path, "exclusive") as other,
        pytest.raises(LockTimeoutError, match=rf"process {other.pid}, since .* within 0.3 seconds"),
    ):
        take(tmp_path, exclusive=True, timeout=0.3)

    take(tmp_path, exclusive=True)


@pytest.mark.parametrize(("first", "exclusive"), [("shared", True), ("exclusive", False)])
def test_a_repair_and_a_probe_exclude_each_other(
    tmp_path: Path, first: str, exclusive: bool
) -> None:
    with other_process(tmp_path, first), pytest.raises(LockTimeoutError, match="in use by a "):
        take(tmp_path, exclusive=exclusive)

    take(tmp_path, exclusive=exclusive)


def test_probes_share(tmp_path: Path) -> None:
    with other_process(tmp_path, "shared"), other_process(tmp_path, "shared"):
        take(tmp_path, exclusive=False)


def test_threads_of_one_process_exclude_each_other_too(tmp_path: Path) -> None:
    refused = []

    def repair() -> None:
        try:
            take(tmp_path, exclusive=True)
        except LockTimeoutError:
            refused.append(True)

    with environment_lock(tmp_path, exclusive=False, timeout=0, create=True):
        thread = threading.Thread(target=repair)
        thread.start()
        thread.join()

    assert refused == [True]


def test_a_killed_holder_blocks_nobody_and_is_not_named(tmp_path: Path) -> None:
    with other_process(tmp_path, "exclusive") as other:
        other.send_signal(signal.SIGKILL)
        other.wait()
    assert current_holder(tmp_path) is not None, "the killed process could not take its record away"

    take(tmp_path, exclusive=False)

    assert current_holder(tmp_path) is None
    take(tmp_path, exclusive=True)


def test_waiting_is_said_once_with_the_holder_and_ends_when_the_holder_does(tmp_path: Path) -> None:
    said: list[str] = []
    with other_process(tmp_path, "exclusive") as other:

        def on_wait(sentence: str) -> None:
            said.append(sentence)
            other.terminate()

        with environment_lock(tmp_path, exclusive=True, timeout=20, on_wait=on_wait):
            pass

    assert len(said) == 1
    assert f"Waiting for {tmp_path}, which is in use by a repair by process {other.pid}" in said[0]


def test_a_waiting_repair_is_not_starved_by_probes_that_overlap(tmp_path: Path) -> None:
    stop = threading.Event()

    def probe() -> None:
        while not stop.is_set():
            with environment_lock(tmp_path, exclusive=False, timeout=20, create=True):
                time.sleep(0.2)

    probes = [threading.Thread(target=probe) for _ in range(3)]
    for number, thread in enumerate(probes):
        thread.start()
        time.sleep(0.07 * (number < 2))
    try:
        take(tmp_path, exclusive=True, timeout=5)
    finally:
        stop.set()
        for thread in probes:
            thread.join()


def test_the_holder_is_on_record_only_while_it_holds(tmp_path: Path) -> None:
    with environment_lock(tmp_path, exclusive=True, timeout=0):
        holder = current_holder(tmp_path)
        assert holder is not None
        assert holder.pid == os.getpid()

    assert sorted(os.listdir(tmp_path / HEALTH_FOLDER)) == ["lock"]


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'{"pid": 12', id="cut short"),
        pytest.param(b"[]", id="no table"),
        pytest.param(b'{"pid": "x", "host": "", "since": "", "command": ""}', id="no number"),
        pytest.param(b"\xff", id="no text"),
    ],
)
def test_an_unreadable_record_names_nobody(tmp_path: Path, record: bytes) -> None:
    (tmp_path / HEALTH_FOLDER).mkdir()
    (tmp_path / HEALTH_FOLDER / "lock.holder.json").write_bytes(record)

    assert current_holder(tmp_path) is None


def test_a_check_leaves_no_trace_in_an_environment_that_was_never_repaired(tmp_path: Path) -> None:
    with environment_lock(tmp_path, exclusive=False, timeout=0):
        pass

    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("start", ["fork", "exec"])
def test_a_child_that_outlives_the_holder_does_not_keep_the_lock(
    tmp_path: Path, start: str
) -> None:
    # The child is started while the lock is held, and its parent is then killed.
    script = HOLD.replace(
        '    print("held", flush=True)',
        "    import os, subprocess, time\n"
        + {
            "fork": "    if os.fork() == 0: time.sleep(20); os._exit(0)\n",
            "exec": "    subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(20)'],"
            " close_fds=False, start_new_session=True)\n",
        }[start]
        + "    print('held', flush=True)",
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path), "exclusive"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "held\n"
        children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
        child = int(children.read_text().split()[0])
        parent.kill()
        parent.wait()
        try:
            take(tmp_path, exclusive=True)
        finally:
            os.kill(child, signal.SIGKILL)


def test_a_read_only_environment_can_be_checked_but_not_repaired(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    script = (
        "import json, os, sys\n"
        "from pathlib import Path\n"
        "from pytest_venvhealth.repair.lock import *\n"
        "if os.getuid() == 0: os.setgroups([]); os.setuid(65534)\n"
        "root = Path(sys.argv[1])\n"
        "with environment_lock(root, exclusive=False, timeout=0, create=True): print('shared')\n"
        "try:\n"
        "    with environment_lock(root, exclusive=True, timeout=0): print('exclusive')\n"
        "except ReadOnlyEnvironmentError as error: print(error)\n"
    )
    # pytest makes its folders for their owner alone; a stranger must get as far as the environment.
    opened = [folder for folder in tmp_path.parents if not folder.stat().st_mode & 0o001]
    for folder in opened:
        folder.chmod(folder.stat().st_mode | 0o011)
    try:
        done = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path)],
            capture_output=True,
            text=True,
            check=True,
        )
    finally:
        for folder in opened:
            folder.chmod(folder.stat().st_mode & ~0o011)
        tmp_path.chmod(0o755)

    assert done.stdout == f"shared\n{ReadOnlyEnvironmentError(tmp_path, 'Permission denied')}\n"


def test_a_lock_file_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / HEALTH_FOLDER).mkdir()
    (tmp_path / HEALTH_FOLDER / "lock").write_bytes(b"not a database at all, but long " * 64)

    with pytest.raises(
        LockUnusableError, match=r"lock does not work as a lock: .*delete this file"
    ):
        take(tmp_path, exclusive=True)


def test_a_linked_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / HEALTH_FOLDER).symlink_to("elsewhere")

    with pytest.raises(ReadOnlyEnvironmentError, match="symbolic link"):
        take(tmp_path, exclusive=True)

    assert os.listdir(tmp_path / "elsewhere") == []


def test_errors_survive_pickling(tmp_path: Path) -> None:
    for error in (
        LockTimeoutError(tmp_path, 3.0, "a repair by process 1"),
        ReadOnlyEnvironmentError(tmp_path, "Permission denied"),
        LockUnusableError(tmp_path, "file is not a database"),
    ):
        assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_the_record_is_plain_json(tmp_path: Path) -> None:
    with environment_lock(tmp_path, exclusive=True, timeout=0):
        data = json.loads((tmp_path / HEALTH_FOLDER / "lock.holder.json").read_text())

    assert sorted(data) == ["command", "host", "pid", "since"]
