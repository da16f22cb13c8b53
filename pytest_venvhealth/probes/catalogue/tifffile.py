# imports: tifffile
# exercises: a file made by hand; pages, types, byte orders, compression, tiles, BigTIFF, tags, OME
#   and ImageJ metadata, parts, memory maps, series, pyramids, errors
# versions: >=2022.5.4
import io
import struct

import numpy as np
import tifffile
from tifffile import TiffFile, TiffWriter, imread, imwrite, memmap

# By hand: 3 x 2 pixels of 8 bits, in one strip, little end first.
fields = [
    (256, 3, 1, 3),
    (257, 3, 1, 2),
    (258, 3, 1, 8),
    (259, 3, 1, 1),
    (262, 3, 1, 1),
    (273, 4, 1, 8),
    (277, 3, 1, 1),
    (278, 3, 1, 2),
    (279, 4, 1, 6),
]
by_hand = b"II*\0" + struct.pack("<I", 14) + bytes([1, 2, 3, 4, 5, 6])
by_hand += (
    struct.pack("<H", len(fields)) + b"".join(struct.pack("<HHII", *f) for f in fields) + bytes(4)
)
assert imread(io.BytesIO(by_hand)).tolist() == [[1, 2, 3], [4, 5, 6]]

image = np.arange(64 * 48, dtype=np.uint16).reshape(64, 48)
for kind in ("u1", "u2", "i4", "f4", "f8", "c8"):
    for order in "<>":
        file = io.BytesIO()
        imwrite(file, image.astype(kind), byteorder=order, photometric="minisblack")
        assert file.getvalue()[:4] == (b"II*\0" if order == "<" else b"MM\0*")
        again = imread(io.BytesIO(file.getvalue()))
        assert again.dtype == np.dtype(kind) and (again == image.astype(kind)).all(), (kind, order)

options = {
    "compression": "zlib",
    "tile": (16, 16),
    "description": "probe",
    "resolution": (300, 300),
}
imwrite("tiled.tif", image, bigtiff=True, software="own", metadata=None, **options)
with TiffFile("tiled.tif") as tif:
    page = tif.pages[0]
    assert tif.is_bigtiff and page.is_tiled and page.shape == (64, 48) and len(tif.pages) == 1
    assert page.compression == 8 and page.tags["ImageDescription"].value == "probe"
    assert page.tags["XResolution"].value == (300, 1) and page.tags["Software"].value == "own"
    assert len(page.dataoffsets) == 12 and (page.asarray() == image).all()
    assert (next(page.segments())[0].squeeze() == image[:16, :16]).all()
with open("tiled.tif", "rb") as file:
    assert file.read(4) == b"II+\0"

stack = np.stack([image, image[::-1], image + 1])
with TiffWriter("stack.tif") as writer:
    for plane in stack:
        writer.write(plane, contiguous=True)
assert (imread("stack.tif") == stack).all() and (imread("stack.tif", key=1) == image[::-1]).all()
colors = np.zeros((8, 9, 3), np.uint8)
colors[2:5, 3] = (255, 128, 0)
imwrite("rgb.tif", colors, photometric="rgb", metadata={"axes": "YXS", "made": "here"})
with TiffFile("rgb.tif") as tif:
    assert tif.pages[0].photometric == 2 and tif.series[0].axes == "YXS"
    assert tif.shaped_metadata[0]["made"] == "here" and (tif.asarray() == colors).all()

imwrite("image.ome.tif", stack, metadata={"axes": "CYX", "Channel": {"Name": ["a", "b", "c"]}})
with TiffFile("image.ome.tif") as tif:
    assert tif.is_ome and tif.series[0].axes == "CYX" and 'SizeC="3"' in tif.ome_metadata
    assert tifffile.xml2dict(tif.ome_metadata)["OME"]["Image"]["Pixels"]["SizeX"] == 48
imwrite("imagej.tif", stack, imagej=True, metadata={"axes": "ZYX", "spacing": 2.5, "unit": "um"})
with TiffFile("imagej.tif") as tif:
    assert tif.imagej_metadata["slices"] == 3 and tif.imagej_metadata["spacing"] == 2.5

with TiffWriter("pyramid.tif") as writer:
    writer.write(image, subifds=1)
    writer.write(image[::2, ::2], subfiletype=1)
with TiffFile("pyramid.tif") as tif:
    assert [level.shape for level in tif.series[0].levels] == [(64, 48), (32, 24)]
mapped = memmap("mapped.tif", shape=(4, 5), dtype="f4", photometric="minisblack")
mapped[2, 3] = 1.5
mapped.flush()
del mapped
assert imread("mapped.tif")[2, 3] == 1.5 and imread("mapped.tif").sum() == 1.5
try:
    imread(io.BytesIO(b"not a TIFF file"))
except tifffile.TiffFileError:
    pass
else:
    raise AssertionError("a text was read as an image")
