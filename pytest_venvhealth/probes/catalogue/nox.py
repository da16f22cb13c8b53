# imports: nox
# exercises: sessions of a noxfile listed, with parameters and tags; some run, in order, with a
#   command and an environment of their own; a failing one told
# versions: >=2023.4.22
# timeout: 120
import json
import os
import subprocess
import sys

with open("noxfile.py", "w") as file:
    file.write(
        """
import sys
import nox

nox.options.sessions = ["build"]

def tell(line):
    with open("told", "a") as file:
        file.write(line + chr(10))

@nox.session(python=False, tags=["quick"])
@nox.parametrize("size", [1, 2])
def build(session, size):
    session.notify("after", posargs=[str(size)])
    tell("build %d" % size)

@nox.session(python=False)
def after(session):
    said = session.run(sys.executable, "-c", "import os; print(os.environ['WORD'])", silent=True,
                       external=True, env={"WORD": "word"})
    tell(said.strip() + " " + " ".join(session.posargs))

@nox.session(python=False)
def failing(session):
    session.run(sys.executable, "-c", "raise SystemExit(3)", external=True)

@nox.session(venv_backend="virtualenv")
def own(session):
    tell(session.run("python", "-c", "import sys; print(sys.prefix != sys.base_prefix)",
                     silent=True).strip())
"""
    )


def run(*arguments):
    """Return the exit code and what was printed; nox ends its process, so it gets one."""
    command = [sys.executable, "-I", "-B", "-m", "nox", "--nocolor", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    told = ""
    if os.path.exists("told"):
        with open("told") as file:
            told = file.read()
        os.unlink("told")
    return done.returncode, told, done.stdout + done.stderr


code, _, said = run("--list-sessions", "--json")
assert code == 0, said
listed = json.loads(said[said.index("[") :])
assert [each["session"] for each in listed] == ["build(size=1)", "build(size=2)"], listed
assert listed[0]["tags"] == ["quick"] and listed[0]["call_spec"] == {"size": 1}, listed[0]

code, told, said = run()
assert code == 0 and told == "build 1\nbuild 2\nword 1\n", (told, said)
code, told, said = run("-s", "build(size=2)")
assert code == 0 and told == "build 2\nword 2\n", (told, said)
code, told, said = run("-s", "failing", "after")
assert code == 1 and told == "word \n", (code, told, said)
# The environment is made by virtualenv.
code, told, said = run("-s", "own")
assert code == 0 and told == "True\n", (told, said)
