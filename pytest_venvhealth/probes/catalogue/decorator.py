# imports: decorator
# exercises: decorators that keep the signature, with and without arguments, on methods, generators
#   and coroutines; context managers, functions made from text, multiple dispatch
# versions: >=5.0
import asyncio
import inspect

import decorator
from decorator import FunctionMaker, contextmanager, decorate, dispatch_on

calls = []


@decorator.decorator
def trace(function, label="call", *args, **kwargs):
    calls.append((label, function.__name__, args, kwargs))
    return function(*args, **kwargs)


@trace
def power(base, exponent=2, *, sign=1) -> int:
    """Raise."""
    return sign * base**exponent


class Adder:
    start = 5

    @trace(label="method")
    def add(self, number):
        return self.start + number


assert power(3) == 9 and power(2, exponent=3, sign=-1) == -8
assert str(inspect.signature(power)) == "(base, exponent=2, *, sign=1) -> int"
assert power.__doc__ == "Raise." and power.__wrapped__(2) == 4
adder = Adder()
assert adder.add(2) == 7
assert [label for label, *_ in calls] == ["call", "call", "method"]
assert calls[-1][1:3] == ("add", (adder, 2)), calls
try:
    power()
except TypeError:
    pass
else:
    raise AssertionError("a missing argument was accepted")


def doubled(function, *args, **kwargs):
    return 2 * function(*args, **kwargs)


assert decorate(lambda number: number + 1, doubled)(4) == 10


@decorator.decorator
async def late(coroutine, *args, **kwargs):
    return -(await coroutine(*args, **kwargs))


@late
async def answer(number):
    await asyncio.sleep(0)
    return number


assert inspect.iscoroutinefunction(answer) and asyncio.run(answer(42)) == -42

steps = []


@contextmanager
def step(name):
    steps.append("in " + name)
    yield name.upper()
    steps.append("out " + name)


@step("b")
def body():
    steps.append("body")


with step("a") as upper:
    assert upper == "A"
body()
assert steps == ["in a", "out a", "in b", "body", "out b"], steps

made = FunctionMaker.create("half(number, by)", "return divide(number, by)", {"divide": divmod})
assert made(7, by=2) == (3, 1) and str(inspect.signature(made)) == "(number, by)"


@dispatch_on("left", "right")
def join(left, right):
    raise TypeError("nothing fits")


@join.register(int, int)
def join_numbers(left, right):
    return left + right


@join.register(str, int)
def join_text(left, right):
    return left + str(right)


assert join(1, 2) == 3 and join(True, 2) == 3 and join("a", 2) == "a2"
try:
    join(1, "a")
except TypeError:
    pass
else:
    raise AssertionError("a pair that nothing is registered for was joined")
