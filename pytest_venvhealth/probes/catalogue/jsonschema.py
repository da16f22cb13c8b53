# imports: jsonschema, jsonschema.validators, jsonschema.exceptions
# exercises: validation by the rules of drafts 4, 7 and 2020-12, the place of each error,
#   references, formats, the best match, wrong schemas, a keyword of one's own
# versions: >=4.10
import jsonschema
from jsonschema import (
    Draft4Validator,
    Draft7Validator,
    Draft202012Validator,
    FormatChecker,
    ValidationError,
    validators,
)
from jsonschema.exceptions import SchemaError, best_match

schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$defs": {"price": {"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.5}},
    "type": "object",
    "required": ["name", "price"],
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 5},
        "price": {"$ref": "#/$defs/price"},
        "pair": {"prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False},
        "kind": {"oneOf": [{"const": "a"}, {"enum": ["a", "b"]}]},
    },
    "additionalProperties": False,
}
good = {"name": "tea", "price": 2.5, "pair": ["x", 1.0], "kind": "b"}
bad = {"name": "Teapot", "price": 0, "pair": ["x", "1", 3], "kind": "a", "extra": None}
jsonschema.validate(good, schema)
assert validators.validator_for(schema) is Draft202012Validator
errors = list(Draft202012Validator(schema).iter_errors(bad))
assert sorted((list(error.absolute_path), error.validator) for error in errors) == [
    ([], "additionalProperties"),
    (["kind"], "oneOf"),
    (["name"], "maxLength"),
    (["name"], "pattern"),
    (["pair"], "items"),
    (["pair", 1], "type"),
    (["price"], "exclusiveMinimum"),
], errors
assert best_match(Draft7Validator({"minimum": 3}).iter_errors(2)).validator_value == 3
try:
    jsonschema.validate({"name": "tea"}, schema)
except ValidationError as error:
    assert error.validator == "required" and error.validator_value == ["name", "price"]
else:
    raise AssertionError("a missing property was accepted")

# In draft 4, and only there, 1.0 is no integer and exclusiveMinimum is a flag.
assert Draft7Validator({"type": "integer"}).is_valid(1.0)
assert not Draft4Validator({"type": "integer"}).is_valid(1.0)
assert not Draft4Validator({"minimum": 1, "exclusiveMinimum": True}).is_valid(1)
for draft, wrong in ((Draft7Validator, {"type": "text"}), (Draft202012Validator, {"required": 1})):
    try:
        draft.check_schema(wrong)
    except SchemaError:
        pass
    else:
        raise AssertionError("{} was accepted as a schema".format(wrong))

dates = Draft7Validator({"format": "date"}, format_checker=FormatChecker())
assert dates.is_valid("2024-02-29") and not dates.is_valid("2023-02-29")


def even(validator, wanted, instance, schema):
    if (instance % 2 == 0) is not wanted:
        yield ValidationError("wrong parity")


Even = validators.extend(Draft7Validator, {"even": even})
assert Even({"items": {"even": True}}).is_valid([2, 4])
assert not Even({"items": {"even": True}}).is_valid([2, 3])
