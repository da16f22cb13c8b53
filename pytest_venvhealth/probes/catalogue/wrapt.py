# imports: wrapt
# exercises: proxies that behave as what they hold, decorators on functions, methods and classes,
#   their signatures, patching by name, locks; the C extension, where it is built
# versions: >=1.11
import copy
import importlib
import importlib.util
import inspect
import operator

import wrapt

# A C extension that does not load would silently be replaced by Python code.
if importlib.util.find_spec("wrapt._wrappers") is not None:
    native = importlib.import_module("wrapt._wrappers")
    assert native.ObjectProxy([1, 2]) == [1, 2]

proxy = wrapt.ObjectProxy([3, 1, 2])
assert proxy == [3, 1, 2] and isinstance(proxy, list) and proxy.__class__ is list
proxy.sort()
proxy += [9]
assert proxy.__wrapped__ == [1, 2, 3, 9] and len(proxy) == 4 and proxy[-1] == 9 and 2 in proxy
number = wrapt.ObjectProxy(6)
assert number + 1 == 7 and 2**number == 64 and number // 4 == 1 and operator.index(number) == 6
assert divmod(number, 4) == (1, 2) and float(number) == 6.0 and hash(number) == hash(6)


class Named(wrapt.ObjectProxy):
    def __init__(self, wrapped, name):
        super().__init__(wrapped)
        self._self_name = name

    def upper(self):
        return self._self_name + self.__wrapped__.upper()


named = Named("text", "my ")
assert named.upper() == "my TEXT" and named.title() == "Text" and named == "text"

seen = []


@wrapt.decorator
def note(wrapped, instance, args, kwargs):
    seen.append((wrapped.__name__, instance, args, kwargs))
    return wrapped(*args, **kwargs)


@note
def add(left: int, right: int = 2) -> int:
    """Add."""
    return left + right


class Counter:
    start = 10

    @note
    def count(self, step):
        return self.start + step

    @note
    @classmethod
    def made(cls):
        return cls.start

    @note
    @staticmethod
    def double(value):
        return 2 * value


counter = Counter()
assert add(1) == 3 and add(1, right=5) == 6 and add.__doc__ == "Add."
assert str(inspect.signature(add)) == "(left: int, right: int = 2) -> int"
assert counter.count(5) == 15 and Counter.made() == 10 and counter.double(4) == 8
assert Counter.count(counter, 1) == 11
assert seen == [
    ("add", None, (1,), {}),
    ("add", None, (1,), {"right": 5}),
    ("count", counter, (5,), {}),
    ("made", Counter, (), {}),
    ("double", None, (4,), {}),
    ("count", counter, (1,), {}),
], seen


def tenfold(wrapped, instance, args, kwargs):
    return 10 * wrapped(*args, **kwargs)


wrapt.wrap_function_wrapper(__name__, "Counter.count", tenfold)
assert counter.count(5) == 150
wrapt.wrap_object(copy, "copy", wrapt.FunctionWrapper, (tenfold,))
assert copy.copy(4) == 40
copy.copy = copy.copy.__wrapped__
assert wrapt.PartialCallableObjectProxy(pow, 2)(5) == 32


@wrapt.synchronized
def guarded():
    with wrapt.synchronized(guarded):  # the same lock, which may be taken twice
        return "done"


assert guarded() == "done" and wrapt.resolve_path("os", "path.join")[1] == "join"
