# imports: aiosignal
# exercises: receivers in their order with arguments, a signal that is not frozen, one that is,
#   errors, list methods
# versions: >=1.2
import asyncio

from aiosignal import Signal

owner = object()
signal = Signal(owner)
calls = []


async def first(*args, **kwargs):
    await asyncio.sleep(0)
    calls.append(("first", args, kwargs))


async def second(*args, **kwargs):
    calls.append(("second", args, kwargs))


async def failing(*args, **kwargs):
    raise LookupError(args)


async def main():
    signal.append(second)
    signal.insert(0, first)
    assert list(signal) == [first, second] and not signal.frozen
    try:
        await signal.send(0)
    except RuntimeError:
        pass
    else:
        raise AssertionError("a signal was sent that is not frozen")
    assert calls == []
    signal.freeze()
    assert signal.frozen
    await signal.send(1, key="x")
    # One after the other: the second waits for the first, which gave way.
    assert calls == [("first", (1,), {"key": "x"}), ("second", (1,), {"key": "x"})], calls
    try:
        signal.append(failing)
    except RuntimeError:
        pass
    else:
        raise AssertionError("a frozen signal took a receiver")

    broken = Signal(owner)
    broken.extend([failing, second])
    broken.freeze()
    try:
        await broken.send(2)
    except LookupError as error:
        assert error.args == ((2,),)
    else:
        raise AssertionError("a receiver's error was lost")
    assert len(calls) == 2, "a receiver was called after one that failed"

    none = Signal(owner)
    none.freeze()
    await none.send()


asyncio.run(main())
