# imports: Cython, cython, Cython.Compiler.Main
# exercises: a module translated to C: typed functions, a class, a memory view, C's own functions;
#   the types' stand-ins without compilation
# versions: >=3.0
from pathlib import Path

import cython
from Cython.Compiler.Main import compile as translate

Path("fast.pyx").write_text(
    """
from libc.math cimport sqrt

cdef int square(int n) nogil:
    return n * n

cdef class Point:
    cdef public double x
    cpdef double root(self):
        return sqrt(self.x)

def total(double[:] values):
    cdef double result = square(3)
    for index in range(values.shape[0]):
        result += values[index]
    return result
"""
)
result = translate("fast.pyx", language_level=3)
assert result.num_errors == 0
code = Path("fast.c").read_text("utf-8")
for mark in ("PyInit_fast", "sqrt(", "__pyx_memoryview", "struct __pyx_obj_4fast_Point"):
    assert mark in code, mark
assert "(__pyx_v_n * __pyx_v_n)" in code, "the product is not C's own"


@cython.cfunc
@cython.returns(cython.int)
def double(n: cython.int):
    return 2 * n


# Without compilation the same code runs as plain Python.
assert cython.compiled is False and double(4) == 8
assert (cython.cdiv(-7, 2), cython.cmod(-7, 2)) == (-3, -1)  # as in C
pair = cython.struct(a=cython.int, b=cython.double)
assert pair(a=1, b=2.5).b == 2.5
