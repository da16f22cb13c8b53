# imports: wrapt
# exercises: proxies that behave as what they hold, a decorator on functions and methods, their
#   signatures, patching by name; the C extension, where it is built
# versions: >=1.11
import importlib
import importlib.util
import inspect
import types

import wrapt

# A C extension that does not load would silently be replaced by Python code.
if importlib.util.find_spec("wrapt._wrappers") is not None:
    importlib.import_module("wrapt._wrappers")

proxy = wrapt.ObjectProxy([3, 1, 2])
assert proxy == [3, 1, 2] and isinstance(proxy, list)
proxy.sort()
proxy += [9]
assert proxy.__wrapped__ == [1, 2, 3, 9] and len(proxy) == 4 and 2 in proxy
number = wrapt.ObjectProxy(6)
assert number + 1 == 7 and divmod(number, 4) == (1, 2) and hash(number) == hash(6)

seen = []


@wrapt.decorator
def note(wrapped, instance, args, kwargs):
    seen.append((wrapped.__name__, instance, args, kwargs))
    return wrapped(*args, **kwargs)


@note
def add(left: int, right: int = 2) -> int:
    return left + right


class Counter:
    @note
    def count(self, step):
        return 10 + step


counter = Counter()
assert add(1, right=5) == 6 and counter.count(5) == 15
assert str(inspect.signature(add)) == "(left: int, right: int = 2) -> int"
assert seen == [("add", None, (1,), {"right": 5}), ("count", counter, (5,), {})], seen


def tenfold(wrapped, instance, args, kwargs):
    return 10 * wrapped(*args, **kwargs)


module = types.SimpleNamespace(double=lambda value: 2 * value)
wrapt.wrap_function_wrapper(module, "double", tenfold)
assert module.double(4) == 80
