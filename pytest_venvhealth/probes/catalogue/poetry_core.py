# imports: poetry.core, poetry.core.masonry.api
# exercises: wheel and sdist of a tiny project built offline through the PEP 517 backend: caret and
#   tilde constraints, extras, scripts, RECORD
# versions: >=1.1
import base64
import hashlib
import os
import tarfile
import zipfile
from pathlib import Path

from poetry.core.masonry import api

Path("project/tiny").mkdir(parents=True)
os.chdir("project")
Path("pyproject.toml").write_text(
    """
[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"

[tool.poetry]
name = "tiny"
version = "1.2.3"
description = "A tiny one"
authors = ["Ada <ada@example.com>"]
exclude = ["tiny/left.tmp"]

[tool.poetry.dependencies]
python = "^3.8"
requests = "^2.3"
attrs = "~20.1.2"
rich = {version = "*", optional = true}

[tool.poetry.extras]
more = ["rich"]

[tool.poetry.scripts]
tiny = "tiny:main"
"""
)
code = b"def main(): pass\n"
Path("tiny/__init__.py").write_bytes(code)
Path("tiny/left.tmp").write_text("none of it\n")

Path("out").mkdir()
wheel = api.build_wheel("out")
assert wheel == "tiny-1.2.3-py3-none-any.whl", wheel
info = "tiny-1.2.3.dist-info/"
with zipfile.ZipFile("out/" + wheel) as archive:
    assert archive.testzip() is None
    names = archive.namelist()
    metadata = archive.read(info + "METADATA").decode()
    scripts = archive.read(info + "entry_points.txt").decode()
    record = archive.read(info + "RECORD").decode().split()
assert [name for name in names if name.startswith("tiny/")] == ["tiny/__init__.py"], names
fields = [line.partition(":")[::2] for line in metadata.split("\n\n")[0].split("\n")]
requires = []
for key, value in fields:
    if key == "Requires-Dist":
        requires.append(value.translate(dict.fromkeys(map(ord, " ()"))))
assert ("Version", " 1.2.3") in fields and ("Provides-Extra", " more") in fields, fields
assert "requests>=2.3,<3.0" in requires and "attrs>=20.1.2,<20.2.0" in requires, requires
assert "[console_scripts]\ntiny=tiny:main" in scripts, scripts
digest = base64.urlsafe_b64encode(hashlib.sha256(code).digest()).decode().rstrip("=")
assert "tiny/__init__.py,sha256={},{}".format(digest, len(code)) in record, record

with tarfile.open("out/" + api.build_sdist("out")) as archive:
    names = archive.getnames()
assert "tiny-1.2.3/tiny/__init__.py" in names and "tiny-1.2.3/PKG-INFO" in names, names
