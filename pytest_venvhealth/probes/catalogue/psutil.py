# imports: psutil
# exercises: this process (memory, files, threads, priority, sockets), a child from start to end,
#   memory, disks and processors of the machine; compared with what Python itself says
import os
import shutil
import socket
import subprocess
import sys
import threading

import psutil

me = psutil.Process()
assert me.pid == os.getpid() and me.ppid() == os.getppid() and me.is_running()
assert psutil.pid_exists(me.pid) and me.pid in psutil.pids()
assert os.path.samefile(me.cwd(), os.getcwd())
assert me.memory_info().rss > 1000000 and 0 < me.memory_percent() < 100
assert me.cpu_times().user > 0 and me.create_time() > 0
assert me == psutil.Process(os.getpid()) and len(me.cmdline()) >= 1
if os.name == "posix":
    assert me.nice() == os.getpriority(os.PRIO_PROCESS, 0)
    assert me.uids().real == os.getuid()

path = os.path.abspath("open.txt")
with open(path, "w"):
    assert any(os.path.samefile(file.path, path) for file in me.open_files()), me.open_files()
if sys.platform != "win32":
    before = me.num_fds()
    with open(path):
        assert me.num_fds() == before + 1
before = me.num_threads()
done = threading.Event()
thread = threading.Thread(target=done.wait, args=(30,), daemon=True)
thread.start()
assert me.num_threads() >= before + 1 and len(me.threads()) == me.num_threads()
done.set()
thread.join(30)

with socket.socket() as server:
    server.bind(("127.0.0.1", 0))
    server.listen(1)
    connections = getattr(me, "net_connections", None) or me.connections  # renamed in 6.0
    ports = [each.laddr.port for each in connections("tcp4") if each.status == psutil.CONN_LISTEN]
    assert server.getsockname()[1] in ports, ports

code = "import sys; sys.stdin.read(); sys.exit(7)"
child = psutil.Popen([sys.executable, "-I", "-B", "-c", code], stdin=subprocess.PIPE)
try:
    assert child.pid in [each.pid for each in me.children()] and child.ppid() == me.pid
    assert child.cmdline()[-1] == code
    child.suspend()
    child.resume()
    try:
        psutil.Process(child.pid).wait(timeout=0.01)
    except psutil.TimeoutExpired:
        pass
    else:
        raise AssertionError("a waiting process was said to have ended")
    child.stdin.close()
    assert child.wait(timeout=30) == 7
finally:
    if child.poll() is None:
        child.kill()
        child.wait()
try:
    psutil.Process(child.pid).name()
except psutil.NoSuchProcess as error:
    assert error.pid == child.pid
else:
    raise AssertionError("a process that ended was found")

memory = psutil.virtual_memory()
assert 0 < memory.available <= memory.total and 0 <= memory.percent <= 100
assert psutil.swap_memory().total >= 0
assert psutil.disk_usage(".").total == shutil.disk_usage(".").total
assert psutil.cpu_count() == os.cpu_count() and sum(psutil.cpu_times()) > 0
assert len(psutil.cpu_percent(percpu=True)) >= 1
assert isinstance(psutil.disk_partitions(all=True), list) and psutil.boot_time() > 0
