# imports: hatchling, hatchling.build
# exercises: wheel and sdist of a tiny project built offline through the PEP 517 backend: version
#   read from a module, file selection, scripts, extras, RECORD
# versions: >=1.0
import base64
import hashlib
import os
import tarfile
import zipfile
from pathlib import Path

from hatchling import build

Path("project/src/tiny").mkdir(parents=True)
os.chdir("project")
Path("pyproject.toml").write_text(
    """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "Tiny.Pack"
dynamic = ["version"]
description = "A tiny one"
requires-python = ">=3.8"
dependencies = ["requests>=2", "attrs; python_version > '3'"]
classifiers = ["Programming Language :: Python :: 3"]

[project.optional-dependencies]
more = ["rich"]

[project.scripts]
tiny = "tiny:main"

[tool.hatch.version]
path = "src/tiny/about.py"

[tool.hatch.build.targets.wheel]
packages = ["src/tiny"]
exclude = ["*.tmp"]
"""
)
code = b"def main(): pass\n"
Path("src/tiny/__init__.py").write_bytes(code)
Path("src/tiny/about.py").write_text('__version__ = "1.2.3"\n')
Path("src/tiny/data.txt").write_text("data\n")
Path("src/tiny/left.tmp").write_text("none of it\n")
Path("ignored.log").write_text("none of it\n")
Path(".gitignore").write_text("*.log\n")

Path("out").mkdir()
wheel = build.build_wheel("out")
assert wheel == "tiny_pack-1.2.3-py3-none-any.whl", wheel
with zipfile.ZipFile("out/" + wheel) as archive:
    assert archive.testzip() is None
    names = archive.namelist()
    info = "tiny_pack-1.2.3.dist-info/"
    metadata = archive.read(info + "METADATA").decode()
    scripts = archive.read(info + "entry_points.txt").decode()
    record = archive.read(info + "RECORD").decode().split()
assert sorted(name for name in names if name.startswith("tiny/")) == [
    "tiny/__init__.py",
    "tiny/about.py",
    "tiny/data.txt",
]
assert "Version: 1.2.3\n" in metadata and "Requires-Python: >=3.8\n" in metadata, metadata
assert "Requires-Dist: requests>=2\n" in metadata and "Provides-Extra: more\n" in metadata
assert "[console_scripts]\ntiny = tiny:main" in scripts, scripts
digest = base64.urlsafe_b64encode(hashlib.sha256(code).digest()).decode().rstrip("=")
assert "tiny/__init__.py,sha256={},{}".format(digest, len(code)) in record, record

with tarfile.open("out/" + build.build_sdist("out")) as archive:
    names = [name.split("/", 1)[1] for name in archive.getnames()]
assert {"src/tiny/__init__.py", "pyproject.toml", "PKG-INFO"} <= set(names), names
assert "ignored.log" not in names, "a file that git ignores was packed"
