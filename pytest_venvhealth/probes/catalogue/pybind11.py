# imports: pybind11, pybind11.setup_helpers
# exercises: the headers: all that they include is there, no conditional is torn; the macros of
#   the version, the CMake files, flags from the command line and for setuptools
# versions: >=2.7
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pybind11

include = Path(pybind11.get_include())
headers = sorted((include / "pybind11").rglob("*.h"))
names = {header.relative_to(include).as_posix() for header in headers}
wanted = ("pybind11", "stl", "numpy", "cast", "pytypes", "functional", "embed", "detail/common")
assert names >= {"pybind11/{}.h".format(name) for name in wanted}, names
directive = re.compile(r"^[ \t]*#[ \t]*(if|endif|include)\w*[ \t]*(.*)$", re.MULTILINE)
for header in headers:
    text = header.read_text("utf-8")
    found = directive.findall(text)
    kinds = [kind for kind, _ in found]
    assert "\n#" in text and kinds.count("if") == kinds.count("endif"), header
    for kind, what in found:
        match = re.match(r'"(.+?)"|<(pybind11/.+?)>', what) if kind == "include" else None
        if match:
            places = [header.parent / match.group(1)] if match.group(1) else []
            places.append(include / (match.group(1) or match.group(2)))
            assert any(place.is_file() for place in places), (header, what)

common = (include / "pybind11" / "detail" / "common.h").read_text("utf-8")
version = [
    re.search(r"^#\s*define PYBIND11_VERSION_{} (\w+)".format(part), common, re.MULTILINE).group(1)
    for part in ("MAJOR", "MINOR")
]
assert tuple(map(int, version)) == pybind11.version_info[:2], version
cast = (include / "pybind11" / "cast.h").read_text("utf-8")
assert "class type_caster" in cast and cast.count("{") > 100

cmake = Path(pybind11.get_cmake_dir())
assert "pybind11_add_module" in (cmake / "pybind11Tools.cmake").read_text("utf-8")
assert "include(" in (cmake / "pybind11Config.cmake").read_text("utf-8")

done = subprocess.run(
    [sys.executable, "-I", "-B", "-m", "pybind11", "--includes"],
    stdout=subprocess.PIPE,
    stderr=subprocess.PIPE,
    universal_newlines=True,
    timeout=60,
)
assert done.returncode == 0 and str(include) in done.stdout.replace('"', ""), done
if importlib.util.find_spec("setuptools") is not None:
    from pybind11.setup_helpers import Pybind11Extension, intree_extensions

    extension = Pybind11Extension("pack.made", ["pack/made.cpp"], cxx_std=17)
    assert extension.language == "c++" and str(include) in extension.include_dirs
    assert any("c++17" in flag for flag in extension.extra_compile_args)
    Path("pack").mkdir()
    Path("pack/__init__.py").touch()
    Path("pack/made.cpp").touch()
    assert [made.name for made in intree_extensions(["pack/made.cpp"])] == ["pack.made"]
