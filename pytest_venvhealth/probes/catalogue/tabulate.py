# imports: tabulate
# exercises: tables as plain text, grids, for GitHub, HTML, LaTeX and TSV: alignment of numbers and
#   text, missing values, number formats, lines within cells, rows from dictionaries, an own format
# versions: >=0.8.10
import tabulate as module
from tabulate import DataRow, Line, TableFormat, simple_separated_format, tabulate

rows = [["spam", 41.9999], ["eggs", 451.0], ["none", None]]
assert tabulate(rows, tablefmt="plain").splitlines() == [
    "spam   41.9999",
    "eggs  451",
    "none",
], tabulate(rows, tablefmt="plain")
assert tabulate(rows, headers=["item", "qty"], tablefmt="grid", missingval="?").splitlines() == [
    "+--------+----------+",
    "| item   |      qty |",
    "+========+==========+",
    "| spam   |  41.9999 |",
    "+--------+----------+",
    "| eggs   | 451      |",
    "+--------+----------+",
    "| none   |   ?      |",
    "+--------+----------+",
]
people = [{"name": "Eve", "age": 3}, {"name": "Adam", "age": 12}]
assert tabulate(people, headers="keys", tablefmt="pipe").splitlines() == [
    "| name   |   age |",
    "|:-------|------:|",
    "| Eve    |     3 |",
    "| Adam   |    12 |",
]
assert tabulate({"a": [1, 2], "b": ["x", "y"]}, headers="keys", tablefmt="simple").splitlines() == [
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
assert "&lt;b&gt;" in html and html.count("<td") == 2 and html.count("<th") - 1 == 2, html
latex = tabulate([["50%", "a_b"]], tablefmt="latex")
assert r"50\%" in latex and r"a\_b" in latex and r"\end{tabular}" in latex, latex
assert tabulate([["a", 1], ["b", 22]], tablefmt="tsv").split("\n")[1] == "b\t22"

assert tabulate([[3.14159]], floatfmt=".2f", tablefmt="plain") == "3.14"
assert tabulate([["0042"]], disable_numparse=True, tablefmt="plain") == "0042"
assert tabulate([["a"], ["bbb"]], tablefmt="plain", stralign="right").split("\n") == ["  a", "bbb"]
assert tabulate([[1, "b"], [22, "c"]], tablefmt="plain", colalign=("left", "right")).split(
    "\n"
) == [
    "1   b",
    "22  c",
]
assert tabulate([["x"], ["y"]], showindex="always", tablefmt="plain").split("\n") == [
    "0  x",
    "1  y",
]
assert tabulate([["a", 1]], tablefmt=simple_separated_format(";")) == "a;1"
own = TableFormat(
    lineabove=Line("<", "~", "~", ">"),
    linebelowheader=None,
    linebetweenrows=None,
    linebelow=None,
    headerrow=None,
    datarow=DataRow("<", "|", ">"),
    padding=0,
    with_header_hide=None,
)
assert tabulate([["ab", "c"]], tablefmt=own).split("\n") == ["<~~~~>", "<ab|c>"]
assert {"grid", "pipe", "github", "rst", "html"} <= set(module.tabulate_formats)
