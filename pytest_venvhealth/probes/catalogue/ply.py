# imports: ply.lex, ply.yacc
# exercises: a scanner with states and a grammar with precedence in a module: tokens with lines,
#   values, errors and recovery
# versions: >=3.5
import sys
from pathlib import Path

from ply import lex, yacc

Path("calculator.py").write_text(
    r'''
tokens = ("NAME", "NUMBER", "WHILE")
literals = "+-*/()=;"
states = (("comment", "exclusive"),)
reserved = {"while": "WHILE"}
t_ignore = " \t"

def t_NAME(t):
    r"[a-z_]+"
    t.type = reserved.get(t.value, "NAME")
    return t

def t_NUMBER(t):
    r"\d+(\.\d+)?"
    t.value = float(t.value)
    return t

def t_newline(t):
    r"\n+"
    t.lexer.lineno += len(t.value)

def t_begin(t):
    r"\{"
    t.lexer.begin("comment")

def t_comment_end(t):
    r"\}"
    t.lexer.begin("INITIAL")

t_comment_ignore = ""
def t_comment_text(t):
    r"[^}]+"

def t_comment_error(t):
    t.lexer.skip(1)

def t_error(t):
    wrong.append((t.lineno, t.value[0]))
    t.lexer.skip(1)

wrong = []
names = {}
precedence = (("left", "+", "-"), ("left", "*", "/"), ("right", "UMINUS"))

def p_program(p):
    """program : program ';' statement
               | statement"""
    p[0] = p[1] + [p[3]] if len(p) == 4 else [p[1]]

def p_statement_assign(p):
    "statement : NAME '=' expression"
    names[p[1]] = p[3]

def p_statement_error(p):
    "statement : NAME '=' error"
    p[0] = "error"

def p_statement(p):
    "statement : expression"
    p[0] = p[1]

def p_binary(p):
    """expression : expression '+' expression
                  | expression '-' expression
                  | expression '*' expression
                  | expression '/' expression"""
    left, right = p[1], p[3]
    p[0] = {"+": left + right, "-": left - right, "*": left * right}.get(p[2])
    if p[2] == "/":
        p[0] = left / right

def p_minus(p):
    "expression : '-' expression %prec UMINUS"
    p[0] = -p[2]

def p_group(p):
    "expression : '(' expression ')'"
    p[0] = p[2]

def p_number(p):
    "expression : NUMBER"
    p[0] = p[1]

def p_name(p):
    "expression : NAME"
    p[0] = names[p[1]]

def p_error(p):
    wrong.append((p.lineno, p.type) if p else "end")
'''
)
sys.path.insert(0, str(Path.cwd()))
import calculator  # noqa: E402

scanner = lex.lex(module=calculator)
scanner.input("x = 2.5 # 3\n\nwhile {a = 1} y")
assert [(token.type, token.value, token.lineno) for token in scanner] == [
    ("NAME", "x", 1),
    ("=", "=", 1),
    ("NUMBER", 2.5, 1),
    ("NUMBER", 3.0, 1),
    ("WHILE", "while", 3),
    ("NAME", "y", 3),
]
assert calculator.wrong == [(1, "#")]
calculator.wrong.clear()


def check(parser):
    def value(text):
        return parser.parse(text, lexer=lex.lex(module=calculator))

    assert value("1 + 2 * 3 - 4 / 2") == [5.0]
    assert value("-(2 - 5) * -2; 10 - 4 - 3") == [-6.0, 3.0]
    assert value("a = 4; b = a * a; b + a") == [None, None, 20.0]
    assert value("a = ); 7") == ["error", 7.0] and calculator.wrong == [(1, ")")]
    calculator.wrong.clear()


check(yacc.yacc(module=calculator, debug=False, write_tables=False))
