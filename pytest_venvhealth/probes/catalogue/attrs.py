# imports: attr, attrs
# exercises: classes with defaults, factories, converters and validators, frozen and slotted ones,
#   equality, order and hash, conversion to dictionaries, evolve, fields, the older attr.s
# versions: >=21.3
import attr
import attrs
from attrs import converters, define, field, frozen, validators


@define
class Point:
    x: int = field(converter=int)
    y: int = field(default=0, validator=validators.instance_of(int))
    tags: list = field(factory=list, repr=False, eq=False)

    @y.validator
    def _not_negative(self, attribute, value):
        if value < 0:
            raise ValueError(attribute.name)


point = Point("3", 4)
assert (point.x, point.y) == (3, 4) and point == Point(3, 4, ["other"]) != Point(3, 5)
assert repr(point) == "Point(x=3, y=4)", repr(point)
assert Point(1).tags is not Point(1).tags and not hasattr(point, "__dict__")
assert [each.name for each in attrs.fields(Point)] == ["x", "y", "tags"]
assert attrs.asdict(point) == {"x": 3, "y": 4, "tags": []}
assert attrs.astuple(attrs.evolve(point, x=9)) == (9, 4, [])
for wrong, error in (({"x": 1, "y": 2.5}, TypeError), ({"x": 1, "y": -1}, ValueError)):
    try:
        Point(**wrong)
    except error:
        pass
    else:
        raise AssertionError("{} was accepted".format(wrong))
try:
    point.y = -5  # define() validates assignments, too
except ValueError:
    pass
else:
    raise AssertionError("the validator does not run on assignment")


@frozen(order=True)
class Version:
    major: int
    minor: int = 0
    label: str = field(default=None, converter=converters.default_if_none("none"), kw_only=True)


assert sorted([Version(2), Version(1, 9), Version(1, 10)])[1] == Version(1, 10)
assert len({Version(1), Version(1), Version(2)}) == 2 and Version(1).label == "none"
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


assert attr.asdict(attr.make_class("Pair", ["left", "right"])(1, 2)) == {"left": 1, "right": 2}
assert Old(3).b == 4 and attr.has(Old) and not attr.has(int)
