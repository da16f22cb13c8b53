# imports: cloudpickle
# exercises: lambdas, closures, recursion, classes, enumerations, generators' functions, modules by
#   value; loaded again here and by plain pickle in another process
# versions: >=2.0
import dataclasses
import enum
import io
import pickle
import subprocess
import sys
import types
import typing

import cloudpickle

base = 100


def add(number):
    return base + number


def factorial(number):
    return 1 if number < 2 else number * factorial(number - 1)


def make_adder(left):
    def adder(right, times=1):
        return (left + right) * times

    return adder


class Color(enum.Enum):
    RED = 1
    BLUE = 2


@dataclasses.dataclass
class Box:
    size: int
    color: Color = Color.BLUE
    tags: typing.List[str] = dataclasses.field(default_factory=list)

    def volume(self):
        return self.size**3

    @classmethod
    def unit(cls):
        return cls(1)


class Lid(Box):
    def volume(self):
        return super().volume() + 1


def countdown(number):
    while number:
        yield number
        number -= 1


double = cloudpickle.loads(cloudpickle.dumps(lambda number: number * 2))
assert double(21) == 42
assert pickle.loads(cloudpickle.dumps(make_adder(3)))(4, times=2) == 14
assert list(pickle.loads(cloudpickle.dumps(countdown))(3)) == [3, 2, 1]
# What is importable here stays the very same object.
assert pickle.loads(cloudpickle.dumps(Color.RED)) is Color.RED
assert pickle.loads(cloudpickle.dumps([Box(2), Box(2).volume]))[1]() == 8
sink = io.BytesIO()
cloudpickle.dump({"add": add, "same": [add, add]}, sink)
loaded = pickle.loads(sink.getvalue())
assert loaded["add"](1) == 101 and loaded["same"][0] is loaded["same"][1]

module = types.ModuleType("made_here")
exec("def triple(number):\n    return 3 * number\n", module.__dict__)
sys.modules["made_here"] = module
assert cloudpickle.loads(cloudpickle.dumps(module)).triple(2) == 6
by_reference = cloudpickle.dumps(module.triple)
cloudpickle.register_pickle_by_value(module)
by_value = cloudpickle.dumps(module.triple)
cloudpickle.unregister_pickle_by_value(module)
assert len(by_value) > len(by_reference)

# A process that never saw these: they must have travelled whole.
with open("objects.pkl", "wb") as file:
    cloudpickle.dump([add, factorial, Box.unit(), Lid(2), by_value], file)
code = (
    "import pickle\n"
    "with open('objects.pkl', 'rb') as file:\n"
    "    add, factorial, box, lid, triple = pickle.load(file)\n"
    "print(add(5), factorial(5), box.color.name, lid.volume(), pickle.loads(triple)(5))"
)
done = subprocess.run(
    [sys.executable, "-I", "-B", "-c", code], stdout=subprocess.PIPE, timeout=60, check=True
)
assert done.stdout.split() == [b"105", b"120", b"BLUE", b"9", b"15"], done.stdout
