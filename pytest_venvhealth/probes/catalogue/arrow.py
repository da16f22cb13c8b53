# imports: arrow
# exercises: parsing and formatting, in other languages, too; shifting, spans and ranges, time zones
#   over the change to summer time, differences in words
# versions: >=1.1
import arrow

moment = arrow.get("2024-02-29T12:30:45.123456+02:00")
assert moment.to("UTC").isoformat() == "2024-02-29T10:30:45.123456+00:00"
assert arrow.get("2024-W09-4") == arrow.get("2024-060") == arrow.get(2024, 2, 29)
assert arrow.get("29 Feb 2024 3:05 pm", "D MMM YYYY h:mm a").hour == 15
assert arrow.get("3 janvier 2024", "D MMMM YYYY", locale="fr") == arrow.get(2024, 1, 3)
assert moment.format(arrow.FORMAT_RFC2822) == "Thu, 29 Feb 2024 12:30:45 +0200"
assert moment.format("dddd, D. MMMM", locale="de") == "Donnerstag, 29. Februar"
try:
    arrow.get("2023-02-29")
except ValueError:  # of which arrow's ParserError is one
    pass
else:
    raise AssertionError("a day that there is not was parsed")

day = arrow.get(2024, 1, 31, 15, 45)
assert day.shift(months=1).format("YYYY-MM-DD") == "2024-02-29"
assert day.ceil("month").isoformat() == "2024-01-31T23:59:59.999999+00:00"
assert [edge.format("M-D") for edge in day.span("quarter")] == ["1-1", "3-31"]
months = [each.day for each in arrow.Arrow.range("month", day, arrow.get(2024, 5, 31, 16))]
assert months == [31, 29, 31, 30, 31], months
assert day.shift(hours=-2).humanize(day) == "2 hours ago"
assert day.shift(days=3).humanize(day, locale="de") == "in 3 Tagen"

berlin = arrow.get(2024, 3, 31, 0, 30, tzinfo="Europe/Berlin")
assert berlin.shift(hours=2).isoformat() == "2024-03-31T03:30:00+02:00"
