# imports: trio, trio.testing, trio.socket
# exercises: nurseries and time limits on a clock that jumps, a thread and back, a child
#   process; a TCP server
# versions: >=0.25
# needs: a loopback interface, else the server is left out
import functools
import socket
import sys

import trio
import trio.testing


async def timed():
    """Sleep for hours: the mock clock jumps whenever all tasks sleep."""
    order = []

    async def work(hours):
        await trio.sleep(hours * 3600)
        order.append((hours, trio.current_time() - start))

    start = trio.current_time()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(work, 2)
        nursery.start_soon(work, 1)
    assert order == [(1, 3600), (2, 7200)], order
    with trio.move_on_after(60) as scope:
        await trio.sleep_forever()
    assert scope.cancelled_caught and trio.current_time() - start == 7260


async def upper(stream):
    async for data in stream:
        await stream.send_all(data.upper())


async def serve():
    async with trio.open_nursery() as nursery:
        start = functools.partial(trio.serve_tcp, upper, 0, host="127.0.0.1")
        (listener,) = await nursery.start(start)
        async with await trio.testing.open_stream_to_socket_listener(listener) as stream:
            await stream.send_all(b"abc")
            assert await stream.receive_some() == b"ABC"
        nursery.cancel_scope.cancel()


async def main():
    assert await trio.to_thread.run_sync(trio.from_thread.run_sync, sum, [1, 2]) == 3
    code = "import sys; print(sys.stdin.read()[::-1]); sys.exit(3)"
    command = [sys.executable, "-I", "-B", "-c", code]
    done = await trio.run_process(command, stdin=b"abc", capture_stdout=True, check=False)
    assert (done.stdout.split(), done.returncode) == ([b"cba"], 3)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        loopback = sock.connect_ex(("127.0.0.1", 9)) == 0
    if loopback:
        await serve()


trio.run(timed, clock=trio.testing.MockClock(autojump_threshold=0))
trio.run(main)
