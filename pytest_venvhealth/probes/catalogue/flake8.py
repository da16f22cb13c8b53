# imports: flake8, flake8.api.legacy
# exercises: one file through the command line and through the programming interface: checks of
#   pycodestyle and pyflakes, noqa comments, ignored codes, complexity
# versions: >=3.8
import subprocess
import sys
from pathlib import Path

from flake8.api import legacy

Path("tiny.py").write_text(
    """import os
import sys  # noqa: F401
x=undefined
y = 1;z = 2


def branches(n):
    if n:
        return 1
    while n:
        n -= 1
    for each in n:
        pass
"""
)
options = ["--isolated", "--jobs=1", "--select=E,F,W,C90", "--ignore=E702", "--max-complexity=3"]
command = [sys.executable, "-I", "-B", "-m", "flake8", *options, "tiny.py"]
done = subprocess.run(command, stdout=subprocess.PIPE, timeout=60, check=False)
assert done.returncode == 1, done.returncode
found = [line.split(None, 2)[:2] for line in done.stdout.decode().splitlines()]
assert sorted(found) == [
    ["tiny.py:1:1:", "F401"],
    ["tiny.py:3:2:", "E225"],
    ["tiny.py:3:3:", "F821"],
    ["tiny.py:4:6:", "E231"],
    ["tiny.py:7:1:", "C901"],
], done.stdout

guide = legacy.get_style_guide(select=["F"], format="quiet-nothing")
report = guide.check_files(["tiny.py"])
assert [row.split()[:2] for row in report.get_statistics("F8")] == [["1", "F821"]]
