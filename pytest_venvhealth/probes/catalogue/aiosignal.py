# imports: aiosignal
# exercises: receivers called in their order, a signal before and after it is frozen, errors
# versions: >=1.2
import asyncio

from aiosignal import Signal

calls = []


async def first(*args, **kwargs):
    await asyncio.sleep(0)
    calls.append(("first", args, kwargs))


async def second(*args, **kwargs):
    calls.append(("second", args, kwargs))


async def failing():
    raise LookupError("on purpose")


async def main():
    signal = Signal(None)
    signal.append(second)
    signal.insert(0, first)
    try:
        await signal.send(0)
    except RuntimeError:
        assert calls == []
    else:
        raise AssertionError("a signal was sent that is not frozen")
    signal.freeze()
    await signal.send(1, key="x")
    # One after the other: the second waits for the first, which gave way.
    assert calls == [("first", (1,), {"key": "x"}), ("second", (1,), {"key": "x"})], calls

    broken = Signal(None)
    broken.append(failing)
    broken.freeze()
    try:
        await broken.send()
    except LookupError:
        pass
    else:
        raise AssertionError("a receiver's error was lost")


asyncio.run(main())
