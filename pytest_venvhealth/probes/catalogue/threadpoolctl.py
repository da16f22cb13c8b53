# imports: threadpoolctl
# exercises: finding the thread pools of loaded native libraries, limits as a context, a decorator
#   and a call, selecting by kind, the command line
# versions: >=3.0
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

    known = {"openblas", "mkl", "blis", "flexiblas"}
    blas = ThreadpoolController().select(user_api="blas")
    # Apple's Accelerate is no pool that can be found.
    assert all(pool["internal_api"] in known for pool in blas.info()), blas.info()
    assert len(blas) > 0 or sys.platform == "darwin", threadpool_info()
    assert all(pool["filepath"] and pool["num_threads"] >= 1 for pool in blas.info())
    with blas.limit(limits=1):
        assert {pool["num_threads"] for pool in blas.info()} <= {1}, blas.info()
        assert (np.eye(50) @ np.full((50, 50), 2.0)).sum() == 5000.0

before = threads()
with threadpool_limits(limits=1) as limits:
    assert set(threads()) <= {1}, threads()
    assert set(limits.get_original_num_threads()) >= {"blas", "openmp"}
    with threadpool_limits(limits=2, user_api="blas"):
        kinds = {pool["user_api"]: pool["num_threads"] for pool in threadpool_info()}
        # A library may be built for fewer threads, never for more than it was told.
        assert kinds.get("blas", 1) in (1, 2) and kinds.get("openmp", 1) == 1, kinds
    assert set(threads()) <= {1}, threads()
assert threads() == before, (before, threads())


@threadpool_limits.wrap(limits=1)
def limited():
    return threads()


assert set(limited()) <= {1} and threads() == before
limits = threadpool_limits(limits=1)
assert set(threads()) <= {1}
limits.restore_original_limits()
assert threads() == before
try:
    threadpool_limits(limits=1, user_api="nothing")
except ValueError:
    pass
else:
    raise AssertionError("an unknown kind of pool was accepted")

command = [sys.executable, "-I", "-B", "-m", "threadpoolctl", "-i", "numpy" if numpy else "ctypes"]
done = subprocess.run(command, stdout=subprocess.PIPE, timeout=60, check=True)
told = json.loads(done.stdout.decode())
assert [pool["prefix"] for pool in told] == [pool["prefix"] for pool in threadpool_info()], told
