# imports: gevent, gevent.pool, gevent.queue, gevent.event, gevent.server
# exercises: greenlets, time limits, a queue, a pool, native threads, a server and its clients; the
#   native modules
# needs: the loopback interface, else there is no server
# versions: >=20.5
import importlib.util

import gevent
from gevent import pool, queue, server, socket

# A loop or resolver that does not load is passed over, so those that are there are loaded by name.
for name in ("gevent.libev.corecext", "gevent.resolver.cares"):
    if importlib.util.find_spec(name) is not None:
        importlib.import_module(name)

order = []


def work(number):
    gevent.sleep(number / 500)
    order.append(number)
    return number * 2


jobs = [gevent.spawn(work, number) for number in (3, 1, 2)]
gevent.joinall(jobs, timeout=20)
assert [job.value for job in jobs] == [6, 2, 4] and sorted(order) == [1, 2, 3], order
with gevent.Timeout(0.01, False):
    gevent.sleep(60)
    order.append("late")
assert "late" not in order
channel = queue.Queue(2)
consumer = gevent.spawn(list, channel)
for item in [*range(20), StopIteration]:
    channel.put(item, timeout=20)
assert consumer.get(timeout=20) == list(range(20))
assert pool.Pool(2).map(work, range(6)) == [0, 2, 4, 6, 8, 10]
assert gevent.get_hub().threadpool.apply(sum, ([1, 2],)) == 3


def upper(sock, address):
    sock.sendall(sock.recv(100).upper())


def talk(number):
    with socket.create_connection(listener.address, timeout=10) as sock:
        sock.sendall(b"line %d" % number)
        return sock.recv(100)


with socket.socket(type=socket.SOCK_DGRAM) as way:
    loopback = way.connect_ex(("127.0.0.1", 9)) == 0
if loopback:
    listener = server.StreamServer(("127.0.0.1", 0), upper)
    listener.start()
    assert pool.Pool(5).map(talk, range(5)) == [b"LINE %d" % number for number in range(5)]
    listener.stop(timeout=10)
