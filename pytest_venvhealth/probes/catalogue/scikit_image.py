# imports: skimage, skimage.io, skimage.data, skimage.feature, skimage.transform, skimage.measure,
#   skimage.segmentation, skimage.restoration, skimage.morphology, skimage.filters, skimage.color,
#   skimage.draw, skimage.exposure, skimage.metrics, skimage.util
# exercises: an image that comes with it, drawing, labels and their properties, contours, filters,
#   thresholds, morphology, transforms, colours, segmentation, paths, denoising, files
# versions: >=0.19
import numpy as np
from skimage import (
    color,
    data,
    draw,
    exposure,
    feature,
    filters,
    graph,
    io,
    measure,
    metrics,
    morphology,
    restoration,
    segmentation,
    transform,
    util,
)

coins = data.coins()
assert coins.shape == (303, 384) and coins.dtype == np.uint8
assert 100 <= filters.threshold_otsu(coins) <= 115

image = np.zeros((60, 60))
image[draw.disk((20, 20), 10)] = 1
image[40:50, 35:55] = 0.5
labels = measure.label(image > 0)
assert labels.max() == 2
disk, box = measure.regionprops(labels)
assert (box.area, box.bbox) == (200, (40, 35, 50, 55)) and box.centroid == (44.5, 44.5)
assert abs(disk.area - np.pi * 100) < 15 and disk.eccentricity < 0.1
(contour,) = measure.find_contours(image[:35, :35], 0.5)
assert np.allclose(np.hypot(*(contour - 20).T), 9.7, atol=0.7)
vertices, faces, _, _ = measure.marching_cubes(np.pad(np.ones((3, 3, 3)), 2), 0.5)
assert len(vertices) - 3 * len(faces) // 2 + len(faces) == 2  # Euler: a closed surface
corners = feature.corner_peaks(
    feature.corner_harris(image[35:, 30:]), min_distance=3, threshold_rel=0.1
)
assert len(corners) == 4, corners

assert np.allclose(filters.gaussian(np.ones((9, 9)), sigma=2), 1)
slope = np.tile(np.arange(9.0), (9, 1))
assert np.allclose(filters.sobel_h(slope), 0) and abs(filters.sobel_v(slope)[4, 4]) > 0.5
assert morphology.skeletonize(np.ones((5, 30), bool)).sum() <= 30
assert feature.canny(image, sigma=1)[45, 35 - 1 : 35 + 1].any()
filled = morphology.reconstruction(np.minimum(image, 0.3), image)
assert filled.max() == 0.3 and segmentation.flood(image, (20, 20)).sum() == disk.area
water = segmentation.watershed(-image, measure.label(image > 0), mask=image > 0)
assert (water == labels).all()
assert len(np.unique(segmentation.slic(image, n_segments=9, channel_axis=None))) > 3
path, cost = graph.route_through_array(1 + 9 * image[10:30, 10:30], (10, 0), (10, 19))
assert 20 <= len(path) < 40 and cost < 100 and tuple(path[-1]) == (10, 19), (path, cost)

ramp = np.arange(16.0).reshape(4, 4)
assert (transform.rotate(ramp, 90, order=0) == np.rot90(ramp)).all()
assert transform.resize(ramp, (2, 2), order=1, anti_aliasing=False).mean() == 7.5
assert transform.downscale_local_mean(ramp, (2, 2)).tolist() == [[2.5, 4.5], [10.5, 12.5]]
moves = transform.AffineTransform(scale=(2, 2), translation=(1, 3))
assert moves([[1, 1]]).tolist() == [[3, 5]] and np.allclose(moves.inverse([[3, 5]]), [[1, 1]])
one = image * (labels == 1)
sinogram = transform.radon(one, np.arange(0.0, 180.0, 10.0), circle=True)
assert np.allclose(sinogram.sum(axis=0), one.sum(), rtol=0.02)

red_blue, white, some = (
    np.array([colors])
    for colors in ([[1.0, 0, 0], [0, 0, 1.0]], [[1.0, 1.0, 1.0]], [[0.2, 0.5, 0.7]])
)
assert np.allclose(color.rgb2hsv(red_blue), [[[0, 1, 1], [2 / 3, 1, 1]]])
assert np.allclose(color.rgb2lab(white), [[[100, 0, 0]]], atol=0.02)
assert np.allclose(color.hsv2rgb(color.rgb2hsv(some)), some)
assert exposure.rescale_intensity(ramp, out_range=(0, 1)).max() == 1
noisy = image + 0.1 * np.sin(np.arange(3600.0) * 37).reshape(60, 60)
smooth = restoration.denoise_tv_chambolle(noisy, weight=0.1)
assert metrics.mean_squared_error(image, smooth) < metrics.mean_squared_error(image, noisy)
assert abs(metrics.structural_similarity(image, image, data_range=1) - 1) < 1e-9
assert abs(metrics.peak_signal_noise_ratio(np.zeros(4), np.full(4, 0.1), data_range=1) - 20) < 1e-9
assert util.img_as_ubyte(np.array([0.0, 1.0])).tolist() == [0, 255]
io.imsave("ramp.png", ramp.astype(np.uint8), check_contrast=False)
assert (io.imread("ramp.png") == ramp).all()
