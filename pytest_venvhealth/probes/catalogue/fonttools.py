# imports: fontTools, fontTools.ttLib, fontTools.fontBuilder, fontTools.subset,
#   fontTools.feaLib.builder
# exercises: a font with a ligature built, saved, read back, subset and written as WOFF; outlines
#   and their measures, curves (native where built so)
# versions: >=4.39
import io

from fontTools import subset
from fontTools.cu2qu import curve_to_quadratic
from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.fontBuilder import FontBuilder
from fontTools.misc.bezierTools import splitCubicAtT
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.momentsPen import MomentsPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont


def box(width, height):
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, height), (width, height), (width, 0)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()


order = [".notdef", "f", "i", "f_i"]
builder = FontBuilder(1000, isTTF=True)
builder.setupGlyphOrder(order)
builder.setupCharacterMap({ord("f"): "f", ord("i"): "i"})
builder.setupGlyf({name: box(100 * number, 700) for number, name in enumerate(order, 1)})
builder.setupHorizontalMetrics(dict.fromkeys(order, (600, 0)))
builder.setupHorizontalHeader(ascent=800, descent=-200)
builder.setupPost()
addOpenTypeFeaturesFromString(builder.font, "feature liga { sub f i by f_i; } liga;")
builder.save("probe.ttf")

font = TTFont("probe.ttf")
assert font.getGlyphOrder() == order and font.getBestCmap() == {102: "f", 105: "i"}
assert font["glyf"]["i"].xMax == 300 and font["hmtx"]["i"] == (600, 0)
(ligature,) = font["GSUB"].table.LookupList.Lookup[0].SubTable[0].ligatures["f"]
assert ligature.Component == ["i"] and ligature.LigGlyph == "f_i"
glyphs = font.getGlyphSet()
bounds, moments = BoundsPen(glyphs), MomentsPen(glyphs)
for pen in (bounds, moments):
    glyphs["i"].draw(pen)
assert bounds.bounds == (0, 0, 300, 700) and abs(moments.area) == 300 * 700

subsetter = subset.Subsetter()
subsetter.populate(text="i")
subsetter.subset(font)
font.flavor, web = "woff", io.BytesIO()
font.save(web)
assert web.getvalue()[:4] == b"wOFF" and TTFont(web).getGlyphOrder() == [".notdef", "i"]

curve = [(0, 0), (0, 100), (100, 100), (100, 0)]
assert splitCubicAtT(*curve, 0.5)[0][-1] == (50, 75)
assert len(curve_to_quadratic(curve, 1)) > 3
