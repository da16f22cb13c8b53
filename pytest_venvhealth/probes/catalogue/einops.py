# imports: einops, einops.layers
# exercises: rearrange, reduce, repeat, einsum and packing against what numpy gives, a mistaken
#   pattern refused; with torch, a layer that trains
# versions: >=0.6
# timeout: 120
import importlib.util

import numpy as np
from einops import EinopsError, einsum, pack, parse_shape, rearrange, reduce, repeat, unpack

image = np.arange(24.0).reshape(2, 4, 3)
assert (rearrange(image, "h w c -> c h w") == image.transpose(2, 0, 1)).all()
assert rearrange(image, "h w c -> (c w h)").tolist() == image.transpose(2, 1, 0).ravel().tolist()
# Two windows of a row: the first axis of the window comes from inside.
windows = rearrange(image, "h (n w) c -> n h w c", n=2)
assert windows.shape == (2, 2, 2, 3) and (windows[1] == image[:, 2:]).all()
assert parse_shape(image, "h _ c") == {"h": 2, "c": 3}

assert (reduce(image, "h w c -> w", "sum") == image.sum((0, 2))).all()
assert reduce(image, "h (n w) c -> n", "max", w=2).tolist() == [17.0, 23.0]
assert (reduce(image, "h w c -> 1 1 c", "mean")[0, 0] == [10.5, 11.5, 12.5]).all()
assert repeat(np.array([1, 2]), "a -> (a n)", n=3).tolist() == [1, 1, 1, 2, 2, 2]
assert repeat(np.array([1, 2]), "a -> (n a)", n=2).tolist() == [1, 2, 1, 2]

left, right = image[0], image[1]
assert np.allclose(einsum(left, right, "w c, v c -> w v"), left @ right.T)
packed, shapes = pack([left, image], "* c")
assert packed.shape == (12, 3) and shapes == [(4,), (2, 4)], shapes
assert (unpack(packed, shapes, "* c")[1] == image).all()

try:
    rearrange(image, "h (n w) c -> n h w c", n=3)
except EinopsError as error:
    assert "n" in str(error)
else:
    raise AssertionError("an axis of four was split in three")

if importlib.util.find_spec("torch") is not None:
    import torch
    from einops.layers.torch import Rearrange, Reduce

    net = torch.nn.Sequential(Rearrange("b (h w) -> b h w", h=2), Reduce("b h w -> b h", "sum"))
    start = torch.arange(8.0).reshape(2, 4).requires_grad_()
    answer = net(start)
    assert answer.tolist() == [[1.0, 5.0], [9.0, 13.0]], answer
    (answer**2).sum().backward()
    assert start.grad.tolist() == [[2.0, 2.0, 10.0, 10.0], [18.0, 18.0, 26.0, 26.0]], start.grad
