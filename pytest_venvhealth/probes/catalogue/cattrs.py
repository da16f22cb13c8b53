# imports: cattrs, cattrs.preconf.json, attrs
# exercises: attrs classes and dataclasses made from plain data and back: nested, optional, unions;
#   renamed fields, JSON
# versions: >=22.2
from dataclasses import dataclass
from datetime import datetime, timezone
from enum import Enum
from typing import Dict, List, Optional, Union

import cattrs
from attrs import Factory, define
from cattrs.gen import make_dict_unstructure_fn, override
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
    weights: Dict[str, float] = Factory(dict)


@define
class Circle:
    radius: float


data = {"points": [{"x": "1", "y": 2}, {"x": 3}], "color": "red", "weights": {"a": "0.5"}}
shape = Shape([Point(1, 2), Point(3, 0)], Color.RED, {"a": 0.5})
assert cattrs.structure(data, Shape) == shape
plain = cattrs.unstructure(shape)
assert plain["points"] == [{"x": 1, "y": 2}, {"x": 3, "y": 0}] and plain["color"] == "red", plain
# A union is told by the fields that only one of its classes has.
both = cattrs.structure([{"radius": 1.5}, {"points": []}], List[Union[Circle, Shape]])
assert both == [Circle(1.5), Shape([])], both

converter = make_converter()
renamed = make_dict_unstructure_fn(Circle, converter, radius=override(rename="r"))
converter.register_unstructure_hook(Circle, renamed)
assert converter.dumps([Circle(1.0)]) == '[{"r": 1.0}]'
when = datetime(2024, 2, 29, 12, tzinfo=timezone.utc)
assert converter.loads('["2024-02-29T12:00:00+00:00"]', List[datetime]) == [when]
