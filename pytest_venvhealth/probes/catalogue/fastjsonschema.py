# imports: fastjsonschema
# exercises: a validator compiled from a schema of draft 7: types, patterns, references, defaults,
#   combinations, formats, errors with their path; the generated code run on its own
# versions: >=2.15
import fastjsonschema

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
wrong = [
    ("data.name", {"name": "Box"}),
    ("data", {"sizes": [2]}),
    ("data.sizes", {"name": "box", "sizes": [2, 2]}),
    ("data.sizes[1]", {"name": "box", "sizes": [2, 3]}),
    ("data.unit", {"name": "box", "unit": "ft"}),
    ("data.either", {"name": "box", "either": 0}),
    ("data", {"name": "box", "day": "2024-02-29"}),
    ("data", {"name": "box", "more": 1}),
]
names = {}
exec(fastjsonschema.compile_to_code(schema), names)
for validate in (fastjsonschema.compile(schema), names["validate"]):
    assert validate(dict(good)) == {**good, "unit": "cm"}
    for path, value in wrong:
        try:
            validate(value)
        except fastjsonschema.JsonSchemaValueException as error:
            assert error.name == path, (error.name, path)
        else:
            raise AssertionError("{} was accepted".format(value))
