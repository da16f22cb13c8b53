# imports: sympy
# exercises: simplification, calculus, equations, matrices, number theory, logic, an exact sum, a
#   differential equation, parsing, printing, evaluation to many digits, generated functions
# versions: >=1.6
import sympy as sp
from sympy.parsing.sympy_parser import parse_expr

x, y, n = sp.symbols("x y n")
assert sp.expand((x + y) ** 2) == x**2 + 2 * x * y + y**2
assert sp.factor(x**3 - 1) == (x - 1) * (x**2 + x + 1)
assert sp.simplify(sp.sin(x) ** 2 + sp.cos(x) ** 2) == 1
assert sp.diff(sp.exp(x**2), x) == 2 * x * sp.exp(x**2)
assert sp.integrate(sp.exp(-(x**2)), (x, -sp.oo, sp.oo)) == sp.sqrt(sp.pi)
assert sp.integrate(x * sp.cos(x), x) == x * sp.sin(x) + sp.cos(x)
assert sp.limit(sp.sin(x) / x, x, 0) == 1
assert sp.series(sp.cos(x), x, 0, 6).removeO() == 1 - x**2 / 2 + x**4 / 24
assert sp.summation(n**2, (n, 1, 10)) == 385
assert sp.summation(1 / n**2, (n, 1, sp.oo)) == sp.pi**2 / 6

assert sorted(sp.solve(x**2 - 5 * x + 6, x)) == [2, 3]
assert sp.solveset(x**2 + 1, x) == sp.FiniteSet(-sp.I, sp.I)
assert sp.linsolve([x + y - 5, x - y - 1], [x, y]) == sp.FiniteSet((3, 2))
f = sp.Function("f")
solution = sp.dsolve(f(x).diff(x) - 2 * f(x), f(x), ics={f(0): 3})
assert solution == sp.Eq(f(x), 3 * sp.exp(2 * x)), solution

matrix = sp.Matrix([[2, 1], [1, 2]])
assert matrix.det() == 3 and matrix.inv() * matrix == sp.eye(2)
assert matrix.eigenvals() == {1: 1, 3: 1}

assert sp.factorint(2**32 + 1) == {641: 1, 6700417: 1}  # Euler, 1732
assert sp.isprime(2**61 - 1) and not sp.isprime(2**67 - 1)
assert sp.prime(100) == 541 and sp.totient(36) == 12
assert sp.Rational(1, 3) + sp.Rational(1, 6) == sp.Rational(1, 2)
assert sp.satisfiable(x & ~x) is False
basis = sp.groebner([x * y - 1, x**2 - y], x, y, order="lex")
assert basis.exprs == [x - y**2, y**3 - 1], basis

assert str(sp.N(sp.pi, 30)) == "3.14159265358979323846264338328"
assert str(sp.sqrt(2).evalf(20)) == "1.4142135623730950488"
assert parse_expr("2*x + x") == 3 * x and sp.sympify("sqrt(16)") == 4
assert sp.latex(x**2 / 2) == r"\frac{x^{2}}{2}"
assert sp.lambdify([x, y], x**2 + sp.sin(y), "math")(3, 0) == 9
