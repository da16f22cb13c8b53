# imports: multidict
# exercises: MultiDict, CIMultiDict, istr and a proxy: order, several values a key, changes; the
#   native module
# versions: >=6.0.3
import importlib.util

from multidict import CIMultiDict, MultiDict, MultiDictProxy, istr

# The package falls back to Python in silence, so the native module is loaded by name.
if importlib.util.find_spec("multidict._multidict") is not None:
    importlib.import_module("multidict._multidict")

pairs = MultiDict([("a", 1), ("b", 2), ("a", 3)])
assert len(pairs) == 3 and list(pairs.items()) == [("a", 1), ("b", 2), ("a", 3)]
assert pairs["a"] == 1 and pairs.getall("a") == [1, 3] and pairs.getone("b") == 2
assert "A" not in pairs and pairs.get("A") is None and pairs.getall("A", [0]) == [0]
pairs.add("b", 4)
pairs["a"] = 5  # in the place of the first, the other ones go
assert list(pairs.items()) == [("a", 5), ("b", 2), ("b", 4)], pairs
assert pairs.popone("b") == 2 and pairs.popall("b") == [4] and "b" not in pairs
pairs.extend({"c": 6}, a=7)
assert pairs == MultiDict([("a", 5), ("c", 6), ("a", 7)])
pairs.update(a=8)
assert pairs.getall("a") == [8]
view = MultiDictProxy(pairs)
pairs.add("late", 10)
assert view["late"] == 10 and not hasattr(view, "add")

headers = CIMultiDict({"Content-Type": "text/plain"})
headers.add("SET-cookie", "x")
headers.add("Set-Cookie", "y")
assert headers["content-TYPE"] == "text/plain" and headers.getall("set-cookie") == ["x", "y"]
assert [key for key, _ in headers.items()] == ["Content-Type", "SET-cookie", "Set-Cookie"]
del headers["SET-COOKIE"]
assert istr("Content-Type") in headers and len(headers) == 1

# Many keys, so that the table grows and is searched
many = CIMultiDict(("Key-%d" % (number % 500), number) for number in range(2000))
assert many.getall("KEY-499") == [499, 999, 1499, 1999]
for number in range(0, 500, 2):
    del many["key-%d" % number]
assert len(many) == 1000 and sum(many.values()) == 1000 * 1000, sum(many.values())
