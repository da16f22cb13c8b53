# imports: dill, dill.detect, dill.source
# exercises: lambdas, closures, classes and their objects, partial calls, exceptions,
#   sources; loaded again here and in another process
# versions: >=0.3.4
import functools
import operator
import subprocess
import sys

import dill

double = dill.loads(dill.dumps(lambda number: number * 2))
assert double(21) == 42


def counter(start):
    count = start

    def step(by=1):
        nonlocal count
        count += by
        return count

    return step


step = counter(10)
step()
copied = dill.loads(dill.dumps(step, recurse=True))
assert [step(), copied(), copied(5)] == [12, 12, 17]


class Point:
    """Only this script knows it."""

    scale = 3

    def __init__(self, x):
        self.x = x

    def __eq__(self, other):
        return self.x == other.x

    @property
    def scaled(self):
        return self.x * self.scale


assert dill.copy(Point(4)) == Point(4)
partial = functools.partial(operator.sub, 10)
data = {"point": Point(5), "partial": partial, "view": {"a": 1}.keys(), "set": {1, 2}, "none": ...}
data["self"] = data
loaded = dill.loads(dill.dumps(data))
assert loaded["self"] is loaded and loaded["partial"](4) == 6 and list(loaded["view"]) == ["a"]
assert loaded["set"] == {1, 2} and loaded["none"] is ... and loaded["point"].scaled == 15

# A process that never saw the class: it must have travelled whole.
with open("objects.pkl", "wb") as file:
    dill.dump([Point(7), step, double], file)
code = (
    "import dill\n"
    "with open('objects.pkl', 'rb') as file:\n"
    "    point, step, double = dill.load(file)\n"
    "print(point.scaled, step(8), double(4))"
)
done = subprocess.run(
    [sys.executable, "-I", "-B", "-c", code], stdout=subprocess.PIPE, timeout=60, check=True
)
assert done.stdout.split() == [b"21", b"20", b"8"], done.stdout

assert dill.pickles(lambda: 0) and not dill.pickles(sys._getframe())
assert dill.detect.freevars(step) == {"count": 12}
assert "".join(dill.source.getsource(functools.wraps)).lstrip().startswith("def wraps")
