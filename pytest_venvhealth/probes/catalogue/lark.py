# imports: lark
# exercises: grammars for LALR and Earley: a calculator, JSON, an ambiguous sentence, indentation;
#   places in the tree, transformers, visitors, errors, a stored parser
# versions: >=1.0
import io
import json

from lark import Lark, Transformer, Tree, UnexpectedCharacters, UnexpectedInput, Visitor, v_args
from lark.indenter import Indenter

calculator = r"""
    ?start: sum
    ?sum: product | sum "+" product -> add | sum "-" product -> sub
    ?product: power | product "*" power -> mul | product "/" power -> div
    ?power: atom | atom "^" power -> pow
    ?atom: NUMBER -> number | "-" atom -> neg | "(" sum ")"
    %import common.NUMBER
    %import common.WS
    %ignore WS
"""


@v_args(inline=True)
class Compute(Transformer):
    from operator import add, mul, neg, sub
    from operator import truediv as div

    number = float

    def pow(self, base, exponent):
        return base**exponent


for parser in ("lalr", "earley"):
    grammar = Lark(calculator, parser=parser, propagate_positions=True)
    for text, value in (("1 + 2*3", 7), ("-(4 - 6) / 8", 0.25), ("2^3^2 - 10 - 2", 500)):
        assert Compute().transform(grammar.parse(text)) == value, (parser, text)
    tree = grammar.parse("1 +\n (2*x)".replace("x", "35"))
    (product,) = tree.find_data("mul")
    assert (product.meta.line, product.meta.column, product.meta.end_column) == (2, 3, 7)
    assert [str(token) for token in tree.scan_values(lambda token: True)] == ["1", "2", "35"]
    try:
        grammar.parse("1 + * 2")
    except UnexpectedInput as error:
        assert (error.line, error.column) == (1, 5), error
    else:
        raise AssertionError("accepted by " + parser)

document = Lark(
    r"""
    ?start: value
    ?value: object | array | string | SIGNED_NUMBER -> number
          | "true" -> true | "false" -> false | "null" -> null
    array: "[" [value ("," value)*] "]"
    object: "{" [pair ("," pair)*] "}"
    pair: string ":" value
    string: ESCAPED_STRING
    %import common (ESCAPED_STRING, SIGNED_NUMBER, WS)
    %ignore WS
    """,
    parser="lalr",
    maybe_placeholders=False,
)


class Json(Transformer):
    array, pair, object = list, tuple, dict

    def string(self, children):
        return children[0][1:-1]

    def number(self, children):
        return float(children[0])

    true, false, null = (lambda self, _, value=value: value for value in (True, False, None))


text = '{"a": [1, -2.5e3, {"b": null}], "c": [true, false], "d": "text", "e": []}'
assert Json().transform(document.parse(text)) == json.loads(text)
stored = io.BytesIO()
document.save(stored)
stored.seek(0)
assert Lark.load(stored).parse(text) == document.parse(text)
try:
    document.parse('{"a": ?}')
except UnexpectedCharacters as error:
    assert error.column == 7
else:
    raise AssertionError("accepted")

ambiguous = Lark('start: a | b\na: "x"+\nb: "x" "x"', ambiguity="explicit").parse("xx")
assert sorted(child.children[0].data for child in ambiguous.children) == ["a", "b"], ambiguous


class Blocks(Indenter):
    NL_type, INDENT_type, DEDENT_type = "_NL", "_INDENT", "_DEDENT"
    OPEN_PAREN_types, CLOSE_PAREN_types = [], []
    tab_len = 8


blocks = Lark(
    r"""
    start: item+
    item: NAME _NL [_INDENT item+ _DEDENT]
    NAME: /\w+/
    %declare _INDENT _DEDENT
    _NL: /(\r?\n[\t ]*)+/
    """,
    parser="lalr",
    postlex=Blocks(),
    maybe_placeholders=False,
)
seen = []


class Names(Visitor):
    def item(self, tree):
        seen.append((str(tree.children[0]), len(tree.children) - 1))


Names().visit_topdown(blocks.parse("ä\n  bé\n    c\n  d\ne\n"))
assert seen == [("ä", 2), ("bé", 1), ("c", 0), ("d", 0), ("e", 0)], seen
assert isinstance(tree, Tree) and "mul" in tree.pretty()
