# imports: xformers, xformers.ops, xformers.ops.fmha.attn_bias
# exercises: the masks of attention as matrices, sequences packed into blocks and split again, the
#   gated unit and a stacked tensor taken apart, forward and backward; attention itself where there
#   is a GPU, as it has no code for the processor
# versions: >=0.0.23
# timeout: 180
import math

import torch
import xformers.ops
from xformers.ops.fmha import attn_bias

torch.manual_seed(0)


def seen(bias, *shape):
    """Return what each query may look at, as rows of 1 and 0."""
    matrix = bias.materialize(shape)
    assert set(matrix.unique().tolist()) <= {0.0, -math.inf}, matrix
    return ["".join("1" if value == 0 else "0" for value in row) for row in matrix.tolist()]


assert seen(attn_bias.LowerTriangularMask(), 3, 3) == ["100", "110", "111"]
assert seen(attn_bias.LowerTriangularFromBottomRightMask(), 2, 4) == ["1110", "1111"]
blocks = attn_bias.BlockDiagonalMask.from_seqlens([1, 2], kv_seqlen=[2, 3])
assert seen(blocks, 3, 5) == ["11000", "00111", "00111"]
assert seen(blocks.make_causal(), 3, 5) == ["10000", "00100", "00110"]
assert seen(blocks.make_causal_from_bottomright(), 3, 5) == ["11000", "00110", "00111"]

texts = [torch.randn(1, length, 2, 4) for length in (3, 1, 2)]
packing, packed = attn_bias.BlockDiagonalMask.from_tensor_list(texts)
assert packed.shape == (1, 6, 2, 4) and packing.q_seqinfo.seqstart_py == [0, 3, 4, 6]
assert all(torch.equal(a, b) for a, b in zip(packing.split(packed), texts))

unit = xformers.ops.SwiGLU(6, 5, 4, bias=True)
x = torch.randn(3, 6, requires_grad=True)
(w1, w2), (b1, b2) = unit.w12.weight.chunk(2), unit.w12.bias.chunk(2)
w3, b3 = unit.w3.weight, unit.w3.bias
made = unit(x)
expected = torch.nn.functional.silu(x @ w1.T + b1) * (x @ w2.T + b2) @ w3.T + b3
assert torch.allclose(made, expected, atol=1e-5), made
slopes = [torch.autograd.grad(each.square().sum(), [x, w3]) for each in (made, expected)]
assert all(torch.allclose(a, b, atol=1e-4) for a, b in zip(*slopes))

whole = torch.arange(12.0).reshape(3, 4).requires_grad_()
parts = xformers.ops.unbind(whole, 0)
assert [part.tolist() for part in parts] == whole.tolist()
again = xformers.ops.stack_or_none(parts, 0)
assert again.data_ptr() == whole.data_ptr() and torch.equal(again, whole)
(parts[0] * 2 + parts[2] * 3).sum().backward()
assert whole.grad.tolist() == [[2.0] * 4, [0.0] * 4, [3.0] * 4], whole.grad

if torch.cuda.is_available():
    query, key, value = torch.randn(3, 1, 8, 2, 16, device="cuda", dtype=torch.float16)
    causal = attn_bias.LowerTriangularMask()
    answer = xformers.ops.memory_efficient_attention(query, key, value, attn_bias=causal)
    scores = torch.einsum("bqhd,bkhd->bhqk", query.float(), key.float()) / 4
    scores = scores + causal.materialize((8, 8), device="cuda")
    expected = torch.einsum("bhqk,bkhd->bqhd", scores.softmax(-1), value.float())
    assert torch.allclose(answer.float(), expected, atol=1e-2)
