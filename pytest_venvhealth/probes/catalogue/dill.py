# imports: dill, dill.detect, dill.source
# exercises: lambdas, closures, classes and their objects, partial calls; loaded again here and in
#   another process; closed-over variables and sources found
# versions: >=0.3.4
import functools
import operator
import subprocess
import sys

import dill


def counter(count):
    def step(by=1):
        nonlocal count
        count += by
        return count

    return step


class Point:
    """Only this script knows it."""

    scale = 3

    def __init__(self, x):
        self.x = x

    @property
    def scaled(self):
        return self.x * self.scale


step = counter(10)
copied = dill.loads(dill.dumps(step, recurse=True))
assert [step(), copied(), copied(5)] == [11, 11, 16]
data = {"partial": functools.partial(operator.sub, 10), "view": {"a": 1}.keys(), "none": ...}
data["self"] = data
loaded = dill.loads(dill.dumps(data))
assert loaded["self"] is loaded and loaded["partial"](4) == 6 and list(loaded["view"]) == ["a"]
assert dill.detect.freevars(step) == {"count": 11}
assert dill.source.getsource(functools.wraps).startswith("def wraps")

# A process that never saw the class: it must have travelled whole.
with open("objects.pkl", "wb") as file:
    dill.dump([Point(7), step, lambda number: number * 2], file)
code = (
    "import dill\n"
    "with open('objects.pkl', 'rb') as file:\n"
    "    point, step, double = dill.load(file)\n"
    "print(point.scaled, step(), double(4))"
)
command = [sys.executable, "-I", "-B", "-c", code]
done = subprocess.run(command, stdout=subprocess.PIPE, timeout=60, check=False)
assert done.stdout.split() == [b"21", b"12", b"8"], done.stdout
