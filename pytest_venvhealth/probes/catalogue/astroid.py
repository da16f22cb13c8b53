# imports: astroid, astroid.nodes
# exercises: a tree built from text, inference of names, calls, operators and attributes, class
#   hierarchies, what is known of modules of the standard library, source made of a tree again
# versions: >=2.5
import astroid

code = """
import collections
from dataclasses import dataclass

class Base:
    def where(self):
        return "base"

class Child(Base):
    size = 3

    def grow(self, by=1):
        return self.size + by

Pair = collections.namedtuple("Pair", "left right")

def choose(flag):
    if flag:
        return [1, 2][1]
    return Child().where()

result = Child().grow(4)
total = sum_of = "a" * 3
both = choose
"""
module = astroid.parse(code, module_name="tiny")
assert [child.name for child in module.body if isinstance(child, astroid.nodes.ClassDef)] == [
    "Base",
    "Child",
]
child = module["Child"]
assert [base.name for base in child.mro()] == ["Child", "Base", "object"]
assert child.lookup("size")[1][0].lineno == 10 and child["grow"].args.arguments[1].name == "by"
assert [method.name for method in child.methods()][:2] == ["grow", "where"]
assert child.getattr("where")[0].qname() == "tiny.Base.where"


def values(text):
    """Return the values inferred for the expression that ends this module."""
    node = astroid.extract_node(code + text)
    return [getattr(value, "value", value) for value in node.inferred()]


assert values("result") == [7]
assert values("total") == ["aaa"]
assert values("choose(unknown)") == [2, "base"]
assert values("(lambda n: n ** 2)(12) % 100") == [44]
assert values("{'a': (1, 2.5)}['a'][1]") == [2.5]
assert values("'%s-%d' % ('x', 3)") == ["x-3"]
(pair,) = values("Pair")
assert pair.name == "Pair" and "left" in pair.instance_attrs
(instance,) = values("Child()")
assert instance.pytype().endswith(".Child"), instance

call = astroid.extract_node("print(f(1, *a, k=2)) #@")
assert call.as_string() == "print(f(1, *a, k=2))"
names = [name.name for name in module.nodes_of_class(astroid.nodes.FunctionDef)]
assert names == ["where", "grow", "choose"]
assert astroid.parse(module.as_string()).as_string() == module.as_string()
try:
    astroid.parse("def f(:")
except astroid.AstroidSyntaxError:
    pass
else:
    raise AssertionError("no Python, but it was parsed")
