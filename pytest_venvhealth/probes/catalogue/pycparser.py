# imports: pycparser, pycparser.c_ast, pycparser.c_generator, pycparser.c_parser
# exercises: declarations, statements and expressions parsed into a tree, visitors, C written from
#   the tree and parsed again, errors
from pycparser import c_ast, c_generator, c_parser

source = r"""
typedef unsigned long long u64;
struct point { int x, y : 3; struct point *next; };
enum color { RED, GREEN = 1 << 4, BLUE };
static const char *names[2] = { "a\n", [1] = "b" };
int (*table[10])(const char *, u64 size);
extern int printf(const char *format, ...);

int sum(int n, int values[n]) {
  int total = 0;
  for (int i = 0; i < n; ++i) {
    if (values[i] < 0) continue;
    else total += values[i] * 2 + 1;
  }
  while (total > 100) { total -= sizeof(struct point); break; }
  switch (total) { case 1: return -1; default: goto end; }
end:
  printf("%d\n", total);
  return total ? total : (int) 0x1FuL;
}
"""
parser = c_parser.CParser()
tree = parser.parse(source, "probe.c")
assert [type(each).__name__ for each in tree.ext] == ["Typedef"] + ["Decl"] * 5 + ["FuncDef"]

point = tree.ext[1].type
assert [member.name for member in point.decls] == ["x", "y", "next"]
assert point.decls[1].bitsize.value == "3"
assert isinstance(point.decls[2].type, c_ast.PtrDecl)
table = tree.ext[4].type  # an array of pointers to functions that return int
for kind in (c_ast.ArrayDecl, c_ast.PtrDecl, c_ast.FuncDecl, c_ast.TypeDecl):
    assert isinstance(table, kind), (table, kind)
    table = table.type
assert table.names == ["int"]
names = tree.ext[3]
assert names.storage == ["static"] and names.name == "names" and names.coord.line == 5

body = tree.ext[6].body.block_items
step = body[1].stmt.block_items[0].iffalse
assert (step.op, step.rvalue.op, step.rvalue.left.op) == ("+=", "+", "*")
assert isinstance(body[-1].expr, c_ast.TernaryOp)
assert body[-1].expr.iffalse.expr.value == "0x1FuL"


class Calls(c_ast.NodeVisitor):
    def __init__(self):
        self.found = []

    def visit_FuncCall(self, node):
        self.found.append(node.name.name)
        self.generic_visit(node)


def shape(node):
    """Return the tree without coordinates."""
    values = [getattr(node, name) for name in node.attr_names]
    return type(node).__name__, values, [shape(child) for _, child in node.children()]


calls = Calls()
calls.visit(parser.parse("int f(void) { return g(h(1), g(2, 3)); }"))
assert calls.found == ["g", "h", "g"], calls.found

again = c_generator.CGenerator().visit(tree)
assert "total += (values[i] * 2) + 1;" in again, again
assert shape(parser.parse(again)) == shape(tree)
assert (
    c_generator.CGenerator().visit(parser.parse("int a=(1+2)*3;")).strip() == "int a = (1 + 2) * 3;"
)
for wrong in ("int a;\nint b", "int f( { }", "int 3x;"):
    try:
        parser.parse(wrong, "wrong.c")
    except c_parser.ParseError:
        continue
    raise AssertionError("accepted: " + wrong)
