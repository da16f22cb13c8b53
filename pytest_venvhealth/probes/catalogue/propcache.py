# imports: propcache, propcache.api
# exercises: cached_property and under_cached_property: one computation, deletion, inheritance,
#   refusals; the native module
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
        """Area, with 3 for pi."""
        self.calls.append("area")
        return 3 * self.radius**2

    @under_cached_property
    def length(self):
        self.calls.append("length")
        return 6 * self.radius

    @under_cached_property
    def wrong(self):
        raise LookupError("no such value")


class Ring(Circle):
    @cached_property
    def area(self):
        return super().area - 3


circle = Circle(2)
assert [circle.area, circle.area, circle.length, circle.length] == [12, 12, 12, 12]
assert circle.calls == ["area", "length"], circle.calls
assert circle.__dict__["area"] == 12 and circle._cache == {"length": 12}
circle.radius = 3
assert (circle.area, circle.length) == (12, 12)
del circle.area
circle._cache.clear()
assert (circle.area, circle.length) == (27, 18)
assert circle.calls == ["area", "length"] * 2

other = Circle(1)
assert (other.area, other.length, circle.area) == (3, 6, 27)
assert Ring(2).area == 9
assert Circle.area.__doc__ == "Area, with 3 for pi." and Circle.length is not None
for use, error in (
    (lambda: setattr(circle, "length", 1), AttributeError),
    (lambda: circle.wrong, LookupError),
):
    try:
        use()
    except error:
        pass
    else:
        raise AssertionError(error)
assert "wrong" not in circle._cache
