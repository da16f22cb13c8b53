# imports: asgiref, asgiref.sync, asgiref.local
# exercises: functions called across threads and loops in both directions, with context
#   variables and locals; errors; a WSGI application as ASGI; the communicator for tests
# versions: >=3.7
import asyncio
import contextvars
import threading

from asgiref.local import Local
from asgiref.sync import async_to_sync, iscoroutinefunction, sync_to_async
from asgiref.testing import ApplicationCommunicator
from asgiref.wsgi import WsgiToAsgi

variable = contextvars.ContextVar("variable", default=0)
own = Local()
main = threading.get_ident()


def plain(number):
    variable.set(variable.get() + number)
    own.name = "changed by " + own.name
    return number * 2, threading.get_ident()


async def outer(number):
    variable.set(10)
    own.name = "outer"
    result, ident = await sync_to_async(plain)(number)
    # The work was done in the thread that called async_to_sync, and what it set is here, too.
    assert ident == main and variable.get() == 10 + number and own.name == "changed by outer"
    other, ident = await sync_to_async(plain, thread_sensitive=False)(1)
    assert ident != main and other == 2
    return result


assert async_to_sync(outer)(21) == 42
assert variable.get() == 32, variable.get()


def nested(number):
    return async_to_sync(deepest)(number) + 1


async def deepest(number):
    assert asyncio.get_running_loop() is loops[-1]  # the outermost one, not a new one
    return await sync_to_async(lambda: number * 2)()


async def start(number):
    loops.append(asyncio.get_running_loop())
    return await sync_to_async(nested)(number)


loops = []
assert asyncio.run(asyncio.wait_for(start(20), 30)) == 41


async def fail():
    raise LookupError("on purpose")


for use in (async_to_sync(fail), async_to_sync(sync_to_async(async_to_sync(fail)))):
    try:
        use()
    except LookupError as error:
        assert error.args == ("on purpose",)
    else:
        raise AssertionError("an error was lost")
assert iscoroutinefunction(sync_to_async(plain)) and not iscoroutinefunction(plain)
try:
    sync_to_async(fail)
except TypeError:
    pass
else:
    raise AssertionError("a coroutine function was taken for a plain one")
own.name = "main"
thread = threading.Thread(target=lambda: loops.append(hasattr(own, "name")))
thread.start()
thread.join()
assert loops[-1] is False and own.name == "main"


def wsgi(environ, start_response):
    body = environ["wsgi.input"].read()
    head = [environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["HTTP_X_NAME"]]
    start_response("201 Created", [("X-Head", " ".join(head))])
    return [body[::-1], b"!"]


async def talk():
    scope = {"type": "http", "method": "POST", "path": "/a b", "query_string": b"x=1"}
    scope.update(headers=[(b"x-name", b"v")], http_version="1.1", server=("h", 80))
    communicator = ApplicationCommunicator(WsgiToAsgi(wsgi), scope)
    await communicator.send_input({"type": "http.request", "body": b"abc", "more_body": True})
    await communicator.send_input({"type": "http.request", "body": b"def"})
    first = await communicator.receive_output(10)
    assert (first["status"], first["headers"]) == (201, [(b"x-head", b"POST /a b v")]), first
    body = b""
    while True:
        message = await communicator.receive_output(10)
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    await communicator.wait(10)
    return body


assert asyncio.run(talk()) == b"fedcba!"
