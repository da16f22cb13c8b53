# imports: peft, peft.mapping, peft.utils.constants, peft.tuners.lora
# exercises: the mapping of methods; LoRA on a tiny torch model: one optimiser step that may change
#   LoRA weights alone, saving, loading and merging
# timeout: 180
import torch
from peft import LoraConfig, PeftModel, get_peft_model, get_peft_model_state_dict
from peft.mapping import get_peft_config
from peft.utils.constants import TRANSFORMERS_MODELS_TO_LORA_TARGET_MODULES_MAPPING
from torch import nn

assert TRANSFORMERS_MODELS_TO_LORA_TARGET_MODULES_MAPPING["llama"] == ["q_proj", "v_proj"]
named = get_peft_config({"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": 3})
assert isinstance(named, LoraConfig) and named.r == 3


class Tiny(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.inner = nn.Linear(4, 8)
        self.outer = nn.Linear(8, 2)

    def forward(self, x):
        return self.outer(torch.relu(self.inner(x)))


base = Tiny()
x, y = torch.randn(16, 4), torch.randn(16, 2)
plain, weight = base(x).detach(), base.inner.weight.detach().clone()
config = LoraConfig(r=2, lora_alpha=4, target_modules=["inner"], lora_dropout=0.0)
model = get_peft_model(base, config)
trained = {name for name, value in model.named_parameters() if value.requires_grad}
assert trained and all("lora_" in name for name in trained), trained
# LoRA's second matrix starts at zero: at first nothing changes.
assert torch.allclose(model(x), plain)

before = {name: value.detach().clone() for name, value in model.named_parameters()}
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
loss = nn.functional.mse_loss(model(x), y)
loss.backward()
optimizer.step()
changed = {name for name, value in model.named_parameters() if not torch.equal(value, before[name])}
assert changed and changed <= trained, changed
assert nn.functional.mse_loss(model(x), y) < loss

# Saved and loaded again, then merged: W + (alpha / r) B A.
model.save_pretrained("adapter")
state = get_peft_model_state_dict(model)
matrix_a = next(value for name, value in state.items() if "lora_A" in name)
matrix_b = next(value for name, value in state.items() if "lora_B" in name)
loaded = PeftModel.from_pretrained(Tiny(), "adapter")
assert torch.allclose(loaded(x), model(x), atol=1e-5)
merged = loaded.merge_and_unload()
assert torch.allclose(merged.inner.weight, weight + 2.0 * matrix_b @ matrix_a, atol=1e-5)
assert torch.allclose(merged(x), model(x), atol=1e-5)
