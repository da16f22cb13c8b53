# imports: cloudpickle
# exercises: lambdas, closures, recursion, classes, modules by value; loaded again here and by plain
#   pickle in another process
# versions: >=2.0
import dataclasses
import enum
import pickle
import subprocess
import sys
import types

import cloudpickle

base = 100


def factorial(number):
    return base if number < 2 else number * factorial(number - 1)


def make_adder(left):
    return lambda right: left + right


class Color(enum.Enum):
    RED = 1


@dataclasses.dataclass
class Box:
    size: int
    color: Color = Color.RED

    def volume(self):
        return self.size**3


assert pickle.loads(cloudpickle.dumps(make_adder(3)))(4) == 7
# What is importable here stays the very same object.
assert pickle.loads(cloudpickle.dumps(Color.RED)) is Color.RED

module = types.ModuleType("made_here")
exec("def triple(number):\n    return 3 * number\n", module.__dict__)
sys.modules["made_here"] = module
cloudpickle.register_pickle_by_value(module)

# A process that never saw these: they must have travelled whole.
with open("objects.pkl", "wb") as file:
    cloudpickle.dump([factorial, Box(2), module.triple], file)
code = (
    "import pickle\n"
    "with open('objects.pkl', 'rb') as file:\n"
    "    factorial, box, triple = pickle.load(file)\n"
    "print(factorial(3), box.color.name, box.volume(), triple(5))"
)
command = [sys.executable, "-I", "-B", "-c", code]
done = subprocess.run(command, stdout=subprocess.PIPE, timeout=60, check=False)
assert done.stdout.split() == [b"600", b"RED", b"8", b"15"], done.stdout
