# imports: tzdata
# exercises: every zone that the package lists is there as a TZif file; offsets in summer and winter
#   as the standard library computes them from the package's files alone
import importlib.util
import pkgutil
from datetime import datetime, timedelta, timezone

names = pkgutil.get_data("tzdata", "zones").decode("ascii").split()
assert len(names) > 400 and len(set(names)) == len(names), len(names)
for name in ("UTC", "Etc/UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo"):
    assert name in names, name
for name in names:
    data = pkgutil.get_data("tzdata", "zoneinfo/" + name)
    # RFC 8536: magic and version, a header of 44 bytes; from version 2 on a footer in newlines
    assert data[:4] == b"TZif" and len(data) > 44, "{}: no TZif file".format(name)
    if data[4:5] >= b"2":
        footer = data.rsplit(b"\n", 2)
        assert len(footer) == 3 and footer[2] == b"", "{}: cut off".format(name)

if importlib.util.find_spec("zoneinfo") is not None:  # Python >= 3.9
    import zoneinfo

    zoneinfo.reset_tzpath(to=())
    winter = datetime(2020, 1, 1, 12, tzinfo=timezone.utc)
    summer = datetime(2020, 7, 1, 12, tzinfo=timezone.utc)
    for name, in_winter, in_summer in (
        ("Europe/Berlin", 1, 2),
        ("America/New_York", -5, -4),
        ("Australia/Sydney", 11, 10),
        ("Asia/Kolkata", 5.5, 5.5),
        ("Asia/Tokyo", 9, 9),
        ("Etc/UTC", 0, 0),
    ):
        zone = zoneinfo.ZoneInfo(name)
        hours = [day.astimezone(zone).utcoffset() for day in (winter, summer)]
        assert hours == [timedelta(hours=in_winter), timedelta(hours=in_summer)], (name, hours)
    paris = zoneinfo.ZoneInfo("Europe/Paris")
    # France kept the time of Paris until March 1911: 9 minutes 21 seconds ahead of Greenwich.
    assert datetime(1905, 1, 1, tzinfo=paris).utcoffset() == timedelta(minutes=9, seconds=21)
    assert set(names) <= zoneinfo.available_timezones()
