# imports: pyproj, pyproj.crs, pyproj.transformer, pyproj.database
# exercises: the database of reference systems, transformations with a known formula, projections,
#   distances on the ellipsoid, descriptions as WKT, JSON and PROJ text, search by name or area
# versions: >=3.1
import json
import math

import pyproj
from pyproj import CRS, Geod, Proj, Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_crs_info, query_utm_crs_info
from pyproj.enums import WktVersion
from pyproj.exceptions import CRSError

pyproj.network.set_network_enabled(False)
wgs84 = CRS.from_epsg(4326)
assert wgs84.is_geographic and wgs84.to_epsg() == 4326 and wgs84.name == "WGS 84"
assert [axis.direction for axis in wgs84.axis_info] == ["north", "east"]
assert (wgs84.ellipsoid.semi_major_metre, wgs84.ellipsoid.inverse_flattening) == (
    6378137.0,
    298.257223563,
)
utm = CRS("EPSG:32632")
assert utm.is_projected and utm.utm_zone == "32N" and utm.geodetic_crs == wgs84
assert CRS.from_wkt(utm.to_wkt(WktVersion.WKT2_2019)) == utm
assert json.loads(utm.to_json())["id"] == {"authority": "EPSG", "code": 32632}
assert CRS.from_dict({"proj": "utm", "zone": 32, "datum": "WGS84"}).to_epsg() == 32632
assert CRS.from_user_input(utm.to_json_dict()) == utm and utm != wgs84

# Web Mercator is a sphere's Mercator: x = R lon, y = R ln tan(45 deg + lat / 2).
web = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
radius, longitude, latitude = 6378137.0, 12.5, 41.9
x = radius * math.radians(longitude)
y = radius * math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))
found = web.transform(longitude, latitude)
assert abs(found[0] - x) < 1e-6 and abs(found[1] - y) < 1e-6, (found, x, y)
back = web.transform(*found, direction="INVERSE")
assert abs(back[0] - longitude) < 1e-9 and abs(back[1] - latitude) < 1e-9
# The middle of a zone is at 500 km; the equator at 0.
assert all(
    abs(value - wanted) < 1e-6
    for value, wanted in zip(Transformer.from_crs(4326, 32632).transform(0, 9), (500000, 0))
)
many = [list(values) for values in web.transform([0, 180], [0, 0])]
assert abs(many[0][1] - math.pi * radius) < 1e-6 and abs(many[1][1]) < 1e-6
steps = "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=merc +R=1"
assert abs(Transformer.from_pipeline(steps).transform(90, 0)[0] - math.pi / 2) < 1e-12
center = Transformer.from_crs("EPSG:4979", "EPSG:4978").transform(0, 0, 0)
assert abs(center[0] - 6378137) < 1e-6 and abs(center[2]) < 1e-6
assert abs(Proj(proj="eqc", R=1)(90, 45)[0] - math.pi / 2) < 1e-12

# A quarter of the meridian of WGS 84, and a degree of its equator.
geod = Geod(ellps="WGS84")
forward, _, quarter = geod.inv(10, 0, 10, 90)
assert abs(quarter - 10001965.7293) < 1e-3 and abs(forward) < 1e-9, quarter
assert abs(geod.inv(0, 0, 1, 0)[2] - math.radians(1) * 6378137) < 1e-6
assert abs(geod.fwd(10, 0, 0, quarter)[1] - 90) < 1e-9
area, perimeter = geod.polygon_area_perimeter([0, 90, 0], [0, 0, 90])
assert abs(area - 510065621724088.5 / 8) < 1e3 and perimeter > 3e7, area
assert len(geod.npts(0, 0, 10, 0, 4)) == 4

rome = AreaOfInterest(12.4, 41.8, 12.6, 42.0)
zones = query_utm_crs_info(datum_name="WGS 84", area_of_interest=rome)
assert "32633" in {zone.code for zone in zones}
assert len(query_crs_info(auth_name="EPSG", pj_types="PROJECTED_CRS")) > 1000
assert "EPSG" in pyproj.get_authorities() and "WGS84" in pyproj.get_ellps_map()
try:
    CRS("EPSG:999999")
except CRSError:
    pass
else:
    raise AssertionError("a system that is not there was found")
