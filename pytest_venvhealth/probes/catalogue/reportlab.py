# imports: reportlab, reportlab.pdfgen.canvas, reportlab.pdfbase.pdfmetrics, reportlab.platypus
# exercises: drawing on a page, widths of texts in built-in and TrueType fonts, paragraphs, tables
#   and page breaks of a flowing document, bar codes and QR codes, charts, units
# versions: >=3.6
import io
import re

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode import createBarcodeDrawing
from reportlab.graphics.charts.barcharts import VerticalBarChart
from reportlab.graphics.shapes import Drawing
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import cm, inch
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

assert inch == 72 and abs(cm - 72 / 2.54) < 1e-6
assert round(A4[0]) == 595 and landscape(A4) == (A4[1], A4[0])
assert colors.HexColor("#ff8000").rgb() == (1, 128 / 255, 0)

# Adobe's font metrics: H 722, e 556, l 222, o 556; in Courier everything is 600 wide.
assert abs(pdfmetrics.stringWidth("Hello", "Helvetica", 10) - 22.78) < 1e-6
assert abs(pdfmetrics.stringWidth("Hello", "Courier", 10) - 30) < 1e-6
assert abs(pdfmetrics.stringWidth("W", "Times-Roman", 1000) - 944) < 1e-6
assert simpleSplit("aaa bbb ccc", "Courier", 10, 45) == ["aaa bbb", "ccc"]
pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
wide, narrow = (pdfmetrics.stringWidth(text, "Vera", 10) for text in ("WWWW", "iiii"))
assert wide > 2 * narrow > 0, (wide, narrow)

file = io.BytesIO()
page = canvas.Canvas(file, pagesize=(300, 200), pageCompression=0, invariant=1)
page.setTitle("Probe")
page.setFont("Helvetica", 12)
page.drawString(20, 150, "Hello (you)")
page.setFont("Vera", 10)
page.drawRightString(280, 100, "K\u00e4se \u0394")
page.setFillColorRGB(1, 0, 0)
page.rect(10, 20, 30, 40, fill=1)
page.bookmarkPage("here")
page.addOutlineEntry("Chapter", "here")
page.showPage()
page.saveState()
page.rotate(90)
page.line(0, 0, 10, 10)
page.restoreState()
renderPDF.draw(createBarcodeDrawing("QR", value="probe"), page, 50, 50)
renderPDF.draw(createBarcodeDrawing("Code128", value="ABC-123"), page, 50, 10)
page.save()
data = file.getvalue()
assert data.startswith(b"%PDF-1.") and data.rstrip().endswith(b"%%EOF")
assert rb"(Hello \(you\)) Tj" in data and b"10 20 30 40 re" in data and b"1 0 0 rg" in data
assert len(re.findall(rb"/Type\s*/Page\b", data)) == 2 and b"/FontFile2" in data
assert b"(Probe)" in data and data.count(b" re\n") + data.count(b" re ") > 100  # the bars
start = int(data.rsplit(b"startxref", 1)[1].split()[0])
assert data[start : start + 4] == b"xref"

styles = getSampleStyleSheet()
file = io.BytesIO()
template = SimpleDocTemplate(file, pagesize=A4, pageCompression=0, invariant=1)
grid = Table([["a", "b"], [1, Paragraph("in a <i>cell</i>", styles["BodyText"])]])
grid.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 1, colors.black)]))
chart = VerticalBarChart()
chart.data = [[1, 2, 3]]
drawing = Drawing(200, 150)
drawing.add(chart)
seen = []
long = Paragraph("word <b>bold</b> &amp; " * 900, styles["Normal"])
template.build(
    [Paragraph("Title", styles["Title"]), grid, Spacer(1, 12), drawing, PageBreak(), long],
    onFirstPage=lambda canvas, document: seen.append("first"),
    onLaterPages=lambda canvas, document: seen.append(document.page),
)
assert seen[:2] == ["first", 2] and len(seen) >= 3, seen
assert b"(Title) Tj" in file.getvalue() and b"(bold)" in file.getvalue()
width, height = Paragraph("one two", styles["Normal"]).wrap(30, 500)
assert height == 2 * styles["Normal"].leading, height
