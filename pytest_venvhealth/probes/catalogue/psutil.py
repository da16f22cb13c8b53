# imports: psutil
# exercises: this process with its files and threads, a child from start to end, memory,
#   disk and processors of the machine; compared with what Python itself says
import os
import shutil
import subprocess
import sys
import threading

import psutil

me = psutil.Process()
assert me.pid == os.getpid() and me.ppid() == os.getppid() and me.pid in psutil.pids()
assert os.path.samefile(me.cwd(), os.getcwd())
assert me.memory_info().rss > 1000000 and me.cpu_times().user > 0
with open("open.txt", "w"):
    paths = [file.path for file in me.open_files()]
    assert any(os.path.samefile(path, "open.txt") for path in paths), paths
before = me.num_threads()
done = threading.Event()
thread = threading.Thread(target=done.wait)
thread.start()
assert me.num_threads() == before + 1
done.set()
thread.join()
code = "import sys; sys.stdin.read(); sys.exit(7)"
child = psutil.Popen([sys.executable, "-I", "-B", "-c", code], stdin=subprocess.PIPE)
assert child.pid in [each.pid for each in me.children()] and child.ppid() == me.pid
assert child.cmdline()[-1] == code
child.stdin.close()
assert child.wait(timeout=30) == 7
try:
    psutil.Process(child.pid)
except psutil.NoSuchProcess as error:
    assert error.pid == child.pid
else:
    raise AssertionError("a process that ended was found")

memory = psutil.virtual_memory()
assert 0 < memory.available <= memory.total
assert psutil.disk_usage(".").total == shutil.disk_usage(".").total
assert psutil.cpu_count() == os.cpu_count() and sum(psutil.cpu_times()) > 0
