# imports: onnxruntime
# exercises: a model written byte by byte, with a matrix product, a convolution and a softmax,
#   loaded from memory and run on the processor; its inputs and outputs told; wrong input and a
#   broken model refused
# versions: >=1.19
import math

import numpy as np
import onnxruntime


def varint(number):
    head = b""
    while number > 127:
        head += bytes([number & 127 | 128])
        number >>= 7
    return head + bytes([number])


def field(number, value):
    """Encode a field of a protobuf message: a number, a text or another message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def node(kind, inputs, output):
    return field(1, b"".join(field(1, name) for name in inputs) + field(2, output) + field(4, kind))


def tensor(name, array):
    sizes = b"".join(field(1, size) for size in array.shape)
    return field(5, sizes + field(2, 1) + field(8, name) + field(9, array.tobytes()))


def value(number, name, *sizes):
    shape = b"".join(field(1, field(1, size)) for size in sizes)
    kind = field(1, field(1, 1) + field(2, shape))  # a tensor of float32
    return field(number, field(1, name) + field(2, kind))


weight = np.array([[1.0, 2.0], [3.0, -4.0]], dtype=np.float32)
graph = node("MatMul", ["x", "w"], "product") + node("Add", ["product", "b"], "sum")
graph += node("Relu", ["sum"], "y") + node("Conv", ["image", "ones"], "z")
graph += node("Softmax", ["x"], "shares") + field(2, "small") + tensor("w", weight)
graph += tensor("b", np.array([10.0, 0.0], dtype=np.float32))
graph += tensor("ones", np.ones((1, 1, 2, 2), dtype=np.float32))
graph += value(11, "x", 1, 2) + value(11, "image", 1, 1, 3, 3)
graph += value(12, "y", 1, 2) + value(12, "z", 1, 1, 2, 2) + value(12, "shares", 1, 2)
model = field(1, 7) + field(7, graph) + field(8, field(2, 13))

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
options.log_severity_level = 4


def session(data):
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


loaded = session(model)
(x, image) = loaded.get_inputs()
assert (x.name, x.shape, image.shape) == ("x", [1, 2], [1, 1, 3, 3])
assert [each.name for each in loaded.get_outputs()] == ["y", "z", "shares"]
feed = {
    "x": np.array([[1.0, 2.0]], dtype=np.float32),
    "image": np.arange(9, dtype=np.float32).reshape(1, 1, 3, 3),
}
y, z, shares = loaded.run(None, feed)
assert y.tolist() == [[17.0, 0.0]], y  # 1 + 6 + 10, and 2 - 8 below zero
assert z[0, 0].tolist() == [[8.0, 12.0], [20.0, 24.0]], z
assert abs(shares[0, 1] - 1 / (1 + math.exp(-1))) < 1e-6, shares
assert loaded.run(["z"], feed)[0].tolist() == z.tolist()

for wrong in (lambda: loaded.run(None, {"x": feed["x"]}), lambda: session(model[:-20])):
    try:
        wrong()
    except Exception:  # noqa: BLE001  (which type it is has changed)
        pass
    else:
        raise AssertionError("something incomplete was accepted")
