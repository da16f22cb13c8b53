# imports: jaxlib, jaxlib.xla_client, jaxlib.lapack, jaxlib.mlir.ir,
#   jaxlib.mlir.dialects.stablehlo
# exercises: a program in MLIR read, added to, written and read back; a wrong one refused; with jax,
#   programs compiled by XLA and LAPACK run on the processor
# versions: >=0.4.30
# timeout: 120
import importlib.util

from jaxlib.mlir import ir
from jaxlib.mlir.dialects import stablehlo

PROGRAM = """
%x = stablehlo.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi32>
%y = stablehlo.transpose %x, dims = [1, 0] : (tensor<2x3xi32>) -> tensor<3x2xi32>
"""
with ir.Context() as context, ir.Location.unknown():
    stablehlo.register_dialect(context)
    module = ir.Module.parse(PROGRAM)
    assert module.operation.verify()
    constant, turned = module.body.operations
    assert (constant.operation.name, turned.operation.name) == (
        "stablehlo.constant",
        "stablehlo.transpose",
    )
    assert ir.RankedTensorType(turned.operation.result.type).shape == [3, 2]
    assert list(ir.DenseIntElementsAttr(constant.attributes["value"])) == [1, 2, 3, 4, 5, 6]
    try:
        ir.Module.parse(PROGRAM.replace("[1, 0]", "[0, 0]"))
    except Exception as error:  # noqa: BLE001  (its type has changed)
        assert "permutation" in str(error), error
    else:
        raise AssertionError("a transposition that is none was accepted")

    with ir.InsertionPoint(module.body):
        made = stablehlo.NegOp(turned.operation.result).result
    assert made.type == turned.operation.result.type
    again = ir.Module.parse(str(module))
    names = ["stablehlo.constant", "stablehlo.transpose", "stablehlo.negate"]
    assert [each.operation.name for each in again.body.operations] == names, again

if importlib.util.find_spec("jax") is not None:
    import jax

    with jax.default_device(jax.devices("cpu")[0]):
        left = jax.numpy.array([[4.0, 2.0], [2.0, 5.0]])
        assert jax.jit(lambda a: a @ a)(left).tolist() == [[20.0, 18.0], [18.0, 29.0]]
        root = jax.jit(jax.numpy.linalg.cholesky)(left)
        assert root.tolist() == [[2.0, 0.0], [1.0, 2.0]], root
