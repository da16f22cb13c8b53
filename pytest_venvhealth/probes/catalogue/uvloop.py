# imports: uvloop
# exercises: the event loop: order of callbacks, timers, threads, a child process, a TCP server
# needs: a loopback interface, else the server is left out
import asyncio
import socket
import sys

import uvloop


async def timers():
    loop, calls = asyncio.get_running_loop(), []
    loop.call_later(0.02, calls.append, "late")
    loop.call_later(0.01, calls.append, "soon")
    loop.call_later(0.01, calls.append, "never").cancel()
    loop.call_soon(calls.append, "first")
    await asyncio.sleep(0.05)
    assert calls == ["first", "soon", "late"], calls


async def child():
    code = "import sys; sys.stdout.write(sys.stdin.read()[::-1]); sys.exit(3)"
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-B", "-c", code, stdin=pipe, stdout=pipe
    )
    output, _ = await process.communicate(b"abc")
    assert (output, process.returncode) == (b"cba", 3)


async def upper(reader, writer):
    writer.write((await reader.read()).upper())
    writer.close()


async def serve():
    server = await asyncio.start_server(upper, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b"word" * 100000)
    writer.write_eof()
    assert await reader.read() == b"WORD" * 100000
    writer.close()
    server.close()
    await server.wait_closed()


async def main():
    await timers()
    loop = asyncio.get_running_loop()
    assert await loop.run_in_executor(None, sum, range(101)) == 5050
    await child()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        loopback = sock.connect_ex(("127.0.0.1", 9)) == 0
    if loopback:
        await serve()


loop = uvloop.new_event_loop()
try:
    loop.run_until_complete(asyncio.wait_for(main(), 30))
finally:
    loop.close()
