# imports: jedi
# exercises: completion, inference, definitions, references and renaming in a text; what the stubs
#   that come with jedi say of the built-in types; live objects
# versions: >=0.17.2
import jedi
from jedi.api.environment import InterpreterEnvironment

source = """class Tree:
    def grow(self, years: int, fast=False):
        return [self] * years

    def green(self):
        return "green".upper()

def plant():
    return Tree()

oak = plant()
oak.gr
oak.green().spl
"""
# Without an environment jedi would look for interpreters, and start one.
script = jedi.Script(source, environment=InterpreterEnvironment())


def after(text):
    """Return line and column of the place behind the text, where it stands first."""
    end = source.index(text) + len(text)
    return source.count("\n", 0, end) + 1, end - (source.rfind("\n", 0, end) + 1)


assert [found.name for found in script.complete(*after("oak.gr"))] == ["green", "grow"]
names = [found.name for found in script.complete(*after("oak.green().spl"))]
assert names == ["split", "splitlines"], names
assert [found.full_name for found in script.infer(*after("oak"))] == ["__main__.Tree"]
(target,) = script.goto(*after("oak = plan"))
assert (target.name, target.line, target.column) == ("plant", 8, 4)

lines = [place.line for place in script.get_references(*after("class Tre"))]
assert lines == [1, 9], lines
renamed = script.rename(*after("class Tre"), new_name="Plant").get_changed_files()
(changed,) = renamed.values()
assert "class Plant:" in changed.get_new_code() and "return Plant()" in changed.get_new_code()

live = jedi.Interpreter("box['k'].bit_le", [{"box": {"k": 3}}])
assert [found.name for found in live.complete()] == ["bit_length"]
