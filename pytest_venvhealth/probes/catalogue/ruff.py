# imports: ruff
# exercises: the binary, started by its module: lint rules with their places, noqa, fixes, the
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


def ruff(text, command, *arguments):
    """Run ruff without any configuration; the text is what it reads."""
    return subprocess.run(
        [sys.executable, "-I", "-B", "-m", "ruff", command, "--isolated", "--no-cache", *arguments],
        input=text,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        universal_newlines=True,
        timeout=60,
    )


done = ruff(source, "check", "--select=E,F,ISC", "--output-format=json", "-")
assert done.returncode == 1, done
found = sorted((row["location"]["row"], row["code"]) for row in json.loads(done.stdout))
assert found == [
    (1, "E401"),
    (1, "F401"),
    (1, "F401"),
    (4, "E711"),
    (5, "F821"),
    (7, "ISC001"),
    (8, "E722"),
], done.stdout

done = ruff("import sys, os\nprint(os)\n", "check", "--select=E401,F401", "--fix", "-")
assert (done.returncode, done.stdout) == (0, "import os\nprint(os)\n"), done
done = ruff("import b\nimport a\nfrom a import d, c\n", "check", "--select=I", "--fix", "-")
assert done.stdout == "import a\nimport b\nfrom a import c, d\n", done

done = ruff("x = { 'a':1 }\ndef f( a,b = 2 ): return a\n", "format", "-")
wanted = 'x = {"a": 1}\n\n\ndef f(a, b=2):\n    return a\n'
assert (done.returncode, done.stdout) == (0, wanted), done
assert ruff(wanted, "format", "--check", "-").returncode == 0
assert ruff("x=1\n", "format", "--check", "-").returncode == 1
assert ruff("def f(:\n", "format", "-").returncode == 2
