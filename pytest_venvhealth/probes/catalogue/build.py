# imports: build
# exercises: a wheel of a project with a backend of its own, by the API and by the command line,
#   offline; missing requirements
# versions: >=0.8
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import build

Path("project").mkdir()
Path("project/pyproject.toml").write_text(
    "[build-system]\n"
    'requires = ["no-such-build-tool >= 2"]\n'
    'build-backend = "tinybackend"\n'
    'backend-path = ["."]\n'
)
Path("project/tinybackend.py").write_text(
    """
import os, zipfile

def get_requires_for_build_wheel(config_settings=None):
    return ["another-tool"]

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name = "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as archive:
        archive.writestr("tiny.py", "settings = %r" % config_settings)
    return name
"""
)

builder = build.ProjectBuilder("project")
assert builder.build_system_requires == {"no-such-build-tool >= 2"}
missing = {row[-1] for row in builder.check_dependencies("wheel")}
assert "another-tool" in missing and len(missing) == 2, missing
with zipfile.ZipFile(builder.build("wheel", "out", {"key": "value"})) as archive:
    assert archive.read("tiny.py") == b"settings = {'key': 'value'}"

options = ["--wheel", "--no-isolation", "--skip-dependency-check", "--outdir", "dist", "project"]
command = [sys.executable, "-I", "-B", "-m", "build", *options]
done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
assert done.returncode == 0, done.stdout
assert os.listdir("dist") == ["tiny-1.0-py3-none-any.whl"]
