# imports: joblib, joblib.memory, joblib.parallel
# exercises: parallel calls with threads and with processes, hashes, files of objects with and
#   without compression, a cache of results on disk
# versions: >=1.0
import math

import joblib
from joblib.externals.loky import get_reusable_executor

squares = joblib.Parallel(n_jobs=2, backend="threading")(
    joblib.delayed(pow)(number, 2) for number in range(20)
)
assert squares == [number * number for number in range(20)], squares
try:
    roots = joblib.Parallel(n_jobs=2, timeout=60)(
        joblib.delayed(math.sqrt)(number * number) for number in range(8)
    )
    assert roots == list(range(8)), roots
finally:
    get_reusable_executor().shutdown(wait=True)

# A hash that does not hang on the order of keys
first = joblib.hash({"a": 1, "b": [2, 3]})
assert first == joblib.hash({"b": [2, 3], "a": 1}) != joblib.hash({"a": 1, "b": [3, 2]})

data = {"text": "x" * 10000, "numbers": list(range(100))}
for name, start in (("p.pkl", b"\x80"), ("p.gz", b"\x1f\x8b"), ("p.bz2", b"BZ")):
    joblib.dump(data, name)
    with open(name, "rb") as file:
        assert file.read().startswith(start), name
    assert joblib.load(name) == data, name

calls = []


def cube(number):
    calls.append(number)
    return number**3


cached = joblib.Memory("cache", verbose=0).cache(cube)
assert [cached(2), cached(3), cached(2)] == [8, 27, 8] and calls == [2, 3], calls
