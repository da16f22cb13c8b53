# imports: pip, pip._internal.cli.main
# exercises: hand-made wheels are resolved and installed offline into a folder, with the
#   newest releases that fit together
# versions: >=20.3
import base64
import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path


def make_wheel(name, version, requires=""):
    info = "{}-{}.dist-info".format(name, version)
    metadata = "Metadata-Version: 2.1\nName: {}\nVersion: {}\n".format(name, version)
    files = {
        name + "/__init__.py": "VERSION = {!r}\n".format(version),
        info + "/METADATA": metadata + requires,
        info + "/WHEEL": "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
        info + "/entry_points.txt": "[console_scripts]\n{0} = {0}:main\n".format(name),
    }
    rows = [info + "/RECORD,,"]
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
        rows.append("{},sha256={},{}".format(path, digest.decode().rstrip("="), len(text)))
    files[info + "/RECORD"] = "\n".join(rows) + "\n"
    with zipfile.ZipFile("wheels/{}-{}-py3-none-any.whl".format(name, version), "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)


Path("wheels").mkdir()
make_wheel("tinybase", "1.0")
make_wheel("tinybase", "1.5")
make_wheel("tinybase", "2.0")
make_wheel("tinytop", "3.0", "Requires-Dist: tinybase<2\n")
command = [sys.executable, "-I", "-B", "-m", "pip", "--isolated", "--no-cache-dir", "install"]
command += ["--no-index", "--find-links", "wheels", "--no-compile", "--target", "out"]
done = subprocess.run([*command, "tinytop>=2"], stderr=subprocess.PIPE, timeout=100)
assert done.returncode == 0, done.stderr.decode(errors="replace")
# The newest release that the other one allows.
assert Path("out/tinybase/__init__.py").read_text() == "VERSION = '1.5'\n"
assert Path("out/tinytop-3.0.dist-info/INSTALLER").read_text().strip() == "pip"
record = Path("out/tinytop-3.0.dist-info/RECORD").read_text()
assert "tinytop/__init__.py,sha256=" in record, record
assert any(path.stem == "tinytop" for path in Path("out/bin").iterdir())
