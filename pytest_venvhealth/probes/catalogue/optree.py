# imports: optree
# exercises: trees of dicts, tuples, named tuples and own classes taken apart and put together in
#   native code, mapped, transposed, with paths; a wrong number of leaves refused
# versions: >=0.10
import collections

import optree

Point = collections.namedtuple("Point", ["x", "y"])
tree = {"b": [1, (2, None)], "a": Point(3, {"z": 4})}
leaves, spec = optree.tree_flatten(tree)
assert leaves == [3, 4, 1, 2], leaves  # keys in their order
assert spec.num_leaves == 4 and optree.tree_unflatten(spec, leaves) == tree
assert optree.tree_unflatten(spec, [30, 40, 10, 20])["a"] == Point(30, {"z": 40})
paths, _, _ = optree.tree_flatten_with_path(tree)
assert paths == [("a", 0), ("a", 1, "z"), ("b", 0), ("b", 1, 0)], paths
assert optree.tree_leaves(tree, none_is_leaf=True) == [3, 4, 1, 2, None]

assert optree.tree_map(lambda leaf: leaf * 10, tree)["b"] == [10, (20, None)]
assert optree.tree_map(lambda a, b: a + b, [1, (2,)], [10, (20,)]) == [11, (22,)]
assert optree.tree_sum(tree) == 10 and optree.tree_max(tree) == 4
assert optree.tree_all(tree) and not optree.tree_all({"a": 0, "b": 1})
assert optree.tree_leaves(tree, is_leaf=lambda node: isinstance(node, tuple))[0] == tree["a"]
rows = optree.tree_transpose(
    optree.tree_structure([0, 0]),
    optree.tree_structure({"a": 0, "b": 0}),
    [{"a": 1, "b": 2}, {"a": 3, "b": 4}],
)
assert rows == {"a": [1, 3], "b": [2, 4]}, rows
assert optree.tree_structure((1, 2)) == optree.tree_structure((3, 4))
assert optree.tree_structure((1, 2)) != optree.tree_structure([1, 2])


class Pair:
    def __init__(self, first, second):
        self.both = [first, second]


optree.register_pytree_node(
    Pair, lambda pair: (pair.both, None), lambda _, both: Pair(*both), namespace="probe"
)
doubled = optree.tree_map(lambda leaf: leaf * 2, {"p": Pair(1, 2)}, namespace="probe")
assert doubled["p"].both == [2, 4], doubled["p"].both

for wrong in (lambda: spec.unflatten([1, 2]), lambda: spec.unflatten(range(9))):
    try:
        wrong()
    except ValueError:
        pass
    else:
        raise AssertionError("a wrong number of leaves was accepted")
