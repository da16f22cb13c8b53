# imports: openpyxl, openpyxl.styles, openpyxl.utils
# exercises: a workbook written and read again: all kinds of values, styles, merged cells;
#   columns' letters, days, formulas moved
# versions: >=3.1
import datetime
import io

import openpyxl
from openpyxl.formula.translate import Translator
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.datetime import from_excel, to_excel

assert [get_column_letter(n) for n in (1, 26, 27, 703)] == ["A", "Z", "AA", "AAA"]
assert column_index_from_string("XFD") == 16384
# Excel's day 60 is the 29 February 1900, which never was.
assert to_excel(datetime.datetime.fromisoformat("1900-03-01")) == 61
assert from_excel(45351.5).isoformat() == "2024-02-29T12:00:00"
assert Translator("=SUM(A1:$B$2)*C1", origin="D1").translate_formula("D3") == "=SUM(A3:$B$2)*C3"

book = openpyxl.Workbook()
sheet = book.active
sheet.title = "D\u00e4ta"
rows = [
    ["K\u00e4se & <b>", 3, datetime.datetime.fromisoformat("2024-02-29T12:30:00"), True],
    ["  spaced  ", -2.5, datetime.time(6, 30), False],
    [None, "=SUM(B1:B2)", "007", None],
]
for row in rows:
    sheet.append(row)
sheet["A1"].font = Font(bold=True, color="FF0000", size=14)
sheet["A1"].fill = PatternFill("solid", fgColor="00FF00")
sheet["B2"].number_format = "0.00%"
sheet.merge_cells("A6:C7")
file = io.BytesIO()
book.save(file)

again = openpyxl.load_workbook(io.BytesIO(file.getvalue()))
sheet = again["D\u00e4ta"]
values = [list(row) for row in sheet.iter_rows(max_row=3, max_col=4, values_only=True)]
assert values == rows, values
first = sheet["A1"]
assert first.font.b and first.font.sz == 14 and first.font.color.rgb == "00FF0000"
assert first.fill.fgColor.rgb == "0000FF00" and sheet["B2"].number_format == "0.00%"
assert [str(area) for area in sheet.merged_cells.ranges] == ["A6:C7"]
