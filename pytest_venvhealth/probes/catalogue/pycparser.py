# imports: pycparser, pycparser.c_ast, pycparser.c_generator, pycparser.c_parser
# exercises: declarations, statements and expressions parsed into a tree, a visitor, C written from
#   the tree
from pycparser import c_ast, c_generator, c_parser

source = r"""
typedef unsigned long long u64;
struct point { int x, y : 3; struct point *next; };
int (*table[10])(const char *, u64 size);

int sum(int n, int values[n]) {
  int total = 0;
  for (int i = 0; i < n; ++i) {
    if (values[i] < 0) continue;
    else total += values[i] * 2 + 1;
  }
  printf("%d\n", twice(total));
  return total ? total : (int) 0x1FuL;
}
"""
parser = c_parser.CParser()
tree = parser.parse(source)
assert [type(each).__name__ for each in tree.ext] == ["Typedef", "Decl", "Decl", "FuncDef"]
point = tree.ext[1].type
assert [member.name for member in point.decls] == ["x", "y", "next"]
assert point.decls[1].bitsize.value == "3"
kind = tree.ext[2].type  # an array of pointers to functions that return int
for each in (c_ast.ArrayDecl, c_ast.PtrDecl, c_ast.FuncDecl, c_ast.TypeDecl):
    assert isinstance(kind, each), (kind, each)
    kind = kind.type
assert kind.names == ["int"]
step = tree.ext[3].body.block_items[1].stmt.block_items[0].iffalse
assert (step.op, step.rvalue.op, step.rvalue.left.op) == ("+=", "+", "*")


class Calls(c_ast.NodeVisitor):
    def visit_FuncCall(self, node):
        found.append(node.name.name)
        self.generic_visit(node)


found = []
Calls().visit(tree)
assert found == ["printf", "twice"], found

written = c_generator.CGenerator().visit(tree)
assert "total += (values[i] * 2) + 1;" in written, written
assert r'printf("%d\n", twice(total));' in written, written
assert c_generator.CGenerator().visit(parser.parse(written)) == written
