# imports: shapely, shapely.geometry, shapely.ops, shapely.wkt, shapely.wkb, shapely.affinity,
#   shapely.prepared, shapely.validation
# exercises: areas, overlays, relations, a buffer, validity, text and binary forms, transformations,
#   polygons from lines, arrays and a spatial index
# versions: >=1.8
import math

import shapely
from shapely import affinity, ops, wkb, wkt
from shapely.geometry import LineString, Point, Polygon, box
from shapely.validation import make_valid

square = Polygon([(0, 0), (4, 0), (4, 4), (0, 4)])
holed = Polygon(square.exterior.coords, [[(1, 1), (2, 1), (2, 2), (1, 2)]])
other = box(2, 2, 6, 6)
assert (square.area, square.length, holed.area, holed.length) == (16, 16, 15, 20)
assert (square.intersection(other).area, square.union(other).area) == (4, 28)
assert square.intersection(other).equals(box(2, 2, 4, 4))
assert square.intersects(other) and not square.contains(other)
assert holed.contains(Point(3, 3)) and not holed.contains(Point(1.5, 1.5))
assert square.relate(Point(2, 2)) == "0F2FF1FF2" and square.centroid.equals(Point(2, 2))
assert Point(0, 0).distance(Point(3, 4)) == 5

# A buffer is a polygon of 4n corners within the circle.
disk = Point(1, 1).buffer(2, 32)
assert abs(disk.area - 0.5 * 128 * 4 * math.sin(2 * math.pi / 128)) < 1e-9
line = LineString([(0, 0), (3, 0), (3, 4)])
assert line.interpolate(5).equals(Point(3, 2)) and line.project(Point(4, 1)) == 4
bow = Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
assert not bow.is_valid and make_valid(bow).area == 2

assert wkt.loads("POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0))").equals(square)
binary = "0101000000000000000000F03F0000000000000040"
assert wkb.dumps(Point(1, 2), hex=True, byte_order=1) == binary
assert affinity.scale(square, 2, 3).area == 96
assert affinity.translate(square, 1, 1).bounds == (1, 1, 5, 5)
assert ops.unary_union([box(n, 0, n + 1.5, 1) for n in range(4)]).area == 4.5
sides = [[(0, 0), (1, 0)], [(1, 0), (1, 1)], [(1, 1), (0, 0)]]
assert [each.area for each in ops.polygonize(sides)] == [0.5]

if hasattr(shapely, "area"):  # from 2.0 on functions take whole arrays
    points = shapely.points([[0.5, 0.5], [2.5, 2.5], [9, 9]])
    assert shapely.contains(square, points).tolist() == [True, True, False]
    assert sorted(shapely.STRtree(points).query(square).tolist()) == [0, 1]
