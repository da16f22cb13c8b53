# imports: narwhals, narwhals.selectors, narwhals.stable.v1
# exercises: the same lines on every data frame library that is there: expressions, filters, groups,
#   joins, errors
# versions: >=1.20
# needs: pandas, polars or pyarrow, else only its types are used
import importlib
import importlib.util

import narwhals as nw

columns = {
    "city": ["Oslo", "Rome", "Oslo", "Bern"],
    "rain": [10.0, 2.5, 5.0, 7.0],
    "n": [3, 1, 2, 4],
}


for name in ("pandas", "polars", "pyarrow"):
    if importlib.util.find_spec(name) is None:
        continue
    module = importlib.import_module(name)
    native = module.table(columns) if name == "pyarrow" else module.DataFrame(columns)
    frame = nw.from_native(native, eager_only=True)
    assert frame.shape == (4, 3) and frame.schema["n"] == nw.Int64, name
    assert frame.to_native() is native

    done = frame.with_columns(
        (nw.col("rain") * nw.col("n")).alias("product"),
        nw.when(nw.col("rain") > 6).then(nw.lit("wet")).otherwise(nw.lit("dry")).alias("kind"),
        nw.col("rain").sum().over("city").alias("sum"),
        nw.col("city").str.to_uppercase().alias("loud"),
    ).filter(nw.col("n").is_between(1, 3))
    assert done.select("product", "kind", "sum", "loud").rows() == [
        (30.0, "wet", 15.0, "OSLO"),
        (2.5, "dry", 2.5, "ROME"),
        (10.0, "dry", 15.0, "OSLO"),
    ], (name, done)

    groups = frame.group_by("city").agg(nw.col("rain").mean(), nw.len().alias("rows")).sort("city")
    assert groups.rows() == [("Bern", 7.0, 1), ("Oslo", 7.5, 2), ("Rome", 2.5, 1)], name
    lands = nw.from_dict({"city": ["Rome", "Oslo"], "land": ["Italy", "Norway"]}, backend=name)
    joined = frame.join(lands, on="city", how="left").sort("n")
    assert joined["land"].to_list()[:3] == ["Italy", "Norway", "Norway"], name


try:
    nw.from_native([1, 2])
except TypeError:
    pass
else:
    raise AssertionError("a list was taken for a data frame")
assert nw.List(nw.Int64) != nw.List(nw.String) and nw.Int8.is_integer()
