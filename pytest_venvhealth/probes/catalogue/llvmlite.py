# imports: llvmlite, llvmlite.ir, llvmlite.binding
# exercises: two functions built, one with a loop, parsed, verified, as bitcode and machine code,
#   compiled and called through ctypes
# versions: >=0.30
import contextlib
import ctypes

import llvmlite.binding as llvm
from llvmlite import ir

with contextlib.suppress(RuntimeError):
    llvm.initialize()  # before 0.45 it was needed, since then it raises this
llvm.initialize_native_target()
llvm.initialize_native_asmprinter()

# int64 triangle(int64 n): the sum of 1 to n, in a loop.
int64 = ir.IntType(64)
module = ir.Module(name="probe")
function = ir.Function(module, ir.FunctionType(int64, [int64]), name="triangle")
start, loop, end = (function.append_basic_block(name) for name in ("start", "loop", "end"))
builder = ir.IRBuilder(start)
builder.branch(loop)
builder.position_at_end(loop)
index, total = builder.phi(int64), builder.phi(int64)
added = builder.add(total, index)
following = builder.add(index, int64(1))
for phi, first, later in ((index, 1, following), (total, 0, added)):
    phi.add_incoming(int64(first), start)
    phi.add_incoming(later, loop)
builder.cbranch(builder.icmp_signed("<=", following, function.args[0]), loop, end)
builder.position_at_end(end)
builder.ret(added)

# double mean(double a, double b)
double = ir.DoubleType()
mean = ir.Function(module, ir.FunctionType(double, [double, double]), name="mean")
builder = ir.IRBuilder(mean.append_basic_block())
builder.ret(builder.fdiv(builder.fadd(*mean.args), double(2.0)))

parsed = llvm.parse_assembly(str(module))
parsed.verify()
assert parsed.as_bitcode()[:4] == b"BC\xc0\xde"
again = llvm.parse_bitcode(parsed.as_bitcode())
assert [each.name for each in again.functions] == ["triangle", "mean"]

machine = llvm.Target.from_default_triple().create_target_machine(opt=2)
assert "triangle:" in machine.emit_assembly(parsed)
with llvm.create_mcjit_compiler(parsed, machine) as engine:
    engine.finalize_object()
    address = engine.get_function_address
    triangle = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(address("triangle"))
    assert [triangle(number) for number in (1, 4, 100)] == [1, 10, 5050]
    mean = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double, ctypes.c_double)(address("mean"))
    assert mean(4.0, 10.0) == 7.0
