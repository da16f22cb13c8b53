# imports: dotenv
# exercises: reading values of .env files with quotes, escapes, comments, several lines and
#   references, loading them into the environment, changing a file key by key, finding one
# versions: >=0.20
import io
import os
import tempfile
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
REFERENCE=${PLAIN}-${PROBE_DOTENV_OUTSIDE}-${MISSING:-default}
HASH=a#b
UMLAUT=Käse
PLAIN=last
"""
os.environ["PROBE_DOTENV_OUTSIDE"] = "env"
for name in ("PLAIN", "MISSING", "REFERENCE"):
    os.environ.pop(name, None)
values = dotenv.dotenv_values(stream=io.StringIO(text))
assert values == {
    "PLAIN": "last",
    "EXPORTED": "spaced out",
    "EMPTY": "",
    "NO_VALUE": None,
    "SINGLE": r"it is $PLAIN \n raw # kept",
    "DOUBLE": 'tab\there "quoted"',
    "LINES": "one\ntwo",
    "REFERENCE": "value-env-default",
    "HASH": "a#b",
    "UMLAUT": "Käse",
}, values
raw = dotenv.dotenv_values(stream=io.StringIO("A=1\nB=${A}\n"), interpolate=False)
assert raw["B"] == "${A}"

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder, "sub", ".env")
    path.parent.mkdir()
    path.write_text("# kept\nPROBE_DOTENV_A=file\nPROBE_DOTENV_B=2\n", "utf-8")
    os.environ["PROBE_DOTENV_A"] = "before"
    assert dotenv.load_dotenv(str(path)) is True
    assert (os.environ["PROBE_DOTENV_A"], os.environ["PROBE_DOTENV_B"]) == ("before", "2")
    dotenv.load_dotenv(str(path), override=True)
    assert os.environ["PROBE_DOTENV_A"] == "file"

    dotenv.set_key(str(path), "PROBE_DOTENV_A", "it's new")
    dotenv.set_key(str(path), "PROBE_DOTENV_C", "3", quote_mode="never")
    assert dotenv.unset_key(str(path), "PROBE_DOTENV_B")[0]
    assert dotenv.get_key(str(path), "PROBE_DOTENV_A") == "it's new"
    assert dotenv.get_key(str(path), "PROBE_DOTENV_B") is None
    lines = path.read_text("utf-8").splitlines()
    assert lines == ["# kept", r"PROBE_DOTENV_A='it\'s new'", "PROBE_DOTENV_C=3"], lines

    deep = path.parent / "deep" / "deeper"
    deep.mkdir(parents=True)
    before = os.getcwd()
    os.chdir(deep)
    try:
        found = dotenv.find_dotenv(usecwd=True)
        assert os.path.samefile(found, path), found
    finally:
        os.chdir(before)
