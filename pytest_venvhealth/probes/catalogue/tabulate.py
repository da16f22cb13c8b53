# imports: tabulate
# exercises: tables as plain text, grids, for GitHub, HTML, LaTeX and TSV: alignment of numbers and
#   text, missing values, number formats, lines within cells, rows from dictionaries
# versions: >=0.8.10
from tabulate import tabulate

rows = [["spam", 41.9999], ["eggs", 451.0], ["none", None]]
grid = """\
+--------+----------+
| item   |      qty |
+========+==========+
| spam   |  41.9999 |
+--------+----------+
| eggs   | 451      |
+--------+----------+
| none   |   ?      |
+--------+----------+"""
made = tabulate(rows, headers=["item", "qty"], tablefmt="grid", missingval="?")
assert made == grid, made
people = [{"name": "Eve", "age": 3}, {"name": "Adam", "age": 12}]
assert tabulate(people, headers="keys", tablefmt="pipe").splitlines() == [
    "| name   |   age |",
    "|:-------|------:|",
    "| Eve    |     3 |",
    "| Adam   |    12 |",
]
assert tabulate({"a": [1, 2], "b": ["x", "y"]}, headers="keys").splitlines() == [
    "  a  b",
    "---  ---",
    "  1  x",
    "  2  y",
]
assert tabulate([["a\nb", 1]], tablefmt="psql").splitlines() == [
    "+---+---+",
    "| a | 1 |",
    "| b |   |",
    "+---+---+",
]
html = tabulate([["<b>", 1]], headers=["x", "y"], tablefmt="html")
assert "&lt;b&gt;" in html and html.count("<td") == 2, html
latex = tabulate([["50%", "a_b"]], tablefmt="latex")
assert r"50\%" in latex and r"a\_b" in latex and r"\end{tabular}" in latex, latex
assert tabulate([["a", 1], ["b", 22]], tablefmt="tsv").split("\n")[1] == "b\t22"
assert tabulate([[3.14159]], floatfmt=".2f", tablefmt="plain") == "3.14"
