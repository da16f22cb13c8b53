# imports: tifffile
# exercises: a file made by hand; types and byte orders, a compressed file in tiles with its tags,
#   several pages, OME metadata
# versions: >=2022.5.4
import io
import struct

import numpy as np
from tifffile import TiffFile, imread, imwrite

# By hand: 3 x 2 pixels of 8 bits, in one strip, little end first.
rows = [(256, 3, 1, 3), (257, 3, 1, 2), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1)]
rows += [(273, 4, 1, 8), (277, 3, 1, 1), (278, 3, 1, 2), (279, 4, 1, 6)]
by_hand = b"II*\0" + struct.pack("<I", 14) + bytes([1, 2, 3, 4, 5, 6])
by_hand += struct.pack("<H", len(rows)) + b"".join(struct.pack("<HHII", *row) for row in rows)
assert imread(io.BytesIO(by_hand + bytes(4))).tolist() == [[1, 2, 3], [4, 5, 6]]

image = np.arange(64 * 48, dtype=np.uint16).reshape(64, 48)
for kind in ("u1", "i4", "f8"):
    for order, start in (("<", b"II*\0"), (">", b"MM\0*")):
        file = io.BytesIO()
        imwrite(file, image.astype(kind), byteorder=order, photometric="minisblack")
        assert file.getvalue()[:4] == start
        again = imread(io.BytesIO(file.getvalue()))
        assert again.dtype == np.dtype(kind) and (again == image.astype(kind)).all(), (kind, order)

imwrite("tiled.tif", image, compression="zlib", tile=(16, 16), description="probe", metadata=None)
with TiffFile("tiled.tif") as tif:
    page = tif.pages[0]
    assert page.is_tiled and page.shape == (64, 48) and len(page.dataoffsets) == 12
    assert page.compression == 8 and page.tags["ImageDescription"].value == "probe"
    assert (page.asarray() == image).all()

stack = np.stack([image, image[::-1], image + 1])
imwrite("stack.ome.tif", stack, photometric="minisblack", metadata={"axes": "ZYX"})
assert (imread("stack.ome.tif", key=1) == image[::-1]).all()
with TiffFile("stack.ome.tif") as tif:
    assert tif.is_ome and tif.series[0].axes == "ZYX" and 'SizeZ="3"' in tif.ome_metadata
