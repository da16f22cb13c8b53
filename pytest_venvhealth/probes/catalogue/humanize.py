# imports: humanize
# exercises: sizes, numbers, durations and lists in words; the same in German and French from the
#   translations that come with it
# versions: >=4.0
import datetime

import humanize

hours = datetime.timedelta(hours=3)
assert humanize.naturalsize(1_000_000) == "1.0 MB"
assert humanize.naturalsize(3 * 1024**2, binary=True) == "3.0 MiB"
assert humanize.naturalsize(2500, gnu=True) == "2.4K" and humanize.naturalsize(300) == "300 Bytes"
assert humanize.intcomma(1234567) == "1,234,567" and humanize.intcomma(-1234.5678, 2) == "-1,234.57"
assert humanize.intword(1_200_000) == "1.2 million"
assert humanize.intword(8_100_000_000, format="%.2f") == "8.10 billion"
assert [humanize.ordinal(n) for n in (1, 2, 3, 11, 112, 23)] == [
    "1st",
    "2nd",
    "3rd",
    "11th",
    "112th",
    "23rd",
]
assert humanize.apnumber(5) == "five" and humanize.apnumber(10) == "10"
assert humanize.fractional(0.3) == "3/10" and humanize.fractional(1.5) == "1 1/2"
assert humanize.scientific(500) == "5.00 x 10²", humanize.scientific(500)
assert humanize.naturaldelta(hours) == "3 hours"
assert humanize.naturaldelta(datetime.timedelta(days=400)) == "1 year, 1 month"
assert humanize.naturaltime(hours) == "3 hours ago"
assert humanize.naturaltime(-hours) == "3 hours from now"
assert humanize.naturaldate(datetime.date(1999, 7, 5)) == "Jul 05 1999"
precise = datetime.timedelta(days=2, seconds=3661)
assert humanize.precisedelta(precise) == "2 days, 1 hour, 1 minute and 1 second"
assert humanize.precisedelta(precise, suppress=["days"]) == "49 hours, 1 minute and 1 second"

try:
    humanize.i18n.activate("de_DE")
    assert humanize.naturaldelta(hours) == "3 Stunden", humanize.naturaldelta(hours)
    assert humanize.naturaltime(hours) == "vor 3 Stunden"
    humanize.i18n.activate("fr_FR")
    assert humanize.naturaldelta(hours) == "3 heures" and humanize.apnumber(5) == "cinq"
finally:
    humanize.i18n.deactivate()
assert humanize.naturaldelta(hours) == "3 hours"
