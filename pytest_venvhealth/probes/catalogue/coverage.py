# imports: coverage
# exercises: a small module is measured by line and by branch; the tracer written in C, the stored
#   data, combining, the JSON and XML reports, excluded lines
# versions: >=5.0
import importlib.util
import json
import os
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

if importlib.util.find_spec("coverage.tracer") is not None:
    import coverage.tracer  # without it coverage would go on, slowly

    os.environ["COVERAGE_CORE"] = "ctrace"
import coverage

path = Path("tinymod.py").resolve()
path.write_text(
    """def sign(n):
    if n < 0:
        return -1
    return 1


def never():  # pragma: no cover
    return 0


def count(n):
    total = 0
    for each in range(n):
        total += each
    return total
"""
)
sys.path.insert(0, str(path.parent))


def measure(suffix, work):
    measured = coverage.Coverage(
        data_file="data", data_suffix=suffix, branch=True, config_file=False, include=[str(path)]
    )
    measured.start()
    import tinymod

    work(tinymod)
    measured.stop()
    measured.save()
    del sys.modules["tinymod"]
    return measured


first = measure("1", lambda module: module.sign(5))
name, statements, excluded, missing, text = first.analysis2(str(path))
assert statements == [1, 2, 3, 4, 11, 12, 13, 14, 15], statements
assert excluded == [7, 8] and missing == [3, 12, 13, 14, 15], (excluded, missing)
data = first.get_data()
assert {Path(file).name for file in data.measured_files()} == {"tinymod.py"}
assert (2, 4) in data.arcs(next(iter(data.measured_files())))
first.xml_report(outfile="report.xml")
lines = list(ElementTree.parse("report.xml").iter("line"))
assert [int(line.get("number")) for line in lines if line.get("hits") == "1"] == [1, 2, 4, 11]

second = measure("2", lambda module: (module.sign(-5), module.count(3)))
assert second.analysis2(str(path))[3] == [4]

both = coverage.Coverage(data_file="data", branch=True, config_file=False)
both.combine()
both.save()
assert both.analysis2(str(path))[3] == [] and Path("data").read_bytes()[:6] == b"SQLite"
assert both.json_report(outfile="report.json") == 100.0
(file,) = json.loads(Path("report.json").read_text())["files"].values()
assert file["summary"]["num_branches"] == 4 and file["missing_lines"] == []
