# imports: xlsxwriter, xlsxwriter.utility
# exercises: a workbook written in memory and read with the standard library: numbers, texts, dates,
#   formulas, formats, merged cells; cells' names
# versions: >=3.0
import datetime
import io
import xml.etree.ElementTree as etree
import zipfile

import xlsxwriter
from xlsxwriter.utility import xl_cell_to_rowcol, xl_col_to_name

assert xl_col_to_name(702) == "AAA" and xl_cell_to_rowcol("XFD10") == (9, 16383)

file = io.BytesIO()
book = xlsxwriter.Workbook(file, {"in_memory": True})
sheet = book.add_worksheet("Data")
bold = book.add_format({"bold": True, "font_color": "#FF0000"})
day = book.add_format({"num_format": "yyyy-mm-dd"})
sheet.write_row("A1", ["K\u00e4se & <b>", 1.5, True, "more"])
sheet.write("A2", 42, bold)
sheet.write_datetime("B2", datetime.datetime.fromisoformat("2024-02-29T12:00:00"), day)
sheet.write_formula("C2", "=SUM(A2:B2)", None, 7)
sheet.merge_range("A4:C4", "merged")
book.close()

with zipfile.ZipFile(file) as archive:
    assert archive.testzip() is None
    names = ("sharedStrings.xml", "worksheets/sheet1.xml", "styles.xml")
    strings, sheet, styles = (etree.fromstring(archive.read("xl/" + name)) for name in names)

main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
texts = ["".join(item.itertext()) for item in strings.iter(main + "si")]
cells = {}
for cell in sheet.iter(main + "c"):
    value = cell.findtext(main + "v")
    cells[cell.get("r")] = texts[int(value)] if cell.get("t") == "s" else value
assert (cells["A1"], cells["B1"], cells["C1"]) == ("K\u00e4se & <b>", "1.5", "1"), cells
assert (cells["D1"], cells["A4"], cells["A2"]) == ("more", "merged", "42"), cells
assert float(cells["B2"]) == 45351.5 and cells["C2"] == "7", cells
assert [each.text for each in sheet.iter(main + "f")] == ["SUM(A2:B2)"]
assert [each.get("ref") for each in sheet.iter(main + "mergeCell")] == ["A4:C4"]
assert "FFFF0000" in [color.get("rgb") for color in styles.iter(main + "color")]
