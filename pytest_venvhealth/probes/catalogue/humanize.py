# imports: humanize
# exercises: sizes, numbers and durations in words; the same in German and French from the
#   translations that come with it
# versions: >=4.0
import datetime

import humanize

hours = datetime.timedelta(hours=3)
assert humanize.naturalsize(1_000_000) == "1.0 MB"
assert humanize.naturalsize(3 * 1024**2, binary=True) == "3.0 MiB"
assert humanize.intcomma(1234567) == "1,234,567" and humanize.intcomma(-1234.5678, 2) == "-1,234.57"
assert humanize.intword(1_200_000) == "1.2 million"
ordinals = [humanize.ordinal(n) for n in (1, 2, 3, 11, 112, 23)]
assert ordinals == ["1st", "2nd", "3rd", "11th", "112th", "23rd"]
assert humanize.apnumber(5) == "five" and humanize.apnumber(10) == "10"
assert humanize.fractional(0.3) == "3/10" and humanize.fractional(1.5) == "1 1/2"
assert humanize.naturaltime(hours) == "3 hours ago"
assert humanize.naturaltime(-hours) == "3 hours from now"
precise = datetime.timedelta(days=2, seconds=3661)
assert humanize.precisedelta(precise) == "2 days, 1 hour, 1 minute and 1 second"

humanize.i18n.activate("de_DE")
assert humanize.naturaltime(hours) == "vor 3 Stunden"
humanize.i18n.activate("fr_FR")
assert humanize.naturaldelta(hours) == "3 heures" and humanize.apnumber(5) == "cinq"
humanize.i18n.deactivate()
assert humanize.naturaldelta(hours) == "3 hours"
