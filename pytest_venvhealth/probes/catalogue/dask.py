# imports: dask, dask.delayed, dask.bag, dask.threaded, dask.config
# exercises: graphs and delayed calls by several schedulers, bags, text files, settings, tokens,
#   errors; chunked arrays where numpy is there, data frames where pandas and pyarrow are
# versions: >=2022.1.0
import importlib.util
import operator
import threading

import dask
import dask.bag as db
import dask.local
import dask.threaded

graph = {"a": 1, "b": (operator.add, "a", 10), "c": (sum, ["a", "b", 100]), "d": (max, ["b", "c"])}
assert dask.get(graph, "d") == 112 and dask.threaded.get(graph, ["b", "c"]) == (11, 112)

calls = []


@dask.delayed
def double(number):
    calls.append(threading.current_thread().name)
    return 2 * number


total = dask.delayed(sum)([double(number) for number in range(10)])
assert calls == []
for scheduler in ("synchronous", "threads"):
    with dask.config.set(scheduler=scheduler):
        assert total.compute() == 90 and dask.compute(total, double(4)) == (90, 8)
assert len(calls) == 2 * (10 + 11), calls
nested = double({"x": 1}["x"] + double(3))
assert nested.compute(scheduler="threads", num_workers=2) == 14
try:
    dask.delayed(operator.truediv)(1, 0).compute(scheduler="threads")
except ZeroDivisionError:
    pass
else:
    raise AssertionError("the error of a task was lost")

assert dask.base.tokenize({"a": [1, 2]}) == dask.base.tokenize({"a": [1, 2]})
assert dask.base.tokenize([1, 2]) != dask.base.tokenize([2, 1])
with dask.config.set({"probe.deep.value": 5}):
    assert dask.config.get("probe.deep.value") == 5
assert dask.config.get("probe.deep.value", default=None) is None
# What the package's own file of settings says.
assert dask.config.get("tokenize.ensure-deterministic") is False
assert dask.utils.parse_bytes("5 kiB") == 5120 and dask.utils.parse_timedelta("2ms") == 0.002

with dask.config.set(scheduler="synchronous"):
    bag = db.from_sequence(range(20), npartitions=4)
    even = bag.filter(lambda number: number % 2 == 0).map(lambda number: number**2)
    assert even.compute() == [number**2 for number in range(0, 20, 2)] and bag.npartitions == 4
    assert (bag.sum().compute(), bag.max().compute(), bag.mean().compute()) == (190, 19, 9.5)
    assert dict(bag.foldby(lambda number: number % 3, operator.add).compute()) == {
        0: 63,
        1: 70,
        2: 57,
    }
    for name, text in (("one.txt", "a b a\n"), ("two.txt", "b a\n")):
        with open(name, "w") as file:
            file.write(text)
    words = db.read_text("*.txt").map(str.split).flatten()
    assert dict(words.frequencies().compute()) == {"a": 3, "b": 2}

numpy = importlib.util.find_spec("numpy") is not None
if numpy:
    import dask.array as da
    import numpy as np

    plain = np.arange(48.0).reshape(6, 8)
    table = da.from_array(plain, chunks=(4, 3))
    assert table.chunks == ((4, 2), (3, 3, 2)) and table.sum().compute() == 1128.0
    assert np.allclose((table + 1).mean(axis=0).compute(), plain.mean(axis=0) + 1)
    assert np.allclose(table.dot(table.T).compute(), plain @ plain.T)
    assert (table[1:5, ::3].rechunk(2).compute() == plain[1:5, ::3]).all()
    assert np.allclose(
        da.linalg.svd(table.rechunk((6, 4)))[1].compute()[:2], np.linalg.svd(plain)[1][:2]
    )
    same = [da.random.RandomState(3).normal(size=5, chunks=2).compute() for _ in range(2)]
    assert (same[0] == same[1]).all()
    if importlib.util.find_spec("jinja2") is not None:
        assert "(6, 8)" in table._repr_html_() and "<table" in table._repr_html_()
if numpy and all(importlib.util.find_spec(name) for name in ("pandas", "pyarrow")):
    import dask.dataframe as dd
    import pandas as pd

    frame = pd.DataFrame({"k": list("abab"), "v": [1.0, 2.0, 3.0, 5.0]})
    lazy = dd.from_pandas(frame, npartitions=2)
    sums = lazy.groupby("k")["v"].sum().compute(scheduler="synchronous")
    assert lazy.npartitions == 2 and sums.to_dict() == {"a": 4.0, "b": 7.0}, sums
    assert lazy[lazy.v > 1.5].v.mean().compute(scheduler="threads") == 10 / 3
