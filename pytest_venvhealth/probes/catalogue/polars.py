# imports: polars
# exercises: expressions, groups, joins, a lazy query with a window, dates, missing values;
#   CSV and Parquet in memory; a Python function
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
assert frame["rain"].null_count() == 1 and frame["rain"].sum() == 19.5
assert frame["day"].dt.weekday().to_list() == [3, 4, 5, 6]  # 29 February 2024: a Thursday
assert frame.filter(pl.col("day").dt.month() == 3)["city"].to_list() == ["Oslo", "Bern"]
sums = frame.group_by("city").agg(pl.col("rain").sum(), pl.len().alias("n")).sort("city")
assert sums.rows() == [("Bern", 7.0, 1), ("Oslo", 10.0, 2), ("Rome", 2.5, 1)], sums
lands = pl.DataFrame({"city": ["Oslo", "Rome"], "land": ["Norway", "Italy"]})
joined = frame.join(lands, on="city", how="left").sort("day")
assert joined["land"].to_list() == ["Norway", "Italy", "Norway", None]

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

numbers = pl.Series("n", [3, 1, 2])
assert numbers.sort().to_list() == [1, 2, 3] and numbers.var() == 1.0
assert numbers.map_elements(lambda n: n * 10, return_dtype=pl.Int64).to_list() == [30, 10, 20]

file = io.BytesIO()
frame.write_parquet(file)
assert pl.read_parquet(io.BytesIO(file.getvalue())).equals(frame)
assert pl.read_csv(io.BytesIO(b"a,b\n1,x\n2,\n")).rows() == [(1, "x"), (2, None)]
