# imports: multiprocess, multiprocess.pool
# exercises: a pool of threads; functions without a name and closures sent to forked processes by
#   dill: through a pipe and to a pool; a shared counter
# needs: a system that forks and has semaphores, else only threads are used
import multiprocess
from multiprocess.pool import ThreadPool

with ThreadPool(2) as pool:
    assert pool.map(lambda x: x * x, range(5)) == [0, 1, 4, 9, 16]


def adder(offset):
    return lambda x: x + offset


forks = "fork" in multiprocess.get_all_start_methods()
try:
    multiprocess.Lock()
except (ImportError, OSError):
    forks = False  # a system without semaphores
if forks:
    context = multiprocess.get_context("fork")
    counter = context.Value("i", 0)
    ours, theirs = context.Pipe()

    def work(number):
        with counter.get_lock():
            counter.value += number
        # dill sends a function by its code, where pickle would send a name alone.
        theirs.send(theirs.recv()(20))

    child = context.Process(target=work, args=(3,))
    child.start()
    ours.send(adder(22))
    assert ours.poll(20) and ours.recv() == 42
    child.join(20)
    assert (child.exitcode, counter.value) == (0, 3)

    with context.Pool(1) as pool:
        assert pool.map_async(adder(22), [1, 2]).get(20) == [23, 24]
        try:
            pool.apply_async(lambda: 1 // 0).get(20)
        except ZeroDivisionError:
            pass
        else:
            raise AssertionError("an error in a child was lost")
