# imports: patsy
# exercises: formulas to matrices: codings, interactions, functions, a transform that remembers,
#   missing values, contrasts, a constraint
# versions: >=0.5
import numpy as np
import patsy

x, y = np.array([1.0, 2.0, 3.0, 6.0]), np.array([2.0, 4.0, 6.0, 12.0])
data = {"x": x, "kind": ["a", "b", "c", "b"], "y": y}
left, right = patsy.dmatrices("y ~ x + kind", data)
names = right.design_info.column_names
assert names == ["Intercept", "kind[T.b]", "kind[T.c]", "x"], names
assert np.asarray(right).tolist() == [[1, 0, 0, 1], [1, 1, 0, 2], [1, 0, 1, 3], [1, 1, 0, 6]]
assert (np.asarray(left)[:, 0] == y).all()


def columns(formula, values=data):
    return np.asarray(patsy.dmatrix(formula, values)).T.tolist()


assert columns("0 + kind") == [[1, 0, 0, 0], [0, 1, 0, 1], [0, 0, 1, 0]]
assert columns("0 + x:y + I(x + y)") == [[2, 8, 18, 72], [3, 6, 9, 18]]
assert columns("0 + np.log2(x)")[0][1] == 1
assert columns("x * y - y - 1") == [x.tolist(), [2, 8, 18, 72]]
assert columns("C(kind, Sum)")[1:] == [[1, 0, -1, 0], [0, 1, -1, 1]]
assert columns("0 + x", {"x": [1.0, float("nan"), 3.0]}) == [[1, 3]]
terms = patsy.ModelDesc.from_formula("y ~ (a + b + c)**2 - a:b").rhs_termlist
assert {term.name() for term in terms} == {"Intercept", "a", "b", "c", "a:c", "b:c"}, terms

# center() keeps the mean of the first data: 3.
first = patsy.dmatrix("0 + center(x)", data)
assert np.asarray(first)[:, 0].tolist() == [-2, -1, 0, 3]
(later,) = patsy.build_design_matrices([first.design_info], {"x": [3.0, 10.0]})
assert np.asarray(later).tolist() == [[0], [7]], later
constraint = right.design_info.linear_constraint("2 * x = kind[T.b] + 1")
assert constraint.coefs.tolist() == [[0, -1, 0, 2]] and constraint.constants.tolist() == [[1]]
