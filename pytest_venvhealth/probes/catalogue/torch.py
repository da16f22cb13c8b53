# imports: torch, torch.nn, torch.optim, torch.utils.data
# exercises: tensor to numpy and back, matrix product, one autograd step, a convolution, FFT and
#   solver, saving and loading, a data loader
# timeout: 120
import importlib.util
import io

import torch
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

# A convolution with ones sums up each window.
image = torch.arange(16.0).reshape(1, 1, 4, 4)
summed = nn.functional.conv2d(image, torch.ones(1, 1, 2, 2))
assert summed[0, 0].tolist() == [[10.0, 14.0, 18.0], [26.0, 30.0, 34.0], [42.0, 46.0, 50.0]], summed
assert torch.allclose(torch.softmax(torch.tensor([0.0, 0.0]), 0), torch.tensor([0.5, 0.5]))

model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
file = io.BytesIO()
torch.save(model.state_dict(), file)
file.seek(0)
twin = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
twin.load_state_dict(torch.load(file, weights_only=True))
assert torch.equal(model(torch.ones(2, 3)), twin(torch.ones(2, 3)))

loader = torch.utils.data.DataLoader(list(range(6)), batch_size=2)
assert [batch.tolist() for batch in loader] == [[0, 1], [2, 3], [4, 5]]
