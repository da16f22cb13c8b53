# imports: accelerate, accelerate.utils
# exercises: prepare, backward and step on the processor, empty weights, saving and loading of a
#   state
# timeout: 180
import torch
from accelerate import Accelerator, init_empty_weights
from accelerate.utils import set_seed
from torch import nn
from torch.utils.data import DataLoader

set_seed(3)
first = torch.rand(2)
set_seed(3)
assert torch.equal(first, torch.rand(2))

accelerator = Accelerator(cpu=True)
model = nn.Linear(1, 1, bias=False)
nn.init.constant_(model.weight, 3.0)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
loader = DataLoader([(torch.tensor([2.0]), torch.tensor([4.0]))])
model, optimizer, loader = accelerator.prepare(model, optimizer, loader)
for x, y in loader:
    # d/dw (2 w - 4)^2 = 4 (2 w - 4) = 8 at w = 3; one step with rate 0.1 gives 2.2.
    loss = ((model(x) - y) ** 2).mean()
    accelerator.backward(loss)
    optimizer.step()
weight = accelerator.unwrap_model(model).weight
assert abs(weight.item() - 2.2) < 1e-6, weight

accelerator.save_state("state")
nn.init.zeros_(weight)
accelerator.load_state("state")
assert abs(accelerator.unwrap_model(model).weight.item() - 2.2) < 1e-6

with init_empty_weights():
    empty = nn.Linear(1000, 1000)
assert empty.weight.device.type == "meta"
