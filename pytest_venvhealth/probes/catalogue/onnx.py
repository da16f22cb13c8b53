# imports: onnx, onnx.checker, onnx.helper, onnx.numpy_helper, onnx.parser, onnx.reference,
#   onnx.shape_inference, onnx.version_converter
# exercises: a model made, checked, saved and read back; shape inference, conversion to a later
#   operator set and the text format, which are native; its answer by the reference evaluator; a
#   broken model refused
# versions: >=1.16
import numpy as np
import onnx
from onnx import TensorProto, checker, helper, numpy_helper, parser, shape_inference
from onnx.reference import ReferenceEvaluator
from onnx.version_converter import convert_version

weight = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], dtype=np.float32)
graph = helper.make_graph(
    [
        helper.make_node("MatMul", ["x", "w"], ["product"]),
        helper.make_node("Relu", ["product"], ["positive"]),
        helper.make_node("Transpose", ["positive"], ["y"], perm=[1, 0]),
    ],
    "small",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", 2])],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["a", "b"])],
    initializer=[numpy_helper.from_array(weight, "w")],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)
checker.check_model(model, full_check=True)
assert numpy_helper.to_array(model.graph.initializer[0]).tolist() == weight.tolist()

# Protobuf: field 1, the version of the format, is a key byte and a number.
data = model.SerializeToString()
assert data.startswith(b"\x08\x07"), data[:8]
onnx.save(model, "small.onnx")
with open("small.onnx", "rb") as file:
    assert file.read() == data
assert onnx.load("small.onnx") == model

inferred = shape_inference.infer_shapes(model, strict_mode=True)
shapes = {
    info.name: [dim.dim_param or dim.dim_value for dim in info.type.tensor_type.shape.dim]
    for info in inferred.graph.value_info
}
assert shapes == {"product": ["rows", 3], "positive": ["rows", 3]}, shapes

x = np.array([[1.0, 1.0], [-1.0, 0.0]], dtype=np.float32)
later = convert_version(model, 17)
assert later.opset_import[0].version == 17, later.opset_import
text = "agraph (float[N] a) => (float[N] b) { c = Mul(a, a)\n b = Neg(c) }"
parsed = helper.make_model(parser.parse_graph(text))
for each, feed, expected in (
    (model, {"x": x}, [[5.0, 0.0], [7.0, 0.0], [9.0, 0.0]]),
    (later, {"x": x}, [[5.0, 0.0], [7.0, 0.0], [9.0, 0.0]]),
    (parsed, {"a": x[1]}, [-1.0, 0.0]),
):
    (answer,) = ReferenceEvaluator(each).run(None, feed)
    assert answer.tolist() == expected, answer

model.graph.node[1].input[0] = "nobody makes this"
try:
    checker.check_model(model)
except checker.ValidationError:
    pass
else:
    raise AssertionError("a node without its input was accepted")
