# imports: dask, dask.delayed, dask.bag, dask.threaded, dask.config
# exercises: graphs and delayed calls by two schedulers, bags, text files, settings, tokens; chunked
#   arrays where numpy is there
# versions: >=2022.1.0
import importlib.util
import operator

import dask
import dask.bag as db
import dask.threaded

graph = {"a": 1, "b": (operator.add, "a", 10), "c": (sum, ["a", "b", 100])}
assert dask.get(graph, "c") == 112 and dask.threaded.get(graph, ["b", "c"]) == (11, 112)
double = dask.delayed(lambda number: 2 * number)
total = dask.delayed(sum)([double(number) for number in range(10)])
for scheduler in ("synchronous", "threads"):
    assert total.compute(scheduler=scheduler) == 90

assert dask.base.tokenize([1, 2]) == dask.base.tokenize([1, 2]) != dask.base.tokenize([2, 1])
# What the package's own file of settings says.
assert dask.config.get("tokenize.ensure-deterministic") is False

with open("words.txt", "w") as file:
    file.write("a b a\nb a\n")
with dask.config.set(scheduler="synchronous"):
    bag = db.from_sequence(range(20), npartitions=4)
    squares = bag.filter(lambda number: number % 2).map(lambda number: number**2)
    assert squares.sum().compute() == 1330
    words = db.read_text("words.txt").map(str.split).flatten()
    assert dict(words.frequencies().compute()) == {"a": 3, "b": 2}

if importlib.util.find_spec("numpy") is not None:
    import dask.array as da
    import numpy as np

    plain = np.arange(48.0).reshape(6, 8)
    table = da.from_array(plain, chunks=(4, 3))
    assert table.chunks == ((4, 2), (3, 3, 2)) and table.sum().compute() == 1128.0
    assert np.allclose(table.dot(table.T).compute(), plain @ plain.T)
    if importlib.util.find_spec("jinja2") is not None:
        assert "(6, 8)" in table._repr_html_() and "<table" in table._repr_html_()
