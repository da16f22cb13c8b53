# imports: kiwisolver
# exercises: equalities and inequalities solved, strengths that compete, suggested values, removing,
#   what cannot be satisfied
# versions: >=1.3
import kiwisolver
from kiwisolver import Solver, Variable

# x + y = 20, x - y = 4
solver, x, y = Solver(), Variable("x"), Variable("y")
for constraint in (x + y == 20, x - y == 4):
    solver.addConstraint(constraint)
solver.updateVariables()
assert (x.value(), y.value()) == (12.0, 8.0)
solver.removeConstraint(constraint)
solver.addConstraint(y == 3 * x)
solver.updateVariables()
assert (x.value(), y.value()) == (5.0, 15.0)
try:
    solver.addConstraint(x >= 13)
except kiwisolver.UnsatisfiableConstraint:
    pass
else:
    raise AssertionError("5 was taken for more than 13")

# A row of boxes in a window: the window's width is dragged, a minimum holds.
solver, width = Solver(), Variable("width")
boxes = left, middle, right = [Variable(name) for name in ("left", "middle", "right")]
solver.addConstraint(left + middle + right == width)
for box in boxes:
    solver.addConstraint(box >= 10)
solver.addConstraint((left == 20) | "medium")
solver.addConstraint((middle == 2 * right) | "weak")
solver.addEditVariable(width, "strong")
for wanted, sizes in ((110, [20, 60, 30]), (50, [20, 20, 10]), (5, [10, 10, 10])):
    solver.suggestValue(width, wanted)
    solver.updateVariables()
    found = [box.value() for box in boxes]
    assert all(abs(a - b) < 1e-9 for a, b in zip(found, sizes)), (wanted, found)
