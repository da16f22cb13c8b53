# imports: ninja, ninja.ninja_syntax
# exercises: the binary, started by its module: a small build in the right order, nothing to do, a
#   changed input, a command that fails, a cycle; the writer of its files
# versions: >=1.9
import os
import subprocess
import sys
import time
from pathlib import Path

from ninja import ninja_syntax


def ninja(*arguments):
    done = subprocess.run(
        [sys.executable, "-I", "-B", "-m", "ninja", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
        timeout=60,
    )
    return done.returncode, done.stdout


Path("join.py").write_text(
    """
import sys
data = [open(name).read().strip() for name in sys.argv[2:]]
open(sys.argv[1], "w").write("+".join(data) + ";")
open("log", "a").write(sys.argv[1] + " ")
sys.exit("".join(data) == "bad")
"""
)
with open("build.ninja", "w") as file:
    writer = ninja_syntax.Writer(file, width=60)
    writer.comment("made by a probe")
    writer.variable("python", '"{}" -I -B'.format(sys.executable.replace("$", "$$")))
    writer.rule("join", "$python join.py $out $in", description="JOIN $out")
    writer.build("all.txt", "join", ["ab.txt", "c.txt"])
    writer.build("ab.txt", "join", ["a.txt", "b.txt"], implicit="join.py")
    writer.build("broken.txt", "join", "bad.txt")
    writer.default("all.txt")
for name in ("a", "b", "c", "bad"):
    Path(name + ".txt").write_text(name + "\n")

status, out = ninja()
assert status == 0, out
assert Path("all.txt").read_text() == "a+b;+c;" and Path("log").read_text() == "ab.txt all.txt "
status, out = ninja()
assert status == 0 and "no work to do" in out, out

later = time.time() + 5
Path("c.txt").write_text("changed\n")
os.utime("c.txt", (later, later))
status, out = ninja("-v", "all.txt")
assert status == 0 and Path("all.txt").read_text() == "a+b;+changed;", out
assert Path("log").read_text() == "ab.txt all.txt all.txt "

status, out = ninja("broken.txt")
assert status != 0 and "FAILED" in out, out
Path("cycle.ninja").write_text("rule x\n  command = x\nbuild a: x b\nbuild b: x a\n")
status, out = ninja("-f", "cycle.ninja", "a")
assert status != 0 and "cycle" in out, out
