# imports: parso, parso.python.tree
# exercises: source with and without errors parsed and given back unchanged, nodes and places, the
#   grammars of several Python versions
# versions: >=0.8
import parso

source = """import os  # x

class C(Base):
    def f(self, a, *, b=1):
        return  a+b

x = f'{os}'"""
module = parso.parse(source)
assert module.get_code() == source and module.end_pos == (7, 11)
(klass,) = module.iter_classdefs()
(function,) = klass.iter_funcdefs()
assert klass.name.value == "C" and klass.get_super_arglist().value == "Base"
assert [parameter.name.value for parameter in function.get_params()] == ["self", "a", "b"]
assert function.start_pos == (4, 4) and function.get_params()[2].default.value == "1"
assert len(module.get_used_names()["os"]) == 2
leaf = module.get_leaf_for_position((5, 16))
assert leaf.value == "a" and leaf.get_next_leaf().value == "+" and leaf.prefix == "  "

# The grammar of each version lies in a file of its own.
for version, text, errors in (
    ("3.6", "if (n := 1): pass\n", True),
    ("3.8", "if (n := 1): pass\n", False),
    ("3.7", "def f(a, /): pass\n", True),
    ("3.9", "def f(a, /): pass\n", False),
):
    grammar = parso.load_grammar(version=version)
    found = list(grammar.iter_errors(grammar.parse(text)))
    assert bool(found) == errors, (version, text, found)

broken = "def f(:\n    x = (1,\n\nclass D:\n    y = 2\n"
assert parso.parse(broken).get_code() == broken
