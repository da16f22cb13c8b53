# imports: virtualenv, virtualenv.run
# exercises: an environment made without the network, with the pip that comes inside virtualenv;
#   its interpreter and its activation script are used
# versions: >=20.13.0
import json
import os
import subprocess
import sys
from pathlib import Path

import virtualenv

options = ["--no-download", "--no-periodic-update", "--app-data", "appdata"]
session = virtualenv.cli_run(["made", *options])
folder = Path("made").resolve()
assert Path(str(session.creator.dest)).resolve() == folder
python = str(session.creator.exe)

code = "import sys, json, pip; print(json.dumps([sys.prefix, sys.base_prefix, pip.__file__]))"
done = subprocess.run(
    [python, "-I", "-B", "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60
)
assert done.returncode == 0, done.stderr
prefix, base, pip = json.loads(done.stdout.decode())
assert Path(prefix).resolve() == folder != Path(base).resolve(), prefix
assert folder in Path(pip).resolve().parents, pip
assert os.path.samefile(base, sys.base_prefix), base

settings = (folder / "pyvenv.cfg").read_text()
assert "include-system-site-packages = false" in settings, settings
scripts = Path(str(session.creator.script_dir))
# What the script does to its own process: the new site-packages come first.
code = (
    "import os, runpy, sys; runpy.run_path({!r}); "
    "print(os.environ['VIRTUAL_ENV']); print(os.environ['PATH'].split(os.pathsep)[0])"
).format(str(scripts / "activate_this.py"))
done = subprocess.run(
    [sys.executable, "-I", "-B", "-c", code],
    stdout=subprocess.PIPE,
    stderr=subprocess.PIPE,
    universal_newlines=True,
    timeout=60,
)
assert done.returncode == 0, done.stderr
home, first = done.stdout.splitlines()
assert Path(home).resolve() == folder and os.path.samefile(first, str(scripts)), done.stdout
