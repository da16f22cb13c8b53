# imports: docx, docx.shared, docx.enum.text
# exercises: a document made from the template, saved and read again: headings, runs, styles, a
#   table, a header, properties
# versions: >=1.0
import io

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Inches, Pt, RGBColor

# 914400 English metric units are an inch, 360000 a centimetre.
assert Inches(1) == 914400 and Cm(2) == 720000 and Pt(72) == Inches(1)

document = docx.Document()
document.add_heading("The probe", 0)
paragraph = document.add_paragraph("K\u00e4se & <b> ")
paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
run = paragraph.add_run("bold")
run.bold = True
run.font.size = Pt(14)
run.font.color.rgb = RGBColor(0xFF, 0x80, 0x00)
document.add_paragraph("item", style="List Bullet")
table = document.add_table(rows=1, cols=3, style="Table Grid")
table.rows[0].cells[0].text = "a"
table.add_row().cells[2].text = "z"
table.cell(0, 1).merge(table.cell(0, 2)).text = "wide"
document.sections[0].header.paragraphs[0].text = "on top"
document.core_properties.title = "Probe \u6f22"
file = io.BytesIO()
document.save(file)

again = docx.Document(io.BytesIO(file.getvalue()))
title, paragraph, item = again.paragraphs
assert (title.text, title.style.name) == ("The probe", "Title")
assert (item.text, item.style.name) == ("item", "List Bullet")
assert paragraph.text == "K\u00e4se & <b> bold"
assert paragraph.alignment == WD_ALIGN_PARAGRAPH.CENTER
plain, bold = paragraph.runs
assert plain.bold is None and (bold.bold, bold.italic) == (True, None)
assert bold.font.size == Pt(14) and str(bold.font.color.rgb) == "FF8000"
cells = [[cell.text for cell in row.cells] for row in again.tables[0].rows]
assert cells == [["a", "wide", "wide"], ["", "", "z"]], cells
assert again.sections[0].header.paragraphs[0].text == "on top"
assert again.core_properties.title == "Probe \u6f22"
