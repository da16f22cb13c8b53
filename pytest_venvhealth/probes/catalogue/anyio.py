# imports: anyio, anyio.abc
# exercises: on asyncio and, where it is there, on trio: task groups, time limits, streams, locks,
#   threads both ways, loopback TCP
# needs: the loopback interface, else that part is left out
# versions: >=4.0
import importlib.util
import socket

import anyio
from anyio import from_thread, to_thread


async def limit():
    with anyio.move_on_after(0.01) as scope:
        await anyio.sleep(60)
    assert scope.cancelled_caught


async def most_at_a_time(semaphore):
    running, counts = [], []

    async def use():
        async with semaphore:
            running.append(None)
            counts.append(len(running))
            await anyio.sleep(0.001)
            running.pop()

    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(use)
    return max(counts)


async def upper(stream):
    async with stream:
        await stream.send((await stream.receive()).upper())


async def serve():
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    async with listener, anyio.create_task_group() as group:
        group.start_soon(listener.serve, upper)
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        async with await anyio.connect_tcp("127.0.0.1", port) as stream:
            await stream.send(b"abc")
            assert await stream.receive() == b"ABC"
        group.cancel_scope.cancel()


async def main():
    with anyio.fail_after(30):
        await limit()
        assert await to_thread.run_sync(from_thread.run, most_at_a_time, anyio.Semaphore(2)) == 2
        if loopback:
            await serve()


with socket.socket(type=socket.SOCK_DGRAM) as way:
    loopback = way.connect_ex(("127.0.0.1", 9)) == 0
anyio.run(main, backend="asyncio")
if importlib.util.find_spec("trio") is not None:
    anyio.run(main, backend="trio")
