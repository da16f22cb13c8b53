# imports: flit_core, flit_core.buildapi
# exercises: wheel and sdist of a module built offline through the PEP 517 backend: version and
#   description read from its source, requirements, RECORD
# versions: >=3.2
import os
import tarfile
import zipfile
from pathlib import Path

from flit_core import buildapi

os.mkdir("project")
os.chdir("project")
os.mkdir("out")
code = b'"""A tiny one"""\nraise SystemExit("the module is not imported")\n__version__ = "1.2.3"\n'
Path("tiny.py").write_bytes(code)
Path("pyproject.toml").write_text(
    """
[build-system]
requires = ["flit_core"]
build-backend = "flit_core.buildapi"

[project]
name = "tiny"
requires-python = ">=3"
dependencies = ["requests>=2"]
dynamic = ["version", "description"]
"""
)
wheel = buildapi.build_wheel("out")
assert wheel == "tiny-1.2.3-py3-none-any.whl", wheel
info = "tiny-1.2.3.dist-info/"
with zipfile.ZipFile("out/" + wheel) as archive:
    assert archive.read("tiny.py") == code
    metadata = archive.read(info + "METADATA").decode().split("\n")
    record = archive.read(info + "RECORD").decode()
wanted = {"Name: tiny", "Version: 1.2.3", "Summary: A tiny one", "Requires-Dist: requests>=2"}
assert wanted <= set(metadata), metadata
assert "tiny.py,sha256=" in record, record

sdist = buildapi.build_sdist("out")
assert sdist == "tiny-1.2.3.tar.gz", sdist
with tarfile.open("out/" + sdist) as archive:
    names = archive.getnames()
assert {"tiny-1.2.3/tiny.py", "tiny-1.2.3/PKG-INFO", "tiny-1.2.3/pyproject.toml"} <= set(names)
