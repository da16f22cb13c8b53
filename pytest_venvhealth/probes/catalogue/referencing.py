# imports: referencing, referencing.jsonschema, referencing.exceptions
# exercises: registries that never change, lookups by URI, pointer and anchor, relative references,
#   resources within resources, fetching of what is missing, errors
# versions: >=0.28
from referencing import Registry, Resource
from referencing.exceptions import NoSuchResource, PointerToNowhere, Unresolvable
from referencing.jsonschema import DRAFT7, DRAFT202012, specification_with

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
resource = Resource.from_contents(tree)
assert resource.id() == "http://example.com/tree"
empty = Registry()
registry = resource @ empty
assert len(empty) == 0 and len(registry) == 1 and list(registry) == ["http://example.com/tree"]

resolver = registry.crawl().resolver(base_uri="http://example.com/tree")
assert resolver.lookup("#/examples/1").contents == 7
assert resolver.lookup("#/$defs/a~1b/x~0y/deep").contents == 1  # RFC 6901's escapes
assert resolver.lookup("#leaf").contents == {"$anchor": "leaf", "type": "string"}
inner = resolver.lookup("parts/inner")
assert inner.contents is tree["$defs"]["inner"]
assert inner.resolver.lookup("#/$defs/n").contents == {"type": "integer"}
assert inner.resolver.lookup("../tree#/examples/1").contents == 7
for reference, error in (
    ("#/examples/9", PointerToNowhere),
    ("#nothing", Unresolvable),
    ("http://example.com/none", Unresolvable),
):
    try:
        resolver.lookup(reference)
    except error:
        pass
    else:
        raise AssertionError("{} was found".format(reference))

asked = []


def retrieve(uri):
    asked.append(uri)
    if uri.endswith("/none"):
        raise NoSuchResource(ref=uri)
    return DRAFT7.create_resource({"definitions": {"here": {"const": uri}}})


fetching = Registry(retrieve=retrieve).resolver()
found = fetching.lookup("urn:probe:1#/definitions/here")
assert found.contents == {"const": "urn:probe:1"} and asked == ["urn:probe:1"]
try:
    fetching.lookup("http://example.com/none")
except Unresolvable:
    pass
else:
    raise AssertionError("what cannot be fetched was found")

assert specification_with("http://json-schema.org/draft-07/schema#") is DRAFT7
many = Registry().with_resources(
    [("urn:{}".format(n), DRAFT202012.create_resource({"n": n})) for n in range(100)]
)
assert len(many) == 100 and many.contents("urn:42") == {"n": 42}
assert registry.combine(many).get_or_retrieve("urn:99").value.contents == {"n": 99}
