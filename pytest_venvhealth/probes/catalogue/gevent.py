# imports: gevent, gevent.pool, gevent.queue, gevent.event, gevent.lock, gevent.server
# exercises: greenlets and their errors, time limits, queues, locks, locals, a pool, native threads,
#   a socket pair, a child process; a server on the loopback interface; the native modules
# versions: >=20.5
import importlib.util
import socket as plain_socket
import sys

import gevent
from gevent import event, local, lock, pool, queue, server, socket, subprocess

# A loop or resolver that does not load is passed over, so those that are there are loaded by name.
for name in ("gevent.libev.corecext", "gevent.resolver.cares"):
    if importlib.util.find_spec(name) is not None:
        importlib.import_module(name)

order = []


def work(number):
    gevent.sleep(number / 500)
    order.append(number)
    return number * 2


def fail():
    raise LookupError("on purpose")


jobs = [gevent.spawn(work, number) for number in (3, 1, 2)]
assert len(gevent.joinall(jobs, timeout=20)) == 3 and sorted(order) == [1, 2, 3], order
assert [job.value for job in jobs] == [6, 2, 4]
hub = gevent.get_hub()
hub.exception_stream = None  # no traceback of the one that fails on purpose
failed = gevent.spawn(fail)
try:
    failed.get(timeout=20)
except LookupError:
    assert not failed.successful()
else:
    raise AssertionError("a greenlet's error was lost")
with gevent.Timeout(0.01, False):
    gevent.sleep(60)
    order.append("late")
sleeper = gevent.spawn(gevent.sleep, 60)
gevent.sleep(0)
sleeper.kill(timeout=20)
assert sleeper.dead and isinstance(sleeper.value, gevent.GreenletExit) and len(order) == 3

channel, done = queue.Queue(2), []
consumer = gevent.spawn(lambda: done.extend(channel))
for item in [*range(20), StopIteration]:
    channel.put(item, timeout=20)
consumer.join(20)
assert done == list(range(20)), done
ranked = queue.PriorityQueue()
for item in (3, 1, 2):
    ranked.put(item)
assert [ranked.get() for _ in range(3)] == [1, 2, 3]

limit, inside = lock.BoundedSemaphore(2), []


def use(number):
    with limit:
        inside.append(+1)
        gevent.sleep(0.001)
        inside.append(-1)
    return number**2


assert pool.Pool(5).map(use, range(6)) == [0, 1, 4, 9, 16, 25]
assert max(sum(inside[: end + 1]) for end in range(len(inside))) == 2, inside
result = event.AsyncResult()
gevent.spawn_later(0.001, result.set, "value")
assert result.get(timeout=20) == "value"
own = local.local()
own.name = "main"
assert gevent.spawn(lambda: hasattr(own, "name")).get(timeout=20) is False and own.name == "main"
assert hub.threadpool.apply(sum, ([1, 2],)) == 3

left, right = socket.socketpair()
data = bytes(range(256)) * 4096
sending = gevent.spawn(left.sendall, data)
got = b""
while len(got) < len(data):
    got += right.recv(65536)
sending.join(20)
assert got == data
left.close()
right.close()
process = subprocess.run(
    [sys.executable, "-I", "-B", "-c", "print(input()[::-1])"],
    input=b"abc\n",
    stdout=subprocess.PIPE,
    timeout=30,
)
assert process.stdout.split() == [b"cba"] and process.returncode == 0


def upper(sock, address):
    with sock.makefile("rwb") as file:
        for line in file:
            file.write(line.upper())
            file.flush()
    sock.close()


def talk(number):
    with socket.create_connection(("127.0.0.1", listener.server_port), timeout=10) as sock:
        sock.sendall(b"line %d\n" % number)
        return sock.recv(100)


def loopback_is_up():
    try:
        with plain_socket.create_server(("127.0.0.1", 0)) as sock:
            plain_socket.create_connection(sock.getsockname(), timeout=10).close()
    except OSError:
        return False
    return True


if loopback_is_up():
    listener = server.StreamServer(("127.0.0.1", 0), upper)
    listener.start()
    assert pool.Pool(5).map(talk, range(5)) == [b"LINE %d\n" % number for number in range(5)]
    listener.stop(timeout=10)
