# imports: shapely, shapely.geometry, shapely.ops, shapely.wkt, shapely.wkb, shapely.affinity,
#   shapely.prepared, shapely.validation
# exercises: areas and lengths, overlays, relations, buffers, validity, text and binary forms,
#   transformations, unions and polygons from lines, a spatial index, arrays (from 2.0 on)
# versions: >=1.8
import math

import shapely
from shapely import affinity, ops, wkb, wkt
from shapely.geometry import LineString, MultiPoint, Point, Polygon, box, mapping, shape
from shapely.prepared import prep
from shapely.validation import explain_validity, make_valid

square = Polygon([(0, 0), (4, 0), (4, 4), (0, 4)])
holed = Polygon(square.exterior.coords, [[(1, 1), (2, 1), (2, 2), (1, 2)]])
other = box(2, 2, 6, 6)
assert (square.area, square.length, holed.area, holed.length) == (16, 16, 15, 20)
assert (square.intersection(other).area, square.union(other).area) == (4, 28)
assert square.difference(other).area == 12 and square.symmetric_difference(other).area == 24
assert square.intersection(other).equals(box(2, 2, 4, 4))
assert square.intersects(other) and not square.contains(other) and other.overlaps(square)
assert holed.contains(Point(3, 3)) and not holed.contains(Point(1.5, 1.5))
assert square.touches(box(4, 0, 5, 4)) and square.relate(Point(2, 2)) == "0F2FF1FF2"
assert square.centroid.equals(Point(2, 2)) and square.bounds == (0, 0, 4, 4)
assert Point(0, 0).distance(Point(3, 4)) == 5 and other.distance(Point(9, 10)) == 5
assert box(0, 0, 1, 1).hausdorff_distance(box(0, 0, 1, 3)) == 2

# A buffer is a polygon of 4n corners within the circle.
disk = Point(1, 1).buffer(2, 32)
assert abs(disk.area - 0.5 * 128 * 4 * math.sin(2 * math.pi / 128)) < 1e-9
hull = MultiPoint([(0, 0), (2, 0), (2, 2), (0, 2), (1, 1)]).convex_hull
assert hull.area == 4 and len(hull.exterior.coords) == 5
line = LineString([(0, 0), (3, 0), (3, 4)])
assert (
    line.length == 7 and line.interpolate(5).equals(Point(3, 2)) and line.project(Point(4, 1)) == 4
)
assert LineString([(0, 0), (1, 0.01), (2, 0)]).simplify(0.1).equals(LineString([(0, 0), (2, 0)]))

bow = Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
assert not bow.is_valid and explain_validity(bow).startswith("Self-intersection")
assert make_valid(bow).area == 2 and make_valid(bow).geom_type == "MultiPolygon"

assert wkt.loads("POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0))").equals(square)
assert (
    wkb.dumps(Point(1, 2), hex=True, byte_order=1) == "0101000000000000000000F03F0000000000000040"
)
assert wkb.loads(holed.wkb).equals(holed)
assert mapping(Point(1, 2)) == {"type": "Point", "coordinates": (1.0, 2.0)}
assert shape(mapping(holed)).equals(holed)
assert affinity.rotate(LineString([(0, 0), (2, 0)]), 90, origin=(0, 0)).coords[1][1] == 2
assert affinity.scale(square, 2, 3).area == 96
assert affinity.translate(square, 1, 1).bounds == (1, 1, 5, 5)
assert ops.unary_union([box(n, 0, n + 1.5, 1) for n in range(4)]).area == 4.5
sides = [[(0, 0), (1, 0)], [(1, 0), (1, 1)], [(1, 1), (0, 0)]]
assert [each.area for each in ops.polygonize(sides)] == [0.5]
assert ops.linemerge(sides[:2]).length == 2
assert len(list(ops.split(square, LineString([(2, -1), (2, 5)])).geoms)) == 2
assert len(ops.triangulate(MultiPoint([(0, 0), (1, 0), (1, 1), (0, 1)]))) == 2
assert [prep(square).contains(Point(n, 1)) for n in (1, 5)] == [True, False]

if hasattr(shapely, "area"):  # from 2.0 on functions take whole arrays
    points = shapely.points([[0.5, 0.5], [2.5, 2.5], [9, 9]])
    assert shapely.area([square, holed, None])[:2].tolist() == [16, 15]
    assert shapely.contains(square, points).tolist() == [True, True, False]
    tree = shapely.STRtree(points)
    assert sorted(tree.query(square).tolist()) == [0, 1] and tree.nearest(Point(8, 8)) == 2
    assert shapely.get_coordinates(line).tolist() == [[0, 0], [3, 0], [3, 4]]
    assert shapely.union_all([square, other]).area == 28
