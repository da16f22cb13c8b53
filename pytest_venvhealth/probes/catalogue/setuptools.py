# imports: setuptools, setuptools.build_meta
# exercises: a tiny project built offline through the PEP 517 backend: package discovery, package
#   data, entry points, requirements, sdist; where it can, a wheel
# versions: >=58.0.0
import importlib.util
import os
import tarfile
import zipfile
from pathlib import Path

from setuptools import build_meta

Path("project/src/tinypack/sub").mkdir(parents=True)
os.chdir("project")
Path("setup.cfg").write_text(
    """
[metadata]
name = tinypack
version = attr: tinypack.__version__

[options]
packages = find:
package_dir =
    = src
install_requires =
    requests>=2; python_version > "3"

[options.packages.find]
where = src

[options.package_data]
tinypack = *.txt

[options.entry_points]
console_scripts =
    tiny = tinypack:main
"""
)
Path("src/tinypack/__init__.py").write_text("__version__ = '1.2.3'\n")
Path("src/tinypack/sub/__init__.py").write_text("")
Path("src/tinypack/data.txt").write_text("data\n")
Path("src/tinypack/data.bin").write_text("no package data\n")

Path("out").mkdir()
sdist = build_meta.build_sdist("out")
assert sdist == "tinypack-1.2.3.tar.gz", sdist
with tarfile.open("out/" + sdist) as archive:
    names = archive.getnames()
    metadata = archive.extractfile("tinypack-1.2.3/PKG-INFO").read().decode()
assert "tinypack-1.2.3/src/tinypack/sub/__init__.py" in names, names
assert "Name: tinypack\n" in metadata and "Version: 1.2.3\n" in metadata, metadata

# Before its release 70.1 setuptools needs wheel for this.
if importlib.util.find_spec("setuptools.command.bdist_wheel") or importlib.util.find_spec("wheel"):
    wheel = build_meta.build_wheel("out")
    assert wheel == "tinypack-1.2.3-py3-none-any.whl", wheel
    with zipfile.ZipFile("out/" + wheel) as archive:
        names = [name for name in archive.namelist() if name.startswith("tinypack/")]
        info = "tinypack-1.2.3.dist-info/"
        metadata = archive.read(info + "METADATA").decode()
        scripts = archive.read(info + "entry_points.txt").decode()
    assert sorted(names) == [
        "tinypack/__init__.py",
        "tinypack/data.txt",
        "tinypack/sub/__init__.py",
    ]
    assert "Requires-Dist: requests" in metadata, metadata
    assert "[console_scripts]\ntiny = tinypack:main" in scripts, scripts
