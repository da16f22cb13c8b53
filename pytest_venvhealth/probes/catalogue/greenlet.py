# imports: greenlet
# exercises: switches with values both ways, parents, exceptions thrown in and out, many deep stacks
#   at once, an end before the end, context variables, threads
# versions: >=1.0
import contextvars
import threading

from greenlet import GreenletExit, getcurrent, greenlet

main = getcurrent()
steps = []


def talk(first):
    steps.append(first)
    second = main.switch(first * 2)
    steps.append(second)
    third = main.switch(*second)
    return third + 1


worker = greenlet(talk)
assert not worker and not worker.dead and worker.parent is main
assert worker.switch(1) == 2 and worker and worker.gr_frame is not None
assert worker.switch((3, 4)) == (3, 4)
assert worker.switch(5) == 6 and worker.dead and steps == [1, (3, 4)], steps


def fibonacci():
    first, second = 0, 1
    while True:
        main.switch(first)
        first, second = second, first + second


numbers = greenlet(fibonacci)
assert [numbers.switch() for _ in range(10)] == [0, 1, 1, 2, 3, 5, 8, 13, 21, 34]


# Each has a deep stack of its own; they take turns, so stacks are moved out of the way and back.
def deep(depth, mark):
    if depth == 0:
        return main.switch(mark)
    return deep(depth - 1, mark) + depth


many = [greenlet(deep) for _ in range(50)]
assert [each.switch(50 + place, place) for place, each in enumerate(many)] == list(range(50))
for place, each in reversed(list(enumerate(many))):
    count = 50 + place
    assert each.switch(1000) == 1000 + count * (count + 1) // 2, place
assert all(each.dead for each in many)


def fail(value):
    try:
        main.switch()
    except KeyError as error:
        steps.append(error.args)
    raise LookupError(value)


failing = greenlet(fail)
failing.switch("out")
try:
    failing.throw(KeyError, "in")
except LookupError as error:
    assert error.args == ("out",) and steps[-1] == ("in",)
else:
    raise AssertionError("an exception did not reach the parent")


def ended():
    try:
        main.switch()
    finally:
        steps.append("cleaned")


short = greenlet(ended)
short.switch()
assert isinstance(short.throw(), GreenletExit) and steps[-1] == "cleaned" and short.dead
inner = greenlet(lambda: "inner", parent=greenlet(lambda value: value + " outer"))
assert inner.switch() == "inner outer"

variable = contextvars.ContextVar("variable", default="none")


def change(value):
    variable.set(value)
    main.switch()
    return variable.get()


pair = [greenlet(change), greenlet(change)]
for value, each in zip("ab", pair):
    each.switch(value)
assert variable.get() == "none" and [each.switch() for each in pair] == ["a", "b"]

thread = threading.Thread(
    target=lambda: steps.append(greenlet(lambda: getcurrent().parent).switch())
)
thread.start()
thread.join()
assert steps[-1] is not main
