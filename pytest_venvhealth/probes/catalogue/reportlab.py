# imports: reportlab, reportlab.pdfgen.canvas, reportlab.pdfbase.pdfmetrics, reportlab.platypus
# exercises: drawing on a page, widths of texts in built-in and TrueType fonts;
#   paragraphs and a table of a flowing document
# versions: >=3.6
import io
import re

from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

# Adobe's font metrics: H 722, e 556, l 222, o 556; in Courier everything is 600 wide.
assert abs(pdfmetrics.stringWidth("Hello", "Helvetica", 10) - 22.78) < 1e-6
assert abs(pdfmetrics.stringWidth("Hello", "Courier", 10) - 30) < 1e-6
assert abs(pdfmetrics.stringWidth("W", "Times-Roman", 1000) - 944) < 1e-6
pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
wide, narrow = (pdfmetrics.stringWidth(text, "Vera", 10) for text in ("WWWW", "iiii"))
assert wide > 2 * narrow > 0, (wide, narrow)

file = io.BytesIO()
page = canvas.Canvas(file, pagesize=(300, 200), pageCompression=0)
page.drawString(20, 150, "Hello (you)")
page.setFont("Vera", 10)
page.drawRightString(280, 100, "K\u00e4se \u0394")
page.setFillColorRGB(1, 0, 0)
page.rect(10, 20, 30, 40, fill=1)
page.showPage()
page.line(0, 0, 10, 10)
page.save()
data = file.getvalue()
assert data.startswith(b"%PDF-1.") and data.rstrip().endswith(b"%%EOF")
assert rb"(Hello \(you\)) Tj" in data and b"10 20 30 40 re" in data and b"1 0 0 rg" in data
assert len(re.findall(rb"/Type\s*/Page\b", data)) == 2 and b"/FontFile2" in data


styles = getSampleStyleSheet()
file = io.BytesIO()
pages = []
SimpleDocTemplate(file, pageCompression=0).build(
    [
        Table([["a", "b"], [1, Paragraph("in a <i>cell</i>", styles["BodyText"])]]),
        Paragraph("word <b>bold</b> &amp; " * 900, styles["Normal"]),
    ],
    onLaterPages=lambda canvas, document: pages.append(document.page),
)
assert pages[:2] == [2, 3] and b"(bold)" in file.getvalue(), pages
