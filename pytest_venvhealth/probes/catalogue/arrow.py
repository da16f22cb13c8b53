# imports: arrow
# exercises: parsing ISO dates, times with formats and in other languages, shifting, spans and
#   ranges, time zones over the change to summer time, formatting, differences in words
# versions: >=1.1
import datetime
import pickle

import arrow

moment = arrow.get("2024-02-29T12:30:45.123456+02:00")
assert moment.utcoffset() == datetime.timedelta(hours=2) and moment.microsecond == 123456
assert moment.to("UTC").isoformat() == "2024-02-29T10:30:45.123456+00:00"
assert arrow.get(0).isoformat() == "1970-01-01T00:00:00+00:00" and arrow.get(1e9).year == 2001
assert arrow.get("2024-W09-4") == arrow.get("2024-060") == arrow.get(2024, 2, 29)
assert arrow.get("29 Feb 2024 3:05 pm", "D MMM YYYY h:mm a").hour == 15
assert arrow.get("3 janvier 2024", "D MMMM YYYY", locale="fr") == arrow.get(2024, 1, 3)
assert arrow.get("1709202645", "X").timestamp() == 1709202645
for wrong in ("2023-02-29", "yesterday"):
    try:
        arrow.get(wrong)
    except ValueError:  # of which arrow's ParserError is one
        pass
    else:
        raise AssertionError("{} was parsed".format(wrong))

day = arrow.get(2024, 1, 31, 15, 45)
assert day.shift(months=1).format("YYYY-MM-DD") == "2024-02-29"
assert day.shift(years=-1, weeks=2, hours=10).isoformat() == "2023-02-15T01:45:00+00:00"
assert day.shift(weekday=5).format("dddd YYYY-MM-DD") == "Saturday 2024-02-03"
assert day.replace(day=1, tzinfo="+05:30").isoformat() == "2024-01-01T15:45:00+05:30"
assert day.floor("week").date() == datetime.date(2024, 1, 29)
assert day.ceil("month").isoformat() == "2024-01-31T23:59:59.999999+00:00"
assert [edge.format("M-D") for edge in day.span("quarter")] == ["1-1", "3-31"]
months = [each.day for each in arrow.Arrow.range("month", day, arrow.get(2024, 5, 31, 16))]
assert months == [31, 29, 31, 30, 31], months
spans = list(arrow.Arrow.span_range("hour", day, day.shift(hours=2)))
assert [first.hour for first, _ in spans] == [15, 16, 17]
assert (day - day.shift(days=-3)).days == 3 and day.is_between(
    day.shift(days=-1), day.shift(days=1)
)
assert day.isocalendar()[1] == 5 and day.quarter == 1

berlin = arrow.get(2024, 3, 31, 0, 30, tzinfo="Europe/Berlin")
assert berlin.shift(hours=2).isoformat() == "2024-03-31T03:30:00+02:00"
assert berlin.dst() == datetime.timedelta(0) and berlin.shift(days=1).dst().seconds == 3600
assert arrow.get(2024, 10, 27, 2, 30, tzinfo="Europe/Berlin").ambiguous
assert day.to("America/New_York").format("HH:mm ZZ") == "10:45 -05:00"

assert (
    moment.format("dddd D MMMM YYYY, h:mm A [at] ZZ")
    == "Thursday 29 February 2024, 12:30 PM at +02:00"
)
assert moment.format("dddd, D. MMMM", locale="de") == "Donnerstag, 29. Februar"
assert moment.format(arrow.FORMAT_RFC2822) == "Thu, 29 Feb 2024 12:30:45 +0200"
assert moment.format("DDDD W Do SSS") == "060 2024-W09-4 29th 123"
assert day.shift(hours=-2).humanize(day) == "2 hours ago"
assert day.shift(days=3).humanize(day, locale="de") == "in 3 Tagen"
assert (
    day.shift(minutes=125).humanize(day, granularity=["hour", "minute"])
    == "in 2 hours and 5 minutes"
)
assert day.dehumanize("3 days ago") == day.shift(days=-3)
assert pickle.loads(pickle.dumps(moment)) == moment and moment.naive.tzinfo is None
