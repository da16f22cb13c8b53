# imports: attr, attrs
# exercises: classes with defaults, factories, converters and validators, frozen and ordered ones,
#   conversion to dictionaries, evolve, the older attr.s
# versions: >=21.3.0
import attr
import attrs
from attrs import define, field, frozen, validators


@define
class Point:
    x: int = field(converter=int)
    y: int = field(default=0, validator=validators.instance_of(int))
    tags: list = field(factory=list, repr=False, eq=False)


point = Point("3", 4)
assert (point.x, point.y) == (3, 4) and point == Point(3, 4, ["other"]) != Point(3, 5)
assert repr(point) == "Point(x=3, y=4)", repr(point)
assert Point(1).tags is not Point(1).tags and not hasattr(point, "__dict__")
assert [each.name for each in attrs.fields(Point)] == ["x", "y", "tags"]
assert attrs.asdict(point) == {"x": 3, "y": 4, "tags": []}
assert attrs.astuple(attrs.evolve(point, x=9)) == (9, 4, [])
try:
    point.y = 2.5  # define() validates assignments, too
except TypeError:
    pass
else:
    raise AssertionError("a float was accepted for an int")


@frozen(order=True)
class Version:
    major: int
    minor: int = field(default=0, kw_only=True)


assert sorted([Version(2), Version(1, minor=9), Version(1, minor=10)])[1] == Version(1, minor=10)
assert len({Version(1), Version(1), Version(2)}) == 2
try:
    Version(1).major = 2
except attrs.exceptions.FrozenInstanceError:
    pass
else:
    raise AssertionError("a frozen object was changed")


@attr.s
class Old(object):
    a = attr.ib(default=1)
    b = attr.ib(default=attr.Factory(lambda self: self.a + 1, takes_self=True), init=False)


assert attr.asdict(Old(3)) == {"a": 3, "b": 4} and attr.has(Old) and not attr.has(int)
