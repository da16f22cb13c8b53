# imports: pytest, _pytest.config, _pytest.main
# exercises: a run in a child: fixtures, parameters, rewritten assertions, skip and xfail, a
#   conftest, the JUnit report, the exit status; approx and raises
# versions: >=6.0
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

Path("pytest.ini").write_text("[pytest]\naddopts = --strict-markers\nmarkers =\n    slow: long\n")
Path("conftest.py").write_text(
    """
import pytest

@pytest.fixture(scope="session")
def opened():
    return []

@pytest.fixture
def number(opened):
    opened.append("in")
    yield 21
    opened.append("out")
"""
)
Path("test_tiny.py").write_text(
    """
import pytest

def double(n):
    return n * 2

def test_good(number, tmp_path, monkeypatch, capsys):
    assert double(number) == 42
    (tmp_path / "a").write_text("x")
    monkeypatch.setenv("TINY", "1")
    print("hello")
    assert capsys.readouterr().out == "hello\\n"

def test_bad(opened):
    assert opened == ["in", "out"]
    assert double(1) == 3, opened

@pytest.mark.parametrize("n, result", [(1, 2), (2, 4), (3, 7)])
def test_each(n, result):
    assert double(n) == result

@pytest.mark.skip(reason="not now")
def test_skipped():
    assert False

@pytest.mark.xfail(strict=True)
def test_known():
    assert False
"""
)


def run(*arguments):
    """Run pytest without any other distribution's plugins."""
    return subprocess.run(
        [sys.executable, "-I", "-B", "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        env=dict(os.environ, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
        timeout=100,
    )


done = run("-c", "pytest.ini", "--junitxml=report.xml", "test_tiny.py")
assert done.returncode == 1, done.stdout
results = {}
for case in ElementTree.parse("report.xml").iter("testcase"):
    results[case.get("name")] = [child.tag for child in case] or ["passed"]
assert results == {
    "test_good": ["passed"],
    "test_bad": ["failure"],
    "test_each[1-2]": ["passed"],
    "test_each[2-4]": ["passed"],
    "test_each[3-7]": ["failure"],
    "test_skipped": ["skipped"],
    "test_known": ["skipped"],
}, done.stdout
# Only a rewritten assertion knows both sides.
assert "assert 2 == 3" in done.stdout and "2 = double(1)" in done.stdout, done.stdout

assert pytest.approx(0.3) == 0.1 + 0.2 and pytest.approx(0.31) != 0.3
with pytest.raises(ZeroDivisionError, match="division") as caught:
    1 / 0
assert caught.type is ZeroDivisionError
