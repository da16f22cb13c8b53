# imports: imageio, imageio.v2, imageio.v3, imageio.plugins.pillow
# exercises: images written and read as PNG, BMP, TIFF, JPEG, GIF and archives of arrays; frames one
#   by one, the older interface
# versions: >=2.28
import imageio.v2 as old
import imageio.v3 as iio
import numpy as np

# A picture made by hand: 2 x 1 pixels, red and blue.
by_hand = iio.imread(b"P6\n2 1\n255\n\xff\x00\x00\x00\x00\xff", extension=".ppm")
assert by_hand.tolist() == [[[255, 0, 0], [0, 0, 255]]], by_hand

image = np.zeros((20, 30, 3), np.uint8)
image[5:15, 10:20] = (255, 128, 0)
for name, start in (("a.png", b"\x89PNG\r\n"), ("a.bmp", b"BM"), ("a.tiff", (b"II*\0", b"MM\0*"))):
    iio.imwrite(name, image)
    with open(name, "rb") as file:
        assert file.read(8).startswith(start), name
    assert (iio.imread(name) == image).all(), name
gray = iio.imread("a.png", plugin="pillow", mode="L")
assert gray[10, 15] == round(0.299 * 255 + 0.587 * 128)
smooth = np.add.outer(np.arange(32), np.arange(32)).astype(np.uint8) * 4
lossy = iio.imread(iio.imwrite("<bytes>", smooth, extension=".jpg", quality=95), extension=".jpg")
assert np.abs(lossy.astype(int) - smooth).max() < 10

# Three frames; every one has to come back.
frames = np.stack([np.full((8, 8, 3), shade, np.uint8) for shade in (0, 100, 200)])
iio.imwrite("film.gif", frames, duration=100, loop=0)
assert [int(frame.mean()) for frame in iio.imiter("film.gif")] == [0, 100, 200]
with old.get_reader("film.gif") as reader:
    assert len(reader) == 3 and int(reader.get_data(2).mean()) == 200
old.mimwrite("arrays.npz", [smooth, smooth * 2])
assert (old.mimread("arrays.npz")[1] == smooth * 2).all()
