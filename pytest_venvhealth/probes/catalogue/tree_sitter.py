# imports: tree_sitter
# exercises: the native parser's ranges and points, refusals without a grammar; parsing, fields and
#   an edit with the grammar of Python
# versions: >=0.22
# needs: tree-sitter-python, else nothing is parsed
import importlib.util

import tree_sitter
from tree_sitter import Parser, Point, Range

assert Point(1, 2) == (1, 2) and Point(1, 2).row == 1 and Point(1, 2).column == 2
first = Range(start_byte=0, end_byte=5, start_point=(0, 0), end_point=(0, 5))
second = Range(start_byte=7, end_byte=9, start_point=(1, 1), end_point=(1, 3))
assert second.start_byte == 7 and second.end_point == Point(1, 3) and first != second

# The library itself checks and keeps the ranges.
parser = Parser(included_ranges=[first, second])
assert parser.included_ranges == [first, second]
for wrong in (lambda: Parser(included_ranges=[second, first]), lambda: parser.parse(b"x = 1")):
    try:
        wrong()
    except ValueError:
        pass
    else:
        raise AssertionError("ranges in the wrong order or no grammar were accepted")

if importlib.util.find_spec("tree_sitter_python") is not None:
    import tree_sitter_python

    parser = Parser(tree_sitter.Language(tree_sitter_python.language()))
    source = b"def f(a, b):\n    return a + b\n"
    tree = parser.parse(source)
    (function,) = tree.root_node.children
    assert function.type == "function_definition" and not tree.root_node.has_error
    assert function.child_by_field_name("parameters").named_child_count == 2
    assert function.end_point == (1, 16) and function.end_byte == len(source) - 1
    assert parser.parse(b"def f(:\n").root_node.has_error
    tree.edit(4, 5, 6, (0, 4), (0, 5), (0, 6))
    changed = parser.parse(source.replace(b"f(", b"gg("), tree)
    assert changed.root_node.children[0].child_by_field_name("name").text == b"gg"
