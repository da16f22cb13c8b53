# imports: pytest_asyncio, pytest_asyncio.plugin
# exercises: a run in a child: coroutine tests, coroutine and asynchronous generator fixtures, a
#   test that must fail
# versions: >=0.17
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

Path("pytest.ini").write_text(
    "[pytest]\nasyncio_mode = strict\nasyncio_default_fixture_loop_scope = function\n"
)
Path("test_tiny.py").write_text(
    """
import asyncio
import pytest
import pytest_asyncio

order = []

@pytest_asyncio.fixture
async def number():
    return await asyncio.sleep(0, 21)

@pytest_asyncio.fixture
async def opened():
    order.append("open")
    yield asyncio.get_running_loop()
    await asyncio.sleep(0)
    order.append("closed")

@pytest.mark.asyncio
async def test_good(number, opened):
    assert asyncio.get_running_loop() is opened
    assert await asyncio.gather(asyncio.sleep(0, number)) == [21]

@pytest.mark.asyncio
async def test_bad():
    assert order == ["open", "closed"]
    assert await asyncio.sleep(0, 1) == 2, "that ran"
"""
)
# A plugin named by -p comes from its entry point; no other distribution's plugin is loaded.
options = ["-p", "no:cacheprovider", "-p", "asyncio", "--junitxml=report.xml"]
done = subprocess.run(
    [sys.executable, "-I", "-B", "-m", "pytest", *options],
    env=dict(os.environ, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"),
    stdout=subprocess.PIPE,
    stderr=subprocess.STDOUT,
    universal_newlines=True,
)
assert done.returncode == 1 and "that ran" in done.stdout, done.stdout
cases = ElementTree.parse("report.xml").iter("testcase")
failed = {case.get("name"): len(case) for case in cases}
assert failed == {"test_good": 0, "test_bad": 1}, done.stdout
