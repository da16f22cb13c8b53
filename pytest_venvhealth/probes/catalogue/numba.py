# imports: numba, numba.typed, numba.np.ufunc
# exercises: functions compiled to machine code: a loop, arrays and an error; a ufunc
# versions: >=0.50
import math

import numba
import numpy as np


@numba.njit("int64(int64)")
def collatz(number):
    steps = 0
    while number != 1:
        number = number // 2 if number % 2 == 0 else 3 * number + 1
        steps += 1
    return steps


assert collatz(27) == collatz.py_func(27) == 111


@numba.njit
def sums(table, scale):
    total = np.zeros(table.shape[0])
    for row in range(table.shape[0]):
        for value in table[row]:
            if value < 0:
                raise ValueError("negative")
            total[row] += value * scale
    return total, math.sqrt(total.max())


table = np.arange(12.0).reshape(3, 4)
total, root = sums(table, 2.0)
assert total.tolist() == [12.0, 44.0, 76.0] and root == math.sqrt(76.0), total
try:
    sums(-table, 1.0)
except ValueError as error:
    assert error.args == ("negative",)
else:
    raise AssertionError("the error of compiled code was lost")


@numba.vectorize(["float64(float64, float64)"])
def larger(left, right):
    return left if left > right else right


assert larger([1.0, 5.0], [[3.0], [4.0]]).tolist() == [[3.0, 5.0], [4.0, 5.0]]
