# imports: flit_core, flit_core.buildapi
# exercises: wheel and sdist of a module built offline through the PEP 517 backend: version and
#   description read from its source, requirements, scripts, RECORD
# versions: >=3.2
import base64
import hashlib
import os
import tarfile
import zipfile
from pathlib import Path

from flit_core import buildapi

Path("project").mkdir()
os.chdir("project")
code = b'"""A tiny one"""\nraise SystemExit("the module is not imported")\n__version__ = "1.2.3"\n'
Path("tiny.py").write_bytes(code)
Path("README.rst").write_text("Read me\n")
Path("pyproject.toml").write_text(
    """
[build-system]
requires = ["flit_core"]
build-backend = "flit_core.buildapi"

[project]
name = "tiny"
readme = "README.rst"
authors = [{name = "Ada", email = "ada@example.com"}]
requires-python = ">=3.6"
dependencies = ["requests>=2"]
dynamic = ["version", "description"]

[project.optional-dependencies]
more = ["rich"]

[project.scripts]
tiny = "tiny:main"
"""
)
assert buildapi.get_requires_for_build_wheel() == []
Path("out").mkdir()
wheel = buildapi.build_wheel("out")
assert wheel == "tiny-1.2.3-py3-none-any.whl", wheel
info = "tiny-1.2.3.dist-info/"
with zipfile.ZipFile("out/" + wheel) as archive:
    assert archive.testzip() is None
    assert archive.read("tiny.py") == code
    metadata = archive.read(info + "METADATA").decode()
    scripts = archive.read(info + "entry_points.txt").decode()
    record = archive.read(info + "RECORD").decode().split()
head, body = metadata.split("\n\n", 1)
assert {"Name: tiny", "Version: 1.2.3", "Summary: A tiny one"} <= set(head.split("\n")), head
assert "Requires-Dist: requests>=2" in head and "Provides-Extra: more" in head, head
assert "Author-email: Ada <ada@example.com>" in head and body.strip() == "Read me", metadata
assert "[console_scripts]\ntiny=tiny:main" in scripts.replace(" ", ""), scripts
digest = base64.urlsafe_b64encode(hashlib.sha256(code).digest()).decode().rstrip("=")
assert "tiny.py,sha256={},{}".format(digest, len(code)) in record, record

sdist = buildapi.build_sdist("out")
assert sdist == "tiny-1.2.3.tar.gz", sdist
with tarfile.open("out/" + sdist) as archive:
    names = set(archive.getnames())
assert {"tiny-1.2.3/" + name for name in ("tiny.py", "PKG-INFO", "pyproject.toml")} <= names, names
