# imports: torch, torch.nn, torch.optim, torch.utils.data
# exercises: matrix products in several types, on a GPU where one is there; numpy and back;
#   autograd, an optimiser, a convolution and attention; saving and loading, a data loader; a
#   process group of one; a compiled function
# versions: >=1.13
# timeout: 120
# needs: numpy, a GPU and a loopback interface, else those parts are left out
import importlib.util
import io
import os
import socket
import sys

import torch
import torch.distributed
from torch import nn

torch.manual_seed(0)

for device in ("cpu", "cuda") if torch.cuda.is_available() else ("cpu",):
    for dtype in (torch.float32, torch.float64, torch.bfloat16, torch.complex64):
        left = torch.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=dtype, device=device)
        right = torch.tensor([[5.0, 6.0], [7.0, 8.0]], dtype=dtype, device=device)
        assert (left @ right).tolist() == [[19.0, 22.0], [43.0, 50.0]], (device, dtype)
assert (torch.ones((), dtype=torch.float16) / 3).item() == 1365 / 4096  # 11 bits
matrix = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
solved = torch.linalg.solve(matrix, torch.tensor([5.0, 11.0]))
assert torch.allclose(solved, torch.tensor([1.0, 2.0])), solved
if importlib.util.find_spec("numpy") is not None:
    array = matrix.numpy()
    array[0, 0] = 7.0  # memory is shared
    assert torch.from_numpy(array)[0].tolist() == matrix[0].tolist() == [7.0, 2.0]

# Autograd: d/dw (w x - y)^2 = 2 x (w x - y); one step of gradient descent.
weight = torch.tensor(3.0, requires_grad=True)
optimizer = torch.optim.SGD([weight], lr=0.1)
((weight * 2.0 - 4.0) ** 2).backward()
assert weight.grad.item() == 8.0, weight.grad
optimizer.step()
assert abs(weight.item() - 2.2) < 1e-6, weight
x = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
(slope,) = torch.autograd.grad(x**3, x, create_graph=True)
(curve,) = torch.autograd.grad(slope, x)
assert (slope.item(), curve.item()) == (12.0, 12.0), (slope, curve)

# A convolution with ones sums up each window; attention to equal keys is a mean.
image = torch.arange(9.0).reshape(1, 1, 3, 3)
summed = nn.functional.conv2d(image, torch.ones(1, 1, 2, 2))
assert summed[0, 0].tolist() == [[8.0, 12.0], [20.0, 24.0]], summed
attention = nn.MultiheadAttention(4, 2, batch_first=True)
_, shares = attention(torch.randn(1, 2, 4), torch.ones(1, 5, 4), torch.randn(1, 5, 4))
assert torch.allclose(shares, torch.full((1, 2, 5), 0.2)), shares

model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
twin = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
file = io.BytesIO()
torch.save({"model": model.state_dict()}, file)
twin.load_state_dict(torch.load(io.BytesIO(file.getvalue()), weights_only=True)["model"])
assert torch.equal(model(torch.ones(2, 3)), twin(torch.ones(2, 3)))
loader = torch.utils.data.DataLoader(list(range(6)), batch_size=2)
assert [batch.tolist() for batch in loader] == [[0, 1], [2, 3], [4, 5]]

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    loopback = sys.platform == "linux" and sock.connect_ex(("127.0.0.1", 9)) == 0
if loopback and getattr(torch.distributed, "is_gloo_available", lambda: False)():
    os.environ["GLOO_SOCKET_IFNAME"] = "lo"
    store = torch.distributed.HashStore()
    torch.distributed.init_process_group("gloo", store=store, rank=0, world_size=1)
    shared = torch.tensor([1.0, 2.0])
    torch.distributed.all_reduce(shared)
    assert shared.tolist() == [1.0, 2.0], shared
    torch.distributed.destroy_process_group()

if hasattr(torch, "compile"):  # not by its default, which needs a C++ compiler and ten seconds
    try:
        compiled = torch.compile(lambda x: torch.relu(x) * 2 + 1, backend="aot_eager")
    except RuntimeError as error:
        assert "not supported" in str(error), error  # this Python is too new for this release
    else:
        assert compiled(torch.tensor([-1.0, 3.0])).tolist() == [1.0, 7.0]
