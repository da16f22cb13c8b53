# imports: filelock
# exercises: a lock held against another object, another thread and another process; nesting, a
#   timeout, the lock that is only a file, release after an error
# versions: >=3.4
import os
import subprocess
import sys
import threading

from filelock import FileLock, SoftFileLock, Timeout

for kind in (FileLock, SoftFileLock):
    path = kind.__name__ + ".lock"
    lock = kind(path)
    with lock:
        assert lock.is_locked and os.path.exists(path)
        with lock:  # nested
            assert lock.is_locked
        assert lock.is_locked
        other = kind(path, timeout=0.05)
        try:
            other.acquire(poll_interval=0.01)
        except Timeout as error:
            assert os.path.basename(str(error.lock_file)) == path
        else:
            raise AssertionError(path + " was taken twice")
        assert not other.is_locked
    assert not lock.is_locked
    with other:
        assert other.is_locked
    try:
        with kind(path):
            {}["missing"]
    except KeyError:
        pass
    with kind(path, timeout=5):
        pass
assert not os.path.exists("SoftFileLock.lock")

lock = FileLock("forced.lock")
lock.acquire()
lock.acquire()
lock.release()
assert lock.is_locked
lock.release(force=True)
assert not lock.is_locked

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
    done = subprocess.run(command, stdout=subprocess.PIPE, timeout=60, check=True)
    return done.stdout.strip()


with FileLock("shared.lock"):
    assert seen_from_outside() == b"taken"
assert seen_from_outside() == b"free"

# Eight threads add to a number in a file, none may be lost.
with open("number", "w") as file:
    file.write("0")


def work():
    for _ in range(5):
        with FileLock("number.lock", timeout=30).acquire(poll_interval=0.001):
            with open("number") as file:
                number = int(file.read())
            with open("number", "w") as file:
                file.write(str(number + 1))


threads = [threading.Thread(target=work, daemon=True) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join(60)
with open("number") as file:
    assert file.read() == "40"
