# imports: build, build.util
# exercises: wheel and sdist of a project with a backend of its own, by the API and by the command
#   line, offline; metadata, requirements, a project whose configuration is wrong
# versions: >=0.8
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import build
import build.util

Path("project/backend").mkdir(parents=True)
Path("project/pyproject.toml").write_text(
    "[build-system]\n"
    'requires = ["no-such-build-tool >= 2"]\n'
    'build-backend = "tinybackend"\n'
    'backend-path = ["backend"]\n'
)
Path("project/backend/tinybackend.py").write_text(
    """
import io, os, tarfile, zipfile

def get_requires_for_build_wheel(config_settings=None):
    return ["another-tool"]

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name = "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as archive:
        archive.writestr("tiny.py", "settings = %r" % (config_settings or {}))
        info = "tiny-1.0.dist-info/"
        archive.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n")
        archive.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\n")
        archive.writestr(info + "RECORD", "")
    return name

def build_sdist(sdist_directory, config_settings=None):
    with tarfile.open(os.path.join(sdist_directory, "tiny-1.0.tar.gz"), "w:gz") as archive:
        for name in ("pyproject.toml", "backend/tinybackend.py"):
            archive.add(name, "tiny-1.0/" + name)
        text = b"Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n"
        member = tarfile.TarInfo("tiny-1.0/PKG-INFO")
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text))
    return "tiny-1.0.tar.gz"
"""
)

builder = build.ProjectBuilder("project")
assert builder.build_system_requires == {"no-such-build-tool >= 2"}
assert builder.get_requires_for_build("wheel") == {"another-tool"}
missing = {row[-1] for row in builder.check_dependencies("wheel")}
assert "another-tool" in missing and len(missing) == 2, missing
wheel = builder.build("wheel", "out", {"key": "value"})
assert os.path.basename(wheel) == "tiny-1.0-py3-none-any.whl"
with zipfile.ZipFile(wheel) as archive:
    assert archive.read("tiny.py") == b"settings = {'key': 'value'}"
metadata = build.util.project_wheel_metadata("project", isolated=False)
assert metadata["Name"] == "tiny" and metadata["Version"] == "1.0"

# The wheel is built from the unpacked sdist.
options = ["--no-isolation", "--skip-dependency-check", "--outdir", "dist", "project"]
done = subprocess.run(
    [sys.executable, "-I", "-B", "-m", "build", *options],
    stdout=subprocess.PIPE,
    stderr=subprocess.STDOUT,
    timeout=60,
)
assert done.returncode == 0, done.stdout
assert sorted(os.listdir("dist")) == ["tiny-1.0-py3-none-any.whl", "tiny-1.0.tar.gz"]

Path("wrong").mkdir()
Path("wrong/pyproject.toml").write_text("[build-system]\nrequires = 1\n")
try:
    build.ProjectBuilder("wrong")
except build.BuildException:
    pass
else:
    raise AssertionError("a wrong pyproject.toml was accepted")
