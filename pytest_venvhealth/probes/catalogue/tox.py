# imports: tox, tox.run
# exercises: a configuration with factors and substitutions read, an environment made of it and a
#   command run there, its failure told
# versions: >=4
# timeout: 120
import contextlib
import os

from tox.run import main

with open("tox.ini", "w") as file:
    file.write(
        """
[tox]
env_list = small-{red,blue}, other
no_package = true

[base]
words = one two

[testenv]
set_env =
    COLOUR = red
    small: SIZE = small
    blue: COLOUR = blue
    WORDS = {[base]words}
commands =
    python -c "open('{tox_root}/told', 'w').write(__import__('os').environ['COLOUR'])"
    other: python -c "raise SystemExit(3)"
"""
    )


def run(*arguments):
    """Return the exit code and what was printed."""
    with open("said", "w", encoding="utf-8") as file, contextlib.redirect_stdout(file):
        code = main([*arguments, "-c", "tox.ini", "--colored", "no"])
    with open("said", encoding="utf-8") as file:
        return code, file.read()


code, listed = run("list", "--no-desc")
assert code == 0 and listed.split() == ["small-red", "small-blue", "other"], listed
code, told = run("config", "-e", "small-blue", "-k", "set_env", "env_name")
settings = [line.strip() for line in told.splitlines()]
assert code == 0 and "env_name = small-blue" in settings, told
assert {"COLOUR=blue", "SIZE=small", "WORDS=one two"} <= set(settings), told
code, told = run("config", "-e", "other", "-k", "set_env")
assert code == 0 and "COLOUR=red" in told and "SIZE" not in told, told

# The environment is made by virtualenv, from the wheels that it brings.
code, told = run("run", "-e", "small-blue")
assert code == 0 and "congratulations" in told, told
with open("told") as file:
    assert file.read() == "blue"
assert os.path.exists(os.path.join(".tox", "small-blue", "pyvenv.cfg"))
