# imports: xlsxwriter, xlsxwriter.utility
# exercises: a workbook written in memory and read with the standard library: numbers, texts, dates,
#   formulas, formats, merged cells, a chart, a table, an image, several sheets; cells' names
# versions: >=3.0
import datetime
import io
import struct
import xml.etree.ElementTree as etree
import zipfile
import zlib

import xlsxwriter
from xlsxwriter.utility import xl_cell_to_rowcol, xl_col_to_name, xl_range_abs, xl_rowcol_to_cell

assert xl_rowcol_to_cell(0, 27, row_abs=True) == "AB$1" and xl_cell_to_rowcol("XFD10") == (9, 16383)
assert xl_col_to_name(702) == "AAA" and xl_range_abs(0, 0, 9, 1) == "$A$1:$B$10"


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
png += chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")) + chunk(b"IEND", b"")

file = io.BytesIO()
book = xlsxwriter.Workbook(file, {"in_memory": True})
sheet = book.add_worksheet("Data")
bold = book.add_format({"bold": True, "font_color": "#FF0000", "num_format": "0.00"})
day = book.add_format({"num_format": "yyyy-mm-dd"})
sheet.write_row("A1", ["K\u00e4se & <b>", 1.5, True, None])
sheet.write("A2", 42, bold)
sheet.write_datetime("B2", datetime.datetime.fromisoformat("2024-02-29T12:00:00"), day)
sheet.write_formula("C2", "=SUM(A2:B2)", None, 7)
sheet.write("D2", "=A2*2")
sheet.write_string("E2", "007")
sheet.write_url("F2", "http://x.example/", string="link")
sheet.merge_range("A4:C4", "merged")
sheet.set_column("A:A", 30)
sheet.freeze_panes(1, 0)
sheet.insert_image("H1", "dot.png", {"image_data": io.BytesIO(png)})
sheet.conditional_format("A2:B2", {"type": "cell", "criteria": ">", "value": 5, "format": bold})
sheet.data_validation("G1", {"validate": "list", "source": ["a", "b"]})
chart = book.add_chart({"type": "column"})
chart.add_series({"values": "=Data!$A$2:$B$2", "name": "Counts"})
sheet.insert_chart("H5", chart)
second = book.add_worksheet()
second.add_table("A1:B3", {"data": [[1, 2], [3, 4]], "columns": [{"header": "x"}, {"header": "y"}]})
second.write_comment("A5", "a note")
book.define_name("total", "=Data!$C$2")
book.set_properties({"title": "Probe"})
book.close()

with zipfile.ZipFile(file) as archive:
    assert archive.testzip() is None
    parts = {name: archive.read(name) for name in archive.namelist()}
trees = {name: etree.fromstring(data) for name, data in parts.items() if name.endswith(".xml")}
main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
strings = ["".join(item.itertext()) for item in trees["xl/sharedStrings.xml"].iter(main + "si")]
cells = {}
for cell in trees["xl/worksheets/sheet1.xml"].iter(main + "c"):
    value = cell.findtext(main + "v")
    cells[cell.get("r")] = strings[int(value)] if cell.get("t") == "s" else value
assert cells["A1"] == "K\u00e4se & <b>" and cells["B1"] == "1.5" and cells["C1"] == "1", cells
assert cells["A2"] == "42" and float(cells["B2"]) == 45351.5 and cells["C2"] == "7", cells
assert cells["E2"] == "007" and cells["F2"] == "link" and cells["A4"] == "merged"
formulas = [each.text for each in trees["xl/worksheets/sheet1.xml"].iter(main + "f")]
assert formulas == ["SUM(A2:B2)", "A2*2"], formulas
merged = [each.get("ref") for each in trees["xl/worksheets/sheet1.xml"].iter(main + "mergeCell")]
assert merged == ["A4:C4"]
fonts = list(trees["xl/styles.xml"].find(main + "fonts"))
assert any(
    font.find(main + "b") is not None and font.find(main + "color").get("rgb") == "FFFF0000"
    for font in fonts
)
sheets = [each.get("name") for each in trees["xl/workbook.xml"].iter(main + "sheet")]
assert sheets == ["Data", "Sheet2"], sheets
assert parts["xl/media/image1.png"] == png and "xl/charts/chart1.xml" in parts
assert b"Data!$A$2:$B$2" in parts["xl/charts/chart1.xml"]
assert trees["xl/tables/table1.xml"].get("ref") == "A1:B3"
assert b"a note" in parts["xl/comments1.xml"] and b"Probe" in parts["docProps/core.xml"]

try:
    xlsxwriter.Workbook(io.BytesIO()).add_worksheet("a/b")
except xlsxwriter.exceptions.XlsxWriterException:
    pass
else:
    raise AssertionError("a sheet may be called a/b")
