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
    await asyncio.sleep(0)
    return 21

@pytest_asyncio.fixture
async def opened():
    order.append("open")
    loop = asyncio.get_running_loop()
    yield loop
    await asyncio.sleep(0)
    order.append("closed")

@pytest.mark.asyncio
async def test_good(number, opened):
    assert asyncio.get_running_loop() is opened
    results = await asyncio.gather(*[asyncio.sleep(0, n * 2) for n in (1, number)])
    assert results == [2, 42] and order == ["open"]

@pytest.mark.asyncio
async def test_bad():
    await asyncio.sleep(0)
    assert order == ["open", "closed"]
    assert await asyncio.sleep(0, 1) == 2, "that ran"

@pytest.mark.asyncio
@pytest.mark.parametrize("n", [1, 2])
async def test_each(n):
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), 0.01)

def test_plain():
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()
"""
)
# A plugin named by -p comes from its entry point; no other distribution's plugin is loaded.
options = ["-p", "no:cacheprovider", "-p", "asyncio", "-c", "pytest.ini"]
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
    "test_good": [],
    "test_bad": ["failure"],
    "test_each[1]": [],
    "test_each[2]": [],
    "test_plain": [],
}, done.stdout
assert "that ran" in done.stdout, done.stdout
