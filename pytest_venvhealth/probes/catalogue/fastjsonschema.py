# imports: fastjsonschema
# exercises: validators compiled from schemas of drafts 4, 6 and 7: types, patterns, references,
#   defaults, combinations, formats, errors with their path; the generated code run on its own
# versions: >=2.15
import fastjsonschema
from fastjsonschema import JsonSchemaDefinitionException, JsonSchemaValueException

schema = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "definitions": {"size": {"type": "integer", "minimum": 1, "multipleOf": 2}},
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 4},
        "sizes": {"type": "array", "items": {"$ref": "#/definitions/size"}, "uniqueItems": True},
        "unit": {"enum": ["cm", "in"], "default": "cm"},
        "day": {"type": "string", "format": "date"},
        "either": {"oneOf": [{"type": "null"}, {"type": "number", "exclusiveMinimum": 0}]},
    },
    "if": {"required": ["day"]},
    "then": {"required": ["sizes"]},
    "additionalProperties": False,
}
good = {"name": "box", "sizes": [2, 4], "day": "2024-02-29", "either": 0.5}
wrong = {
    "data.name": {"name": "Box"},
    "data": {"sizes": [2]},
    "data.sizes": {"name": "box", "sizes": [2, 2]},
    "data.unit": {"name": "box", "unit": "ft"},
    "data.day": {"name": "box", "sizes": [], "day": "yesterday"},
    "data.either": {"name": "box", "either": 0},
}
names = {}
exec(fastjsonschema.compile_to_code(schema), names)
for validate in (fastjsonschema.compile(schema), names["validate"]):
    assert validate(dict(good)) == {**good, "unit": "cm"}
    for path, value in wrong.items():
        try:
            validate(value)
        except JsonSchemaValueException as error:
            assert error.name == path, (error.name, path)
        else:
            raise AssertionError("{} was accepted".format(value))
    for value in (
        {"name": "box", "more": 1},
        {"name": "box", "sizes": [2, 3]},
        {"name": "box", "day": "2024-02-29"},
        [],
        None,
    ):
        try:
            validate(value)
        except JsonSchemaValueException:
            pass
        else:
            raise AssertionError("{} was accepted".format(value))

# In draft 4, exclusiveMinimum is a flag; const came with draft 6.
old = {"$schema": "http://json-schema.org/draft-04/schema#"}
newer = {"$schema": "http://json-schema.org/draft-06/schema#"}
for rules, value in (
    ({**old, "minimum": 1, "exclusiveMinimum": True}, 1),
    ({**newer, "exclusiveMinimum": 1}, 1),
    ({**newer, "const": "a"}, "b"),
    ({"not": {"type": "integer"}}, 1),
):
    try:
        fastjsonschema.validate(rules, value)
    except JsonSchemaValueException:
        pass
    else:
        raise AssertionError("{} was accepted by {}".format(value, rules))
assert fastjsonschema.validate({**old, "const": "a"}, "b") == "b"
try:
    fastjsonschema.compile({"type": "text"})
except JsonSchemaDefinitionException:
    pass
else:
    raise AssertionError("an unknown type was accepted")
