# imports: dotenv
# exercises: reading values of .env files with quotes, escapes, comments, several lines and
#   references, loading them into the environment, changing a file key by key
# versions: >=0.20
import io
import os
from pathlib import Path

import dotenv

text = r"""
# a comment
PLAIN=value # not part of it
export EXPORTED = spaced out
EMPTY=
NO_VALUE
SINGLE='it is $PLAIN \n raw # kept'
DOUBLE="tab\there \"quoted\""
LINES="one
two"
REFERENCE=${PLAIN}-${PROBE_DOTENV_OUTSIDE}-${PROBE_DOTENV_MISSING:-default}
HASH=a#b
"""
os.environ["PROBE_DOTENV_OUTSIDE"] = "env"
values = dotenv.dotenv_values(stream=io.StringIO(text))
assert values == {
    "PLAIN": "value",
    "EXPORTED": "spaced out",
    "EMPTY": "",
    "NO_VALUE": None,
    "SINGLE": r"it is $PLAIN \n raw # kept",
    "DOUBLE": 'tab\there "quoted"',
    "LINES": "one\ntwo",
    "REFERENCE": "value-env-default",
    "HASH": "a#b",
}, values

path = Path(".env").resolve()
path.write_text("# kept\nPROBE_DOTENV_A=file\nPROBE_DOTENV_B=2\n", "utf-8")
os.environ["PROBE_DOTENV_A"] = "before"
assert dotenv.load_dotenv(dotenv.find_dotenv(usecwd=True)) is True
assert (os.environ["PROBE_DOTENV_A"], os.environ["PROBE_DOTENV_B"]) == ("before", "2")

dotenv.set_key(str(path), "PROBE_DOTENV_A", "it's new")
dotenv.unset_key(str(path), "PROBE_DOTENV_B")
assert dotenv.get_key(str(path), "PROBE_DOTENV_A") == "it's new"
assert path.read_text("utf-8") == "# kept\nPROBE_DOTENV_A='it\\'s new'\n", path.read_text("utf-8")
