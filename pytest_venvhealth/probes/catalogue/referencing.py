# imports: referencing, referencing.jsonschema, referencing.exceptions
# exercises: lookups by URI, pointer and anchor, relative references, resources within resources,
#   registries combined, fetching of what is missing, errors
# versions: >=0.28
from referencing import Registry, Resource
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT7, DRAFT202012

tree = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "http://example.com/tree",
    "$defs": {
        "leaf": {"$anchor": "leaf", "type": "string"},
        "a/b": {"x~y": {"deep": 1}},
        "inner": {"$id": "parts/inner", "$defs": {"n": {"type": "integer"}}},
    },
    "examples": [{"$ref": "#leaf"}, 7],
}
empty = Registry()
registry = Resource.from_contents(tree) @ empty
assert len(empty) == 0 and list(registry) == ["http://example.com/tree"]

resolver = registry.crawl().resolver(base_uri="http://example.com/tree")
assert resolver.lookup("#/examples/1").contents == 7
assert resolver.lookup("#/$defs/a~1b/x~0y/deep").contents == 1  # RFC 6901's escapes
assert resolver.lookup("#leaf").contents == {"$anchor": "leaf", "type": "string"}
inner = resolver.lookup("parts/inner")
assert inner.resolver.lookup("#/$defs/n").contents == {"type": "integer"}
assert inner.resolver.lookup("../tree#/examples/1").contents == 7
for reference in ("#/examples/9", "#nothing", "http://example.com/none"):
    try:
        resolver.lookup(reference)
    except Unresolvable:
        pass
    else:
        raise AssertionError("{} was found".format(reference))


def retrieve(uri):
    return DRAFT7.create_resource({"definitions": {"here": {"const": uri}}})


found = Registry(retrieve=retrieve).resolver().lookup("urn:probe:1#/definitions/here")
assert found.contents == {"const": "urn:probe:1"}
other = Registry().with_resource("urn:42", DRAFT202012.create_resource({"n": 42}))
assert registry.combine(other).contents("urn:42") == {"n": 42}
