# imports: orjson
# exercises: reading and writing: numbers, text, dates, dataclasses, enumerations, UUIDs, options,
#   errors, numpy where it is there
import dataclasses
import datetime
import enum
import importlib.util
import json
import math
import uuid

import orjson

text = (
    '{"a":[1,-2.5,1e3,true,false,null],"é":"\\u00e9\\ud83d\\ude00\\n","n":{"x":9007199254740993}}'
)
value = {
    "a": [1, -2.5, 1000.0, True, False, None],
    "é": "é😀\n",
    "n": {"x": 9007199254740993},
}
assert orjson.loads(text) == orjson.loads(text.encode()) == value == json.loads(text)
assert orjson.dumps(value) == json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
assert orjson.dumps([0.1, -0.0, 2.5, math.nan]) == b"[0.1,-0.0,2.5,null]"
extremes = [1.7976931348623157e308, 5e-324, 0.1 + 0.2, 2**64 - 1, -(2**63)]
assert orjson.loads(orjson.dumps(extremes)) == extremes == json.loads(orjson.dumps(extremes))
assert orjson.loads(orjson.dumps('\x00"\\/\x7f')) == '\x00"\\/\x7f'


@dataclasses.dataclass
class Point:
    x: int
    y: float


class Color(enum.Enum):
    RED = "red"


moment = datetime.datetime(2024, 2, 29, 12, 30, tzinfo=datetime.timezone.utc)
assert orjson.dumps([Point(1, 2.0), Color.RED, uuid.UUID(int=1)]) == (
    b'[{"x":1,"y":2.0},"red","00000000-0000-0000-0000-000000000001"]'
)
assert orjson.dumps(moment, option=orjson.OPT_UTC_Z) == b'"2024-02-29T12:30:00Z"'
assert (
    orjson.dumps([datetime.date(2024, 1, 2), datetime.time(3, 4)]) == b'["2024-01-02","03:04:00"]'
)
assert orjson.dumps({2: 1, 1: {}}, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_SORT_KEYS) == (
    b'{"1":{},"2":1}'
)
assert orjson.dumps({"a": [1]}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE) == (
    b'{\n  "a": [\n    1\n  ]\n}\n'
)
assert orjson.dumps({"s": {1}}, default=sorted) == b'{"s":[1]}'
try:
    orjson.loads(b'{"a": [1,\n x]}')
except orjson.JSONDecodeError as error:
    assert isinstance(error, ValueError) and error.lineno == 2
else:
    raise AssertionError("a bare word was accepted")
for wrong in (b"\xff", b"[1", b"NaN", b"'a'", b""):
    try:
        orjson.loads(wrong)
    except orjson.JSONDecodeError:
        continue
    raise AssertionError(wrong)
try:
    orjson.dumps(object())
except orjson.JSONEncodeError as error:
    assert isinstance(error, TypeError)
else:
    raise AssertionError("an object without a JSON form was written")

if importlib.util.find_spec("numpy") is not None:
    import numpy

    grid = numpy.arange(4, dtype=numpy.int32).reshape(2, 2)
    assert orjson.dumps(grid, option=orjson.OPT_SERIALIZE_NUMPY) == b"[[0,1],[2,3]]"
