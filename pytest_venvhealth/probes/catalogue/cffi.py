# imports: cffi
# exercises: declarations parsed; integers, structures, arrays and text in C memory, callbacks, the
#   C library's own functions, the C source of an extension module (not compiled)
# versions: >=1.4
import os
import pathlib
import tempfile

import cffi

ffi = cffi.FFI()
ffi.cdef("""
    typedef struct { char tag; int32_t number; double parts[3]; struct node *next; } record;
    struct node { struct node *next; uint8_t value; };
    union both { uint32_t word; uint8_t bytes[4]; };
    enum color { RED, GREEN = 5, BLUE };
    struct bits { unsigned low : 3, high : 5; };
    #define LIMIT 42
    int abs(int);
    size_t strlen(const char *);
    void qsort(void *, size_t, size_t, int (*)(const void *, const void *));
    int snprintf(char *, size_t, const char *, ...);
""")

assert ffi.sizeof("int32_t") == 4 and ffi.sizeof("record") == 32 + ffi.sizeof("void *")
assert ffi.offsetof("record", "parts") == 8 and ffi.alignof("int16_t") == 2
item = ffi.new("record *", {"tag": b"x", "number": -7, "parts": [0.5, 1.5]})
assert (item.tag, item.number, list(item.parts)) == (b"x", -7, [0.5, 1.5, 0.0])
node = ffi.new("struct node *", {"value": 200})
item.next = node
assert item.next.value == 200 and item.next.next == ffi.NULL
node.value = 255
try:
    node.value = 256
except OverflowError:
    pass
else:
    raise AssertionError("256 was put into a byte")
both = ffi.new("union both *", {"word": 0x01010101})
assert list(both.bytes) == [1, 1, 1, 1]
bits = ffi.new("struct bits *", {"low": 7, "high": 30})
assert (bits.low, bits.high) == (7, 30)
assert ffi.typeof("enum color").relements == {"RED": 0, "GREEN": 5, "BLUE": 6}
assert int(ffi.cast("int8_t", 200)) == -56 and int(ffi.cast("uint16_t", -1)) == 65535

numbers = ffi.new("int32_t[]", [5, 3, 9])
assert len(numbers) == 3 and (numbers + 1)[0] == 3
text = ffi.new("char[]", b"hello")
assert ffi.string(text) == b"hello" and ffi.sizeof(text) == 6 and ffi.string(text, 2) == b"he"
ffi.memmove(text, b"J", 1)
assert ffi.string(text) == b"Jello"
data = bytearray(b"\x00" * 8)
ffi.cast("int32_t *", ffi.from_buffer(data))[1] = -1
assert data == b"\x00" * 4 + b"\xff" * 4
handle = ffi.new_handle(numbers)
assert ffi.from_handle(handle) is numbers


@ffi.callback("int(const void *, const void *)")
def compare(left, right):
    return ffi.cast("int32_t *", left)[0] - ffi.cast("int32_t *", right)[0]


assert compare(numbers, numbers + 1) == 2
if os.name == "posix":
    lib = ffi.dlopen(None)
    assert lib.abs(-3) == 3 and lib.strlen(b"four") == 4 and lib.LIMIT == 42
    lib.qsort(numbers, 3, 4, compare)
    assert list(numbers) == [3, 5, 9]
    out = ffi.new("char[20]")
    assert lib.snprintf(out, 20, b"%d-%s", ffi.cast("int", 7), ffi.new("char[]", b"x")) == 3
    assert ffi.string(out) == b"7-x"

try:
    cffi.FFI().cdef("int f(nothing_like_it);")
except cffi.CDefError:
    pass
else:
    raise AssertionError("an unknown type was accepted")

builder = cffi.FFI()
builder.cdef("int twice(int);")
builder.set_source("_probe_twice", "static int twice(int n) { return 2 * n; }")
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder, "twice.c")
    builder.emit_c_code(str(path))
    source = path.read_text()
assert "PyInit__probe_twice" in source and "return 2 * n;" in source
assert "_cffi_f_twice" in source and "#include <Python.h>" in source
