# imports: pytz
# exercises: UTC offsets of several zones in summer and winter, ambiguous times, normalizing, the
#   file of every zone in its table of zones, countries
# versions: >=2020.1
import datetime

import pytz

clock = datetime.datetime.fromisoformat
noon = datetime.datetime(2020, 7, 1, 12, tzinfo=pytz.utc)
offsets = {"Europe/Berlin": 2, "America/New_York": -4, "Asia/Kathmandu": 5.75}
for name, hours in offsets.items():
    local = noon.astimezone(pytz.timezone(name))
    assert local.utcoffset() == datetime.timedelta(hours=hours), (name, local)

berlin = pytz.timezone("Europe/Berlin")
winter = berlin.localize(clock("2020-01-01T12:00"))
assert winter.isoformat() == "2020-01-01T12:00:00+01:00", winter
# Over the change to summer time of 29 March 2020
late = berlin.localize(clock("2020-03-28T12:00")) + datetime.timedelta(days=1)
assert berlin.normalize(late).isoformat() == "2020-03-29T13:00:00+02:00"
twice = clock("2020-10-25T02:30")
assert berlin.localize(twice, is_dst=False).utcoffset() == datetime.timedelta(hours=1)
try:
    berlin.localize(twice, is_dst=None)
except pytz.AmbiguousTimeError:
    pass
else:
    raise AssertionError("an ambiguous time was accepted")

assert pytz.FixedOffset(90).utcoffset(None) == datetime.timedelta(minutes=90)
assert pytz.country_timezones("ch") == ["Europe/Zurich"]
with pytz.open_resource("zone.tab") as table:
    rows = [line.decode("utf-8").split("\t") for line in table if not line.startswith(b"#")]
assert len(rows) > 300, len(rows)
for row in rows:
    pytz.timezone(row[2].strip())  # reads the zone's file
try:
    pytz.timezone("Europe/Nowhere")
except pytz.UnknownTimeZoneError:
    pass
else:
    raise AssertionError("there is a zone Europe/Nowhere")
