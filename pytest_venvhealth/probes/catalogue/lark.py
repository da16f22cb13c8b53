# imports: lark
# exercises: a calculator's grammar for LALR and Earley: a transformer, places in the tree, errors;
#   a visitor
# versions: >=1.0
from lark import Lark, Transformer, UnexpectedInput, Visitor, v_args

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
    (product,) = grammar.parse("1 +\n (2*35)").find_data("mul")
    assert (product.meta.line, product.meta.column, product.meta.end_column) == (2, 3, 7)
    try:
        grammar.parse("1 + * 2")
    except UnexpectedInput as error:
        assert (error.line, error.column) == (1, 5), error
    else:
        raise AssertionError("accepted by " + parser)

seen = []


class Numbers(Visitor):
    def number(self, tree):
        seen.append(str(tree.children[0]))


Numbers().visit_topdown(grammar.parse("1 + 2 * 3"))
assert seen == ["1", "2", "3"], seen
