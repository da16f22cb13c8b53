# imports: ujson
# exercises: reading and writing all JSON types, escapes, layout options, files, errors
# versions: >=3.0
import io
import json

import ujson

text = (
    '{"a":[1,-2.5,1e3,true,false,null],"é":"\\u00e9\\ud83d\\ude00\\n",'
    '"n":{"x":-9223372036854775808}}'
)
value = {"a": [1, -2.5, 1000.0, True, False, None], "é": "é😀\n", "n": {"x": -(2**63)}}
assert ujson.loads(text) == value == ujson.decode(text.encode())
assert ujson.dumps(value) == json.dumps(value, separators=(",", ":"))
assert json.loads(ujson.dumps(value, ensure_ascii=False)) == value
assert ujson.dumps("é😀", ensure_ascii=False) == '"é😀"'
assert ujson.dumps("</a>&") == '"<\\/a>&"'
assert ujson.dumps("</a>&", escape_forward_slashes=False) == '"</a>&"'
assert ujson.dumps("<&>", encode_html_chars=True) == '"\\u003c\\u0026\\u003e"'
assert ujson.dumps('\x00"\\\t\x7f') == '"\\u0000\\"\\\\\\t\x7f"'
assert ujson.dumps({"b": 1, "a": [2]}, sort_keys=True, indent=2) == (
    '{\n  "a": [\n    2\n  ],\n  "b": 1\n}'
)
numbers = [0.1, 1e-300, 1.7976931348623157e308, 5e-324, 123456789.123456789, 2**64 - 1, -(2**63)]
assert ujson.loads(ujson.dumps(numbers)) == numbers == json.loads(ujson.dumps(numbers))
assert ujson.dumps((1, (2,), ())) == "[1,[2],[]]"
assert ujson.dumps({1: 1, None: 2}) == '{"1":1,"null":2}'


class Point:
    def __json__(self):
        return '{"x": 1}'


assert ujson.loads(ujson.dumps([Point()])) == [{"x": 1}]
file = io.StringIO()
ujson.dump([1, "x"], file)
file.seek(0)
assert ujson.load(file) == [1, "x"]
deep = "[" * 500 + "]" * 500
assert ujson.dumps(ujson.loads(deep)) == deep
for wrong in ('{"a":1', "[1,]", "[1 2]", "tru", '"\\u12"', "", "{1:2}", "'a'"):
    try:
        ujson.loads(wrong)
    except ValueError:
        continue
    raise AssertionError("accepted: " + wrong)
loop = []
loop.append(loop)
try:
    ujson.dumps(loop)
except (OverflowError, RecursionError):
    pass
else:
    raise AssertionError("an endless list was written")
