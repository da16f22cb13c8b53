# imports: ply.lex, ply.yacc
# exercises: a calculator in a module: a scanner that counts lines, a grammar with precedence and
#   its errors
# versions: >=3.5
import sys
from pathlib import Path

from ply import lex, yacc

Path("calculator.py").write_text(
    r'''
tokens = ("NUMBER",)
literals = "+-*)"
t_ignore = " \t"
wrong = []

def t_NUMBER(t):
    r"\d+(\.\d+)?"
    t.value = float(t.value)
    return t

def t_newline(t):
    r"\n+"
    t.lexer.lineno += len(t.value)

def t_error(t):
    wrong.append((t.lineno, t.value[0]))
    t.lexer.skip(1)

precedence = (("left", "+", "-"), ("left", "*"))

def p_binary(p):
    """expression : expression '+' expression
                  | expression '-' expression
                  | expression '*' expression"""
    p[0] = {"+": p[1] + p[3], "-": p[1] - p[3], "*": p[1] * p[3]}[p[2]]

def p_number(p):
    "expression : NUMBER"
    p[0] = p[1]

def p_error(p):
    wrong.append("end" if p is None else p.value)
'''
)
sys.path.insert(0, str(Path.cwd()))
import calculator  # noqa: E402

scanner = lex.lex(module=calculator)
scanner.input("2.5 #\n\n+")
assert [(token.type, token.value, token.lineno) for token in scanner] == [
    ("NUMBER", 2.5, 1),
    ("+", "+", 3),
]
parser = yacc.yacc(module=calculator, debug=False, write_tables=False)
assert parser.parse("1 + 2 * 3 - 4", lexer=scanner) == 3.0
parser.parse("2 * )", lexer=scanner)
assert calculator.wrong[:2] == [(1, "#"), ")"], calculator.wrong
