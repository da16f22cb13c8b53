# imports: numpy, numpy.linalg, numpy.fft, numpy.random
# exercises: ufuncs, BLAS matrix product, LAPACK solve and eigenvalues, FFT, seeded random numbers,
#   the .npy format
# versions: >=1.23.2
import io

import numpy as np

numbers = np.arange(1, 101, dtype=np.int64)
assert int(numbers.sum()) == 5050, numbers.sum()
assert int((numbers**2).sum()) == 338350
assert np.allclose(np.sin(np.array([0.0, np.pi / 6, np.pi / 2])), [0.0, 0.5, 1.0])

# BLAS: (AB)(AB)^-1 = 1, and one product worked out by hand.
left = np.array([[1.0, 2.0], [3.0, 4.0]])
right = np.array([[5.0, 6.0], [7.0, 8.0]])
assert (left @ right).tolist() == [[19.0, 22.0], [43.0, 50.0]], left @ right
big = np.random.default_rng(1).standard_normal((60, 60))
assert np.allclose(big @ np.linalg.inv(big), np.eye(60), atol=1e-8)

# LAPACK
assert np.allclose(np.linalg.solve(left, [5.0, 11.0]), [1.0, 2.0])
assert abs(np.linalg.det(left) + 2.0) < 1e-12
assert np.allclose(np.linalg.eigvalsh([[2.0, 1.0], [1.0, 2.0]]), [1.0, 3.0])

assert np.allclose(np.fft.fft([1.0, 0.0, -1.0, 0.0]), [0.0, 2.0, 0.0, 2.0])

first, second = (np.random.default_rng(7).integers(0, 1000, 5) for _ in range(2))
assert (first == second).all()
# A bit generator's stream never changes (numpy's NEP 19); the first word of numpy's own test set.
assert int(np.random.PCG64(0xDEADBEAF).random_raw()) == 0x60D24054E17A0698

file = io.BytesIO()
np.save(file, left)
file.seek(0)
assert file.getvalue().startswith(b"\x93NUMPY")
assert (np.load(file) == left).all()
