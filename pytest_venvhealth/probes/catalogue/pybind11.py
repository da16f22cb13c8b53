# imports: pybind11, pybind11.setup_helpers
# exercises: the headers: all that they include is there, no conditional is torn; the macros of the
#   version, the CMake files, flags from the command line
# versions: >=2.7
import re
import subprocess
import sys
from pathlib import Path

import pybind11

include = Path(pybind11.get_include())
names = ("pybind11", "stl", "numpy", "cast", "pytypes", "functional", "embed", "detail/common")
for name in names:
    assert (include / "pybind11" / (name + ".h")).is_file(), name
directive = re.compile(r"^[ \t]*#[ \t]*(if|endif|include)\w*[ \t]*(.*)$", re.MULTILINE)
for header in include.rglob("*.h"):
    text = header.read_text("utf-8")
    found = directive.findall(text)
    kinds = [kind for kind, _ in found]
    assert "\n#" in text and kinds.count("if") == kinds.count("endif"), header
    for kind, what in found:
        beside, own = re.match(r'(?:"(.+?)"|<(pybind11/.+?)>)?', what).groups()
        if kind == "include" and (beside or own):
            places = [header.parent / (beside or own), include / (beside or own)]
            assert any(place.is_file() for place in places), (header, what)

common = (include / "pybind11" / "detail" / "common.h").read_text("utf-8")
for part, number in zip(("MAJOR", "MINOR"), pybind11.version_info):
    assert "PYBIND11_VERSION_{} {}\n".format(part, number) in common, part

cmake = Path(pybind11.get_cmake_dir())
assert "pybind11_add_module" in (cmake / "pybind11Tools.cmake").read_text("utf-8")
assert "include(" in (cmake / "pybind11Config.cmake").read_text("utf-8")

command = [sys.executable, "-I", "-B", "-m", "pybind11", "--includes"]
flags = subprocess.check_output(command).decode()
assert str(include) in flags.replace('"', ""), flags
