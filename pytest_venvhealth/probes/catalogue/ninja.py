# imports: ninja, ninja.ninja_syntax
# exercises: the binary, started by its module: a small build in the right order, nothing to do, a
#   changed input; the writer of its files
# versions: >=1.9
import os
import subprocess
import sys
from pathlib import Path

from ninja import ninja_syntax


def ninja():
    """Return the exit status and what was written."""
    command = [sys.executable, "-I", "-B", "-m", "ninja"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout.decode()


Path("join.py").write_text(
    """
import sys
data = [open(name).read().strip() for name in sys.argv[2:]]
open(sys.argv[1], "w").write("+".join(data) + ";")
open("log", "a").write(sys.argv[1] + " ")
"""
)
with open("build.ninja", "w") as file:
    writer = ninja_syntax.Writer(file)
    writer.variable("python", '"{}" -I -B'.format(sys.executable.replace("$", "$$")))
    writer.rule("join", "$python join.py $out $in", description="JOIN $out")
    writer.build("all.txt", "join", ["ab.txt", "c.txt"])
    writer.build("ab.txt", "join", ["a.txt", "b.txt"])
    writer.default("all.txt")
for name in ("a", "b", "c"):
    Path(name + ".txt").write_text(name + "\n")

status, out = ninja()
assert status == 0, out
assert Path("all.txt").read_text() == "a+b;+c;" and Path("log").read_text() == "ab.txt all.txt "
status, out = ninja()
assert status == 0 and "no work to do" in out, out
os.utime("c.txt", (4e9, 4e9))
status, out = ninja()
assert status == 0 and Path("log").read_text() == "ab.txt all.txt all.txt ", out
