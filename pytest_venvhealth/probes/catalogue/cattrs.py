# imports: cattrs, cattrs.preconf.json, attrs
# exercises: attrs classes and dataclasses made from plain data and back: nested, optional and
#   unions, hooks, renamed fields, JSON, errors with their places
# versions: >=22.2
import base64
import json
from dataclasses import dataclass
from datetime import date, datetime, timezone
from enum import Enum
from typing import Dict, List, Optional, Set, Tuple, Union

import cattrs
from attrs import define, field
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
from cattrs.preconf.json import make_converter


class Color(Enum):
    RED = "red"


@dataclass
class Point:
    x: int
    y: int = 0


@define
class Shape:
    points: List[Point]
    color: Optional[Color] = None
    weights: Dict[str, float] = field(factory=dict)
    pair: Tuple[int, str] = (0, "")


@define
class Circle:
    radius: float


data = {
    "points": [{"x": "1", "y": 2}, {"x": 3}],
    "color": "red",
    "weights": {"a": "0.5"},
    "pair": [7, "b"],
}
shape = Shape([Point(1, 2), Point(3, 0)], Color.RED, {"a": 0.5}, (7, "b"))
assert cattrs.structure(data, Shape) == shape
plain = cattrs.unstructure(shape)
assert plain["points"] == [{"x": 1, "y": 2}, {"x": 3, "y": 0}] and plain["color"] == "red", plain
assert cattrs.structure(plain, Shape) == shape
assert cattrs.structure(["1", 1, 2], Set[int]) == {1, 2}

# A union is told by the fields that only one of its classes has.
both = cattrs.structure([{"radius": 1.5}, {"points": []}], List[Union[Circle, Shape]])
assert both == [Circle(1.5), Shape([])], both

converter = Converter(omit_if_default=True, forbid_extra_keys=True)
converter.register_unstructure_hook(date, lambda value: value.isoformat())
converter.register_structure_hook(date, lambda value, _: date(*map(int, value.split("-"))))
converter.register_unstructure_hook(
    Circle, make_dict_unstructure_fn(Circle, converter, radius=override(rename="r"))
)
converter.register_structure_hook(
    Circle, make_dict_structure_fn(Circle, converter, radius=override(rename="r"))
)
assert converter.unstructure([date(2024, 2, 29), Circle(1.0)]) == ["2024-02-29", {"r": 1.0}]
assert converter.structure("2024-02-29", date) == date(2024, 2, 29)
assert converter.structure({"r": 2}, Circle) == Circle(2.0)
assert converter.unstructure(Shape([])) == {"points": []}
for wrong, kind in (({"points": [{"x": "many"}]}, Shape), ({"x": 1, "z": 2}, Point)):
    try:
        converter.structure(wrong, kind)
    except cattrs.ClassValidationError as error:
        assert len(error.exceptions) == 1
    else:
        raise AssertionError("{} was accepted".format(wrong))

# What JSON lacks: times are written in ISO 8601, bytes in base 85.
when, raw = datetime(2024, 2, 29, 12, tzinfo=timezone.utc), b"abc"
text = make_converter().dumps([when, raw])
assert json.loads(text) == ["2024-02-29T12:00:00+00:00", base64.b85encode(raw).decode()], text
assert make_converter().loads(text, Tuple[datetime, bytes]) == (when, raw)
