# imports: scipy, scipy.linalg, scipy.sparse, scipy.special, scipy.optimize, scipy.fft,
#   scipy.spatial, scipy.stats
# exercises: special functions, LAPACK, sparse solver, optimiser, quadrature, FFT, k-d tree, a
#   distribution
# versions: >=1.9.2
import numpy as np
from scipy import fft, integrate, linalg, optimize, sparse, spatial, special, stats
from scipy.sparse.linalg import spsolve

assert abs(special.gamma(5.0) - 24.0) < 1e-12
assert abs(special.erf(1.0) - 0.8427007929497149) < 1e-14
assert abs(special.jv(0, 2.404825557695773)) < 1e-12

matrix = np.array([[4.0, 1.0], [1.0, 3.0]])
assert np.allclose(linalg.cholesky(matrix, lower=True) @ linalg.cholesky(matrix), matrix)
assert np.allclose(linalg.expm(np.zeros((3, 3))), np.eye(3))

size = 50
laplace = sparse.diags([-1.0, 2.0, -1.0], [-1, 0, 1], shape=(size, size), format="csc")
wanted = np.linspace(0.0, 1.0, size)
assert np.allclose(spsolve(laplace, laplace @ wanted), wanted)

assert abs(optimize.brentq(lambda x: x * x - 2.0, 0.0, 2.0) - 2.0**0.5) < 1e-9
found = optimize.minimize(lambda x: (x[0] - 3.0) ** 2 + (x[1] + 1.0) ** 2, [0.0, 0.0])
assert np.allclose(found.x, [3.0, -1.0], atol=1e-4), found.x
assert abs(integrate.quad(np.sin, 0.0, np.pi)[0] - 2.0) < 1e-12

signal = np.array([1.0, 2.0, 0.0, -1.0])
assert np.allclose(fft.ifft(fft.fft(signal)).real, signal)
assert np.allclose(fft.fft(signal)[0], 2.0)

distance, index = spatial.cKDTree([[0.0, 0.0], [3.0, 4.0]]).query([3.0, 3.0])
assert (distance, index) == (1.0, 1), (distance, index)

assert abs(stats.norm.cdf(1.959963984540054) - 0.975) < 1e-12
