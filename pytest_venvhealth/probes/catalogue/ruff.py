# imports: ruff
# exercises: the binary, started by its module: lint rules with their places, noqa, a fix, the
#   formatter, a syntax error
# versions: >=0.1.2
import json
import subprocess
import sys

source = """import sys, os
import json  # noqa: F401
def f(x):
    if x == None:
        return undefined
    try:
        return 'a' 'b'
    except:
        pass
"""


def ruff(text, *arguments):
    """Return the exit status and what ruff writes without any configuration."""
    command = [sys.executable, "-I", "-B", "-m", "ruff", *arguments, "--isolated", "--no-cache"]
    done = subprocess.run([*command, "-"], input=text.encode(), stdout=subprocess.PIPE)
    return done.returncode, done.stdout.decode()


status, out = ruff(source, "check", "--quiet", "--select=E,F,ISC", "--output-format=json")
assert status == 1 and out.startswith("["), out
found = sorted((row["location"]["row"], row["code"]) for row in json.loads(out))
assert found == [
    (1, "E401"),
    (1, "F401"),
    (1, "F401"),
    (4, "E711"),
    (5, "F821"),
    (7, "ISC001"),
    (8, "E722"),
], out

fixed = ruff("import sys, os\nprint(os)\n", "check", "--quiet", "--select=E401,F401", "--fix")
assert fixed == (0, "import os\nprint(os)\n"), fixed
formatted = ruff("x = { 'a':1 }\ndef f( a,b = 2 ): return a\n", "format")
assert formatted == (0, 'x = {"a": 1}\n\n\ndef f(a, b=2):\n    return a\n'), formatted
assert ruff("def f(:\n", "format", "--quiet")[0] == 2
