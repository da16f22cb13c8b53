# imports: jsonschema, jsonschema.validators, jsonschema.exceptions
# exercises: validation by the rules of drafts 4, 7 and 2020-12, the place of each error,
#   references, formats, a wrong schema
# versions: >=4.10
import jsonschema
from jsonschema import Draft4Validator, Draft7Validator, Draft202012Validator, FormatChecker

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
jsonschema.validate({"name": "tea", "price": 2.5, "pair": ["x", 1.0], "kind": "b"}, schema)
bad = {"name": "Teapot", "price": 0, "pair": ["x", "1", 3], "kind": "a", "extra": None}
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

# In draft 4, and only there, 1.0 is no integer and exclusiveMinimum is a flag.
assert Draft7Validator({"type": "integer"}).is_valid(1.0)
assert not Draft4Validator({"type": "integer"}).is_valid(1.0)
assert not Draft4Validator({"minimum": 1, "exclusiveMinimum": True}).is_valid(1)
dates = Draft7Validator({"format": "date"}, format_checker=FormatChecker())
assert dates.is_valid("2024-02-29") and not dates.is_valid("2023-02-29")
try:
    Draft7Validator.check_schema({"type": "text"})
except jsonschema.SchemaError:
    pass
else:
    raise AssertionError("an unknown type was accepted")
