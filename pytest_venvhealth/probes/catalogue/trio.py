# imports: trio, trio.testing, trio.socket
# exercises: nurseries, time limits on a clock that jumps, channels, locks, threads both ways, a
#   socket pair, a child process, exception groups; a TCP server on the loopback interface
# versions: >=0.25
import socket
import sys

import trio
import trio.testing


async def fail():
    raise LookupError("on purpose")


async def timed():
    """Hours by the mock clock: it jumps whenever all tasks sleep."""
    order = []

    async def work(hours, *, task_status=trio.TASK_STATUS_IGNORED):
        task_status.started(hours * 2)
        await trio.sleep(hours * 3600)
        order.append((hours, trio.current_time() - start))

    start = trio.current_time()
    async with trio.open_nursery() as nursery:
        assert await nursery.start(work, 3) == 6
        nursery.start_soon(work, 2)
        nursery.start_soon(work, 1)
    assert order == [(1, 3600), (2, 7200), (3, 10800)], order
    with trio.move_on_after(60) as scope:
        await trio.sleep_forever()
    assert scope.cancelled_caught and trio.current_time() - start == 10860
    try:
        with trio.fail_after(5), trio.CancelScope(shield=True) as inner:
            inner.deadline = trio.current_time() + 20
            await trio.sleep(100)
        await trio.lowlevel.checkpoint()
    except trio.TooSlowError:
        raise AssertionError("the shield let the outer limit in") from None
    assert inner.cancelled_caught and trio.current_time() - start == 10880
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.sleep, 1000)
            nursery.start_soon(fail)
    except BaseException as error:  # noqa: BLE001 - a group, which Python 3.8 has no name for
        assert [type(each) for each in getattr(error, "exceptions", ())] == [LookupError], error
    else:
        raise AssertionError("a task's error was lost")
    assert trio.current_time() - start == 10880, "a failed nursery waited for its child"


async def streams():
    send, receive = trio.open_memory_channel(1)

    async def produce(channel, numbers):
        async with channel:
            for number in numbers:
                await channel.send(number)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(produce, send.clone(), range(50))
        nursery.start_soon(produce, send, range(50, 100))
        found = [number async for number in receive]
    assert sorted(found) == list(range(100))

    left, right = trio.socket.socketpair()
    data = bytes(range(256)) * 4096
    async with trio.SocketStream(left) as left, trio.SocketStream(right) as right:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(left.send_all, data)
            got = b""
            while len(got) < len(data):
                got += await right.receive_some()
        assert got == data

    limit, inside, most = trio.Semaphore(2), 0, 0

    async def use():
        nonlocal inside, most
        async with limit:
            inside += 1
            most = max(most, inside)
            await trio.testing.wait_all_tasks_blocked()
            inside -= 1

    async with trio.open_nursery() as nursery:
        for _ in range(5):
            nursery.start_soon(use)
    assert most == 2, most


async def upper(stream):
    async for data in stream:
        await stream.send_all(data.upper())


async def serve():
    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(
            lambda task_status: trio.serve_tcp(upper, 0, host="127.0.0.1", task_status=task_status)
        )
        async with await trio.testing.open_stream_to_socket_listener(listeners[0]) as stream:
            await stream.send_all(b"abc")
            assert await stream.receive_some() == b"ABC"
            await stream.send_eof()
            assert await stream.receive_some() == b""
        nursery.cancel_scope.cancel()


def loopback_is_up():
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname(), timeout=10).close()
    except OSError:
        return False
    return True


def in_thread(number):
    return trio.from_thread.run(after, number) + trio.from_thread.run_sync(sum, [1, 2])


async def after(number):
    await trio.sleep(0)
    return number * 2


async def main():
    with trio.fail_after(30):
        await streams()
        assert await trio.to_thread.run_sync(in_thread, 20) == 43
        code = "import sys; print(sys.stdin.read()[::-1]); sys.exit(3)"
        done = await trio.run_process(
            [sys.executable, "-I", "-B", "-c", code], stdin=b"abc", capture_stdout=True, check=False
        )
        assert (done.stdout.split(), done.returncode) == ([b"cba"], 3)
        if loopback_is_up():
            await serve()


trio.run(timed, clock=trio.testing.MockClock(autojump_threshold=0))
trio.run(main)
