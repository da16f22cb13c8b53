# imports: greenlet
# exercises: switches with values both ways, exceptions thrown in and out, many deep stacks at once,
#   an early end
# versions: >=1.0
from greenlet import GreenletExit, getcurrent, greenlet

main = getcurrent()


def talk(first):
    second = main.switch(first * 2)
    third = main.switch(*second)
    return third + 1


worker = greenlet(talk)
assert worker.switch(1) == 2
assert worker.switch((3, 4)) == (3, 4)
assert worker.switch(5) == 6 and worker.dead


# Each has a deep stack of its own; they take turns, so stacks are moved out of the way and back.
def deep(depth, mark):
    if depth == 0:
        return main.switch(mark)
    return deep(depth - 1, mark) + depth


many = [greenlet(deep) for _ in range(50)]
assert [each.switch(50 + place, place) for place, each in enumerate(many)] == list(range(50))
for place, each in reversed(list(enumerate(many))):
    depth = 50 + place
    assert each.switch(1000) == 1000 + depth * (depth + 1) // 2, place


def fail():
    try:
        main.switch()
    except KeyError as error:
        raise LookupError(error.args[0]) from None


failing = greenlet(fail)
failing.switch()
try:
    failing.throw(KeyError, "in")
except LookupError as error:
    assert error.args == ("in",)
else:
    raise AssertionError("an exception did not reach the parent")
short = greenlet(main.switch)
short.switch()
assert isinstance(short.throw(), GreenletExit) and short.dead
