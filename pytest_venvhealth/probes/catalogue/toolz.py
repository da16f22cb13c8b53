# imports: toolz, toolz.curried
# exercises: functions over sequences, dictionaries and functions, and their curried forms:
#   grouping, windows, nested updates, pipes, composition, memoizing
# versions: >=0.10
import operator

import toolz
from toolz import curried


def is_even(number):
    return number % 2 == 0


names = ["Alice", "Bob", "Charlie", "Dan", "Edith"]
assert toolz.groupby(len, names) == {5: ["Alice", "Edith"], 3: ["Bob", "Dan"], 7: ["Charlie"]}
assert toolz.frequencies("hello") == {"h": 1, "e": 1, "l": 2, "o": 1}
assert toolz.reduceby(is_even, operator.add, range(1, 6), 0) == {False: 9, True: 6}

assert list(toolz.sliding_window(2, "abc")) == [("a", "b"), ("b", "c")]
assert list(toolz.partition_all(2, "abc")) == [("a", "b"), ("c",)]
assert list(toolz.unique([1, 2, 1, 3])) == [1, 2, 3]
assert toolz.merge_with(sum, {"a": 1, "b": 2}, {"a": 10}) == {"a": 11, "b": 2}
nested = {"x": {"y": [1, 2]}}
assert toolz.get_in(["x", "y", 1], nested) == 2 and toolz.get_in(["x", "z"], nested, 0) == 0
assert toolz.assoc_in(nested, ["x", "z"], 3) == {"x": {"y": [1, 2], "z": 3}}
assert toolz.update_in(nested, ["x", "y"], len) == {"x": {"y": 2}}
assert nested == {"x": {"y": [1, 2]}}, "changed in place"

calls = []


@toolz.curry
def add(left, right):
    calls.append(left)
    return left + right


assert toolz.compose(str, add(1))(2) == "3" and toolz.juxt(min, max)([3, 1]) == (1, 3)
cached = toolz.memoize(add)
assert cached(5, 6) == cached(5, 6) == 11 and calls == [1, 5]
total = toolz.pipe(
    range(10), curried.filter(is_even), curried.map(add(1)), curried.reduce(operator.mul)
)
assert total == 1 * 3 * 5 * 7 * 9, total
