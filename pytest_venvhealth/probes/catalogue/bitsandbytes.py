# imports: bitsandbytes, bitsandbytes.functional, bitsandbytes.nn
# exercises: numbers in eight and four bits and back, in native code on the processor, by tables
#   known beforehand; linear layers of four and eight bits against the plain one
# versions: >=0.46
# timeout: 180
import bitsandbytes
import torch
from bitsandbytes import functional
from bitsandbytes.cextension import ErrorHandlerMockBNBNativeLibrary, lib

# Without its library it is imported all the same, and computes in torch or not at all.
assert not isinstance(lib, ErrorHandlerMockBNBNativeLibrary), "the native library does not load"
torch.manual_seed(0)

# Whole numbers from -127 to 127 are on the linear scale of eight bits; 0 is there twice.
numbers = torch.cat([torch.arange(-127.0, 0.0), torch.arange(1.0, 128.0)])
code = functional.create_linear_map(signed=True)
small, state = functional.quantize_blockwise(numbers, code=code, blocksize=256)
assert small.dtype == torch.uint8 and state.absmax.tolist() == [127.0], state.absmax
assert small.tolist() == [*range(127), *range(129, 256)], small
back = functional.dequantize_blockwise(small, state)
assert torch.allclose(back, numbers, atol=1e-4), back
# Each block has a scale of its own.
_, state = functional.quantize_blockwise(numbers[:128], code=code, blocksize=64)
assert state.absmax.tolist() == [127.0, 63.0], state.absmax

# The sixteen numbers of NF4, from the paper of QLoRA; two of them share a byte.
negative = [-1.0, -0.6961928, -0.5250731, -0.3949175, -0.2844414, -0.1847734, -0.0910500, 0.0]
positive = [0.0795803, 0.1609302, 0.2461123, 0.3379152, 0.4407098, 0.5626170, 0.7229568, 1.0]
block = 3.0 * torch.tensor(negative + positive).repeat(4)
packed, state = functional.quantize_4bit(block, blocksize=64, quant_type="nf4")
assert packed.numel() == 32 and state.absmax.tolist() == [3.0], (packed, state.absmax)
assert bytes(packed.ravel().tolist()[:8]).hex() == "0123456789abcdef", packed
back = functional.dequantize_4bit(packed, state)
assert torch.allclose(back.ravel(), block, atol=1e-5), back

plain = torch.nn.Linear(128, 64)
values = torch.randn(5, 128)
expected = plain(values)
for layer, bound in (
    (bitsandbytes.nn.Linear4bit(128, 64, compute_dtype=torch.float32, quant_type="nf4"), 0.15),
    (bitsandbytes.nn.Linear8bitLt(128, 64, has_fp16_weights=False), 0.03),
):
    layer.load_state_dict(plain.state_dict())
    layer = layer.to("cpu")
    far = (layer(values) - expected).norm() / expected.norm()
    assert 0.0 < far < bound, (layer, far)
