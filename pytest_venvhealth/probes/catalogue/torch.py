# imports: torch, torch.nn, torch.optim, torch.utils.data
# exercises: matrix products, solver and FFT, numpy and back, numbers of several types, autograd of
#   first and second order, optimisers, convolution, attention and a recurrent cell, saving and
#   loading, a data loader, a traced module, a process group of one
# timeout: 120
import importlib.util
import io
import os
import socket
import sys

import torch
import torch.distributed
import torch.fx
from torch import nn

torch.manual_seed(0)

# Matrix product, worked out by hand, and a larger one against the sum of its parts.
left = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
right = torch.tensor([[5.0, 6.0], [7.0, 8.0]])
assert torch.matmul(left, right).tolist() == [[19.0, 22.0], [43.0, 50.0]], torch.matmul(left, right)
a, b = torch.randn(40, 30), torch.randn(30, 20)
assert torch.allclose(a @ b, (a.unsqueeze(2) * b.unsqueeze(0)).sum(1), atol=1e-4)
assert torch.arange(1, 101).sum().item() == 5050
assert torch.allclose(torch.linalg.solve(left, torch.tensor([5.0, 11.0])), torch.tensor([1.0, 2.0]))
assert torch.allclose(torch.fft.ifft(torch.fft.fft(a)).real, a, atol=1e-4)
values, order = torch.tensor([3, 1, 2]).sort()
assert values.tolist() == [1, 2, 3] and order.tolist() == [1, 2, 0]

# Small whole numbers are exact in every type. (Old releases have no product of float16 here.)
for dtype in (torch.float64, torch.bfloat16, torch.int64, torch.complex128):
    product = left.to(dtype) @ right.to(dtype)
    assert product.dtype == dtype, product
    assert product.to(torch.complex128).real.tolist() == [[19.0, 22.0], [43.0, 50.0]], product
# 1/3 has 53, 24, 11 and 8 bits in these.
for dtype, bits in (
    (torch.float64, 53),
    (torch.float32, 24),
    (torch.float16, 11),
    (torch.bfloat16, 8),
):
    third = torch.ones((), dtype=dtype) / 3
    assert abs(third.double().item() - 1 / 3) < 2.0**-bits, third
    assert torch.finfo(dtype).eps == 2.0 ** (1 - bits)
assert torch.tensor([127], dtype=torch.int8).add(1).tolist() == [-128]
assert (torch.tensor([1j]) ** 2).tolist() == [-1 + 0j]

# numpy is optional for torch; where it is there, memory is shared in both directions.
if importlib.util.find_spec("numpy") is not None:
    import numpy as np

    array = np.array([1.0, 2.0, 3.0])
    tensor = torch.from_numpy(array)
    tensor[0] = 7.0
    assert array[0] == 7.0, array
    assert tensor.numpy().tolist() == [7.0, 2.0, 3.0]

# Autograd: d/dw (w x - y)^2 = 2 x (w x - y); one step of gradient descent.
weight = torch.tensor(3.0, requires_grad=True)
optimizer = torch.optim.SGD([weight], lr=0.1)
loss = (weight * 2.0 - 4.0) ** 2
loss.backward()
assert weight.grad.item() == 8.0, weight.grad
optimizer.step()
assert abs(weight.item() - 2.2) < 1e-6, weight
# The first step of Adam is the learning rate, against the gradient's sign.
weight = torch.tensor([5.0, -5.0], requires_grad=True)
optimizer = torch.optim.Adam([weight], lr=0.5)
(weight**2).sum().backward()
optimizer.step()
assert torch.allclose(weight, torch.tensor([4.5, -4.5])), weight
x = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
(slope,) = torch.autograd.grad(x**3, x, create_graph=True)
(curve,) = torch.autograd.grad(slope, x)
assert (slope.item(), curve.item()) == (12.0, 12.0), (slope, curve)


class Clip(torch.autograd.Function):
    @staticmethod
    def forward(ctx, value):
        return value.clamp(0.0, 1.0)

    @staticmethod
    def backward(ctx, gradient):
        return gradient * 3.0


Clip.apply(x).backward()
assert x.grad.item() == 3.0, x.grad
module = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1)).double()
start = torch.randn(2, 3, dtype=torch.float64, requires_grad=True)
assert torch.autograd.gradcheck(module, (start,))

# A convolution with ones sums up each window.
image = torch.arange(16.0).reshape(1, 1, 4, 4)
summed = nn.functional.conv2d(image, torch.ones(1, 1, 2, 2))
assert summed[0, 0].tolist() == [[10.0, 14.0, 18.0], [26.0, 30.0, 34.0], [42.0, 46.0, 50.0]], summed
assert torch.allclose(torch.softmax(torch.tensor([0.0, 0.0]), 0), torch.tensor([0.5, 0.5]))
query, key, value = torch.randn(3, 1, 2, 5, 4)
shares = torch.softmax(query @ key.transpose(-1, -2) / 2.0, -1)
if hasattr(nn.functional, "scaled_dot_product_attention"):
    attended = nn.functional.scaled_dot_product_attention(query, key, value)
    assert torch.allclose(attended, shares @ value, atol=1e-5)
recurrent = nn.LSTM(4, 3, batch_first=True)
whole, _ = recurrent(query[0])
early, state = recurrent(query[0][:, :2])
late, _ = recurrent(query[0][:, 2:], state)
assert torch.allclose(whole, torch.cat([early, late], 1), atol=1e-5)

model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
file = io.BytesIO()
torch.save({"model": model.state_dict(), "half": torch.ones(2, dtype=torch.bfloat16)}, file)
file.seek(0)
loaded = torch.load(file, weights_only=True)
twin = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
twin.load_state_dict(loaded["model"])
assert torch.equal(model(torch.ones(2, 3)), twin(torch.ones(2, 3)))
assert torch.equal(loaded["half"], torch.ones(2, dtype=torch.bfloat16))

loader = torch.utils.data.DataLoader(list(range(6)), batch_size=2)
assert [batch.tolist() for batch in loader] == [[0, 1], [2, 3], [4, 5]]

traced = torch.fx.symbolic_trace(model)
assert [node.op for node in traced.graph.nodes].count("call_module") == 3
assert torch.equal(traced(torch.ones(2, 3)), model(torch.ones(2, 3)))

if torch.distributed.is_available() and sys.platform == "linux":
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname(), timeout=10).close()
        loopback = any(name == "lo" for _, name in socket.if_nameindex())
    except OSError:
        loopback = False  # a machine whose every interface is down says nothing of torch
    if loopback and getattr(torch.distributed, "is_gloo_available", lambda: False)():
        os.environ["GLOO_SOCKET_IFNAME"] = "lo"
        store = torch.distributed.HashStore()
        torch.distributed.init_process_group("gloo", store=store, rank=0, world_size=1)
        shared = torch.tensor([1.0, 2.0])
        torch.distributed.all_reduce(shared)
        assert shared.tolist() == [1.0, 2.0], shared
        copies = [torch.zeros(2)]
        torch.distributed.all_gather(copies, shared)
        assert copies[0].tolist() == [1.0, 2.0], copies
        torch.distributed.destroy_process_group()
