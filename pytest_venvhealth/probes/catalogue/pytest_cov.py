# imports: pytest_cov, pytest_cov.plugin
# exercises: a run in a child that measures a tiny module: lines hit and missed, branches, the XML
#   report, a limit that is not reached
# versions: >=2.10
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

Path("pytest.ini").write_text("[pytest]\n")
Path("tinymod.py").write_text(
    "def sign(n):\n    if n < 0:\n        return -1\n    return 1\n"
    "\n\n"
    "def unused():\n    return 0\n"
)
Path("test_tiny.py").write_text("import tinymod\n\ndef test():\n    assert tinymod.sign(2) == 1\n")
# A plugin named by -p comes from its entry point; no other distribution's plugin is loaded.
options = ["-p", "no:cacheprovider", "-p", "pytest_cov", "-c", "pytest.ini"]


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-I", "-B", "-m", "pytest", *options, "--cov=tinymod", *arguments],
        env=dict(os.environ, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
        timeout=100,
    )


done = run("--cov-branch", "--cov-report=xml:cov.xml", "--cov-fail-under=90")
assert "1 passed" in done.stdout and done.returncode == 1, done.stdout
report = ElementTree.parse("cov.xml").getroot()
(measured,) = report.iter("class")
assert measured.get("filename").endswith("tinymod.py")
hits = {int(line.get("number")): int(line.get("hits")) for line in measured.iter("line")}
assert hits == {1: 1, 2: 1, 3: 0, 4: 1, 7: 1, 8: 0}, hits
# Four of six lines; of the two ways on from the `if` one.
assert float(report.get("line-rate")) == 0.6667 and float(report.get("branch-rate")) == 0.5

assert run("--cov-report=", "--cov-fail-under=60").returncode == 0
