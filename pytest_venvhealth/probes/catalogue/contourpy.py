# imports: contourpy
# exercises: lines and filled areas at a level by every algorithm, holes, masked points, the size of
#   a circle
# versions: >=1.0.5
import numpy as np
from contourpy import FillType, LineType, contour_generator


def area(ring):
    """Return the signed area of a closed ring: positive where it runs against the clock."""
    x, y = ring[:-1, 0], ring[:-1, 1]
    return (x * np.roll(y, -1) - y * np.roll(x, -1)).sum() / 2


x = y = np.linspace(-2.0, 2.0, 81)
distance = np.hypot(*np.meshgrid(x, y))
for name in ("serial", "threaded", "mpl2014", "mpl2005"):
    circles = contour_generator(x, y, distance, name=name)
    lines = circles.lines(1.0)
    if circles.line_type == LineType.SeparateCode:
        lines = lines[0]  # the old algorithms give codes with them
    assert len(lines) == 1, (name, lines)
    ring = lines[0]
    assert np.allclose(np.hypot(*ring.T), 1.0, atol=2e-3), name
    assert abs(abs(area(ring)) - np.pi) < 0.01, name

# A ramp: the line at 0.25 is straight.
(line,) = contour_generator(z=np.tile([0.0, 1.0, 2.0], (4, 1))).lines(0.25)
assert np.allclose(line[:, 0], 0.25) and sorted(line[:, 1]) == [0, 1, 2, 3], line

# A ring of area pi (1.5 ** 2 - 0.5 ** 2) has an outer line and a hole that runs the other way.
filler = contour_generator(x, y, distance, fill_type=FillType.OuterOffset)
points, offsets = filler.filled(0.5, 1.5)
start, middle, end = offsets[0]
outer, hole = points[0][start:middle], points[0][middle:end]
assert area(outer) > 0 > area(hole) and abs(area(outer) + area(hole) - 2 * np.pi) < 0.02

masked = np.ma.array(distance, mask=distance > 1.7)
assert len(contour_generator(x, y, masked).lines(1.8)) == 0
assert len(contour_generator(x, y, masked).lines(1.0)) == 1
