# imports: cffi
# exercises: integers, structures, arrays and text in C memory, callbacks, the C library's own
#   functions, the C source of an extension module (not compiled)
# versions: >=1.15.1
import os
import pathlib

import cffi

ffi = cffi.FFI()
ffi.cdef("""
    typedef struct { char tag; int32_t number; double parts[3]; struct node *next; } record;
    struct node { struct node *next; uint8_t value; };
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
try:
    node.value = 256
except OverflowError:
    pass
else:
    raise AssertionError("256 was put into a byte")
assert int(ffi.cast("int8_t", 200)) == -56 and int(ffi.cast("uint16_t", -1)) == 65535

text = ffi.new("char[]", b"hello")
ffi.memmove(text, b"J", 1)
assert ffi.string(text) == b"Jello" and ffi.sizeof(text) == 6
data = bytearray(8)
ffi.cast("int32_t *", ffi.from_buffer(data))[1] = -1
assert data == b"\x00" * 4 + b"\xff" * 4


@ffi.callback("int(const void *, const void *)")
def compare(left, right):
    return ffi.cast("int32_t *", left)[0] - ffi.cast("int32_t *", right)[0]


numbers = ffi.new("int32_t[]", [5, 3, 9])
assert compare(numbers, numbers + 1) == 2
if os.name == "posix":
    lib = ffi.dlopen(None)
    assert lib.strlen(b"four") == 4
    lib.qsort(numbers, 3, 4, compare)
    assert list(numbers) == [3, 5, 9]
    out = ffi.new("char[20]")
    assert lib.snprintf(out, 20, b"%d-%s", ffi.cast("int", 7), ffi.new("char[]", b"x")) == 3
    assert ffi.string(out) == b"7-x"

builder = cffi.FFI()
builder.cdef("int twice(int);")
builder.set_source("_probe_twice", "static int twice(int n) { return 2 * n; }")
builder.emit_c_code("twice.c")
source = pathlib.Path("twice.c").read_text()
assert "PyInit__probe_twice" in source and "_cffi_f_twice" in source
