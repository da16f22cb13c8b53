# imports: simplejson
# exercises: reading and writing by the native code, where there is some, and by Python: numbers,
#   decimals, text, named tuples, layout options
import decimal
import importlib.util
import json
from collections import namedtuple

import simplejson
from simplejson import decoder, scanner

# If the native code were damaged, simplejson would quietly go on with the slow code.
if importlib.util.find_spec("simplejson._speedups") is not None:
    from simplejson import _speedups

    assert _speedups.encode_basestring_ascii("\u00e9\n") == '"\\u00e9\\n"'

text = '{"a": [1, -2.5, 1e3, null], "t": "\\u00e9\\ud83d\\ude00\\n", "n": 12345678901234567890}'
value = {
    "a": [1, -2.5, 1000.0, None],
    "t": "\u00e9\U0001f600\n",
    "n": 12345678901234567890,
}
assert simplejson.loads(text) == value == simplejson.loads(text.encode())
assert simplejson.dumps(value) == json.dumps(value)
slow = decoder.JSONDecoder()
slow.scan_once = scanner.py_make_scanner(slow)
assert str(slow.decode(text)) == str(value)

assert simplejson.dumps(decimal.Decimal("1.10")) == "1.10"
assert str(simplejson.loads("[1.10]", use_decimal=True)[0]) == "1.10"
Point = namedtuple("Point", "x y")
assert simplejson.dumps(Point(1, 2)) == '{"x": 1, "y": 2}'
compact = simplejson.dumps({"b": 1, "a": ()}, sort_keys=True, separators=(",", ":"))
assert compact == '{"a":[],"b":1}'
assert simplejson.dumps(1j, default=lambda z: [z.real, z.imag]) == "[0.0, 1.0]"
