# imports: Cython, cython, Cython.Compiler.Main, Cython.Tempita
# exercises: modules translated to C: typed functions, classes, memory views, C's own functions,
#   pure Python with types, mistakes; the types' stand-ins without compilation, templates
# versions: >=3.0
import contextlib
import io
import os

import cython
from Cython import Tempita
from Cython.Compiler.Main import compile as translate


def write(name, text):
    with open(name, "w", encoding="utf-8") as file:
        file.write(text)


write(
    "fast.pyx",
    """
from libc.math cimport sqrt
cimport cython

cdef int add(int left, int right) nogil:
    return left + right

cdef class Point:
    cdef public double x
    def __init__(self, double x):
        self.x = x
    cpdef double root(self):
        return sqrt(self.x)

@cython.boundscheck(False)
def total(double[:] values):
    cdef Py_ssize_t index
    cdef double result = 0
    for index in range(values.shape[0]):
        result += values[index]
    return result

async def later(n):
    return [add(k, 1) for k in range(n)]
""",
)
write("typed.py", "import cython\n\ndef cube(n: cython.int) -> cython.int:\n    return n * n * n\n")
for source, marks in (
    (
        "fast.pyx",
        ("PyInit_fast", "sqrt(", "__pyx_memoryview", "for (", "struct __pyx_obj_4fast_Point"),
    ),
    ("typed.py", ("PyInit_typed", "cube")),
):
    result = translate(source, language_level=3)
    assert result.num_errors == 0 and os.path.samefile(
        result.c_file, os.path.splitext(source)[0] + ".c"
    )
    with open(result.c_file, encoding="utf-8") as file:
        code = file.read()
    assert [mark for mark in marks if mark not in code] == [], source
    assert code.count("{") > 500 and '#include "Python.h"' in code
assert "(__pyx_v_n * __pyx_v_n)" in code, "the product is not C's own"

write("wrong.pyx", "cdef int number = 1\ncdef str text = number\nundefined_name + 1\n")
told = io.StringIO()
with contextlib.redirect_stderr(told):
    result = translate("wrong.pyx", language_level=3)
assert result.num_errors >= 1 and "wrong.pyx:3:" in told.getvalue(), told.getvalue()

# Without compilation the same code runs as plain Python.
assert cython.compiled is False
assert (cython.cdiv(-7, 2), cython.cmod(-7, 2)) == (-3, -1)  # as in C
assert cython.cast(cython.int, 3.7) == 3 and cython.declare(cython.double, 2) == 2.0
pair = cython.struct(a=cython.int, b=cython.double)
assert pair(a=1, b=2.5).b == 2.5 and cython.typedef(cython.long)(4) == 4
numbers = cython.declare(cython.int[3])
numbers[2] = 7
assert numbers[2] == 7


@cython.cfunc
@cython.locals(n=cython.int)
@cython.returns(cython.int)
def double(n):
    with cython.nogil:
        return 2 * n


assert double(4) == 8
template = "{{for n in names}}<{{n}}{{if n == 'b'}}!{{endif}}>{{endfor}}{{py: x = 6}}{{x * 7}}"
assert Tempita.sub(template, names=["a", "b"]) == "<a><b!>42"
