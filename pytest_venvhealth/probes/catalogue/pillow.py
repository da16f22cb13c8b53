# imports: PIL, PIL.Image, PIL.ImageDraw, PIL.ImageFilter, PIL.ImageFont
# exercises: drawing, resizing, colour conversion, filters, PNG in and out; where they are
#   built in, JPEG and WebP in and out, text rendered by FreeType
# versions: >=9.2.0
import importlib.util
import io

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, features

image = Image.new("RGB", (8, 8), (0, 0, 0))
ImageDraw.Draw(image).rectangle((2, 2, 5, 5), fill=(255, 128, 0))
assert image.getpixel((3, 3)) == (255, 128, 0)
assert image.getpixel((0, 0)) == (0, 0, 0)
assert image.getbbox() == (2, 2, 6, 6), image.getbbox()
assert sum(image.convert("L").histogram()) == 64
assert image.convert("L").getpixel((3, 3)) == 151  # 0.299 R + 0.587 G + 0.114 B

assert image.resize((16, 16), Image.NEAREST).getpixel((7, 7)) == (255, 128, 0)
strip = Image.frombytes("L", (3, 1), b"\1\2\3").transpose(Image.ROTATE_90)
assert (strip.size, strip.tobytes()) == ((1, 3), b"\3\2\1"), strip
flat = Image.new("L", (5, 5), 100).filter(ImageFilter.GaussianBlur(1))
assert flat.getextrema() == (100, 100)

file = io.BytesIO()
image.save(file, "PNG")
assert file.getvalue().startswith(b"\x89PNG\r\n\x1a\n")
back = Image.open(io.BytesIO(file.getvalue()))
assert ImageChops.difference(back.convert("RGB"), image).getbbox() is None

if features.check("jpg"):
    file = io.BytesIO()
    Image.new("RGB", (16, 16), (200, 30, 60)).save(file, "JPEG", quality=95)
    assert file.getvalue().startswith(b"\xff\xd8\xff")
    pixel = Image.open(io.BytesIO(file.getvalue())).getpixel((8, 8))
    assert all(abs(a - b) <= 3 for a, b in zip(pixel, (200, 30, 60))), pixel

if features.check("webp"):
    file = io.BytesIO()
    image.save(file, "WEBP", lossless=True)
    assert file.getvalue()[:4] + file.getvalue()[8:12] == b"RIFFWEBP"
    back = Image.open(io.BytesIO(file.getvalue())).convert("RGB")
    assert ImageChops.difference(back, image).getbbox() is None

# A binding that is there but doesn't load is taken for one that was never built.
for part, name in (("_imagingft", "freetype2"), ("_webp", "webp"), ("_imagingcms", "littlecms2")):
    if importlib.util.find_spec("PIL." + part) is not None:
        importlib.import_module("PIL." + part)
        assert features.check(name), name

if features.check("freetype2"):
    page = Image.new("L", (60, 20), 0)
    ImageDraw.Draw(page).text((2, 2), "Hello", font=ImageFont.load_default(), fill=255)
    assert page.getextrema()[1] > 128, "no ink"
