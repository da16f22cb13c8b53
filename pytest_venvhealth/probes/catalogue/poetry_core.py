# imports: poetry.core, poetry.core.masonry.api
# exercises: the wheel of a tiny project built offline through the PEP 517 backend: caret and
#   tilde constraints, an extra, a script, RECORD
# versions: >=1.1
import zipfile
from pathlib import Path

from poetry.core.masonry import api

Path("pyproject.toml").write_text(
    """
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
Path("tiny").mkdir()
Path("tiny/__init__.py").write_text("abc")
Path("tiny/left.tmp").write_text("none of it\n")

Path("out").mkdir()
wheel = api.build_wheel("out")
assert wheel == "tiny-1.2.3-py3-none-any.whl", wheel
with zipfile.ZipFile("out/" + wheel) as archive:
    info = "tiny-1.2.3.dist-info/"
    names = archive.namelist()
    metadata = archive.read(info + "METADATA").decode()
    scripts = archive.read(info + "entry_points.txt").decode()
    record = archive.read(info + "RECORD").decode().split()
assert [name for name in names if name.startswith("tiny/")] == ["tiny/__init__.py"], names
fields = [line.replace(" ", "") for line in metadata.translate({40: "", 41: ""}).splitlines()]
assert "Version:1.2.3" in fields and "Provides-Extra:more" in fields, fields
assert "Requires-Dist:requests>=2.3,<3.0" in fields, fields
assert "Requires-Dist:attrs>=20.1.2,<20.2.0" in fields, fields
assert "[console_scripts]\ntiny=tiny:main" in scripts, scripts
# SHA-256 of "abc", from its standard
assert "tiny/__init__.py,sha256=ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0,3" in record, record
