# imports: pytz
# exercises: UTC offsets of several zones in summer and winter, ambiguous and missing times,
#   normalizing, the file of every zone in its table of zones, countries
import datetime
import pickle

import pytz

clock = datetime.datetime.fromisoformat
noon = datetime.datetime(2020, 7, 1, 12, tzinfo=pytz.utc)
offsets = {
    "Europe/Berlin": 2,
    "America/New_York": -4,
    "Asia/Kolkata": 5.5,
    "Australia/Sydney": 10,
    "Asia/Kathmandu": 5.75,
}
for name, hours in offsets.items():
    local = noon.astimezone(pytz.timezone(name))
    assert local.utcoffset() == datetime.timedelta(hours=hours), (name, local)
    assert local == noon

berlin = pytz.timezone("Europe/Berlin")
winter = berlin.localize(clock("2020-01-01T12:00"))
assert winter.isoformat() == "2020-01-01T12:00:00+01:00", winter
# Over the change to summer time of 29 March 2020
late = berlin.localize(clock("2020-03-28T12:00")) + datetime.timedelta(days=1)
assert berlin.normalize(late).isoformat() == "2020-03-29T13:00:00+02:00"
twice, never = clock("2020-10-25T02:30"), clock("2020-03-29T02:30")
assert berlin.localize(twice, is_dst=True).utcoffset() == datetime.timedelta(hours=2)
assert berlin.localize(twice, is_dst=False).utcoffset() == datetime.timedelta(hours=1)
for wrong, error in ((twice, pytz.AmbiguousTimeError), (never, pytz.NonExistentTimeError)):
    try:
        berlin.localize(wrong, is_dst=None)
    except error:
        pass
    else:
        raise AssertionError("{} was accepted".format(wrong))

assert pytz.FixedOffset(90).utcoffset(None) == datetime.timedelta(minutes=90)
assert pickle.loads(pickle.dumps(berlin)) is berlin
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
