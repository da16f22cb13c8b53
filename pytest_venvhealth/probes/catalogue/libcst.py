# imports: libcst, libcst.matchers, libcst.metadata
# exercises: source through the native parser and back without a change, a transformer, matchers,
#   positions
# versions: >=0.4
import libcst as cst
import libcst.matchers as m
from libcst import metadata

source = """# a comment
import os   # kept

def  f ( a,b = 1 , *args ) :
\treturn a  +  b # sum

class C( Base ):
    async def g(self): return [x async for x in self if  x]

x: int = f(1, *[2], **{"a": 3})[1:2, ...]; y = not x
print( f"{x!r:>{10}}" )
"""
module = cst.parse_module(source)
assert module.code == source


class Rename(cst.CSTTransformer):
    def leave_Name(self, original_node, updated_node):
        return updated_node.with_changes(value="z") if original_node.value == "x" else updated_node


renamed = module.visit(Rename()).code
assert "z: int = f(1," in renamed and 'f"{z!r:>{10}}"' in renamed, renamed
assert "[z async for z in self if  z]" in renamed
assert module.code == source, "the old tree was changed"

calls = m.findall(module, m.Call(func=m.Name("f")))
assert len(calls) == 1 and m.matches(calls[0].args[0].value, m.Integer("1"))
assert "import sys   # kept" in m.replace(module, m.Name("os"), cst.Name("sys")).code

wrapper = metadata.MetadataWrapper(module)
positions = wrapper.resolve(metadata.PositionProvider)
places = {
    node.name.value: (place.start.line, place.start.column)
    for node, place in positions.items()
    if isinstance(node, (cst.FunctionDef, cst.ClassDef))
}
assert places == {"f": (4, 0), "C": (7, 0), "g": (8, 4)}, places
