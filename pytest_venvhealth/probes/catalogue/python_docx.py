# imports: docx, docx.shared, docx.enum.text
# exercises: a document made from the template, saved and read again: headings, runs, styles, lists,
#   tables, sections with headers, an image, properties, page breaks
# versions: >=1.0
import datetime
import io
import struct
import zipfile
import zlib

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.shared import Cm, Emu, Inches, Pt, RGBColor

# 914400 English metric units are an inch, 360000 a centimetre.
assert Inches(1) == 914400 == Emu(914400) and Cm(2) == 720000 and Pt(72) == Inches(1)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 8, 2, 0, 0, 0))
png += chunk(b"IDAT", zlib.compress(b"\0" + b"\xff\0\0" * 2)) + chunk(b"IEND", b"")

document = docx.Document()
document.add_heading("The probe", 0)
document.add_heading("Part", level=1)
paragraph = document.add_paragraph("K\u00e4se & <b> ")
run = paragraph.add_run("bold")
run.bold = True
run.font.size = Pt(14)
run.font.color.rgb = RGBColor(0xFF, 0x80, 0x00)
paragraph.add_run("\tafter\nline").italic = True
paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
document.add_paragraph("item", style="List Bullet")
document.add_paragraph().add_run("x").add_break(WD_BREAK.PAGE)
table = document.add_table(rows=1, cols=3, style="Table Grid")
table.rows[0].cells[0].text = "a"
table.add_row().cells[2].text = "z"
table.cell(0, 1).merge(table.cell(0, 2)).text = "wide"
picture = document.add_picture(io.BytesIO(png), width=Inches(2))
assert (picture.width, picture.height) == (Inches(2), Inches(1))
own = document.styles.add_style("Probe style", WD_STYLE_TYPE.PARAGRAPH)
own.base_style = document.styles["Normal"]
own.font.name = "Courier New"
document.add_paragraph("styled", style="Probe style").paragraph_format.left_indent = Cm(1)
section = document.add_section()
section.orientation = WD_ORIENT.LANDSCAPE
section.left_margin = Cm(3)
section.header.is_linked_to_previous = False
section.header.paragraphs[0].text = "on top"
document.core_properties.title = "Probe \u6f22"
document.core_properties.created = datetime.datetime.fromisoformat("2024-02-29T12:00:00")
file = io.BytesIO()
document.save(file)

with zipfile.ZipFile(file) as archive:
    assert archive.testzip() is None and archive.read("word/media/image1.png") == png
again = docx.Document(io.BytesIO(file.getvalue()))
texts = [each.text for each in again.paragraphs]
assert texts[:4] == ["The probe", "Part", "K\u00e4se & <b> bold\tafter\nline", "item"], texts
assert [each.style.name for each in again.paragraphs][:4] == [
    "Title",
    "Heading 1",
    "Normal",
    "List Bullet",
]
paragraph = again.paragraphs[2]
assert paragraph.alignment == WD_ALIGN_PARAGRAPH.CENTER
runs = paragraph.runs
assert [(run.bold, run.italic) for run in runs] == [(None, None), (True, None), (None, True)]
assert runs[1].font.size == Pt(14) and str(runs[1].font.color.rgb) == "FF8000"
(table,) = again.tables
assert [[cell.text for cell in row.cells] for row in table.rows] == [
    ["a", "wide", "wide"],
    ["", "", "z"],
]
assert again.inline_shapes[0].width == Inches(2)
styled = next(each for each in again.paragraphs if each.text == "styled")
assert (
    styled.style.font.name == "Courier New"
    and abs(styled.paragraph_format.left_indent - Cm(1)) < 635
)
assert len(again.sections) == 2 and again.sections[1].orientation == WD_ORIENT.LANDSCAPE
assert again.sections[1].header.paragraphs[0].text == "on top"
assert again.core_properties.title == "Probe \u6f22" and again.core_properties.created.year == 2024
