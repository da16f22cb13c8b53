# imports: imageio, imageio.v2, imageio.v3, imageio.plugins.pillow
# exercises: images written and read as PNG, JPEG, BMP, GIF and arrays' archives; bytes and files,
#   frames one by one, properties, metadata, the older interface, errors
# versions: >=2.28
import io

import imageio.v2 as old
import imageio.v3 as iio
import numpy as np

image = np.zeros((20, 30, 3), np.uint8)
image[5:15, 10:20] = (255, 128, 0)
image[:, 0] = np.arange(20)[:, None]

# A picture made by hand: 2 x 1 pixels, red and blue.
by_hand = iio.imread(b"P6\n2 1\n255\n\xff\x00\x00\x00\x00\xff", extension=".ppm")
assert by_hand.tolist() == [[[255, 0, 0], [0, 0, 255]]], by_hand

for extension, start in (
    (".png", b"\x89PNG\r\n"),
    (".bmp", b"BM"),
    (".tiff", (b"II*\0", b"MM\0*")),
):
    data = iio.imwrite("<bytes>", image, extension=extension)
    assert data.startswith(start), extension
    assert (iio.imread(data, extension=extension) == image).all(), extension
    iio.imwrite("image" + extension, image)
    again = iio.imread("image" + extension)
    assert again.dtype == np.uint8 and (again == image).all(), extension
smooth = np.add.outer(np.arange(32), np.arange(32)).astype(np.uint8) * 4
lossy = iio.imread(iio.imwrite("<bytes>", smooth, extension=".jpg", quality=95), extension=".jpg")
assert np.abs(lossy.astype(int) - smooth).max() < 10

found = iio.improps("image.png")
assert found.shape == (20, 30, 3) and found.dtype == np.uint8 and not found.is_batch
assert iio.immeta("image.png", plugin="pillow")["mode"] == "RGB"
gray = iio.imread("image.png", plugin="pillow", mode="L")
assert gray.shape == (20, 30) and gray[10, 15] == round(0.299 * 255 + 0.587 * 128)
deep = np.arange(600, dtype=np.uint16).reshape(20, 30) * 100
assert (iio.imread(iio.imwrite("<bytes>", deep, extension=".png"), extension=".png") == deep).all()

# Three frames; every one has to come back.
frames = np.stack([np.full((8, 8, 3), shade, np.uint8) for shade in (0, 100, 200)])
iio.imwrite("film.gif", frames, duration=100, loop=0)
with open("film.gif", "rb") as file:
    assert file.read(6) == b"GIF89a"
assert iio.imread("film.gif", index=None).shape == (3, 8, 8, 3)
shades = [int(frame.mean()) for frame in iio.imiter("film.gif")]
assert shades == [0, 100, 200], shades
assert int(iio.imread("film.gif", index=1).mean()) == 100
with iio.imopen("film.gif", "r", plugin="pillow") as opened:
    assert opened.properties(index=...).n_images == 3
    assert opened.metadata(index=0)["duration"] == 100

old.mimsave("older.gif", list(frames))
with old.get_reader("older.gif") as reader:
    assert len(reader) == 3 and int(reader.get_data(2).mean()) == 200
with old.get_writer("one.png") as writer:
    writer.append_data(image)
assert (old.imread("one.png") == image).all()
old.mimwrite("arrays.npz", [smooth, smooth * 2])
assert (old.mimread("arrays.npz")[1] == smooth * 2).all()
memory = io.BytesIO()
iio.imwrite(memory, image, extension=".png")
assert (iio.imread(memory.getvalue()) == image).all()
with open("broken.png", "wb") as file:
    file.write(b"no picture at all")
for name in ("broken.png", "missing.png"):
    try:
        iio.imread(name)
    except OSError:
        pass
    else:
        raise AssertionError(name + " was read")
