# imports: multiprocess, multiprocess.pool
# exercises: a pool of threads; where processes can be forked, functions without a name and closures
#   sent to them by dill: a process with a pipe, a queue, a shared counter, a pool
import multiprocess
from multiprocess.pool import ThreadPool

with ThreadPool(2) as pool:
    assert pool.map(lambda x: x * x, range(5)) == [0, 1, 4, 9, 16]

first, second = multiprocess.Pipe()
second.send({"a": [1, None, b"x"]})
assert first.poll(10) and first.recv() == {"a": [1, None, b"x"]}
first.close()
second.close()


def adder(offset):
    return lambda x: x + offset


forks = "fork" in multiprocess.get_all_start_methods()
try:
    multiprocess.Lock()
except (ImportError, OSError):
    forks = False  # a system without semaphores
if forks:
    context = multiprocess.get_context("fork")
    counter, queue = context.Value("i", 0), context.Queue()
    ours, theirs = context.Pipe()

    def work(number):
        with counter.get_lock():
            counter.value += number
        queue.put(number * 2)
        if number == 1:
            # dill sends a function by its code, where pickle would send a name alone.
            function = theirs.recv()
            theirs.send(function(20))

    children = [context.Process(target=work, args=(number,)) for number in (1, 2)]
    for child in children:
        child.start()
    ours.send(adder(22))
    assert ours.poll(20) and ours.recv() == 42
    assert sorted(queue.get(timeout=20) for _ in children) == [2, 4]
    for child in children:
        child.join(20)
        assert child.exitcode == 0, child.exitcode
    assert counter.value == 3
    queue.close()

    with context.Pool(1) as pool:
        assert pool.map_async(adder(22), [1, 2]).get(20) == [23, 24]
        try:
            pool.apply_async(lambda: 1 // 0).get(20)
        except ZeroDivisionError:
            pass
        else:
            raise AssertionError("an error in a child was lost")
