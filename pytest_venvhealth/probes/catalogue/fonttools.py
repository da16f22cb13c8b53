# imports: fontTools, fontTools.ttLib, fontTools.fontBuilder, fontTools.subset,
#   fontTools.feaLib.builder
# exercises: a font built, saved, read back, subset, as WOFF and as XML; ligatures, outlines and
#   their measures (native where built so), curves, a variable font's instance, Unicode data
# versions: >=4.39
import io
import math

from fontTools import subset, unicodedata
from fontTools.cu2qu import curve_to_quadratic
from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.fontBuilder import FontBuilder
from fontTools.misc.bezierTools import calcCubicArcLength, calcCubicBounds, splitCubicAtT
from fontTools.misc.transform import Transform
from fontTools.pens.areaPen import AreaPen
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.momentsPen import MomentsPen
from fontTools.pens.recordingPen import RecordingPen
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.TupleVariation import TupleVariation
from fontTools.varLib.instancer import instantiateVariableFont
from fontTools.varLib.iup import iup_delta


def draw_box(pen, width, height):
    pen.moveTo((0, 0))
    for corner in ((0, height), (width, height), (width, 0)):
        pen.lineTo(corner)
    pen.closePath()


def box(width, height):
    pen = TTGlyphPen(None)
    draw_box(pen, width, height)
    return pen.glyph()


order = [".notdef", "f", "i", "f_i", "space"]
builder = FontBuilder(1000, isTTF=True)
builder.setupGlyphOrder(order)
builder.setupCharacterMap({0x20: "space", ord("f"): "f", ord("i"): "i"})
shapes = {name: box(100 * number, 700) for number, name in enumerate(order[:4], 1)}
builder.setupGlyf(dict(shapes, space=TTGlyphPen(None).glyph()))
builder.setupHorizontalMetrics(dict.fromkeys(order, (600, 0)))
builder.setupHorizontalHeader(ascent=800, descent=-200)
builder.setupNameTable({"familyName": "Probe", "styleName": "Regular"})
builder.setupOS2()
builder.setupPost()
builder.setupFvar([("wght", 100, 100, 900, "Weight")], [])
wider = [(0, 0), (0, 0), (80, 0), (80, 0)]  # the right side moves
builder.setupGvar({"f": [TupleVariation({"wght": (0, 1, 1)}, wider + [(0, 0)] * 4)]})
addOpenTypeFeaturesFromString(builder.font, "feature liga { sub f i by f_i; } liga;")
file = io.BytesIO()
builder.save(file)
assert file.getvalue()[:4] == b"\0\1\0\0"

font = TTFont(io.BytesIO(file.getvalue()))
assert font.getGlyphOrder() == order and font.getBestCmap() == {32: "space", 102: "f", 105: "i"}
assert font["head"].unitsPerEm == 1000 and font["name"].getDebugName(1) == "Probe"
assert font["glyf"]["i"].xMax == 300 and font["hmtx"]["i"] == (600, 0)
lookup = font["GSUB"].table.LookupList.Lookup[0].SubTable[0]
assert lookup.ligatures["f"][0].Component == ["i"] and lookup.ligatures["f"][0].LigGlyph == "f_i"
heavy = instantiateVariableFont(TTFont(io.BytesIO(file.getvalue())), {"wght": 500})
assert heavy["glyf"]["f"].xMax == 240 and "fvar" not in heavy  # half of the way

subsetter = subset.Subsetter()
subsetter.populate(text="i")
small = TTFont(io.BytesIO(file.getvalue()))
subsetter.subset(small)
assert small.getGlyphOrder() == [".notdef", "i"]
small.flavor = "woff"
web = io.BytesIO()
small.save(web)
assert web.getvalue()[:4] == b"wOFF"
assert TTFont(io.BytesIO(web.getvalue())).getBestCmap() == {105: "i"}
text = io.StringIO()
font.saveXML(text, tables=["cmap"])
assert '<map code="0x66" name="f"/>' in text.getvalue()

glyphs = font.getGlyphSet()
area, bounds, moments, path = AreaPen(), BoundsPen(glyphs), MomentsPen(), SVGPathPen(glyphs)
for pen in (area, bounds, moments, path):
    glyphs["i"].draw(pen)
assert abs(area.value) == 300 * 700 and bounds.bounds == (0, 0, 300, 700)
assert abs(moments.momentX / moments.area - 150) < 1e-9 and abs(moments.area) == 300 * 700
assert path.getCommands().startswith("M0") and path.getCommands().endswith("Z")
recorded = RecordingPen()
glyphs["i"].draw(TransformPen(recorded, Transform().rotate(math.pi / 2)))
points = [point for _, points in recorded.value for point in points]
assert abs(min(x for x, _ in points) + 700) < 1e-9 and abs(max(y for _, y in points) - 300) < 1e-9

curve = [(0, 0), (0, 100), (100, 100), (100, 0)]
assert calcCubicBounds(*curve) == (0, 0, 100, 75)
assert splitCubicAtT(*curve, 0.5)[0][-1] == (50, 75)
assert abs(calcCubicArcLength((0, 0), (1, 1), (2, 2), (3, 3)) - 18**0.5) < 1e-6
spline = curve_to_quadratic(curve, 1)
assert spline[0] == (0, 0) and spline[-1] == (100, 0) and len(spline) > 3
still = [(0, 0)] * 4
deltas = iup_delta([(0, 0), None, (10, 0), *still], [(0, 0), (5, 5), (10, 10), *still], [2])
assert deltas[1] == (5, 0), deltas
assert unicodedata.script("\u03b1") == "Grek" and unicodedata.block("a") == "Basic Latin"
