# imports: narwhals, narwhals.selectors, narwhals.stable.v1
# exercises: the same lines on every data frame library that is there: expressions, filters, groups,
#   joins, text, dates, missing values, types, windows, the decorator for functions
# versions: >=1.20
import datetime
import importlib
import importlib.util

import narwhals as nw
import narwhals.selectors as ncs
import narwhals.stable.v1 as nw_v1

columns = {
    "city": ["Oslo", "Rome", "Oslo", "Bern"],
    "rain": [10.0, 2.5, 5.0, 7.0],
    "n": [3, 1, 2, 4],
    "day": [datetime.datetime.fromisoformat("2024-02-2" + n) for n in "89"] + [None, None],
}


def make(name):
    module = importlib.import_module(name)
    return module.table(columns) if name == "pyarrow" else module.DataFrame(columns)


@nw.narwhalify
def wettest(frame):
    return frame.sort("rain", descending=True).head(1)


for name in ("pandas", "polars", "pyarrow"):
    if importlib.util.find_spec(name) is None:
        continue
    native = make(name)
    frame = nw.from_native(native, eager_only=True)
    assert frame.shape == (4, 4) and frame.columns == list(columns), name
    assert frame.schema["n"] == nw.Int64 and frame["rain"].dtype == nw.Float64
    assert type(frame.to_native()) is type(native) and frame.to_native() is native

    done = frame.with_columns(
        (nw.col("rain") * nw.col("n")).alias("product"),
        nw.when(nw.col("rain") > 6).then(nw.lit("wet")).otherwise(nw.lit("dry")).alias("kind"),
        nw.col("rain").sum().over("city").alias("sum"),
        nw.col("city").str.to_uppercase().str.slice(0, 2).alias("short"),
        nw.col("day").is_null().alias("open"),
    ).filter(nw.col("n").is_between(1, 3))
    told = done.select("product", "kind", "sum", "short", "open").to_dict(as_series=False)
    assert told == {
        "product": [30.0, 2.5, 10.0],
        "kind": ["wet", "dry", "dry"],
        "sum": [15.0, 2.5, 15.0],
        "short": ["OS", "RO", "OS"],
        "open": [False, False, True],
    }, (name, told)

    groups = frame.group_by("city").agg(nw.col("rain").mean(), nw.len().alias("rows")).sort("city")
    assert groups.rows() == [("Bern", 7.0, 1), ("Oslo", 7.5, 2), ("Rome", 2.5, 1)], name
    lands = nw.from_dict({"city": ["Rome", "Oslo"], "land": ["Italy", "Norway"]}, backend=name)
    joined = frame.join(lands, on="city", how="left").sort("n")
    assert joined["land"].to_list()[:3] == ["Italy", "Norway", "Norway"], name
    assert joined["land"].null_count() == 1
    assert frame.select(ncs.numeric().max()).rows() == [(10.0, 4)], name
    assert nw.concat([frame, frame.head(1)]).shape == (5, 4)
    assert frame["day"].dt.day().to_list()[:2] == [28, 29] and frame["n"].sort().to_list() == [
        1,
        2,
        3,
        4,
    ]
    assert frame["rain"].cum_sum().to_list() == [10.0, 12.5, 17.5, 24.5]
    assert frame["n"].cast(nw.String).to_list() == ["3", "1", "2", "4"]
    assert frame["city"].unique(maintain_order=True).to_list() == ["Oslo", "Rome", "Bern"]
    assert (
        frame.lazy()
        .select(nw.all_horizontal(nw.col("n") > 1, nw.col("rain") > 4, ignore_nulls=True).sum())
        .collect()
        .item()
        == 3
    ), name
    assert nw.from_native(wettest(native))["city"].to_list() == ["Oslo"]
    stable = nw_v1.from_native(native, eager_only=True)
    assert stable.filter(nw_v1.col("n") == 4)["city"].to_list() == ["Bern"]
    try:
        frame.select("nothing").to_dict()
    except nw.exceptions.ColumnNotFoundError as error:
        assert "nothing" in str(error)
    else:
        raise AssertionError("a column that is not there was selected")

try:
    nw.from_native([1, 2])
except TypeError:
    pass
else:
    raise AssertionError("a list was taken for a data frame")
assert nw.from_native([1, 2], pass_through=True) == [1, 2]
assert nw.List(nw.Int64) == nw.List(nw.Int64) != nw.List(nw.String)
assert (
    nw.Datetime("us") != nw.Datetime("ns") and nw.Int8.is_integer() and not nw.String.is_numeric()
)
assert nw.Schema({"a": nw.Int64()}).names() == ["a"]
