# imports: anyio, anyio.abc
# exercises: on asyncio and, where it is there, on trio: task groups, time limits, cancellation,
#   streams of objects and of text, locks, threads both ways, files, a child process, loopback TCP
# versions: >=4.0
import importlib.util
import socket
import sys

import anyio
from anyio import from_thread, to_thread
from anyio.streams.buffered import BufferedByteReceiveStream
from anyio.streams.text import TextReceiveStream


async def fail():
    raise LookupError("on purpose")


async def tasks():
    results = []

    async def work(number, *, task_status=anyio.TASK_STATUS_IGNORED):
        task_status.started(number * 10)
        await anyio.sleep(0.001 * number)
        results.append(number)

    async with anyio.create_task_group() as group:
        assert await group.start(work, 9) == 90
        for number in (3, 1):
            group.start_soon(work, number)
    assert sorted(results) == [1, 3, 9], results
    with anyio.move_on_after(0.01) as scope:
        await anyio.sleep(60)
    assert scope.cancel_called and scope.cancelled_caught
    try:
        with anyio.fail_after(0.01):
            await anyio.Event().wait()
    except TimeoutError:
        pass
    else:
        raise AssertionError("a time limit was passed over")
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(anyio.sleep, 60)
            group.start_soon(fail)
    except BaseException as error:  # noqa: BLE001 - a group, which Python 3.8 has no name for
        assert [type(each) for each in getattr(error, "exceptions", ())] == [LookupError], error
    else:
        raise AssertionError("a task's error was lost")


async def streams():
    send, receive = anyio.create_memory_object_stream(1)
    async with anyio.create_task_group() as group:

        async def produce():
            async with send:
                for part in (b"gr\xc3", b"\xbcn\n", b"two"):
                    await send.send(part)

        group.start_soon(produce)
        async with receive:
            parts = [part async for part in TextReceiveStream(receive)]
    assert parts == ["gr", "\u00fcn\n", "two"], parts
    send, receive = anyio.create_memory_object_stream(3)
    for part in (b"12", b"345;", b"6"):
        send.send_nowait(part)
    send.close()
    buffered = BufferedByteReceiveStream(receive)
    assert await buffered.receive_exactly(3) == b"123"
    assert await buffered.receive_until(b";", 10) == b"45"
    assert await buffered.receive() == b"6"
    try:
        await buffered.receive()
    except anyio.EndOfStream:
        pass
    else:
        raise AssertionError("a stream has no end")
    receive.close()


async def locks():
    inside, most = 0, 0

    async def use(limiter):
        nonlocal inside, most
        async with limiter:
            inside += 1
            most = max(most, inside)
            await anyio.sleep(0.001)
            inside -= 1

    for limiter, wanted in (
        (anyio.Semaphore(2), 2),
        (anyio.CapacityLimiter(3), 3),
        (anyio.Lock(), 1),
    ):
        most = 0
        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(use, limiter)
        assert (inside, most) == (0, wanted), limiter


def in_thread(number):
    return from_thread.run(after, number) + from_thread.run_sync(sum, [1, 2])


async def after(number):
    await anyio.sleep(0)
    return number * 2


async def serve():
    async def upper(stream):
        async with stream:
            async for data in stream:
                await stream.send(data.upper())

    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    async with listener, anyio.create_task_group() as group:
        group.start_soon(listener.serve, upper)
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        async with await anyio.connect_tcp("127.0.0.1", port) as stream:
            await stream.send(b"abc")
            assert await stream.receive() == b"ABC"
            await stream.send_eof()
        group.cancel_scope.cancel()


def loopback_is_up():
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname(), timeout=10).close()
    except OSError:
        return False
    return True


async def main():
    with anyio.fail_after(30):
        await tasks()
        await streams()
        await locks()
        assert await to_thread.run_sync(in_thread, 20) == 43
        path = anyio.Path("text.txt")
        await path.write_text("one\ntwo\n", encoding="utf-8")
        async with await anyio.open_file(path, encoding="utf-8") as file:
            assert [line async for line in file] == ["one\n", "two\n"]
        code = "import sys; print(sys.stdin.read()[::-1])"
        done = await anyio.run_process([sys.executable, "-I", "-B", "-c", code], input=b"abc")
        assert done.stdout.split() == [b"cba"] and done.returncode == 0
        if loopback_is_up():
            await serve()


anyio.run(main, backend="asyncio")
if importlib.util.find_spec("trio") is not None:
    anyio.run(main, backend="trio")
