# imports: skimage, skimage.io, skimage.data, skimage.transform, skimage.measure,
#   skimage.segmentation, skimage.restoration, skimage.morphology, skimage.filters, skimage.color,
#   skimage.draw, skimage.exposure, skimage.metrics, skimage.util
# exercises: an image that comes with it, drawing, labels and their properties, filters,
#   transforms, segmentation, colours, denoising, a file
# versions: >=0.19
import numpy as np
from skimage import (
    color,
    data,
    draw,
    filters,
    io,
    measure,
    metrics,
    restoration,
    segmentation,
    transform,
)

coins = data.coins()
assert coins.shape == (303, 384) and coins.dtype == np.uint8
assert 100 <= filters.threshold_otsu(coins) <= 115

image = np.zeros((60, 60))
image[draw.disk((20, 20), 10)] = 1
image[40:50, 35:55] = 0.5
labels = measure.label(image > 0)
disk, box = measure.regionprops(labels)
assert (box.area, box.bbox, box.centroid) == (200, (40, 35, 50, 55), (44.5, 44.5))
assert abs(disk.area - np.pi * 100) < 15 and disk.eccentricity < 0.1
water = segmentation.watershed(-image, labels, mask=image > 0)
assert (water == labels).all()

slope = np.tile(np.arange(9.0), (9, 1))
assert np.allclose(filters.sobel_h(slope), 0) and abs(filters.sobel_v(slope)[4, 4]) > 0.5
ramp = np.arange(16.0).reshape(4, 4)
assert (transform.rotate(ramp, 90, order=0) == np.rot90(ramp)).all()

red_blue = np.array([[[1.0, 0, 0], [0, 0, 1.0]]])
assert np.allclose(color.rgb2hsv(red_blue), [[[0, 1, 1], [2 / 3, 1, 1]]])
noisy = image + 0.1 * np.sin(np.arange(3600.0) * 37).reshape(60, 60)
smooth = restoration.denoise_tv_chambolle(noisy, weight=0.1)
assert metrics.mean_squared_error(image, smooth) < metrics.mean_squared_error(image, noisy)
io.imsave("ramp.png", ramp.astype(np.uint8), check_contrast=False)
assert (io.imread("ramp.png") == ramp).all()
