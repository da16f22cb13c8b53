# imports: threadpoolctl
# exercises: finding the thread pools of loaded native libraries, limits as a context and as a
#   decorator, the command line
# versions: >=3.0
# needs: numpy, else there may be no pool to find
import importlib.util
import json
import subprocess
import sys

from threadpoolctl import ThreadpoolController, threadpool_info, threadpool_limits


def threads():
    return [pool["num_threads"] for pool in threadpool_info()]


numpy = importlib.util.find_spec("numpy") is not None
if numpy:
    import numpy as np

    blas = ThreadpoolController().select(user_api="blas")
    # Apple's Accelerate is no pool that can be found.
    assert len(blas) > 0 or sys.platform == "darwin", threadpool_info()
    with blas.limit(limits=1):
        assert all(pool["num_threads"] == 1 for pool in blas.info()), blas.info()
        assert (np.eye(50) @ np.full((50, 50), 2.0)).sum() == 5000.0

before = threads()
with threadpool_limits(limits=1):
    assert set(threads()) <= {1}, threads()
assert threads() == before, (before, threads())


@threadpool_limits.wrap(limits=1)
def limited():
    return threads()


assert set(limited()) <= {1} and threads() == before

command = [sys.executable, "-I", "-B", "-m", "threadpoolctl", "-i", "numpy" if numpy else "ctypes"]
told = json.loads(subprocess.check_output(command).decode())
assert [pool["prefix"] for pool in told] == [pool["prefix"] for pool in threadpool_info()], told
