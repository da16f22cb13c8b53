# imports: pyproj, pyproj.crs, pyproj.transformer, pyproj.database
# exercises: the database of reference systems, transformations with a known formula, distances on
#   the ellipsoid, a description as WKT
# versions: >=3.1
import math

import pyproj
from pyproj import CRS, Geod, Transformer

pyproj.network.set_network_enabled(False)
wgs84 = CRS.from_epsg(4326)
assert wgs84.is_geographic and wgs84.name == "WGS 84"
assert [axis.direction for axis in wgs84.axis_info] == ["north", "east"]
utm = CRS("EPSG:32632")
assert utm.is_projected and utm.utm_zone == "32N" and utm.geodetic_crs == wgs84
assert CRS.from_wkt(utm.to_wkt()) == utm and utm != wgs84
assert CRS.from_dict({"proj": "utm", "zone": 32, "datum": "WGS84"}).to_epsg() == 32632

# Web Mercator is a sphere's Mercator: x = R lon, y = R ln tan(45 deg + lat / 2).
web = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
radius, longitude, latitude = 6378137.0, 12.5, 41.9
x, y = web.transform(longitude, latitude)
assert abs(x - radius * math.radians(longitude)) < 1e-6, x
assert abs(y - radius * math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))) < 1e-6, y
back = web.transform(x, y, direction="INVERSE")
assert abs(back[0] - longitude) < 1e-9 and abs(back[1] - latitude) < 1e-9
# The middle of a zone is at 500 km; the equator at 0.
x, y = Transformer.from_crs(4326, 32632).transform(0, 9)
assert abs(x - 500000) < 1e-6 and abs(y) < 1e-6, (x, y)

# A quarter of the meridian of WGS 84, a degree of its equator, an eighth of its surface
geod = Geod(ellps="WGS84")
_, _, quarter = geod.inv(10, 0, 10, 90)
assert abs(quarter - 10001965.7293) < 1e-3, quarter
assert abs(geod.inv(0, 0, 1, 0)[2] - math.radians(1) * radius) < 1e-6
assert abs(geod.fwd(10, 0, 0, quarter)[1] - 90) < 1e-9
area, _ = geod.polygon_area_perimeter([0, 90, 0], [0, 0, 90])
assert abs(area - 510065621724088.5 / 8) < 1e3, area
