# imports: wheel
# exercises: a wheel is packed, looked into, tagged anew and unpacked by the command-line tool; a
#   file that does not fit its hash is refused
# versions: >=0.40.0
import base64
import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path


def wheel(*arguments):
    command = [sys.executable, "-I", "-B", "-m", "wheel", *arguments]
    return subprocess.run(command, stderr=subprocess.PIPE, timeout=60)


tree = Path("tree")
info = tree / "tiny-1.0.dist-info"
(tree / "tiny").mkdir(parents=True)
info.mkdir()
code = b"ANSWER = 42\n"
(tree / "tiny" / "__init__.py").write_bytes(code)
(info / "METADATA").write_text("Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
(info / "WHEEL").write_text(
    "Wheel-Version: 1.0\nGenerator: probe\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
)

done = wheel("pack", "tree", "--dest-dir", ".")
packed = "tiny-1.0-py3-none-any.whl"
assert done.returncode == 0 and Path(packed).is_file(), done.stderr
digest = base64.urlsafe_b64encode(hashlib.sha256(code).digest()).decode().rstrip("=")
with zipfile.ZipFile(packed) as archive:
    rows = archive.read("tiny-1.0.dist-info/RECORD").decode().split()
assert "tiny/__init__.py,sha256={},12".format(digest) in rows, rows
assert "tiny-1.0.dist-info/RECORD,," in rows and len(rows) == 4, rows

done = wheel("tags", "--python-tag", "py2.py3", "--build", "7", packed)
assert done.returncode == 0, done.stderr
tagged = "tiny-1.0-7-py2.py3-none-any.whl"
with zipfile.ZipFile(tagged) as archive:
    lines = archive.read("tiny-1.0.dist-info/WHEEL").decode().splitlines()
assert {"Build: 7", "Tag: py2-none-any", "Tag: py3-none-any"} <= set(lines), lines

done = wheel("unpack", tagged, "--dest", "again")
assert done.returncode == 0, done.stderr
assert Path("again/tiny-1.0/tiny/__init__.py").read_bytes() == code

with zipfile.ZipFile(packed) as good, zipfile.ZipFile("bad-1.0-py3-none-any.whl", "w") as bad:
    for name in good.namelist():
        data = good.read(name).replace(b"42", b"43").replace(b"tiny-1.0", b"bad-1.0")
        bad.writestr(name.replace("tiny-1.0", "bad-1.0"), data)
done = wheel("unpack", "bad-1.0-py3-none-any.whl", "--dest", "bad")
assert done.returncode != 0, "a file with a wrong hash was unpacked"
