# imports: astroid, astroid.nodes
# exercises: a tree built from text, inference of names, calls and operators, class hierarchies,
#   what is known of the standard library, source made of a tree again
# versions: >=2.5
import astroid

code = """
import collections

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
"""
module = astroid.parse(code, module_name="tiny")
assert [base.name for base in module["Child"].mro()] == ["Child", "Base", "object"]
assert module["Child"].getattr("where")[0].qname() == "tiny.Base.where"
names = [name.name for name in module.nodes_of_class(astroid.nodes.FunctionDef)]
assert names == ["where", "grow", "choose"]
assert astroid.parse(module.as_string()).as_string() == module.as_string()


def values(text):
    """Return the values inferred for an expression after the code above."""
    node = astroid.extract_node(code + text)
    return [getattr(value, "value", value) for value in node.inferred()]


assert values("Child().grow(4)") == [7]
assert values("'a' * 3") == ["aaa"]
assert values("choose(unknown)") == [2, "base"]
(pair,) = values("Pair")
assert pair.name == "Pair" and "left" in pair.instance_attrs
