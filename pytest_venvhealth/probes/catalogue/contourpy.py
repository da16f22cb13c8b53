# imports: contourpy
# exercises: lines and filled areas at a level by every algorithm, their several forms, holes,
#   masked points, chunks, threads, the size of a circle
# versions: >=1.0.5
import contourpy
import numpy as np
from contourpy import FillType, LineType, contour_generator


def area(ring):
    """Return the signed area of a closed ring: positive where it runs against the clock."""
    x, y = ring[:-1, 0], ring[:-1, 1]
    return (x * np.roll(y, -1) - y * np.roll(x, -1)).sum() / 2


def lines(generator, level):
    """Return the lines at a level; the old algorithms give codes with them."""
    found = generator.lines(level)
    return found[0] if generator.line_type == LineType.SeparateCode else found


x = y = np.linspace(-2.0, 2.0, 81)
distance = np.hypot(*np.meshgrid(x, y))
for name in ("serial", "threaded", "mpl2014", "mpl2005"):
    # A ramp: the line at 0.25 is straight.
    ramp = contour_generator(z=np.tile([0.0, 1.0, 2.0], (4, 1)), name=name)
    found = lines(ramp, 0.25)
    assert len(found) == 1, (name, found)
    line = found[0]
    assert np.allclose(line[:, 0], 0.25) and sorted(line[:, 1]) == [0, 1, 2, 3], (name, line)
    circles = contour_generator(x, y, distance, name=name)
    (ring,) = lines(circles, 1.0)
    assert abs(abs(area(ring)) - np.pi) < 0.01 and np.allclose(ring[0], ring[-1]), name
    assert np.allclose(np.hypot(*ring.T), 1.0, atol=2e-3), name
    assert len(lines(circles, 9.0)) == 0

# Two peaks, two closed lines.
peaks = np.zeros((5, 9))
peaks[2, 2] = peaks[2, 6] = 1.0
assert [len(line) for line in contour_generator(z=peaks).lines(0.5)] == [5, 5]

# A ring of area pi (1.5 ** 2 - 0.5 ** 2) has an outer line and a hole that runs the other way.
filler = contour_generator(x, y, distance, fill_type=FillType.OuterOffset)
assert filler.fill_type == FillType.OuterOffset
points, offsets = filler.filled(0.5, 1.5)
assert len(points) == 1 and len(offsets[0]) == 3, offsets
outer, hole = (points[0][a:b] for a, b in zip(offsets[0][:-1], offsets[0][1:]))
assert area(outer) > 0 > area(hole) and abs(area(outer) + area(hole) - 2 * np.pi) < 0.02
codes = contour_generator(x, y, distance, fill_type=FillType.OuterCode).filled(0.5, 1.5)[1][0]
assert codes[0] == 1 and list(codes).count(79) == 2 and len(codes) == len(points[0])

chunked = contour_generator(
    x,
    y,
    distance,
    name="threaded",
    chunk_count=(2, 2),
    thread_count=2,
    line_type=LineType.ChunkCombinedOffset,
    fill_type=FillType.ChunkCombinedOffset,
)
assert chunked.chunk_count == (2, 2) and chunked.thread_count == 2
total = 0
for part, ends in zip(*chunked.filled(-1.0, 1.0)):
    total += sum(area(part[ends[n] : ends[n + 1]]) for n in range(len(ends) - 1))
assert abs(total - np.pi) < 0.01, total
assert len(chunked.lines(1.0)[0]) == 4

masked = np.ma.array(distance, mask=distance > 1.7)
assert len(contour_generator(x, y, masked).lines(1.8)) == 0
assert len(contour_generator(x, y, masked).lines(1.0)) == 1
assert contourpy.max_threads() >= 1
try:
    contour_generator(z=np.zeros((1, 5)))
except (TypeError, ValueError):
    pass
else:
    raise AssertionError("a single row was accepted")
