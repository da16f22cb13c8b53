# imports: cv2
# exercises: drawing, components and contours, colours, filters, resizing, rotation, PNG
#   and JPEG, a film, linear algebra and a Fourier transform
# versions: >=4.0
import cv2
import numpy as np

image = np.zeros((60, 80), np.uint8)
cv2.rectangle(image, (10, 20), (29, 49), 255, thickness=-1)
cv2.circle(image, (60, 30), 8, 128, thickness=-1)
count, labels, stats, centers = cv2.connectedComponentsWithStats(image)
assert count == 3 and stats[1].tolist() == [10, 20, 20, 30, 600], stats
assert np.allclose(centers[1:], [[19.5, 34.5], [60, 30]]), centers
contours, _ = cv2.findContours(image, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
box = max(contours, key=cv2.contourArea)
assert cv2.boundingRect(box) == (10, 20, 20, 30) and cv2.contourArea(box) == 19 * 29

pixels = np.array([[[255, 0, 0], [0, 0, 255]]], np.uint8)  # blue, red
assert cv2.cvtColor(pixels, cv2.COLOR_BGR2HSV).tolist() == [[[120, 255, 255], [0, 255, 255]]]
point = np.zeros((9, 9), np.float32)
point[4, 4] = 1
assert np.allclose(cv2.blur(point, (3, 3))[3:6, 3:6], 1 / 9)
ramp = np.arange(16, dtype=np.uint8).reshape(4, 4)
smaller = cv2.resize(ramp.astype(np.float32), (2, 2), interpolation=cv2.INTER_AREA)
assert smaller.tolist() == [[2.5, 4.5], [10.5, 12.5]], smaller
assert (cv2.rotate(ramp, cv2.ROTATE_90_CLOCKWISE) == np.rot90(ramp, -1)).all()

done, data = cv2.imencode(".png", image)
assert done and data[:4].tobytes() == b"\x89PNG"
assert (cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) == image).all()
assert cv2.imwrite("image.jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 95])
assert np.abs(cv2.imread("image.jpg", cv2.IMREAD_GRAYSCALE).astype(int) - image).mean() < 3
codec = cv2.VideoWriter_fourcc(*"MJPG")
video = cv2.VideoWriter("film.avi", cv2.CAP_OPENCV_MJPEG, codec, 10.0, (80, 60))
video.write(np.full((60, 80, 3), 100, np.uint8))
video.release()
film = cv2.VideoCapture("film.avi", cv2.CAP_OPENCV_MJPEG)
assert abs(film.read()[1].mean() - 100) < 2
film.release()

assert np.allclose(cv2.solve(np.array([[2.0, 1], [1, 3]]), np.array([[5.0], [10]]))[1], [[1], [3]])
values = np.random.RandomState(1).rand(8, 8)
wave = cv2.dft(values, flags=cv2.DFT_COMPLEX_OUTPUT)
assert np.allclose(wave[..., 0] + 1j * wave[..., 1], np.fft.fft2(values))
