# imports: ujson
# exercises: reading and writing all JSON types, escapes, layout options, a file, errors
# versions: >=3.0
import io
import json

import ujson

text = '{"a":[1,-2.5,1e3,true,null],"t":"\\u00e9\\ud83d\\ude00\\n","n":{"x":-9223372036854775808}}'
value = {"a": [1, -2.5, 1000.0, True, None], "t": "\u00e9\U0001f600\n", "n": {"x": -(2**63)}}
assert ujson.loads(text) == value == ujson.decode(text.encode())
assert ujson.dumps(value) == json.dumps(value, separators=(",", ":"))
assert ujson.dumps("\u00e9\U0001f600", ensure_ascii=False) == '"\u00e9\U0001f600"'
assert ujson.dumps("</a>&") == '"<\\/a>&"'
assert ujson.dumps("<&>", encode_html_chars=True) == '"\\u003c\\u0026\\u003e"'
assert ujson.dumps({"b": 1, "a": [2]}, sort_keys=True, indent=2) == (
    '{\n  "a": [\n    2\n  ],\n  "b": 1\n}'
)
numbers = [0.1, 1e-300, 1.7976931348623157e308, 5e-324, 123456789.123456789, 2**64 - 1]
assert ujson.loads(ujson.dumps(numbers)) == numbers == json.loads(ujson.dumps(numbers))
file = io.StringIO()
ujson.dump([1, "x"], file)
assert file.getvalue() == '[1,"x"]'
for wrong in ('{"a":1', "[1,]", "[1 2]", "tru", '"\\u12"', "", "{1:2}", "'a'"):
    try:
        ujson.loads(wrong)
    except ValueError:
        continue
    raise AssertionError("accepted: " + wrong)
