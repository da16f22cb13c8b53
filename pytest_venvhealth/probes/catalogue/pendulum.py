# imports: pendulum
# exercises: parsing by its native code (ISO dates, durations, intervals), time zones over
#   the change to summer time, adding months, differences, ranges, formatting and words in
#   other languages
# versions: >=3.0
import datetime
import importlib
import importlib.util
import pickle

import pendulum

# A native module that does not load would silently be replaced by Python code.
if importlib.util.find_spec("pendulum._pendulum") is not None:
    importlib.import_module("pendulum._pendulum")

moment = pendulum.parse("2024-02-29T12:30:45.123456+02:00")
assert moment.utcoffset() == datetime.timedelta(hours=2) and moment.microsecond == 123456
assert moment.in_timezone("UTC").isoformat() == "2024-02-29T10:30:45.123456+00:00"
assert pendulum.parse("20240229") == pendulum.datetime(2024, 2, 29)
assert pendulum.parse("20240229T123045Z") == pendulum.datetime(2024, 2, 29, 12, 30, 45)
assert pendulum.parse("2024-02-29", exact=True) == pendulum.date(2024, 2, 29)
length = pendulum.parse("P1Y2M10DT2H30M")
assert (length.years, length.months, length.remaining_days, length.hours) == (1, 2, 3, 2), length
assert length.weeks == 1 and length.minutes == 30
span = pendulum.parse("2024-01-01T00:00:00Z/P1M")
assert span.end == pendulum.datetime(2024, 2, 1) and span.in_days() == 31
assert pendulum.from_format("29 Feb 2024 3:05 PM", "D MMM YYYY h:mm A").hour == 15
for wrong in ("2023-02-29", "2024-13-01", "yesterday"):
    try:
        pendulum.parse(wrong)
    except ValueError:  # of which its ParserError is one
        pass
    else:
        raise AssertionError("{} was parsed".format(wrong))

berlin = pendulum.datetime(2024, 3, 31, 0, 30, tz="Europe/Berlin")
assert berlin.add(hours=3).isoformat() == "2024-03-31T04:30:00+02:00"
assert berlin.add(days=1).is_dst() and not berlin.is_dst()
# 2:30 is not there in the spring, and there twice in the autumn.
assert pendulum.datetime(2024, 3, 31, 2, 30, tz="Europe/Berlin").hour == 3
assert pendulum.datetime(2024, 10, 27, 2, 30, tz="Europe/Berlin", fold=0).offset_hours == 2
assert pendulum.datetime(2024, 10, 27, 2, 30, tz="Europe/Berlin", fold=1).offset_hours == 1
assert (
    pendulum.timezone("Asia/Kolkata").convert(moment).isoformat().endswith("T16:00:45.123456+05:30")
)

day = pendulum.datetime(2024, 1, 31, 15, 45)
assert day.add(months=1).to_date_string() == "2024-02-29"
assert day.subtract(years=1, months=11).to_date_string() == "2022-02-28"
assert day.start_of("week").to_date_string() == "2024-01-29" and day.end_of("month").second == 59
assert day.next(pendulum.MONDAY).to_date_string() == "2024-02-05"
assert day.day_of_year == 31 and day.week_of_year == 5 and day.days_in_month == 31
assert day.is_leap_year() and not pendulum.datetime(1900, 1, 1).is_leap_year()
assert pendulum.datetime(2020, 12, 31).week_of_year == 53 and day.quarter == 1

age = pendulum.datetime(2024, 3, 1).diff(pendulum.datetime(1999, 12, 31), abs=True)
assert (age.years, age.months, age.remaining_days) == (24, 2, 1), age
assert age.in_words() == "24 years 2 months 1 day", age.in_words()
assert (day - day.subtract(hours=30)).total_seconds() == 108000
assert day.diff(day.add(weeks=2)).in_words(locale="de") == "2 Wochen"
steps = pendulum.interval(day, day.add(days=4)).range("days", 2)
assert [step.day for step in steps] == [31, 2, 4]
assert pendulum.duration(days=15, hours=25).in_words(locale="en") == "2 weeks 2 days 1 hour"

assert moment.format("dddd D MMMM YYYY, h:mm A Z") == "Thursday 29 February 2024, 12:30 PM +02:00"
assert day.format("dddd, D. MMMM", locale="de") == "Mittwoch, 31. Januar"
assert day.format("Do [of] MMM") == "31st of Jan" and moment.to_rfc2822_string().startswith(
    "Thu, 29"
)
assert day.subtract(days=3).diff_for_humans(day) == "3 days before"
assert day.add(hours=2).diff_for_humans(day, locale="fr") == "2 heures apr\u00e8s"
assert pickle.loads(pickle.dumps(berlin)) == berlin and pendulum.instance(berlin).tzinfo is not None
