# imports: mpmath, mpmath.libmp
# exercises: constants and functions to many digits, quadrature, a sum, a root, matrices, an
#   interval, Machin's formula found
# versions: >=1.0
from mpmath import iv, mp

mp.dps = 50
assert mp.nstr(mp.pi, 50) == "3.1415926535897932384626433832795028841971693993751"
assert mp.nstr(mp.e, 30) == "2.71828182845904523536028747135"


def near(value, wanted):
    return abs(value - wanted) < mp.mpf(10) ** -45


# Identities that hold to every digit.
assert near(mp.zeta(2), mp.pi**2 / 6)
assert near(mp.gamma(0.5), mp.sqrt(mp.pi))
assert near(mp.exp(mp.mpc(0, mp.pi)), -1)
assert near(mp.besselj(0.5, 2), mp.sqrt(1 / mp.pi) * mp.sin(2))
assert near(mp.hyp2f1(1, 1, 2, mp.mpf("0.5")), 2 * mp.log(2))

assert near(mp.quad(lambda t: mp.exp(-t * t), [-mp.inf, mp.inf]), mp.sqrt(mp.pi))
assert near(mp.diff(mp.sin, 0), 1)
assert near(mp.nsum(lambda k: 1 / k**2, [1, mp.inf]), mp.pi**2 / 6)
assert near(mp.findroot(lambda t: t**3 - 2, 1.2) ** 3, 2)

matrix = mp.matrix([[4, 1], [2, 3]])
assert near(mp.det(matrix), 10)
solved = mp.lu_solve(matrix, mp.matrix([6, 8]))
assert near(solved[0], 1) and near(solved[1], 2), solved

tenth = iv.mpf(1) / 10
assert tenth.a < tenth.b and 1 in tenth * 10
machin = [int(number) for number in mp.pslq([mp.pi, mp.acot(5), mp.acot(239)])]
assert machin in ([1, -16, 4], [-1, 16, -4]), machin
