# imports: polars
# exercises: expressions, groups, joins, windows, a lazy query, text, dates, lists, missing values,
#   SQL; CSV, JSON, Parquet and IPC in memory; Python functions
# versions: >=0.20.6
import datetime
import io

import polars as pl

frame = pl.DataFrame(
    {
        "city": ["Oslo", "Rome", "Oslo", "Bern"],
        "rain": [10.0, 2.5, None, 7.0],
        "day": [datetime.date(2024, 2, 28) + datetime.timedelta(days=n) for n in range(4)],
    }
)
assert frame.shape == (4, 3) and frame.schema["day"] == pl.Date
assert frame["rain"].null_count() == 1 and frame["rain"].sum() == 19.5
assert frame["day"].dt.weekday().to_list() == [3, 4, 5, 6]  # 29 February 2024: a Thursday
assert frame.filter(pl.col("day").dt.month() == 3)["city"].to_list() == ["Oslo", "Bern"]

sums = frame.group_by("city").agg(pl.col("rain").sum(), pl.len().alias("n")).sort("city")
assert sums.to_dict(as_series=False) == {
    "city": ["Bern", "Oslo", "Rome"],
    "rain": [7.0, 10.0, 2.5],
    "n": [1, 2, 1],
}
lands = pl.DataFrame({"city": ["Oslo", "Rome"], "land": ["Norway", "Italy"]})
joined = frame.join(lands, on="city", how="left").sort("day")
assert joined["land"].to_list() == ["Norway", "Italy", "Norway", None]
assert frame.join(lands, on="city", how="anti")["city"].to_list() == ["Bern"]

query = (
    frame.lazy()
    .with_columns(
        pl.col("rain").fill_null(0.0).alias("dry"),
        pl.len().over("city").alias("days"),
        pl.when(pl.col("rain") > 5).then(pl.lit("wet")).otherwise(pl.lit("dry")).alias("kind"),
    )
    .filter(pl.col("days") > 1)
    .select("city", "dry", "kind", total=pl.col("dry").cum_sum())
)
assert query.collect().rows() == [("Oslo", 10.0, "wet", 10.0), ("Oslo", 0.0, "dry", 10.0)]
assert isinstance(query.explain(), str)

text = pl.Series(["a-1", "b-22", None])
assert text.str.extract(r"(\d+)", 1).cast(pl.Int64).to_list() == [1, 22, None]
assert text.str.split("-").list.first().to_list() == ["a", "b", None]
assert text.str.to_uppercase().to_list()[:2] == ["A-1", "B-22"]
numbers = pl.Series("n", [3, 1, 2])
assert numbers.sort().to_list() == [1, 2, 3] and numbers.arg_sort().to_list() == [1, 2, 0]
assert (numbers.mean(), numbers.var(), numbers.median()) == (2.0, 1.0, 2.0)
assert numbers.map_elements(lambda n: n * 10, return_dtype=pl.Int64).to_list() == [30, 10, 20]
exploded = pl.DataFrame({"k": ["x", "y"], "v": [[1, 2], [3]]}).explode("v")
assert exploded.rows() == [("x", 1), ("x", 2), ("y", 3)]
found = pl.SQLContext(weather=frame).execute(
    "SELECT city, COUNT(*) AS n FROM weather GROUP BY city HAVING COUNT(*) > 1", eager=True
)
assert found.rows() == [("Oslo", 2)]

for write, read in (("write_parquet", pl.read_parquet), ("write_ipc", pl.read_ipc)):
    file = io.BytesIO()
    getattr(frame, write)(file)
    file.seek(0)
    assert read(file).equals(frame), write
assert pl.read_csv(io.BytesIO(b"a,b\n1,x\n2,\n")).rows() == [(1, "x"), (2, None)]
assert frame.select("city", "rain").head(2).write_csv() == "city,rain\nOslo,10.0\nRome,2.5\n"
assert pl.read_ndjson(io.BytesIO(b'{"a":1}\n{"a":2}\n'))["a"].to_list() == [1, 2]
try:
    frame.select("nothing")
except pl.exceptions.ColumnNotFoundError:
    pass
else:
    raise AssertionError("a column that is not there was selected")
