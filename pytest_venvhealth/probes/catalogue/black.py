# imports: black
# exercises: source texts formatted through the compiled modules, line length, equivalence, invalid
#   source; a file checked by the command line
# versions: >=22.1
import subprocess
import sys
from pathlib import Path

import black

mode = black.Mode()
cases = [
    ("x = {  'a':37,'b':42,\n\n'c':927}\n", 'x = {"a": 37, "b": 42, "c": 927}\n'),
    ("def f ( a ,b = 1 ) :\n return a+b # sum\n", "def f(a, b=1):\n    return a + b  # sum\n"),
    ("import os\ndef f(): pass\nf( )\n", "import os\n\n\ndef f():\n    pass\n\n\nf()\n"),
    ("call(one, two,)\n", "call(\n    one,\n    two,\n)\n"),
]
for source, wanted in cases:
    got = black.format_str(source, mode=mode)
    assert got == wanted, (source, got)
    black.assert_equivalent(source, got)
source = "value = function({})\n".format(", ".join(["argument"] * 10))
wrapped = "value = function(\n" + "    argument,\n" * 10 + ")\n"
assert black.format_str(source, mode=mode) == wrapped
assert black.format_str(source, mode=black.Mode(line_length=200)) == source
try:
    black.format_str("def f(:\n", mode=mode)
except black.InvalidInput:
    pass
else:
    raise AssertionError("no Python, but it was formatted")

Path("tiny.py").write_text("x=1\n")
Path("empty.toml").write_text("")
command = [sys.executable, "-I", "-B", "-m", "black", "--check", "--config=empty.toml", "tiny.py"]
done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
assert done.returncode == 1 and b"would reformat" in done.stdout, done.stdout
