# imports: orjson
# exercises: reading and writing: numbers, text, dates, dataclasses, UUIDs, options,
#   errors
import dataclasses
import datetime
import json
import math
import uuid

import orjson

text = '{"a":[1,-2.5,1e3,true,null],"t":"\\u00e9\\ud83d\\ude00\\n","n":{"x":9007199254740993}}'
value = {
    "a": [1, -2.5, 1000.0, True, None],
    "t": "\u00e9\U0001f600\n",
    "n": {"x": 9007199254740993},
}
assert orjson.loads(text) == orjson.loads(text.encode()) == value
assert orjson.dumps(value) == json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
assert orjson.dumps([0.1, -0.0, math.nan]) == b"[0.1,-0.0,null]"
extremes = [1.7976931348623157e308, 5e-324, 0.1 + 0.2, 2**64 - 1, -(2**63)]
assert orjson.loads(orjson.dumps(extremes)) == extremes == json.loads(orjson.dumps(extremes))


@dataclasses.dataclass
class Point:
    x: int
    y: float


assert orjson.dumps([Point(1, 2.0), uuid.UUID(int=1)]) == (
    b'[{"x":1,"y":2.0},"00000000-0000-0000-0000-000000000001"]'
)
moment = datetime.datetime(2024, 2, 29, 12, 30, tzinfo=datetime.timezone.utc)
assert orjson.dumps(moment, option=orjson.OPT_UTC_Z) == b'"2024-02-29T12:30:00Z"'
keys = orjson.dumps({2: 1, 1: {}}, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_SORT_KEYS)
assert keys == b'{"1":{},"2":1}'
assert orjson.dumps({"a": [1]}, option=orjson.OPT_INDENT_2) == b'{\n  "a": [\n    1\n  ]\n}'
assert orjson.dumps({"s": {1}}, default=sorted) == b'{"s":[1]}'
for wrong in (b"\xff", b"[1", b"NaN", b"'a'", b""):
    try:
        orjson.loads(wrong)
    except orjson.JSONDecodeError:
        continue
    raise AssertionError(wrong)
