# imports: openpyxl, openpyxl.styles, openpyxl.utils, openpyxl.chart
# exercises: a workbook written and read again: all kinds of values, styles, merged cells, widths,
#   comments, names, validation, conditional formats, charts; read-only and write-only modes,
#   columns' letters, formulas
# versions: >=3.1
import datetime
import io
import zipfile

import openpyxl
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.formula import Tokenizer
from openpyxl.formula.translate import Translator
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import column_index_from_string, get_column_letter, range_boundaries
from openpyxl.utils.datetime import from_excel, to_excel
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

assert [get_column_letter(n) for n in (1, 26, 27, 703)] == ["A", "Z", "AA", "AAA"]
assert column_index_from_string("XFD") == 16384 and range_boundaries("B2:D5") == (2, 2, 4, 5)
# Excel's day 60 is the 29 February 1900, which never was.
assert to_excel(datetime.datetime.fromisoformat("1900-03-01")) == 61
assert from_excel(45351.5).isoformat() == "2024-02-29T12:00:00"
assert Translator("=SUM(A1:$B$2)*C1", origin="D1").translate_formula("D3") == "=SUM(A3:$B$2)*C3"
tokens = [(token.type, token.value) for token in Tokenizer('=IF(A1>2,"x",1)').items]
assert ("OPERAND", '"x"') in tokens and ("OPERATOR-INFIX", ">") in tokens, tokens

book = openpyxl.Workbook()
sheet = book.active
sheet.title = "D\u00e4ta"
rows = [
    ["name", "count", "when", "ok"],
    ["K\u00e4se & <b>", 3, datetime.datetime.fromisoformat("2024-02-29T12:30:00"), True],
    ["  spaced  ", -2.5, datetime.date(1999, 12, 31), False],
    [None, "=SUM(B2:B3)", datetime.time(6, 30), "007"],
]
for row in rows:
    sheet.append(row)
sheet["A1"].font = Font(bold=True, color="FF0000", size=14)
sheet["A1"].fill = PatternFill("solid", fgColor="00FF00")
sheet["A1"].alignment = Alignment(horizontal="center", wrap_text=True)
sheet["B2"].number_format = "0.00%"
sheet["D2"].comment = Comment("a note", "probe")
sheet["E1"].hyperlink = "http://x.example"
sheet.merge_cells("A6:C7")
sheet.column_dimensions["A"].width = 30
sheet.freeze_panes = "B2"
sheet.auto_filter.ref = "A1:D4"
rule = DataValidation(type="list", formula1='"a,b"')
rule.add("F1")
sheet.add_data_validation(rule)
red = PatternFill("solid", bgColor="FF0000")
sheet.conditional_formatting.add("B2:B3", CellIsRule("lessThan", ["0"], fill=red))
book.defined_names["total"] = DefinedName("total", attr_text="'D\u00e4ta'!$B$4")
chart = BarChart()
chart.title = "Counts"
chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=3), titles_from_data=True)
sheet.add_chart(chart, "H2")
book.create_sheet("Second")["ZZ100"] = 1
file = io.BytesIO()
book.save(file)

with zipfile.ZipFile(file) as archive:
    names = archive.namelist()
    assert archive.testzip() is None and "xl/charts/chart1.xml" in names, names
    # Texts stand in the sheet itself or, in other releases, in a part of their own.
    assert any(b"se &amp; &lt;b&gt;" in archive.read(name) for name in names)
again = openpyxl.load_workbook(io.BytesIO(file.getvalue()))
assert again.sheetnames == ["D\u00e4ta", "Second"] and again["Second"].dimensions == "ZZ100:ZZ100"
sheet = again["D\u00e4ta"]
values = [list(row)[:4] for row in sheet.iter_rows(min_row=1, max_row=4, values_only=True)]
rows[2][2] = datetime.datetime.fromisoformat("1999-12-31")
assert values == rows, values
title = sheet["A1"]
assert title.font.b and title.font.sz == 14 and title.font.color.rgb == "00FF0000"
assert title.fill.fgColor.rgb == "0000FF00" and title.alignment.horizontal == "center"
assert sheet["B2"].number_format == "0.00%" and sheet["C2"].is_date
assert sheet["D2"].comment.text == "a note" and sheet["E1"].hyperlink.target == "http://x.example"
assert [str(area) for area in sheet.merged_cells.ranges] == ["A6:C7"]
assert sheet.column_dimensions["A"].width == 30 and sheet.freeze_panes == "B2"
assert again.defined_names["total"].attr_text == "'D\u00e4ta'!$B$4"
assert [each.formula1 for each in sheet.data_validations.dataValidation] == ['"a,b"']

lazy = openpyxl.Workbook(write_only=True)
quick = lazy.create_sheet()
for number in range(300):
    quick.append([number, number * number])
file = io.BytesIO()
lazy.save(file)
reading = openpyxl.load_workbook(file, read_only=True)
squares = [row[1] for row in reading.active.iter_rows(values_only=True)]
assert sum(squares) == 299 * 300 * 599 // 6
reading.close()
