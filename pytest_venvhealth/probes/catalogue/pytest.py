# imports: pytest, _pytest.config, _pytest.main
# exercises: a run in a child: fixtures, parameters, rewritten assertions, skip, a conftest,
#   the JUnit report, the exit status; approx and raises
# versions: >=6.2.5
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

Path("conftest.py").write_text(
    """
import pytest

@pytest.fixture
def number():
    print("opened")
    yield 21
    print("closed")
"""
)
Path("test_tiny.py").write_text(
    """
import pytest

def test_good(number, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TINY", "1")
    print("hello")
    assert number * 2 == 42 and capsys.readouterr().out == "hello\\n"

@pytest.mark.parametrize("n, double", [(1, 2), (3, 7)])
def test_each(number, n, double):
    assert n * 2 == double

@pytest.mark.skip(reason="not now")
def test_skipped():
    assert False
"""
)
command = [sys.executable, "-I", "-B", "-m", "pytest", "-p", "no:cacheprovider"]
done = subprocess.run(
    [*command, "--junitxml=report.xml", "test_tiny.py"],
    env=dict(os.environ, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"),  # none of other distributions
    stdout=subprocess.PIPE,
    universal_newlines=True,
    timeout=100,
)
assert done.returncode == 1, done.stdout
results = {}
for case in ElementTree.parse("report.xml").iter("testcase"):
    results[case.get("name")] = [child.tag for child in case] or ["passed"]
assert results == {
    "test_good": ["passed"],
    "test_each[1-2]": ["passed"],
    "test_each[3-7]": ["failure"],
    "test_skipped": ["skipped"],
}, done.stdout
# Only a rewritten assertion knows both sides.
assert "assert (3 * 2) == 7" in done.stdout, done.stdout
assert "opened" in done.stdout and "closed" in done.stdout, done.stdout

assert pytest.approx(0.3) == 0.1 + 0.2 and pytest.approx(0.31) != 0.3
with pytest.raises(ZeroDivisionError, match="division"):
    1 / 0
