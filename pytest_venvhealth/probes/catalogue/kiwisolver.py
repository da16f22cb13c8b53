# imports: kiwisolver
# exercises: equalities and inequalities solved, strengths that compete, suggested values, removing
#   and resetting, expressions, errors
# versions: >=1.3
import kiwisolver
from kiwisolver import Constraint, Solver, Variable, strength


def refuses(kind, function, *args):
    try:
        function(*args)
    except kind:
        return True
    return False


# x + y = 20, x - y = 4
solver, x, y = Solver(), Variable("x"), Variable("y")
for constraint in (x + y == 20, x - y == 4):
    solver.addConstraint(constraint)
solver.updateVariables()
assert (x.value(), y.value()) == (12.0, 8.0)
assert x.name() == "x" and solver.hasConstraint(constraint)
assert refuses(kiwisolver.DuplicateConstraint, solver.addConstraint, constraint)
solver.removeConstraint(constraint)
assert not solver.hasConstraint(constraint)
assert refuses(kiwisolver.UnknownConstraint, solver.removeConstraint, constraint)
solver.addConstraint(y == 3 * x)
solver.updateVariables()
assert (x.value(), y.value()) == (5.0, 15.0)
assert refuses(kiwisolver.UnsatisfiableConstraint, solver.addConstraint, x >= 13)

# A row of boxes in a window: the window's width is dragged, a minimum holds.
solver, width = Solver(), Variable("width")
left, middle, right = (Variable(name) for name in ("left", "middle", "right"))
solver.addConstraint(left + middle + right == width)
for box in (left, middle, right):
    solver.addConstraint(box >= 10)
solver.addConstraint((left == 20) | "medium")
solver.addConstraint((middle == 2 * right) | strength.weak)
solver.addEditVariable(width, "strong")
assert solver.hasEditVariable(width)
for wanted, sizes in ((110, [20, 60, 30]), (50, [20, 20, 10]), (35, [15, 10, 10])):
    solver.suggestValue(width, wanted)
    solver.updateVariables()
    found = [box.value() for box in (left, middle, right)]
    assert all(abs(a - b) < 1e-9 for a, b in zip(found, sizes)), (wanted, found)
solver.suggestValue(width, 5)  # less than the three minima need
solver.updateVariables()
found = [box.value() for box in (left, middle, right, width)]
assert all(abs(a - b) < 1e-9 for a, b in zip(found, [10, 10, 10, 30])), found
assert refuses(kiwisolver.DuplicateEditVariable, solver.addEditVariable, width, "strong")
assert refuses(kiwisolver.UnknownEditVariable, solver.suggestValue, left, 1)
assert refuses(kiwisolver.BadRequiredStrength, solver.addEditVariable, left, "required")
solver.removeEditVariable(width)
solver.reset()
assert not solver.hasEditVariable(width)

# The stronger wish wins, whatever the order.
for first, second in ((3, 7), (7, 3)):
    solver, z = Solver(), Variable("z")
    for value in (first, second):
        solver.addConstraint((z == value) | ("strong" if value == 7 else "weak"))
    solver.updateVariables()
    assert z.value() == 7.0
assert strength.weak < strength.medium < strength.strong < strength.required

x.setContext("context")
assert x.context() == "context"
expression = 2 * (x + 3) - y / 4
coefficients = {term.variable().name(): term.coefficient() for term in expression.terms()}
assert coefficients == {"x": 2.0, "y": -0.25} and expression.constant() == 6.0
assert expression.value() == 2 * 5 + 6 - 15 / 4
constraint = Constraint(x - 1, "<=", "weak")
assert constraint.op() == "<=" and constraint.strength() == strength.weak
assert refuses(TypeError, lambda: x * y) and refuses(ValueError, lambda: (x == 1) | "heavy")
assert isinstance(solver.dumps(), str) and "Objective" in solver.dumps()
