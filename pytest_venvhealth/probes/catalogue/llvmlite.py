# imports: llvmlite, llvmlite.ir, llvmlite.binding
# exercises: building a function (a loop with phi nodes, constants, calls), parsing, verifying,
#   optimizing, bitcode, assembly, compiling and calling it through ctypes
# versions: >=0.30
import contextlib
import ctypes
import re

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
index, total = builder.phi(int64, "index"), builder.phi(int64, "total")
added = builder.add(total, index)
following = builder.add(index, ir.Constant(int64, 1))
for phi, first, later in ((index, 1, following), (total, 0, added)):
    phi.add_incoming(ir.Constant(int64, first), start)
    phi.add_incoming(later, loop)
more = builder.icmp_signed("<=", following, function.args[0])
builder.cbranch(more, loop, end)
builder.position_at_end(end)
builder.ret(added)

# double mean(double a, double b), and one that calls it.
double = ir.DoubleType()
mean = ir.Function(module, ir.FunctionType(double, [double, double]), name="mean")
builder = ir.IRBuilder(mean.append_basic_block())
builder.ret(builder.fdiv(builder.fadd(*mean.args), ir.Constant(double, 2.0)))
square = ir.Function(module, ir.FunctionType(double, [double]), name="square_of_mean")
builder = ir.IRBuilder(square.append_basic_block())
called = builder.call(mean, [square.args[0], ir.Constant(double, 10.0)])
builder.ret(builder.fmul(called, called))

parsed = llvm.parse_assembly(str(module))
parsed.verify()
defined = [each.name for each in parsed.functions if not each.is_declaration]
assert defined == ["triangle", "mean", "square_of_mean"], defined
again = llvm.parse_bitcode(parsed.as_bitcode())
assert parsed.as_bitcode()[:4] == b"BC\xc0\xde"
assert [each.name for each in again.functions] == [each.name for each in parsed.functions]
try:
    llvm.parse_assembly("define i32 @f() { ret i64 1 }")
except RuntimeError:
    pass
else:
    raise AssertionError("a value of a wrong type was accepted")

target = llvm.Target.from_default_triple()
machine = target.create_target_machine(opt=2)
if hasattr(llvm, "create_pass_builder"):
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    passes = llvm.create_pass_builder(machine, options)
    before = str(parsed.get_function("square_of_mean"))
    passes.getModulePassManager().run(parsed, passes)
    body = str(parsed.get_function("square_of_mean"))
    assert "call" in before and "call" not in body, body  # inlined
assert re.search(r"\btriangle:|_triangle:", machine.emit_assembly(parsed))
assert len(machine.emit_object(parsed)) > 200

with llvm.create_mcjit_compiler(parsed, machine) as engine:
    engine.finalize_object()
    address = engine.get_function_address
    triangle = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(address("triangle"))
    assert [triangle(number) for number in (1, 4, 100)] == [1, 10, 5050]
    squared = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(address("square_of_mean"))
    assert squared(4.0) == 49.0, squared(4.0)
