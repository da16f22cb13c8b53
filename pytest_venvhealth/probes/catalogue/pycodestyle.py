# imports: pycodestyle
# exercises: lines checked with their places: spaces, indentation, blank lines, line length,
#   comparisons; chosen codes, a report of its own
# versions: >=2.0
import pycodestyle


class Collected(pycodestyle.BaseReport):
    def init_file(self, *arguments):
        self.found = []
        return super().init_file(*arguments)

    def error(self, line_number, offset, text, check):
        code = super().error(line_number, offset, text, check)
        if code:
            self.found.append((line_number, offset + 1, code))
        return code


def check(lines, select):
    guide = pycodestyle.StyleGuide(reporter=Collected, paths=["."], select=select)
    checker = pycodestyle.Checker("tiny.py", lines=lines, options=guide.options)
    checker.check_all()
    return sorted(checker.report.found)


lines = """import os, sys
x=1
def f( a,b):
   return a  # three spaces

if x == None:
    y = [1,2]
z = 1 # too near
long = "{}"
""".format("a" * 90).splitlines(True)
found = check(lines, ["E", "W"])
assert found == [
    (1, 10, "E401"),
    (2, 2, "E225"),
    (3, 1, "E302"),
    (3, 7, "E201"),
    (3, 9, "E231"),
    (4, 4, "E111"),
    (6, 1, "E305"),
    (6, 6, "E711"),
    (7, 11, "E231"),
    (8, 6, "E261"),
    (9, 80, "E501"),
], found
assert check(lines, ["E1", "E4"]) == [(1, 10, "E401"), (4, 4, "E111")]
