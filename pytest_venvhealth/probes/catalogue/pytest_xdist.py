# imports: xdist, xdist.plugin
# exercises: a run with two workers in a child: each test is run once, by some worker; results,
#   fixtures and environment variables of the workers
# versions: >=2.0
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

Path("pytest.ini").write_text("[pytest]\n")
Path("test_tiny.py").write_text(
    """
import os
import pytest

@pytest.mark.parametrize("number", range(6))
def test_each(number, worker_id, testrun_uid):
    assert worker_id == os.environ["PYTEST_XDIST_WORKER"] and worker_id in ("gw0", "gw1")
    assert os.environ["PYTEST_XDIST_WORKER_COUNT"] == "2" and testrun_uid
    with open("ran-" + worker_id, "a") as file:
        file.write("%d %d\\n" % (number, os.getpid()))
    assert number != 4, "four"
"""
)
# A plugin named by -p comes from its entry point; no other distribution's plugin is loaded.
options = ["-p", "no:cacheprovider", "-p", "xdist", "-c", "pytest.ini"]
done = subprocess.run(
    [sys.executable, "-I", "-B", "-m", "pytest", *options, "-n", "2", "--junitxml=report.xml"],
    env=dict(os.environ, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"),
    stdout=subprocess.PIPE,
    stderr=subprocess.STDOUT,
    universal_newlines=True,
    timeout=100,
)
assert done.returncode == 1, done.stdout
cases = ElementTree.parse("report.xml").iter("testcase")
results = {case.get("name"): [child.tag for child in case] for case in cases}
wanted = {"test_each[{}]".format(number): [] for number in range(6)}
wanted["test_each[4]"] = ["failure"]
assert results == wanted, done.stdout

rows = []
for worker in ("gw0", "gw1"):
    path = Path("ran-" + worker)
    if path.exists():  # one worker may have been too late
        mine = [line.split() for line in path.read_text().splitlines()]
        assert len({process for _, process in mine}) == 1, mine
        rows += mine
assert sorted(int(number) for number, _ in rows) == [0, 1, 2, 3, 4, 5], rows
assert str(os.getpid()) not in {process for _, process in rows}
