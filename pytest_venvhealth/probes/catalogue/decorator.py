# imports: decorator
# exercises: decorators that keep the signature, with and without arguments, on functions, methods
#   and coroutines
# versions: >=5.0
import asyncio
import inspect

import decorator

calls = []


@decorator.decorator
def trace(function, label="call", *args, **kwargs):
    calls.append((label, function.__name__, args))
    return function(*args, **kwargs)


@trace
def power(base, exponent=2, *, sign=1) -> int:
    """Raise."""
    return sign * base**exponent


class Adder:
    @trace(label="method")
    def add(self, number):
        return 5 + number


adder = Adder()
assert power(3) == 9 and power(2, exponent=3, sign=-1) == -8 and adder.add(2) == 7
assert calls[0] == ("call", "power", (3, 2)) and calls[2] == ("method", "add", (adder, 2)), calls
assert str(inspect.signature(power)) == "(base, exponent=2, *, sign=1) -> int"
assert power.__doc__ == "Raise."


@decorator.decorator
async def negative(coroutine, *args):
    return -(await coroutine(*args))


@negative
async def answer(number):
    return number


assert inspect.iscoroutinefunction(answer) and asyncio.run(answer(42)) == -42
