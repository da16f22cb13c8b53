# imports: filelock
# exercises: a lock held against another object and another process; nesting, a timeout, the
#   lock that is only a file
# versions: >=3.4.0
import os
import subprocess
import sys

from filelock import FileLock, SoftFileLock, Timeout

for kind in (FileLock, SoftFileLock):
    path = kind.__name__ + ".lock"
    lock, other = kind(path), kind(path, timeout=0.05)
    with lock:
        with lock:  # nested
            assert lock.is_locked and os.path.exists(path)
        assert lock.is_locked
        try:
            other.acquire(poll_interval=0.01)
        except Timeout as error:
            assert os.path.basename(str(error.lock_file)) == path
        else:
            raise AssertionError(path + " was taken twice")
    assert not lock.is_locked
    with other:
        assert other.is_locked
assert not os.path.exists("SoftFileLock.lock")

# Another process must see the lock, and that it was given back.
code = (
    "import filelock\n"
    "try:\n"
    "    with filelock.FileLock('shared.lock', timeout=0.05):\n"
    "        print('free')\n"
    "except filelock.Timeout:\n"
    "    print('taken')\n"
)


def seen_from_outside():
    command = [sys.executable, "-I", "-B", "-c", code]
    return subprocess.check_output(command, timeout=60).strip()


with FileLock("shared.lock"):
    assert seen_from_outside() == b"taken"
assert seen_from_outside() == b"free"
