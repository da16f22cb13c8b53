# imports: safetensors
# exercises: the file format byte by byte, a broken file refused; round trips through numpy and
#   torch
# needs: numpy and torch, else their round trips are left out
import importlib.util
import json
import struct

from safetensors import SafetensorError, deserialize, safe_open

# A file made by hand: eight bytes of length, a JSON header, then the plain numbers.
numbers = struct.pack("<6f", 0, 1, 2, 3, 4, 5)
header = json.dumps({"a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}).encode()
data = struct.pack("<Q", len(header)) + header + numbers
((name, tensor),) = deserialize(data)
assert name == "a" and tensor["shape"] == [2, 3] and bytes(tensor["data"]) == numbers, tensor
try:
    deserialize(data[:-1])
except SafetensorError:
    pass
else:
    raise AssertionError("a file cut short was accepted")

if importlib.util.find_spec("numpy") is not None:
    import numpy as np
    from safetensors.numpy import load, save

    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    data = save({"a": array, "b": np.array([1, 2])}, metadata={"made": "here"})
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    assert header["__metadata__"] == {"made": "here"}, header
    start, end = header["a"]["data_offsets"]
    assert data[8 + length :][start:end] == array.tobytes()
    back = load(data)
    assert (back["a"] == array).all() and back["b"].tolist() == [1, 2], back
    with open("tensors.safetensors", "wb") as file:
        file.write(data)
    with safe_open("tensors.safetensors", framework="numpy") as file:
        assert (file.get_slice("a")[:, 1:] == array[:, 1:]).all()

if importlib.util.find_spec("torch") is not None:
    import torch
    from safetensors.torch import load as load_torch
    from safetensors.torch import save as save_torch

    tensor = torch.tensor([1.5, -2.0], dtype=torch.bfloat16)
    assert torch.equal(load_torch(save_torch({"x": tensor}))["x"], tensor)
