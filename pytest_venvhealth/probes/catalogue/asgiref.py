# imports: asgiref, asgiref.sync, asgiref.local
# exercises: functions called across threads and loops in both directions, with context variables
#   and locals
# versions: >=3.7
import contextvars
import threading

from asgiref.local import Local
from asgiref.sync import async_to_sync, sync_to_async

variable = contextvars.ContextVar("variable", default=0)
local = Local()
main = threading.get_ident()


def plain(number):
    variable.set(variable.get() + number)
    local.name = "inner"
    return number * 2, threading.get_ident()


async def outer(number):
    local.name = "outer"
    # The work is done in the thread that called async_to_sync, and what it sets is here, too.
    result, ident = await sync_to_async(plain)(number)
    assert ident == main and variable.get() == number and local.name == "inner"
    return result


assert async_to_sync(outer)(21) == 42
assert variable.get() == 21
seen = []
thread = threading.Thread(target=lambda: seen.append(hasattr(local, "name")))
thread.start()
thread.join()
assert seen == [False], "a local was shared with another thread"
