# imports: triton, triton.language, triton.compiler
# exercises: a kernel compiled for a GPU that need not be there, through MLIR and LLVM to the
#   machine's own code; with torch and numpy, kernels run by the interpreter on the processor
# versions: >=3.2
# timeout: 120
import importlib.util
import os
import sys

import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

# Triton reads the text of its kernels, so they need a file.
with open("kernels.py", "w") as file:
    file.write(
        """
import triton.language as tl

def scale_and_add(x, y, out, size, factor, BLOCK: tl.constexpr):
    place = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    inside = place < size
    total = tl.load(x + place, mask=inside) * factor + tl.load(y + place, mask=inside)
    tl.store(out + place, total, mask=inside)

def square(x, out, BLOCK: tl.constexpr):
    row, column = tl.arange(0, BLOCK)[:, None], tl.arange(0, BLOCK)[None, :]
    matrix = tl.load(x + row * BLOCK + column)
    tl.store(out + row * BLOCK + column, tl.dot(matrix, matrix))

def error_function(x, out):
    tl.store(out, tl.erf(tl.load(x)))
"""
    )
sys.path.insert(0, os.getcwd())
import kernels

target = GPUTarget("cuda", 80, 32)
kinds = {"x": "*fp32", "y": "*fp32", "out": "*fp32", "size": "i32", "factor": "fp32"}
kinds["BLOCK"] = "constexpr"
source = ASTSource(triton.jit(kernels.scale_and_add), kinds, {"BLOCK": 128})
made = triton.compile(source, target=target)
assert "tt.get_program_id x" in made.asm["ttir"] and "tt.load" in made.asm["ttir"]
assert "llvm.nvvm" in made.asm["llir"], made.asm["llir"][:500]
code = made.asm["ptx"]
assert ".target sm_80" in code and "scale_and_add" in code, code[:500]
assert code.count("ld.global") == 2 and code.count("st.global") == 1, code
assert "fma.rn.f32" in code, code
# An ELF file for the machine number 190, CUDA.
assert made.asm["cubin"][:4] == b"\x7fELF" and made.asm["cubin"][18] == 190
# This one is in the library of CUDA's device functions, and has nothing open when it is linked.
source = ASTSource(triton.jit(kernels.error_function), {"x": "*fp32", "out": "*fp32"})
code = triton.compile(source, target=target).asm["ptx"]
assert "ex2.approx" in code and ".extern .func" not in code, code
assert triton.cdiv(10, 4) == 3 and triton.next_power_of_2(100) == 128

if all(importlib.util.find_spec(name) is not None for name in ("torch", "numpy")):
    import torch

    os.environ["TRITON_INTERPRET"] = "1"
    x, y, out = torch.arange(16.0), torch.ones(16), torch.full((16,), -1.0)
    triton.jit(kernels.scale_and_add)[(2,)](x, y, out, 9, 3.0, BLOCK=8)
    assert out.tolist() == [3.0 * number + 1.0 for number in range(9)] + [-1.0] * 7, out
    turn = torch.eye(16).roll(1, 0)
    out = torch.empty(16, 16)
    triton.jit(kernels.square)[(1,)](turn, out, BLOCK=16)
    assert torch.equal(out, torch.eye(16).roll(2, 0)), out
