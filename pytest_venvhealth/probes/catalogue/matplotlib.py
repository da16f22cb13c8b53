# imports: matplotlib, matplotlib.figure, matplotlib.backends.backend_agg,
#   matplotlib.backends.backend_svg
# exercises: a line and text drawn by Agg and FreeType, read back as pixels; PNG and SVG;
#   colours; the default font, a formula
# timeout: 120
import io
import os
import struct

import matplotlib

matplotlib.use("Agg")

import numpy as np
from matplotlib import colors
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font

assert colors.to_hex("red") == "#ff0000"
assert tuple(matplotlib.colormaps["gray"](0.0)[:3]) == (0.0, 0.0, 0.0)

# Without its own font it draws with whatever other font there is.
own_font = os.path.join(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
for path in (own_font, findfont("DejaVu Sans", fallback_to_default=False)):
    if os.path.exists(path):
        assert get_font(path).family_name == "DejaVu Sans", path

# A black field drawn over all of a white page: the pixels are known.
figure = Figure(figsize=(2, 1), dpi=50)
canvas = FigureCanvasAgg(figure)
axes = figure.add_axes((0, 0, 1, 1))
axes.set_axis_off()
axes.set_xlim(0, 2)
axes.set_ylim(0, 1)
axes.fill([0, 1, 1, 0], [0, 0, 1, 1], color="black", linewidth=0)
canvas.draw()
pixels = np.asarray(canvas.buffer_rgba())
assert pixels.shape == (50, 100, 4), pixels.shape
assert (pixels[:, 5:45, :3] == 0).all()
assert (pixels[:, 55:95, :3] == 255).all()

figure = Figure(figsize=(2, 1), dpi=50)
canvas = FigureCanvasAgg(figure)
axes = figure.add_subplot()
axes.plot([0, 1, 2], [0, 1, 4])
axes.set_title(r"area $\frac{x^2}{3}$")
file = io.BytesIO()
figure.savefig(file, format="png")
data = file.getvalue()
assert data.startswith(b"\x89PNG\r\n\x1a\n")
assert struct.unpack(">II", data[16:24]) == (100, 50)

file = io.StringIO()
figure.savefig(file, format="svg")
assert "<svg" in file.getvalue() and file.getvalue().rstrip().endswith("</svg>")
