# imports: simplejson
# exercises: reading and writing by the native code, where there is some, and by Python: numbers,
#   decimals, text, named tuples, hooks, layout options, errors with their place
import decimal
import importlib.util
import io
import json
from collections import namedtuple

import simplejson
from simplejson import decoder, encoder, scanner

# If the native code were damaged, simplejson would quietly go on with the slow code.
if importlib.util.find_spec("simplejson._speedups") is not None:
    from simplejson import _speedups

    assert _speedups.encode_basestring_ascii("é\n") == '"\\u00e9\\n"'
    assert _speedups.scanstring('"a\\u00e9"x', 1, None, True) == ("aé", 9)

text = (
    '{"a": [1, -2.5, 1e3, true, false, null], "é": "\\u00e9\\ud83d\\ude00\\n",'
    ' "big": 123456789012345678901234567890}'
)
value = {
    "a": [1, -2.5, 1000.0, True, False, None],
    "é": "é😀\n",
    "big": 123456789012345678901234567890,
}
assert simplejson.loads(text) == value == simplejson.loads(text.encode())
assert simplejson.dumps(value) == json.dumps(value)
assert simplejson.dumps(value, ensure_ascii=False, indent=2) == (
    json.dumps(value, ensure_ascii=False, indent=2)
)
slow = decoder.JSONDecoder()
slow.scan_once = scanner.py_make_scanner(slow)
assert slow.decode(text) == value
assert encoder.JSONEncoder().encode("\u2028</") == '"\\u2028</"'
assert simplejson.dumps("<&>", for_json=False, cls=encoder.JSONEncoderForHTML) == (
    '"\\u003c\\u0026\\u003e"'
)

assert simplejson.dumps(decimal.Decimal("1.10")) == "1.10"
assert str(simplejson.loads("[1.10]", use_decimal=True)[0]) == "1.10"
Point = namedtuple("Point", "x y")
assert simplejson.dumps(Point(1, 2)) == '{"x": 1, "y": 2}'
assert simplejson.dumps({1, 2}, iterable_as_array=True) in ("[1, 2]", "[2, 1]")
assert simplejson.dumps({"b": 1, "a": 2, "c": ()}, sort_keys=True, separators=(",", ":")) == (
    '{"a":2,"b":1,"c":[]}'
)
assert simplejson.dumps(2**53 + 1, bigint_as_string=True) == '"9007199254740993"'
assert simplejson.dumps({None: 1, 2.5: 2, True: 3}) == '{"null": 1, "2.5": 2, "true": 3}'
assert simplejson.loads('{"a": 1, "b": 2}', object_pairs_hook=list) == [("a", 1), ("b", 2)]
assert simplejson.loads("[1]", parse_int=str) == ["1"]


class Shape:
    def for_json(self):
        return {"sides": 3}


assert simplejson.dumps([Shape()], for_json=True) == '[{"sides": 3}]'
assert simplejson.dumps(1j, default=lambda z: [z.real, z.imag]) == "[0.0, 1.0]"
file = io.StringIO()
simplejson.dump([1, "x"], file)
assert file.getvalue() == '[1, "x"]' and simplejson.load(io.StringIO("[2]")) == [2]
try:
    simplejson.loads('{"a": 1,\n "b" 2}')
except simplejson.JSONDecodeError as error:
    assert isinstance(error, ValueError) and error.lineno == 2, error
else:
    raise AssertionError("a missing colon was accepted")
loop = []
loop.append(loop)
for wrong, error in ((loop, ValueError), (object(), TypeError)):
    try:
        simplejson.dumps(wrong)
    except error:
        continue
    raise AssertionError("written: {!r}".format(wrong))
