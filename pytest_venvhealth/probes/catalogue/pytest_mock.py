# imports: pytest_mock, pytest_mock.plugin
# exercises: a run in a child: patched names come back, spies see arguments and results, stubs, a
#   class-wide patcher, a failing call comparison
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
import json
import os
import pytest

class Counter:
    def add(self, n):
        return n + 1

def test_patch(mocker):
    patched = mocker.patch("os.getcwd", return_value="/nowhere")
    assert os.getcwd() == "/nowhere"
    patched.assert_called_once_with()
    mocker.patch.dict(os.environ, {"TINY": "1"})
    mocker.patch.object(json, "dumps", side_effect=[1, 2])
    assert [json.dumps(None), json.dumps(None)] == [1, 2]

def test_all_came_back():
    assert os.getcwd() != "/nowhere" and "TINY" not in os.environ and json.dumps(None) == "null"

def test_spy(mocker):
    spy = mocker.spy(Counter, "add")
    counter = Counter()
    assert counter.add(4) == 5
    spy.assert_called_once_with(counter, 4)
    assert spy.spy_return == 5
    mocker.stopall()
    assert counter.add(1) == 2 and spy.call_count == 1

def test_stub(mocker):
    stub = mocker.stub(name="told")
    stub(1, a=2)
    assert stub.call_args == mocker.call(1, a=2)
    assert isinstance(stub, mocker.MagicMock) and mocker.sentinel.x is mocker.sentinel.x

@pytest.fixture(scope="module")
def patched(module_mocker):
    return module_mocker.patch.object(Counter, "add", return_value=0)

def test_module_wide(patched):
    assert Counter().add(9) == 0

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
options = ["-p", "no:cacheprovider", "-p", "pytest_mock", "-c", "pytest.ini"]
done = subprocess.run(
    [sys.executable, "-I", "-B", "-m", "pytest", *options, "--junitxml=report.xml"],
    env=dict(os.environ, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"),
    stdout=subprocess.PIPE,
    stderr=subprocess.STDOUT,
    universal_newlines=True,
    timeout=100,
)
assert done.returncode == 1, done.stdout
cases = ElementTree.parse("report.xml").iter("testcase")
results = {case.get("name"): [child.tag for child in case] for case in cases}
assert results == {
    "test_patch": [],
    "test_all_came_back": [],
    "test_spy": [],
    "test_stub": [],
    "test_module_wide": [],
    "test_bad": ["failure"],
}, done.stdout
