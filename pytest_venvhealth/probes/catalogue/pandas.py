# imports: pandas
# exercises: group-by, merge, pivot, dates and time zones, rolling windows, strings, CSV in and out
# versions: >=1.5.0
import io
from datetime import timedelta, timezone

import pandas as pd

table = pd.DataFrame(
    {"city": ["Oslo", "Rome", "Oslo", "Rome"], "year": [1, 1, 2, 2], "rain": [10.0, 2.0, 30.0, 4.0]}
)
assert table.groupby("city")["rain"].sum().to_dict() == {"Oslo": 40.0, "Rome": 6.0}
assert table.pivot(index="year", columns="city", values="rain").loc[2, "Oslo"] == 30.0
assert table.sort_values("rain")["city"].tolist() == ["Rome", "Rome", "Oslo", "Oslo"]

lands = pd.DataFrame({"city": ["Rome", "Oslo"], "land": ["Italy", "Norway"]})
merged = table.merge(lands, on="city", how="left")
assert merged["land"].tolist() == ["Norway", "Italy", "Norway", "Italy"]

days = pd.date_range("2024-02-27", periods=4, freq="D")
assert days[-1] == pd.Timestamp("2024-03-01"), days
moment = pd.Timestamp("2024-07-01 12:00", tz="UTC").tz_convert(timezone(timedelta(hours=2)))
assert moment.hour == 14, moment
assert pd.Series([1.0, 2.0, 3.0, 4.0], index=days).rolling(2).mean().iloc[-1] == 3.5
assert (pd.Timestamp("2024-03-01") - pd.Timestamp("2024-02-01")).days == 29

assert pd.Series(["a-b", "c-d"]).str.split("-").str[1].tolist() == ["b", "d"]
assert pd.Series([3, 1, 3]).value_counts().to_dict() == {3: 2, 1: 1}
assert pd.isna(pd.Series([1.0, None])[1])

text = table.to_csv(index=False)
assert text.splitlines()[1] == "Oslo,1,10.0", text
pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(text)), table)
