# imports: pytest_mock, pytest_mock.plugin
# exercises: a run in a child: patched names come back, a spy sees arguments and results, a failing
#   call comparison
# versions: >=3.3
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from importlib import metadata
from pathlib import Path

Path("pytest.ini").write_text("[pytest]\n")
Path("test_tiny.py").write_text(
    """
import os

class Counter:
    def add(self, n):
        return n + 1

def test_patch(mocker):
    patched = mocker.patch("os.getcwd", return_value="/nowhere")
    assert os.getcwd() == "/nowhere"
    patched.assert_called_once_with()
    mocker.patch.dict(os.environ, {"TINY": "1"})

def test_all_came_back():
    assert os.getcwd() != "/nowhere" and "TINY" not in os.environ

def test_spy(mocker):
    spy = mocker.spy(Counter, "add")
    counter = Counter()
    assert counter.add(4) == 5 == spy.spy_return
    spy.assert_called_once_with(counter, 4)

def test_bad(mocker):
    stub = mocker.stub()
    stub(1)
    stub.assert_called_once_with(2)
"""
)
# Without the entry point pytest would not find the plugin by itself.
entry_points = metadata.distribution("pytest-mock").entry_points
assert [point.group for point in entry_points if point.name == "pytest_mock"] == ["pytest11"]
# No other distribution's plugin is loaded.
options = ["-p", "no:cacheprovider", "-p", "pytest_mock", "--junitxml=report.xml"]
done = subprocess.run(
    [sys.executable, "-I", "-B", "-m", "pytest", *options],
    env=dict(os.environ, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"),
    stdout=subprocess.PIPE,
    stderr=subprocess.STDOUT,
    universal_newlines=True,
)
cases = ElementTree.parse("report.xml").iter("testcase")
failed = {case.get("name"): len(case) for case in cases}
wanted = {"test_patch": 0, "test_all_came_back": 0, "test_spy": 0, "test_bad": 1}
assert failed == wanted, done.stdout
