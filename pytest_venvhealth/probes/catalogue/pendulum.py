# imports: pendulum
# exercises: parsing by its native code (ISO dates, durations, intervals), time zones over the
#   change to summer time, adding months, differences, formatting in other languages
# versions: >=3.0
import importlib
import importlib.util

import pendulum

# A native module that does not load would silently be replaced by Python code.
if importlib.util.find_spec("pendulum._pendulum") is not None:
    importlib.import_module("pendulum._pendulum")

moment = pendulum.parse("2024-02-29T12:30:45.123456+02:00")
assert moment.in_timezone("UTC").isoformat() == "2024-02-29T10:30:45.123456+00:00"
assert pendulum.parse("20240229T123045Z") == pendulum.datetime(2024, 2, 29, 12, 30, 45)
length = pendulum.parse("P1Y2M10DT2H30M")
assert (length.years, length.months, length.weeks, length.remaining_days) == (1, 2, 1, 3), length
span = pendulum.parse("2024-01-01T00:00:00Z/P1M")
assert span.end == pendulum.datetime(2024, 2, 1) and span.in_days() == 31

berlin = pendulum.datetime(2024, 3, 31, 0, 30, tz="Europe/Berlin")
assert berlin.add(hours=3).isoformat() == "2024-03-31T04:30:00+02:00"
# 2:30 is not there in the spring, and there twice in the autumn.
assert pendulum.datetime(2024, 3, 31, 2, 30, tz="Europe/Berlin").hour == 3
assert pendulum.datetime(2024, 10, 27, 2, 30, tz="Europe/Berlin", fold=0).offset_hours == 2
assert pendulum.datetime(2024, 10, 27, 2, 30, tz="Europe/Berlin", fold=1).offset_hours == 1

day = pendulum.datetime(2024, 1, 31, 15, 45)
assert day.add(months=1).to_date_string() == "2024-02-29"
assert day.start_of("week").to_date_string() == "2024-01-29"
assert day.next(pendulum.MONDAY).to_date_string() == "2024-02-05"
age = pendulum.datetime(2024, 3, 1).diff(pendulum.datetime(1999, 12, 31))
assert age.in_words() == "24 years 2 months 1 day", age.in_words()
assert moment.format("dddd D MMMM YYYY, h:mm A Z") == "Thursday 29 February 2024, 12:30 PM +02:00"
assert day.format("dddd, D. MMMM", locale="de") == "Mittwoch, 31. Januar"
assert day.add(hours=2).diff_for_humans(day, locale="fr") == "2 heures apr\u00e8s"
