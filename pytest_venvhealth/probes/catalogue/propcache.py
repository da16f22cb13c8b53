# imports: propcache, propcache.api
# exercises: cached_property and under_cached_property: one computation, deletion; the native
#   module
# versions: >=0.2
import importlib.util

from propcache.api import cached_property, under_cached_property

# The package falls back to Python in silence, so the native module is loaded by name.
if importlib.util.find_spec("propcache._helpers_c") is not None:
    importlib.import_module("propcache._helpers_c")


class Circle:
    def __init__(self, radius):
        self._cache = {}
        self.radius = radius
        self.calls = []

    @cached_property
    def area(self):
        self.calls.append("area")
        return 3 * self.radius**2

    @under_cached_property
    def length(self):
        self.calls.append("length")
        return 6 * self.radius


circle = Circle(2)
assert [circle.area, circle.area, circle.length, circle.length] == [12, 12, 12, 12]
assert circle.calls == ["area", "length"], circle.calls
assert circle.__dict__["area"] == 12 and circle._cache == {"length": 12}
circle.radius = 3
del circle.area
circle._cache.clear()
assert (circle.area, circle.length) == (27, 18)
assert circle.calls == ["area", "length"] * 2, circle.calls
assert (Circle(1).area, circle.area) == (3, 27)
