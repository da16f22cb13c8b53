# imports: patsy
# exercises: formulas to matrices: codings, interactions, operators, functions, transforms that
#   remember, missing values, contrasts, splines where scipy is there, constraints, errors
# versions: >=0.5
import importlib.util

import numpy as np
import patsy

x, y = np.array([1.0, 2.0, 3.0, 6.0]), np.array([2.0, 4.0, 6.0, 12.0])
data = {"x": x, "kind": ["a", "b", "c", "b"], "y": y}
left, right = patsy.dmatrices("y ~ x + kind", data)
names = right.design_info.column_names
assert names == ["Intercept", "kind[T.b]", "kind[T.c]", "x"], names
assert np.asarray(right).tolist() == [[1, 0, 0, 1], [1, 1, 0, 2], [1, 0, 1, 3], [1, 1, 0, 6]]
assert (np.asarray(left)[:, 0] == y).all()
slope, *_ = np.linalg.lstsq(np.asarray(patsy.dmatrix("0 + x", data)), np.asarray(left), rcond=None)
assert abs(slope[0, 0] - 2) < 1e-12


def matrix(formula, values=data, **options):
    return np.asarray(patsy.dmatrix(formula, values, **options)).T.tolist()


assert matrix("0 + kind") == [[1, 0, 0, 0], [0, 1, 0, 1], [0, 0, 1, 0]]
assert matrix("0 + x:y") == [[2, 8, 18, 72]] and matrix("0 + I(x + y)") == [[3, 6, 9, 18]]
assert matrix("0 + np.log2(x)")[0][1] == 1
assert matrix("x * y - y - 1") == [x.tolist(), [2, 8, 18, 72]]
described = patsy.ModelDesc.from_formula("y ~ (a + b + c)**2 - a:b")
terms = {term.name() for term in described.rhs_termlist}
assert terms == {"Intercept", "a", "b", "c", "a:c", "b:c"}, terms
assert matrix("0 + C(kind, Treatment('b'))")[1] == [0, 1, 0, 1]
assert matrix("C(kind, Sum)")[1:] == [[1, 0, -1, 0], [0, 1, -1, 1]]
(helmert,) = np.asarray(patsy.dmatrix("C(k, Helmert)", {"k": ["a", "b"]}))[:, 1:].T
assert helmert.tolist() == [-1, 1]

# center() keeps the mean of the first data: 3.
first = patsy.dmatrix("center(x) + standardize(y)", data)
assert np.asarray(first)[:, 1].tolist() == [-2, -1, 0, 3]
assert np.allclose(np.asarray(first)[:, 2].std(), 1)
(later,) = patsy.build_design_matrices([first.design_info], {"x": [3.0, 10.0], "y": [6.0, 6.0]})
assert np.allclose(later, [[1, 0, 0], [1, 7, 0]]), later
gaps = {"x": [1.0, float("nan"), 3.0]}
assert matrix("0 + x", gaps) == [[1, 3]]
constraint = right.design_info.linear_constraint("2 * x = kind[T.b] + 1")
assert constraint.coefs.tolist() == [[0, -1, 0, 2]] and constraint.constants.tolist() == [[1]]
if importlib.util.find_spec("scipy") is not None:
    basis = np.asarray(patsy.dmatrix("0 + bs(x, df=4, include_intercept=True)", data))
    assert basis.shape == (4, 4) and np.allclose(basis.sum(axis=1), 1)
    assert np.allclose(basis[0], [1, 0, 0, 0])
for formula, options in (("x + ", {}), ("nothing", {}), ("x", {"NA_action": "raise"})):
    try:
        patsy.dmatrix(formula, gaps, **options)
    except patsy.PatsyError:
        pass
    else:
        raise AssertionError(formula + " was accepted")
