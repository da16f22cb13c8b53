# imports: dateutil, dateutil.parser, dateutil.relativedelta, dateutil.rrule, dateutil.tz,
#   dateutil.easter, dateutil.zoneinfo
# exercises: parsing of free and of ISO dates, calendar arithmetic, recurrence rules, Easter, the
#   time zones that come with it
# versions: >=2.8.1
from datetime import date, datetime, timedelta

from dateutil import easter, parser, tz, zoneinfo
from dateutil.relativedelta import FR, relativedelta
from dateutil.rrule import MONTHLY, rrule, rrulestr

clock = datetime.fromisoformat

assert parser.parse("Thu Sep 25 2003 10:36:28") == clock("2003-09-25T10:36:28")
assert parser.parse("10/09/2003", dayfirst=True) == clock("2003-09-10")
moment = parser.isoparse("2024-W09-4T12:30:00+02:00")
assert moment == datetime(2024, 2, 29, 10, 30, tzinfo=tz.UTC)
assert moment.utcoffset() == timedelta(hours=2)
try:
    parser.parse("31 February 2024")
except ValueError:
    pass
else:
    raise AssertionError("the 31st of February was accepted")

assert date(2023, 1, 31) + relativedelta(months=1, weekday=FR(-1)) == date(2023, 2, 24)
age = relativedelta(date(2024, 3, 1), date(1999, 12, 31))
assert (age.years, age.months, age.days) == (24, 2, 1), age

# Friday the 13th of 2026
fridays = rrule(MONTHLY, dtstart=clock("2026-01-01"), count=3, byweekday=FR, bymonthday=13)
assert [day.month for day in fridays] == [2, 3, 11], list(fridays)
# An example of RFC 5545: daily for ten occurrences
days = list(rrulestr("DTSTART:19970902T090000\nRRULE:FREQ=DAILY;COUNT=10"))
assert len(days) == 10 and days[-1] == clock("1997-09-11T09:00")
assert easter.easter(2024) == date(2024, 3, 31) and easter.easter(2000) == date(2000, 4, 23)

# From the archive in the package, not from the system's files
berlin = zoneinfo.get_zonefile_instance().get("Europe/Berlin")
assert berlin is not None, "no Europe/Berlin in the package's archive"
assert datetime(2020, 7, 1, tzinfo=berlin).utcoffset() == timedelta(hours=2)
assert tz.datetime_ambiguous(clock("2020-10-25T02:30"), berlin)
