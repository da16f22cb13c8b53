# imports: uvloop
# exercises: the event loop: order of callbacks, timers, threads, a socket pair, a child process,
#   addresses, tasks that are cancelled; a TCP server on the loopback interface
import asyncio
import contextlib
import socket
import sys
import threading

import uvloop


async def pair():
    """Send more than a socket's buffer holds through a connected pair."""
    loop = asyncio.get_running_loop()
    left, right = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=left)
    right.setblocking(False)
    sending = loop.create_task(loop.sock_sendall(right, bytes(range(256)) * 8192))
    assert await reader.readexactly(256 * 8192) == bytes(range(256)) * 8192
    await sending
    writer.write(b"back")
    assert await loop.sock_recv(right, 100) == b"back"
    right.close()
    assert await reader.read() == b""
    writer.close()


async def child():
    code = "import sys; sys.stdout.write(sys.stdin.read()[::-1]); sys.exit(3)"
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-B", "-c", code, stdin=pipe, stdout=pipe
    )
    output, _ = await process.communicate(b"abc")
    assert (output, process.returncode) == (b"cba", 3)


async def main():
    loop = asyncio.get_running_loop()
    assert isinstance(loop, uvloop.Loop)
    calls = []
    loop.call_later(0.02, calls.append, "late")
    loop.call_later(0.01, calls.append, "soon")
    loop.call_later(0.01, calls.append, "never").cancel()
    loop.call_soon(calls.append, "first")
    loop.call_soon(calls.append, "second")
    start = loop.time()
    await asyncio.sleep(0.05)
    assert calls == ["first", "second", "soon", "late"], calls
    assert loop.time() - start > 0.04

    future = loop.create_future()
    thread = threading.Thread(
        target=lambda: loop.call_soon_threadsafe(future.set_result, "from a thread")
    )
    thread.start()
    assert await future == "from a thread"
    thread.join()
    assert await loop.run_in_executor(None, sum, range(101)) == 5050
    assert await asyncio.gather(*(asyncio.sleep(0, number) for number in range(5))) == [
        0,
        1,
        2,
        3,
        4,
    ]
    task = loop.create_task(asyncio.sleep(60))
    await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert task.cancelled()
    found = await loop.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM)
    assert [each[4] for each in found] == [("127.0.0.1", 80)], found
    await pair()
    await child()


async def upper(reader, writer):
    writer.write((await reader.readline()).upper())
    await writer.drain()
    writer.close()


async def serve():
    server = await asyncio.start_server(upper, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        for word in (b"one\n", b"two\n"):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(word)
            assert await reader.read() == word.upper()
            writer.close()
    finally:
        server.close()
        await server.wait_closed()


def loopback_is_up():
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname(), timeout=10).close()
    except OSError:
        return False
    return True


loop = uvloop.new_event_loop()
try:
    loop.run_until_complete(asyncio.wait_for(main(), 30))
    if loopback_is_up():
        loop.run_until_complete(asyncio.wait_for(serve(), 30))
    loop.run_until_complete(loop.shutdown_asyncgens())
finally:
    loop.close()
