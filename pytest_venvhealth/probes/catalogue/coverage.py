# imports: coverage
# exercises: a small module is measured by line and by branch; the tracer written in C, the stored
#   data, combining, the XML report
# versions: >=5.0
import importlib.util
import os
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

if importlib.util.find_spec("coverage.tracer") is not None:
    import coverage.tracer  # without it coverage would go on, slowly

    os.environ["COVERAGE_CORE"] = "ctrace"
import coverage

Path("tinymod.py").write_text(
    """def sign(n):
    if n < 0:
        return -1
    return 1
"""
)
path = os.path.realpath("tinymod.py")
sys.path.insert(0, os.path.dirname(path))


def measure(name, number):
    measured = coverage.Coverage(name, branch=True, config_file=False, include=[path])
    measured.start()
    import tinymod

    tinymod.sign(number)
    measured.stop()
    measured.save()
    del sys.modules["tinymod"]
    return measured


first = measure("data.1", 5)
assert first.analysis2(path)[3] == [3]  # the missing lines
assert (2, 4) in first.get_data().arcs(path)
first.xml_report(outfile="report.xml")
lines = list(ElementTree.parse("report.xml").iter("line"))
assert [int(line.get("number")) for line in lines if line.get("hits") == "1"] == [1, 2, 4]

second = measure("data.2", -5)
assert second.analysis2(path)[3] == [4]
both = coverage.Coverage("data", branch=True, config_file=False)
both.combine()
assert both.analysis2(path)[3] == []
