# imports: black
# exercises: source texts formatted through the compiled modules: strings, spaces, long lines, line
#   length, stubs; equivalence, invalid source; a file checked by the command line
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
    ("print(0XABCDEF, 10 if 0 else 1E5, U'x')\n", 'print(0xABCDEF, 10 if 0 else 1e5, "x")\n'),
    (
        "if (a):\n    for (x, y) in z:\n        del (b)\n",
        "if a:\n    for x, y in z:\n        del b\n",
    ),
    ("call(one, two,)\n", "call(\n    one,\n    two,\n)\n"),
]
for source, wanted in cases:
    got = black.format_str(source, mode=mode)
    assert got == wanted, (source, got)
    assert black.format_str(got, mode=mode) == got
    black.assert_equivalent(source, got)

names = ["argument_number_{}".format(number) for number in range(8)]
source = "value = function({})\n".format(", ".join(names))
wanted = "value = function(\n" + "".join("    {},\n".format(name) for name in names) + ")\n"
assert black.format_str(source, mode=mode) == wanted
assert black.format_str(source, mode=black.Mode(line_length=200)) == source
assert black.format_str("x = 'a'\n", mode=black.Mode(string_normalization=False)) == "x = 'a'\n"
stub = black.format_str("def f():\n  ...\ndef g():\n  ...\n", mode=black.Mode(is_pyi=True))
assert stub == "def f(): ...\ndef g(): ...\n", stub

try:
    black.format_str("def f(:\n", mode=mode)
except black.InvalidInput:
    pass
else:
    raise AssertionError("no Python, but it was formatted")

Path("tiny.py").write_text("x=1\n")
Path("empty.toml").write_text("")
done = subprocess.run(
    [sys.executable, "-I", "-B", "-m", "black", "--check", "--config=empty.toml", "tiny.py"],
    stdout=subprocess.PIPE,
    stderr=subprocess.STDOUT,
    timeout=60,
)
assert done.returncode == 1 and Path("tiny.py").read_text() == "x=1\n", done.stdout
