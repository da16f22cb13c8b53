# imports: hatchling, hatchling.build
# exercises: wheel and sdist of a tiny project built offline through the PEP 517 backend: version
#   read from a module, file selection, RECORD
# versions: >=1.0
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
requires-python = ">=3.8"
dependencies = ["requests>=2"]

[tool.hatch.version]
path = "src/tiny/about.py"

[tool.hatch.build.targets.wheel]
packages = ["src/tiny"]
exclude = ["*.tmp"]
"""
)
Path("src/tiny/about.py").write_text('__version__ = "1.2.3"\n')
Path("src/tiny/left.tmp").write_text("none of it\n")
Path("ignored.log").write_text("none of it\n")
Path(".gitignore").write_text("*.log\n")

wheel = build.build_wheel(".")
assert wheel == "tiny_pack-1.2.3-py3-none-any.whl", wheel
info = "tiny_pack-1.2.3.dist-info/"
with zipfile.ZipFile(wheel) as archive:
    packed = [name for name in archive.namelist() if name.startswith("tiny/")]
    assert packed == ["tiny/about.py"], packed
    metadata = archive.read(info + "METADATA").decode()
    assert "Version: 1.2.3\n" in metadata and "Requires-Dist: requests>=2\n" in metadata, metadata
    assert b"tiny/about.py,sha256=" in archive.read(info + "RECORD")

with tarfile.open(build.build_sdist(".")) as archive:
    names = [name.split("/", 1)[1] for name in archive.getnames()]
assert {"src/tiny/about.py", "pyproject.toml", "PKG-INFO"} <= set(names), names
assert "ignored.log" not in names, "a file that git ignores was packed"
