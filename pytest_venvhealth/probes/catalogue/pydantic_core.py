# imports: pydantic_core, pydantic_core.core_schema
# exercises: the Rust library itself: validating Python values and JSON, lax and strict, a union and
#   a typed dictionary, errors with their places, serializing, URLs
# versions: >=2.0.1
import json
from datetime import date, datetime, timezone

from pydantic_core import (
    PydanticCustomError,
    SchemaSerializer,
    SchemaValidator,
    Url,
    ValidationError,
    to_json,
    to_jsonable_python,
)
from pydantic_core import core_schema as cs


def even(value):
    if value % 2:
        raise PydanticCustomError("odd", "{value} is odd", {"value": value})
    return value


code = cs.union_schema([cs.int_schema(), cs.str_schema(pattern="^[a-z]+$")])
number = cs.no_info_after_validator_function(even, cs.int_schema(ge=0))
order = cs.typed_dict_schema(
    {
        "count": cs.typed_dict_field(number),
        "when": cs.typed_dict_field(cs.datetime_schema()),
        "codes": cs.typed_dict_field(cs.list_schema(code), required=False),
    }
)
validator = SchemaValidator(order)
text = '{"count": "12", "when": "2024-02-29T12:00:00Z", "codes": [1, "ab"]}'
moment = datetime(2024, 2, 29, 12, tzinfo=timezone.utc)
wanted = {"count": 12, "when": moment, "codes": [1, "ab"]}
assert validator.validate_json(text) == validator.validate_python(json.loads(text)) == wanted
try:
    validator.validate_python({"count": 3, "when": "2023-02-29", "codes": [1, "A"]})
except ValidationError as error:
    places = [each["loc"][:2] for each in error.errors()]
    assert places == [("count",), ("when",), ("codes", 1), ("codes", 1)], places
    assert error.errors()[0]["type"] == "odd" and error.errors()[0]["msg"] == "3 is odd"
else:
    raise AssertionError("wrong values were accepted")
strict = SchemaValidator(cs.int_schema(strict=True))
assert strict.isinstance_python(12) and not strict.isinstance_python("12")
assert SchemaValidator(cs.date_schema()).validate_python("2024-02-29") == date(2024, 2, 29)

assert json.loads(SchemaSerializer(order).to_json(wanted)) == dict(json.loads(text), count=12)
assert to_json({"a": [1, None, True, "\u00e9"]}) == '{"a":[1,null,true,"\u00e9"]}'.encode("utf-8")
assert to_jsonable_python({date(2024, 2, 29): (1, 2)}) == {"2024-02-29": [1, 2]}
url = Url("HTTPS://user@EXAMPLE.com:443/a b?q=1#f")
assert (url.scheme, url.host, url.port, url.path) == ("https", "example.com", 443, "/a%20b")
